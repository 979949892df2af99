// PeerTable: what one node knows about every node of its cluster, itself included.
//
// This is the memory and the speed of the whole system: with N nodes there are N tables of N rows.
// A row is indexed by NodeKey; the eight bytes that every gossip entry touches are contiguous
// (hot), the rest is split by use. Times are 32-bit milliseconds since a base that moves, so that a
// node can run for years.
//
// INVARIANT: order() is a permutation of the known keys, in an order of this table's own (drawn
// from the node's stream). INVARIANT: a row's kTrust and kPlain marks are what IsTrusted and
// IsPlain compute; the pfail list holds exactly the PFAIL rows, by order. Thread safety: none.
// SOURCE: semantics spec section 1.
#ifndef GOSSAMER_CORE_CLUSTER_PEER_TABLE_H_
#define GOSSAMER_CORE_CLUSTER_PEER_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/base/cache_line.h"
#include "core/base/ids.h"
#include "core/base/rng.h"
#include "core/bus/name_table.h"
#include "core/cluster/peer_facts.h"

namespace gossamer {

class FieldReader;
class FieldWriter;

// A time of the node's monotonic clock in milliseconds. All ages in the cluster rules are
// differences of these.
using MonoMs = int64_t;
// "It never happened": older than any age that a rule asks for.
inline constexpr MonoMs kLongAgo = INT64_MIN / 4;

// Marks of a hot row, next to the wire's flag word.
namespace mark {
inline constexpr uint16_t kKnown = 0x0001;
inline constexpr uint16_t kMyself = 0x0002;
inline constexpr uint16_t kPingPending = 0x0004;  // ping_sent is set
inline constexpr uint16_t kOutLink = 0x0008;
inline constexpr uint16_t kInLink = 0x0010;
inline constexpr uint16_t kHasReports = 0x0020;  // failure reports about it may exist
inline constexpr uint16_t kHasSlots = 0x0040;
inline constexpr uint16_t kOtherEndpoint = 0x0080;  // endpoint is not the name's canonical one
inline constexpr uint16_t kTrust = 0x0100;  // gossip refreshes its pong time and nothing else
inline constexpr uint16_t kLinkExtensions = 0x0200;  // the outbound link is extension-capable
inline constexpr uint16_t kPlain = 0x0400;  // may be gossiped, with an entry that says no more than
                                            // flags and pong time
}  // namespace mark

// A time that few nodes have.
enum class Moment : uint8_t {
  kFail,      // FAIL was set
  kMeetSent,  // the last MEET to it
  kOrphaned,  // it lost its last good replica
  kVoted,     // I voted for a replica of it
  kCreated,   // it was added
};
inline constexpr size_t kMoments = 5;

class PeerTable {
 public:
  // What every gossip entry touches.
  struct Hot {
    uint32_t pong = 0;  // tick of the last pong; 0: never
    uint16_t flags = 0;
    uint16_t marks = 0;
  };
  static_assert(sizeof(Hot) == 8);
  // Rows that share a cache line: neighbours by key, from a multiple of this on.
  static constexpr size_t kRowsPerLine = kCacheLineBytes / sizeof(Hot);

  // `names` and `facts` are the host's; both must outlive the table. `trust_needs_normal`: see
  // Rules.
  PeerTable(NameTable* names, PeerFactsTable* facts, bool trust_needs_normal, Rng rng, MonoMs now);
  ~PeerTable();
  PeerTable(const PeerTable&) = delete;
  PeerTable& operator=(const PeerTable&) = delete;

  // ---- Membership ----

