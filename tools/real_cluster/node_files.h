// The nodes.conf files with which a real cluster starts as if it had been running for long.
//
// Thread safety: pure functions.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_NODE_FILES_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_NODE_FILES_H_

#include <cstdint>
#include <vector>

#include "core/cluster/nodes_conf.h"
#include "sim/model/world.h"

namespace gossamer::real {

// A formed cluster as the simulator begins one: epochs 1 to `shards`, slots as even as can be.
// Nobody is myself. The nodes' addresses are as in `nodes`.
NodesConf FormedConf(const std::vector<sim::NodeInfo>& nodes, int64_t shards);

// A cluster that exists, at new addresses: each of `nodes` at its own. Nodes that do not run stay
// as they are.
NodesConf MovedConf(NodesConf layout, const std::vector<sim::NodeInfo>& nodes);

// The file of the node called `name`.
NodesConf FileOf(NodesConf conf, NodeName name);

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_NODE_FILES_H_
