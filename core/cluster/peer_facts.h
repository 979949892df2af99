// PeerFacts: what one node believes about another and changes rarely, shared by everybody who
// believes the same.
//
// In a cluster of N nodes there are N² beliefs and, in a calm one, N distinct contents. Facts are
// therefore immutable, interned per host and counted; to change one means to intern the changed
// copy. Thread safety: none.
#ifndef GOSSAMER_CORE_CLUSTER_PEER_FACTS_H_
#define GOSSAMER_CORE_CLUSTER_PEER_FACTS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/ref.h"
#include "core/bus/types.h"
#include "core/slots/slot_set.h"

namespace gossamer {

// How a node is reached and called. Empty strings and zero ports: not announced.
struct PeerAddress {
  Endpoint endpoint;  // ports as on the wire: `port` is TLS when the host runs tls-cluster
  std::string hostname;
  std::string human_nodename;
  std::string client_ipv4;
  std::string client_ipv6;
  std::string availability_zone;
  uint16_t client_port = 0;
  uint16_t client_tls_port = 0;

  friend bool operator==(const PeerAddress&, const PeerAddress&) = default;
};

struct PeerFacts {
  Epoch config_epoch;
  SlotSetRef slots;  // the slots that I hold to be its own; never null
  NodeKey replicaof;
  ShardId shard_id;
  PeerAddress address;

  friend bool operator==(const PeerFacts&, const PeerFacts&) = default;
};

class PeerFactsTable;

// One interned PeerFacts. Equal content, equal pointer and id, within one table.
class SharedPeerFacts {
 public:
  const PeerFacts& get() const { return facts_; }
  uint64_t hash() const { return hash_; }
  // Half the size of a pointer, for those who hold very many. Another's after the last Unref.
  uint32_t id() const { return id_; }

  void AddRef() const { ++refs_; }
  void Unref() const;

 private:
  friend class PeerFactsTable;
  PeerFacts facts_;
  uint64_t hash_ = 0;
  PeerFactsTable* table_ = nullptr;
  uint32_t id_ = 0;
  mutable uint32_t refs_ = 0;
};
using PeerFactsRef = Ref<const SharedPeerFacts>;

class PeerFactsTable {
 public:
  PeerFactsTable();
  ~PeerFactsTable();
  PeerFactsTable(const PeerFactsTable&) = delete;
  PeerFactsTable& operator=(const PeerFactsTable&) = delete;

  // REQUIRES: facts.slots is not null. `replicaof_hash` is the name hash of facts.replicaof, or 0.
  PeerFactsRef Intern(const PeerFacts& facts, uint64_t replicaof_hash);
  // REQUIRES: somebody holds a reference on the facts of this id.
  const SharedPeerFacts& at(uint32_t id) const { return *by_id_[id]; }
  size_t size() const { return size_; }
  size_t memory_bytes() const;

 private:
  friend class SharedPeerFacts;
  void TakeId(SharedPeerFacts* facts);
  void Remove(const SharedPeerFacts* facts);
  void Grow();

  std::vector<SharedPeerFacts*> index_;
  std::vector<SharedPeerFacts*> by_id_;
  std::vector<uint32_t> free_ids_;
  size_t size_ = 0;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_PEER_FACTS_H_
