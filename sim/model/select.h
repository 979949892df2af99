// Target selection: which nodes a scenario's target means at this moment.
//
// Conditions are checked in the order of node indexes; draws come from the stream that is passed
// in. Results rise. Thread safety: none.
#ifndef GOSSAMER_SIM_MODEL_SELECT_H_
#define GOSSAMER_SIM_MODEL_SELECT_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/rng.h"
#include "sim/model/observer.h"
#include "sim/model/world.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

// What selection needs to know of the nodes at this moment.
struct SelectView {
  const std::vector<NodeInfo>* nodes = nullptr;
  std::function<bool(uint32_t)> is_primary;  // in its own view; a dead node's last one
  std::function<bool(uint32_t)> is_down;
};

// Whether nodes that are down count when the target does not say.
enum class Selectable : uint8_t { kAny, kUp };

// Every node that meets the target's conditions.
std::vector<NodeIndex> Matches(const Target& target, const SelectView& view, Selectable which);

// As above, less what is not drawn. `percent` rounds up. With keep_one_per_shard nodes are passed
// over that are the last ones up in their shard.
std::vector<NodeIndex> Select(const Target& target, const SelectView& view, Selectable which,
                              Rng* rng);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_SELECT_H_
