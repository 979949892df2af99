// Finished runs in Prometheus's text exposition format 0.0.4, for the textfile collector or a push
// gateway.
//
// Every sample has the labels scenario, file and seed. Durations are seconds of virtual time; a
// phase that did not happen has no sample. Of runs with equal labels the first counts. Thread
// safety: pure functions.
#ifndef GOSSAMER_SIM_REPORT_PROMETHEUS_REPORT_H_
#define GOSSAMER_SIM_REPORT_PROMETHEUS_REPORT_H_

#include <span>
#include <string>

#include "sim/report/run_report.h"

namespace gossamer::sim {

std::string PrometheusReport(std::span<const RunReport> runs);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_PROMETHEUS_REPORT_H_
