#include "sim/check/reach.h"

#include <algorithm>
#include <utility>

namespace gossamer::sim {
namespace {

bool Cuts(const TimelineItem& item) { return item.is_fault && item.fault == FaultKind::kPartition; }

// What the incident cuts; its victims from all others when it does not say more.
std::shared_ptr<const LinkFault> FaultOf(const Incident& incident, size_t nodes) {
  if (incident.cut != nullptr) return incident.cut;
  LinkFault fault;
  fault.side.assign(nodes, 2);
  for (const NodeIndex node : incident.victims) fault.side[node.value] = 1;
  return std::make_shared<const LinkFault>(std::move(fault));
}

}  // namespace

void Reach::Begin(const ClusterProbe* probe) {
  probe_ = probe;
  cut_off_.assign(probe->node_count(), false);
  since_.assign(probe->node_count(), Instant{});
}

bool Reach::Connected(uint32_t a, uint32_t b) const {
  return std::none_of(in_force_.begin(), in_force_.end(), [&](const Cut& cut) {
    return cut.fault->Applies(a, b) || cut.fault->Applies(b, a);
  });
}

void Reach::LookAtCuts() {
  std::vector<uint32_t> voters;
  for (uint32_t i = 0; i < cut_off_.size(); ++i) {
    const PeerTable* peers = probe_->peers(NodeIndex{i});
    if (peers == nullptr || !probe_->live(NodeIndex{i})) continue;
    if (peers->IsVoting(peers->myself())) voters.push_back(i);
  }
  for (uint32_t i = 0; i < cut_off_.size(); ++i) {
    const auto reached = std::count_if(voters.begin(), voters.end(),
                                       [&](uint32_t voter) { return Connected(i, voter); });
    cut_off_[i] = !in_force_.empty() && 2 * static_cast<size_t>(reached) <= voters.size();
  }
}

std::vector<NodeIndex> Reach::OnIncident(Instant /*at*/, const Incident& incident) {
  if (!Cuts(*incident.item)) return {};
  const std::vector<bool> before = cut_off_;
  in_force_.push_back({incident.number, FaultOf(incident, cut_off_.size())});
  LookAtCuts();
  std::vector<NodeIndex> cut;
  for (uint32_t i = 0; i < cut_off_.size(); ++i) {
    if (cut_off_[i] && !before[i]) cut.push_back(NodeIndex{i});
  }
  return cut;
}

void Reach::OnIncidentEnd(Instant at, const Incident& incident) {
  for (const NodeIndex node : incident.victims) since_[node.value] = at;
  const auto ended = std::remove_if(in_force_.begin(), in_force_.end(),
                                    [&](const Cut& cut) { return cut.number == incident.number; });
  if (ended == in_force_.end()) return;
  in_force_.erase(ended, in_force_.end());
  const std::vector<bool> before = cut_off_;
  LookAtCuts();
  for (uint32_t i = 0; i < cut_off_.size(); ++i) {
    if (before[i] && !cut_off_[i]) since_[i] = at;
  }
}

void Reach::OnRestart(Instant at, NodeIndex node) { since_[node.value] = at; }

}  // namespace gossamer::sim
