#include "tools/gossamer_sim/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "absl/strings/str_format.h"

namespace gossamer::tool {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr double kPlainEvery = 10;
constexpr double kLineAfter = 1;  // short runs stay silent

bool Dumb() {
  const char* term = std::getenv("TERM");
  return term == nullptr || std::string(term) == "dumb";
}

}  // namespace

bool IsTerminal(int descriptor) { return isatty(descriptor) == 1 && !Dumb(); }

bool WantsColor(ColorMode mode, int descriptor) {
  if (mode != ColorMode::kAuto) return mode == ColorMode::kAlways;
  const auto set = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  if (set("NO_COLOR")) return false;
  if (set("CLICOLOR_FORCE") && std::string_view(std::getenv("CLICOLOR_FORCE")) != "0") return true;
  return IsTerminal(descriptor);
}

Progress::Progress(ProgressMode mode, bool quiet, size_t runs, int64_t total_us)
    : runs_(runs), total_us_(std::max<int64_t>(total_us, 1)), start_(Clock::now()), shown_(start_) {
  if (quiet || mode == ProgressMode::kNone) return;
  const bool line = mode == ProgressMode::kAuto && IsTerminal(STDERR_FILENO);
  style_ = line ? Style::kLine : Style::kPlain;
}

std::string Progress::Text(int64_t done_us, double seconds) const {
  const double virtual_s = static_cast<double>(done_us) / 1e6;
  std::string text = absl::StrFormat(
      "%3d %%  %.0f of %.0f virtual s, %.1f times real time", done_us * 100 / total_us_, virtual_s,
      static_cast<double>(total_us_) / 1e6, virtual_s / std::max(seconds, 0.001));
  if (runs_ > 1) text += absl::StrFormat(", %d of %d runs done", finished_.load(), runs_);
  if (done_us > 0 && seconds > 3) {
    const double left =
        seconds * static_cast<double>(total_us_ - done_us) / static_cast<double>(done_us);
    text += absl::StrFormat(", %.0f s left", std::max(left, 0.0));
  }
  return text;
}

void Progress::Show() {
  if (style_ == Style::kNone) return;
  const auto now = Clock::now();
  const double seconds = Seconds(now - start_).count();
  const int64_t done_us = std::min(done_us_.load(), total_us_);
  if (style_ == Style::kPlain) {
    if (Seconds(now - shown_).count() < kPlainEvery) return;
    shown_ = now;
    std::fprintf(stderr, "%s\n", Text(done_us, seconds).c_str());
    return;
  }
  if (seconds < kLineAfter) return;
  std::string text = Text(done_us, seconds);
  const size_t width = text.size();
  if (text.size() < width_) text.append(width_ - text.size(), ' ');
  width_ = width;
  std::fprintf(stderr, "\r%s", text.c_str());
  std::fflush(stderr);
}

void Progress::Clear() {
  if (style_ != Style::kLine || width_ == 0) return;
  std::fprintf(stderr, "\r%s\r", std::string(width_, ' ').c_str());
  std::fflush(stderr);
  width_ = 0;
}

}  // namespace gossamer::tool
