#include "core/cluster/formed_start.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/cluster/cron.h"
#include "core/cluster/health.h"

namespace gossamer {
namespace {

// How long links and the cluster's state have been as they are.
constexpr int64_t kSettledMs = 3'600'000;
constexpr uint64_t kCronsPerRandomPing = 10;
// Of members whose pongs gossip tells of, one in so many has since answered a ping of one's own.
constexpr uint64_t kMembersPerPingSince = 100;

uint32_t SlotOf(size_t self, size_t peer) {
  return static_cast<uint32_t>(peer < self ? peer : peer - 1);
}

void AddLinks(size_t self, size_t peer, NodeKey key, MonoMs since, State* s) {
  const LinkId out = s->links.AllocateOutbound(key);
  GOSSAMER_CHECK(out == FormedOutLink(self, peer));
  const LinkId in = FormedInLink(self, peer);
  const bool added = s->links.AddInbound(in);
  GOSSAMER_CHECK(added);
  s->links.Bind(in, key);
  if (s->peers.Has(key, flag::kExtensions)) {
    s->links.SetExtensions(out);
    s->links.SetExtensions(in);
    s->peers.SetMark(key, mark::kLinkExtensions);
  }
  s->peers.SetOutLink(key, out, since);
  s->peers.SetInLink(key, in);
}

int64_t PongAgeMs(const FormedCluster& cluster, const FormedMember& member, int64_t interval_ms,
                  WallTime wall, Rng* rng) {
  if (member.pong_age.has_value()) {
    // Gossip cuts the wall clock's seconds.
    const int64_t age = wall.ms() - (wall.ms() - member.pong_age->ms()) / 1000 * 1000;
    const bool pinged_since = rng->Below(kMembersPerPingSince) == 0;
    return pinged_since ? static_cast<int64_t>(rng->Below(static_cast<uint64_t>(age) + 1)) : age;
  }
  // Older pongs would have been asked for again.
  const auto oldest = static_cast<uint64_t>(std::max<int64_t>(interval_ms, 1));
  return cluster.spread ? static_cast<int64_t>(rng->Below(oldest)) : 0;
}

}  // namespace

LinkId FormedOutLink(size_t self, size_t peer) {
  return LinkId::Make(false, SlotOf(self, peer), 1);
}

LinkId FormedInLink(size_t self, size_t peer) { return LinkId::Make(true, SlotOf(self, peer), 1); }

void FillFormedState(const FormedCluster& cluster, size_t self, Now now, Rng rng, State* state) {
  State& s = *state;
  const MonoMs ms = now.mono.us / 1000;
  const int64_t interval = PingIntervalMs(s);
  GOSSAMER_CHECK(s.peers.size() == 1 && s.myself == cluster.members[self].key);
  for (size_t i = 0; i < cluster.members.size(); ++i) {
    if (i == self) continue;
    const FormedMember& m = cluster.members[i];
    s.peers.Add(m.key, m.facts, m.flags, ms);
    if (cluster.linked) AddLinks(self, i, m.key, ms - kSettledMs, &s);
    const MonoMs heard = ms - PongAgeMs(cluster, m, interval, now.wall, &rng);
    s.peers.SetPong(m.key, heard);
    s.peers.SetDataReceived(m.key, heard);
    s.peers.SetReplOffset(m.key, m.repl_offset);
  }
  const FormedMember& me = cluster.members[self];
  s.peers.ShareFacts(s.myself, me.facts);
  s.peers.ReplaceFlags(s.myself,
                       (s.peers.flags(s.myself) & ~(flag::kPrimary | flag::kReplica)) |
                           (me.flags & (flag::kPrimary | flag::kReplica | flag::kMigrateTo)));
  s.slots = cluster.slots;
  s.current_epoch = cluster.current_epoch;
  s.next_cron = ms + 1 + static_cast<int64_t>(rng.Below(kCronPeriodMs));
  s.cron_iteration = rng.Below(kCronsPerRandomPing);
  s.todo = 0;
  if (!cluster.linked) {
    s.todo = todo::kUpdateState;
    return;
  }
  CountVoters(s);
  s.health.ok = true;
  s.health.reason = StateReason::kNone;
  s.health.first_call = ms - kSettledMs;
  s.health.safe_to_join = true;
}

}  // namespace gossamer
