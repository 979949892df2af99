// Rules: the points at which releases of Valkey behave differently, as data.
//
// A rule module reads the one field that concerns it; nothing else in the core knows a version.
// SOURCE: semantics spec section 19 and the version marks of both specifications. Bases:
// "valkey-8.0" is 8.0.1, nearest to what the measured clusters ran (so without the fixes
// of 8.0.5); "valkey-9.0" is 9.0.4; "valkey-9.1" is 9.1.0; "gossamer" is 9.1 with known bugs mended
// and a shuffled gossip ring.
#ifndef GOSSAMER_CORE_CLUSTER_RULES_H_
#define GOSSAMER_CORE_CLUSTER_RULES_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/cluster/bugs.h"

namespace gossamer {

enum class GossipSampling : uint8_t {
  kRandom,        // draw, reject unfit ones, at most three draws per entry wanted (until 9.0)
  kConsecutive,   // neighbours in table order from a random start (9.1)
  kShuffledRing,  // the next ones of a ring that is stirred each lap; neighbours together if many
};

enum class ReportStore : uint8_t {
  kMillis,         // time of the report in ms, until 8.1
  kSecondBuckets,  // rounded up to the next full second, from 9.0
};

enum class FailedPrimaryDelay : uint8_t { kNone, kFixed, kElectionBase };

struct Rules {
  std::string_view name;

  // Gossip and detection.
  GossipSampling sampling = GossipSampling::kRandom;
  bool gossip_percent_option = false;  // cluster-message-gossip-perc is honoured
  bool trust_needs_normal_peer =
      true;  // pong trust only for peers without PFAIL, FAIL, HANDSHAKE, MEET
  ReportStore report_store = ReportStore::kSecondBuckets;
  bool drop_reports_at_fail = true;      // no reports are kept about a node that is FAIL
  bool any_sender_clears_report = true;  // also a sender without vote withdraws its report
  bool reports_need_voter = false;       // reports of senders that lost their vote are dropped
  bool cron_tries_fail =
      true;  // PFAIL -> FAIL is tried when PFAIL is set, not only if the size is 1
  bool noaddr_is_fail = true;  // an id mismatch marks FAIL and broadcasts it

  // Links and membership.
  bool throttle_reconnects = true;
  bool reconnects_wait = false;  // absent peers are tried every T / 5, and when a ping wants to go
  bool meet_repair = true;       // MEET again to peers without inbound link
  bool meet_repair_needs_multi_meet = true;
  bool link_extensions = true;       // the link remembers the extension capability
  bool advertise_extensions = true;  // EXTENSIONS_SUPPORTED in one's own flags
  bool light_module = true;          // flag 0x1000: light MODULE and repeated MEETs
  bool light_needs_pong = true;      // light header only after a PONG on the current link
  bool links_keep_identity =
      false;  // mends the bound link that carries headers of other nodes unnoticed
  bool extension_client_ports = true;  // extensions 6 and 7
  bool extension_zone = true;          // extension 8

  // Roles, epochs, slots.
  bool stale_if_sender_newer = false;  // nodeEpoch(sender) above the claim also makes it stale
  bool swap_moves_slots = true;        // a role swap inside a shard hands the slots over
  bool promotion_clears_fail = false;  // who claims to be primary now is not FAIL from before
  bool bump_broadcasts = true;         // epoch bumps and demotions are broadcast at once
  bool save_nofailover = false;

  // Election.
  bool election_base_from_timeout = true;  // D = min(T / 30, 500 ms), else 500 ms
  bool zero_offset_penalty = true;         // 500 ms more for a replica without data
  FailedPrimaryDelay failed_primary_delay = FailedPrimaryDelay::kElectionBase;
  bool best_ranked_starts_at_once = false;
  bool election_on_fail = true;  // scheduled by the event, not by the next cron
  bool election_continues_after_scheduling =
      true;                              // a due election starts in the step that scheduled it
  bool restart_on_newer_claim = true;    // a claim at or above my election's epoch restarts it
  bool manual_failover_restarts = true;  // a ready manual failover resets a running election
  bool revote_lock = false;              // no second vote for one shard within 2 T
  bool update_refused_candidate = true;  // a stale candidate is told who owns the slot
  bool safe_to_join_votes = false;       // no vote before the restart delay has passed
  bool my_primary_fail_flag = false;
  bool clear_my_primary_fail = false;       // mends the flag that sticks after the primary is back
  bool votes_by_voter = false;              // one ACK per voter and exactly of my election's epoch
  bool contested_election_retries = false;  // who has rivals soon asks for votes again
  bool state_before_failover = true;  // deferred work recomputes the state before it runs elections
  bool migration_broadcasts = true;
  bool soft_reset_new_shard = true;

  // Texts.
  bool info_node_counts = true;  // cluster_nodes_pfail ... cluster_voting_nodes_fail
  bool info_bytes = false;       // cluster_stats_bytes_*

  // Bus epochs above one's own by more than this are refused (0: never). DEVIATION: no release has
  // a bound.
  uint64_t max_epoch_lead = 0;

  // Facts that hosts need.
  bool tcp_nodelay_outbound = true;
  bool cron_drifts =
      true;  // the next cron is due 100 ms after this one ended, plus up to 1 ms of sleep
  int max_accepts_per_cycle = 10;

  // What was planted (bugs.h); none in any release's rules here.
  BugSet bugs;
};

// The rules called `name`, or nothing.
std::optional<Rules> FindRules(std::string_view name);
// Every name that FindRules knows, oldest first.
std::vector<std::string_view> RuleNames();

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_RULES_H_
