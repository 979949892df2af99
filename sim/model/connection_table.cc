#include "sim/model/connection_table.h"

#include "core/base/check.h"

namespace gossamer::sim {

void ConnectionTable::Reserve(size_t connections, size_t links) {
  rows_.reserve(connections);
  for (auto& slots : out_) slots.reserve(links);
  for (auto& slots : in_) slots.reserve(links);
}

uint32_t ConnectionTable::Allocate(uint32_t opener, uint32_t acceptor) {
  uint32_t index;
  if (free_ == kNone) {
    index = static_cast<uint32_t>(rows_.size());
    GOSSAMER_CHECK(index < kNone);
    rows_.emplace_back();
  } else {
    index = free_;
    free_ = rows_[index].link[0];
    --free_count_;
    rows_[index] = Connection{};
  }
  rows_[index].node[0] = static_cast<uint16_t>(opener);
  rows_[index].node[1] = static_cast<uint16_t>(acceptor);
  rows_[index].state = conn::kUsed;
  return index;
}

void ConnectionTable::Free(uint32_t index) {
  GOSSAMER_CHECK(rows_[index].Has(conn::kUsed));
  rows_[index].state = 0;
  rows_[index].link[0] = free_;
  free_ = index;
  ++free_count_;
}

void ConnectionTable::BindOut(uint32_t index, LinkId link) {
  std::vector<uint32_t>& slots = out_[rows_[index].node[0]];
  if (link.slot() >= slots.size()) slots.resize(size_t{link.slot()} + 1, kNone);
  GOSSAMER_CHECK(slots[link.slot()] == kNone);
  slots[link.slot()] = index;
  rows_[index].link[0] = link.value;
  rows_[index].Set(conn::kOpenerHolds);
}

LinkId ConnectionTable::BindIn(uint32_t index) {
  const uint32_t node = rows_[index].node[1];
  std::vector<uint32_t>& slots = in_[node];
  uint32_t slot;
  uint32_t generation = 1;
  if (free_in_[node].empty()) {
    slot = static_cast<uint32_t>(slots.size());
    GOSSAMER_CHECK(slot <= LinkId::kSlotMask);
    slots.push_back(0);
  } else {
    slot = free_in_[node].back();
    free_in_[node].pop_back();
    generation = (slots[slot] & ~kFreeSlot) + 1;
  }
  const LinkId link = LinkId::Make(true, slot, generation);
  slots[slot] = index;
  rows_[index].link[1] = link.value;
  rows_[index].Set(conn::kAcceptorHolds);
  return link;
}

void ConnectionTable::BindInAs(uint32_t index, LinkId link) {
  const LinkId made = BindIn(index);
  GOSSAMER_CHECK(made == link);
}

void ConnectionTable::Unbind(uint32_t index, int end) {
  Connection& row = rows_[index];
  const LinkId link{row.link[end]};
  const uint32_t node = row.node[end];
  GOSSAMER_CHECK(row.Has(conn::Holds(end)));
  row.Clear(conn::Holds(end));
  if (end == 0) {
    out_[node][link.slot()] = kNone;
  } else {
    in_[node][link.slot()] = kFreeSlot | link.generation();
    free_in_[node].push_back(link.slot());
  }
}

size_t ConnectionTable::memory_bytes() const {
  size_t bytes = rows_.capacity() * sizeof(Connection);
  for (const auto* tables : {&out_, &in_, &free_in_}) {
    for (const auto& slots : *tables) bytes += slots.capacity() * sizeof(uint32_t);
  }
  return bytes;
}

}  // namespace gossamer::sim
