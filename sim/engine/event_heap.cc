#include "sim/engine/event_heap.h"

#include <utility>

#include "core/base/check.h"

namespace gossamer::sim {

void EventHeap::Push(const TimedEvent& event) {
  size_t hole = heap_.size();
  heap_.push_back(event);
  while (hole > 0) {
    const size_t parent = (hole - 1) / 2;
    if (KeyOf(heap_[parent]) < KeyOf(event)) break;
    heap_[hole] = heap_[parent];
    hole = parent;
  }
  heap_[hole] = event;
}

TimedEvent EventHeap::Pop() {
  GOSSAMER_CHECK(!heap_.empty());
  const TimedEvent first = heap_.front();
  const TimedEvent last = heap_.back();
  heap_.pop_back();
  const size_t size = heap_.size();
  if (size == 0) return first;
  size_t hole = 0;
  for (;;) {
    size_t child = 2 * hole + 1;
    if (child >= size) break;
    if (child + 1 < size && KeyOf(heap_[child + 1]) < KeyOf(heap_[child])) ++child;
    if (KeyOf(last) < KeyOf(heap_[child])) break;
    heap_[hole] = heap_[child];
    hole = child;
  }
  heap_[hole] = last;
  return first;
}

}  // namespace gossamer::sim
