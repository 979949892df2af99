// Gossip: what a heartbeat carries about other nodes, and what its receiver learns.
//
// SOURCE: bus spec section 10 (selection), semantics spec section 3 (processing). The hot path of
// the whole system.
#ifndef GOSSAMER_CORE_CLUSTER_GOSSIP_H_
#define GOSSAMER_CORE_CLUSTER_GOSSIP_H_

#include "core/cluster/state.h"

namespace gossamer {

// Fills the gossip section of a heartbeat to `receiver` (kNoKey: not bound yet).
void SelectGossip(Turn& t, NodeKey receiver, Heartbeat* heartbeat);
// Handles the gossip section of a message. `sender` is kNoKey for a MEET from an unknown node.
void ApplyGossip(Turn& t, NodeKey sender, const Heartbeat& heartbeat);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_GOSSIP_H_
