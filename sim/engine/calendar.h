// Calendar: near events in buckets of 64 µs over a window of 262 ms, for messages in flight.
//
// An event goes into its bucket's list unsorted; a bucket is sorted when its turn comes. Events
// outside the window, or for a bucket that is open already, are not taken: they belong in a heap.
// Memory is reused, so that a steady run allocates nothing. Thread safety: none.
#ifndef GOSSAMER_SIM_ENGINE_CALENDAR_H_
#define GOSSAMER_SIM_ENGINE_CALENDAR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/engine/event.h"

namespace gossamer::sim {

class Calendar {
 public:
  static constexpr int kBucketBits = 6;
  static constexpr uint32_t kBuckets = 4096;

  Calendar();

  // False, and nothing is kept, when the event is outside the window.
  bool Push(const TimedEvent& event);
  // Key of the first event; {kNever, max} when empty.
  EventKey head() {
    if (at_ == open_.size() && !OpenNext()) return {};
    return KeyOf(open_[at_]);
  }
  // REQUIRES: head() was called since the last Pop, and there is one.
  const TimedEvent& Pop() { return open_[at_++]; }

  size_t size() const { return closed_ + (open_.size() - at_); }
  size_t memory_bytes() const {
    return (pool_.capacity()) * sizeof(Node) + open_.capacity() * sizeof(TimedEvent) +
           sizeof(*this);
  }

 private:
  static constexpr uint32_t kNil = 0xffffffff;
  struct Node {
    TimedEvent event;
    uint32_t next = kNil;
  };

  bool OpenNext();
  uint32_t NextOccupied() const;

  int64_t cursor_ = -1;           // number of the open bucket; buckets up to it are done
  std::vector<TimedEvent> open_;  // sorted
  size_t at_ = 0;                 // first of open_ that was not taken
  size_t closed_ = 0;             // events in buckets
  std::vector<Node> pool_;
  uint32_t free_ = kNil;
  std::array<uint32_t, kBuckets> first_;
  std::array<uint64_t, kBuckets / 64> occupied_{};
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_ENGINE_CALENDAR_H_
