// LinkTable: the bus links of one node and the node at the other end of each.
//
// Outbound ids are allocated here, inbound ids by the host (small slots, a generation per use). An
// id whose generation has passed is simply unknown: late events about a closed link fall away.
// Thread safety: none.
#ifndef GOSSAMER_CORE_CLUSTER_LINK_TABLE_H_
#define GOSSAMER_CORE_CLUSTER_LINK_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/ids.h"

namespace gossamer {

class FieldReader;
class FieldWriter;

class LinkTable {
 public:
  // A new outbound link to `peer`.
  LinkId AllocateOutbound(NodeKey peer);
  // An inbound link that the host accepted, not bound to a node yet. False when the slot is in use
  // or out of range.
  bool AddInbound(LinkId link);
  void Remove(LinkId link);

  bool Contains(LinkId link) const;
  // The node that the link is bound to, or kNoKey. REQUIRES: Contains(link).
  NodeKey peer(LinkId link) const { return entry(link).peer; }
  void Bind(LinkId link, NodeKey peer) { MutableEntry(link).peer = peer; }
  // The link's other end parses extensions. REQUIRES: Contains(link).
  bool extensions(LinkId link) const { return (entry(link).state & kExtensions) != 0; }
  void SetExtensions(LinkId link) { MutableEntry(link).state |= kExtensions; }

  // Every link in use, inbound ones after outbound ones, by rising slot.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const bool inbound : {false, true}) {
      const std::vector<Entry>& table = inbound ? inbound_ : outbound_;
      for (uint32_t slot = 0; slot < table.size(); ++slot) {
        if ((table[slot].state & kUsed) == 0) continue;
        visit(LinkId::Make(inbound, slot, table[slot].state & LinkId::kGenerationMask),
              table[slot].peer);
      }
    }
  }
  // For snapshots. False, and the table is of no use, when what was read is impossible.
  void Write(FieldWriter* out) const;
  bool Read(FieldReader* in);

  size_t memory_bytes() const {
    return (outbound_.capacity() + inbound_.capacity()) * sizeof(Entry) + free_.capacity() * 4;
  }

 private:
  struct Entry {
    NodeKey peer;
    uint16_t state = 0;  // generation in the low 13 bits

    template <class Archive, class Self>
    static void Describe(Archive& a, Self& e) {
      a(e.peer, e.state);
    }
  };
  template <class Archive, class Self>
  static void Fields(Archive& a, Self& table);

  static constexpr uint16_t kUsed = 0x8000;
  static constexpr uint16_t kExtensions = 0x4000;

  const Entry& entry(LinkId link) const {
    return link.inbound() ? inbound_[link.slot()] : outbound_[link.slot()];
  }
  Entry& MutableEntry(LinkId link) {
    return link.inbound() ? inbound_[link.slot()] : outbound_[link.slot()];
  }

  std::vector<Entry> outbound_;
  std::vector<Entry> inbound_;
  std::vector<uint32_t> free_;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_LINK_TABLE_H_
