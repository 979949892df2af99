// How a run is carried out, and what comes out of it besides what observers saw. Values.
#ifndef GOSSAMER_SIM_MODEL_RUN_OPTIONS_H_
#define GOSSAMER_SIM_MODEL_RUN_OPTIONS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/base/time.h"
#include "core/bus/types.h"
#include "core/cluster/bugs.h"
#include "sim/engine/trace.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

class NetworkTap;

enum class Transport : uint8_t { kTyped, kWire, kShadow };

struct RunOptions {
  uint64_t seed = 1;
  Transport transport = Transport::kTyped;
  std::optional<std::string> rules;  // overrides the scenario's base
  std::vector<Bug> bugs;             // planted in all nodes, beside the scenario's
  std::optional<CpuSpec> cpu;
  std::optional<Duration> stop_at;  // virtual time at which the run ends early
  uint64_t max_events = 0;          // 0: no limit
  uint32_t shadow_every =
      8;  // in shadow transport: one message in so many, chosen by the seed, is checked
  bool digest = true;         // off only to measure its cost
  TraceSink* sink = nullptr;  // is given the trace; must outlive the world
  NetworkTap* tap = nullptr;  // is shown every packet; must outlive the world
};

// Why a run ended.
enum class RunEnd : uint8_t { kDuration, kStopAt, kMaxEvents, kInterrupted };

struct TrafficTotals {
  std::array<uint64_t, kMessageTypes + 1> messages{};  // delivered, by type
  std::array<uint64_t, kMessageTypes + 1> bytes{};
  std::array<uint64_t, kMessageTypes + 1> entries{};  // gossip entries in them
  uint64_t events = 0;                                // simulator events
  uint64_t connects = 0;
  uint64_t shadow_checked = 0;
};

// Peak bytes by kind. The peak of each is taken on its own, at full virtual seconds.
struct MemoryByKind {
  uint64_t peer_tables = 0;
  uint64_t failure_reports = 0;
  uint64_t slot_maps = 0;
  uint64_t connections = 0;
  uint64_t messages = 0;
  uint64_t shared_facts = 0;
  uint64_t names = 0;
  uint64_t events = 0;
};

struct RunResult {
  RunEnd end = RunEnd::kDuration;
  Instant ended_at;
  Digest digest;
  TrafficTotals traffic;
  MemoryByKind memory;
  uint64_t codec_mismatches = 0;  // shadow or wire transport found a difference
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_RUN_OPTIONS_H_
