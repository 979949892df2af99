// Finished runs as one self-contained HTML page: nothing from the network, readable from a file,
// printed, in light and dark, and without scripts.
//
// A part per scenario file: headline numbers, the command that repeats the run, the phases, their
// distributions, a timeline with a row per shard, what the nodes saw, bus traffic, CPU, elections,
// expectations. Of several seeds the distributions cover all; what is of one run is the first that
// did not pass, else the first. Scripts make line charts of the still drawings; the page runs no
// other script than these two, whatever is in a name. Apart from the scripts' text it is
// well-formed XML, and it is the same bytes for the same runs and build: it holds nothing of wall
// time or of the process. Thread safety: pure functions.
#ifndef GOSSAMER_SIM_REPORT_HTML_REPORT_H_
#define GOSSAMER_SIM_REPORT_HTML_REPORT_H_

#include <span>
#include <string>

#include "sim/report/run_report.h"

namespace gossamer::sim {

// REQUIRES: the runs of one file stand together, by rising seed.
std::string HtmlReport(std::span<const RunReport> runs);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_HTML_REPORT_H_
