#include "sim/check/convergence.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace gossamer::sim {
namespace {

bool ChangesViews(EventType type) {
  switch (type) {
    case EventType::kPromoted:
    case EventType::kBecameReplica:
    case EventType::kRoleChanged:
    case EventType::kSlotsChanged:
    case EventType::kSlotsLost:
    case EventType::kConfigEpochChanged:
    case EventType::kCurrentEpochChanged:
    case EventType::kEpochCollision:
    case EventType::kNodeAdded:
    case EventType::kNodeRemoved:
    case EventType::kHandshakeDone:
    case EventType::kReplicaMigrated:
      return true;
    default:
      return false;
  }
}

// Faults that keep live nodes from agreeing as long as they last.
bool KeepsApart(FaultKind kind) {
  switch (kind) {
    case FaultKind::kPartition:
    case FaultKind::kDelay:
    case FaultKind::kLoss:
    case FaultKind::kDuplicate:
    case FaultKind::kCorrupt:
    case FaultKind::kReorder:
    case FaultKind::kSlice:
    case FaultKind::kBandwidth:
    case FaultKind::kBlackhole:
    case FaultKind::kSlow:
    case FaultKind::kDiskStall:
    case FaultKind::kDiskFull:
      return true;
    default:
      return false;
  }
}

const SharedSlotSet* SlotsOf(const PeerTable& peers, NodeKey key) {
  return peers.Contains(key) ? peers.facts(key).slots.get() : nullptr;
}

uint32_t CountOf(const SharedSlotSet* slots) { return slots == nullptr ? 0 : slots->count(); }

std::string RoleText(bool is_primary, NodeIndex primary) {
  return is_primary ? std::string("a primary") : absl::StrCat("a replica of ", NodeText(primary));
}

}  // namespace

Duration Convergence::quiet_period() const {
  return std::max(probe().node_timeout() * 6, Seconds(60));
}

void Convergence::Begin() {
  key_.assign(probe().node_count(), kNoKey);
  live_.assign(probe().node_count(), false);
  known_once_.assign(probe().node_count(), false);
}

void Convergence::OnEvent(Instant /*at*/, NodeIndex /*node*/, const Event& event) {
  if (ChangesViews(event.type)) changed_ = true;
}

void Convergence::Disturb(Instant at) {
  disturbed_ = at;
  changed_ = true;
}

void Convergence::OnIncident(Instant at, const Incident& incident) {
  Disturb(at);
  if (incident.item->is_fault && KeepsApart(incident.item->fault) && !incident.victims.empty()) {
    in_force_.push_back(incident.number);
  }
}

void Convergence::OnIncidentEnd(Instant at, const Incident& incident) {
  Disturb(at);
  std::erase(in_force_, incident.number);
}

void Convergence::OnRestart(Instant at, NodeIndex /*node*/, bool /*with_disk*/) { Disturb(at); }

void Convergence::OnSecond(Instant at) {
  for (uint32_t i = 0; i < live_.size(); ++i) {
    const bool live = probe().live(NodeIndex{i});
    if (live != live_[i]) changed_ = true;
    live_[i] = live;
  }
  if (changed_) Evaluate(at);
}

void Convergence::OnEnd(Instant at) {
  Evaluate(at);
  settled_at_end_ = in_force_.empty() && at - disturbed_ >= quiet_period();
  if (settled_at_end_ && !history_.back().agree) {
    Report(at, NodeIndex{}, absl::StrCat("views differ: ", history_.back().difference));
  }
}

void Convergence::Evaluate(Instant at) {
  changed_ = false;
  std::string difference = Compare();
  const bool agree = difference.empty();
  if (history_.empty() || history_.back().agree != agree) {
    history_.push_back({at, agree, std::move(difference)});
  } else {
    history_.back().difference = std::move(difference);
  }
}

std::string Convergence::Compare() {
  std::vector<Claim> claims;
  for (uint32_t i = 0; i < key_.size(); ++i) {
    const NodeIndex node{i};
    const PeerTable* peers = probe().peers(node);
    if (peers == nullptr) continue;
    key_[i] = peers->myself();
    if (!probe().live(node)) continue;
    const PeerFacts& facts = peers->facts(key_[i]);
    claims.push_back({node, key_[i], peers->IsPrimary(key_[i]), facts.replicaof, facts.config_epoch,
                      facts.slots.get()});
  }
  LeaveOutStrangers(&claims);
  std::string difference = CompareEpochs(claims);
  // The observer that differed last differs most likely still, and then the others need no look.
  for (size_t i = 0; i < claims.size() && difference.empty(); ++i) {
    const size_t position = (differed_ + i) % claims.size();
    const NodeIndex observer = claims[position].node;
    difference = CompareView(observer, claims);
    if (difference.empty()) difference = CompareDead(observer, claims.front().node);
    if (!difference.empty()) differed_ = position;
  }
  return difference;
}

