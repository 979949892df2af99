#include "sim/check/epochs_monotonic.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace gossamer::sim {

void EpochsMonotonic::Begin() {
  floor_.assign(probe().node_count(), {});
  durable_.assign(probe().node_count(), {});
}

void EpochsMonotonic::Look(Instant at, NodeIndex node) {
  if (probe().peers(node) == nullptr) return;
  const OwnEpochs own = probe().epochs(node);
  Floor& floor = floor_[node.value];
  const auto hold = [&](const char* what, Epoch value, Epoch* least) {
    if (value < *least) {
      Report(at, node,
             absl::StrCat(NodeText(node), "'s ", what, " fell from ", least->value, " to ",
                          value.value));
    }
    *least = value;
  };
  hold("currentEpoch", own.current, &floor.current);
  hold("lastVoteEpoch", own.last_vote, &floor.last_vote);
  if (own.is_primary) hold("configEpoch", own.config, &floor.config);
}

void EpochsMonotonic::OnEvent(Instant at, NodeIndex node, const Event& event) {
  switch (event.type) {
    case EventType::kCurrentEpochChanged:
    case EventType::kConfigEpochChanged:
    case EventType::kEpochCollision:
    case EventType::kVoteGranted:
    case EventType::kElectionStarted:
    case EventType::kPromoted:
    case EventType::kBecameReplica:
      return Look(at, node);
    default:
      return;
  }
}

void EpochsMonotonic::OnSecond(Instant at) {
  for (uint32_t i = 0; i < floor_.size(); ++i) Look(at, NodeIndex{i});
}

void EpochsMonotonic::OnVoteSent(Instant /*at*/, NodeIndex from, NodeIndex /*to*/,
                                 const Message& message, const DurableEpochs& durable) {
  Floor& known = durable_[from.value];
  known.current = std::max(known.current, durable.current_epoch);
  known.last_vote = std::max(known.last_vote, durable.last_vote_epoch);
  // Only a primary votes, so this is its own claim.
  if (message.type == MessageType::kAuthAck) {
    known.config = std::max(known.config, durable.config_epoch);
  }
}

void EpochsMonotonic::OnIncident(Instant /*at*/, const Incident& incident) {
  const TimelineItem& item = *incident.item;
  if (item.is_fault || item.action != ActionKind::kReset || item.mode != "hard") return;
  for (const NodeIndex node : incident.victims) {
    floor_[node.value] = {};
    durable_[node.value] = {};
  }
}

void EpochsMonotonic::OnRestart(Instant at, NodeIndex node, bool with_disk) {
  if (!with_disk) durable_[node.value] = {};
  floor_[node.value] = durable_[node.value];
  Look(at, node);
}

}  // namespace gossamer::sim
