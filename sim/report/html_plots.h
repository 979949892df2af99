// The line charts of the HTML report: over virtual time, and cumulative distributions.
//
// Each is a figure that holds its data as JSON, which html_page.js draws with uPlot, and a still
// drawing of the same for print and for readers without scripts. Empty without data. `id` is the
// prefix of the ids in it and must be unique in the page. Thread safety: pure functions.
#ifndef GOSSAMER_SIM_REPORT_HTML_PLOTS_H_
#define GOSSAMER_SIM_REPORT_HTML_PLOTS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "sim/report/run_report.h"

namespace gossamer::sim {

// Messages of each kind, and bytes, per second.
std::string TrafficFigures(std::string_view id, const RunReport& run);

// Nodes that are suspected and held failed, and how many nodes say that the cluster is not ok.
std::string ViewFigures(std::string_view id, const RunReport& run);

// The CPU of the busiest node, of the 99th percentile and of the mean node.
std::string CpuOverTimeFigure(std::string_view id, const RunReport& run);

struct CdfLine {
  std::string label;
  std::string color;             // a variable of the style sheet: "detect"
  std::vector<Duration> values;  // rising, not empty
  size_t expected = 0;           // what counts as 100 %
};
// The share of `of` ("seeds") that reached each line by then.
std::string CdfFigure(std::string_view id, std::string_view of, std::span<const CdfLine> lines);

// What the values of a chart count; kMean in thousandths, kPercent in parts per million.
enum class PlotUnit : uint8_t { kCount, kBytes, kMean, kPercent };
// "1,234", "12.3 MB", "0.25", "12.3 %".
std::string PlotText(PlotUnit unit, uint64_t value);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_HTML_PLOTS_H_
