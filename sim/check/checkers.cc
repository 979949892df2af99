#include "sim/check/checkers.h"

#include <utility>

#include "sim/check/durable_vote.h"
#include "sim/check/epoch_owner.h"
#include "sim/check/epochs_monotonic.h"
#include "sim/check/quorum_win.h"
#include "sim/check/replication_tree.h"
#include "sim/check/vote_once.h"

namespace gossamer::sim {

Checkers MakeCheckers() {
  Checkers made;
  made.all.push_back(std::make_unique<VoteOnce>());
  made.all.push_back(std::make_unique<QuorumWin>());
  made.all.push_back(std::make_unique<EpochOwner>());
  made.all.push_back(std::make_unique<DurableVote>());
  made.all.push_back(std::make_unique<EpochsMonotonic>());
  made.all.push_back(std::make_unique<ReplicationTree>());
  auto convergence = std::make_unique<Convergence>();
  auto false_fail = std::make_unique<FalseFail>();
  made.convergence = convergence.get();
  made.false_fail = false_fail.get();
  made.all.push_back(std::move(convergence));
  made.all.push_back(std::move(false_fail));
  return made;
}

}  // namespace gossamer::sim
