#include "sim/engine/tick_wheel.h"

#include <algorithm>

#include "core/base/check.h"

namespace gossamer::sim {

TickWheel::TickWheel(size_t actors) : timers_(actors) { first_.fill(kNil); }

bool TickWheel::Before(uint32_t a, uint32_t b) const {
  return EventKey{timers_[a].at, timers_[a].rank} < EventKey{timers_[b].at, timers_[b].rank};
}

void TickWheel::Arm(uint32_t actor, Instant at, uint64_t rank) {
  Disarm(actor);
  timers_[actor].at = at;
  timers_[actor].rank = rank;
  Place(actor);
}

void TickWheel::Place(uint32_t actor) {
  Timer& timer = timers_[actor];
  int64_t number = timer.at.us >> kBucketBits;
  if (number <= cursor_) {
    const auto less = [this](uint32_t a, uint32_t b) { return Before(a, b); };
    const auto from = open_.begin() + static_cast<std::ptrdiff_t>(at_);
    open_.insert(std::upper_bound(from, open_.end(), actor, less), actor);
    timer.bucket = kInOpen;
    return;
  }
  // Timers beyond the window wait in its last bucket and are placed again when it opens.
  number = std::min<int64_t>(number, cursor_ + kBuckets - 1);
  const auto bucket = static_cast<uint32_t>(number) & (kBuckets - 1);
  timer.bucket = bucket;
  timer.previous = kNil;
  timer.next = first_[bucket];
  if (timer.next != kNil) timers_[timer.next].previous = actor;
  first_[bucket] = actor;
  ++closed_;
}

void TickWheel::Disarm(uint32_t actor) {
  Timer& timer = timers_[actor];
  if (timer.bucket == kNotArmed) return;
  if (timer.bucket == kInOpen) {
    open_.erase(std::find(open_.begin() + static_cast<std::ptrdiff_t>(at_), open_.end(), actor));
  } else {
    if (timer.next != kNil) timers_[timer.next].previous = timer.previous;
    if (timer.previous != kNil) {
      timers_[timer.previous].next = timer.next;
    } else {
      first_[timer.bucket] = timer.next;
    }
    --closed_;
  }
  timer.bucket = kNotArmed;
}

uint32_t TickWheel::Pop() {
  const uint32_t actor = open_[at_++];
  timers_[actor].bucket = kNotArmed;
  return actor;
}

bool TickWheel::OpenNext() {
  while (closed_ > 0) {
    ++cursor_;
    const auto bucket = static_cast<uint32_t>(cursor_) & (kBuckets - 1);
    if (first_[bucket] == kNil) continue;
    open_.clear();
    at_ = 0;
    uint32_t actor = first_[bucket];
    first_[bucket] = kNil;
    while (actor != kNil) {
      const uint32_t next = timers_[actor].next;
      --closed_;
      if ((timers_[actor].at.us >> kBucketBits) > cursor_) {
        Place(actor);
      } else {
        timers_[actor].bucket = kInOpen;
        open_.push_back(actor);
      }
      actor = next;
    }
    std::sort(open_.begin(), open_.end(), [this](uint32_t a, uint32_t b) { return Before(a, b); });
    if (!open_.empty()) return true;
  }
  return false;
}

}  // namespace gossamer::sim
