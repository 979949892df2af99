// The report of one run as text: what happened and how long it took first, then where the traffic
// and the memory went.
//
// At most kReportWidth columns. The meaning of every line: sim/report/README.md. Thread safety:
// pure functions.
#ifndef GOSSAMER_SIM_REPORT_TEXT_REPORT_H_
#define GOSSAMER_SIM_REPORT_TEXT_REPORT_H_

#include <string>

#include "sim/report/run_report.h"
#include "sim/scenario/paint.h"

namespace gossamer::sim {

std::string TextReport(const RunReport& report, const Paint& paint = Paint());

// The command that repeats the run, for copying: "gossamer-sim run storm.yaml --seed 42
// --stop-at 43200000us".
std::string ReproduceCommand(const RunReport& report);
// The command that tells what happened to one node in the same run: "gossamer-sim explain
// storm.yaml
// --seed 42 --node 7".
std::string ExplainCommand(const RunReport& report, NodeIndex node);

// The parts, for the summary over several seeds.
std::string ScenarioText(const RunReport& report, const Paint& paint);
Tone ToneOf(Verdict verdict);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_TEXT_REPORT_H_
