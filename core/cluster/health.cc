#include "core/cluster/health.h"

#include <algorithm>

namespace gossamer {
namespace {

constexpr int64_t kWritableDelayMs = 2000;
constexpr int64_t kMinRejoinDelayMs = 500;
constexpr int64_t kMaxRejoinDelayMs = 5000;

}  // namespace

void CountVoters(State& s) {
  const PeerTable::Voters& voters = s.peers.voters();
  s.health.size = s.rules.bugs.Has(Bug::kQuorumOfTheLiving) ? voters.reachable : voters.size;
  s.health.reachable = voters.reachable;
  s.health.failed_owner = voters.failed_owners > 0;
}

void UpdateClusterState(Turn& t) {
  State& s = t.s;
  Health& h = s.health;
  if (h.first_call == kLongAgo) h.first_call = t.ms;
  // DEVIATION: the releases count only after the delay below, and a restarted primary takes any
  // quorum for 1 until then.
  CountVoters(s);
  if (s.i_am_primary() && !h.ok && t.ms - h.first_call < kWritableDelayMs) {
    h.safe_to_join = false;
    return;
  }
  h.safe_to_join = true;

  const bool covered = s.slots.assigned() == kSlots && !h.failed_owner;
  StateReason reason = StateReason::kNone;
  if (s.options.require_full_coverage && !covered) reason = StateReason::kNotFullCoverage;
  if (h.reachable < s.quorum() && !s.rules.bugs.Has(Bug::kMinorityServes)) {
    reason = StateReason::kMinority;
    h.minority = t.ms;
  }
  const bool ok = reason == StateReason::kNone;
  if (ok == h.ok) {
    h.reason = reason;
    return;
  }
  const int64_t rejoin_delay = std::clamp(s.timeout_ms(), kMinRejoinDelayMs, kMaxRejoinDelayMs);
  if (ok && s.i_am_primary() && t.ms - h.minority < rejoin_delay) return;
  h.ok = ok;
  h.reason = reason;
  t.Event({.type = EventType::kStateChanged,
           .epoch = {static_cast<uint64_t>(reason)},
           .value = ok ? 1 : 0});
}

}  // namespace gossamer
