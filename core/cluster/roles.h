// Roles: becoming a primary, becoming a replica, and what others say of theirs.
//
// SOURCE: semantics spec section 7.1, 7.2, 7.5.
#ifndef GOSSAMER_CORE_CLUSTER_ROLES_H_
#define GOSSAMER_CORE_CLUSTER_ROLES_H_

#include "core/cluster/state.h"

namespace gossamer {

// `node` becomes a primary in my table (also myself): detaches from its primary. No effect if it is
// one.
void SetNodePrimary(Turn& t, NodeKey node);
// I become a replica of `primary`. `close_slots`: open slots are closed. `full_sync`: my data is
// not usable. Slots that I still own are given up. REQUIRES: known, not myself.
void BecomeReplicaOf(Turn& t, NodeKey primary, bool close_slots, bool full_sync);
// `node` (not myself) replicates from `primary` in my table. Keeps MIGRATE_TO right; takes no other
// step.
void RelinkReplica(Turn& t, NodeKey node, NodeKey primary);

// Handles the role that a heartbeat's header claims. False when the claim is outdated and the rest
// of the message must not be used. `was_replica` is set to whether the sender was a replica a
// moment ago. SOURCE: semantics spec sections 7.1 and 7.2.
bool ApplyClaimedRole(Turn& t, NodeKey sender, const Header& header, bool* was_replica);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_ROLES_H_
