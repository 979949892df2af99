// State: everything that one cluster member remembers, and Turn: one input being handled.
//
// The rules of the protocol are free functions over a Turn, one module per rule (gossip.h,
// failure_detector.h, election.h,
// ...). They read and change State, and add to the turn's effects; they do nothing else. Work that
// Valkey defers to the end of an event-loop iteration is a todo bit, done by ClusterNode::EndBatch.
// SOURCE: semantics spec section 1. Thread safety: none.
#ifndef GOSSAMER_CORE_CLUSTER_STATE_H_
#define GOSSAMER_CORE_CLUSTER_STATE_H_

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "core/base/ids.h"
#include "core/base/rng.h"
#include "core/base/time.h"
#include "core/bus/message.h"
#include "core/bus/message_pool.h"
#include "core/cluster/effects.h"
#include "core/cluster/event.h"
#include "core/cluster/failure_reports.h"
#include "core/cluster/link_table.h"
#include "core/cluster/options.h"
#include "core/cluster/peer_facts.h"
#include "core/cluster/peer_table.h"
#include "core/cluster/rules.h"
#include "core/cluster/slot_map.h"

namespace gossamer {

// What the nodes of one host share. Passed in, never global; must outlive every node.
struct HostTables {
  explicit HostTables(uint64_t salt = 0) : pool(salt) {}
  MessagePool pool;
  PeerFactsTable facts;
  // Scratch of whichever node is at work, meaningless between uses.
  std::vector<NodeKey> rows;
  std::vector<uint32_t> chosen;  // by key: the stamp of the last message that took it
  uint32_t chosen_stamp = 0;
};

// What the data side of this member last told. The host refreshes it before any input whose
// handling may need it.
struct DataFacts {
  int64_t repl_offset =
      0;  // primary: master_repl_offset; replica: what it has processed, 0 without data
  bool link_up = false;  // replica: the replication link is established
  // Replica: last interaction with the primary, or when the link went down. Never, unless somebody
  // says so.
  Instant data_fresh = {kLongAgo};
  bool has_keys = false;  // any key in the data set
  bool writes_paused = false;
};

// A replica's attempt to be elected. SOURCE: semantics spec section 8.
struct Election {
  MonoMs auth_time = kLongAgo;  // when to start; kLongAgo: nothing scheduled
  bool auth_sent = false;
  Epoch auth_epoch;
  uint32_t auth_count = 0;
  std::vector<NodeKey> voters;  // whose ACKs were counted, for rules.votes_by_voter
  MonoMs asked = kLongAgo;      // when votes of auth_epoch were asked for
  MonoMs retry_at = kLongAgo;   // when to ask again; kLongAgo: no rival is known
  int64_t retries = 0;          // how often retry_at was set since this was scheduled
  int64_t rank = 0;
  int64_t failed_primary_rank = 0;
  bool best_ranked = false;
  CantFailover reason = CantFailover::kNone;
  MonoMs reason_logged = kLongAgo;
};

enum class ManualFailoverMode : uint8_t { kDefault, kForce, kTakeover };

// A manual failover, on either side. SOURCE: semantics spec section 9.
struct ManualFailover {
  MonoMs end = kLongAgo;        // kLongAgo: none in progress
  NodeKey replica;              // primary side: who asked
  int64_t primary_offset = -1;  // replica side: the frozen offset; -1 unknown
  bool can_start = false;

  bool active() const { return end != kLongAgo; }
};

// The cluster's state as this node sees it. SOURCE: semantics spec section 5.
struct Health {
  bool ok = false;
  StateReason reason = StateReason::kNone;
  MonoMs first_call = kLongAgo;
  MonoMs minority = kLongAgo;  // last moment in a minority
  bool safe_to_join = false;
  uint32_t size = 0;          // voting primaries, whatever their health
  uint32_t reachable = 0;     // of those with neither PFAIL nor FAIL
  bool failed_owner = false;  // a node that is FAIL owns slots
};

// Bus counters. Arrays by message type; the last element counts unknown types.
struct BusStats {
  std::array<uint64_t, kMessageTypes + 1> sent{};
  std::array<uint64_t, kMessageTypes + 1> received{};
  uint64_t bytes_sent = 0;
  uint64_t bytes_received = 0;
  uint64_t pubsub_bytes_sent = 0;
  uint64_t pubsub_bytes_received = 0;
  uint64_t module_bytes_sent = 0;
  uint64_t module_bytes_received = 0;
  uint64_t gossip_entries_sent = 0;
  uint64_t gossip_entries_received = 0;
  uint64_t link_buffer_exceeded = 0;
  uint64_t bad_frames = 0;
  uint64_t epochs_refused = 0;
  uint64_t nodes_refused = 0;
};

// Work for the end of the batch.
namespace todo {
inline constexpr uint32_t kUpdateState = 1;
inline constexpr uint32_t kElection = 2;
inline constexpr uint32_t kManualFailover = 4;
inline constexpr uint32_t kSave = 8;
inline constexpr uint32_t kFsync = 16;
inline constexpr uint32_t kBroadcastPong = 32;
inline constexpr uint32_t kSaveFsync = kSave | kFsync;
// A save failed: the next cron asks for another.
inline constexpr uint32_t kRetrySave = 64;
}  // namespace todo

struct State {
  // `seed` and `label_index` name the node's random streams.
  State(const ClusterOptions& opts, const Rules& node_rules, HostTables* host_tables, uint64_t seed,
        uint64_t label_index, MonoMs now);

