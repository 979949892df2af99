// explain: what happened to one node of a run and why, in words.
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "sim/report/explain.h"
#include "sim/scenario/node_list.h"
#include "tools/gossamer_sim/commands.h"
#include "tools/gossamer_sim/progress.h"
#include "tools/gossamer_sim/run_pool.h"
#include "tools/gossamer_sim/scenario_file.h"

namespace gossamer::tool {

ExitCode ExplainCommand(const Arguments& arguments) {
  std::vector<ScenarioFile> files;
  const ExitCode read = ReadScenarioFiles(
      arguments.files, WantsColor(arguments.color, STDERR_FILENO), &files, arguments.cell());
  if (read != ExitCode::kPass) return read;
  const sim::Scenario& scenario = *files.front().scenario;
  const auto nodes = sim::ParseNodeList(arguments.node, scenario);
  if (!nodes.ok() || nodes.value().size() != 1) {
    const std::string why =
        nodes.ok() ? "'" + arguments.node + "' are several nodes" : nodes.error().message;
    std::fprintf(stderr, "gossamer-sim: --node: %s\n", why.c_str());
    return ExitCode::kUsage;
  }
  const auto node = static_cast<uint32_t>(nodes.value().front());
  RunRequest request;
  request.scenario = &scenario;
  request.options = OptionsFor(arguments, scenario, arguments.seed.value_or(scenario.seed));
  std::optional<Instant> until;
  if (arguments.at) until = Instant{} + *arguments.at;
  if (arguments.at && *arguments.at > scenario.duration) {
    std::fprintf(stderr, "gossamer-sim: --at: the run ends after %s\n",
                 sim::FormatDuration(scenario.duration).c_str());
    return ExitCode::kUsage;
  }
  sim::Explainer explainer(sim::NodeIndex{node}, until);
  request.extras = {&explainer};
  Progress progress(arguments.progress, arguments.quiet, 1, scenario.duration.us);
  const std::vector<RunOutcome> outcomes = RunAll({request}, 1, &progress);
  if (!outcomes.front().error.empty()) {
    std::fprintf(stderr, "gossamer-sim: a run failed: %s\n", outcomes.front().error.c_str());
    return outcomes.front().code;
  }
  std::printf("%s, seed %llu, node %u\n\n%s", files.front().path.c_str(),
              static_cast<unsigned long long>(request.options.seed),  // NOLINT(google-runtime-int)
              node, explainer.Text().c_str());
  return Interrupted() ? ExitCode::kInterrupted : ExitCode::kPass;
}

}  // namespace gossamer::tool
