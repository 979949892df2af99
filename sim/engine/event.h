// TimedEvent: one thing that will happen at a virtual instant, and the total order of events.
//
// Order: (time, destination, source, the source's own number). A source numbers its events as it
// makes them, so that two events are never equal and the order depends on nothing but the run
// itself. Values; trivially copyable.
#ifndef GOSSAMER_SIM_ENGINE_EVENT_H_
#define GOSSAMER_SIM_ENGINE_EVENT_H_

#include <cstdint>

#include "core/base/time.h"

namespace gossamer::sim {

// Actors are numbered densely; this one is the world itself (timeline, seconds). It comes last
// within an instant.
inline constexpr uint32_t kWorldActor = 0xffff;
// Actors besides the world.
inline constexpr uint32_t kMaxActors = 0xfff0;

struct TimedEvent {
  Instant at = Instant{};
  uint64_t rank = 0;  // destination 16 bits, source 16, number 32
  uint64_t data = 0;
  uint32_t index = 0;
  uint8_t kind = 0;
  uint8_t flags = 0;
  uint16_t extra = 0;

  uint32_t destination() const { return static_cast<uint32_t>(rank >> 48); }
  uint32_t source() const { return static_cast<uint32_t>(rank >> 32) & 0xffff; }
};
static_assert(sizeof(TimedEvent) == 32);

// The place of an event in the total order.
struct EventKey {
  Instant at = kNever;
  uint64_t rank = UINT64_MAX;

  constexpr auto operator<=>(const EventKey&) const = default;
};

inline EventKey KeyOf(const TimedEvent& event) { return {event.at, event.rank}; }

constexpr uint64_t MakeRank(uint32_t destination, uint32_t source, uint32_t number) {
  return (uint64_t{destination & 0xffff} << 48) | (uint64_t{source & 0xffff} << 32) | number;
}

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_ENGINE_EVENT_H_