// Who was known to somebody and is no more belongs to another cluster: reset, blank after a
// restart, or forgotten by all. Who was never known is still to be met.
void Convergence::LeaveOutStrangers(std::vector<Claim>* claims) {
  const auto knows = [this](const Claim& observer, const Claim& claim) {
    const PeerTable& peers = *probe().peers(observer.node);
    return observer.node != claim.node && peers.Contains(claim.key) &&
           !peers.Has(claim.key, flag::kHandshake);
  };
  const std::vector<Claim> all = *claims;
  std::erase_if(*claims, [&](const Claim& claim) {
    const bool known = std::any_of(all.begin(), all.end(),
                                   [&](const Claim& observer) { return knows(observer, claim); });
    if (known) known_once_[claim.node.value] = true;
    return !known && known_once_[claim.node.value];
  });
}

std::string Convergence::CompareEpochs(const std::vector<Claim>& claims) {
  std::vector<std::pair<uint64_t, NodeIndex>> owners;
  for (const Claim& claim : claims) {
    const Epoch current = probe().epochs(claim.node).current;
    const Epoch first = probe().epochs(claims.front().node).current;
    if (current != first) {
      return absl::StrCat(NodeText(claim.node), " has currentEpoch ", current.value, ", ",
                          NodeText(claims.front().node), " ", first.value);
    }
    if (claim.is_primary && claim.slots->count() > 0) {
      owners.emplace_back(claim.config_epoch.value, claim.node);
    }
  }
  std::sort(owners.begin(), owners.end());
  for (size_t i = 1; i < owners.size(); ++i) {
    if (owners[i].first != owners[i - 1].first) continue;
    return absl::StrCat(NodeText(owners[i - 1].second), " and ", NodeText(owners[i].second),
                        " both have configEpoch ", owners[i].first);
  }
  return {};
}

std::string Convergence::CompareView(NodeIndex observer, const std::vector<Claim>& claims) const {
  const PeerTable& peers = *probe().peers(observer);
  for (const Claim& claim : claims) {
    const auto says = [&](const std::string& theirs, const std::string& own) {
      return absl::StrCat(NodeText(observer), " holds ", NodeText(claim.node), " for ", theirs,
                          ", which holds itself for ", own);
    };
    if (!peers.Contains(claim.key) || peers.Has(claim.key, flag::kHandshake)) {
      return absl::StrCat(NodeText(observer), " does not know ", NodeText(claim.node));
    }
    const PeerFacts& facts = peers.facts(claim.key);
    const bool is_primary = peers.IsPrimary(claim.key);
    if (is_primary != claim.is_primary || (!is_primary && facts.replicaof != claim.primary)) {
      return says(RoleText(is_primary, probe().IndexOf(facts.replicaof)),
                  RoleText(claim.is_primary, probe().IndexOf(claim.primary)));
    }
    if (facts.slots.get() != claim.slots) {
      return says(absl::StrCat("the owner of ", facts.slots->count(), " slots"),
                  absl::StrCat("that of ", claim.slots->count(),
                               claim.slots->count() == facts.slots->count() ? " others" : ""));
    }
    if (is_primary && facts.config_epoch != claim.config_epoch) {
      return says(absl::StrCat("one of configEpoch ", facts.config_epoch.value),
                  absl::StrCat("one of ", claim.config_epoch.value));
    }
  }
  return {};
}

std::string Convergence::CompareDead(NodeIndex observer, NodeIndex reference) const {
  const PeerTable& mine = *probe().peers(observer);
  const PeerTable& theirs = *probe().peers(reference);
  for (uint32_t i = 0; i < key_.size(); ++i) {
    if (!key_[i].valid() || probe().live(NodeIndex{i})) continue;
    const SharedSlotSet* my_slots = SlotsOf(mine, key_[i]);
    const SharedSlotSet* their_slots = SlotsOf(theirs, key_[i]);
    if (my_slots == their_slots || CountOf(my_slots) + CountOf(their_slots) == 0) continue;
    return absl::StrCat(NodeText(observer), " gives ", CountOf(my_slots), " slots to ",
                        NodeText(NodeIndex{i}), ", which is down, ", NodeText(reference),
                        " gives it ", CountOf(their_slots));
  }
  return {};
}

}  // namespace gossamer::sim
