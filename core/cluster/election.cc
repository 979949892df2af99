#include "core/cluster/election.h"

#include <algorithm>
#include <optional>

#include "core/cluster/epochs.h"
#include "core/cluster/health.h"
#include "core/cluster/heartbeat.h"
#include "core/cluster/links.h"
#include "core/cluster/manual_failover.h"
#include "core/cluster/roles.h"
#include "core/cluster/slot_ownership.h"

namespace gossamer {
namespace {

constexpr int64_t kFixedDelayBaseMs = 500;
constexpr int64_t kFixedRankDelayMs = 1000;
constexpr int64_t kZeroOffsetDelayMs = 500;
constexpr int64_t kMinAuthTimeoutMs = 2000;
constexpr int64_t kReasonRepeatMs = 1000;
constexpr int64_t kMostRetryDoublings = 10;

int64_t AuthTimeoutMs(const State& s) { return std::max(2 * s.timeout_ms(), kMinAuthTimeoutMs); }

int64_t RankDelayMs(const State& s) {
  return s.rules.election_base_from_timeout ? 2 * ElectionDelayBaseMs(s) : kFixedRankDelayMs;
}

bool ManualReady(const State& s) {
  return s.manual_failover.active() && s.manual_failover.can_start;
}

// Says why no failover happens; the same reason at most once a second.
void Cant(Turn& t, CantFailover reason) {
  Election& e = t.s.election;
  if (e.reason == reason && t.ms - e.reason_logged < kReasonRepeatMs) return;
  const bool news = e.reason != reason;
  e.reason = reason;
  e.reason_logged = t.ms;
  if (!news || reason == CantFailover::kNone) return;
  t.Event({.type = EventType::kCantFailover,
           .subject = t.s.my_primary(),
           .value = static_cast<int64_t>(reason)});
}

// My data is too old to serve. SOURCE: semantics spec section 8, data_age.
bool DataTooOld(const Turn& t) {
  const State& s = t.s;
  if (s.rules.bugs.Has(Bug::kDataAgeIgnored)) return false;
  if (s.options.replica_validity_factor == 0) return false;
  int64_t age_ms = (t.now.mono - s.data.data_fresh).us / 1000000 * 1000;
  if (age_ms > s.timeout_ms()) age_ms -= s.timeout_ms();
  return age_ms > s.options.repl_ping_replica_period.ms() +
                      s.timeout_ms() * s.options.replica_validity_factor;
}

bool MayRun(Turn& t) {
  State& s = t.s;
  const NodeKey primary = s.my_primary();
  const bool manual = ManualReady(s);
  if (!s.i_am_replica() || !primary.valid()) return false;
  if (!s.peers.Has(primary, flag::kFail) && !manual) return false;
  const bool held_back =
      s.options.replica_no_failover && !s.rules.bugs.Has(Bug::kNoFailoverIgnored);
  return !held_back || manual;
}

// Every replica of my primary, myself included, says that it sees the primary FAIL, and I rank
// first.
bool IsBestRanked(Turn& t) {
  State& s = t.s;
  const Election& e = s.election;
  if (!s.rules.best_ranked_starts_at_once || ManualReady(s) || s.data.repl_offset == 0)
    return false;
  if (e.rank != 0 || e.failed_primary_rank != 0) return false;
  bool all = true;
  s.peers.ForEachReplica(
      s.my_primary(), [&](NodeKey replica) { all &= s.peers.Has(replica, flag::kMyPrimaryFail); });
  return all;
}

int64_t FailedPrimaryDelayMs(const State& s) {
  switch (s.rules.failed_primary_delay) {
    case FailedPrimaryDelay::kNone:
      return 0;
    case FailedPrimaryDelay::kFixed:
      return kFixedDelayBaseMs;
    case FailedPrimaryDelay::kElectionBase:
      return ElectionDelayBaseMs(s);
  }
  return 0;
}

void Schedule(Turn& t) {
  State& s = t.s;
  Election& e = s.election;
  e = Election{};
  if (ManualReady(s)) {
    e.auth_time = t.ms;
  } else {
    const int64_t base = ElectionDelayBaseMs(s);
    e.rank = ReplicaRank(s);
    e.failed_primary_rank = FailedPrimaryRank(t);
    const auto jitter = static_cast<int64_t>(s.election_rng.Below(static_cast<uint64_t>(base)));
    int64_t delay =
        base + jitter + e.rank * RankDelayMs(s) + e.failed_primary_rank * FailedPrimaryDelayMs(s);
    if (s.rules.zero_offset_penalty && s.data.repl_offset == 0) delay += kZeroOffsetDelayMs;
    e.best_ranked = IsBestRanked(t);
    if (e.best_ranked) delay = 0;
    e.auth_time = t.ms + delay;
  }
  t.Event({.type = EventType::kElectionScheduled,
           .subject = s.my_primary(),
           .value = e.auth_time - t.ms});
  // My siblings learn my offset, and rank themselves by it.
  BroadcastPong(t, /*local_replicas_only=*/true);
}

// While waiting: the ranks may have changed.
void Reschedule(Turn& t) {
  State& s = t.s;
  Election& e = s.election;
  const int64_t rank = ReplicaRank(s);
  const int64_t failed_rank = FailedPrimaryRank(t);
  const int64_t added = (rank - e.rank) * RankDelayMs(s) +
                        (failed_rank - e.failed_primary_rank) * FailedPrimaryDelayMs(s);
  e.rank = rank;
  e.failed_primary_rank = failed_rank;
  e.auth_time += added;
  if (added != 0) {
    t.Event({.type = EventType::kElectionDelayed, .subject = s.my_primary(), .value = added});
  }
  if (!e.best_ranked && IsBestRanked(t)) {
    e.best_ranked = true;
    e.auth_time = std::min(e.auth_time, t.ms);
  }
}

// The ticket of this batch's fsynced save: what depends on it waits for it.
Ticket BatchTicket(Turn& t) {
  t.Todo(todo::kSaveFsync);
  if (t.s.vote_ticket.value == 0) t.s.vote_ticket = {++t.s.tickets};
  return t.s.vote_ticket;
}

void RequestVotes(Turn& t) {
  State& s = t.s;
  if (s.current_epoch.value == UINT64_MAX) return;
  ++s.current_epoch.value;
  t.Event({.type = EventType::kCurrentEpochChanged, .epoch = s.current_epoch});
  Election& e = s.election;
  e.auth_epoch = s.current_epoch;
  e.auth_sent = true;
  e.auth_count = 0;
  e.voters.clear();
  e.asked = t.ms;
  e.retry_at = kLongAgo;
  const bool force = s.manual_failover.active() || e.best_ranked;
  t.Event({.type = EventType::kElectionStarted,
           .subject = s.my_primary(),
           .epoch = e.auth_epoch,
           .value = s.manual_failover.active() ? 1 : 0});
  t.Todo(todo::kUpdateState);
  Broadcast(t, MakeBare(t, MessageType::kAuthRequest, force ? mflag::kForceAck : 0),
            BatchTicket(t));
}

// Nobody has won in time. Who had rivals tries again at once, others after another timeout.
void Expire(Turn& t) {
  Election& e = t.s.election;
  if (e.auth_sent && e.reason != CantFailover::kExpired) {
    t.Event({.type = EventType::kElectionExpired,
             .subject = t.s.my_primary(),
             .epoch = e.auth_epoch,
             .value = e.auth_count});
  }
  Cant(t, CantFailover::kExpired);
  if (e.retries > 0) Schedule(t);
}

// ---- The voter's side ----

void Refuse(Turn& t, NodeKey candidate, const Header& header, VoteRefusal reason) {
  t.Event({.type = EventType::kVoteRefused,
           .subject = candidate,
           .epoch = header.current_epoch,
           .value = static_cast<int64_t>(reason)});
}

// The first claimed slot whose owner has a newer config epoch than the request, or kNoKey.
NodeKey NewerOwner(const State& s, const Header& header) {
  NodeKey newer = kNoKey;
  header.slots->set().ForEach([&](Slot slot) {
    if (newer.valid() || s.slots.unclaimed(slot)) return;
    const NodeKey owner = s.slots.owner(slot);
    if (s.peers.facts(owner).config_epoch > header.config_epoch) newer = owner;
  });
  return newer;
}

uint32_t VotesToWin(const State& s) {
  return s.rules.bugs.Has(Bug::kWinnerWithoutQuorum) ? s.quorum() - 1 : s.quorum();
}

// What the vote of this batch must wait for.
Ticket VoteTicket(Turn& t) {
  if (!t.s.rules.bugs.Has(Bug::kV1032)) return BatchTicket(t);
  t.Todo(todo::kSave);
  return {};
}

// Null for a replica whose primary has failed, or that says so.
std::optional<VoteRefusal> NotEntitled(const State& s, NodeKey candidate, const Header& header) {
  const NodeKey primary = s.peers.facts(candidate).replicaof;
  if (s.peers.IsPrimary(candidate) || !primary.valid()) return VoteRefusal::kNotReplica;
  const bool force = (header.mflags[0] & mflag::kForceAck) != 0;
  if (!s.peers.Has(primary, flag::kFail) && !force) return VoteRefusal::kPrimaryUp;
  return std::nullopt;
}

// Null when the vote may be given.
std::optional<VoteRefusal> Objection(Turn& t, NodeKey candidate, const Header& header) {
  State& s = t.s;
  if (s.rules.safe_to_join_votes && !s.health.safe_to_join) return VoteRefusal::kNotSafeToJoin;
  if (header.current_epoch < s.current_epoch) return VoteRefusal::kOldEpoch;
  if (s.last_vote_epoch == s.current_epoch && !s.rules.bugs.Has(Bug::kVoteTwice)) {
    return VoteRefusal::kAlreadyVoted;
  }
  if (const auto reason = NotEntitled(s, candidate, header)) return reason;
  const NodeKey primary = s.peers.facts(candidate).replicaof;
  if (s.rules.revote_lock && t.ms - s.peers.moment(primary, Moment::kVoted) < 2 * s.timeout_ms()) {
    return VoteRefusal::kRevoteLock;
  }
  return std::nullopt;
}

// ---- The candidate's side again: rivals ----

// Somebody else asks for votes of my epoch, or of a later one: they may be split so that nobody
// wins and no claim restarts me. So I ask again in a new epoch, after a delay that keeps rivals
// apart and doubles; votes that come until then still count. A rival that cannot reach me is not
// noticed.
// DEVIATION: the releases wait 4 T. Votes are per epoch, so asking sooner is as safe.
void NoteRival(Turn& t, NodeKey candidate, const Header& header) {
  State& s = t.s;
  Election& e = s.election;
  if (!s.rules.contested_election_retries || !e.auth_sent || e.retry_at != kLongAgo) return;
  if (header.current_epoch < e.auth_epoch || NotEntitled(s, candidate, header)) return;
  // D follows T; disks and links, which votes wait for, do not.
  const int64_t base = std::max(ElectionDelayBaseMs(s), kFixedDelayBaseMs);
  const int64_t delay = base << std::min(e.retries, kMostRetryDoublings);
  const auto jitter = static_cast<int64_t>(s.election_rng.Below(static_cast<uint64_t>(delay)));
  e.retry_at = t.ms + delay + jitter;
  ++e.retries;
}

// A vote has come, so others may be under way: they get as long again as this one took.
void DelayRetry(Turn& t) {
  Election& e = t.s.election;
  if (e.retry_at != kLongAgo) e.retry_at = std::max(e.retry_at, t.ms + (t.ms - e.asked));
}

}  // namespace

int64_t ElectionDelayBaseMs(const State& s) {
  if (s.options.election_delay.us > 0) return s.options.election_delay.ms();
  if (!s.rules.election_base_from_timeout) return kFixedDelayBaseMs;
  // DEVIATION: at least 1 ms; the releases divide by zero below a timeout of 30 ms.
  return std::clamp<int64_t>(s.timeout_ms() / 30, 1, kFixedDelayBaseMs);
}

int64_t ReplicaRank(const State& s) {
  const NodeKey primary = s.my_primary();
  if (!primary.valid()) return 0;
  int64_t rank = 0;
  const bool names_count = !s.rules.bugs.Has(Bug::kV762);
  s.peers.ForEachReplica(primary, [&](NodeKey other) {
    if (other == s.myself || s.peers.Has(other, flag::kNoFailover)) return;
    const int64_t offset = s.peers.repl_offset(other);
    const bool smaller_name = names_count && s.peers.name(other) < s.peers.name(s.myself);
    if (offset > s.data.repl_offset || (offset == s.data.repl_offset && smaller_name)) ++rank;
  });
  return rank;
}

int64_t FailedPrimaryRank(Turn& t) {
  const State& s = t.s;
  if (s.rules.failed_primary_delay == FailedPrimaryDelay::kNone) return 0;
  const ShardId& mine = s.peers.facts(s.myself).shard_id;
  const int64_t limit = s.timeout_ms() * s.options.replica_validity_factor;
  int64_t rank = 0;
  const PeerTable::Hot* hot = s.peers.hot();
  for (const NodeKey node : s.peers.order()) {
    if ((hot[node.value].flags & flag::kFail) == 0 || !s.peers.IsVoting(node)) continue;
    if (s.peers.ReplicaCount(node) == 0 || node == s.my_primary()) continue;
    const bool recent = s.options.replica_validity_factor == 0 ||
                        t.ms - s.peers.moment(node, Moment::kFail) <= limit;
    if (recent && s.peers.facts(node).shard_id < mine) ++rank;
  }
  return rank;
}

void RestartElection(Turn& t) {
  t.s.election.auth_time = kLongAgo;
  t.Todo(todo::kElection);
}

void ElectionStep(Turn& t) {
  State& s = t.s;
  Election& e = s.election;
  if (!MayRun(t)) {
    e.retry_at = kLongAgo;
    Cant(t, CantFailover::kNone);
    return;
  }
  const bool manual = ManualReady(s);
  if (!manual && DataTooOld(t)) {
    Cant(t, CantFailover::kDataAge);
    return;
  }
  const int64_t timeout = AuthTimeoutMs(s);
  if (t.ms - e.auth_time > 2 * timeout) {
    Schedule(t);
    if (t.ms < e.auth_time) return;
    if (!s.rules.election_continues_after_scheduling) {
      // What is due at once goes on with the next batch, not with the next cron.
      t.Todo(todo::kElection);
      return;
    }
  } else if (!e.auth_sent && !manual) {
    Reschedule(t);
  }
  if (t.ms < e.auth_time) {
    Cant(t, CantFailover::kWaitingDelay);
    return;
  }
  if (t.ms - e.auth_time > timeout) {
    Expire(t);
    return;
  }
  if (!e.auth_sent) {
    RequestVotes(t);
    return;
  }
  if (e.auth_count < VotesToWin(s)) {
    const bool retry = e.retry_at != kLongAgo && t.ms >= e.retry_at;
    if (retry) {
      RequestVotes(t);
    } else {
      Cant(t, CantFailover::kWaitingVotes);
    }
    return;
  }
  t.Event({.type = EventType::kElectionWon,
           .subject = s.my_primary(),
           .epoch = e.auth_epoch,
           .value = e.auth_count});
  PromoteMyself(t, e.auth_epoch);
}

void HandleVoteRequest(Turn& t, NodeKey candidate, const Header& header) {
  State& s = t.s;
  NoteRival(t, candidate, header);
  if (!s.i_am_voting()) return;
  if (const std::optional<VoteRefusal> objection = Objection(t, candidate, header)) {
    Refuse(t, candidate, header, *objection);
    return;
  }
  const NodeKey newer = NewerOwner(s, header);
  if (newer.valid()) {
    Refuse(t, candidate, header, VoteRefusal::kStaleSlots);
    if (s.rules.update_refused_candidate) SendUpdate(t, candidate, newer);
    return;
  }
  if (s.rules.revote_lock)
    s.peers.SetMoment(s.peers.facts(candidate).replicaof, Moment::kVoted, t.ms);
  s.last_vote_epoch = s.current_epoch;
  const Ticket ticket = VoteTicket(t);
  if (!SendTo(t, candidate, MakeBare(t, MessageType::kAuthAck, 0), ticket)) {
    Refuse(t, candidate, header, VoteRefusal::kNoLink);
    return;
  }
  t.Event({.type = EventType::kVoteGranted, .subject = candidate, .epoch = s.current_epoch});
}

void HandleVote(Turn& t, NodeKey voter, const Header& header) {
  State& s = t.s;
  Election& e = s.election;
  if (!s.peers.IsVoting(voter) || !e.auth_sent || header.current_epoch < e.auth_epoch) return;
  if (s.rules.votes_by_voter) {
    // DEVIATION: the releases count every ACK of this epoch or a later one.
    if (header.current_epoch != e.auth_epoch) return;
    if (std::find(e.voters.begin(), e.voters.end(), voter) != e.voters.end()) return;
    e.voters.push_back(voter);
  }
  ++e.auth_count;
  DelayRetry(t);
  t.Event({.type = EventType::kVoteReceived,
           .subject = voter,
           .epoch = header.current_epoch,
           .value = e.auth_count});
  t.Todo(todo::kElection);
}

void PromoteMyself(Turn& t, Epoch epoch) {
  State& s = t.s;
  const NodeKey old = s.my_primary();
  if (s.peers.facts(s.myself).config_epoch < epoch) SetConfigEpoch(t, s.myself, epoch);
  SetNodePrimary(t, s.myself);
  t.out->Add(Promote{});
  if (old.valid()) {
    const SlotSetRef slots = s.peers.facts(old).slots;
    AssignSlots(t, slots->set(), s.myself);
    t.Event({.type = EventType::kSlotsChanged,
             .subject = s.myself,
             .epoch = s.peers.facts(s.myself).config_epoch,
             .value = slots->count()});
  }
  s.peers.ClearFlags(s.myself, flag::kMyPrimaryFail);
  t.Event({.type = EventType::kPromoted,
           .subject = old,
           .epoch = s.peers.facts(s.myself).config_epoch});
  UpdateClusterState(t);
  t.Todo(todo::kSaveFsync | todo::kBroadcastPong);
  ResetManualFailover(t);
  s.election = Election{};
}

}  // namespace gossamer
