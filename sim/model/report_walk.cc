#include "sim/model/report_walk.h"

#include <variant>

namespace gossamer::sim {

int64_t ReportsWalked(ReportStore store, const FailureReports& reports, const PeerTable& peers,
                      const Message& message) {
  const auto* heartbeat = std::get_if<Heartbeat>(&message.body);
  const NodeKey sender = message.header.sender;
  if (heartbeat == nullptr || !peers.Contains(sender)) return 0;
  const bool list = store == ReportStore::kMillis;
  const bool voting = peers.IsVoting(sender);
  if (list && !voting) return 0;
  int64_t halves = 0;
  for (const GossipEntry& entry : heartbeat->gossip) {
    const int64_t held = reports.Held(entry.node);
    if (held == 0 || !peers.Contains(entry.node)) continue;
    const bool failing = (entry.flags & (flag::kPfail | flag::kFail)) != 0;
    if (!failing) {
      halves += 2 * held;
    } else if (voting) {
      halves += held + (list && peers.Has(entry.node, flag::kPfail) ? 2 * held : 0);
    }
  }
  return halves / 2;
}

}  // namespace gossamer::sim
