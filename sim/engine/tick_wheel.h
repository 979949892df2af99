// TickWheel: one periodic timer per actor, such as the 100 ms cron of each node.
//
// Buckets of 1.024 ms over a window of 262 ms, with the actors themselves as list nodes: arming
// costs a few nanoseconds and no memory. Each actor has at most one timer; arming again moves it.
// Thread safety: none.
#ifndef GOSSAMER_SIM_ENGINE_TICK_WHEEL_H_
#define GOSSAMER_SIM_ENGINE_TICK_WHEEL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/engine/event.h"

namespace gossamer::sim {

class TickWheel {
 public:
  static constexpr int kBucketBits = 10;
  static constexpr uint32_t kBuckets = 256;

  explicit TickWheel(size_t actors);

  // Sets the timer of `actor`; `rank` is its place among events of the same instant. REQUIRES: at
  // >= the last Pop.
  void Arm(uint32_t actor, Instant at, uint64_t rank);
  void Disarm(uint32_t actor);

  // Key of the first timer; {kNever, max} when none is armed.
  EventKey head() {
    if (at_ == open_.size() && !OpenNext()) return {};
    return {timers_[open_[at_]].at, timers_[open_[at_]].rank};
  }
  // Disarms the first timer and returns its actor. REQUIRES: head() was called since the last
  // change, and there is one.
  uint32_t Pop();

  size_t size() const { return closed_ + (open_.size() - at_); }
  size_t memory_bytes() const {
    return timers_.capacity() * sizeof(Timer) + open_.capacity() * sizeof(uint32_t);
  }

 private:
  static constexpr uint32_t kNil = 0xffffffff;
  static constexpr uint32_t kNotArmed = 0xffffffff;
  static constexpr uint32_t kInOpen = 0xfffffffe;
  struct Timer {
    Instant at;
    uint64_t rank = 0;
    uint32_t next = kNil;
    uint32_t previous = kNil;
    uint32_t bucket = kNotArmed;
  };

  bool Before(uint32_t a, uint32_t b) const;
  void Place(uint32_t actor);
  bool OpenNext();

  int64_t cursor_ = -1;         // number of the open bucket
  std::vector<uint32_t> open_;  // actors, sorted
  size_t at_ = 0;
  size_t closed_ = 0;
  std::vector<Timer> timers_;
  std::array<uint32_t, kBuckets> first_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_ENGINE_TICK_WHEEL_H_
