// Heartbeat: building and handling PING, PONG and MEET, with their extensions.
//
// SOURCE: bus spec sections 2, 4.2 and 11, semantics spec section 3.
#ifndef GOSSAMER_CORE_CLUSTER_HEARTBEAT_H_
#define GOSSAMER_CORE_CLUSTER_HEARTBEAT_H_

#include "core/cluster/cluster_node.h"
#include "core/cluster/state.h"

namespace gossamer {

// Fills the header of a message that this node sends.
void FillHeader(const Turn& t, Header* header);
// A message without body (AUTH_REQUEST, AUTH_ACK, MFSTART) with `mflags0` besides what the state
// demands.
MessageRef MakeBare(Turn& t, MessageType type, uint8_t mflags0);

// Sends PING or MEET on the peer's outbound link. REQUIRES: it has one.
void SendPing(Turn& t, NodeKey peer, MessageType type);
// Broadcasts a PONG to all nodes, or to the replicas of my own shard. It leaves after `after` is
// durable.
void BroadcastPong(Turn& t, bool local_replicas_only, Ticket after = {});

// A heartbeat that arrived on `link`. `sender` is the known node that it is from, or kNoKey.
void HandleHeartbeat(Turn& t, LinkId link, const LinkPeer& peer, NodeKey sender,
                     const Message& message);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_HEARTBEAT_H_
