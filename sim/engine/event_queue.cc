#include "sim/engine/event_queue.h"

#include <algorithm>

#include "core/base/check.h"

namespace gossamer::sim {

EventQueue::EventQueue(size_t actors) : world_(actors), numbers_(actors + 1), wheel_(actors) {
  GOSSAMER_CHECK(actors <= kMaxActors);
}

bool EventQueue::Pop(TimedEvent* event) {
  const EventKey message = calendar_.head();
  const EventKey tick = wheel_.head();
  const EventKey timer = heap_.head();
  if (message < tick && message < timer) {
    *event = calendar_.Pop();
  } else if (tick < timer) {
    *event = TimedEvent{};
    event->at = tick.at;
    event->rank = tick.rank;
    event->index = wheel_.Pop();
    event->kind = kTick;
  } else if (!heap_.empty()) {
    *event = heap_.Pop();
  } else {
    return false;
  }
  now_ = event->at;
  ++popped_;
  return true;
}

Instant EventQueue::NextTime() {
  return std::min({calendar_.head(), wheel_.head(), heap_.head()}).at;
}

}  // namespace gossamer::sim
