// SlotMap: which node owns each slot, as one node sees it, with open slots.
//
// PeerFacts::slots holds the same ownership seen from the nodes; SlotOwnership (slot_ownership.h)
// changes both together. Open slots (migrating, importing) and slots whose owner stopped claiming
// them are few and kept apart. Thread safety: none. SOURCE: semantics spec section 1.
#ifndef GOSSAMER_CORE_CLUSTER_SLOT_MAP_H_
#define GOSSAMER_CORE_CLUSTER_SLOT_MAP_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "core/base/ids.h"
#include "core/slots/slot_set.h"

namespace gossamer {

class SlotMap {
 public:
  SlotMap() : owner_(kSlots) {}

  NodeKey owner(Slot slot) const { return owner_[slot]; }
  // No owner, or the owner stopped claiming it.
  bool unclaimed(Slot slot) const { return !owner_[slot].valid() || not_claiming_.test(slot); }
  uint32_t assigned() const { return assigned_; }

  void Assign(Slot slot, NodeKey owner) {
    if (!owner_[slot].valid()) ++assigned_;
    owner_[slot] = owner;
    not_claiming_.reset(slot);
  }
  void Unassign(Slot slot) {
    if (owner_[slot].valid()) --assigned_;
    owner_[slot] = kNoKey;
    not_claiming_.reset(slot);
  }
  const SlotSet& not_claiming() const { return not_claiming_; }
  void SetNotClaiming(Slot slot, bool value) {
    value ? not_claiming_.set(slot) : not_claiming_.reset(slot);
  }

  // Open slots: slot -> target (migrating) or source (importing), by rising slot.
  const std::map<Slot, NodeKey>& migrating() const { return migrating_; }
  const std::map<Slot, NodeKey>& importing() const { return importing_; }
  std::map<Slot, NodeKey>& migrating() { return migrating_; }
  std::map<Slot, NodeKey>& importing() { return importing_; }

  // Everything but the owners, which PeerFacts has too, for snapshots. The reader may refuse.
  template <class Archive, class Self>
  static void Describe(Archive& a, Self& map) {
    a(map.not_claiming_, map.migrating_, map.importing_);
    if constexpr (Archive::kReads) {
      for (const auto* open : {&map.migrating_, &map.importing_}) {
        a.Require(open->empty() || open->rbegin()->first < kSlots);
      }
    }
  }

  size_t memory_bytes() const { return sizeof(*this) + owner_.capacity() * sizeof(NodeKey); }

 private:
  std::vector<NodeKey> owner_;
  SlotSet not_claiming_;
  uint32_t assigned_ = 0;
  std::map<Slot, NodeKey> migrating_;
  std::map<Slot, NodeKey> importing_;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_SLOT_MAP_H_
