// The results of a sweep: a file with one JSON object a line, one line a run.
//
//   {"schema_version":1,"sweep":"…","cell":{"size":"100"},"seed":3,"figures":{"promoted_us":…}}
//
// The bytes are untrusted. Unknown keys and figures are ignored or kept; a last line that was cut
// off is passed over, and so is a run that an earlier line has; any other line that is no result is
// an error that names its line. Values are whole millionths of their unit (figures.h), so that
// samples are exact. Thread safety: values, pure functions.
#ifndef GOSSAMER_TOOLS_SWEEP_RESULTS_H_
#define GOSSAMER_TOOLS_SWEEP_RESULTS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gossamer::tool {

// By figure. A figure that did not happen in a run has no entry.
using FigureValues = std::map<std::string, int64_t, std::less<>>;

inline constexpr double kMillionthsPerUnit = 1e6;

// The value of a figure that a line gives as `number`: of times microseconds, else whole units.
// Nothing when it is out of range.
std::optional<int64_t> FigureValueOf(std::string_view figure, double number);

struct SweepRun {
  std::vector<std::pair<std::string, std::string>> cell;  // axis and label, in the file's order
  uint64_t seed = 0;
  FigureValues figures;
  std::string verdict = {};  // "pass", "fail", "inconclusive"; empty: not said
  std::optional<uint64_t> cell_index = std::nullopt;  // in the scenario's order

  // The label of `axis`; null when the cell has no such axis.
  const std::string* LabelOf(std::string_view axis) const;
};

struct SweepResults {
  std::string sweep;
  std::vector<SweepRun> runs;        // by cell and seed where every line has a cell_index
  std::vector<std::string> axes;     // in the order in which they first stand
  std::vector<std::string> figures;  // every name that a run has, also where it did not happen
  bool torn = false;                 // the last line was cut off

  // In the order in which they first stand.
  std::vector<std::string> LabelsOf(std::string_view axis) const;
};

// `path` is for messages. Nothing, with *error set to "path:line: what, expected what".
std::optional<SweepResults> ParseResults(std::string_view text, std::string_view path,
                                         std::string* error);

// Larger files are refused.
inline constexpr size_t kMaxResultsBytes = size_t{1} << 30;

// AXIS=LABEL, several separated by commas.
using CellFilter = std::vector<std::pair<std::string, std::string>>;

// Whether the cell has every label of `filter`.
bool Matches(const SweepRun& run, const CellFilter& filter);

// Reads "axis=label,axis=label" and adds it. The error, or empty; `results` must have such axes and
// labels.
std::string AddToFilter(std::string_view text, const SweepResults& results, CellFilter* filter);

// "; did you mean 'x'?" or "; expected one of x, y".
std::string NearestOf(std::string_view word, const std::vector<std::string>& known);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_SWEEP_RESULTS_H_
