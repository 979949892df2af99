// The JSON Schema (draft 07) of what `run --real --json` prints.
//
// Every key of comparison_json.cc stands in it with its meaning. Keys are only added while
// comparison_version stays, so the schema allows more than it names. Thread safety: a pure
// function.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_COMPARISON_SCHEMA_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_COMPARISON_SCHEMA_H_

#include "nlohmann/json_fwd.hpp"

namespace gossamer::real {

nlohmann::ordered_json ComparisonSchema();

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_COMPARISON_SCHEMA_H_
