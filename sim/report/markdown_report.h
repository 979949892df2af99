// Finished runs as GitHub-flavoured Markdown: a section per scenario file, short enough for a pull
// request's comment or a job's summary.
//
// One seed: its phases as quantiles over the victims. Several: quantiles over the seeds, per
// incident. Then the expectations, and for what did not pass the command that repeats it. Thread
// safety: pure functions.
#ifndef GOSSAMER_SIM_REPORT_MARKDOWN_REPORT_H_
#define GOSSAMER_SIM_REPORT_MARKDOWN_REPORT_H_

#include <span>
#include <string>

#include "sim/report/run_report.h"

namespace gossamer::sim {

// REQUIRES: the runs of one file stand together, by rising seed.
std::string MarkdownReport(std::span<const RunReport> runs);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_MARKDOWN_REPORT_H_
