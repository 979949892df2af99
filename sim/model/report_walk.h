// The walks through lists of failure reports that servers before Valkey 9.0 make, as work.
//
// The core keeps reports in a table, where no walk is needed; what those servers spend is told from
// the table's counts. Thread safety: pure functions. SOURCE: Redis 7.0 clusterNodeAddFailureReport,
// clusterNodeDelFailureReport, clusterNodeCleanupFailureReports.
#ifndef GOSSAMER_SIM_MODEL_REPORT_WALK_H_
#define GOSSAMER_SIM_MODEL_REPORT_WALK_H_

#include <cstdint>

#include "core/bus/message.h"
#include "core/cluster/failure_reports.h"
#include "core/cluster/peer_table.h"

namespace gossamer::sim {

// How many reports a node walks past for the gossip of `message`: a sender's report stands in the
// middle of a suspect's list, as a mean; a sender that takes none back walks it whole; and while
// the suspect is not yet FAIL here, a list is walked once more to count it. Senders without a vote
// are not listened to.
int64_t ReportsWalked(const FailureReports& reports, const PeerTable& peers,
                      const Message& message);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_REPORT_WALK_H_
