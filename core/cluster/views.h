// The texts and trees in which a node shows its cluster: CLUSTER NODES, SLOTS, SHARDS, INFO, LINKS,
// REPLICAS.
//
// Pure functions of the state. Nodes are listed by rising name where Valkey lists them in hash
// order, so that equal states give equal texts. SOURCE: bus spec section 13, semantics spec
// sections 11 and 12.
#ifndef GOSSAMER_CORE_CLUSTER_VIEWS_H_
#define GOSSAMER_CORE_CLUSTER_VIEWS_H_

#include <string>
#include <vector>

#include "core/cluster/command.h"
#include "core/cluster/nodes_conf.h"
#include "core/cluster/state.h"

namespace gossamer {

// The address family and transport of whoever asks.
struct ViewClient {
  bool tls = false;
  bool ipv6 = false;
};

// CLUSTER NODES: one line per node, LF-terminated.
std::string NodesText(const Turn& t, ViewClient client);
// CLUSTER INFO: "name:value" lines, CRLF-terminated.
std::string InfoText(Turn& t);
CommandReply SlotsReply(const Turn& t, ViewClient client);
CommandReply ShardsReply(const Turn& t, ViewClient client);
CommandReply LinksReply(const Turn& t);
// CLUSTER REPLICAS id: an array of node lines.
CommandReply ReplicasReply(const Turn& t, NodeKey primary, ViewClient client);

// The state as nodes.conf holds it: without handshake nodes, times in wall milliseconds.
NodesConf ConfOf(const Turn& t);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_VIEWS_H_
