// Starts: how the nodes of a scenario come to be, as a steady state, a cold cluster, a file's
// cluster, or strangers.
//
// SOURCE: architecture section 8. A formed start samples the steady state; all-equal starts
// resonate for many timeouts.
#ifndef GOSSAMER_SIM_MODEL_START_H_
#define GOSSAMER_SIM_MODEL_START_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "core/cluster/nodes_conf.h"
#include "core/cluster/options.h"
#include "core/cluster/rules.h"
#include "sim/model/hosts.h"
#include "sim/model/world.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

// 2026-01-01 00:00:00 UTC: the wall clocks' beginning, to which a run adds less than a second. The
// nodes' clocks agree within milliseconds, as time services keep them; clock-skew makes them
// differ.
inline constexpr WallTime kWallEpoch{int64_t{1'767'225'600} * 1'000'000};

inline constexpr uint16_t kClientPort = 6379;
inline constexpr uint16_t kBusPort = 16379;

// The cluster of a nodes_conf start, which the loader has read. An error when it has not.
absl::StatusOr<NodesConf> ReadStartConf(const Scenario& scenario);

// Who the nodes are. `conf`: of a nodes_conf start.
std::vector<NodeInfo> DescribeNodes(const Scenario& scenario, uint64_t seed,
                                    const std::optional<NodesConf>& conf);
// The slots of a shard where nobody says otherwise, as even as can be.
SlotRange SlotsOfShard(int64_t shard, int64_t shards);
// The address of node `index` in its `move`-th place.
IpText NodeIp(uint32_t index, uint32_t move);

// The nodes that the `index`-th override of the scenario is about.
std::vector<NodeIndex> OverriddenNodes(const Scenario& scenario, size_t index, uint64_t seed,
                                       const std::vector<NodeInfo>& nodes);

// Sets each host's options, rules and clocks.
void ConfigureHosts(const Scenario& scenario, const RunOptions& options,
                    const std::vector<NodeInfo>& nodes, Hosts* hosts);

// Starts every process in the way that the scenario asks for. `nodes` get the names of nodes that
// make their own.
void StartHosts(const Scenario& scenario, uint64_t seed, const std::optional<NodesConf>& conf,
                HostTables* tables, Network* network, ReplicationModel* replication, Hosts* hosts,
                std::vector<NodeInfo>* nodes);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_START_H_
