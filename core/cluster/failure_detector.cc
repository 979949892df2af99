#include "core/cluster/failure_detector.h"

#include <algorithm>
#include <vector>

#include "core/cluster/health.h"
#include "core/cluster/heartbeat.h"
#include "core/cluster/links.h"

namespace gossamer {
namespace {

constexpr int64_t kFailUndoTimeouts = 2;

// Whether my own suspicion counts toward a quorum.
bool MyWordCounts(const State& s) {
  return s.rules.bugs.Has(Bug::kV634) ? s.i_am_primary() : s.i_am_voting();
}

bool TellsOfFail(const State& s) {
  if (s.rules.bugs.Has(Bug::kNoFailBroadcast)) return false;
  return s.i_am_primary() || !s.rules.bugs.Has(Bug::kR7395);
}

void DropReports(Turn& t, NodeKey node) {
  t.s.reports.DropSuspect(node);
  t.s.peers.ClearMark(node, mark::kHasReports);
}

}  // namespace

uint32_t LiveReports(Turn& t, NodeKey node) {
  State& s = t.s;
  if ((s.peers.marks(node) & mark::kHasReports) == 0) return 0;
  if (s.rules.reports_need_voter) {
    std::vector<NodeKey> without_vote;
    s.reports.ForEachReporter(node, t.ms, [&](NodeKey reporter) {
      if (!s.peers.Contains(reporter) || !s.peers.IsVoting(reporter))
        without_vote.push_back(reporter);
    });
    for (const NodeKey reporter : without_vote) s.reports.Remove(node, reporter);
  }
  const uint32_t count = s.reports.Count(node, t.ms);
  if (count == 0) s.peers.ClearMark(node, mark::kHasReports);
  return count;
}

void ReportFailing(Turn& t, NodeKey node, NodeKey reporter) {
  State& s = t.s;
  if (s.rules.drop_reports_at_fail && s.peers.Has(node, flag::kFail)) return;
  if (s.peers.IsVoting(reporter)) {
    s.reports.Add(node, reporter, t.ms);
    if ((s.peers.marks(node) & mark::kHasReports) == 0) s.peers.SetMark(node, mark::kHasReports);
  }
  TryFail(t, node);
}

void ReportAlive(Turn& t, NodeKey node, NodeKey reporter) {
  State& s = t.s;
  if ((s.peers.marks(node) & mark::kHasReports) == 0) return;
  if (s.rules.bugs.Has(Bug::kReportsNotWithdrawn)) return;
  if (!s.rules.any_sender_clears_report && !s.peers.IsVoting(reporter)) return;
  s.reports.Remove(node, reporter);
  if (!s.reports.MayHave(node)) s.peers.ClearMark(node, mark::kHasReports);
}

void TryFail(Turn& t, NodeKey node) {
  State& s = t.s;
  if (!s.peers.Has(node, flag::kPfail) || s.peers.Has(node, flag::kFail)) return;
  const uint32_t reports = LiveReports(t, node);
  const uint32_t needed = s.rules.bugs.Has(Bug::kFailAlone) ? 1 : s.quorum();
  if (reports + (MyWordCounts(s) ? 1 : 0) < needed) return;
  MarkFail(t, node, kNoKey, reports);
  if (!TellsOfFail(s)) return;
  Message* message = s.tables->pool.Make(MessageType::kFail);
  FillHeader(t, &message->header);
  message->body = Fail{node};
  Broadcast(t, s.tables->pool.Seal(message));
}

void MarkFail(Turn& t, NodeKey node, NodeKey told_by, uint32_t reports) {
  State& s = t.s;
  s.peers.ReplaceFlags(node, (s.peers.flags(node) & ~flag::kPfail) | flag::kFail);
  s.peers.SetMoment(node, Moment::kFail, t.ms);
  if (s.rules.drop_reports_at_fail) DropReports(t, node);
  t.Event({.type = EventType::kFailSet, .subject = node, .other = told_by, .value = reports});
  t.Todo(todo::kUpdateState | todo::kSave);
  if (node == s.my_primary() && s.i_am_replica()) {
    if (s.rules.my_primary_fail_flag) s.peers.SetFlags(s.myself, flag::kMyPrimaryFail);
    if (s.rules.election_on_fail) t.Todo(todo::kElection);
  }
}

void CheckSilence(Turn& t, NodeKey node) {
  State& s = t.s;
  if (!s.peers.PingPending(node) || s.peers.Has(node, flag::kPfail | flag::kFail)) return;
  const int64_t ping_age = t.ms - s.peers.ping_sent_ms(node);
  const int64_t data_age = t.ms - s.peers.data_received_ms(node);
  const int64_t delay = std::min(ping_age, data_age);
  if (delay <= s.timeout_ms()) return;
  s.peers.SetFlags(node, flag::kPfail);
  t.Event({.type = EventType::kPfailSet, .subject = node, .value = delay});
  t.Todo(todo::kUpdateState);
  const bool try_now = s.rules.cron_tries_fail || s.health.size == 1;
  if (s.rules.bugs.Has(Bug::kR12824)) return;
  if (try_now && MyWordCounts(s)) TryFail(t, node);
}

void ClearOnPong(Turn& t, NodeKey node) {
  State& s = t.s;
  if (s.peers.Has(node, flag::kPfail)) {
    s.peers.ClearFlags(node, flag::kPfail);
    t.Event({.type = EventType::kPfailCleared, .subject = node});
    t.Todo(todo::kUpdateState | todo::kSave);
    return;
  }
  if (!s.peers.Has(node, flag::kFail) || s.rules.bugs.Has(Bug::kFailNeverCleared)) return;
  // A primary that still owns slots was not replaced; it is taken back once nobody can be about to
  // replace it.
  const bool keeps_slots = s.peers.IsVoting(node);
  const int64_t failed_for = t.ms - s.peers.moment(node, Moment::kFail);
  if (keeps_slots && failed_for <= kFailUndoTimeouts * s.timeout_ms()) return;
  s.peers.ClearFlags(node, flag::kFail);
  if (node == s.my_primary() && s.rules.clear_my_primary_fail) {
    s.peers.ClearFlags(s.myself, flag::kMyPrimaryFail);
  }
  t.Event({.type = EventType::kFailCleared, .subject = node});
  t.Todo(todo::kUpdateState | todo::kSave);
}

}  // namespace gossamer
