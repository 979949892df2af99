// What of a scenario real processes on one machine can carry out.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_CHECK_SCENARIO_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_CHECK_SCENARIO_H_

#include <cstddef>
#include <string>
#include <vector>

#include "sim/scenario/diagnostics.h"
#include "sim/scenario/scenario.h"

namespace gossamer::real {

// More processes on one machine would measure the machine.
inline constexpr size_t kMaxRealNodes = 200;

// Everything that cannot be done, as errors with their places.
void CheckScenario(const sim::Scenario& scenario, sim::DiagnosticSink* sink);

// What the scenario asks for and the real cluster passes over, a line each.
std::vector<std::string> PassedOver(const sim::Scenario& scenario);

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_CHECK_SCENARIO_H_
