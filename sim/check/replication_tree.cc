#include "sim/check/replication_tree.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace gossamer::sim {
namespace {

bool ChangesRoles(EventType type) {
  switch (type) {
    case EventType::kPromoted:
    case EventType::kBecameReplica:
    case EventType::kRoleChanged:
    case EventType::kReplicaMigrated:
    case EventType::kHandshakeDone:
    case EventType::kNodeAdded:
      return true;
    default:
      return false;
  }
}

}  // namespace

void ReplicationTree::Begin() {
  version_.assign(probe().node_count(), 0);
  role_event_.assign(probe().node_count(), true);
  broken_.assign(probe().node_count(), false);
}

void ReplicationTree::OnEvent(Instant /*at*/, NodeIndex node, const Event& event) {
  if (ChangesRoles(event.type)) role_event_[node.value] = true;
}

void ReplicationTree::OnSecond(Instant at) {
  const bool slow_look = ++seconds_ % kSlowLook == 0;
  for (uint32_t i = 0; i < version_.size(); ++i) {
    if (role_event_[i] || slow_look) Look(at, NodeIndex{i});
  }
}

void ReplicationTree::OnEnd(Instant at) {
  for (uint32_t i = 0; i < version_.size(); ++i) Look(at, NodeIndex{i});
}

void ReplicationTree::Look(Instant at, NodeIndex node) {
  const PeerTable* peers = probe().peers(node);
  if (peers == nullptr || !probe().live(node) || peers->version() == version_[node.value]) return;
  version_[node.value] = peers->version();
  role_event_[node.value] = false;
  bool sound = true;
  for (const NodeKey key : peers->order()) {
    if (!peers->IsReplica(key)) continue;
    const NodeKey primary = peers->facts(key).replicaof;
    if (!primary.valid() || !peers->Contains(primary) || !peers->IsReplica(primary)) continue;
    sound = CheckChain(at, node, *peers, key);
    // One breach per table and look: every member of a cycle would tell of it.
    if (!sound) break;
  }
  broken_[node.value] = !sound;
}

bool ReplicationTree::CheckChain(Instant at, NodeIndex node, const PeerTable& peers,
                                 NodeKey replica) {
  std::vector<NodeKey> chain = {replica};
  bool circle = false;
  while (!circle && chain.size() <= kMaxDepth + 1) {
    if (!peers.IsReplica(chain.back())) return true;
    const NodeKey next = peers.facts(chain.back()).replicaof;
    if (!next.valid() || !peers.Contains(next)) return true;
    circle = std::find(chain.begin(), chain.end(), next) != chain.end();
    chain.push_back(next);
  }
  if (broken_[node.value]) return false;
  std::string text;
  for (const NodeKey key : chain) {
    absl::StrAppend(&text, text.empty() ? "" : " -> ", NodeText(probe().IndexOf(key)));
  }
  Report(at, node,
         absl::StrCat("in the view of ", NodeText(node), " replication ",
                      circle ? "runs in a circle: " : "chains too far: ", text));
  return false;
}

}  // namespace gossamer::sim
