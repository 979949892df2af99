// vote_once: a voter gives one vote per epoch, also across restarts that keep its disk.
//
// Follows from lastVoteEpoch: a primary refuses once lastVoteEpoch is its current epoch, writes it
// before the vote leaves, and reads it back when it starts. Otherwise two replicas could each
// collect a quorum in one epoch. As both epochs only rise, a vote in an older epoch than the last
// one's counts as a breach too. SOURCE: semantics spec sections 8.1 and 18 (I2; bug 20).
#ifndef GOSSAMER_SIM_CHECK_VOTE_ONCE_H_
#define GOSSAMER_SIM_CHECK_VOTE_ONCE_H_

#include <string_view>
#include <vector>

#include "sim/check/checker.h"

namespace gossamer::sim {

class VoteOnce : public Checker {
 public:
  std::string_view name() const override { return "vote_once"; }
  std::string_view rule() const override {
    return "a voter votes once per epoch, across restarts with its disk";
  }
  void OnVoteSent(Instant at, NodeIndex from, NodeIndex to, const Message& message,
                  const DurableEpochs& durable) override;
  void OnRestart(Instant at, NodeIndex node, bool with_disk) override;

 private:
  struct Vote {
    Epoch epoch;
    NodeIndex to;
    bool given = false;
  };
  void Begin() override;

  std::vector<Vote> last_;  // by node
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_CHECK_VOTE_ONCE_H_
