// epochs_monotonic: a node's epochs never fall while its disk is kept.
//
// currentEpoch and lastVoteEpoch always; configEpoch while the node is a primary, since a replica
// carries its primary's claim and starts with zero. Follows from the rules that only raise them;
// with a falling epoch a newer claim would lose to an older one. Across a restart the node must
// come back at least with what its disk held when it last sent a vote or asked for one: whatever
// was learned and not yet written may be forgotten. RESET HARD starts at zero. SOURCE: semantics
// spec sections 6, 11 and 18 (I6).
#ifndef GOSSAMER_SIM_CHECK_EPOCHS_MONOTONIC_H_
#define GOSSAMER_SIM_CHECK_EPOCHS_MONOTONIC_H_

#include <string_view>
#include <vector>

#include "sim/check/checker.h"

namespace gossamer::sim {

class EpochsMonotonic : public Checker {
 public:
  std::string_view name() const override { return "epochs_monotonic"; }
  std::string_view rule() const override {
    return "currentEpoch, lastVoteEpoch and a primary's configEpoch never fall while the disk is "
           "kept";
  }
  void OnEvent(Instant at, NodeIndex node, const Event& event) override;
  void OnVoteSent(Instant at, NodeIndex from, NodeIndex to, const Message& message,
                  const DurableEpochs& durable) override;
  void OnIncident(Instant at, const Incident& incident) override;
  void OnRestart(Instant at, NodeIndex node, bool with_disk) override;
  void OnSecond(Instant at) override;

 private:
  // The least value that is still in order.
  struct Floor {
    Epoch current;
    Epoch last_vote;
    Epoch config;
    bool operator==(const Floor&) const = default;
  };
  void Begin() override;
  void Look(Instant at, NodeIndex node);

  std::vector<Floor> floor_;    // by node
  std::vector<Floor> durable_;  // by node: what its disk is known to hold
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_CHECK_EPOCHS_MONOTONIC_H_
