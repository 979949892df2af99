#include "core/cluster/manual_failover.h"

#include "core/cluster/election.h"
#include "core/cluster/epochs.h"
#include "core/cluster/heartbeat.h"
#include "core/cluster/links.h"

namespace gossamer {
namespace {

constexpr int64_t kPauseMultiplier = 2;

void BecomeReady(Turn& t) {
  State& s = t.s;
  s.manual_failover.can_start = true;
  t.Event({.type = EventType::kManualFailoverReady,
           .subject = s.my_primary(),
           .value = s.manual_failover.primary_offset});
  if (s.rules.manual_failover_restarts) RestartElection(t);
  t.Todo(todo::kElection);
}

}  // namespace

void StartManualFailover(Turn& t, ManualFailoverMode mode) {
  State& s = t.s;
  ResetManualFailover(t);
  const NodeKey primary = s.my_primary();
  t.Event({.type = EventType::kManualFailoverStarted,
           .subject = primary,
           .value = static_cast<int64_t>(mode)});
  if (mode == ManualFailoverMode::kTakeover) {
    if (!t.s.rules.bugs.Has(Bug::kTakeoverWithoutEpoch)) BumpConfigEpoch(t);
    PromoteMyself(t, s.peers.facts(s.myself).config_epoch);
    return;
  }
  s.manual_failover.end = t.ms + s.options.manual_failover_timeout.ms();
  if (mode == ManualFailoverMode::kForce) {
    BecomeReady(t);
    return;
  }
  SendTo(t, primary, MakeBare(t, MessageType::kMfStart, 0));
}

void HandleMfStart(Turn& t, NodeKey sender) {
  State& s = t.s;
  if (!(s.peers.facts(sender).replicaof == s.myself) || !s.i_am_primary()) return;
  ResetManualFailover(t);
  const int64_t timeout_ms = s.options.manual_failover_timeout.ms();
  s.manual_failover.end = t.ms + timeout_ms;
  s.manual_failover.replica = sender;
  t.out->Add(PauseWrites{t.now.mono + Millis(kPauseMultiplier * timeout_ms)});
  t.Event({.type = EventType::kManualFailoverStarted, .subject = s.myself, .other = sender});
  // The replica needs the paused offset as soon as possible.
  if (s.peers.HasOutLink(sender)) SendPing(t, sender, MessageType::kPing);
}

void ResetManualFailover(Turn& t) {
  ManualFailover& mf = t.s.manual_failover;
  if (mf.active() && mf.replica.valid()) t.out->Add(Unpause{});
  mf = ManualFailover{};
}

void CheckManualFailoverTimeout(Turn& t) {
  const ManualFailover& mf = t.s.manual_failover;
  if (!mf.active() || mf.end >= t.ms || t.s.rules.bugs.Has(Bug::kFailoverNeverEnds)) return;
  t.Event({.type = EventType::kManualFailoverTimedOut});
  ResetManualFailover(t);
}

void ManualFailoverStep(Turn& t) {
  const ManualFailover& mf = t.s.manual_failover;
  if (!mf.active() || mf.can_start || mf.primary_offset < 0) return;
  if (mf.primary_offset == 0 && t.s.rules.bugs.Has(Bug::kR8435)) return;
  if (t.s.data.repl_offset == mf.primary_offset) BecomeReady(t);
}

void NotePausedOffset(Turn& t, NodeKey sender, const Header& header) {
  ManualFailover& mf = t.s.manual_failover;
  if (!mf.active() || mf.primary_offset >= 0 || !t.s.i_am_replica()) return;
  if (!(t.s.my_primary() == sender) || (header.mflags[0] & mflag::kPaused) == 0) return;
  // A negative offset on the wire would read as "unknown".
  if (header.repl_offset < 0) return;
  mf.primary_offset = header.repl_offset;
  t.Todo(todo::kManualFailover);
}

}  // namespace gossamer
