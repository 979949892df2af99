#include "core/bus/name_table.h"

#include <set>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/bus/layout.h"

namespace gossamer {
namespace {

constexpr size_t kFirstIndexSize = 256;
constexpr uint64_t kEndpointSeed = 0x656e64706f696e74u;

static_assert(sizeof(Endpoint) == IpText::kBytes + 6, "hashed as bytes: no padding");
static_assert(offsetof(GossipTemplate, times) == layout::gossip::kPingSent);
static_assert(offsetof(GossipTemplate, ip) == layout::gossip::kIp);
static_assert(offsetof(GossipTemplate, port) == layout::gossip::kPort);
static_assert(offsetof(GossipTemplate, cport) == layout::gossip::kCport);
static_assert(offsetof(GossipTemplate, flags) == layout::gossip::kFlags);
static_assert(offsetof(GossipTemplate, pport) == layout::gossip::kPport);

}  // namespace

uint64_t HashEndpoint(const Endpoint& endpoint) {
  return HashBytes(&endpoint, sizeof(endpoint), kEndpointSeed);
}

NameTable::NameTable(uint64_t salt)
    : salt_{Mix64(salt), Mix64(salt + 1), Mix64(salt + 2), Mix64(salt + 3)},
      mask_(kFirstIndexSize - 1),
      index_(kFirstIndexSize, kEmptySlot),
      zero_name_hash_(HashBytes(NodeName{}.bytes.data(), kNameLength, 0)),
      zero_endpoint_hash_(HashEndpoint(Endpoint{})) {}

NodeKey NameTable::Intern(const NodeName& name) {
  uint16_t value = Probe(name.bytes.data());
  if (value == kEmptySlot) {
    value = NewRow();
    if (value == kEmptySlot) return kNoKey;
    SetName(value, name);
  }
  ++rows_[value].refs;
  return NodeKey{value};
}

void NameTable::SetName(uint16_t value, const NodeName& name) {
  Row& row = rows_[value];
  row = Row{};
  row.wire.name = name;
  row.valid = name.valid();
  name_hashes_[value] = HashBytes(name.bytes.data(), kNameLength, 0);
  gossip_hashes_[value] = name_hashes_[value] + zero_endpoint_hash_ - value;
  Insert(value);
}

uint16_t NameTable::NewRow() {
  if (!free_.empty()) {
    const uint16_t value = free_.back();
    free_.pop_back();
    return value;
  }
  if (rows_.size() == kMaxNames) return kEmptySlot;
  rows_.emplace_back();
  name_hashes_.push_back(0);
  gossip_hashes_.push_back(0);
  endpoints_.emplace_back();
  return static_cast<uint16_t>(rows_.size() - 1);
}

void NameTable::Insert(uint16_t value) {
  ++size_;
  if (size_ * 4 > index_.size()) {
    std::vector<uint16_t> old(index_.size() * 2, kEmptySlot);
    old.swap(index_);
    mask_ = index_.size() - 1;
    for (const uint16_t moved : old) {
      if (moved == kEmptySlot) continue;
      size_t at = IndexSlot(moved);
      while (index_[at] != kEmptySlot) at = (at + 1) & mask_;
      index_[at] = moved;
    }
  }
  size_t at = IndexSlot(value);
  while (index_[at] != kEmptySlot) at = (at + 1) & mask_;
  index_[at] = value;
}

void NameTable::Release(NodeKey key) {
  Row& row = rows_[key.value];
  GOSSAMER_CHECK(row.refs > 0);
  if (--row.refs > 0) return;
  const size_t parity = era_ & 1;
  if ((row.limbo & (1u << parity)) == 0) {
    row.limbo |= static_cast<uint8_t>(1u << parity);
    limbo_[parity].push_back(key.value);
    ++limbo_size_;
  }
  AdvanceEras();
}

void NameTable::Erase(uint16_t value) {
  size_t hole = IndexSlot(value);
  while (index_[hole] != value) hole = (hole + 1) & mask_;
  index_[hole] = kEmptySlot;
  --size_;
  for (size_t at = (hole + 1) & mask_; index_[at] != kEmptySlot; at = (at + 1) & mask_) {
    const size_t home = IndexSlot(index_[at]);
    if (((at - home) & mask_) >= ((at - hole) & mask_)) {
      index_[hole] = index_[at];
      index_[at] = kEmptySlot;
      hole = at;
    }
  }
}

// While no message of the previous era lives: what was released in that era and not taken again is
// free for reuse, and the current era becomes the previous one.
void NameTable::AdvanceEras() {
  while (limbo_size_ > 0) {
    const size_t parity = (era_ + 1) & 1;
    if (pinned_[parity] > 0) return;
    std::vector<uint16_t>& ripe = limbo_[parity];
    for (const uint16_t value : ripe) {
      Row& row = rows_[value];
      row.limbo &= static_cast<uint8_t>(~(1u << parity));
      if (row.refs > 0 || row.limbo != 0) continue;
      Erase(value);
      free_.push_back(value);
    }
    limbo_size_ -= ripe.size();
    ripe.clear();
    ++era_;
  }
}

void NameTable::OfferEndpoint(NodeKey key, const Endpoint& endpoint) {
  Row& row = rows_[key.value];
  if (row.has_endpoint) return;
  row.has_endpoint = true;
  row.wire.ip = endpoint.ip;
  StoreBig16(row.wire.port.data(), endpoint.port);
  StoreBig16(row.wire.cport.data(), endpoint.cport);
  StoreBig16(row.wire.pport.data(), endpoint.pport);
  endpoints_[key.value] = endpoint;
  gossip_hashes_[key.value] = name_hashes_[key.value] + HashEndpoint(endpoint) - key.value;
}

bool NameTable::Restore(size_t bound, const std::vector<Kept>& names,
                        const std::vector<uint16_t>& free) {
  GOSSAMER_CHECK(rows_.empty());
  if (bound > kMaxNames || names.size() + free.size() != bound) return false;
  std::vector<bool> seen(bound);
  const auto first_time = [&](uint16_t value) {
    if (value >= bound || seen[value]) return false;
    seen[value] = true;
    return true;
  };
  std::set<NodeName> different;
  for (const Kept& kept : names) {
    if (!first_time(kept.key.value) || !different.insert(kept.name).second) return false;
  }
  for (const uint16_t value : free) {
    if (!first_time(value)) return false;
  }
  rows_.resize(bound);
  name_hashes_.resize(bound);
  gossip_hashes_.resize(bound);
  endpoints_.resize(bound);
  free_ = free;
  for (const Kept& kept : names) {
    SetName(kept.key.value, kept.name);
    if (kept.endpoint) OfferEndpoint(kept.key, *kept.endpoint);
  }
  return true;
}

size_t NameTable::memory_bytes() const {
  return rows_.capacity() * sizeof(Row) + endpoints_.capacity() * sizeof(Endpoint) +
         (name_hashes_.capacity() + gossip_hashes_.capacity()) * sizeof(uint64_t) +
         (index_.capacity() + free_.capacity() + limbo_[0].capacity() + limbo_[1].capacity()) *
             sizeof(uint16_t);
}

}  // namespace gossamer
