#include "core/cluster/replica_migration.h"

#include <algorithm>

#include "core/cluster/roles.h"

namespace gossamer {
namespace {

constexpr int64_t kMigrationDelayMs = 5000;

uint32_t ReplicasWithout(const State& s, NodeKey primary, uint16_t bad_flags) {
  uint32_t count = 0;
  s.peers.ForEachReplica(primary, [&](NodeKey replica) {
    if (!s.peers.Has(replica, bad_flags)) ++count;
  });
  return count;
}

bool IsOrphan(const State& s, NodeKey node) {
  return s.peers.IsVoting(node) && !s.peers.Has(node, flag::kFail) &&
         s.peers.Has(node, flag::kMigrateTo) && ReplicasWithout(s, node, flag::kFail) == 0;
}

// Counts again only when roles, flags or slots changed since the last time.
void CountOrphans(State& s) {
  if (s.orphans_version == s.peers.version()) return;
  s.orphans_version = s.peers.version();
  s.orphaned_primaries = 0;
  s.max_replicas = 0;
  s.this_replicas = 0;
  for (const NodeKey node : s.peers.order()) {
    if (!s.peers.IsPrimary(node) || s.peers.Has(node, flag::kFail)) continue;
    const uint32_t good = ReplicasWithout(s, node, flag::kFail);
    if (good == 0 && IsOrphan(s, node)) ++s.orphaned_primaries;
    s.max_replicas = std::max(s.max_replicas, good);
    if (node == s.my_primary()) s.this_replicas = good;
  }
}

// The primary to go to: the first orphan in table order. Keeps the time since when each primary is
// an orphan.
NodeKey FindOrphan(Turn& t) {
  State& s = t.s;
  NodeKey target = kNoKey;
  for (const NodeKey node : s.peers.order()) {
    if (!s.peers.IsPrimary(node)) continue;
    if (IsOrphan(s, node)) {
      if (s.peers.moment(node, Moment::kOrphaned) == kLongAgo)
        s.peers.SetMoment(node, Moment::kOrphaned, t.ms);
      if (!target.valid()) target = node;
    } else if (s.peers.moment(node, Moment::kOrphaned) != kLongAgo) {
      s.peers.SetMoment(node, Moment::kOrphaned, kLongAgo);
    }
  }
  return target;
}

// The replica that goes: the smallest name among the good replicas of the primaries that have most
// of them. DEVIATION: in the releases failed ones are candidates too, and keep the others waiting.
NodeKey FindCandidate(const State& s) {
  NodeKey candidate = kNoKey;
  for (const NodeKey node : s.peers.order()) {
    if (!s.peers.IsPrimary(node) || ReplicasWithout(s, node, flag::kFail) != s.max_replicas)
      continue;
    s.peers.ForEachReplica(node, [&](NodeKey replica) {
      if (s.peers.Has(replica, flag::kFail)) return;
      if (!candidate.valid() || s.peers.name(replica) < s.peers.name(candidate))
        candidate = replica;
    });
  }
  return candidate;
}

}  // namespace

void ReplicaMigrationStep(Turn& t) {
  State& s = t.s;
  if (!s.i_am_replica() || !s.options.allow_replica_migration) return;
  CountOrphans(s);
  if (s.orphaned_primaries == 0 || s.max_replicas < 2 || s.this_replicas != s.max_replicas) return;
  if (!s.health.ok || !s.my_primary().valid()) return;
  const uint32_t stay = ReplicasWithout(s, s.my_primary(), flag::kFail | flag::kPfail);
  const BugSet& bugs = s.rules.bugs;
  const bool too_few = static_cast<int64_t>(stay) <= s.options.migration_barrier;
  if (too_few && !bugs.Has(Bug::kBarrierIgnored)) return;
  // Both answers depend on the table alone; most replicas are not the candidate and stop here.
  if (s.migration_version != s.peers.version()) {
    s.migration_version = s.peers.version();
    s.migration_target = FindOrphan(t);
    s.migration_candidate = FindCandidate(s);
  }
  const NodeKey target = s.migration_target;
  const bool mine_to_go = s.migration_candidate == s.myself || bugs.Has(Bug::kMigrationHerd);
  if (!target.valid() || !mine_to_go) return;
  const bool early = t.ms - s.peers.moment(target, Moment::kOrphaned) <= kMigrationDelayMs;
  if (early && !bugs.Has(Bug::kMigrationAtOnce)) return;
  const NodeKey left = s.my_primary();
  BecomeReplicaOf(t, target, /*close_slots=*/true, /*full_sync=*/true);
  t.Event({.type = EventType::kReplicaMigrated, .subject = target, .other = left});
  t.Todo(todo::kSaveFsync | todo::kUpdateState |
         (s.rules.migration_broadcasts ? todo::kBroadcastPong : 0));
}

}  // namespace gossamer
