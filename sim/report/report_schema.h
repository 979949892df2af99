// The JSON Schema (draft 07) of what `run --json` prints: the report of a run, the summary of
// several seeds, or a list of these.
//
// Every key of json_report.cc and seeds_report.cc stands in it with its meaning. Keys are only
// added while schema_version stays, so the schema allows more than it names. Thread safety: a pure
// function.
#ifndef GOSSAMER_SIM_REPORT_REPORT_SCHEMA_H_
#define GOSSAMER_SIM_REPORT_REPORT_SCHEMA_H_

#include "nlohmann/json_fwd.hpp"

namespace gossamer::sim {

nlohmann::ordered_json ReportSchema();

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_REPORT_SCHEMA_H_
