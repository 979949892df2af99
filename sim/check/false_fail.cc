#include "sim/check/false_fail.h"

#include "absl/strings/str_cat.h"

namespace gossamer::sim {

void FalseFail::OnEvent(Instant at, NodeIndex node, const Event& event) {
  if (event.type != EventType::kFailSet) return;
  const NodeIndex subject = probe().IndexOf(event.subject);
  if (subject == NodeIndex{} || !reach_.SoundFor(subject, at, timeout_)) return;
  Report(at, node,
         absl::StrCat(NodeText(node), " set FAIL on ", NodeText(subject), ", which is live",
                      event.other.valid() ? "" : " (by quorum)"));
}

}  // namespace gossamer::sim
