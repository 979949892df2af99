// The report of one run, or of several seeds, as one JSON object.
//
// Top level: schema_version scenario seed rules cpu transport build digest verdict virtual_us
// wall_us peak_rss_bytes messages entries incidents expectations violations, and more keys for
// detail. Times of an incident are microseconds from its injection (injected_us from the start of
// the run); null: it did not happen. Keys are added, never changed, while schema_version stays.
// Everything but wall_us, peak_rss_bytes and build is the same for the same scenario and seed.
// Meaning of every key: sim/report/README.md. Thread safety: pure functions.
#ifndef GOSSAMER_SIM_REPORT_JSON_REPORT_H_
#define GOSSAMER_SIM_REPORT_JSON_REPORT_H_

#include <string>

#include "nlohmann/json_fwd.hpp"
#include "sim/report/run_report.h"

namespace gossamer::sim {

inline constexpr int kReportSchemaVersion = 1;

nlohmann::ordered_json JsonReport(const RunReport& report);
// The names of what was planted.
nlohmann::ordered_json BugsJson(const RunReport& report);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_JSON_REPORT_H_