  // Adds `key` at a random place of the order, taking a reference on the name. REQUIRES: not known.
  void Add(NodeKey key, const PeerFacts& facts, uint16_t flags, MonoMs now);
  // As above with interned facts; the fast way when a host fills many tables alike.
  void Add(NodeKey key, const PeerFactsRef& facts, uint16_t flags, MonoMs now);
  // Forgets `key`. REQUIRES: known, without links, reports and replicas, not myself.
  void Remove(NodeKey key);
  bool Contains(NodeKey key) const {
    return key.value < hot_.size() && (hot_[key.value].marks & mark::kKnown) != 0;
  }
  // The key of a known node's name, or kNoKey.
  NodeKey Find(const NodeName& name) const {
    const NodeKey key = names_->Find(name);
    return key.valid() && Contains(key) ? key : kNoKey;
  }
  size_t size() const { return order_.size(); }
  const std::vector<NodeKey>& order() const { return order_; }
  uint16_t order_position(NodeKey key) const { return position_[key.value]; }
  NodeKey myself() const { return myself_; }
  void SetMyself(NodeKey key);

  // ---- Flags and facts ----

  uint16_t flags(NodeKey key) const { return hot_[key.value].flags; }
  bool Has(NodeKey key, uint16_t flag_bits) const {
    return (hot_[key.value].flags & flag_bits) != 0;
  }
  void SetFlags(NodeKey key, uint16_t bits) { ReplaceFlags(key, flags(key) | bits); }
  void ClearFlags(NodeKey key, uint16_t bits) { ReplaceFlags(key, flags(key) & ~bits); }
  void ReplaceFlags(NodeKey key, int flags);
  uint16_t marks(NodeKey key) const { return hot_[key.value].marks; }
  bool IsPrimary(NodeKey key) const { return (hot_[key.value].flags & 1) != 0; }
  bool IsReplica(NodeKey key) const { return (hot_[key.value].flags & 2) != 0; }
  // PRIMARY with at least one slot: it counts in the cluster's size and may vote.
  bool IsVoting(NodeKey key) const {
    return IsPrimary(key) && (hot_[key.value].marks & mark::kHasSlots) != 0;
  }

  const PeerFacts& facts(NodeKey key) const { return shared_facts(key).get(); }
  const SharedPeerFacts& shared_facts(NodeKey key) const {
    return facts_table_->at(facts_[key.value]);
  }
  const NodeName& name(NodeKey key) const { return names_->name(key); }
  uint32_t slot_count(NodeKey key) const { return facts(key).slots->count(); }
  // Replaces the facts by what `edit(PeerFacts*)` makes of a copy. Keeps the replica lists right.
  template <class Edit>
  void EditFacts(NodeKey key, Edit edit) {
    PeerFacts copy = facts(key);
    edit(&copy);
    ReplaceFacts(key, copy);
  }
  void ReplaceFacts(NodeKey key, const PeerFacts& facts);
  // Takes interned facts as they are; the fast way when a host fills many tables alike.
  void ShareFacts(NodeKey key, const PeerFactsRef& facts);

  // Calls visit(NodeKey) for each known node that replicates from `primary`, in no stated but
  // reproducible order.
  template <class Visit>
  void ForEachReplica(NodeKey primary, Visit visit) const {
    for (uint16_t k = first_replica_[primary.value]; k != 0xffff; k = next_replica_[k]) {
      visit(NodeKey{k});
    }
  }
  size_t ReplicaCount(NodeKey primary) const;
  // The config epoch that counts for `key`: its primary's when it is a replica of a known primary.
  // SOURCE: semantics spec section 1, nodeEpoch.
  Epoch NodeEpoch(NodeKey key) const;
  // Rises whenever facts, roles, FAIL, MIGRATE_TO or membership changed.
  uint64_t version() const { return version_; }
  // Rises whenever a node came or went.
  uint64_t membership() const { return membership_; }

  // Voting primaries, whatever their health; those of them with neither PFAIL nor FAIL; nodes that
  // are FAIL and own slots.
  struct Voters {
    uint32_t size = 0;
    uint32_t reachable = 0;
    uint32_t failed_owners = 0;
  };
  const Voters& voters() const { return voters_; }

  // ---- Times and links ----

