#include "tools/real_cluster/timeline.h"

#include <algorithm>
#include <csignal>
#include <numeric>

#include "sim/model/moments.h"
#include "sim/report/text_format.h"
#include "tools/real_cluster/clocks.h"

namespace gossamer::real {
namespace {

using sim::FaultKind;
using sim::NodeIndex;
using sim::TimelineItem;

constexpr Duration kPoll = Millis(5);
constexpr Duration kShutDown = Seconds(15);

}  // namespace

RealTimeline::RealTimeline(const sim::Scenario& scenario, uint64_t seed, WallTime origin,
                           RealCluster* cluster, std::function<bool()> interrupted,
                           std::function<void(const std::string&)> say)
    : scenario_(scenario),
      seed_(seed),
      cluster_(cluster),
      interrupted_(std::move(interrupted)),
      say_(std::move(say)),
      moments_(sim::DrawMoments(scenario.timeline, seed)),
      ended_by_(cluster->size(), kNoIncident) {
  order_.resize(moments_.size());
  std::iota(order_.begin(), order_.end(), 0);
  std::stable_sort(order_.begin(), order_.end(),
                   [this](uint32_t a, uint32_t b) { return moments_[a] < moments_[b]; });
  journal_.origin = origin;
  journal_.incidents.reserve(scenario.timeline.size());  // pointers into it stay
}

// In whole milliseconds, as the logs: else what happens at once would seem to happen before.
Instant RealTimeline::Now() const { return Instant{} + (InMillis(WallNow()) - journal_.origin); }

void RealTimeline::Note(size_t node, NodeChange change, Instant at) {
  journal_.changes.push_back({at, node, change});
}

void RealTimeline::Refuse(RealIncident* incident, size_t node, const std::string& why) {
  incident->refusals.push_back("node " + std::to_string(node) + ": " + why);
}

bool RealTimeline::Ask(RealIncident* incident, size_t node, const std::vector<std::string>& words) {
  std::string error;
  if (cluster_->Ask(node, words, &error)) return true;
  Refuse(incident, node, error);
  return false;
}

Journal RealTimeline::Run(Duration end) {
  journal_.began_at = Now();
  while (Now() < Instant{} + end) {
    if (interrupted_()) {
      journal_.interrupted = true;
      break;
    }
    Step();
    SleepFor(kPoll);
  }
  journal_.ended_at = Now();
  journal_.difference = Disagreement(cluster_->Views());
  journal_.names = cluster_->names();
  return std::move(journal_);
}

void RealTimeline::Step() {
  NoteCrashes();
  const auto due = [this](const auto& end) { return end.first <= Now(); };
  for (auto end = ends_.begin(); end != ends_.end();) {
    if (!due(*end)) {
      ++end;
      continue;
    }
    RealIncident* incident = end->second;
    end = ends_.erase(end);
    Undo(incident);
  }
  while (next_ < order_.size() && moments_[order_[next_]] <= Now()) {
    const uint32_t number = order_[next_++];
    Inject(scenario_.timeline[number], number);
  }
  for (Rolling& rolling : rolling_) {
    if (rolling.next <= Now()) Roll(&rolling);
  }
}

void RealTimeline::NoteCrashes() {
  for (const auto& [node, how] : cluster_->Crashed()) {
    const Instant now = Now();
    Note(node, NodeChange::kDown, now);
    journal_.notes.push_back("node " + std::to_string(node) + " " + how + ", unasked, at " +
                             sim::SecondsText(now - Instant{}) + " s");
    say_(journal_.notes.back());
  }
}

void RealTimeline::Inject(const TimelineItem& item, uint32_t number) {
  Rng rng(seed_, "timeline", number);
  RealIncident& incident = journal_.incidents.emplace_back();
  incident.number = number;
  incident.item = &item;
  cluster_->Refresh();
  DescribeState(&incident);
  if (item.is_fault) {
    ApplyFault(item, &rng, &incident);
  } else {
    ApplyAction(item, &rng, &incident);
  }
  NoteLeft(&incident);
  std::string line = sim::SecondsText(incident.at - Instant{}) + " s: " + item.text + ":";
  for (const RealVictim& victim : incident.victims) line += " node " + std::to_string(victim.node);
  for (const std::string& refusal : incident.refusals) line += "; " + refusal;
  say_(line);
  if (item.is_fault && item.length) ends_.emplace_back(incident.at + *item.length, &incident);
}

// Who follows whom, and how many vote, before anything is done.
void RealTimeline::DescribeState(RealIncident* incident) const {
  for (size_t i = 0; i < cluster_->size(); ++i) {
    const RealNode& node = cluster_->node(i);
    if (node.votes() && node.live()) ++incident->voters;
    if (node.primary || node.down()) continue;
    if (const auto primary = cluster_->IndexOf(node.replicaof)) {
      incident->following.emplace_back(i, *primary);
    }
  }
}

void RealTimeline::AddVictims(const std::vector<NodeIndex>& nodes, RealIncident* incident) const {
  for (const NodeIndex index : nodes) {
    const RealNode& node = cluster_->node(index.value);
    const bool voted = node.votes() && !node.down();
    incident->victims.push_back({index.value, node.info.name, voted, voted ? node.slots : 0});
  }
}

void RealTimeline::NoteLeft(RealIncident* incident) const {
  for (const RealVictim& victim : incident->victims) {
    incident->lost_shards.push_back(cluster_->node(victim.node).info.shard);
  }
  auto& lost = incident->lost_shards;
  std::sort(lost.begin(), lost.end());
  lost.erase(std::unique(lost.begin(), lost.end()), lost.end());
  for (size_t i = 0; i < cluster_->size(); ++i) {
    const RealNode& node = cluster_->node(i);
    if (!node.live()) continue;
    std::erase(lost, node.info.shard);
    if (node.votes()) ++incident->voters_left;
  }
}

// ---- Faults ----

void RealTimeline::ApplyFault(const TimelineItem& item, Rng* rng, RealIncident* incident) {
  std::vector<NodeIndex> nodes = Select(item.target, cluster_->view(), sim::Selectable::kUp, rng);
  incident->at = Now();
  if (nodes.empty()) incident->refusals.emplace_back("the target: no node matches it");
  NoteMissed(item.target, false, incident);
  std::erase_if(nodes, [&](NodeIndex n) { return !CanHit(item.fault, n.value, incident); });
  AddVictims(nodes, incident);
  incident->at = Now();
  // All signals first: waiting for one process must not delay the next one's.
  for (const NodeIndex node : nodes) Hit(item, node.value, incident);
  for (const NodeIndex node : nodes) {
    if (item.fault != FaultKind::kPause) AwaitEnd(node.value, incident);
  }
}

void RealTimeline::NoteMissed(const sim::Target& target, bool down_too, RealIncident* incident) {
  for (const int64_t number : target.nodes) {
    const auto node = static_cast<size_t>(number);
    if (down_too || target.killed.has_value() || !cluster_->node(node).down()) continue;
    Refuse(incident, node, "is not running");
  }
}

bool RealTimeline::CanHit(FaultKind kind, size_t node, RealIncident* incident) {
  if (cluster_->node(node).down()) {
    Refuse(incident, node, "is not running");
    return false;
  }
  if (kind == FaultKind::kShutdown && !cluster_->node(node).live()) {
    Refuse(incident, node, "does not answer");
    return false;
  }
  return true;
}

void RealTimeline::Hit(const TimelineItem& item, size_t node, RealIncident* incident) {
  const bool pauses = item.fault == FaultKind::kPause;
  const bool kills = item.fault == FaultKind::kKill;
  RealNode& hit = cluster_->node(node);
  hit.process->Signal(pauses ? SIGSTOP : kills ? SIGKILL : SIGTERM);
  Note(node, pauses ? NodeChange::kPaused : NodeChange::kDown, Now());
  if (pauses) {
    hit.pauses.insert(incident->number);
  } else {
    ended_by_[node] = incident->number;
  }
}

void RealTimeline::AwaitEnd(size_t node, RealIncident* incident) {
  const bool ended = cluster_->node(node).process->WaitForEnd(kShutDown);
  if (!ended) Refuse(incident, node, "did not end, and was killed");
  cluster_->Forget(node);
}

void RealTimeline::End(size_t node, int signal, RealIncident* incident) {
  cluster_->node(node).process->Signal(signal);
  Note(node, NodeChange::kDown, Now());
  AwaitEnd(node, incident);
}

void RealTimeline::Undo(RealIncident* incident) {
  const TimelineItem& item = *incident->item;
  incident->ended = Now();
  say_(sim::SecondsText(*incident->ended - Instant{}) + " s: end of " + item.text);
  for (const RealVictim& victim : incident->victims) {
    if (item.fault == FaultKind::kPause) {
      RealNode& node = cluster_->node(victim.node);
      if (node.pauses.erase(incident->number) == 0 || !node.pauses.empty()) continue;
      Note(victim.node, NodeChange::kResumed, Now());
      node.process->Signal(SIGCONT);
    } else if (ended_by_[victim.node] == incident->number) {
      // Not what was started meanwhile, be it down again or not.
      Restart(incident, victim.node, item.with_disk);
    }
  }
}

}  // namespace gossamer::real
