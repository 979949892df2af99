#include "tools/gossamer_sim/command_files.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace gossamer::tool {
namespace {

namespace fs = std::filesystem;

// Whether the words of the command line are files to be read. `check` tells of these in its own
// formats, and some take a directory or a word.
bool TakesFiles(Command command) {
  switch (command) {
    case Command::kRun:
    case Command::kReplay:
    case Command::kReplayNode:
    case Command::kDiff:
    case Command::kExplain:
    case Command::kFidelity:
    case Command::kSweep:
    case Command::kCompare:
    case Command::kPlot:
      return true;
    case Command::kCheck:
    case Command::kList:
    case Command::kSchema:
    case Command::kDigests:
    case Command::kPrint:
      break;
  }
  return false;
}

std::vector<std::string> InputsOf(const Arguments& arguments) {
  std::vector<std::string> inputs;
  for (const std::string& file : arguments.files) {
    if (arguments.command != Command::kFidelity) {
      inputs.push_back(file);
      continue;
    }
    inputs.push_back(file + "/runs.csv");
    inputs.push_back(file + "/rates.csv");
  }
  const bool fidelity = arguments.command == Command::kFidelity;
  if (fidelity && inputs.empty()) inputs = {"tests/fidelity/runs.csv", "tests/fidelity/rates.csv"};
  if (!arguments.study.points.empty()) inputs.push_back(arguments.study.points);
  return inputs;
}

// Empty when it can be read. Nothing is opened: a pipe can be read once.
std::string WhyUnreadable(const std::string& path) {
  if (path == "-") return "";
  std::error_code error;
  if (fs::is_directory(path, error)) return std::strerror(EISDIR);
  return access(path.c_str(), R_OK) == 0 ? "" : std::strerror(errno);
}

std::vector<std::pair<const char*, const std::string*>> OutputsOf(const Arguments& arguments) {
  auto outputs = ReportsOf(arguments);
  outputs.insert(outputs.end(), {{"--record", &arguments.record},
                                 {"--node-log", &arguments.node_log},
                                 {"--out", &arguments.sweep_file},
                                 {"--out", &arguments.study.out},
                                 {"--json", &arguments.study.json},
                                 {"--samples", &arguments.samples}});
  return outputs;
}

bool SameFile(const std::string& a, const std::string& b) {
  std::error_code error;
  return fs::is_regular_file(a, error) && fs::equivalent(a, b, error);
}

}  // namespace

std::vector<std::pair<const char*, const std::string*>> ReportsOf(const Arguments& arguments) {
  return {{"--events", &arguments.events},         {"--junit", &arguments.junit},
          {"--markdown", &arguments.markdown},     {"--csv", &arguments.csv},
          {"--prometheus", &arguments.prometheus}, {"--html", &arguments.html},
          {"--perfetto", &arguments.perfetto},     {"--pcap", &arguments.pcap}};
}

ExitCode CheckCommandFiles(const Arguments& arguments) {
  if (!TakesFiles(arguments.command)) return ExitCode::kPass;
  ExitCode code = ExitCode::kPass;
  for (const std::string& input : InputsOf(arguments)) {
    if (const std::string why = WhyUnreadable(input); !why.empty()) {
      std::fprintf(stderr, "gossamer-sim: cannot read %s: %s\n", input.c_str(), why.c_str());
      code = Worse(code, ExitCode::kEnvironment);
      continue;
    }
    for (const auto& [option, output] : OutputsOf(arguments)) {
      if (output->empty() || !SameFile(input, *output)) continue;
      std::fprintf(stderr,
                   "gossamer-sim: %s %s would overwrite what is read; expected another file\n",
                   option, output->c_str());
      code = Worse(code, ExitCode::kUsage);
    }
  }
  return code;
}

}  // namespace gossamer::tool
