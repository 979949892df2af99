#include "core/cluster/snapshot.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/base/check.h"
#include "core/base/fields.h"
#include "core/cluster/consistency.h"
#include "core/cluster/snapshot_fields.h"

namespace gossamer {
namespace {

constexpr uint32_t kFormat = 2;
constexpr uint32_t kMagic = 0x676f5353;  // "goSS"
// Ranks and budgets are counts of nodes, or nearly so.
constexpr int64_t kMostNodes = 1 << 20;
constexpr int64_t kMostRetries = 1 << 20;
constexpr uint32_t kAllTodo = todo::kRetrySave * 2 - 1;

// Refuses a number outside [low, high] that was read.
template <class Archive, class T>
void Limit(Archive& a, const T& value, T low, T high) {
  if constexpr (Archive::kReads) a.Require(value >= low && value <= high);
}

template <class Archive, class Self>
void DescribeElection(Archive& a, Self& e) {
  DescribeTime(a, e.auth_time);
  DescribeTime(a, e.asked);
  DescribeTime(a, e.retry_at);
  a(e.auth_sent, e.auth_epoch, e.auth_count, e.voters, e.retries, e.rank, e.failed_primary_rank,
    e.best_ranked, e.reason);
  DescribeTime(a, e.reason_logged);
  Limit(a, e.retries, int64_t{0}, kMostRetries);
  Limit(a, e.rank, int64_t{0}, kMostNodes);
  Limit(a, e.failed_primary_rank, int64_t{0}, kMostNodes);
  Limit(a, e.reason, CantFailover::kNone, CantFailover::kWaitingVotes);
}

template <class Archive, class Self>
void DescribeManualFailover(Archive& a, Self& m) {
  DescribeTime(a, m.end);
  a(m.replica, m.primary_offset, m.can_start);
}

template <class Archive, class Self>
void DescribeHealth(Archive& a, Self& h) {
  a(h.ok, h.reason, h.safe_to_join, h.size, h.reachable, h.failed_owner);
  DescribeTime(a, h.first_call);
  DescribeTime(a, h.minority);
  Limit(a, h.reason, StateReason::kNone, StateReason::kMinority);
}

template <class Archive, class Self>
void DescribeStats(Archive& a, Self& s) {
  a(s.sent, s.received, s.bytes_sent, s.bytes_received, s.pubsub_bytes_sent,
    s.pubsub_bytes_received, s.module_bytes_sent, s.module_bytes_received, s.gossip_entries_sent,
    s.gossip_entries_received, s.link_buffer_exceeded, s.bad_frames, s.epochs_refused,
    s.nodes_refused);
}

template <class Archive, class Self>
void DescribeRing(Archive& a, Self& s) {
  auto run = static_cast<uint64_t>(s.ring_run);
  auto at = static_cast<uint64_t>(s.ring_at);
  a(s.ring, run, at, s.ring_members);
  if constexpr (Archive::kReads) {
    a.Require(run == 1 || run == PeerTable::kRowsPerLine);
    a.Require(at <= s.ring.size() * run);
    const size_t rows = s.peers.row_count();
    for (const uint16_t place : s.ring) a.Require(place * run < rows);
    s.ring_run = static_cast<size_t>(run);
    s.ring_at = static_cast<size_t>(at);
  }
}

// What heartbeats carry was made at some moment and holds for a while: it is kept as it is.
template <class Archive, class Self>
void DescribeExtensions(Archive& a, Self& s) {
  bool present = static_cast<bool>(s.extensions);
  a(present, s.extensions_until);
  if (!present) return;
  Extensions x;
  if (s.extensions) x = s.extensions->get();
  a(x);
  if constexpr (Archive::kReads) s.extensions = ExtensionsRef(new SharedExtensions(std::move(x)));
}

template <class Archive, class Self>
void DescribeData(Archive& a, Self& d) {
  a(d.repl_offset, d.link_up, d.data_fresh.us, d.has_keys, d.writes_paused);
  Limit(a, d.data_fresh.us, kLongAgo, INT64_MAX / 4);
}

// All of State but its tables of peers, links and reports.
template <class Archive, class Self>
void DescribeState(Archive& a, Self& s) {
  a(s.election_rng, s.gossip_rng, s.ping_rng, s.id_rng);
  a(s.myself, s.slots, s.current_epoch, s.last_vote_epoch, s.last_vote_saved, s.blacklist);
  DescribeHealth(a, s.health);
  DescribeElection(a, s.election);
  DescribeManualFailover(a, s.manual_failover);
  DescribeData(a, s.data);
  DescribeStats(a, s.stats);
  a(s.todo, s.tickets, s.vote_ticket, s.cron_iteration, s.pfail_count, s.reconnect_budget);
  Limit(a, s.todo, 0u, kAllTodo);
  Limit(a, s.reconnect_budget, -kMostNodes, kMostNodes);
  DescribeTime(a, s.next_cron);
  DescribeExtensions(a, s);
  a(s.orphans_version, s.orphaned_primaries, s.max_replicas, s.this_replicas);
  a(s.migration_version, s.migration_target, s.migration_candidate);
  DescribeRing(a, s);
  a(s.over_limit);
}

// The map of slots says the same as the nodes' sets.
bool AssignSlots(State* s) {
  bool twice = false;
  for (const NodeKey node : s->peers.order()) {
    s->peers.facts(node).slots->set().ForEach([&](Slot slot) {
      twice = twice || s->slots.owner(slot).valid();
      s->slots.Assign(slot, node);
    });
  }
  return !twice;
}

bool KnownOrNone(const State& s, NodeKey node) { return !node.valid() || s.peers.Contains(node); }

// What the rules rely on beyond CheckConsistency.
bool IsPossible(const State& s) {
  if (!(s.peers.myself() == s.myself)) return false;
  if (!KnownOrNone(s, s.manual_failover.replica)) return false;
  if (s.pfail_count > NameTable::kMaxNames) return false;
  if (s.migration_version == s.peers.version() &&
      !(KnownOrNone(s, s.migration_target) && KnownOrNone(s, s.migration_candidate))) {
    return false;
  }
  for (const auto& [name, until] : s.blacklist) {
    if (until <= -kFarthestMs || until >= kFarthestMs) return false;
  }
  return std::all_of(s.election.voters.begin(), s.election.voters.end(),
                     [&s](NodeKey voter) { return KnownOrNone(s, voter); });
}

bool ReadState(FieldReader* in, State* s) {
  uint32_t magic = 0;
  uint32_t format = 0;
  (*in)(magic, format);
  if (!in->ok() || magic != kMagic || format != kFormat) return false;
  if (!s->peers.Read(in, &s->tables->pool.slot_sets())) return false;
  if (!s->links.Read(in)) return false;
  if (!s->reports.Read(in, s->peers.row_count())) return false;
  DescribeState(*in, *s);
  if (!in->ok() || in->left() != 0) return false;
  const SlotSet not_claiming = s->slots.not_claiming();
  if (!AssignSlots(s)) return false;
  not_claiming.ForEach([s](Slot slot) { s->slots.SetNotClaiming(slot, true); });
  return IsPossible(*s) && CheckConsistency(*s).empty();
}

}  // namespace

template <class Archive, MaybeConst<ForgottenNode> Self>
void DescribeFields(Archive& a, Self& f) {
  a(f.node, f.ttl_s);
}

template <class Archive, MaybeConst<UnknownExtension> Self>
void DescribeFields(Archive& a, Self& x) {
  a(x.type, x.payload);
}

template <class Archive, MaybeConst<Extensions> Self>
void DescribeFields(Archive& a, Self& x) {
  a(x.hostname, x.human_nodename, x.client_ipv4, x.client_ipv6, x.client_port, x.client_tls_port,
    x.availability_zone, x.forgotten, x.shard_id, x.unknown);
}

bool CanSnapshot(const ClusterNode& node) { return node.state().tables->pool.live() == 0; }

std::string Snapshot(const ClusterNode& node) {
  GOSSAMER_CHECK(CanSnapshot(node));
  const State& s = node.state();
  std::string bytes;
  FieldWriter out(&bytes);
  out(kMagic, kFormat);
  s.peers.Write(&out);
  s.links.Write(&out);
  s.reports.Write(&out);
  DescribeState(out, s);
  return bytes;
}

std::unique_ptr<ClusterNode> RestoreNode(ByteSpan bytes, const ClusterOptions& options,
                                         const Rules& rules, HostTables* tables) {
  auto node = std::make_unique<ClusterNode>(options, rules, tables);
  FieldReader in(bytes);
  if (!ReadState(&in, &node->mutable_state())) return nullptr;
  return node;
}

}  // namespace gossamer
