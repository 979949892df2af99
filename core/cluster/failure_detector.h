// Failure detection: PFAIL by one's own clock, FAIL by a quorum of reports, and how both are
// cleared.
//
// SOURCE: semantics spec section 4.
#ifndef GOSSAMER_CORE_CLUSTER_FAILURE_DETECTOR_H_
#define GOSSAMER_CORE_CLUSTER_FAILURE_DETECTOR_H_

#include "core/cluster/state.h"

namespace gossamer {

// The cron's look at one node: sets PFAIL when neither an answer nor any data came for
// node_timeout.
void CheckSilence(Turn& t, NodeKey node);
// PFAIL -> FAIL when a quorum agrees; then everybody is told.
void TryFail(Turn& t, NodeKey node);
// Marks `node` FAIL. `told_by`: sender of the FAIL message, kNoKey for our own quorum with
// `reports` reports.
void MarkFail(Turn& t, NodeKey node, NodeKey told_by, uint32_t reports);
// A PONG arrived on our link to `node`: clears PFAIL, or FAIL where the rules allow it.
void ClearOnPong(Turn& t, NodeKey node);
// A gossip entry of `reporter` says that `node` fails, or that it does not.
void ReportFailing(Turn& t, NodeKey node, NodeKey reporter);
void ReportAlive(Turn& t, NodeKey node, NodeKey reporter);
// Number of live reports about `node`, by the rules of the release; keeps the peer table's mark
// right.
uint32_t LiveReports(Turn& t, NodeKey node);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_FAILURE_DETECTOR_H_
