// JSON Schema: the scenario language as editors read it, made from the schema table.
//
// Draft 07, which yaml-language-server handles best. It accepts every scenario that the loader
// accepts; the loader also checks what a schema cannot say: that a zone exists, that times lie
// within the run, that a name is the file's. Values of `enumDescriptions` are for editors; other
// readers pass over them. Thread safety: a pure function.
#ifndef GOSSAMER_SIM_SCENARIO_JSON_SCHEMA_H_
#define GOSSAMER_SIM_SCENARIO_JSON_SCHEMA_H_

#include "nlohmann/json_fwd.hpp"

namespace gossamer::sim {

nlohmann::ordered_json ScenarioSchema();

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_JSON_SCHEMA_H_
