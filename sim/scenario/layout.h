// Layout: a cluster that exists, from one of its nodes.conf files or from a reply of CLUSTER NODES.
//
// Every node of it that has an address becomes a simulated node, also one marked FAIL; nodes in a
// handshake are left out, nodes without an address stay known and do not run. SOURCE:
// scenarios/README.md. Thread safety: pure functions. Errors name the line.
#ifndef GOSSAMER_SIM_SCENARIO_LAYOUT_H_
#define GOSSAMER_SIM_SCENARIO_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/cluster/nodes_conf.h"
#include "core/slots/slot_set.h"

namespace gossamer::sim {

// `text` is a nodes.conf (it has a vars line) or a reply of CLUSTER NODES, as redis-cli or
// valkey-cli prints it or as it travels: blanks around lines, carriage returns and the protocol's
// first line are passed over. `file` names it in errors. A node that does not know its own address
// gets one.
absl::StatusOr<NodesConf> ParseLayout(std::string_view text, std::string_view file);

struct LayoutNode {
  size_t line = 0;  // in NodesConf::nodes
  int64_t shard = 0;
  bool primary = false;
};

// The nodes that run, by their indexes in the simulation: primaries by their first slot, those
// without slots last; then the replicas of shard 0, of shard 1, and so on. A primary that does not
// run has a shard too.
std::vector<LayoutNode> RunningNodes(const NodesConf& layout);
// Shards of the layout, also those of primaries that do not run.
int64_t ShardCount(const NodesConf& layout);
// Slots that a node of the layout owns.
SlotSet OwnedSlots(const NodesConf& layout);

// The index in `nodes` of the node that an operator means: its id or at least 4 characters of its
// beginning, ip:port, host name or announced name. Nothing when it is none or several.
std::optional<size_t> FindLayoutNode(const NodesConf& layout, const std::vector<LayoutNode>& nodes,
                                     std::string_view text);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_LAYOUT_H_
