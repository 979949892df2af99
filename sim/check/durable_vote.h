// durable_vote: what a vote or a request for votes says is on the sender's disk before it leaves.
//
// A vote: lastVoteEpoch on disk has reached the vote's epoch; else the voter could crash, forget,
// and vote again. A request: currentEpoch on disk has reached the election's epoch; else the
// candidate could start a second election in it after a crash. SOURCE: semantics spec sections 8
// (D), 8.1 and 18 (bug 20).
#ifndef GOSSAMER_SIM_CHECK_DURABLE_VOTE_H_
#define GOSSAMER_SIM_CHECK_DURABLE_VOTE_H_

#include <string_view>

#include "sim/check/checker.h"

namespace gossamer::sim {

class DurableVote : public Checker {
 public:
  std::string_view name() const override { return "durable_vote"; }
  std::string_view rule() const override {
    return "a vote, and a request for votes, is on the sender's disk before it leaves";
  }
  void OnVoteSent(Instant at, NodeIndex from, NodeIndex to, const Message& message,
                  const DurableEpochs& durable) override;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_CHECK_DURABLE_VOTE_H_
