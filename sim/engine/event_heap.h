// EventHeap: events in a binary heap, for timers that are far away or in any order.
//
// O(log n) in and out; no memory is given back. Thread safety: none.
#ifndef GOSSAMER_SIM_ENGINE_EVENT_HEAP_H_
#define GOSSAMER_SIM_ENGINE_EVENT_HEAP_H_

#include <cstddef>
#include <vector>

#include "sim/engine/event.h"

namespace gossamer::sim {

class EventHeap {
 public:
  void Push(const TimedEvent& event);
  // REQUIRES: not empty.
  TimedEvent Pop();

  // Key of the first event; {kNever, max} when empty.
  EventKey head() const { return heap_.empty() ? EventKey{} : KeyOf(heap_.front()); }
  bool empty() const { return heap_.empty(); }
  size_t size() const { return heap_.size(); }
  size_t memory_bytes() const { return heap_.capacity() * sizeof(TimedEvent); }

 private:
  std::vector<TimedEvent> heap_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_ENGINE_EVENT_HEAP_H_
