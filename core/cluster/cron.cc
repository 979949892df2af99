#include "core/cluster/cron.h"

#include <algorithm>
#include <vector>

#include "core/cluster/election.h"
#include "core/cluster/failure_detector.h"
#include "core/cluster/health.h"
#include "core/cluster/heartbeat.h"
#include "core/cluster/links.h"
#include "core/cluster/manual_failover.h"
#include "core/cluster/membership.h"
#include "core/cluster/replica_migration.h"

namespace gossamer {
namespace {

constexpr uint64_t kRandomPingEvery = 10;
constexpr int kRandomPingDraws = 5;
constexpr int64_t kReconnectsPerHalfTimeout = 10;
// Under the mended rule a silent node is tried every T / 5.
constexpr int64_t kReconnectsPerTimeout = 5;
// Rows that the cron looks at are far apart; this many are fetched ahead.
constexpr size_t kPrefetchAhead = 16;

int64_t HalfTimeoutMs(const State& s) { return std::max<int64_t>(s.timeout_ms() / 2, 1); }

// Links whose send buffer passed the limit. SOURCE: bus spec section 9.5.
void FreeFullLinks(Turn& t) {
  for (const LinkId link : t.s.over_limit) {
    if (!t.s.links.Contains(link)) continue;
    ++t.s.stats.link_buffer_exceeded;
    t.Event({.type = EventType::kLinkBufferExceeded, .subject = t.s.links.peer(link)});
    FreeLink(t, link);
  }
  t.s.over_limit.clear();
}

// A disk that refused a save gets the next one a cron later, not at once: it may go on refusing.
void RetrySave(Turn& t) {
  if ((t.s.todo & todo::kRetrySave) == 0) return;
  t.s.todo &= ~todo::kRetrySave;
  t.Todo(todo::kSaveFsync);
}

// Under the mended rule: when a node without outbound link is to be tried next. Who is connected to
// me is there, and tried at once. Pings wait for nothing, those that are due and those that are
// drawn: they start the clock by which a silent node is suspected.
MonoMs ConnectDue(const Turn& t, NodeKey node) {
  const PeerTable& peers = t.s.peers;
  if (peers.HasInLink(node)) return t.ms;
  const MonoMs due = peers.out_link_ms(node) + t.s.timeout_ms() / kReconnectsPerTimeout;
  if (peers.PingPending(node)) return due;
  return std::min(due, peers.pong_ms(node) + PingIntervalMs(t.s) + 1);
}

// True when a connect may be tried now. SOURCE: bus spec section 9.1.
bool MayConnect(Turn& t, NodeKey node) {
  State& s = t.s;
  if (!s.rules.throttle_reconnects) return true;
  if (s.rules.reconnects_wait) return t.ms >= ConnectDue(t, node);
  const int64_t interval = HalfTimeoutMs(s) / kReconnectsPerHalfTimeout;
  const bool tried_lately = !s.peers.HasInLink(node) && t.ms - s.peers.out_link_ms(node) < interval;
  // The budget may go negative and then limits nothing, as in the releases.
  if (tried_lately && s.reconnect_budget == 0) return false;
  --s.reconnect_budget;
  return true;
}

// A peer that has no inbound link to me for long has probably forgotten me: MEET it again. SOURCE:
// bus spec section 9.3.
void RepairOneSided(Turn& t, NodeKey node) {
  State& s = t.s;
  constexpr uint16_t kAbnormal = flag::kHandshake | flag::kMeet | flag::kPfail | flag::kFail;
  if (!s.rules.meet_repair || s.peers.HasInLink(node) || !s.peers.HasOutLink(node)) return;
  if (s.peers.Has(node, kAbnormal)) return;
  const int64_t patience = HandshakeTimeoutMs(s);
  if (t.ms - s.peers.in_link_freed_ms(node) <= patience) return;
  if (t.ms - s.peers.moment(node, Moment::kMeetSent) <= patience) return;
  if (s.rules.meet_repair_needs_multi_meet && !s.peers.Has(node, flag::kLightModule)) return;
  s.peers.SetFlags(node, flag::kMeet);
  SendPing(t, node, MessageType::kMeet);
}

// Step 2: connections and membership. False when the node is gone.
bool KeepConnected(Turn& t, NodeKey node) {
  State& s = t.s;
  if (s.peers.Has(node, flag::kHandshake) &&
      t.ms - s.peers.moment(node, Moment::kCreated) > HandshakeTimeoutMs(s)) {
    t.Event({.type = EventType::kHandshakeTimedOut, .subject = node});
    RemoveNode(t, node);
    return false;
  }
  RepairOneSided(t, node);
  if (!s.peers.HasOutLink(node) && MayConnect(t, node)) OpenLink(t, node);
  return true;
}

// Step 3: one node a second that has not answered for longest, of five drawn.
void RandomPing(Turn& t) {
  State& s = t.s;
  NodeKey oldest = kNoKey;
  for (int i = 0; i < kRandomPingDraws; ++i) {
    const NodeKey node = s.peers.order()[s.ping_rng.Below(s.peers.size())];
    if (s.peers.PingPending(node) || node == s.myself) continue;
    if (!s.peers.HasOutLink(node) && !s.rules.reconnects_wait) continue;
    if (s.peers.Has(node, flag::kHandshake | flag::kNoAddr)) continue;
    if (!oldest.valid() || s.peers.hot()[node.value].pong < s.peers.hot()[oldest.value].pong)
      oldest = node;
  }
  if (!oldest.valid()) return;
  if (!s.peers.HasOutLink(oldest)) OpenLink(t, oldest);
  SendPing(t, oldest, MessageType::kPing);
}

// Step 4 for one node: half-timeout reset, due ping, silence.
void CheckNode(Turn& t, NodeKey node) {
  State& s = t.s;
  const int64_t half = s.timeout_ms() / 2;
  if (s.peers.HasOutLink(node) && s.peers.PingPending(node) &&
      t.ms - s.peers.out_link_ms(node) > s.timeout_ms() &&
      t.ms - s.peers.ping_sent_ms(node) > half && t.ms - s.peers.data_received_ms(node) > half &&
      !s.rules.bugs.Has(Bug::kNoLinkReset)) {
    t.Event({.type = EventType::kLinkReset, .subject = node});
    FreeOutLink(t, node);
  }
  if (s.peers.HasOutLink(node) && !s.peers.PingPending(node) &&
      t.ms - s.peers.pong_ms(node) > PingIntervalMs(s) && !s.rules.bugs.Has(Bug::kNoDuePings)) {
    SendPing(t, node, MessageType::kPing);
    return;
  }
  if (s.manual_failover.active() && s.manual_failover.replica == node && s.peers.HasOutLink(node)) {
    SendPing(t, node, MessageType::kPing);
    return;
  }
  CheckSilence(t, node);
}

// Lets the cron pass over a node that is not there until it is to be tried or becomes suspect.
void LetSleep(Turn& t, NodeKey node) {
  State& s = t.s;
  constexpr uint16_t kRestless = flag::kHandshake | flag::kMeet;
  if (s.peers.HasOutLink(node) || s.peers.HasInLink(node) || s.peers.Has(node, kRestless)) return;
  MonoMs until = ConnectDue(t, node);
  if (s.peers.PingPending(node) && !s.peers.Has(node, flag::kPfail | flag::kFail)) {
    const MonoMs silent_since =
        std::max(s.peers.ping_sent_ms(node), s.peers.data_received_ms(node));
    until = std::min(until, silent_since + s.timeout_ms());
  }
  if (until > t.ms + kCronPeriodMs) s.peers.Sleep(node, until);
}

void CheckNodes(Turn& t) {
  State& s = t.s;
  std::vector<NodeKey>& rows = s.tables->rows;
  s.peers.CollectCronRows(t.ms, PingIntervalMs(s), &rows);
  const NodeKey paused_for = s.manual_failover.replica;
  if (paused_for.valid() && s.peers.Contains(paused_for) &&
      std::find(rows.begin(), rows.end(), paused_for) == rows.end()) {
    rows.push_back(paused_for);
  }
  const int64_t half = HalfTimeoutMs(s);
  s.reconnect_budget =
      static_cast<int64_t>(s.peers.size()) * kCronPeriodMs / half * kReconnectsPerHalfTimeout;
  s.pfail_count = s.peers.sleeping_pfail();
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i + kPrefetchAhead < rows.size()) s.peers.Prefetch(rows[i + kPrefetchAhead]);
    const NodeKey node = rows[i];
    if (!s.peers.Contains(node) || s.peers.Has(node, flag::kNoAddr)) continue;
    if (s.peers.Has(node, flag::kPfail)) ++s.pfail_count;
    KeepConnected(t, node);
  }
  if (s.cron_iteration % kRandomPingEvery == 0) RandomPing(t);
  for (const NodeKey node : rows) {
    if (!s.peers.Contains(node) || s.peers.Has(node, flag::kNoAddr | flag::kHandshake)) continue;
    CheckNode(t, node);
    if (s.rules.reconnects_wait) LetSleep(t, node);
  }
}

}  // namespace

int64_t PingIntervalMs(const State& s) {
  return s.options.ping_interval.us > 0 ? s.options.ping_interval.ms() : s.timeout_ms() / 2;
}

void RunCron(Turn& t) {
  State& s = t.s;
  ++s.cron_iteration;
  s.peers.KeepTime(t.ms);
  RetrySave(t);
  FreeFullLinks(t);
  CheckNodes(t);
  CheckManualFailoverTimeout(t);
  if (s.i_am_replica()) {
    ManualFailoverStep(t);
    ElectionStep(t);
    ReplicaMigrationStep(t);
  }
  if ((s.todo & todo::kUpdateState) != 0 || !s.health.ok) {
    s.todo &= ~todo::kUpdateState;
    UpdateClusterState(t);
  }
}

}  // namespace gossamer
