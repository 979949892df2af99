// NodeNames: what an operator calls the nodes of a cluster that came from a layout. Nodes that a
// scenario made up have indexes alone.
//
// A name is the beginning of the node's id and its announced name, its host name or its address:
// "a3a5545f 10.0.0.7:6379". Targets know a node by its index and by that beginning of its id.
// Thread safety: values.
#ifndef GOSSAMER_SIM_SCENARIO_NODE_NAMES_H_
#define GOSSAMER_SIM_SCENARIO_NODE_NAMES_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.h"

namespace gossamer::sim {

class NodeNames {
 public:
  NodeNames() = default;
  explicit NodeNames(const Scenario& scenario);

  bool empty() const { return names_.empty(); }
  // By index.
  const std::vector<std::string>& all() const { return names_; }
  // Empty for a node without a name.
  std::string_view Of(size_t node) const;
  // "node 3 (a3a5545f 10.0.0.7:6379)", or "node 3".
  std::string Text(size_t node) const;
  // `text` with the name behind each "node 3" in it.
  std::string Named(std::string_view text) const;

 private:
  std::vector<std::string> names_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_NODE_NAMES_H_
