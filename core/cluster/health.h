// Health: the cluster state ok or fail, as this node sees it.
//
// SOURCE: semantics spec section 5.
#ifndef GOSSAMER_CORE_CLUSTER_HEALTH_H_
#define GOSSAMER_CORE_CLUSTER_HEALTH_H_

#include "core/cluster/state.h"

namespace gossamer {

void UpdateClusterState(Turn& t);
// Counts voting primaries and the reachable ones among them into s.health, without a verdict. Free
// while the peer table has not changed.
void CountVoters(State& s);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_HEALTH_H_
