#include "tools/sweep/sweep_cell.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "core/base/rng.h"
#include "core/base/strings.h"
#include "sim/report/statistics.h"
#include "tools/sweep/run_figures.h"

namespace gossamer::tool {
namespace {

constexpr size_t kDraws = 1000;
// A cell is judged anew when it has a twentieth more runs: each look costs as much as it has.
constexpr size_t kLookShare = 20;

}  // namespace

FigureSummary Summarize(const SweepFigure& figure, const std::vector<const SweepLine*>& lines) {
  std::vector<int64_t> values;
  for (const SweepLine* line : lines) {
    if (const auto value = figure.ValueIn(line->figures)) values.push_back(*value);
  }
  FigureSummary summary;
  summary.count = values.size();
  if (values.empty()) return summary;
  std::sort(values.begin(), values.end());
  Rng rng(1, "sweep " + figure.text);
  const sim::MedianInterval interval = sim::BootstrapMedian(values, kDraws, &rng);
  summary.median = static_cast<double>(sim::TwiceMedian(values)) / 2;
  summary.low = interval.low;
  summary.high = interval.high;
  summary.p5 = static_cast<double>(sim::QuantileOf(values, 50));
  summary.p95 = static_cast<double>(sim::QuantileOf(values, 950));
  return summary;
}

std::optional<UntilRule> ParseUntil(std::string_view text, std::string* error) {
  const std::vector<std::string_view> words = SplitWords(text);
  if (words.size() != 2) {
    *error = "expected a figure and a number of per cent, such as \"covered 5\"";
    return std::nullopt;
  }
  std::optional<SweepFigure> figure = ResolveFigure(words[0], FigureKeys(), error);
  if (!figure) return std::nullopt;
  const std::string number(words[1].substr(0, words[1].find('%')));
  char* end = nullptr;
  const double percent = std::strtod(number.c_str(), &end);
  if (number.empty() || *end != '\0' || !(percent > 0 && percent < 100)) {
    *error = "'" + number + "' is no number of per cent between 0 and 100";
    return std::nullopt;
  }
  UntilRule rule;
  rule.figure = *std::move(figure);
  rule.percent = percent;
  return rule;
}

void SweepCell::Add(size_t index, SweepLine line) {
  if (Has(index)) return;
  lines_[index] = std::move(line);
  Advance();
}

void SweepCell::Advance() {
  while (prefix_ < end_ && lines_[prefix_]) {
    ++prefix_;
    if (rule_ == nullptr || prefix_ < std::max(rule_->min_seeds, next_look_)) continue;
    next_look_ = prefix_ + std::max<size_t>(prefix_ / kLookShare, 1);
    std::vector<const SweepLine*> first;
    for (size_t i = 0; i < prefix_; ++i) first.push_back(&*lines_[i]);
    const FigureSummary known = Summarize(rule_->figure, first);
    const double half = (known.high - known.low) / 2;
    const bool narrow = half == 0 || half < std::abs(known.median) * rule_->percent / 100;
    if (known.count < rule_->min_seeds || !narrow) continue;
    end_ = prefix_;
    known_ = true;
  }
}

std::vector<const SweepLine*> SweepCell::Lines() const {
  std::vector<const SweepLine*> lines;
  for (size_t i = 0; i < end_; ++i) {
    if (lines_[i]) lines.push_back(&*lines_[i]);
  }
  return lines;
}

std::vector<const SweepLine*> SweepCell::TakeSettled() {
  std::vector<const SweepLine*> taken;
  const size_t settled = rule_ == nullptr ? end_ : prefix_;
  for (size_t i = 0; i < settled; ++i) {
    if (!lines_[i] || written_[i]) continue;
    written_[i] = true;
    taken.push_back(&*lines_[i]);
  }
  return taken;
}

std::vector<const SweepLine*> SweepCell::TakeRest() {
  prefix_ = end_;
  return TakeSettled();
}

void SweepCell::MarkWritten(size_t index) { written_[index] = true; }

}  // namespace gossamer::tool
