#include "tools/gossamer_server/crash_report.h"

#include <execinfo.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "absl/debugging/failure_signal_handler.h"
#include "absl/debugging/symbolize.h"

namespace gossamer::server {
namespace {

constexpr std::string_view kStart =
    "\n=== GOSSAMER BUG REPORT START: please report everything down to END ===\n";
constexpr std::string_view kStack = "------ STACK TRACE ------\n";
constexpr std::string_view kEnd = "=== GOSSAMER BUG REPORT END ===\n";

// A signal handler can be handed nothing, and may not allocate.
struct Report {
  int descriptor = -1;
  std::array<char, 512> process{};
  size_t process_size = 0;
  bool begun = false;
};
Report report;

void Put(std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(report.descriptor, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return;
    text.remove_prefix(static_cast<size_t>(put));
  }
}

constexpr size_t kHexDigits = 2 * sizeof(uintptr_t);

void PutAddress(uintptr_t address) {
  std::array<char, kHexDigits> digits{};
  for (size_t i = kHexDigits; i > 0; --i, address >>= 4) {
    digits[i - 1] = "0123456789abcdef"[address & 15];
  }
  Put("    @ 0x");
  Put({digits.data(), digits.size()});
}

// The handler's own frames come first, below the frame of the signal those that led to it.
void PutStack() {
  std::array<void*, 64> frames{};
  const int count = ::backtrace(frames.data(), static_cast<int>(frames.size()));
  for (int i = 0; i < count; ++i) {
    void* frame = frames[static_cast<size_t>(i)];
    std::array<char, 256> name{};
    // A return address stands behind its call, which may be the last of its function.
    const bool known = absl::Symbolize(static_cast<char*>(frame) - 1, name.data(), name.size());
    PutAddress(reinterpret_cast<uintptr_t>(frame));
    Put(" ");
    Put(known ? name.data() : "(unknown)");
    Put("\n");
  }
}

// Abseil's: pieces of its report, then null. Its stack follows frame pointers, which optimised code
// and the C library lack, and is left out for ours.
void Write(const char* piece) {
  if (piece == nullptr) {
    Put(kStack);
    PutStack();
    return Put(kEnd);
  }
  if (!report.begun) {
    report.begun = true;
    Put(kStart);
    Put({report.process.data(), report.process_size});
  }
  const std::string_view text = piece;
  if (text.starts_with("***") || text.starts_with("PC:")) Put(text);
}

}  // namespace

void InstallCrashReport(const char* program, const std::string& process, int descriptor) {
  report.descriptor = descriptor;
  const std::string line = process + "\n";
  report.process_size = std::min(line.size(), report.process.size());
  std::memcpy(report.process.data(), line.data(), report.process_size);
  absl::InitializeSymbolizer(program);
  // The first call loads what unwinds; a handler must not.
  std::array<void*, 1> none{};
  ::backtrace(none.data(), static_cast<int>(none.size()));
  absl::FailureSignalHandlerOptions options;
  options.writerfn = Write;
  absl::InstallFailureSignalHandler(options);
  // Abseil counts it among the failures; here it is an order.
  std::signal(SIGTERM, SIG_DFL);
}

}  // namespace gossamer::server
