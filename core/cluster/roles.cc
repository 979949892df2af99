#include "core/cluster/roles.h"

#include "core/base/check.h"
#include "core/cluster/epochs.h"
#include "core/cluster/manual_failover.h"
#include "core/cluster/slot_ownership.h"

namespace gossamer {
namespace {

// DEVIATION: the releases look one step up the chain of primaries. A bound keeps a cycle in a
// hostile table harmless.
constexpr int kMaxReplicaDepth = 8;

void ClearMigrateToIfAlone(State& s, NodeKey primary) {
  if (primary.valid() && s.peers.Contains(primary) && s.peers.ReplicaCount(primary) == 0) {
    s.peers.ClearFlags(primary, flag::kMigrateTo);
  }
}

// If my primary follows another node, I follow that one. SOURCE: semantics spec section 7.2 b.
void LeaveSubReplica(Turn& t) {
  State& s = t.s;
  if (!s.i_am_replica() || !s.my_primary().valid()) return;
  NodeKey top = s.my_primary();
  for (int depth = 0; depth < kMaxReplicaDepth && s.peers.facts(top).replicaof.valid(); ++depth) {
    top = s.peers.facts(top).replicaof;
  }
  if (top == s.my_primary() || top == s.myself || s.peers.facts(top).replicaof.valid()) return;
  const bool same_shard = s.SameShard(top, s.myself);
  BecomeReplicaOf(t, top, /*close_slots=*/true, /*full_sync=*/!same_shard);
  t.Todo(todo::kSaveFsync | todo::kUpdateState | todo::kBroadcastPong);
}

// The node named as primary is a replica in my table: a failover happened that I have not heard of.
// SOURCE: semantics spec section 7.2 a.
void SwapRoles(Turn& t, NodeKey old_primary, NodeKey new_primary, Epoch epoch) {
  State& s = t.s;
  SetNodePrimary(t, new_primary);
  if (s.peers.facts(new_primary).config_epoch < epoch) SetConfigEpoch(t, new_primary, epoch);
  if (s.rules.swap_moves_slots) {
    const SlotSetRef moved = s.peers.facts(old_primary).slots;
    AssignSlots(t, moved->set(), new_primary);
    t.Event({.type = EventType::kSlotsChanged,
             .subject = new_primary,
             .epoch = epoch,
             .value = moved->count()});
    for (auto* open : {&s.slots.migrating(), &s.slots.importing()}) {
      for (auto& entry : *open) {
        if (entry.second == old_primary) entry.second = new_primary;
      }
    }
  }
}

// A primary in my table says that it is a replica now. False: outdated.
bool ApplyDemotion(Turn& t, NodeKey sender, NodeKey primary, Epoch epoch) {
  State& s = t.s;
  const bool drops_slots = s.rules.bugs.Has(Bug::kR13018);
  if (primary.valid() && s.SameShard(primary, sender) && !drops_slots) {
    const bool stale = s.peers.NodeEpoch(primary) > epoch ||
                       (s.rules.stale_if_sender_newer && s.peers.NodeEpoch(sender) > epoch);
    if (stale && !s.rules.bugs.Has(Bug::kV1777)) {
      t.Event({.type = EventType::kStaleIgnored, .subject = sender, .epoch = epoch});
      return false;
    }
    // DEVIATION: my own role is mine to know; the releases would make me a primary here.
    const bool news = s.peers.IsReplica(primary) && !(primary == s.myself) && !stale;
    if (news) SwapRoles(t, sender, primary, epoch);
  } else {
    FreeSlotsOf(t, sender);
  }
  const uint16_t kept =
      s.peers.flags(sender) & static_cast<uint16_t>(~(flag::kPrimary | flag::kMigrateTo));
  s.peers.ReplaceFlags(sender, kept | flag::kReplica);
  t.Todo(todo::kSaveFsync | todo::kUpdateState);
  return true;
}

// A quorum has just elected it, or an operator chose it: that it was FAIL before is old news.
// DEVIATION: in the releases the flag stays 2 T on a primary with slots, and two nodes of a shard
// that both were FAIL replace each other all that time.
void ForgetOldFail(Turn& t, NodeKey promoted) {
  State& s = t.s;
  if (!s.rules.promotion_clears_fail || !s.peers.Has(promoted, flag::kFail)) return;
  s.peers.ClearFlags(promoted, flag::kFail);
  t.Event({.type = EventType::kFailCleared, .subject = promoted});
  t.Todo(todo::kSave | todo::kUpdateState);
}

}  // namespace

void SetNodePrimary(Turn& t, NodeKey node) {
  State& s = t.s;
  if (s.peers.IsPrimary(node)) return;
  const NodeKey old = s.peers.facts(node).replicaof;
  if (old.valid()) {
    s.peers.EditFacts(node, [](PeerFacts* facts) { facts->replicaof = kNoKey; });
    ClearMigrateToIfAlone(s, old);
    if (!(node == s.myself)) s.peers.SetFlags(node, flag::kMigrateTo);
  }
  const uint16_t kept = s.peers.flags(node) & static_cast<uint16_t>(~flag::kReplica);
  s.peers.ReplaceFlags(node, kept | flag::kPrimary);
  t.Event({.type = EventType::kRoleChanged, .subject = node});
  t.Todo(todo::kSave | todo::kUpdateState);
}

void BecomeReplicaOf(Turn& t, NodeKey primary, bool close_slots, bool full_sync) {
  State& s = t.s;
  GOSSAMER_CHECK(!(primary == s.myself));
  FreeSlotsOf(t, s.myself);
  const NodeKey old = s.my_primary();
  const uint16_t kept =
      s.peers.flags(s.myself) &
      static_cast<uint16_t>(~(flag::kPrimary | flag::kMigrateTo | flag::kMyPrimaryFail));
  s.peers.ReplaceFlags(s.myself, kept | flag::kReplica);
  if (close_slots) CloseOpenSlots(t);
  RelinkReplica(t, s.myself, primary);
  if (s.rules.my_primary_fail_flag && s.peers.Has(primary, flag::kFail)) {
    s.peers.SetFlags(s.myself, flag::kMyPrimaryFail);
  }
  s.extensions = nullptr;
  t.out->Add(Replicate{primary, full_sync});
  ResetManualFailover(t);
  s.election = Election{};
  t.Event({.type = EventType::kBecameReplica, .subject = primary, .other = old});
}

void RelinkReplica(Turn& t, NodeKey node, NodeKey primary) {
  State& s = t.s;
  const NodeKey old = s.peers.facts(node).replicaof;
  const ShardId shard = s.peers.facts(primary).shard_id;
  s.peers.EditFacts(node, [&](PeerFacts* facts) {
    facts->replicaof = primary;
    facts->shard_id = shard;
  });
  if (!(old == primary)) ClearMigrateToIfAlone(s, old);
  s.peers.SetFlags(primary, flag::kMigrateTo);
}

bool ApplyClaimedRole(Turn& t, NodeKey sender, const Header& header, bool* was_replica) {
  State& s = t.s;
  *was_replica = s.peers.IsReplica(sender);
  if (!header.replicaof.valid()) {
    SetNodePrimary(t, sender);
    if (*was_replica) ForgetOldFail(t, sender);
    return true;
  }
  const NodeKey primary = s.peers.Contains(header.replicaof) && !(header.replicaof == sender)
                              ? header.replicaof
                              : kNoKey;
  if (!*was_replica && !ApplyDemotion(t, sender, primary, header.config_epoch)) return false;
  const bool moves = primary.valid() && !(s.peers.facts(sender).replicaof == primary);
  if (moves) RelinkReplica(t, sender, primary);
  if (moves || !*was_replica) {
    t.Event({.type = EventType::kRoleChanged, .subject = sender, .other = primary});
  }
  if (!moves) return true;
  t.Todo(todo::kSave);
  LeaveSubReplica(t);
  return true;
}

}  // namespace gossamer
