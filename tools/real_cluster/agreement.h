// Whether the nodes of a cluster see it alike, from their replies to CLUSTER NODES.
//
// Thread safety: pure functions.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_AGREEMENT_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_AGREEMENT_H_

#include <string>
#include <vector>

#include "core/cluster/nodes_conf.h"

namespace gossamer::real {

// One node's view of its cluster.
struct NodeView {
  size_t node = 0;  // its index, for messages
  NodesConf conf;
};

// What differs in what the views say of the nodes that have a view: roles, primaries, slots and
// epochs. Empty: nothing.
std::string Disagreement(const std::vector<NodeView>& views);

// Why the cluster is not calm in somebody's view: a node that has a view is unknown, suspected,
// being met or not connected. Empty: it is calm.
std::string Unrest(const std::vector<NodeView>& views);

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_AGREEMENT_H_
