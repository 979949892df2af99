// What must hold in one member's state after any input, whatever its peers sent: for tests, and for
// states that come from elsewhere.
#ifndef GOSSAMER_CORE_CLUSTER_CONSISTENCY_H_
#define GOSSAMER_CORE_CLUSTER_CONSISTENCY_H_

#include <string>

#include "core/cluster/state.h"

namespace gossamer {

// Says what contradicts what in `s`; empty when nothing does. Also CHECKs the tables' own
// invariants. Thread safety: a pure function.
//
// - SlotMap and PeerFacts::slots say the same, and the number of assigned slots is right;
// - open slots and slots that nobody claims refer to known nodes and owned slots;
// - every replicaof names another known node, and the lists of replicas agree;
// - my own role: exactly one flag, a primary follows nobody, a replica owns nothing;
// - my epochs: config and vote epoch are not above the current one;
// - links of a node and nodes of a link agree.
std::string CheckConsistency(const State& s);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_CONSISTENCY_H_
