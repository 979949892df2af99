#include "sim/report/stage_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/strings.h"
#include "sim/report/phases.h"
#include "sim/report/stages.h"
#include "sim/report/text_format.h"

namespace gossamer::sim {
namespace {

constexpr int64_t kBarColumns = 50;
constexpr int64_t kBoxColumns = 40;

size_t Column(Duration at, Duration from, Duration to, int64_t columns) {
  const int64_t length_us = (to - from).us;
  return length_us <= 0 ? 0 : static_cast<size_t>((at - from).us * (columns - 1) / length_us);
}

std::string Bar(const StageSamples& samples, Duration widest) {
  std::string bar(kBarColumns, ' ');
  const auto column = [&](Duration at) { return Column(at, Duration{}, widest, kBarColumns); };
  const size_t begin = column(Quantile(samples.begins, 50));
  const size_t end = std::max(begin, column(Quantile(samples.ends, 50)));
  const size_t last = std::max(end, column(samples.ends.back()));
  std::fill(bar.begin() + static_cast<std::ptrdiff_t>(begin),
            bar.begin() + static_cast<std::ptrdiff_t>(last) + 1, '-');
  std::fill(bar.begin() + static_cast<std::ptrdiff_t>(begin),
            bar.begin() + static_cast<std::ptrdiff_t>(end) + 1, '#');
  return bar;
}

std::string Reached(const StageSamples& samples) {
  if (samples.lengths.size() == samples.expected) return {};
  return absl::StrCat(samples.lengths.size(), " of ", samples.expected);
}

// "|---[==|====]------|" between the extremes; a quantile's character wins over a line's.
std::string Box(const std::vector<Duration>& sorted) {
  std::string box(kBoxColumns, '-');
  const auto column = [&](uint32_t percent) {
    return Column(Quantile(sorted, percent), sorted.front(), sorted.back(), kBoxColumns);
  };
  if (sorted.front() == sorted.back()) return "|" + std::string(kBoxColumns - 1, ' ');
  const size_t low = column(25);
  const size_t high = column(75);
  for (size_t i = low; i <= high; ++i) box[i] = '=';
  box.front() = box.back() = '|';
  box[low] = '[';
  box[high] = ']';
  box[column(50)] = '#';
  return box;
}

}  // namespace

std::string StageBars(std::span<const IncidentTimes> incidents, const Paint& paint) {
  std::array<StageSamples, kStages.size()> all;
  Duration widest;
  for (size_t i = 0; i < kStages.size(); ++i) {
    all[i] = SamplesOf(kStages[i], incidents);
    if (!all[i].ends.empty()) widest = std::max(widest, all[i].ends.back());
  }
  if (all[0].expected == 0) return {};
  std::string out = absl::StrCat(
      paint(Tone::kTitle, "Phases"), ", 0 to ", SecondsText(widest),
      " s after the injection; # median of the victims, - to the last\n",
      absl::StrFormat("  %6s  %*s  %9s  %9s\n", "", kBarColumns + 2, "", "median s", "longest s"));
  for (size_t i = 0; i < kStages.size(); ++i) {
    const StageSamples& samples = all[i];
    if (samples.expected == 0) continue;
    const bool none = samples.lengths.empty();
    const std::string bar =
        none ? std::string(kBarColumns, ' ') : paint(Tone::kBar, Bar(samples, widest));
    std::string line =
        absl::StrFormat("  %-6s  |%s|  %9s  %9s  %s", ToAbsl(StageName(kStages[i])), bar,
                        none ? "-" : SecondsText(Quantile(samples.lengths, 50)),
                        none ? "-" : SecondsText(samples.lengths.back()), Reached(samples));
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&out, line, "\n");
  }
  return out;
}

std::string StageBoxes(std::span<const RunReport> runs, size_t incident, const Paint& paint) {
  std::string out;
  for (const Stage stage : kStages) {
    StageSamples samples;
    for (const RunReport& run : runs) {
      if (incident < run.incidents.size()) samples.Add(stage, run.incidents[incident]);
    }
    samples.Sort();
    const std::vector<Duration>& lengths = samples.lengths;
    if (lengths.empty()) continue;
    std::string line = absl::StrFormat("  %-6s %9s  %s  %9s   median %s  %s",
                                       ToAbsl(StageName(stage)), SecondsText(lengths.front()),
                                       paint(Tone::kBar, Box(lengths)), SecondsText(lengths.back()),
                                       SecondsText(Quantile(lengths, 50)), Reached(samples));
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&out, line, "\n");
  }
  if (out.empty()) return out;
  return absl::StrCat("  lengths of the phases over seeds and victims, seconds: min, [ p25, # p50,",
                      " p75 ], max\n", out);
}

}  // namespace gossamer::sim
