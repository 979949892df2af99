// Membership: who is in the table, how nodes enter it and leave it.
//
// SOURCE: bus spec section 9.3, semantics spec sections 1, 3 and 11 (MEET, FORGET, RESET).
#ifndef GOSSAMER_CORE_CLUSTER_MEMBERSHIP_H_
#define GOSSAMER_CORE_CLUSTER_MEMBERSHIP_H_

#include <cstdint>
#include <optional>

#include "core/cluster/state.h"

namespace gossamer {

// Facts of a node about which nothing is known but its endpoint: random shard id, no slots.
PeerFacts BlankFacts(Turn& t, const Endpoint& endpoint);

// Adds a node named `name`. kNoKey, counted and reported, when a table is full.
NodeKey AddNode(Turn& t, const NodeName& name, const Endpoint& endpoint, uint16_t flags,
                NodeKey introducer);
// Deletes a node: frees its slots, reports, links and replicas. REQUIRES: known, not myself.
void RemoveNode(Turn& t, NodeKey node);

// True while a handshake with that ip, client port and bus port is in progress.
bool HandshakeRuns(const State& s, const Endpoint& endpoint);
// Starts a handshake with whoever listens at `endpoint` (bus port cport). The temporary node's key,
// or kNoKey when one with that address is running or the table is full. `meet`: we send MEET (an
// operator told us).
NodeKey StartHandshake(Turn& t, const Endpoint& endpoint, bool meet);
// The peer of handshake node `temporary` turned out to be `name`: renames, and returns the final
// key; kNoKey when the node was known already (the temporary one is deleted then) or cannot be
// added. SOURCE: bus spec section 9.3 step 4.
NodeKey FinishHandshake(Turn& t, NodeKey temporary, NodeKey sender, const Header& header);
int64_t HandshakeTimeoutMs(const State& s);

// FORGET's blacklist. Expired entries are dropped on the way.
void BlacklistAdd(Turn& t, const NodeName& name, Duration ttl);
bool Blacklisted(Turn& t, const NodeName& name);

// CLUSTER RESET. The caller has checked that a primary holds no keys. SOURCE: semantics spec
// section 11.
void Reset(Turn& t, bool hard);

// Takes over an address that a header or a gossip entry gave, and reconnects. SOURCE: semantics
// spec section 3.
void ChangeAddress(Turn& t, NodeKey node, const Endpoint& endpoint);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_MEMBERSHIP_H_
