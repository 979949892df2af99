// quorum_win: whoever wins an election had the votes of a quorum of distinct voters in that epoch.
//
// Follows from the definition of winning: more than half of the voting primaries, by the size that
// the winner knows, whatever their health. The votes are counted where they are given (the voter's
// decision to grant), not where they are received, so that a vote counted twice, or one of another
// epoch, does not pass. Needed so that two elections in one epoch share a voter. SOURCE: semantics
// spec sections 8.2 and 18 (I3; bug 58).
#ifndef GOSSAMER_SIM_CHECK_QUORUM_WIN_H_
#define GOSSAMER_SIM_CHECK_QUORUM_WIN_H_

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "sim/check/checker.h"

namespace gossamer::sim {

class QuorumWin : public Checker {
 public:
  // Epochs so far behind the newest one are forgotten; no election lasts that long.
  static constexpr uint64_t kEpochsKept = 8192;

  std::string_view name() const override { return "quorum_win"; }
  std::string_view rule() const override {
    return "a winner had the votes of a quorum of distinct voters in its epoch";
  }
  void OnEvent(Instant at, NodeIndex node, const Event& event) override;

 private:
  struct Grant {
    NodeIndex voter;
    NodeIndex candidate;
  };
  void CheckWinner(Instant at, NodeIndex winner, const Event& event);

  std::map<uint64_t, std::vector<Grant>> grants_;  // by epoch
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_CHECK_QUORUM_WIN_H_
