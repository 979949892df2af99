// epoch_owner: an epoch that is won by election belongs to one node.
//
// Follows from one vote per voter and epoch, and from any two quorums sharing a voter. The winner
// claims its slots with that epoch; two owners of one epoch could claim the same slots with equal
// right. Epochs taken without votes (TAKEOVER, BUMPEPOCH, collisions) are outside of the rule.
// SOURCE: semantics spec sections 8 and 18 (I1).
#ifndef GOSSAMER_SIM_CHECK_EPOCH_OWNER_H_
#define GOSSAMER_SIM_CHECK_EPOCH_OWNER_H_

#include <cstdint>
#include <map>
#include <string_view>

#include "sim/check/checker.h"

namespace gossamer::sim {

class EpochOwner : public Checker {
 public:
  std::string_view name() const override { return "epoch_owner"; }
  std::string_view rule() const override { return "an epoch won by election belongs to one node"; }
  void OnEvent(Instant at, NodeIndex node, const Event& event) override;

 private:
  struct Win {
    NodeIndex node;
    Instant at;
  };
  std::map<uint64_t, Win> owner_;  // by epoch
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_CHECK_EPOCH_OWNER_H_
