#include "sim/model/backlog.h"

#include <utility>

#include "core/base/check.h"

namespace gossamer::sim {

Backlog& BacklogTable::Add(uint32_t connection, int end, Backlog::Why why) {
  uint32_t slot;
  if (free_.empty()) {
    slot = static_cast<uint32_t>(backlogs_.size());
    backlogs_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  const bool added = index_.emplace(Key(connection, end), slot).second;
  GOSSAMER_CHECK(added);
  backlogs_[slot].why = why;
  return backlogs_[slot];
}

Backlog BacklogTable::Take(uint32_t connection, int end) {
  const auto it = index_.find(Key(connection, end));
  GOSSAMER_CHECK(it != index_.end());
  const uint32_t slot = it->second;
  index_.erase(it);
  free_.push_back(slot);
  return std::exchange(backlogs_[slot], Backlog{});
}

size_t BacklogTable::memory_bytes() const {
  size_t bytes = backlogs_.capacity() * sizeof(Backlog) + free_.capacity() * sizeof(uint32_t) +
                 index_.capacity() * 17;
  for (const Backlog& backlog : backlogs_) {
    bytes += backlog.messages.capacity() * sizeof(MessageRef);
  }
  return bytes;
}

}  // namespace gossamer::sim
