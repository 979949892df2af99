// Reach: which nodes are live and reachable, and since when.
//
// A node is reachable while the partitions in force leave it a way to more than half of the live
// voting primaries, itself included; it is cut off otherwise. A cut between two nodes that reach
// all others cuts nobody off. Looked at when a partition begins or ends; a link that is cut one
// way counts as cut. Faults that only slow a node or its links down leave it reachable: whoever
// declares it dead is wrong. Not an observer by itself: whoever owns one passes the calls on.
// Thread safety: none.
#ifndef GOSSAMER_SIM_CHECK_REACH_H_
#define GOSSAMER_SIM_CHECK_REACH_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/check/cluster_probe.h"
#include "sim/model/link_faults.h"
#include "sim/model/observer.h"

namespace gossamer::sim {

class Reach {
 public:
  // `probe` must outlive it.
  void Begin(const ClusterProbe* probe);
  // The nodes that the incident cuts off and that were not cut off before, rising; none unless it
  // is a partition.
  std::vector<NodeIndex> OnIncident(Instant at, const Incident& incident);
  void OnIncidentEnd(Instant at, const Incident& incident);
  void OnRestart(Instant at, NodeIndex node);

  // Live and reachable, and had been so at every moment of the last `length` (or since the start).
  bool SoundFor(NodeIndex node, Instant now, Duration length) const {
    return node.value < since_.size() && probe_->live(node) && !cut_off_[node.value] &&
           (since_[node.value].us == 0 || now - since_[node.value] >= length);
  }
  bool cut_off(NodeIndex node) const { return cut_off_[node.value]; }

 private:
  struct Cut {
    uint32_t number = 0;
    std::shared_ptr<const LinkFault> fault;
  };

  bool Connected(uint32_t a, uint32_t b) const;
  void LookAtCuts();

  const ClusterProbe* probe_ = nullptr;
  std::vector<bool> cut_off_;   // by node
  std::vector<Instant> since_;  // by node: when it last returned; zero: it was never away
  std::vector<Cut> in_force_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_CHECK_REACH_H_
