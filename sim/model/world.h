// World: a simulated cluster. It hosts ClusterNodes on a virtual clock, a simulated network and
// simulated disks.
//
// One World is one run of one scenario with one seed. It is single-threaded and shares nothing with
// other Worlds, so that seeds run in parallel. Same (scenario, seed, options) gives the same digest
// on every compiler, in every transport. SOURCE: architecture sections 4, 6 and 8; assumptions in
// sim/README.md.
#ifndef GOSSAMER_SIM_MODEL_WORLD_H_
#define GOSSAMER_SIM_MODEL_WORLD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/cluster/cluster_node.h"
#include "sim/model/delay_histogram.h"
#include "sim/model/observer.h"
#include "sim/model/run_options.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

// What does not change about a node during a run.
struct NodeInfo {
  NodeIndex index;
  NodeName name;      // at the start; RESET HARD gives a node another one
  int64_t shard = 0;  // of the start
  bool starts_as_primary = false;
  std::string zone;
  std::string ip;
  uint16_t port = 0;
  uint16_t cport = 0;
};

class World {
 public:
  // REQUIRES: `scenario` was accepted by the loader, and outlives the world; so do the observers.
  World(const Scenario& scenario, const RunOptions& options, std::vector<Observer*> observers);
  World(const Scenario&&, const RunOptions&, std::vector<Observer*>) = delete;
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Runs to the end. To be called once.
  RunResult Run();
  // Asks Run to return at the next event; safe to call from a signal handler or another thread.
  void Interrupt();

  Instant now() const;
  size_t node_count() const;
  const NodeInfo& info(NodeIndex node) const;
  // The node's core, or null while its process does not run.
  const ClusterNode* node(NodeIndex node) const;
  // The process runs and is neither paused nor on a lost host.
  bool live(NodeIndex node) const;
  // The node whose *current* name is `key`, or an invalid index for names that no node has
  // (handshakes).
  NodeIndex IndexOf(NodeKey key) const;
  const HostTables& tables() const;
  // So far: what was delivered, and the CPU time that the node's turns took.
  const TrafficTotals& traffic() const;
  uint64_t cpu_nanos(NodeIndex node) const;
  const QueueDelay& queue_delay() const;
  const Scenario& scenario() const;
  const RunOptions& options() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_WORLD_H_
