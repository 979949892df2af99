// Reach: which nodes are live and reachable, and since when.
//
// A node is reachable while no partition in force cuts it off from most live voting primaries. Of
// the two sides of a cut, the nodes that the fault names and all others, the one with fewer voting
// primaries counts as cut off; both do when they have as many, and all nodes that it names do when
// the fault names several sides, or isolates each; a ring cuts nobody off, as each node sees most
// others. Faults that only slow a node or its links down leave it reachable: whoever declares it
// dead is wrong. Not an observer by itself: whoever owns one passes the calls
// on. Thread safety: none.
#ifndef GOSSAMER_SIM_CHECK_REACH_H_
#define GOSSAMER_SIM_CHECK_REACH_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/check/cluster_probe.h"
#include "sim/model/observer.h"

namespace gossamer::sim {

class Reach {
 public:
  // `probe` must outlive it.
  void Begin(const ClusterProbe* probe);
  void OnIncident(Instant at, const Incident& incident);
  void OnIncidentEnd(Instant at, const Incident& incident);
  void OnRestart(Instant at, NodeIndex node);

  // Live and reachable, and had been so at every moment of the last `length` (or since the start).
  bool SoundFor(NodeIndex node, Instant now, Duration length) const {
    return node.value < since_.size() && probe_->live(node) && cuts_[node.value] == 0 &&
           (since_[node.value].us == 0 || now - since_[node.value] >= length);
  }
  bool cut_off(NodeIndex node) const { return cuts_[node.value] != 0; }

 private:
  std::vector<NodeIndex> CutOff(const Incident& incident) const;

  const ClusterProbe* probe_ = nullptr;
  std::vector<uint32_t> cuts_;  // by node: cuts in force against it
  std::vector<Instant> since_;  // by node: when it last returned; zero: it was never away
  std::vector<std::pair<uint32_t, std::vector<NodeIndex>>> in_force_;  // by number of incident
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_CHECK_REACH_H_
