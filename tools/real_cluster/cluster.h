// RealCluster: the nodes of a scenario as processes on this machine, and how they are asked.
//
// Starts the cluster as the scenario says: with written nodes.conf files (formed, cold and
// nodes_conf), or by commands (meet). Node ids are those of the simulated cluster of the same seed,
// but for `meet`. All processes end with the object. Errors are one line that names the node.
// Thread safety: none.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_CLUSTER_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_CLUSTER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/model/select.h"
#include "sim/scenario/scenario.h"
#include "tools/real_cluster/agreement.h"
#include "tools/real_cluster/ports.h"
#include "tools/real_cluster/real_node.h"

namespace gossamer::real {

struct ClusterSpec {
  const sim::Scenario* scenario = nullptr;         // must outlive the cluster
  const std::vector<Program>* programs = nullptr;  // shard s runs program s modulo their number
  std::optional<std::string> rules;                // of our nodes, instead of the scenario's
  uint64_t seed = 1;
  std::string directory;  // exists, and is empty
  std::function<bool()> interrupted = [] { return false; };
};

class RealCluster {
 public:
  explicit RealCluster(const ClusterSpec& spec);

  // Starts all nodes and waits until everybody agrees, cluster_state is ok everywhere and the
  // replicas of servers with data are in step with their primaries.
  bool Start(std::string* error);

  size_t size() const { return nodes_.size(); }
  RealNode& node(size_t index) { return nodes_[index]; }
  const RealNode& node(size_t index) const { return nodes_[index]; }
  // How targets see the nodes, as of the last Refresh.
  const sim::SelectView& view() const { return view_; }

  // Asks every live node for its role. One that does not answer keeps its last one.
  void Refresh();
  // A command that replies OK, or another that is no error. False with the reply or why there is
  // none.
  bool Ask(size_t index, const std::vector<std::string>& words, std::string* error);
  std::optional<std::string> AskText(size_t index, const std::vector<std::string>& words,
                                     std::string* error);
  // The node that replicates from `primary` and is live, or nothing.
  std::optional<size_t> LiveReplicaOf(size_t primary) const;
  std::optional<size_t> IndexOf(NodeName name) const;

  // Starts the process of a node that is down, and waits until it answers. Without its disk the
  // node is a new one.
  bool StartNode(size_t index, bool with_disk, std::string* error);
  // To be called when the process has ended, or is about to.
  void Forget(size_t index);
  // A new port for a node that is down.
  bool Move(size_t index, std::string* error);
  // The processes that ended by themselves since the last call, and how. They are down now.
  std::vector<std::pair<size_t, std::string>> Crashed();

  // The views of all live nodes; those that do not answer are left out.
  std::vector<NodeView> Views();
  // Every id that a node has had, with the node.
  const std::vector<std::pair<NodeName, size_t>>& names() const { return names_; }

 private:
  std::string NameOf(size_t index) const;
  void Configure();
  bool WriteFile(size_t index, const NodesConf& conf, std::string* error) const;
  bool WriteFiles(std::string* error);
  bool Launch(size_t index, std::string* error);
  // Until the node answers PING.
  bool WaitForAnswer(size_t index, std::string* error);
  // Tries until `why()` is empty; else the last reason is in *error.
  bool WaitUntil(const std::function<std::string()>& why, std::string* error);
  bool LearnName(size_t index, std::string* error);

  bool Form(std::string* error);
  bool GiveSlots(std::string* error);
  std::string WhyNotMet();
  std::string WhyNotReady();
  std::string WhyNodeNotReady(size_t index);

  ClusterSpec spec_;
  std::vector<sim::NodeInfo> infos_;  // what view_ looks at
  std::vector<RealNode> nodes_;
  sim::SelectView view_;
  Ports ports_;
  std::vector<std::pair<NodeName, size_t>> names_;
};

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_CLUSTER_H_
