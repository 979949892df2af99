#include "sim/check/epoch_owner.h"

#include "absl/strings/str_cat.h"

namespace gossamer::sim {

void EpochOwner::OnEvent(Instant at, NodeIndex node, const Event& event) {
  if (event.type != EventType::kElectionWon) return;
  const auto [found, added] = owner_.try_emplace(event.epoch.value, Win{node, at});
  if (added || found->second.node == node) return;
  Report(at, node,
         absl::StrCat(NodeText(node), " won epoch ", event.epoch.value, ", which ",
                      NodeText(found->second.node), " had won at ", TimeText(found->second.at)));
}

}  // namespace gossamer::sim