  ClusterOptions options;
  Rules rules;
  HostTables* tables;

  Rng election_rng;
  Rng gossip_rng;
  Rng ping_rng;
  Rng id_rng;

  NodeKey myself;
  PeerTable peers;
  LinkTable links;
  SlotMap slots;
  FailureReports reports;
  Epoch current_epoch;
  Epoch last_vote_epoch;
  Epoch last_vote_saved;
  // FORGET's blacklist: name -> when it expires.
  std::map<NodeName, MonoMs> blacklist;

  Health health;
  Election election;
  ManualFailover manual_failover;
  DataFacts data;
  BusStats stats;

  uint32_t todo = 0;
  uint64_t tickets = 0;  // last Persist ticket handed out
  Ticket vote_ticket;    // ticket of the batch's fsync, reserved when something depends on it
  uint64_t cron_iteration = 0;
  MonoMs next_cron = kLongAgo;
  uint32_t pfail_count = 0;            // PFAIL nodes seen by the last cron
  ExtensionsRef extensions;            // what heartbeats carry; null when it must be made again
  MonoMs extensions_until = kLongAgo;  // while the blacklist is not empty: when its ttls change
  int64_t reconnect_budget = 0;
  // Orphaned primaries, kept while the table's version is this one. SOURCE: semantics spec section
  // 2, step 4a.
  uint64_t orphans_version = 0;
  uint32_t orphaned_primaries = 0;
  uint32_t max_replicas = 0;
  uint32_t this_replicas = 0;
  // Who would migrate where, likewise.
  uint64_t migration_version = 0;
  NodeKey migration_target;
  NodeKey migration_candidate;
  // The shuffled gossip ring (rules.sampling): runs of `ring_run` neighbouring rows of the peer
  // table, by number, and the row at which the lap stands.
  std::vector<uint16_t> ring;
  size_t ring_run = 1;
  size_t ring_at = 0;
  uint64_t ring_members = 0;  // PeerTable::membership when it was made
  // Links whose send buffer is over the limit.
  std::vector<LinkId> over_limit;

  NodeKey my_primary() const { return peers.facts(myself).replicaof; }
  bool i_am_primary() const { return peers.IsPrimary(myself); }
  bool i_am_replica() const { return peers.IsReplica(myself); }
  bool i_am_voting() const { return peers.IsVoting(myself); }
  bool SameShard(NodeKey a, NodeKey b) const {
    return peers.facts(a).shard_id == peers.facts(b).shard_id;
  }
  uint32_t quorum() const { return health.size / 2 + 1; }
  int64_t timeout_ms() const { return options.node_timeout.ms(); }
  // A random 40-character name or shard id.
  NodeName RandomName();
  ShardId RandomShardId();
};

// How long a failure report counts. SOURCE: semantics spec section 4.2.
int64_t ReportValidityMs(const ClusterOptions& options, const Rules& rules);

// One input being handled.
struct Turn {
  State& s;
  Now now;
  MonoMs ms;  // now.mono in milliseconds
  Effects* out;

  Turn(State& state, Now at, Effects* effects)
      : s(state), now(at), ms(at.mono.us / 1000), out(effects) {}

  void Todo(uint32_t bits) { s.todo |= bits; }
  void Event(const gossamer::Event& event) { out->Event(event); }
  // Wall time of a monotonic one, in Unix ms; 0 for kLongAgo. The only crossing between the two
  // clocks, with its inverse.
  int64_t WallMs(MonoMs at) const { return at == kLongAgo ? 0 : at + (now.wall.ms() - ms); }
  MonoMs MonoOfWallMs(int64_t wall_ms) const { return wall_ms - (now.wall.ms() - ms); }
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_STATE_H_
