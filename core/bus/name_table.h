// NameTable: interns the 40-byte names of nodes for one host.
//
// One table serves a whole simulation run or one server; it is passed in, never global. A NodeKey
// is small and dense, so that per-peer state is an array index away. Names are counted: Intern and
// AddRef take a reference, Release gives it back. A key without references keeps its name until
// every message that existed when it was released is gone (see Era): a key read from a message in
// flight always means the name that the sender meant, and taking a reference to it, or interning
// its name, gives the same key back.
//
// Lookup hashes the raw bytes with the host's salt and verifies with one 40-byte compare.
// Bound: kMaxNames names; Intern answers kNoKey beyond. References and pointers that the table
// returns are valid until the next Intern. Thread safety: none.
#ifndef GOSSAMER_CORE_BUS_NAME_TABLE_H_
#define GOSSAMER_CORE_BUS_NAME_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "core/base/hash.h"
#include "core/base/ids.h"
#include "core/bus/types.h"

namespace gossamer {

// A gossip entry about a name as the wire has it: canonical endpoint, the times and the flags zero.
struct GossipTemplate {
  NodeName name;
  std::array<uint8_t, 8> times{};
  IpText ip;
  std::array<uint8_t, 2> port{};
  std::array<uint8_t, 2> cport{};
  std::array<uint8_t, 2> flags{};
  std::array<uint8_t, 2> pport{};
  std::array<uint8_t, 2> unused{};
};
static_assert(sizeof(GossipTemplate) == 104);

// A fixed hash of an endpoint's content.
uint64_t HashEndpoint(const Endpoint& endpoint);

class NameTable {
 public:
  static constexpr size_t kMaxNames = 65535;

  // `salt` decides the layout of the index only, never a result. Secret where names come from
  // untrusted peers.
  explicit NameTable(uint64_t salt = 0);

  // The key of `name`, or kNoKey when nobody holds a reference to the name. Takes no reference.
  NodeKey Find(const NodeName& name) const { return Find(name.bytes.data()); }
  // As above over 40 raw bytes.
  NodeKey Find(const char* bytes) const;
  // The key of `name`, with one reference more. kNoKey when the table is full.
  NodeKey Intern(const NodeName& name);
  void AddRef(NodeKey key) { ++rows_[key.value].refs; }
  void Release(NodeKey key);

  const NodeName& name(NodeKey key) const { return rows_[key.value].wire.name; }
  // True when the name is 40 characters of [0-9a-z]. Any 40 bytes can be interned; rules look up
  // valid names only.
  bool valid_name(NodeKey key) const { return rows_[key.value].valid; }
  // A fixed hash of the name: the same in every process. kNoKey hashes as the name of 40 zero
  // bytes.
  uint64_t name_hash(NodeKey key) const {
    return key.valid() ? name_hashes_[key.value] : zero_name_hash_;
  }

  // True once an endpoint was offered.
  bool has_endpoint(NodeKey key) const { return rows_[key.value].has_endpoint; }
  // The endpoint that gossip entries about `key` need not spell out: the first one offered since
  // the name was interned. Null until then. Never changes while the key lives.
  const Endpoint* canonical_endpoint(NodeKey key) const {
    return rows_[key.value].has_endpoint ? &endpoints_[key.value] : nullptr;
  }
  // Offered before the first message with a short entry about `key` is sealed: that entry says the
  // zero endpoint while there is none, and a sealed message must not change.
  void OfferEndpoint(NodeKey key, const Endpoint& endpoint);

  // The wire form of a gossip entry about `key`; a zero endpoint while there is no canonical one.
  const GossipTemplate& gossip_template(NodeKey key) const { return rows_[key.value].wire; }
  // Indexed by key: name_hash + HashEndpoint(canonical endpoint, or the zero one) - key. Without
  // `key` the sum is the same in every process; with it, adding a GossipEntry's eight bytes cancels
  // the key that they contain.
  const uint64_t* gossip_hashes() const { return gossip_hashes_.data(); }

