#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <vector>

#include "tools/gossamer_sim/commands.h"
#include "tools/gossamer_sim/progress.h"
#include "tools/gossamer_sim/scenario_file.h"

namespace gossamer::tool {

ExitCode CheckCommand(const Arguments& arguments) {
  std::vector<ScenarioFile> files;
  const ExitCode code =
      ReadScenarioFiles(arguments.files, WantsColor(arguments.color, STDERR_FILENO), &files);
  for (const ScenarioFile& file : files) {
    if (!file.scenario) continue;
    const sim::Scenario& scenario = *file.scenario;
    std::printf("%s: ok, %s, %" PRId64 " nodes, %zu timeline items, %zu expectations\n",
                file.path.c_str(), scenario.name.c_str(), scenario.node_count(),
                scenario.timeline.size(), scenario.expect.size());
  }
  return code;
}

}  // namespace gossamer::tool
