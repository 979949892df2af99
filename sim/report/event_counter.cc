#include "sim/report/event_counter.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace gossamer::sim {
namespace {

void Count(uint64_t* count, std::string* first, Instant at, NodeIndex node, NodeIndex subject) {
  if (++*count > 1) return;
  *first = absl::StrCat(TimeText(at), ": ", NodeText(node));
  if (subject != NodeIndex{}) absl::StrAppend(first, " about ", NodeText(subject));
}

}  // namespace

bool HoldsVictims(const Incident& incident) { return incident.item->is_fault; }

void EventCounter::Attach(std::shared_ptr<const ClusterProbe> probe) {
  probe_ = std::move(probe);
  reach_.Begin(probe_.get());
  timeout_ = probe_->node_timeout();
  victim_of_.assign(probe_->node_count(), 0);
}

void EventCounter::OnEvent(Instant at, NodeIndex node, const Event& event) {
  EventCounts& counts = counts_[static_cast<size_t>(event.type)];
  const NodeIndex subject = probe_->IndexOf(event.subject);
  Count(&counts.any, &counts.first_any, at, node, subject);
  if (subject == NodeIndex{}) return;
  if (victim_of_[subject.value] > 0) {
    Count(&counts.victims, &counts.first_victims, at, node, subject);
  }
  if (reach_.SoundFor(subject, at, timeout_)) {
    Count(&counts.live, &counts.first_live, at, node, subject);
  }
}

void EventCounter::OnIncident(Instant at, const Incident& incident) {
  reach_.OnIncident(at, incident);
  if (!HoldsVictims(incident)) return;
  for (const NodeIndex node : incident.victims) ++victim_of_[node.value];
}

void EventCounter::OnIncidentEnd(Instant at, const Incident& incident) {
  reach_.OnIncidentEnd(at, incident);
  if (!HoldsVictims(incident)) return;
  for (const NodeIndex node : incident.victims) {
    if (victim_of_[node.value] > 0) --victim_of_[node.value];
  }
}

void EventCounter::OnRestart(Instant at, NodeIndex node, bool /*with_disk*/) {
  reach_.OnRestart(at, node);
  victim_of_[node.value] = 0;
}

}  // namespace gossamer::sim
