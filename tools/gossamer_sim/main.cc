// gossamer-sim: simulates Valkey clusters from scenario files. See --help, sim/report/README.md and
// scenarios/README.md.

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <optional>

#include "tools/gossamer_sim/arguments.h"
#include "tools/gossamer_sim/command_files.h"
#include "tools/gossamer_sim/commands.h"
#include "tools/gossamer_sim/report_files.h"
#include "tools/gossamer_sim/run_pool.h"

namespace gossamer::tool {
namespace {

// A failed CHECK has said what and where; the exit code says that it is ours.
void OnAbort(int /*signal*/) {
  constexpr char kText[] =
      "gossamer-sim: internal error; please report it with the command line above\n";
  ReportFiles::KeepAfterAbort();
  const ssize_t written = write(STDERR_FILENO, kText, std::strlen(kText));
  (void)written;
  _exit(static_cast<int>(ExitCode::kInternal));
}

ExitCode Dispatch(const Arguments& arguments) {
  switch (arguments.command) {
    case Command::kRun:
      return RunCommand(arguments);
    case Command::kCheck:
      return CheckCommand(arguments);
    case Command::kList:
      return ListCommand(arguments);
    case Command::kReplay:
      return ReplayCommand(arguments);
    case Command::kReplayNode:
      return ReplayNodeCommand(arguments);
    case Command::kDiff:
      return DiffCommand(arguments);
    case Command::kExplain:
      return ExplainCommand(arguments);
    case Command::kFidelity:
      return FidelityCommand(arguments);
    case Command::kSweep:
      return SweepCommand(arguments);
    case Command::kCompare:
      return CompareCommand(arguments);
    case Command::kPlot:
      return PlotCommand(arguments);
    case Command::kSchema:
      return SchemaCommand(arguments);
    case Command::kPrint:
      std::fputs(arguments.text.c_str(), stdout);
      return ExitCode::kPass;
    case Command::kDigests:
      break;
  }
  return DigestsCommand(arguments);
}

// Memory can run out where nothing may be thrown.
[[noreturn]] void OnTerminate() {
  try {
    if (const std::exception_ptr error = std::current_exception()) std::rethrow_exception(error);
  } catch (const std::bad_alloc&) {
    std::fputs("gossamer-sim: out of memory\n", stderr);
    ReportFiles::KeepAfterAbort();
    std::_Exit(static_cast<int>(ExitCode::kEnvironment));
  } catch (...) {
    std::fputs("gossamer-sim: internal error: an exception where none may be\n", stderr);
  }
  std::abort();
}

ExitCode Main(int argc, const char* const* argv) {
  ExitCode code = ExitCode::kInternal;
  try {
    const std::optional<Arguments> arguments = ReadArguments(argc, argv, &code);
    if (arguments) {
      CatchInterrupts();
      code = CheckCommandFiles(*arguments);
      if (code == ExitCode::kPass) code = Dispatch(*arguments);
    }
  } catch (const std::bad_alloc&) {
    std::fputs("gossamer-sim: out of memory\n", stderr);
    code = ExitCode::kEnvironment;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gossamer-sim: internal error: %s\n", error.what());
    code = ExitCode::kInternal;
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    std::fputs("gossamer-sim: cannot write to standard output\n", stderr);
    code = Worse(code, ExitCode::kEnvironment);
  }
  return code;
}

}  // namespace
}  // namespace gossamer::tool

int main(int argc, char** argv) {
  std::signal(SIGABRT, gossamer::tool::OnAbort);
  std::set_terminate(gossamer::tool::OnTerminate);
  return static_cast<int>(gossamer::tool::Main(argc, argv));
}
