// Describe: parts of a scenario in one line of words, for reports and messages.
#ifndef GOSSAMER_SIM_SCENARIO_DESCRIBE_H_
#define GOSSAMER_SIM_SCENARIO_DESCRIBE_H_

#include <string>

#include "sim/scenario/scenario.h"

namespace gossamer::sim {

// "10% of nodes, keeping one per shard", "250 primaries", "replicas in zones a, b".
std::string Describe(const Target& target);
// "kill one primary", "partition nodes in zone a | nodes in zones b, c for 20s". Does not read the
// item's own text.
std::string Describe(const TimelineItem& item);
// "covered within 25s after 60s". Does not read the expectation's own text.
std::string Describe(const Expectation& expectation);
// "300us", "[200us, 400us]", "p50 300us, p99 2ms".
std::string Describe(const LatencySpec& latency);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_DESCRIBE_H_
