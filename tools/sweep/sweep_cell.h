// SweepCell: the runs of one cell of a sweep, by seed, and whether they are enough.
//
// Whether they are is decided on the runs of the first seeds alone, without a gap, so that the
// order in which runs end decides nothing. Thread safety: none.
#ifndef GOSSAMER_TOOLS_SWEEP_SWEEP_CELL_H_
#define GOSSAMER_TOOLS_SWEEP_SWEEP_CELL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/sweep/figures.h"
#include "tools/sweep/sweep_line.h"

namespace gossamer::tool {

// What is known of a figure from some runs, in millionths of its unit.
struct FigureSummary {
  size_t count = 0;  // runs that have it; all below are 0 without any
  double median = 0;
  double low = 0;  // 95 % bootstrap interval of the median
  double high = 0;
  double p5 = 0;
  double p95 = 0;
};
FigureSummary Summarize(const SweepFigure& figure, const std::vector<const SweepLine*>& lines);

// "covered 5": the figure's median is known when half its interval is below so many per cent of it.
struct UntilRule {
  SweepFigure figure;
  double percent = 0;
  size_t min_seeds = 5;
};
// Nothing, with *error set, when it is none.
std::optional<UntilRule> ParseUntil(std::string_view text, std::string* error);

class SweepCell {
 public:
  // `rule` may be null; it must outlive the cell.
  SweepCell(size_t seeds, const UntilRule* rule) : lines_(seeds), rule_(rule) {}

  // A run ended, or was found in the file. `index`: of the seed.
  void Add(size_t index, SweepLine line);
  bool Has(size_t index) const { return lines_[index].has_value(); }
  // Its rule, if any, was met by the runs so far.
  bool IsKnown() const { return rule_ == nullptr || known_; }
  // Another run is of use.
  bool Wanted(size_t index) const { return index < end_ && !Has(index); }
  // The runs that count, by seed.
  std::vector<const SweepLine*> Lines() const;
  // Those among them that were not handed out before and, with a rule, have no gap before them.
  std::vector<const SweepLine*> TakeSettled();
  // The same, past gaps: of a sweep that ends early.
  std::vector<const SweepLine*> TakeRest();
  // This one is in the file already.
  void MarkWritten(size_t index);

 private:
  void Advance();

  std::vector<std::optional<SweepLine>> lines_;
  std::vector<bool> written_ = std::vector<bool>(lines_.size());
  const UntilRule* rule_;
  size_t prefix_ = 0;           // runs without a gap
  size_t next_look_ = 0;        // as many of them as the rule is asked for again
  size_t end_ = lines_.size();  // runs from here on are not wanted
  bool known_ = false;
};

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_SWEEP_SWEEP_CELL_H_
