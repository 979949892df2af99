// The figures of one run of a sweep, by name.
//
// A phase (sim/report/phases.h) is counted from the injection. With several incidents it is that of
// the worst: the longest, and nothing when one of them lacks it. Thread safety: values, pure
// functions.
#ifndef GOSSAMER_TOOLS_SWEEP_SWEEP_FIGURES_H_
#define GOSSAMER_TOOLS_SWEEP_SWEEP_FIGURES_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/report/run_report.h"

namespace gossamer::tool {

enum class FigureUnit : uint8_t { kMicros, kCount, kRate, kPercent };

struct FigureInfo {
  std::string name;  // "covered", "false_fails"
  std::string key;   // in a line: "covered_us", "false_fails"
  FigureUnit unit = FigureUnit::kMicros;
  std::string about;
};
// In the order in which lines have them.
const std::vector<FigureInfo>& FigureInfos();

// By key. Null: does not apply, or did not happen.
using SweepFigures = std::map<std::string, std::optional<double>>;
SweepFigures FiguresOf(const sim::RunReport& report);

// A figure, or the difference of two.
struct FigureTerm {
  std::string text;  // as it was named
  const FigureInfo* plus = nullptr;
  const FigureInfo* minus = nullptr;  // may be null

  std::optional<double> Of(const SweepFigures& figures) const;
};
// Reads "covered" or "covered-first_pfail". Nothing, with *error set, when it names none.
std::optional<FigureTerm> ParseFigure(std::string_view text, std::string* error);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_SWEEP_SWEEP_FIGURES_H_
