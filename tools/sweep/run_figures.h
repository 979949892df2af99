// The figures of one run of a sweep, by name.
//
// A phase (sim/report/phases.h) is counted from the injection. With several incidents it is that of
// the worst: the longest, and nothing when one of them lacks it. Thread safety: values, pure
// functions.
#ifndef GOSSAMER_TOOLS_SWEEP_RUN_FIGURES_H_
#define GOSSAMER_TOOLS_SWEEP_RUN_FIGURES_H_

#include <string>
#include <vector>

#include "sim/report/run_report.h"
#include "tools/sweep/figures.h"

namespace gossamer::tool {

struct FigureInfo {
  std::string key;  // "covered_us", "false_fails"
  FigureUnit unit = FigureUnit::kMicros;
  std::string about;
};
// In the order in which they are shown and in which lines have them.
const std::vector<FigureInfo>& FigureInfos();
// Their keys.
const std::vector<std::string>& FigureKeys();

// What does not apply, or did not happen, has no entry.
FigureValues FiguresOf(const sim::RunReport& report);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_SWEEP_RUN_FIGURES_H_
