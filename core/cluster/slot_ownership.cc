#include "core/cluster/slot_ownership.h"

#include <map>
#include <vector>

#include "core/cluster/epochs.h"
#include "core/cluster/heartbeat.h"
#include "core/cluster/links.h"
#include "core/cluster/roles.h"

namespace gossamer {
namespace {

void SetSlotsOf(Turn& t, NodeKey node, const SlotSet& slots) {
  State& s = t.s;
  const bool had_none = s.peers.slot_count(node) == 0;
  SlotSetRef shared = s.tables->pool.slot_sets().Intern(slots);
  s.peers.EditFacts(node, [&shared](PeerFacts* facts) { facts->slots = shared; });
  if (!had_none || shared->count() == 0) return;
  // A primary's first slot makes it a target of replica migration, if the cluster uses replicas at
  // all.
  for (const NodeKey other : s.peers.order()) {
    if (s.peers.IsReplica(other) && s.peers.facts(other).replicaof.valid()) {
      s.peers.SetFlags(node, flag::kMigrateTo);
      return;
    }
  }
}

// Removes `slots` from the sets of their owners.
void TakeFromOwners(Turn& t, const SlotSet& slots, NodeKey except) {
  State& s = t.s;
  std::vector<std::pair<NodeKey, SlotSet>> losers;
  slots.ForEach([&](Slot slot) {
    const NodeKey owner = s.slots.owner(slot);
    if (!owner.valid() || owner == except) return;
    if (losers.empty() || !(losers.back().first == owner)) {
      for (size_t i = 0; i + 1 < losers.size(); ++i) {
        if (losers[i].first == owner) std::swap(losers[i], losers.back());
      }
      if (losers.empty() || !(losers.back().first == owner)) losers.emplace_back(owner, SlotSet{});
    }
    losers.back().second.set(slot);
  });
  for (const auto& [owner, lost] : losers) {
    SlotSet left = s.peers.facts(owner).slots->set();
    left -= lost;
    SetSlotsOf(t, owner, left);
  }
}

// What UpdateSlots found out on its way.
struct ClaimResult {
  SlotSet gained;                   // slots that the sender takes over
  SlotSet dirty;                    // of those: mine, so far
  uint32_t moved_from_current = 0;  // of those: owned by me or my primary
  SlotSet taken_back;               // imports of mine that the source has given up
};

// The open slot `slot` has a new owner. Within a shard that is a failover, which open slots
// survive; from another shard it is an operator's deed: the migration is over, whether or not it
// went where it was meant to go.
void FollowOpenSlot(Turn& t, Slot slot, NodeKey new_owner) {
  State& s = t.s;
  if (!s.SameShard(s.myself, new_owner)) s.slots.migrating().erase(slot);
  const auto import = s.slots.importing().find(slot);
  if (import == s.slots.importing().end()) return;
  if (s.SameShard(import->second, new_owner)) {
    import->second = new_owner;
  } else {
    s.slots.importing().erase(import);
  }
}

void CollectGains(Turn& t, NodeKey sender, Epoch epoch, const SlotSet& claimed, NodeKey current,
                  ClaimResult* result) {
  State& s = t.s;
  claimed.ForEach([&](Slot slot) {
    const NodeKey owner = s.slots.owner(slot);
    if (owner == sender) {
      s.slots.SetNotClaiming(slot, false);
      return;
    }
    const bool newer = s.slots.unclaimed(slot) || s.peers.facts(owner).config_epoch < epoch;
    if (!newer && !s.rules.bugs.Has(Bug::kOldClaimsWin)) return;
    result->gained.set(slot);
    if (owner == s.myself) result->dirty.set(slot);
    if (owner.valid() && owner == current) ++result->moved_from_current;
    FollowOpenSlot(t, slot, sender);
  });
}

// Slots that the sender no longer claims: the owner stays until somebody claims them.
void CollectLosses(Turn& t, NodeKey sender, Epoch epoch, const SlotSet& claimed,
                   ClaimResult* result) {
  State& s = t.s;
  SlotSet dropped = s.peers.facts(sender).slots->set();
  dropped -= claimed;
  dropped.ForEach([&s](Slot slot) { s.slots.SetNotClaiming(slot, true); });
  for (auto& [slot, target] : s.slots.migrating()) {
    if (claimed.test(slot) || target == sender) continue;
    const bool behind = s.peers.facts(target).config_epoch < epoch || s.peers.IsReplica(target);
    if (!behind || !s.SameShard(target, sender)) continue;
    target = sender;
    t.Todo(todo::kSaveFsync);
  }
  if (!s.i_am_primary()) return;
  for (auto at = s.slots.importing().begin(); at != s.slots.importing().end();) {
    if (!(at->second == sender) || claimed.test(at->first)) {
      ++at;
      continue;
    }
    if (!(s.slots.owner(at->first) == s.myself)) result->taken_back.set(at->first);
    at = s.slots.importing().erase(at);
    t.Todo(todo::kSaveFsync);
  }
}

// The sender took all that I (or my primary) had: follow it where the rules say so.
void FollowNewOwner(Turn& t, NodeKey sender, Epoch epoch, const SlotSetRef& claimed,
                    NodeKey current, const ClaimResult& result) {
  State& s = t.s;
  const bool same_shard = s.SameShard(sender, s.myself);
  bool new_primary = result.moved_from_current > 0;
  if (!new_primary && !(s.my_primary() == sender) && claimed->count() == 0 &&
      s.peers.slot_count(s.myself) == 0 && s.peers.NodeEpoch(s.myself) < epoch && same_shard) {
    new_primary = true;
  }
  if (s.i_am_primary() && s.rules.bugs.Has(Bug::kNoDemotion)) return;
  const bool emptied = current.valid() && s.peers.slot_count(current) == 0;
  if (new_primary && emptied && (s.options.allow_replica_migration || same_shard)) {
    BecomeReplicaOf(t, sender, /*close_slots=*/!same_shard, /*full_sync=*/!same_shard);
    t.Todo(todo::kSaveFsync | todo::kUpdateState |
           (s.rules.bump_broadcasts ? todo::kBroadcastPong : 0));
    return;
  }
  if (result.dirty.empty()) return;
  t.out->Add(DropSlots{s.tables->pool.slot_sets().Intern(result.dirty)});
  t.Event({.type = EventType::kSlotsLost, .value = result.dirty.count()});
}

}  // namespace

void AssignSlots(Turn& t, const SlotSet& slots, NodeKey owner) {
  State& s = t.s;
  TakeFromOwners(t, slots, owner);
  slots.ForEach([&](Slot slot) { s.slots.Assign(slot, owner); });
  SlotSet all = s.peers.facts(owner).slots->set();
  all |= slots;
  SetSlotsOf(t, owner, all);
  t.Todo(todo::kUpdateState);
}

void UnassignSlots(Turn& t, const SlotSet& slots) {
  TakeFromOwners(t, slots, kNoKey);
  slots.ForEach([&t](Slot slot) { t.s.slots.Unassign(slot); });
  t.Todo(todo::kUpdateState);
}

void FreeSlotsOf(Turn& t, NodeKey node) {
  const SlotSetRef slots = t.s.peers.facts(node).slots;
  if (slots->count() > 0) UnassignSlots(t, slots->set());
}

void CloseOpenSlots(Turn& t) {
  t.s.slots.migrating().clear();
  t.s.slots.importing().clear();
}

void UpdateSlots(Turn& t, NodeKey sender, Epoch epoch, const SlotSetRef& claimed) {
  State& s = t.s;
  if (sender == s.myself) return;
  const NodeKey current = s.i_am_primary() ? s.myself : s.my_primary();
  ClaimResult result;
  CollectLosses(t, sender, epoch, claimed->set(), &result);
  CollectGains(t, sender, epoch, claimed->set(), current, &result);
  const uint32_t gained = result.gained.count();
  if (gained > 0) {
    AssignSlots(t, result.gained, sender);
    t.Event({.type = EventType::kSlotsChanged, .subject = sender, .epoch = epoch, .value = gained});
    t.Todo(todo::kSaveFsync | todo::kUpdateState);
  }
  if (!result.taken_back.empty()) {
    AssignSlots(t, result.taken_back, s.myself);
    BumpConfigEpoch(t);
  }
  FollowNewOwner(t, sender, epoch, claimed, current, result);
}

void ApplyClaimedSlots(Turn& t, NodeKey sender, const Header& header, bool was_replica) {
  State& s = t.s;
  if (header.replicaof.valid()) return;
  const bool same = header.slots == s.peers.facts(sender).slots;
  if (same && !was_replica) return;
  UpdateSlots(t, sender, header.config_epoch, header.slots);
  if (header.slots == s.peers.facts(sender).slots) return;
  // The sender claims a slot that somebody owns with a newer epoch: tell it about the first such
  // owner.
  NodeKey newer = kNoKey;
  header.slots->set().ForEach([&](Slot slot) {
    const NodeKey owner = s.slots.owner(slot);
    if (newer.valid() || owner == sender || s.slots.unclaimed(slot)) return;
    if (s.peers.facts(owner).config_epoch > header.config_epoch) newer = owner;
  });
  if (newer.valid()) SendUpdate(t, sender, newer);
}

void SendUpdate(Turn& t, NodeKey peer, NodeKey owner) {
  State& s = t.s;
  if (!s.peers.HasOutLink(peer) || s.rules.bugs.Has(Bug::kNoUpdate)) return;
  SlotUpdate update;
  update.node = owner;
  update.config_epoch = s.peers.facts(owner).config_epoch;
  SlotSet slots = s.peers.facts(owner).slots->set();
  slots -= s.slots.not_claiming();
  update.slots = s.tables->pool.slot_sets().Intern(slots);
  Message* message = s.tables->pool.Make(MessageType::kUpdate);
  FillHeader(t, &message->header);
  message->body = std::move(update);
  SendTo(t, peer, s.tables->pool.Seal(message));
}

void HandleUpdate(Turn& t, NodeKey sender, const SlotUpdate& update) {
  State& s = t.s;
  if (!s.peers.Contains(update.node)) return;
  if (s.peers.facts(update.node).config_epoch >= update.config_epoch) return;
  // DEVIATION: the releases take my own epoch, and even my role, from an UPDATE.
  if (update.node == s.myself || !AcceptEpoch(t, sender, update.config_epoch)) return;
  if (s.peers.IsReplica(update.node)) SetNodePrimary(t, update.node);
  SetConfigEpoch(t, update.node, update.config_epoch);
  t.Todo(todo::kSaveFsync);
  UpdateSlots(t, update.node, update.config_epoch, update.slots);
}

}  // namespace gossamer
