#include <cstdio>

#include "nlohmann/json.hpp"
#include "sim/report/report_schema.h"
#include "sim/scenario/json_schema.h"
#include "tools/gossamer_sim/commands.h"

namespace gossamer::tool {

ExitCode SchemaCommand(const Arguments& arguments) {
  const bool scenario = arguments.files.front() == "scenario";
  std::puts((scenario ? sim::ScenarioSchema() : sim::ReportSchema()).dump(2).c_str());
  return ExitCode::kPass;
}

}  // namespace gossamer::tool
