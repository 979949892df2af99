// RealNode: one node of a real cluster: who it is in the scenario, its process, what it was told.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_REAL_NODE_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_REAL_NODE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/model/world.h"
#include "tools/real_cluster/process.h"
#include "tools/real_cluster/program.h"
#include "tools/real_cluster/resp_client.h"

namespace gossamer::real {

struct RealNode {
  sim::NodeInfo info;  // its name and port change with the process's
  const Program* program = nullptr;
  std::string directory;
  std::string rules;                           // of ours
  std::map<std::string, std::string> options;  // cluster-*

  std::unique_ptr<Process> process;  // null: down
  std::unique_ptr<RespClient> client;
  std::set<uint32_t> pauses;  // the incidents that hold it

  // In its own view, when it was last asked.
  bool primary = false;
  uint32_t slots = 0;
  NodeName replicaof;  // zero for a primary

  bool down() const { return process == nullptr; }
  bool live() const { return process != nullptr && pauses.empty(); }
  bool votes() const { return primary && slots > 0; }
  std::string LogPath() const { return directory + "/log"; }
  std::string OutputPath() const { return directory + "/output"; }
  std::string NodesConfPath() const { return directory + "/nodes.conf"; }
};

// The command line of its program.
std::vector<std::string> ArgumentsOf(const RealNode& node);

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_REAL_NODE_H_
