// How one node is shown: its address to a client, its line, its place among the others. The pieces
// of views.h.
//
// SOURCE: bus spec section 13, semantics spec section 11.
#ifndef GOSSAMER_CORE_CLUSTER_NODE_VIEW_H_
#define GOSSAMER_CORE_CLUSTER_NODE_VIEW_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/cluster/nodes_conf.h"
#include "core/cluster/state.h"
#include "core/cluster/views.h"

namespace gossamer {

// Every known node by rising name.
std::vector<NodeKey> NodesByName(const State& s);
// The replicas of `primary` by rising name.
std::vector<NodeKey> ReplicasByName(const State& s, NodeKey primary);

// The node's client ports, whichever of the two is its primary one.
uint16_t TcpPort(const State& s, NodeKey node);
uint16_t TlsPort(const State& s, NodeKey node);
// The port that a client of this transport should use: the one announced to clients, else the
// node's own.
uint16_t ClientPort(const State& s, NodeKey node, bool tls);
// The address announced to clients of this family, else the node's own.
std::string_view ClientIp(const State& s, NodeKey node, ViewClient client);
// How far its replication is; of myself what the data side says now.
int64_t ShownOffset(const State& s, NodeKey node);

// The node as nodes.conf holds it. Texts from peers that the file could not hold are left out.
NodesConfNode NodeAsConf(const Turn& t, NodeKey node);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_NODE_VIEW_H_
