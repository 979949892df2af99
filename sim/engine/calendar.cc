#include "sim/engine/calendar.h"

#include <algorithm>
#include <bit>

namespace gossamer::sim {

Calendar::Calendar() { first_.fill(kNil); }

bool Calendar::Push(const TimedEvent& event) {
  const int64_t number = event.at.us >> kBucketBits;
  if (number <= cursor_ || number - cursor_ >= kBuckets) return false;
  uint32_t slot = free_;
  if (slot == kNil) {
    slot = static_cast<uint32_t>(pool_.size());
    pool_.emplace_back();
  } else {
    free_ = pool_[slot].next;
  }
  const auto bucket = static_cast<uint32_t>(number) & (kBuckets - 1);
  pool_[slot].event = event;
  pool_[slot].next = first_[bucket];
  first_[bucket] = slot;
  occupied_[bucket / 64] |= uint64_t{1} << (bucket % 64);
  ++closed_;
  return true;
}

// Distance from the cursor to the next bucket in use. REQUIRES: there is one.
uint32_t Calendar::NextOccupied() const {
  const auto start = static_cast<uint32_t>(cursor_ + 1) & (kBuckets - 1);
  uint32_t word = start / 64;
  uint64_t bits = occupied_[word] & (~uint64_t{0} << (start % 64));
  while (bits == 0) {
    word = (word + 1) % (kBuckets / 64);
    bits = occupied_[word];
  }
  const uint32_t bucket = word * 64 + static_cast<uint32_t>(std::countr_zero(bits));
  return ((bucket - start) & (kBuckets - 1)) + 1;
}

bool Calendar::OpenNext() {
  if (closed_ == 0) return false;
  cursor_ += NextOccupied();
  const auto bucket = static_cast<uint32_t>(cursor_) & (kBuckets - 1);
  open_.clear();
  at_ = 0;
  uint32_t last = kNil;
  for (uint32_t slot = first_[bucket]; slot != kNil; slot = pool_[slot].next) {
    open_.push_back(pool_[slot].event);
    last = slot;
  }
  pool_[last].next = free_;
  free_ = first_[bucket];
  first_[bucket] = kNil;
  occupied_[bucket / 64] &= ~(uint64_t{1} << (bucket % 64));
  closed_ -= open_.size();
  // Lists run backwards in time of insertion, which is close to sorted after a reversal.
  std::reverse(open_.begin(), open_.end());
  std::sort(open_.begin(), open_.end(),
            [](const TimedEvent& a, const TimedEvent& b) { return KeyOf(a) < KeyOf(b); });
  return true;
}

}  // namespace gossamer::sim
