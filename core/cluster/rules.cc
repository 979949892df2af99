#include "core/cluster/rules.h"

namespace gossamer {
namespace {

Rules Valkey80() {
  Rules r;
  r.name = "valkey-8.0";
  r.trust_needs_normal_peer = false;
  r.report_store = ReportStore::kMillis;
  r.drop_reports_at_fail = false;
  r.any_sender_clears_report = false;
  r.cron_tries_fail = false;
  r.noaddr_is_fail = false;
  r.throttle_reconnects = false;
  r.meet_repair = false;
  r.link_extensions = false;
  r.advertise_extensions = false;
  r.light_module = false;
  r.light_needs_pong = false;
  r.extension_client_ports = false;
  r.extension_zone = false;
  r.swap_moves_slots = false;
  r.bump_broadcasts = false;
  r.election_base_from_timeout = false;
  r.zero_offset_penalty = false;
  r.failed_primary_delay = FailedPrimaryDelay::kNone;
  r.election_on_fail = false;
  r.election_continues_after_scheduling = false;
  r.restart_on_newer_claim = false;
  r.manual_failover_restarts = false;
  r.revote_lock = true;
  r.update_refused_candidate = false;
  r.state_before_failover = false;
  r.migration_broadcasts = false;
  r.soft_reset_new_shard = false;
  r.info_node_counts = false;
  r.tcp_nodelay_outbound = false;
  r.max_accepts_per_cycle = 1000;
  return r;
}

Rules Valkey90() {
  Rules r;
  r.name = "valkey-9.0";
  r.extension_zone = false;
  return r;
}

Rules Valkey91() {
  Rules r;
  r.name = "valkey-9.1";
  r.sampling = GossipSampling::kConsecutive;
  r.gossip_percent_option = true;
  r.stale_if_sender_newer = true;
  r.save_nofailover = true;
  r.best_ranked_starts_at_once = true;
  r.safe_to_join_votes = true;
  r.my_primary_fail_flag = true;
  r.info_bytes = true;
  return r;
}

Rules Gossamer() {
  Rules r = Valkey91();
  r.name = "gossamer";
  r.sampling = GossipSampling::kShuffledRing;
  r.reconnects_wait = true;
  r.links_keep_identity = true;
  r.clear_my_primary_fail = true;
  r.promotion_clears_fail = true;
  r.votes_by_voter = true;
  r.contested_election_retries = true;
  r.cron_drifts = false;
  r.max_epoch_lead = uint64_t{1} << 32;
  return r;
}

}  // namespace

std::optional<Rules> FindRules(std::string_view name) {
  for (const Rules& rules : {Valkey80(), Valkey90(), Valkey91(), Gossamer()}) {
    if (rules.name == name) return rules;
  }
  return std::nullopt;
}

std::vector<std::string_view> RuleNames() {
  return {"valkey-8.0", "valkey-9.0", "valkey-9.1", "gossamer"};
}

}  // namespace gossamer
