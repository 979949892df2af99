#include "sim/model/report_walk.h"

#include <variant>

namespace gossamer::sim {

int64_t ReportsWalked(const FailureReports& reports, const PeerTable& peers,
                      const Message& message) {
  const auto* heartbeat = std::get_if<Heartbeat>(&message.body);
  const NodeKey sender = message.header.sender;
  if (heartbeat == nullptr || !peers.Contains(sender) || !peers.IsVoting(sender)) return 0;
  int64_t halves = 0;
  for (const GossipEntry& entry : heartbeat->gossip) {
    const int64_t held = reports.Held(entry.node);
    if (held == 0 || !peers.Contains(entry.node)) continue;
    const bool failing = (entry.flags & (flag::kPfail | flag::kFail)) != 0;
    const bool counted = failing && peers.Has(entry.node, flag::kPfail);
    halves += held * ((failing ? 1 : 2) + (counted ? 2 : 0));
  }
  return halves / 2;
}

}  // namespace gossamer::sim
