#include "sim/check/reach.h"

#include <algorithm>
#include <iterator>

namespace gossamer::sim {
namespace {

bool Cuts(const TimelineItem& item) { return item.is_fault && item.fault == FaultKind::kPartition; }

}  // namespace

void Reach::Begin(const ClusterProbe* probe) {
  probe_ = probe;
  cuts_.assign(probe->node_count(), 0);
  since_.assign(probe->node_count(), Instant{});
}

std::vector<NodeIndex> Reach::CutOff(const Incident& incident) const {
  const PartitionShape shape = incident.item->shape;
  if (!incident.item->between.empty() || shape == PartitionShape::kIsolate) return incident.victims;
  if (shape == PartitionShape::kRing) return {};
  std::vector<bool> named(cuts_.size(), false);
  for (const NodeIndex node : incident.victims) named[node.value] = true;
  int64_t voters[2] = {0, 0};
  for (uint32_t i = 0; i < named.size(); ++i) {
    const PeerTable* peers = probe_->peers(NodeIndex{i});
    if (peers == nullptr || !probe_->live(NodeIndex{i}) || cuts_[i] != 0) continue;
    if (peers->IsVoting(peers->myself())) ++voters[named[i] ? 1 : 0];
  }
  std::vector<NodeIndex> cut;
  for (uint32_t i = 0; i < named.size(); ++i) {
    const int side = named[i] ? 1 : 0;
    if (voters[side] <= voters[1 - side]) cut.push_back(NodeIndex{i});
  }
  return cut;
}

void Reach::OnIncident(Instant /*at*/, const Incident& incident) {
  if (!Cuts(*incident.item)) return;
  in_force_.emplace_back(incident.number, CutOff(incident));
  for (const NodeIndex node : in_force_.back().second) ++cuts_[node.value];
}

void Reach::OnIncidentEnd(Instant at, const Incident& incident) {
  for (const NodeIndex node : incident.victims) since_[node.value] = at;
  const auto ended = std::find_if(in_force_.begin(), in_force_.end(),
                                  [&](const auto& cut) { return cut.first == incident.number; });
  if (ended == in_force_.end()) return;
  for (const NodeIndex node : ended->second) {
    --cuts_[node.value];
    since_[node.value] = at;
  }
  in_force_.erase(ended);
}

void Reach::OnRestart(Instant at, NodeIndex node) { since_[node.value] = at; }

}  // namespace gossamer::sim
