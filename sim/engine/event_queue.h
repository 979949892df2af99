// EventQueue: the virtual clock and everything that is going to happen.
//
// Three structures, one order: a wheel for the actors' periodic ticks, a calendar for what is near
// (messages in flight), a heap for the rest. Pop takes whichever is first in the total order of
// event.h. Thread safety: none.
#ifndef GOSSAMER_SIM_ENGINE_EVENT_QUEUE_H_
#define GOSSAMER_SIM_ENGINE_EVENT_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/time.h"
#include "sim/engine/calendar.h"
#include "sim/engine/event.h"
#include "sim/engine/event_heap.h"
#include "sim/engine/tick_wheel.h"

namespace gossamer::sim {

class EventQueue {
 public:
  // The kind of events made by Arm; other kinds are the caller's.
  static constexpr uint8_t kTick = 0;

  // Actors 0 .. actors-1, besides the world. REQUIRES: actors <= kMaxActors.
  explicit EventQueue(size_t actors);

  // The time of the last event popped.
  Instant now() const { return now_; }
  // Events popped so far.
  uint64_t popped() const { return popped_; }

  // Draws the source's next number and makes the rank of an event for `destination`.
  uint64_t NextRank(uint32_t destination, uint32_t source) {
    return MakeRank(destination, source, ++numbers_[source == kWorldActor ? world_ : source]);
  }
  // Adds an event whose rank is set. Times in the past are moved to now.
  void Push(TimedEvent event) {
    if (event.at < now_) event.at = now_;
    if (!calendar_.Push(event)) heap_.Push(event);
  }
  // As above, with a rank for (destination, source).
  void Add(Instant at, uint32_t destination, uint32_t source, TimedEvent event) {
    event.at = at;
    event.rank = NextRank(destination, source);
    Push(event);
  }
  // Sets the tick of `actor`: an event of kind kTick from the actor to itself, with index = actor.
  void Arm(uint32_t actor, Instant at) {
    wheel_.Arm(actor, at < now_ ? now_ : at, NextRank(actor, actor));
  }
  void Disarm(uint32_t actor) { wheel_.Disarm(actor); }

  // Takes the first event and moves the clock to it. False when nothing is left.
  bool Pop(TimedEvent* event);
  // The time of the first event, or kNever.
  Instant NextTime();

  size_t size() const { return calendar_.size() + wheel_.size() + heap_.size(); }
  size_t memory_bytes() const {
    return calendar_.memory_bytes() + wheel_.memory_bytes() + heap_.memory_bytes();
  }

 private:
  Instant now_;
  uint64_t popped_ = 0;
  size_t world_;
  std::vector<uint32_t> numbers_;
  Calendar calendar_;
  TickWheel wheel_;
  EventHeap heap_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_ENGINE_EVENT_QUEUE_H_
