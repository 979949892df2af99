#include "core/cluster/link_table.h"

#include "core/base/check.h"
#include "core/base/fields.h"

namespace gossamer {
namespace {

constexpr uint16_t kGeneration = static_cast<uint16_t>(LinkId::kGenerationMask);

}  // namespace

LinkId LinkTable::AllocateOutbound(NodeKey peer) {
  uint32_t slot;
  if (free_.empty()) {
    slot = static_cast<uint32_t>(outbound_.size());
    GOSSAMER_CHECK(slot <= LinkId::kSlotMask);
    outbound_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Entry& e = outbound_[slot];
  const uint16_t generation = static_cast<uint16_t>(e.state + 1) & kGeneration;
  e.peer = peer;
  e.state = kUsed | generation;
  return LinkId::Make(false, slot, generation);
}

bool LinkTable::AddInbound(LinkId link) {
  if (!link.inbound() || link.slot() > inbound_.size() + 65536) return false;
  if (link.slot() >= inbound_.size()) inbound_.resize(size_t{link.slot()} + 1);
  Entry& e = inbound_[link.slot()];
  if ((e.state & kUsed) != 0) return false;
  e.peer = kNoKey;
  e.state = static_cast<uint16_t>(kUsed | link.generation());
  return true;
}

bool LinkTable::Contains(LinkId link) const {
  const std::vector<Entry>& table = link.inbound() ? inbound_ : outbound_;
  if (link.slot() >= table.size()) return false;
  const uint16_t state = table[link.slot()].state;
  return (state & kUsed) != 0 && (state & kGeneration) == link.generation();
}

template <class Archive, class Self>
void LinkTable::Fields(Archive& a, Self& table) {
  a(table.outbound_, table.inbound_, table.free_);
}

void LinkTable::Write(FieldWriter* out) const { Fields(*out, *this); }

bool LinkTable::Read(FieldReader* in) {
  Fields(*in, *this);
  if (!in->ok() || outbound_.size() > LinkId::kSlotMask || inbound_.size() > LinkId::kSlotMask) {
    return false;
  }
  // Every outbound slot is in use or free, once.
  std::vector<bool> free(outbound_.size());
  for (const uint32_t slot : free_) {
    if (slot >= free.size() || free[slot] || (outbound_[slot].state & kUsed) != 0) return false;
    free[slot] = true;
  }
  for (size_t slot = 0; slot < free.size(); ++slot) {
    if (!free[slot] && (outbound_[slot].state & kUsed) == 0) return false;
  }
  return true;
}

void LinkTable::Remove(LinkId link) {
  GOSSAMER_CHECK(Contains(link));
  Entry& e = MutableEntry(link);
  e.peer = kNoKey;
  e.state &= kGeneration;
  if (!link.inbound()) free_.push_back(link.slot());
}

}  // namespace gossamer
