#include "core/cluster/bugs.h"

#include <array>
#include <iterator>

#include "core/cluster/rules.h"

namespace gossamer {
namespace {

constexpr std::string_view kOurs = "only planted";

// In the order of Bug.
constexpr std::array<BugInfo, kBugs> kTable = {{
    {"R-2285", "failing nodes are gossiped no more often than others; reports expire before quorum",
     "first releases of Redis Cluster"},
    {"R-7395", "a replica that finds the quorum marks FAIL and tells nobody; voters refuse it",
     "Redis, mended long ago"},
    {"R-8435", "a paused primary's offset of 0 reads as unknown; the manual failover never starts",
     "Redis until 6.2"},
    {"R-12824", "a cluster of one primary never marks its replica FAIL", "Redis, Valkey until 7.2"},
    {"R-13018", "a demoted primary's own claim drops its slots before the winner is heard",
     "Redis, Valkey until 7.2"},
    {"V-461", "MEET is sent once; if that link is lost, one side never learns of the other",
     "Redis, Valkey until 7.2.5"},
    {"V-634", "primaries without slots count toward the quorum of FAIL",
     "Redis, Valkey until 7.2.5"},
    {"V-762", "replicas with equal offsets share a rank, start together and split the votes",
     "Redis, Valkey until 7.2"},
    {"V-1009", "an election that lost its epoch to another waits 4 T instead of starting anew",
     "Redis, Valkey until 8.0.4"},
    {"V-1018", "replicas of many failed primaries all start at once and collide",
     "Redis, Valkey until 8.0"},
    {"V-1032", "a vote leaves before it is on disk; a voter that crashes can vote again",
     "Redis, Valkey where the file is saved without fsync"},
    {"V-1191", "a node that answers under another id is never marked FAIL and never replaced",
     "Redis, Valkey until 8.0"},
    {"V-1274", "a manual failover tried again after a failed one pauses writes and never starts",
     "Redis, Valkey until 8.0.4"},
    {"V-1305", "a voter refuses every second election for one primary within 2 T",
     "Redis, Valkey until 8.0"},
    {"V-1777", "of an outdated demotion only a part is ignored; replicas end up in circles",
     "Valkey 8.0.0 to 8.0.2, 8.1.0"},
    {"V-2178", "a refused candidate is not told of the newer owner, and is refused for ever",
     "Redis, Valkey until 8.0.4"},
    {"V-2301",
     "who hears of a role swap from the old primary first leaves the slots with a replica",
     "Valkey until 8.1"},
    {"V-2512", "gossip refreshes the pong time of nodes that are suspected",
     "Redis, Valkey until 8.1"},
    {"V-2811", "a claim that is older than the sender's own epoch is believed",
     "Valkey 8.0 to 9.0"},
    {"V-2989", "RESET SOFT on a replica keeps its old shard id", "Valkey until 8.1"},
    {"V-4533", "a replica's word that its primary is FAIL outlives the failure", "Valkey 9.1"},
    {"acks-not-checked", "votes are counted without asking whose they are and of which epoch",
     "Redis and Valkey, all releases"},
    {"address-stuck", "a known node's new address is not taken", kOurs},
    {"barrier-ignored", "replicas migrate away although too few would stay", kOurs},
    {"data-age-ignored", "a replica takes over however old its data are", kOurs},
    {"epochs-may-collide", "two primaries with one config epoch both keep it", kOurs},
    {"epochs-unbounded", "an epoch is believed however far it is ahead",
     "Redis and Valkey, all releases"},
    {"fail-alone", "one node's suspicion is enough for FAIL", kOurs},
    {"fail-never-cleared", "a node that was FAIL stays so when it is back", kOurs},
    {"fail-outlives-promotion",
     "who was FAIL and is elected stays so for 2 T, and its sibling replaces it again and again",
     "Redis and Valkey, all releases; quick since Valkey 9.1"},
    {"failover-never-ends", "a manual failover that fails does not time out", kOurs},
    {"forget-without-blacklist", "FORGET lets gossip bring the node back at once", kOurs},
    {"forgets-vote", "a restarted voter does not know in which epoch it voted", kOurs},
    {"import-without-epoch", "a slot that arrives gets no new epoch; others ignore the move",
     kOurs},
    {"migration-at-once", "replicas migrate without waiting whether the orphan's own come back",
     kOurs},
    {"migration-herd", "every replica that could migrate does", kOurs},
    {"minority-serves", "a primary in a minority goes on saying that the cluster is ok", kOurs},
    {"no-demotion", "a primary that lost all its slots to another does not follow it", kOurs},
    {"no-due-pings", "only the random ping of each second is sent, none when T / 2 have passed",
     kOurs},
    {"no-fail-broadcast", "who finds the quorum marks FAIL and tells nobody", kOurs},
    {"no-failover-ignored", "cluster-replica-no-failover does not hold a replica back", kOurs},
    {"no-introductions", "gossip makes no node known to another", kOurs},
    {"no-link-reset", "a link without answers is kept after T / 2", kOurs},
    {"no-update", "who claims slots with an old epoch is not told of their owner", kOurs},
    {"old-claims-win", "a claim of slots wins also with an older epoch", kOurs},
    {"quorum-of-the-living", "the quorum is counted of the reachable voters, not of all", kOurs},
    {"reports-never-expire", "failure reports live a hundred times as long", kOurs},
    {"reports-not-withdrawn", "a reporter that hears the node again does not take its report back",
     kOurs},
    {"split-vote-waits", "a candidate whose rivals split the votes waits 4 T",
     "Redis and Valkey, all releases"},
    {"takeover-without-epoch", "TAKEOVER takes no new epoch; others ignore the claim", kOurs},
    {"trust-the-future", "gossiped pong times count up to an hour in the future", kOurs},
    {"vote-twice", "a voter votes for every candidate of an epoch", kOurs},
    {"winner-without-quorum", "one vote less than a quorum wins an election", kOurs},
}};

}  // namespace

const BugInfo& InfoOf(Bug bug) { return kTable[static_cast<size_t>(bug)]; }

std::optional<Bug> FindBug(std::string_view name) {
  for (size_t i = 0; i < kBugs; ++i) {
    if (kTable[i].name == name) return static_cast<Bug>(i);
  }
  return std::nullopt;
}

std::vector<std::string_view> BugNames() {
  std::vector<std::string_view> names;
  names.reserve(std::size(kTable));
  for (const BugInfo& info : kTable) names.push_back(info.name);
  return names;
}

void Plant(Bug bug, Rules* rules) {
  rules->bugs.Add(bug);
  switch (bug) {
    case Bug::kV1009:
      rules->restart_on_newer_claim = false;
      return;
    case Bug::kV1018:
      rules->failed_primary_delay = FailedPrimaryDelay::kNone;
      return;
    case Bug::kV1191:
      rules->noaddr_is_fail = false;
      return;
    case Bug::kV1274:
      rules->manual_failover_restarts = false;
      return;
    case Bug::kV1305:
      rules->revote_lock = true;
      return;
    case Bug::kV2178:
      rules->update_refused_candidate = false;
      return;
    case Bug::kV2301:
      rules->swap_moves_slots = false;
      return;
    case Bug::kV2512:
      rules->trust_needs_normal_peer = false;
      return;
    case Bug::kV2811:
      rules->stale_if_sender_newer = false;
      return;
    case Bug::kV2989:
      rules->soft_reset_new_shard = false;
      return;
    case Bug::kV4533:
      rules->my_primary_fail_flag = true;
      rules->clear_my_primary_fail = false;
      return;
    case Bug::kFailOutlivesPromotion:
      rules->promotion_clears_fail = false;
      return;
    case Bug::kEpochsUnbounded:
      rules->max_epoch_lead = 0;
      return;
    case Bug::kSplitVoteWaits:
      rules->contested_election_retries = false;
      return;
    case Bug::kAcksNotChecked:
      rules->votes_by_voter = false;
      return;
    default:
      return;  // the rule itself asks
  }
}

}  // namespace gossamer
