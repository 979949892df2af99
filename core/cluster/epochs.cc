#include "core/cluster/epochs.h"

#include <algorithm>

#include "core/cluster/election.h"

namespace gossamer {
namespace {

void SetCurrentEpoch(Turn& t, Epoch epoch) {
  t.s.current_epoch = epoch;
  t.Event({.type = EventType::kCurrentEpochChanged, .epoch = epoch});
}

// currentEpoch + 1 becomes my config epoch. False when no epoch is left.
bool TakeNextEpoch(Turn& t) {
  if (t.s.current_epoch.value == UINT64_MAX) return false;
  SetCurrentEpoch(t, {t.s.current_epoch.value + 1});
  SetConfigEpoch(t, t.s.myself, t.s.current_epoch);
  t.Todo(todo::kSaveFsync | (t.s.rules.bump_broadcasts ? todo::kBroadcastPong : 0));
  return true;
}

}  // namespace

void SetConfigEpoch(Turn& t, NodeKey node, Epoch epoch) {
  t.s.peers.EditFacts(node, [epoch](PeerFacts* facts) { facts->config_epoch = epoch; });
  t.Event({.type = EventType::kConfigEpochChanged, .subject = node, .epoch = epoch});
}

Epoch MaxEpoch(const State& s) {
  Epoch max = s.current_epoch;
  for (const NodeKey node : s.peers.order()) {
    max = std::max(max, s.peers.facts(node).config_epoch);
  }
  return max;
}

bool BumpConfigEpoch(Turn& t) {
  const Epoch max = MaxEpoch(t.s);
  const Epoch mine = t.s.peers.facts(t.s.myself).config_epoch;
  if (mine.value != 0 && mine == max) return false;
  return TakeNextEpoch(t);
}

// DEVIATION: no release has a bound.
bool AcceptEpoch(Turn& t, NodeKey sender, Epoch claim) {
  const uint64_t lead = t.s.rules.max_epoch_lead;
  const uint64_t mine = t.s.current_epoch.value;
  if (lead == 0 || claim.value <= mine || claim.value - mine <= lead) return true;
  ++t.s.stats.epochs_refused;
  t.Event({.type = EventType::kEpochRefused, .subject = sender, .epoch = claim});
  return false;
}

bool LearnEpochs(Turn& t, NodeKey sender, const Header& header) {
  if (!AcceptEpoch(t, sender, std::max(header.current_epoch, header.config_epoch))) return false;
  if (header.current_epoch > t.s.current_epoch) SetCurrentEpoch(t, header.current_epoch);
  const bool claims_primary = !header.replicaof.valid();
  if (!claims_primary || header.config_epoch <= t.s.peers.facts(sender).config_epoch) return true;
  SetConfigEpoch(t, sender, header.config_epoch);
  t.Todo(todo::kSaveFsync);
  const Election& election = t.s.election;
  if (t.s.rules.restart_on_newer_claim && election.auth_time != kLongAgo && election.auth_sent &&
      header.config_epoch >= election.auth_epoch) {
    t.Event({.type = EventType::kElectionRestarted, .other = sender});
    RestartElection(t);
  }
  return true;
}

void ResolveCollision(Turn& t, NodeKey sender, const Header& header) {
  if (!t.s.i_am_primary() || !t.s.peers.IsPrimary(sender)) return;
  const Epoch mine = t.s.peers.facts(t.s.myself).config_epoch;
  if (header.config_epoch != mine || t.s.peers.facts(sender).config_epoch != mine) return;
  // The greater name keeps the epoch.
  if (t.s.peers.name(sender) <= t.s.peers.name(t.s.myself)) return;
  if (t.s.rules.bugs.Has(Bug::kEpochsMayCollide) || !TakeNextEpoch(t)) return;
  t.Event({.type = EventType::kEpochCollision, .subject = sender, .epoch = t.s.current_epoch});
}

}  // namespace gossamer
