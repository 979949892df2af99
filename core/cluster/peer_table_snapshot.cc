// A PeerTable in a snapshot: its rows in the table's order, and the host's names with them. What
// follows from the rows is made again: counts of voters, the PFAIL list, marks of the hot loops.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/cluster/peer_table.h"
#include "core/cluster/snapshot_fields.h"

namespace gossamer {
namespace {

constexpr uint16_t kNil = 0xffff;
constexpr uint16_t kDerivedMarks = mark::kTrust | mark::kPlain;

}  // namespace

struct PeerTable::SavedRow {
  NodeKey key;
  NodeName name;
  std::optional<Endpoint> canonical;
  Hot hot;
  Cold cold;
  int64_t repl_offset = 0;
  std::array<uint32_t, kMoments> moments{};  // ticks; 0: unset
  Epoch config_epoch;
  SlotSet slots;
  NodeKey replicaof;
  ShardId shard_id;
  PeerAddress address;
  std::vector<NodeKey> replicas;  // in the order of the list

  template <class Archive, class Self>
  static void Describe(Archive& a, Self& r) {
    a(r.key, r.name, r.canonical, r.hot.pong, r.hot.flags, r.hot.marks);
    a(r.cold.ping_sent, r.cold.data_received, r.cold.out_link, r.cold.out_time, r.cold.in_link);
    a(r.repl_offset, r.moments, r.config_epoch, r.slots, r.replicaof, r.shard_id, r.address);
    a(r.replicas);
  }
};

PeerTable::SavedRow PeerTable::SaveRow(NodeKey key) const {
  SavedRow row;
  row.key = key;
  row.name = name(key);
  if (const Endpoint* endpoint = names_->canonical_endpoint(key)) row.canonical = *endpoint;
  row.hot = hot_[key.value];
  row.hot.marks &= static_cast<uint16_t>(~kDerivedMarks);
  row.cold = cold_[key.value];
  row.repl_offset = repl_offset_[key.value];
  for (size_t i = 0; i < kMoments; ++i) {
    const auto found = moments_.find(MomentIndex(key, static_cast<Moment>(i)));
    if (found != moments_.end()) row.moments[i] = found->second;
  }
  const PeerFacts& f = facts(key);
  row.config_epoch = f.config_epoch;
  row.slots = f.slots->set();
  row.replicaof = f.replicaof;
  row.shard_id = f.shard_id;
  row.address = f.address;
  ForEachReplica(key, [&row](NodeKey replica) { row.replicas.push_back(replica); });
  return row;
}

void PeerTable::Write(FieldWriter* out) const {
  FieldWriter& a = *out;
  a(static_cast<uint32_t>(names_->key_bound()), names_->free_keys());
  a(static_cast<uint32_t>(hot_.size()), static_cast<uint32_t>(order_.size()));
  for (const NodeKey key : order_) a(SaveRow(key));
  a(rng_, base_ms_, myself_, version_, membership_, asleep_, sleeping_pfail_);
  a(static_cast<uint32_t>(sleepers_.size()));
  for (const Sleeper& sleeper : sleepers_) a(sleeper.until, sleeper.key, sleeper.pfail);
}

bool PeerTable::Read(FieldReader* in, SlotSetTable* slot_sets) {
  GOSSAMER_CHECK(order_.empty() && hot_.empty());
  FieldReader& a = *in;
  uint32_t bound = 0;
  std::vector<uint16_t> free;
  uint32_t row_count = 0;
  std::vector<SavedRow> rows;
  a(bound, free, row_count, rows, rng_);
  DescribeTime(a, base_ms_);
  NodeKey me;
  std::vector<uint64_t> asleep;
  a(me, version_, membership_, asleep, sleeping_pfail_);
  uint32_t sleepers = 0;
  a(sleepers);
  a.Require(sleepers <= a.left());
  for (; sleepers > 0 && a.ok(); --sleepers) {
    Sleeper sleeper;
    a(sleeper.until, sleeper.key, sleeper.pfail);
    a.Require(sleeper.key < row_count);
    sleepers_.push_back(sleeper);
  }
  if (!a.ok() || row_count > bound || sleeping_pfail_ > sleepers_.size()) return false;
  std::vector<NameTable::Kept> names;
  names.reserve(rows.size());
  for (const SavedRow& row : rows) names.push_back({row.key, row.name, row.canonical});
  if (!names_->Restore(bound, names, free)) return false;
  // GrowTo gives as many rows as there are names; this table may have grown before the last ones.
  GrowTo(bound);
  for (const SavedRow& row : rows) {
    if (row.key.value >= row_count || !PlaceRow(row, slot_sets)) return false;
  }
  for (const SavedRow& row : rows) {
    if (!PlaceReplicas(row)) return false;
  }
  if (!Contains(me) || asleep.size() != (row_count + kBlock - 1) / kBlock) return false;
  myself_ = me;
  hot_.resize(row_count);
  cold_.resize(row_count);
  repl_offset_.resize(row_count);
  facts_.resize(row_count);
  first_replica_.resize(row_count);
  next_replica_.resize(row_count);
  position_.resize(row_count);
  attention_.resize(asleep.size());
  block_pong_.assign(asleep.size(), 0);
  for (const NodeKey key : order_) {
    const bool mine = (hot_[key.value].marks & mark::kMyself) != 0;
    if (mine != (key == me)) return false;
    Refresh(key);
  }
  asleep_ = std::move(asleep);
  return true;
}

// Takes everything but the lists of replicas.
bool PeerTable::PlaceRow(const SavedRow& saved, SlotSetTable* slot_sets) {
  const NodeKey key = saved.key;
  const bool has_slots = (saved.hot.marks & mark::kHasSlots) != 0;
  if ((saved.hot.marks & mark::kKnown) == 0 || has_slots != !saved.slots.empty()) return false;
  const bool follows = saved.replicaof.valid();
  if (follows && (saved.replicaof.value >= hot_.size() || saved.replicaof == key)) return false;
  const PeerFacts facts{saved.config_epoch, slot_sets->Intern(saved.slots), saved.replicaof,
                        saved.shard_id, saved.address};
  const uint64_t hash = follows ? names_->name_hash(saved.replicaof) : 0;
  const PeerFactsRef shared = facts_table_->Intern(facts, hash);
  shared->AddRef();
  names_->AddRef(key);
  facts_[key.value] = shared->id();
  position_[key.value] = static_cast<uint16_t>(order_.size());
  order_.push_back(key);
  hot_[key.value] = saved.hot;
  cold_[key.value] = saved.cold;
  repl_offset_[key.value] = saved.repl_offset;
  CountVoter(saved.hot, 1);
  if ((saved.hot.flags & flag::kPfail) != 0) pfail_.push_back(key);
  for (size_t i = 0; i < kMoments; ++i) {
    if (saved.moments[i] != 0) {
      moments_[MomentIndex(key, static_cast<Moment>(i))] = saved.moments[i];
    }
  }
  return true;
}

// Every follower stands once in the list of the node that it follows.
bool PeerTable::PlaceReplicas(const SavedRow& saved) {
  uint16_t* last = &first_replica_[saved.key.value];
  for (const NodeKey replica : saved.replicas) {
    if (!Contains(replica) || !(facts(replica).replicaof == saved.key)) return false;
    // A node that is in a list already has somebody behind it, or is the last one of this list.
    if (next_replica_[replica.value] != kNil || last == &next_replica_[replica.value]) return false;
    *last = replica.value;
    last = &next_replica_[replica.value];
  }
  return true;
}

}  // namespace gossamer
