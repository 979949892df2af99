// RealRun: one run of a scenario's timeline against real processes.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_REAL_RUN_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_REAL_RUN_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "sim/report/run_report.h"
#include "sim/scenario/scenario.h"
#include "tools/real_cluster/program.h"

namespace gossamer::real {

struct RealSpec {
  const sim::Scenario* scenario = nullptr;
  const std::vector<Program>* programs = nullptr;
  std::optional<std::string> rules;  // of our nodes, instead of the scenario's
  uint64_t seed = 1;
  std::optional<Duration> settle;   // from readiness to the first line of the timeline
  std::optional<Duration> stop_at;  // as of a simulated run
  std::string directory;            // for the nodes' files; exists, and is empty
  std::function<bool()> interrupted = [] { return false; };
  std::function<void(const std::string&)> say = [](const std::string&) {};
};

struct RealResult {
  // As of a simulated run. Its expectations are those that could be judged.
  sim::RunReport report;
  std::vector<size_t> not_judged;  // positions in scenario.expect
  std::vector<std::string> notes;  // what happened unasked
};

// Nothing, with one line in *error, when the cluster did not start, or was interrupted before.
std::optional<RealResult> RunReal(const RealSpec& spec, std::string* error);

// The node timeout of the cluster.
Duration NodeTimeoutOf(const sim::Scenario& scenario);

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_REAL_RUN_H_
