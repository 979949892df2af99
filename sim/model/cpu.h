// CpuModel: how long a node's event loop is busy with what it does, and whose turn it is on a
// shared machine.
//
// One node is one event loop: what arrives while it is busy waits, and is then one turn. Costs are
// data. Presets: `none` (everything is free), `redis-7` (first figures of a measured 7.0/8.0
// server: 14 to 23 µs for a message sent or received, 1.1 to 2.6 ms a second for timers),
// `gossamer` (the same loop with a cheaper codec). Integers only.
#ifndef GOSSAMER_SIM_MODEL_CPU_H_
#define GOSSAMER_SIM_MODEL_CPU_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

// Nanoseconds of one core.
struct CpuCosts {
  int64_t turn = 0;       // waking up
  int64_t message = 0;    // each message sent or received
  int64_t byte_pico = 0;  // each byte of one, in picoseconds
  int64_t entry = 0;      // each gossip entry
  int64_t connect = 0;
  int64_t accept = 0;
  int64_t cron = 0;
  int64_t cron_peer = 0;     // per known peer, in each cron
  int64_t sync = 0;          // the system call, without the disk
  bool sync_blocks = false;  // the loop waits for the disk
};

// The preset called `name`, or nothing.
std::optional<CpuCosts> FindCpuCosts(std::string_view name);
// Names of the presets.
std::vector<std::string_view> CpuPresetNames();

class CpuModel {
 public:
  // Unknown presets cost nothing; the loader refuses them.
  CpuModel(const CpuSpec& spec, size_t nodes);

  // True when nothing that the node does takes time.
  bool Free(uint32_t node) const { return free_ && factor_[node] == 1; }
  // The costs that count for the node, before its factor.
  const CpuCosts& costs() const { return costs_; }
  // Service times become `factor` times longer. With the preset `none` those of redis-7 are taken
  // when the factor is above 1, as nothing times anything is nothing.
  void SetFactor(uint32_t node, uint32_t factor) { factor_[node] = factor == 0 ? 1 : factor; }

  // When the node can begin a turn, not before `now`. A node that is Free can be busy too: with
  // what it began before a slowness ended.
  Instant Ready(uint32_t node, Instant now) const {
    const Instant ready = std::max(now, busy_until_[node]);
    return core_until_.empty() ? ready : std::max(ready, core_until_[EarliestCore(node)]);
  }
  // Begins a turn at `start`, of `nanos` before the node's factor. Returns its end.
  Instant Run(uint32_t node, Instant start, int64_t nanos);
  // Nanoseconds of all turns that the node began so far.
  uint64_t used_nanos(uint32_t node) const { return used_nanos_[node]; }

 private:
  size_t FirstCore(uint32_t node) const { return node / nodes_per_machine_ * cores_per_machine_; }
  size_t EarliestCore(uint32_t node) const;

  bool free_ = true;
  CpuCosts costs_;
  uint32_t scale_percent_ = 100;
  size_t cores_per_machine_ = 0;  // 0: a core of its own for each node
  size_t nodes_per_machine_ = 1;
  std::vector<uint32_t> factor_;
  std::vector<Instant> busy_until_;   // by node
  std::vector<uint64_t> used_nanos_;  // by node
  std::vector<Instant> core_until_;   // by core, with shared machines
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_CPU_H_
