// Slot ownership: who serves which slot, and how claims move slots.
//
// SOURCE: semantics spec sections 7.3 and 7.4. Keeps SlotMap and PeerFacts::slots in step.
#ifndef GOSSAMER_CORE_CLUSTER_SLOT_OWNERSHIP_H_
#define GOSSAMER_CORE_CLUSTER_SLOT_OWNERSHIP_H_

#include "core/cluster/state.h"

namespace gossamer {

// Gives every slot of `slots` to `owner`, taking it from whoever had it.
void AssignSlots(Turn& t, const SlotSet& slots, NodeKey owner);
// Takes every slot of `slots` from its owner.
void UnassignSlots(Turn& t, const SlotSet& slots);
// Frees all slots of `node`.
void FreeSlotsOf(Turn& t, NodeKey node);
// Closes all open slots of mine.
void CloseOpenSlots(Turn& t);

// `sender` claims `claimed` with config epoch `epoch`. SOURCE: semantics spec section 7.3,
// UpdateSlots.
void UpdateSlots(Turn& t, NodeKey sender, Epoch epoch, const SlotSetRef& claimed);
// The slot part of a heartbeat: UpdateSlots where the claim is news, and an UPDATE back where the
// sender is behind.
void ApplyClaimedSlots(Turn& t, NodeKey sender, const Header& header, bool was_replica);
// An UPDATE message from a known node. SOURCE: semantics spec section 7.4.
void HandleUpdate(Turn& t, NodeKey sender, const SlotUpdate& update);
// Tells `peer` who owns `owner`'s slots.
void SendUpdate(Turn& t, NodeKey peer, NodeKey owner);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_SLOT_OWNERSHIP_H_