  MonoMs pong_ms(NodeKey key) const { return ToMs(hot_[key.value].pong); }
  void SetPong(NodeKey key, MonoMs at);
  // REQUIRES: PingPending.
  MonoMs ping_sent_ms(NodeKey key) const { return ToMs(cold_[key.value].ping_sent); }
  bool PingPending(NodeKey key) const { return (marks(key) & mark::kPingPending) != 0; }
  void SetPingSent(NodeKey key, MonoMs at);
  void ClearPing(NodeKey key);
  MonoMs data_received_ms(NodeKey key) const { return ToMs(cold_[key.value].data_received); }
  void SetDataReceived(NodeKey key, MonoMs at) { cold_[key.value].data_received = ToTick(at); }
  int64_t repl_offset(NodeKey key) const { return repl_offset_[key.value]; }
  void SetReplOffset(NodeKey key, int64_t offset) { repl_offset_[key.value] = offset; }

  bool HasOutLink(NodeKey key) const { return (marks(key) & mark::kOutLink) != 0; }
  bool HasInLink(NodeKey key) const { return (marks(key) & mark::kInLink) != 0; }
  // REQUIRES: HasOutLink / HasInLink.
  LinkId out_link(NodeKey key) const { return LinkId{cold_[key.value].out_link}; }
  LinkId in_link(NodeKey key) const { return LinkId{cold_[key.value].in_link}; }
  // When the outbound link was created while there is one, else when the last attempt to create one
  // was made.
  MonoMs out_link_ms(NodeKey key) const { return ToMs(cold_[key.value].out_time); }
  // When the last inbound link was lost, at first when the node was added. REQUIRES: !HasInLink.
  MonoMs in_link_freed_ms(NodeKey key) const { return ToMs(cold_[key.value].in_link); }
  void SetOutLink(NodeKey key, LinkId link, MonoMs created);
  void ClearOutLink(NodeKey key);
  void SetConnectAttempt(NodeKey key, MonoMs at);
  void SetInLink(NodeKey key, LinkId link);
  void ClearInLink(NodeKey key, MonoMs freed);
  void SetMark(NodeKey key, uint16_t bits) {
    hot_[key.value].marks |= bits;
    Refresh(key);
  }
  void ClearMark(NodeKey key, uint16_t bits) {
    hot_[key.value].marks &= static_cast<uint16_t>(~bits);
    Refresh(key);
  }

  // Times that few nodes have. kLongAgo: unset.
  MonoMs moment(NodeKey key, Moment which) const;
  void SetMoment(NodeKey key, Moment which, MonoMs at);
  using Moments = std::array<MonoMs, kMoments>;
  Moments moments(NodeKey key) const;
  void SetMoments(NodeKey key, const Moments& moments);

  // ---- For the hot loops ----

  // In no message's sample: without an address, or neither linked nor owner of slots.
  static bool IsUnfit(const Hot& row) {
    constexpr uint16_t kUseful = mark::kOutLink | mark::kHasSlots;
    return (row.flags & (flag::kHandshake | flag::kNoAddr)) != 0 || (row.marks & kUseful) == 0;
  }
  const Hot* hot() const { return hot_.data(); }
  Hot* hot() { return hot_.data(); }
  size_t row_count() const { return hot_.size(); }
  // Fetches what the cron reads of `key`, while there is something else to do.
  void Prefetch(NodeKey key) const {
    __builtin_prefetch(&hot_[key.value], 1);
    __builtin_prefetch(&cold_[key.value], 1);
  }
  uint32_t ToTick(MonoMs ms) const;
  MonoMs ToMs(uint32_t tick) const { return tick == 0 ? kLongAgo : base_ms_ + tick; }
  MonoMs base_ms() const { return base_ms_; }
  // Keeps ticks in range; to be called once per input batch. Cheap unless weeks have passed.
  void KeepTime(MonoMs now);
  // Rows that a cron must look at (no link, ping pending, handshake, PFAIL, no inbound link) and
  // that do not sleep, and rows whose pong is older than `ping_interval_ms`. In table order.
  void CollectCronRows(MonoMs now, int64_t ping_interval_ms, std::vector<NodeKey>* rows);
  // A cron has nothing to do for `key` until then, unless its flags or marks change.
  void Sleep(NodeKey key, MonoMs until);
  void WakeAll();
  // Sleeping rows that are PFAIL, as of the last CollectCronRows.
  uint32_t sleeping_pfail() const { return sleeping_pfail_; }
  const std::vector<NodeKey>& pfail() const { return pfail_; }

