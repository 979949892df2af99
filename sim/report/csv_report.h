// Finished runs as CSV (RFC 4180, with a header line), for spreadsheets and statistics.
//
// A row per run and incident; a run without incidents has one row whose columns of an incident are
// empty. So is a phase that did not happen. Columns ending in _us are microseconds: `injected_us`
// from the start of the run, phases as in the JSON report. Columns are added at the end, never
// changed. Thread safety: pure functions.
#ifndef GOSSAMER_SIM_REPORT_CSV_REPORT_H_
#define GOSSAMER_SIM_REPORT_CSV_REPORT_H_

#include <span>
#include <string>

#include "sim/report/run_report.h"

namespace gossamer::sim {

std::string CsvReport(std::span<const RunReport> runs);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_CSV_REPORT_H_
