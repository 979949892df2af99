// The stages of a failover as bars of plain characters.
//
// At most kReportWidth columns, ASCII. Thread safety: pure functions.
#ifndef GOSSAMER_SIM_REPORT_STAGE_TEXT_H_
#define GOSSAMER_SIM_REPORT_STAGE_TEXT_H_

#include <cstddef>
#include <span>
#include <string>

#include "sim/report/run_report.h"
#include "sim/scenario/paint.h"

namespace gossamer::sim {

// A bar per stage on one time axis: '#' from the median begin to the median end over the victims,
// '-' on to the latest end. Empty without a victim.
std::string StageBars(std::span<const IncidentTimes> incidents, const Paint& paint = Paint());

// A line per stage of one incident over all seeds: its lengths as a box plot, each line on a scale
// of its own. Every victim of every seed is a sample. `incident`: position in the timeline.
std::string StageBoxes(std::span<const RunReport> runs, size_t incident,
                       const Paint& paint = Paint());

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_STAGE_TEXT_H_
