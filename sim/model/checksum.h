// StateChecksum: one number for everything that the nodes of a run remember, cheap enough for every
// virtual second.
//
// Hot rows are summed whole each time. What changes rarely (facts, flags' companions) is summed
// when a table's version says that it changed; the cold times of a row are summed for one node in
// sixteen each second, in turn. Names take part, NodeKeys do not: which key a name gets may depend
// on how long messages live.
#ifndef GOSSAMER_SIM_MODEL_CHECKSUM_H_
#define GOSSAMER_SIM_MODEL_CHECKSUM_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/cluster/cluster_node.h"

namespace gossamer::sim {

class StateChecksum {
 public:
  explicit StateChecksum(size_t nodes) : rare_(nodes) {}

  // The sum of node number `index`'s state. `round` counts the calls for all nodes.
  uint64_t Of(size_t index, const ClusterNode& node, uint64_t round);

 private:
  struct Rare {
    uint64_t version = 0;
    uint64_t sum = 0;
  };
  std::vector<Rare> rare_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_CHECKSUM_H_
