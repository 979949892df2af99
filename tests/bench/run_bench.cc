// Whole runs from a formed start: 60 virtual seconds after 60 of warm-up, T = 15 s.
//
// Counters: virtual seconds per wall second, messages per virtual second, nanoseconds per message,
// allocations per virtual second (a steady run makes none), bytes per pair of nodes.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "sim/model/world.h"

namespace {

uint64_t allocations = 0;

}  // namespace

void* operator new(size_t size) {
  ++allocations;
  void* p = std::malloc(size == 0 ? 1 : size);
  if (p == nullptr) std::abort();
  return p;
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }

namespace gossamer::sim {
namespace {

constexpr Duration kWarmUp = Seconds(60);
constexpr Duration kMeasured = Seconds(60);

using Clock = std::chrono::steady_clock;

// Notes the clock and the counters at both ends of the measured part.
class Stopwatch : public Observer {
 public:
  void OnSecond(Instant at) override {
    if (at == Instant{} + kWarmUp) Note(&from_);
    if (at == Instant{} + kWarmUp + kMeasured) Note(&to_);
  }
  double seconds() const { return std::chrono::duration<double>(to_.at - from_.at).count(); }
  double allocations_made() const {
    return static_cast<double>(to_.allocations - from_.allocations);
  }

 private:
  struct Mark {
    Clock::time_point at;
    uint64_t allocations = 0;
  };
  static void Note(Mark* mark) { *mark = {Clock::now(), allocations}; }
  Mark from_;
  Mark to_;
};

Scenario SteadyCluster(int64_t nodes) {
  Scenario scenario;
  scenario.shards = nodes / 2;
  scenario.replicas_per_shard = 1;
  scenario.latency.quantiles = {{500'000, Micros(300)}, {990'000, Millis(2)}};
  scenario.duration = kWarmUp + kMeasured + Seconds(1);
  return scenario;
}

void RunSteady(benchmark::State& state, Transport transport, bool digest) {
  const Scenario scenario = SteadyCluster(state.range(0));
  for (auto _ : state) {
    Stopwatch stopwatch;
    RunOptions options;
    options.transport = transport;
    options.digest = digest;
    World world(scenario, options, {&stopwatch});
    const RunResult result = world.Run();
    const double wall = stopwatch.seconds();
    state.SetIterationTime(wall);
    uint64_t messages = 0;
    for (const uint64_t n : result.traffic.messages) messages += n;
    const double virtual_s = static_cast<double>(kMeasured.us) * 1e-6;
    const double rate =
        static_cast<double>(messages) / (static_cast<double>(result.ended_at.us) * 1e-6);
    const MemoryByKind& m = result.memory;
    const double bytes =
        static_cast<double>(m.peer_tables + m.failure_reports + m.slot_maps + m.connections +
                            m.messages + m.shared_facts + m.names + m.events);
    const auto nodes = static_cast<double>(state.range(0));
    state.counters["virtual/wall"] = virtual_s / wall;
    state.counters["msgs/vs"] = rate;
    state.counters["ns/msg"] = wall * 1e9 / (rate * virtual_s);
    state.counters["allocs/vs"] = stopwatch.allocations_made() / virtual_s;
    state.counters["B/pair"] = bytes / (nodes * (nodes - 1));
  }
}

void BM_Typed(benchmark::State& state) { RunSteady(state, Transport::kTyped, true); }
void BM_TypedWithoutDigest(benchmark::State& state) { RunSteady(state, Transport::kTyped, false); }
void BM_Wire(benchmark::State& state) { RunSteady(state, Transport::kWire, true); }

BENCHMARK(BM_Typed)
    ->Arg(6)
    ->Arg(100)
    ->Arg(500)
    ->Arg(1000)
    ->Arg(2000)
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kSecond);
BENCHMARK(BM_TypedWithoutDigest)
    ->Arg(100)
    ->Arg(1000)
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kSecond);
BENCHMARK(BM_Wire)->Arg(100)->Arg(1000)->UseManualTime()->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace gossamer::sim
