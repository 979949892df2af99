// The charts of the HTML report, each a figure element with its caption, or empty without data.
//
// `id` is the prefix of the ids in it and must be unique in the page. Thread safety: pure
// functions.
#ifndef GOSSAMER_SIM_REPORT_HTML_CHARTS_H_
#define GOSSAMER_SIM_REPORT_HTML_CHARTS_H_

#include <span>
#include <string>
#include <string_view>

#include "sim/report/run_report.h"

namespace gossamer::sim {

// A bar per stage over all victims of all runs; the same as a table below it.
std::string StageFigure(std::string_view id, std::span<const RunReport> runs);

// A histogram per phase on one axis: over the victims of one run, or over the seeds, then one
// figure per incident.
std::string DistributionFigures(std::string_view id, std::span<const RunReport> runs);

// Every node's share of a core, busiest first, and the same in its busiest second.
std::string CpuFigure(std::string_view id, const RunReport& run);

// A row per shard that an incident hit, a figure per incident.
std::string ShardFigures(std::string_view id, const RunReport& run);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_HTML_CHARTS_H_