  // For snapshots of a host that has this table only and no live message; the host's names are part
  // of them. REQUIRES of Read: neither this table nor the names hold anything. False, and both are
  // of no use, when what was read is impossible. See snapshot.h.
  void Write(FieldWriter* out) const;
  bool Read(FieldReader* in, SlotSetTable* slot_sets);

  size_t memory_bytes() const;
  // CHECKs the invariants; for tests and fuzzers.
  void CheckInvariants() const;

 private:
  struct Cold {
    uint32_t ping_sent = 0;
    uint32_t data_received = 0;
    uint32_t out_link = 0;
    uint32_t out_time = 0;
    uint32_t in_link = 0;  // a tick while there is no inbound link
  };
  struct Sleeper {
    uint32_t until = 0;
    uint16_t key = 0;
    bool pfail = false;
  };
  struct SavedRow;  // in peer_table_snapshot.cc
  static constexpr size_t kBlock = 64;
  static constexpr uint32_t kNoFacts = UINT32_MAX;

  static uint32_t MomentIndex(NodeKey key, Moment which) {
    return uint32_t{key.value} * kMoments + static_cast<uint32_t>(which);
  }

  void GrowTo(size_t rows);
  SavedRow SaveRow(NodeKey key) const;
  bool PlaceRow(const SavedRow& saved, SlotSetTable* slot_sets);
  bool PlaceReplicas(const SavedRow& saved);
  // Drops the reference on the row's facts.
  void ReleaseFacts(NodeKey key);
  bool IsTrusted(const Hot& row) const;
  static bool IsPlain(const Hot& row);
  bool NeedsAttention(const Hot& row) const;
  void Refresh(NodeKey key);
  // Adds the row to the voters' counts or takes it out.
  void CountVoter(const Hot& row, int sign);
  void Wake(uint32_t now);
  void LinkReplica(NodeKey replica, NodeKey primary);
  void UnlinkReplica(NodeKey replica, NodeKey primary);
  void Rebase(MonoMs now);
  void PfailInsert(NodeKey key);
  void SortPfail();

  NameTable* names_;
  PeerFactsTable* facts_table_;
  bool trust_needs_normal_;
  Rng rng_;
  MonoMs base_ms_;
  NodeKey myself_;
  uint64_t version_ = 1;
  uint64_t membership_ = 1;

  LineAlignedVector<Hot> hot_;
  std::vector<Cold> cold_;
  std::vector<int64_t> repl_offset_;
  std::vector<uint32_t> facts_;  // ids, each with a reference of ours; or kNoFacts
  std::vector<uint16_t> first_replica_;
  std::vector<uint16_t> next_replica_;
  std::vector<uint16_t> position_;
  std::vector<NodeKey> order_;
  std::vector<NodeKey> pfail_;
  Voters voters_;
  std::vector<uint64_t> attention_;  // one bit a row
  std::vector<uint64_t> asleep_;     // one bit a row; its sleeper is valid while it is set
  std::vector<Sleeper> sleepers_;
  uint32_t sleeping_pfail_ = 0;
  std::vector<uint64_t> by_position_;  // scratch of CollectCronRows: one bit a place of the order
  std::vector<uint32_t> block_pong_;   // per block of rows: no eligible row has an older pong
  absl::flat_hash_map<uint32_t, uint32_t> moments_;  // by MomentIndex: a tick
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_PEER_TABLE_H_
