// Epochs: learning them from others, raising one's own, resolving collisions.
//
// SOURCE: semantics spec section 6.
#ifndef GOSSAMER_CORE_CLUSTER_EPOCHS_H_
#define GOSSAMER_CORE_CLUSTER_EPOCHS_H_

#include "core/cluster/state.h"

namespace gossamer {

void SetConfigEpoch(Turn& t, NodeKey node, Epoch epoch);
// The largest epoch that I know of.
Epoch MaxEpoch(const State& s);
// Raises my config epoch above all others without asking anybody. False when it is the greatest
// already.
bool BumpConfigEpoch(Turn& t);
// Takes over the epochs of a header from a known sender. False when one of them is refused
// (AcceptEpoch); the message is then dropped.
bool LearnEpochs(Turn& t, NodeKey sender, const Header& header);
// False when `claim`, told by `sender`, is too far ahead of mine (rules.max_epoch_lead); then it is
// counted and reported.
bool AcceptEpoch(Turn& t, NodeKey sender, Epoch claim);
// Two primaries with one config epoch: the one with the smaller name takes a new one. An outdated
// header shows no collision.
void ResolveCollision(Turn& t, NodeKey sender, const Header& header);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_EPOCHS_H_
