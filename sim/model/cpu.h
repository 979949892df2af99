// CpuModel: how long a node's event loop is busy with what it does, and whose turn it is on a
// shared machine.
//
// One node is one event loop: what arrives while it is busy waits, and is then one turn. Costs are
// data. Presets: `none` (everything is free), `redis-7` (servers of 7.0 and 8.0, measured: 21 µs
// for a message sent or received with 3 gossip entries, 25 µs with 6; 1.2 to 2.3 ms a second for
// timers; 45 µs and 0.85 µs a known node for a save), `gossamer` (the same loop with a cheaper
// codec; not measured). Integers only.
#ifndef GOSSAMER_SIM_MODEL_CPU_H_
#define GOSSAMER_SIM_MODEL_CPU_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "sim/model/background_load.h"
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
  int64_t save = 0;          // each save of nodes.conf, as far as the loop does it
  int64_t save_peer = 0;     // and per known peer
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
  CpuModel(const CpuSpec& spec, size_t nodes, uint64_t seed);

  // True when nothing that the node does takes time.
  bool Free(uint32_t node) const { return free_ && factor_[node] == 1; }
  // The costs that count for the node, before its factor.
  const CpuCosts& costs() const { return costs_; }
  // Service times become `factor` times longer. With the preset `none` those of redis-7 are taken
  // when the factor is above 1, as nothing times anything is nothing.
  void SetFactor(uint32_t node, uint32_t factor) { factor_[node] = factor == 0 ? 1 : factor; }

  // When the node can begin a turn, as far as it can be told `now` and not before: what comes in
  // between may take its core once more. A node that is Free can be busy too: with what it began
  // before a slowness ended. Times must not fall from call to call.
  Instant Ready(uint32_t node, Instant now);
  // Begins a turn at `start`, of `nanos` before the node's factor. Returns its end.
  Instant Run(uint32_t node, Instant start, int64_t nanos);
  // Nanoseconds of all turns that the node began so far.
  uint64_t used_nanos(uint32_t node) const { return used_nanos_[node]; }

 private:
  size_t FirstCore(uint32_t node) const { return node / nodes_per_machine_ * cores_per_machine_; }
  // The core of the node's machine that is free first, as seen at `now`.
  size_t EarliestCore(uint32_t node, Instant now);
  Instant CoreFree(size_t core, Instant now) {
    return std::max(core_until_[core], background_.FreeAt(core, now));
  }

  bool free_ = true;
  CpuCosts costs_;
  uint32_t scale_percent_ = 100;
  size_t cores_per_machine_ = 0;  // 0: a core of its own for each node
  size_t nodes_per_machine_ = 1;
  std::vector<uint32_t> factor_;
  std::vector<Instant> busy_until_;   // by node
  std::vector<uint64_t> used_nanos_;  // by node
  std::vector<Instant> core_until_;   // by core; empty: nothing but the node itself takes its core
  BackgroundLoad background_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_CPU_H_
