#include "core/cluster/peer_facts.h"

#include "core/base/check.h"
#include "core/base/hash.h"

namespace gossamer {
namespace {

uint64_t HashFacts(const PeerFacts& facts, uint64_t replicaof_hash) {
  const PeerAddress& a = facts.address;
  uint64_t h = FoldMultiply(facts.config_epoch.value ^ 0xa0761d6478bd642fu,
                            facts.slots->hash() ^ 0xe7037ed1a0b428dbu);
  h = HashBytes(facts.shard_id.bytes.data(), kNameLength, h ^ replicaof_hash);
  h = HashBytes(a.endpoint.ip.bytes.data(), IpText::kBytes, h);
  h = CombineHash(
      h, (uint64_t{a.endpoint.port} << 32) | (uint64_t{a.endpoint.pport} << 16) | a.endpoint.cport);
  for (const std::string* text :
       {&a.hostname, &a.human_nodename, &a.client_ipv4, &a.client_ipv6, &a.availability_zone}) {
    if (!text->empty()) h = HashText(*text, h);
  }
  return CombineHash(h, (uint64_t{a.client_port} << 16) | a.client_tls_port);
}

}  // namespace

void SharedPeerFacts::Unref() const {
  if (--refs_ == 0) table_->Remove(this);
}

PeerFactsTable::PeerFactsTable() : index_(64, nullptr) {}

PeerFactsTable::~PeerFactsTable() { GOSSAMER_CHECK(size_ == 0); }

PeerFactsRef PeerFactsTable::Intern(const PeerFacts& facts, uint64_t replicaof_hash) {
  const uint64_t hash = HashFacts(facts, replicaof_hash);
  const size_t mask = index_.size() - 1;
  size_t at = hash & mask;
  for (; index_[at] != nullptr; at = (at + 1) & mask) {
    if (index_[at]->hash_ == hash && index_[at]->facts_ == facts) return PeerFactsRef(index_[at]);
  }
  auto* shared = new SharedPeerFacts;
  shared->facts_ = facts;
  shared->hash_ = hash;
  shared->table_ = this;
  TakeId(shared);
  index_[at] = shared;
  ++size_;
  if (size_ * 2 > index_.size()) Grow();
  return PeerFactsRef(shared);
}

void PeerFactsTable::TakeId(SharedPeerFacts* facts) {
  if (free_ids_.empty()) {
    free_ids_.push_back(static_cast<uint32_t>(by_id_.size()));
    by_id_.push_back(nullptr);
  }
  facts->id_ = free_ids_.back();
  free_ids_.pop_back();
  by_id_[facts->id_] = facts;
}

void PeerFactsTable::Grow() {
  std::vector<SharedPeerFacts*> old(index_.size() * 2, nullptr);
  old.swap(index_);
  const size_t mask = index_.size() - 1;
  for (SharedPeerFacts* facts : old) {
    if (facts == nullptr) continue;
    size_t at = facts->hash_ & mask;
    while (index_[at] != nullptr) at = (at + 1) & mask;
    index_[at] = facts;
  }
}

void PeerFactsTable::Remove(const SharedPeerFacts* facts) {
  const size_t mask = index_.size() - 1;
  size_t hole = facts->hash_ & mask;
  while (index_[hole] != facts) hole = (hole + 1) & mask;
  by_id_[facts->id_] = nullptr;
  free_ids_.push_back(facts->id_);
  delete index_[hole];
  index_[hole] = nullptr;
  --size_;
  for (size_t at = (hole + 1) & mask; index_[at] != nullptr; at = (at + 1) & mask) {
    const size_t home = index_[at]->hash_ & mask;
    if (((at - home) & mask) >= ((at - hole) & mask)) {
      index_[hole] = index_[at];
      index_[at] = nullptr;
      hole = at;
    }
  }
}

size_t PeerFactsTable::memory_bytes() const {
  return (index_.size() + by_id_.capacity()) * sizeof(SharedPeerFacts*) +
         free_ids_.capacity() * sizeof(uint32_t) + size_ * sizeof(SharedPeerFacts);
}

}  // namespace gossamer
