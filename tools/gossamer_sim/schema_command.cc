#include <cstdio>
#include <map>
#include <string_view>

#include "nlohmann/json.hpp"
#include "sim/report/event_schema.h"
#include "sim/report/report_schema.h"
#include "sim/scenario/json_schema.h"
#include "tools/gossamer_sim/commands.h"
#include "tools/real_cluster/comparison_schema.h"
#include "tools/sweep/sweep_line.h"

namespace gossamer::tool {

ExitCode SchemaCommand(const Arguments& arguments) {
  using Schema = nlohmann::ordered_json (*)();
  static const std::map<std::string_view, Schema> kSchemas = {{"scenario", sim::ScenarioSchema},
                                                              {"report", sim::ReportSchema},
                                                              {"events", sim::EventSchema},
                                                              {"real", real::ComparisonSchema},
                                                              {"sweep", SweepSchema}};
  std::puts(kSchemas.at(arguments.files.front())().dump(2).c_str());
  return ExitCode::kPass;
}

}  // namespace gossamer::tool
