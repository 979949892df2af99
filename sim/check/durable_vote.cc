#include "sim/check/durable_vote.h"

#include "absl/strings/str_cat.h"

namespace gossamer::sim {

void DurableVote::OnVoteSent(Instant at, NodeIndex from, NodeIndex to, const Message& message,
                             const DurableEpochs& durable) {
  const Epoch epoch = message.header.current_epoch;
  if (message.type == MessageType::kAuthAck && durable.last_vote_epoch < epoch) {
    Report(
        at, from,
        absl::StrCat(NodeText(from), " sent its vote in epoch ", epoch.value, " to ", NodeText(to),
                     " while its disk held lastVoteEpoch ", durable.last_vote_epoch.value));
  } else if (message.type == MessageType::kAuthRequest && durable.current_epoch < epoch) {
    Report(
        at, from,
        absl::StrCat(NodeText(from), " asked ", NodeText(to), " for a vote in epoch ", epoch.value,
                     " while its disk held currentEpoch ", durable.current_epoch.value));
  }
}

}  // namespace gossamer::sim