  // Number of keys ever in use at once: every key is below it. Per-peer arrays have this size.
  size_t key_bound() const { return rows_.size(); }
  // Names in the table, with those that are only kept for messages in flight.
  size_t size() const { return size_; }
  size_t memory_bytes() const;

  // For snapshots of a host without a live message: a name in use, and the keys that are free, the
  // next one last.
  struct Kept {
    NodeKey key;
    NodeName name;
    std::optional<Endpoint> endpoint;  // the canonical one
  };
  const std::vector<uint16_t>& free_keys() const { return free_; }
  // Makes this table hold `names`, without references, so that the same keys are handed out from
  // now on. REQUIRES: nothing was interned yet. False, and the table stays blank, unless every key
  // below `bound` is in use or free, and every name is another.
  bool Restore(size_t bound, const std::vector<Kept>& names, const std::vector<uint16_t>& free);

  // Eras delay the reuse of released keys. A message pins the era of its making; keys released in
  // an era become reusable when no message of that era or an earlier one is left.
  uint32_t PinEra() {
    ++pinned_[era_ & 1];
    return era_;
  }
  void UnpinEra(uint32_t era) {
    --pinned_[era & 1];
    if (limbo_size_ > 0) AdvanceEras();
  }

 private:
  // Two cache lines: all that the codec touches for one gossip entry.
  struct alignas(64) Row {
    GossipTemplate wire;
    uint32_t refs = 0;
    uint8_t limbo = 0;  // bit p: listed in limbo_[p]
    bool valid = false;
    bool has_endpoint = false;
  };
  static_assert(sizeof(Row) == 128);

  static constexpr uint16_t kEmptySlot = 0xffff;

  size_t IndexSlot(const char* bytes) const;
  size_t IndexSlot(uint16_t value) const { return IndexSlot(rows_[value].wire.name.bytes.data()); }
  uint16_t Probe(const char* bytes) const;
  uint16_t NewRow();
  void SetName(uint16_t value, const NodeName& name);
  void Insert(uint16_t value);
  void Erase(uint16_t value);
  void AdvanceEras();

  std::array<uint64_t, 4> salt_;
  size_t mask_;                  // index_.size() - 1
  std::vector<uint16_t> index_;  // open addressing, at most a quarter full
  std::vector<Row> rows_;
  std::vector<uint64_t> gossip_hashes_;
  std::vector<uint64_t> name_hashes_;
  std::vector<Endpoint> endpoints_;
  std::vector<uint16_t> free_;
  std::array<std::vector<uint16_t>, 2> limbo_;  // released in an even or odd era
  std::array<uint64_t, 2> pinned_{};            // live messages made in an even or odd era
  size_t limbo_size_ = 0;
  uint32_t era_ = 0;
  size_t size_ = 0;
  uint64_t zero_name_hash_;
  uint64_t zero_endpoint_hash_;
};

inline size_t NameTable::IndexSlot(const char* bytes) const {
  const auto word = [bytes](size_t at) {
    uint64_t value;
    std::memcpy(&value, bytes + at, sizeof(value));
    return value;
  };
  const uint64_t left = FoldMultiply(word(0) ^ salt_[0], word(8) ^ salt_[1]);
  const uint64_t right = FoldMultiply(word(16) ^ salt_[2], word(24) ^ salt_[3]);
  return FoldMultiply(left ^ word(32), right ^ salt_[0]) & mask_;
}

// The key whose name these bytes are, referenced or not, or kEmptySlot.
inline uint16_t NameTable::Probe(const char* bytes) const {
  for (size_t at = IndexSlot(bytes);; at = (at + 1) & mask_) {
    const uint16_t value = index_[at];
    if (value == kEmptySlot) return kEmptySlot;
    const bool same = std::memcmp(rows_[value].wire.name.bytes.data(), bytes, kNameLength) == 0;
    if (same) return value;
  }
}

inline NodeKey NameTable::Find(const char* bytes) const {
  const uint16_t value = Probe(bytes);
  if (value == kEmptySlot || rows_[value].refs == 0) return kNoKey;
  return NodeKey{value};
}

}  // namespace gossamer

#endif  // GOSSAMER_CORE_BUS_NAME_TABLE_H_
