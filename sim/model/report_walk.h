// The walks through failure reports that Redis and Valkey make, as work.
//
// The core keeps reports in a table, where no walk is needed; what those servers spend is told from
// the table's counts. Until 8.1 the reports about a suspect are a list, from 9.0 a radix tree in
// the order of time, which is walked from the oldest too. Thread safety: pure functions.
// SOURCE: Redis 7.0 and Valkey 9.0 clusterNodeAddFailureReport, clusterNodeDelFailureReport,
// clusterNodeCleanupFailureReports.
#ifndef GOSSAMER_SIM_MODEL_REPORT_WALK_H_
#define GOSSAMER_SIM_MODEL_REPORT_WALK_H_

#include <cstdint>

#include "core/bus/message.h"
#include "core/cluster/failure_reports.h"
#include "core/cluster/peer_table.h"
#include "core/cluster/rules.h"

namespace gossamer::sim {

// How many reports a node walks past for the gossip of `message`: a sender's report stands in the
// middle of a suspect's, as a mean; a sender that has none to take back walks past all; and a list
// is walked once more to count it, while the suspect is not yet FAIL here. Senders without a vote
// have no reports; to take one back they walk only in a tree.
int64_t ReportsWalked(ReportStore store, const FailureReports& reports, const PeerTable& peers,
                      const Message& message);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_REPORT_WALK_H_
