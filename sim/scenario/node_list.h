// A list of nodes on a command line, as a scenario's targets name them: "0-9,17", and in a cluster
// from a layout also ids, ip:port and names.
//
// Thread safety: a pure function.
#ifndef GOSSAMER_SIM_SCENARIO_NODE_LIST_H_
#define GOSSAMER_SIM_SCENARIO_NODE_LIST_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.h"
#include "sim/scenario/units.h"

namespace gossamer::sim {

// The nodes' indexes, rising, each once. Items are separated by commas.
Parsed<std::vector<int64_t>> ParseNodeList(std::string_view text, const Scenario& scenario);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_NODE_LIST_H_
