// Observation: the phases of a real cluster's failovers, from its journal and its nodes' logs.
//
// Plays both through in the order of time and keeps what sim/report/failover_timeline.h keeps of a
// simulated run, by the same definitions, as far as logs tell:
//   covered   when the new primary has won, or taken over: it serves the slots from then on
//   not seen  in whose view the slots are covered; votes
// Thread safety: a pure function.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_OBSERVATION_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_OBSERVATION_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "sim/report/failover_timeline.h"
#include "sim/scenario/expectations.h"
#include "tools/real_cluster/journal.h"
#include "tools/real_cluster/log_line.h"

namespace gossamer::real {

struct Observation {
  std::vector<sim::IncidentTimes> incidents;
  sim::ElectionTotals elections;  // scheduled, started, won, expired, takeovers
  std::vector<sim::FailoverTimeline::CountChange> uncovered;
  std::vector<sim::FailoverTimeline::CountChange> not_ok;
  std::map<std::string, sim::EventCounts> events;  // those of JudgedEvents()
  size_t live_nodes = 0;                           // at the end
  int64_t lost_shards = 0;
};

// The events of the scenario language that logs tell.
const std::vector<std::string_view>& JudgedEvents();

struct ObservedNode {
  int64_t shard = 0;
  std::vector<LogEvent> log;
};

// `timeout`: the node timeout, for who counts as live.
Observation Observe(const Journal& journal, const std::vector<ObservedNode>& nodes,
                    Duration timeout);

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_OBSERVATION_H_
