#include <cstdio>
#include <string>

#include "nlohmann/json.hpp"
#include "sim/report/event_schema.h"
#include "sim/report/report_schema.h"
#include "sim/scenario/json_schema.h"
#include "tools/gossamer_sim/commands.h"
#include "tools/sweep/sweep_line.h"

namespace gossamer::tool {

ExitCode SchemaCommand(const Arguments& arguments) {
  const std::string& what = arguments.files.front();
  if (what == "sweep") {
    std::puts(SweepSchema().dump(2).c_str());
  } else if (what == "events") {
    std::puts(sim::EventSchema().dump(2).c_str());
  } else {
    std::puts((what == "scenario" ? sim::ScenarioSchema() : sim::ReportSchema()).dump(2).c_str());
  }
  return ExitCode::kPass;
}

}  // namespace gossamer::tool
