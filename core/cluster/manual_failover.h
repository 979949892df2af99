// Manual failover: CLUSTER FAILOVER, with the primary's help, without it, or without anybody's.
//
// SOURCE: semantics spec section 9.
#ifndef GOSSAMER_CORE_CLUSTER_MANUAL_FAILOVER_H_
#define GOSSAMER_CORE_CLUSTER_MANUAL_FAILOVER_H_

#include "core/cluster/state.h"

namespace gossamer {

// Replica side: starts one. The caller has checked roles and reachability (see the command).
void StartManualFailover(Turn& t, ManualFailoverMode mode);
// Primary side: MFSTART from a replica.
void HandleMfStart(Turn& t, NodeKey sender);
// Ends it, on either side; a primary that paused writes for it resumes them.
void ResetManualFailover(Turn& t);
// Cron: the time limit.
void CheckManualFailoverTimeout(Turn& t);
// Replica side, cron and deferred: has my offset reached the frozen one?
void ManualFailoverStep(Turn& t);
// Replica side: a header from my primary with the PAUSED bit.
void NotePausedOffset(Turn& t, NodeKey sender, const Header& header);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_MANUAL_FAILOVER_H_
