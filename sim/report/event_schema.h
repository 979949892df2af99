// The JSON Schema (draft 07) of one line of `run --events`.
//
// Every event stands in it with the keys that it may have and what they mean; other keys are
// refused. Thread safety: a pure function.
#ifndef GOSSAMER_SIM_REPORT_EVENT_SCHEMA_H_
#define GOSSAMER_SIM_REPORT_EVENT_SCHEMA_H_

#include "nlohmann/json_fwd.hpp"

namespace gossamer::sim {

nlohmann::ordered_json EventSchema();

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_EVENT_SCHEMA_H_
