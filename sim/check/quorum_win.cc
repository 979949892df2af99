#include "sim/check/quorum_win.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace gossamer::sim {

void QuorumWin::OnEvent(Instant at, NodeIndex node, const Event& event) {
  if (event.type == EventType::kVoteGranted) {
    grants_[event.epoch.value].push_back({node, probe().IndexOf(event.subject)});
    const uint64_t newest = grants_.rbegin()->first;
    while (newest - grants_.begin()->first > kEpochsKept) grants_.erase(grants_.begin());
  } else if (event.type == EventType::kElectionWon) {
    CheckWinner(at, node, event);
  }
}

void QuorumWin::CheckWinner(Instant at, NodeIndex winner, const Event& event) {
  std::vector<NodeIndex> voters;
  if (const auto found = grants_.find(event.epoch.value); found != grants_.end()) {
    for (const Grant& grant : found->second) {
      if (grant.candidate == winner) voters.push_back(grant.voter);
    }
  }
  std::sort(voters.begin(), voters.end());
  voters.erase(std::unique(voters.begin(), voters.end()), voters.end());
  const uint32_t size = probe().size(winner);
  const uint32_t quorum = size / 2 + 1;
  if (voters.size() < quorum) {
    Report(at, winner,
           absl::StrCat(NodeText(winner), " won epoch ", event.epoch.value, " with the votes of ",
                        voters.size(), " distinct voters (it counted ", event.value, "), needed ",
                        quorum, " of ", size));
  } else if (event.value < static_cast<int64_t>(quorum)) {
    Report(
        at, winner,
        absl::StrCat(NodeText(winner), " won epoch ", event.epoch.value, " when it had received ",
                     event.value, " votes, needed ", quorum, " of ", size));
  }
}

}  // namespace gossamer::sim
