#include "sim/export/failure_flags.h"

#include <utility>

#include "core/bus/types.h"
#include "core/cluster/peer_table.h"

namespace gossamer::sim {

void FailureFlags::Begin(std::shared_ptr<const ClusterProbe> probe) {
  probe_ = std::move(probe);
  const size_t nodes = probe_->node_count();
  held_.assign(nodes, {});
  about_.assign(nodes, {});
  by_.assign(nodes, {});
  running_.assign(nodes, false);
  running_count_ = 0;
  for (uint32_t i = 0; i < nodes; ++i) {
    if (probe_->peers(NodeIndex{i}) == nullptr) continue;
    running_[i] = true;
    ++running_count_;
    Read(NodeIndex{i});
  }
}

void FailureFlags::Set(NodeIndex observer, NodeIndex subject, Suspicion to) {
  std::vector<Suspicion>& held = held_[subject.value];
  if (held.empty()) {
    if (to == Suspicion::kNone) return;
    held.resize(held_.size());
  }
  Suspicion& now = held[observer.value];
  if (now == to) return;
  const auto count = [&](Suspicion what, uint32_t add) {
    if (what == Suspicion::kNone) return;
    const auto i = static_cast<size_t>(what);
    const bool before = by_[observer.value][i] > 0;
    about_[subject.value][i] += add;
    by_[observer.value][i] += add;
    const bool after = by_[observer.value][i] > 0;
    if (before != after) holders_[i] += add;
  };
  count(now, static_cast<uint32_t>(-1));
  count(to, 1);
  now = to;
  changes_.push_back({observer, subject, to});
}

void FailureFlags::OnEvent(NodeIndex node, const Event& event) {
  Suspicion to = Suspicion::kNone;
  switch (event.type) {
    case EventType::kPfailSet:
      to = Suspicion::kPfail;
      break;
    case EventType::kFailSet:
      to = Suspicion::kFail;
      break;
    case EventType::kPfailCleared:
    case EventType::kFailCleared:
    case EventType::kNodeRemoved:
      break;
    default:
      return;
  }
  const NodeIndex subject = probe_->IndexOf(event.subject);
  if (subject != NodeIndex{}) {
    Set(node, subject, to);
  } else if (to == Suspicion::kNone) {
    // Whoever it was has another name by now.
    Read(node);
  }
}

void FailureFlags::OnProcess(NodeIndex node, ProcessChange change) {
  switch (change) {
    case ProcessChange::kStarted:
      if (running_[node.value]) return;
      running_[node.value] = true;
      ++running_count_;
      return Read(node);
    case ProcessChange::kKilled:
    case ProcessChange::kHostLost:
      if (!running_[node.value]) return;
      running_[node.value] = false;
      --running_count_;
      return Drop(node);
    case ProcessChange::kPaused:
    case ProcessChange::kResumed:
      return;
  }
}

void FailureFlags::Drop(NodeIndex observer) {
  for (uint32_t i = 0; i < held_.size(); ++i) Set(observer, NodeIndex{i}, Suspicion::kNone);
}

void FailureFlags::Read(NodeIndex observer) {
  const PeerTable* peers = probe_->peers(observer);
  if (peers == nullptr) return Drop(observer);
  std::vector<Suspicion> now(held_.size(), Suspicion::kNone);
  for (const NodeKey key : peers->order()) {
    const NodeIndex subject = probe_->IndexOf(key);
    if (subject == NodeIndex{}) continue;
    if (peers->Has(key, flag::kPfail)) now[subject.value] = Suspicion::kPfail;
    if (peers->Has(key, flag::kFail)) now[subject.value] = Suspicion::kFail;
  }
  for (uint32_t i = 0; i < now.size(); ++i) Set(observer, NodeIndex{i}, now[i]);
}

std::vector<FailureFlags::Change> FailureFlags::TakeChanges() {
  return std::exchange(changes_, {});
}

}  // namespace gossamer::sim
