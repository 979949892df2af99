// Progress of long runs, on standard error: one line that is rewritten on a terminal, a plain line
// every ten seconds elsewhere.
//
// Thread safety: Advance and Finish may be called from any thread, the rest from one.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_PROGRESS_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_PROGRESS_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "tools/gossamer_sim/arguments.h"

namespace gossamer::tool {

// The descriptor may carry colours and rewritten lines.
bool IsTerminal(int descriptor);
// Colours on it: as `mode` says; by itself not with NO_COLOR set, else with CLICOLOR_FORCE set or
// on a terminal.
bool WantsColor(ColorMode mode, int descriptor);

class Progress {
 public:
  // `total_us`: virtual time of all runs together.
  Progress(ProgressMode mode, bool quiet, size_t runs, int64_t total_us);

  void Advance(int64_t virtual_us) { done_us_ += virtual_us; }
  // A run ended, `left_us` before its planned end.
  void Finish(int64_t left_us) {
    done_us_ += left_us;
    ++finished_;
  }
  // Shows the state if it is time. To be called a few times a second.
  void Show();
  // Removes the line from the terminal.
  void Clear();

 private:
  std::string Text(int64_t done_us, double seconds) const;

  enum class Style { kNone, kLine, kPlain };
  Style style_ = Style::kNone;
  size_t runs_;
  int64_t total_us_;
  std::atomic<int64_t> done_us_{0};
  std::atomic<size_t> finished_{0};
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point shown_;
  size_t width_ = 0;
};

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_PROGRESS_H_
