// CpuModel: how long a node's event loop is busy with what it does, and whose turn it is on a
// shared machine.
//
// One node is one event loop: what arrives while it is busy waits, and is then one turn. Costs are
// those of cpu_costs.h. Integers only. Thread safety: none.
#ifndef GOSSAMER_SIM_MODEL_CPU_H_
#define GOSSAMER_SIM_MODEL_CPU_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/time.h"
#include "sim/model/background_load.h"
#include "sim/model/cpu_costs.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

class CpuModel {
 public:
  // Unknown presets cost nothing; the loader refuses them.
  CpuModel(const CpuSpec& spec, size_t nodes, uint64_t seed);

  // True when nothing that the node does takes time.
  bool Free(uint32_t node) const { return free_ && factor_[node] == 1; }
  // The costs that count for the node, before scales and its factor.
  const CpuCosts& costs() const { return costs_; }
  // Service times become `factor` times longer. With the preset `none` those of redis-7 are taken
  // when the factor is above 1, as nothing times anything is nothing.
  void SetFactor(uint32_t node, uint32_t factor) { factor_[node] = factor == 0 ? 1 : factor; }

  // When the node can begin a turn, as far as it can be told `now` and not before: what comes in
  // between may take its core once more. A node that is Free can be busy too: with what it began
  // before a slowness ended. Times must not fall from call to call.
  Instant Ready(uint32_t node, Instant now);
  // What work of the processor that costs `nanos` takes with the scenario's scale.
  int64_t Scaled(int64_t nanos) const;
  // The same of what waits for memory.
  int64_t MemoryScaled(int64_t nanos) const;
  // How long `nanos`, scaled where they are the processor's, take on this node now.
  Duration Time(uint32_t node, int64_t nanos) const;
  // Begins a turn at `start`, of `nanos` as in Time. Returns its end.
  Instant Run(uint32_t node, Instant start, int64_t nanos);
  // The process ends: what is left of its turn is not worked.
  void Abort(uint32_t node, Instant now);
  // Nanoseconds that the node worked until `now`, which is not before the last turn began.
  uint64_t used_nanos(uint32_t node, Instant now) const;

 private:
  size_t FirstCore(uint32_t node) const { return node / nodes_per_machine_ * cores_per_machine_; }
  int64_t Slowed(uint32_t node, int64_t nanos) const;
  // The core of the node's machine that is free first, as seen at `now`.
  size_t EarliestCore(uint32_t node, Instant now);
  Instant CoreFree(size_t core, Instant now) {
    return std::max(core_until_[core], background_.FreeAt(core, now));
  }

  bool free_ = true;
  CpuCosts costs_;
  uint32_t scale_percent_ = 100;
  uint32_t memory_scale_percent_ = 100;
  size_t cores_per_machine_ = 0;  // 0: a core of its own for each node
  size_t nodes_per_machine_ = 1;
  std::vector<uint32_t> factor_;
  std::vector<Instant> busy_until_;   // by node
  std::vector<uint64_t> used_nanos_;  // by node: until busy_until_
  std::vector<size_t> core_of_;       // by node: of its last turn
  std::vector<Instant> core_until_;   // by core; empty: nothing but the node itself takes its core
  BackgroundLoad background_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_CPU_H_
