// explain: what happened to one node of a run and why, in words.
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "sim/report/explain.h"
#include "tools/gossamer_sim/commands.h"
#include "tools/gossamer_sim/progress.h"
#include "tools/gossamer_sim/run_pool.h"
#include "tools/gossamer_sim/scenario_file.h"

namespace gossamer::tool {

ExitCode ExplainCommand(const Arguments& arguments) {
  std::vector<ScenarioFile> files;
  const ExitCode read =
      ReadScenarioFiles(arguments.files, WantsColor(arguments.color, STDERR_FILENO), &files);
  if (read != ExitCode::kPass) return read;
  const sim::Scenario& scenario = *files.front().scenario;
  RunRequest request;
  request.scenario = &scenario;
  request.options = OptionsFor(arguments, scenario, arguments.seed.value_or(scenario.seed));
  std::optional<Instant> until;
  if (arguments.at) until = Instant{} + *arguments.at;
  sim::Explainer explainer(sim::NodeIndex{static_cast<uint32_t>(arguments.node)}, until);
  request.extras = {&explainer};
  Progress progress(arguments.progress, arguments.quiet, 1, scenario.duration.us);
  const std::vector<RunOutcome> outcomes = RunAll({request}, 1, &progress);
  if (!outcomes.front().error.empty()) {
    std::fprintf(stderr, "gossamer-sim: a run failed: %s\n", outcomes.front().error.c_str());
    return outcomes.front().code;
  }
  if (!explainer.known()) {
    std::fprintf(stderr, "gossamer-sim: --node %llu: the scenario has %zu nodes, from 0 on\n",
                 static_cast<unsigned long long>(arguments.node),  // NOLINT(google-runtime-int)
                 explainer.node_count());
    return ExitCode::kUsage;
  }
  std::printf("%s, seed %llu, node %llu\n\n%s", files.front().path.c_str(),
              static_cast<unsigned long long>(request.options.seed),  // NOLINT(google-runtime-int)
              static_cast<unsigned long long>(arguments.node),        // NOLINT(google-runtime-int)
              explainer.Text().c_str());
  return Interrupted() ? ExitCode::kInterrupted : ExitCode::kPass;
}

}  // namespace gossamer::tool
