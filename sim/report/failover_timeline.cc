#include "sim/report/failover_timeline.h"

#include <algorithm>
#include <bit>

#include "core/cluster/event.h"
#include "sim/report/statistics.h"

namespace gossamer::sim {
namespace {

constexpr uint32_t kNoNode = 0xffffffff;

bool Test(const std::vector<uint64_t>& bits, NodeIndex node) {
  return ((bits[node.value / 64] >> (node.value % 64)) & 1) != 0;
}

void Set(std::vector<uint64_t>* bits, NodeIndex node, bool value) {
  const uint64_t bit = uint64_t{1} << (node.value % 64);
  uint64_t& word = (*bits)[node.value / 64];
  word = value ? word | bit : word & ~bit;
}

uint32_t CountBoth(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b) {
  uint32_t count = 0;
  for (size_t i = 0; i < a.size(); ++i) count += static_cast<uint32_t>(std::popcount(a[i] & b[i]));
  return count;
}

uint32_t ShareOf(uint32_t all, uint32_t percent) { return (all * percent + 99) / 100; }

// The greatest of `of(victim)` over the victims for which `counts(victim)`; null when one of them
// has none.
template <class Counts, class Of>
std::optional<Instant> Greatest(const IncidentTimes& incident, Counts counts, Of of) {
  Instant greatest = incident.at;
  for (const VictimTimes& victim : incident.victims) {
    if (!counts(victim)) continue;
    const std::optional<Instant> value = of(victim);
    if (!value) return std::nullopt;
    greatest = std::max(greatest, *value);
  }
  return greatest;
}

template <class Of>
std::optional<Instant> Least(const IncidentTimes& incident, Of of) {
  std::optional<Instant> least;
  for (const VictimTimes& victim : incident.victims) {
    const std::optional<Instant> value = of(victim);
    if (value && (!least || *value < *least)) least = value;
  }
  return least;
}

bool Survives(const VictimTimes& victim) { return victim.has_survivor; }
bool Any(const VictimTimes& /*victim*/) { return true; }
bool WantsCover(const VictimTimes& victim) { return victim.was_primary && victim.has_survivor; }

}  // namespace

bool TakesNodesAway(FaultKind kind) {
  switch (kind) {
    case FaultKind::kKill:
    case FaultKind::kHostLoss:
    case FaultKind::kPause:
    case FaultKind::kShutdown:
    case FaultKind::kPartition:
      return true;
    default:
      return false;
  }
}

size_t IncidentTimes::primaries() const {
  return static_cast<size_t>(std::count_if(victims.begin(), victims.end(),
                                           [](const VictimTimes& v) { return v.was_primary; }));
}
std::optional<Instant> IncidentTimes::FirstPfail() const {
  return Least(*this, [](const VictimTimes& v) { return v.first_pfail; });
}
std::optional<Instant> IncidentTimes::FirstFail() const {
  return Least(*this, [](const VictimTimes& v) { return v.first_fail; });
}
std::optional<Instant> IncidentTimes::AllFail(size_t share) const {
  const bool survivors = std::any_of(victims.begin(), victims.end(), Survives);
  return Greatest(*this, survivors ? Survives : Any,
                  [&](const VictimTimes& v) { return v.fail_known[share]; });
}
std::optional<Instant> IncidentTimes::Covered() const {
  return Greatest(*this, WantsCover, [](const VictimTimes& v) { return v.covered; });
}
std::optional<Instant> IncidentTimes::CoveredKnown(size_t share) const {
  return Greatest(*this, WantsCover, [&](const VictimTimes& v) { return v.covered_known[share]; });
}
std::optional<Instant> IncidentTimes::SlotsCovered() const {
  return NeedsCover() ? Covered() : std::nullopt;
}
std::optional<Instant> IncidentTimes::ClusterOk() const {
  return NeedsCover() ? ok.back() : std::nullopt;
}
bool IncidentTimes::NeedsCover() const {
  return std::any_of(victims.begin(), victims.end(), WantsCover);
}
bool IncidentTimes::AllReturned() const {
  return std::all_of(victims.begin(), victims.end(),
                     [](const VictimTimes& v) { return v.returned.has_value(); });
}

std::optional<int64_t> ElectionTotals::VotesUs(uint32_t per_mille) const {
  if (votes_us.empty()) return std::nullopt;
  std::vector<int64_t> sorted = votes_us;
  std::sort(sorted.begin(), sorted.end());
  return QuantileOf(sorted, per_mille);
}

void FailoverTimeline::Attach(std::shared_ptr<const ClusterProbe> probe) {
  probe_ = std::move(probe);
  reach_.Begin(probe_.get());
  const size_t nodes = probe_->node_count();
  const size_t words = (nodes + 63) / 64;
  key_.assign(nodes, kNoKey);
  watch_of_.assign(nodes, -1);
  started_.assign(nodes, Instant{-1});
  won_.assign(nodes, Instant{-1});
  live_.assign(words, 0);
  ok_.assign(words, 0);
  for (uint32_t i = 0; i < nodes; ++i) {
    if (probe_->peers(NodeIndex{i}) != nullptr) {
      Set(&ok_, NodeIndex{i}, probe_->state_ok(NodeIndex{i}));
    }
  }
  NoteNodes(Instant{});
  started_up_ = AllSlotsClaimed();
  uncovered_ = started_up_ ? 0 : 1;
  uncovered_history_.push_back({Instant{}, uncovered_});
  NoteNotOk(Instant{});
}

NodeIndex FailoverTimeline::IndexOf(NodeKey key) const {
  if (!key.valid() || key.value >= node_of_key_.size()) return {};
  return NodeIndex{node_of_key_[key.value]};
}

FailoverTimeline::Watch* FailoverTimeline::Find(NodeKey key) {
  const NodeIndex node = IndexOf(key);
  if (node == NodeIndex{} || watch_of_[node.value] < 0) return nullptr;
  return &watches_[static_cast<size_t>(watch_of_[node.value])];
}

bool FailoverTimeline::Observes(size_t incident, NodeIndex node) const {
  return Test(observers_[incident], node);
}

void FailoverTimeline::NoteNodes(Instant at) {
  Bits live(live_.size(), 0);
  for (uint32_t i = 0; i < key_.size(); ++i) {
    const NodeIndex node{i};
    Set(&live, node, probe_->live(node));
    const PeerTable* peers = probe_->peers(node);
    if (peers == nullptr || peers->myself() == key_[i]) continue;
    key_[i] = peers->myself();
    if (key_[i].value >= node_of_key_.size()) node_of_key_.resize(key_[i].value + 1, kNoNode);
    node_of_key_[key_[i].value] = i;
  }
  if (live == live_) return;
  live_ = live;
  for (size_t i = 0; i < incidents_.size(); ++i) {
    for (size_t w = 0; w < live_.size(); ++w) observers_[i][w] = live_[w] & ~victims_[i][w];
  }
  for (const Watch& watch : watches_) {
    UpdateShares(at, watch.fail, watch.incident, &TimesOf(watch).fail_known);
    UpdateShares(at, watch.covered, watch.incident, &TimesOf(watch).covered_known);
  }
  for (size_t i = 0; i < incidents_.size(); ++i) UpdateOk(at, i);
}

void FailoverTimeline::OnSecond(Instant at) {
  NoteNodes(at);
  NoteNotOk(at);
  if (!started_up_ && AllSlotsClaimed()) {
    started_up_ = true;
    --uncovered_;
    NoteUncovered(at);
  }
}

bool FailoverTimeline::AllSlotsClaimed() const {
  SlotSet claimed;
  for (uint32_t i = 0; i < key_.size(); ++i) {
    const PeerTable* peers = probe_->peers(NodeIndex{i});
    if (peers == nullptr || !Test(live_, NodeIndex{i}) || !peers->IsVoting(key_[i])) continue;
    claimed |= peers->facts(key_[i]).slots->set();
  }
  return claimed.count() == kSlots;
}

void FailoverTimeline::SetWaits(Watch* watch, bool waits) {
  if (watch->waits == waits) return;
  watch->waits = waits;
  uncovered_ += waits ? 1 : -1;
}

void FailoverTimeline::OnIncident(Instant at, const Incident& incident) {
  NoteNodes(at);
  const std::vector<NodeIndex> cut_off = reach_.OnIncident(at, incident);
  std::vector<NodeIndex> away =
      incident.item->fault == FaultKind::kPartition ? cut_off : incident.victims;
  // A cut takes nothing from who is down.
  if (incident.item->fault == FaultKind::kPartition) {
    std::erase_if(away, [this](NodeIndex node) { return !probe_->live(node); });
  }
  // What every node refused has no victims; nor has a cut that leaves everybody a majority.
  if (incident.item->is_fault && TakesNodesAway(incident.item->fault) && !away.empty()) {
    const size_t index = incidents_.size();
    IncidentTimes& times = incidents_.emplace_back();
    times.number = incident.number;
    times.at = at;
    times.fault = incident.item->fault;
    times.text = incident.item->text;
    times.lost_shards = incident.lost_shards;
    victims_.emplace_back(live_.size(), 0);
    observers_.emplace_back(live_.size(), 0);
    for (const NodeIndex node : away) Set(&victims_.back(), node, true);
    for (size_t w = 0; w < live_.size(); ++w) observers_[index][w] = live_[w] & ~victims_[index][w];
    times.observers = CountBoth(observers_[index], live_);
    for (const NodeIndex node : away) {
      AddVictim(index, node, WasPrimary(incident, node));
    }
    CountVoters(&times);
    UpdateOk(at, index);
  }
  NoteUncovered(at);
}

bool FailoverTimeline::WasPrimary(const Incident& incident, NodeIndex node) const {
  const auto& primaries = incident.primaries;
  if (std::find(primaries.begin(), primaries.end(), node) != primaries.end()) return true;
  // Faults of links leave the node running, so that it can be asked.
  const PeerTable* peers = probe_->peers(node);
  return incident.item->fault != FaultKind::kPause && peers != nullptr &&
         peers->IsVoting(peers->myself());
}

void FailoverTimeline::AddVictim(size_t incident, NodeIndex node, bool was_primary) {
  IncidentTimes& times = incidents_[incident];
  VictimTimes& victim = times.victims.emplace_back();
  victim.node = node;
  victim.shard = probe_->shard(node);
  victim.was_primary = was_primary;
  victim.has_survivor = std::find(times.lost_shards.begin(), times.lost_shards.end(),
                                  victim.shard) == times.lost_shards.end();
  Watch& watch = watches_.emplace_back();
  watch.incident = incident;
  watch.victim = times.victims.size() - 1;
  watch.key = key_[node.value];
  watch.fail.assign(live_.size(), 0);
  watch.covered.assign(live_.size(), 0);
  watch_of_[node.value] = static_cast<int32_t>(watches_.size() - 1);
  // The victim may be gone already: whoever is left knows what it owned.
  for (uint32_t i = 0; i < key_.size(); ++i) {
    const PeerTable* peers = probe_->peers(NodeIndex{i});
    if (!Observes(incident, NodeIndex{i}) || peers == nullptr || !peers->Contains(watch.key)) {
      continue;
    }
    const SharedSlotSet& slots = *peers->facts(watch.key).slots;
    watch.slots = slots.set();
    watch.slots_hash = slots.hash();
    for (size_t w = 0; w < SlotSet::kWords; ++w) {
      if (watch.slots.word(w) == 0) continue;
      if (watch.end_word == 0) watch.first_word = w;
      watch.end_word = w + 1;
    }
    victim.slots = slots.count();
    break;
  }
  if (!was_primary) return;
  by_slots_[watch.slots_hash].push_back(static_cast<uint32_t>(watches_.size() - 1));
  SetWaits(&watch, victim.has_survivor);
}

void FailoverTimeline::CountVoters(IncidentTimes* times) const {
  for (uint32_t i = 0; i < key_.size(); ++i) {
    const NodeIndex node{i};
    const PeerTable* peers = probe_->peers(node);
    if (peers == nullptr || !Test(live_, node)) continue;
    if (watch_of_[i] >= 0) {
      const Watch& watch = watches_[static_cast<size_t>(watch_of_[i])];
      if (!incidents_[watch.incident].victims[watch.victim].returned) continue;
    }
    if (times->voters == 0) times->voters = probe_->size(node);
    if (peers->IsVoting(key_[i])) ++times->voters_left;
  }
}

void FailoverTimeline::OnIncidentEnd(Instant at, const Incident& incident) {
  NoteNodes(at);
  reach_.OnIncidentEnd(at, incident);
  for (IncidentTimes& times : incidents_) {
    if (times.number != incident.number) continue;
    times.ended = at;
    for (const VictimTimes& victim : times.victims) Returned(at, victim.node);
  }
  NoteUncovered(at);
}

void FailoverTimeline::OnRestart(Instant at, NodeIndex node, bool /*with_disk*/) {
  NoteNodes(at);
  Set(&ok_, node, probe_->peers(node) != nullptr && probe_->state_ok(node));
  Returned(at, node);
  NoteUncovered(at);
  NoteNotOk(at);
}

void FailoverTimeline::Returned(Instant at, NodeIndex node) {
  // A shard that was lost as a whole has a live node again, and somebody must serve its slots.
  for (Watch& watch : watches_) {
    const VictimTimes& victim = TimesOf(watch);
    if (victim.was_primary && !victim.covered && victim.shard == probe_->shard(node)) {
      SetWaits(&watch, true);
    }
  }
  if (watch_of_[node.value] < 0 || !probe_->live(node)) return;
  Watch& watch = watches_[static_cast<size_t>(watch_of_[node.value])];
  // Whoever comes back under another name (without its disk) is somebody else: the victim is gone.
  if (watch.key != key_[node.value]) return;
  VictimTimes& victim = TimesOf(watch);
  if (!victim.returned) victim.returned = at;
  LookAtCover(at, node, &watch);
  for (uint32_t i = 0; i < key_.size(); ++i) LookAtCover(at, NodeIndex{i}, &watch);
}

void FailoverTimeline::OnEvent(Instant at, NodeIndex node, const Event& event) {
  switch (event.type) {
    case EventType::kPfailSet:
    case EventType::kFailSet:
    case EventType::kFailCleared:
      OnDetection(at, node, event);
      break;
    case EventType::kElectionScheduled:
    case EventType::kElectionStarted:
    case EventType::kElectionExpired:
    case EventType::kElectionRestarted:
    case EventType::kElectionWon:
    case EventType::kVoteGranted:
    case EventType::kVoteRefused:
      OnElection(at, node, event);
      break;
    case EventType::kPromoted:
      OnPromoted(at, node, event);
      break;
    case EventType::kSlotsChanged:
      OnSlots(at, node, event.subject);
      break;
    case EventType::kStateChanged:
      OnState(at, node, event.value == 1);
      break;
    default:
      break;
  }
}

void FailoverTimeline::OnDetection(Instant at, NodeIndex node, const Event& event) {
  Watch* watch = Find(event.subject);
  if (watch == nullptr) return;
  VictimTimes& victim = TimesOf(*watch);
  if (event.type == EventType::kFailCleared) {
    Set(&watch->fail, node, false);
    if (victim.returned) LookAtCover(at, node, watch);
    return;
  }
  // Of a victim that came back undetected there is nothing left to detect.
  if (!Observes(watch->incident, node) || (victim.returned && !victim.first_fail)) return;
  if (event.type == EventType::kPfailSet) {
    if (!victim.first_pfail) victim.first_pfail = at;
    return;
  }
  if (!victim.first_fail) {
    victim.first_fail = at;
    victim.fail_by = node;
  }
  if (!event.other.valid()) ++victim.quorum_markers;
  Set(&watch->fail, node, true);
  UpdateShares(at, watch->fail, watch->incident, &victim.fail_known);
}

void FailoverTimeline::OnElection(Instant at, NodeIndex node, const Event& event) {
  switch (event.type) {
    case EventType::kElectionScheduled:
      ++elections_.scheduled;
      return;
    case EventType::kElectionExpired:
      ++elections_.expired;
      return;
    case EventType::kElectionRestarted:
      ++elections_.restarted;
      return;
    case EventType::kVoteGranted:
      ++elections_.votes_granted;
      return;
    case EventType::kVoteRefused: {
      const size_t reason = static_cast<size_t>(event.value);
      if (reason < elections_.votes_refused.size()) ++elections_.votes_refused[reason];
      return;
    }
    default:
      break;
  }
  Watch* watch = Find(event.subject);
  VictimTimes* victim = watch == nullptr ? nullptr : &TimesOf(*watch);
  if (event.type == EventType::kElectionStarted) {
    ++elections_.started;
    if (event.value == 1) ++elections_.manual;
    started_[node.value] = at;
    if (++starts_[{node.value, event.subject.value}] > 1) ++elections_.retried;
    if (victim == nullptr) return;
    ++victim->elections;
    if (!victim->election) victim->election = at;
    return;
  }
  ++elections_.won;
  won_[node.value] = at;
  if (started_[node.value].us >= 0) elections_.votes_us.push_back((at - started_[node.value]).us);
  if (victim == nullptr || victim->promoted) return;
  if (started_[node.value].us >= 0) victim->winning_election = started_[node.value];
  victim->promoted = at;
  victim->winner = node;
  victim->votes = event.value;
}

void FailoverTimeline::OnPromoted(Instant at, NodeIndex node, const Event& event) {
  if (won_[node.value] != at) ++elections_.takeovers;
  if (Watch* watch = Find(event.subject)) {
    VictimTimes& victim = TimesOf(*watch);
    if (!victim.promoted) {
      victim.promoted = at;
      victim.winner = node;
    }
    LookAtCover(at, node, watch);
  }
}

void FailoverTimeline::OnState(Instant at, NodeIndex node, bool ok) {
  Set(&ok_, node, ok);
  for (size_t i = 0; i < incidents_.size(); ++i) {
    if (!ok && !incidents_[i].state_failed && Observes(i, node)) incidents_[i].state_failed = at;
    if (ok) UpdateOk(at, i);
  }
  NoteNotOk(at);
}

void FailoverTimeline::OnSlots(Instant at, NodeIndex node, NodeKey owner) {
  if (by_slots_.empty()) return;
  const PeerTable* peers = probe_->peers(node);
  if (peers == nullptr || !owner.valid() || !peers->Contains(owner)) return;
  const SharedSlotSet& slots = *peers->facts(owner).slots;
  if (const auto found = by_slots_.find(slots.hash()); found != by_slots_.end()) {
    for (const uint32_t index : found->second) LookAtCover(at, node, &watches_[index]);
    return;
  }
  for (Watch& watch : watches_) {
    if (SharesSlots(watch, slots.set())) LookAtCover(at, node, &watch);
  }
}

bool FailoverTimeline::SharesSlots(const Watch& watch, const SlotSet& slots) {
  for (size_t w = watch.first_word; w < watch.end_word; ++w) {
    if ((watch.slots.word(w) & slots.word(w)) != 0) return true;
  }
  return false;
}

bool FailoverTimeline::SeesServed(const PeerTable& peers, NodeIndex node,
                                  const Watch& watch) const {
  const auto serves = [&](NodeKey owner) {
    const NodeIndex index = IndexOf(owner);
    // A node that came back under another name does not serve as its former self.
    return owner.valid() && peers.IsPrimary(owner) && !peers.Has(owner, flag::kFail) &&
           index != NodeIndex{} && Test(live_, index) && key_[index.value] == owner;
  };
  bool served = true;
  bool whole = false;
  watch.slots.ForEach([&](Slot slot) {
    if (!served || whole) return;
    const NodeKey owner = probe_->slot_owner(node, slot);
    served = serves(owner);
    whole = served && peers.facts(owner).slots->hash() == watch.slots_hash;
  });
  return served;
}

void FailoverTimeline::LookAtCover(Instant at, NodeIndex node, Watch* watch) {
  VictimTimes& victim = TimesOf(*watch);
  const bool own = node == victim.node && victim.returned;
  if (!victim.was_primary || (!own && !Observes(watch->incident, node))) return;
  if (Test(watch->covered, node)) return;
  const PeerTable* peers = probe_->peers(node);
  if (peers == nullptr || !SeesServed(*peers, node, *watch)) return;
  Set(&watch->covered, node, true);
  // Served: whoever owns one of the slots (the first stands for all) sees it so itself.
  const std::vector<SlotRange> ranges = watch->slots.Ranges();
  const bool by_itself =
      !ranges.empty() && probe_->slot_owner(node, ranges.front().first) == peers->myself();
  if (by_itself && !victim.covered) {
    victim.covered = at;
    UpdateOk(at, watch->incident);
  }
  UpdateShares(at, watch->covered, watch->incident, &victim.covered_known);
  if (victim.covered && victim.covered_known.front()) {
    SetWaits(watch, false);
    NoteUncovered(at);
  }
}

void FailoverTimeline::UpdateShares(Instant at, const Bits& bits, size_t incident,
                                    ShareTimes* times) const {
  if (times->back()) return;
  const Bits& observers = observers_[incident];
  const uint32_t all = CountBoth(observers, observers);
  const uint32_t count = CountBoth(bits, observers);
  for (size_t i = 0; i < kShares.size(); ++i) {
    if (!(*times)[i] && all > 0 && count >= ShareOf(all, kShares[i])) (*times)[i] = at;
  }
}

void FailoverTimeline::UpdateOk(Instant at, size_t incident) {
  IncidentTimes& times = incidents_[incident];
  if (!times.ok.back() && times.Covered()) UpdateShares(at, ok_, incident, &times.ok);
}

void FailoverTimeline::NoteUncovered(Instant at) {
  if (uncovered_ != uncovered_history_.back().count) {
    uncovered_history_.push_back({at, uncovered_});
  }
}

uint32_t FailoverTimeline::not_ok() const {
  return CountBoth(live_, live_) - CountBoth(live_, ok_);
}

void FailoverTimeline::NoteNotOk(Instant at) {
  const uint32_t count = not_ok();
  if (not_ok_history_.empty() || count != not_ok_history_.back().count) {
    not_ok_history_.push_back({at, count});
  }
}

void FailoverTimeline::OnEnd(Instant at) {
  NoteNodes(at);
  NoteNotOk(at);
  ended_at_ = at;
  for (const IncidentTimes& times : incidents_) {
    for (const VictimTimes& victim : times.victims) {
      if (!victim.was_primary) continue;
      Instant until = victim.covered.value_or(at);
      if (!victim.has_survivor && victim.returned) until = std::min(until, *victim.returned);
      const uint64_t slot_us = static_cast<uint64_t>((until - times.at).us) * victim.slots;
      (victim.has_survivor ? unavailability_.survivors : unavailability_.lost) += slot_us;
    }
  }
}

}  // namespace gossamer::sim
