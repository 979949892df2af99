#include "tools/gossamer_server/debug_commands.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <thread>

#include "core/base/strings.h"
#include "tools/gossamer_server/debug_bus.h"
#include "tools/gossamer_server/subcommands.h"

namespace gossamer::server {
namespace {

// Stops the whole process, as the tests of others expect of it.
void Sleep(const std::string& text) {
  double seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  std::this_thread::sleep_for(std::chrono::duration<double>(std::clamp(seconds, 0.0, 3600.0)));
}

// A write to a page that may only be read.
[[noreturn]] void Segfault() {
  const auto size = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  void* page = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page != MAP_FAILED) *static_cast<volatile char*>(page) = 'x';
  std::raise(SIGSEGV);
  std::abort();
}

[[noreturn]] void Abort(const std::string& why, Log* log) {
  log->Warning(why);
  std::abort();
}

}  // namespace

void RunDebugCommand(const std::vector<std::string>& words, BusHost* bus, Log* log,
                     ReplyWriter* reply) {
  if (!SubcommandError(words).empty()) return reply->Error(SubcommandSyntaxError(words));
  const std::string what = Lower(words[1]);
  if (what == "help") return WriteHelp("debug", reply);
  if (what == "segfault") Segfault();
  if (what == "panic") Abort("Panic, asked for by DEBUG PANIC", log);
  if (what == "assert") Abort("Assertion failed, asked for by DEBUG ASSERT", log);
  std::optional<std::string> error;
  if (what == "sleep") {
    Sleep(words[2]);
  } else if (what == "log") {
    log->Warning("DEBUG LOG: " + words[2]);
  } else {
    error = DebugBus(words, bus);
    if (!error.has_value()) error = SubcommandSyntaxError(words);
  }
  error.value_or("").empty() ? reply->Simple("OK") : reply->Error(*error);
}

}  // namespace gossamer::server
