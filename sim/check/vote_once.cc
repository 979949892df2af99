#include "sim/check/vote_once.h"

#include "absl/strings/str_cat.h"

namespace gossamer::sim {

void VoteOnce::Begin() { last_.assign(probe().node_count(), {}); }

void VoteOnce::OnVoteSent(Instant at, NodeIndex from, NodeIndex to, const Message& message,
                          const DurableEpochs& /*durable*/) {
  if (message.type != MessageType::kAuthAck) return;
  const Epoch epoch = message.header.current_epoch;
  Vote& last = last_[from.value];
  if (last.given && epoch == last.epoch) {
    Report(at, from,
           absl::StrCat(NodeText(from), " voted twice in epoch ", epoch.value, ": for ",
                        NodeText(last.to), " and for ", NodeText(to)));
  } else if (last.given && epoch < last.epoch) {
    Report(at, from,
           absl::StrCat(NodeText(from), " voted for ", NodeText(to), " in epoch ", epoch.value,
                        " after it had voted in epoch ", last.epoch.value));
    return;
  }
  last = {epoch, to, true};
}

void VoteOnce::OnRestart(Instant /*at*/, NodeIndex node, bool with_disk) {
  // Without its disk it is another voter that happens to run at the same place.
  if (!with_disk) last_[node.value] = {};
}

}  // namespace gossamer::sim
