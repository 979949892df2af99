// What an event costs in the simulator's queue: messages in flight, crons, far timers.
#include <benchmark/benchmark.h>

#include <cstdint>

#include "core/base/rng.h"
#include "sim/engine/event_heap.h"
#include "sim/engine/event_queue.h"

namespace gossamer::sim {
namespace {

constexpr uint32_t kNodes = 2000;

Duration FlightTime(Rng* rng) { return Micros(300 + static_cast<int64_t>(rng->Below(1700))); }

// Pop one, add one, with so many messages in flight.
void BM_Messages(benchmark::State& state) {
  EventQueue queue(kNodes);
  Rng rng(1);
  const auto add = [&] {
    const auto to = static_cast<uint32_t>(rng.Below(kNodes));
    queue.Add(queue.now() + FlightTime(&rng), to, (to + 7) % kNodes, {.kind = 1});
  };
  for (int64_t i = 0; i < state.range(0); ++i) add();
  TimedEvent event;
  for (auto _ : state) {
    queue.Pop(&event);
    add();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Messages)->Arg(100)->Arg(2000)->Arg(200'000)->Arg(2'000'000);

// The same in a binary heap alone, for comparison.
void BM_MessagesInAHeap(benchmark::State& state) {
  EventHeap heap;
  Rng rng(1);
  Instant now;
  uint64_t number = 0;
  for (int64_t i = 0; i < state.range(0); ++i)
    heap.Push({.at = now + FlightTime(&rng), .rank = ++number});
  for (auto _ : state) {
    now = heap.Pop().at;
    heap.Push({.at = now + FlightTime(&rng), .rank = ++number});
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_MessagesInAHeap)->Arg(100)->Arg(2000)->Arg(200'000)->Arg(2'000'000);

// The crons of so many nodes, each 100 ms after the last.
void BM_Ticks(benchmark::State& state) {
  const auto nodes = static_cast<uint32_t>(state.range(0));
  EventQueue queue(nodes);
  Rng rng(1);
  for (uint32_t i = 0; i < nodes; ++i)
    queue.Arm(i, Instant{static_cast<int64_t>(rng.Below(100'000))});
  TimedEvent event;
  for (auto _ : state) {
    queue.Pop(&event);
    queue.Arm(event.index, event.at + Millis(100));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Ticks)->Arg(6)->Arg(100)->Arg(2000);

}  // namespace
}  // namespace gossamer::sim
