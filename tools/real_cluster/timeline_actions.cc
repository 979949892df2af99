// Actions of a scenario's operators, as commands to real servers.
#include <algorithm>
#include <cctype>
#include <csignal>

#include "core/cluster/config_options.h"
#include "sim/report/text_format.h"
#include "tools/real_cluster/clocks.h"
#include "tools/real_cluster/timeline.h"

namespace gossamer::real {
namespace {

using sim::ActionKind;
using sim::NodeIndex;
using sim::TimelineItem;

// As in the simulated world: how often a rolling restart looks, how long it gives a failover and a
// start, how long it leaves a node down.
constexpr Duration kRollPoll = Millis(100);
constexpr Duration kRollFailover = Seconds(10);
constexpr Duration kRollDown = Seconds(1);
constexpr Duration kRollUp = Seconds(60);

std::string Upper(std::string word) {
  for (char& c : word) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return word;
}

}  // namespace

void RealTimeline::ApplyAction(const TimelineItem& item, Rng* rng, RealIncident* incident) {
  const bool down_too =
      item.action == ActionKind::kRestart || item.action == ActionKind::kConfigSet;
  const std::vector<NodeIndex> nodes = Select(
      item.target, cluster_->view(), down_too ? sim::Selectable::kAny : sim::Selectable::kUp, rng);
  incident->at = Now();
  if (nodes.empty()) incident->refusals.emplace_back("the target: no node matches it");
  NoteMissed(item.target, down_too, incident);
  AddVictims(nodes, incident);
  std::vector<size_t> others;
  if (item.to) others = SelectOther(*item.to, rng, incident);
  incident->at = Now();
  if (item.action == ActionKind::kRollingRestart) {
    rolling_.push_back({.incident = incident, .since = Now(), .next = Now()});
    return;
  }
  for (const NodeIndex node : nodes) ApplyToNode(item, node.value, others, incident);
}

// The node that `to` names: one that is up if there is one.
std::vector<size_t> RealTimeline::SelectOther(const sim::Target& to, Rng* rng,
                                              RealIncident* incident) {
  std::vector<NodeIndex> others = Select(to, cluster_->view(), sim::Selectable::kUp, rng);
  if (others.empty()) others = Select(to, cluster_->view(), sim::Selectable::kAny, rng);
  if (others.empty()) incident->refusals.emplace_back("the other node: none matches `to`");
  std::vector<size_t> nodes;
  nodes.reserve(others.size());
  for (const NodeIndex other : others) nodes.push_back(other.value);
  return nodes;
}

void RealTimeline::ApplyToNode(const TimelineItem& item, size_t node,
                               const std::vector<size_t>& others, RealIncident* incident) {
  switch (item.action) {
    case ActionKind::kRestart:
      return Restart(incident, node, item.with_disk);
    case ActionKind::kFailover:
      if (item.mode.empty() || item.mode == "default") {
        Ask(incident, node, {"CLUSTER", "FAILOVER"});
      } else {
        Ask(incident, node, {"CLUSTER", "FAILOVER", Upper(item.mode)});
      }
      return;
    case ActionKind::kReset:
      Ask(incident, node, {"CLUSTER", "RESET", item.mode.empty() ? "SOFT" : Upper(item.mode)});
      cluster_->Refresh();  // RESET HARD gives it another id
      return;
    case ActionKind::kAddressChange:
      return ChangeAddress(incident, node);
    case ActionKind::kConfigSet:
      return SetConfig(item, node, incident);
    default:
      break;
  }
  for (const size_t other : others) {
    if (other != node) ApplyToPair(item, node, other, incident);
  }
}

void RealTimeline::ApplyToPair(const TimelineItem& item, size_t node, size_t other,
                               RealIncident* incident) {
  const sim::NodeInfo& info = cluster_->node(other).info;
  switch (item.action) {
    case ActionKind::kMeet:
      Ask(incident, node,
          {"CLUSTER", "MEET", info.ip, std::to_string(info.port), std::to_string(info.cport)});
      return;
    case ActionKind::kForget:
      Ask(incident, node, {"CLUSTER", "FORGET", info.name.str()});
      return;
    case ActionKind::kReplicate:
      return Replicate(node, other, incident);
    case ActionKind::kMigrateSlots:
      return MigrateSlots(item, node, other, incident);
    default:
      return Refuse(incident, node, "not an action on nodes");
  }
}

void RealTimeline::Replicate(size_t node, size_t primary, RealIncident* incident) {
  const Program& program = *cluster_->node(node).program;
  const Program& source = *cluster_->node(primary).program;
  if (source.ours() && !program.ours()) {
    return Refuse(incident, node,
                  program.Text() + " cannot follow node " + std::to_string(primary) + ": " +
                      source.Text() + " sends no replication stream");
  }
  Ask(incident, node, {"CLUSTER", "REPLICATE", cluster_->node(primary).info.name.str()});
}

void RealTimeline::Restart(RealIncident* incident, size_t node, bool with_disk) {
  ended_by_[node] = kNoIncident;
  if (!cluster_->node(node).down()) End(node, SIGKILL, incident);
  const Instant begin = Now();
  std::string error;
  if (!cluster_->StartNode(node, with_disk, &error)) {
    cluster_->Forget(node);
    return Refuse(incident, node, error);
  }
  Note(node, NodeChange::kStarted, begin);
}

void RealTimeline::ChangeAddress(RealIncident* incident, size_t node) {
  End(node, SIGKILL, incident);
  std::string error;
  if (!cluster_->Move(node, &error)) return Refuse(incident, node, error);
  Restart(incident, node, true);
}

// A running process is told; one that is down finds it on its next command line.
void RealTimeline::SetConfig(const TimelineItem& item, size_t node, RealIncident* incident) {
  for (const auto& [name, value] : item.config) {
    RealNode& target = cluster_->node(node);
    if (!target.down() && !Ask(incident, node, {"CONFIG", "SET", name, value})) continue;
    target.options[name] = value;
  }
}

void RealTimeline::MigrateSlots(const TimelineItem& item, size_t from, size_t to,
                                RealIncident* incident) {
  const std::string source = cluster_->node(from).info.name.str();
  const std::string target = cluster_->node(to).info.name.str();
  for (const int64_t number : item.slots) {
    const std::string slot = std::to_string(number);
    const auto set = [&](size_t node, const char* what, const std::string& who) {
      return Ask(incident, node, {"CLUSTER", "SETSLOT", slot, what, who});
    };
    // What is refused leaves the slot as it is by then, as a tool does that stops at errors.
    if (set(to, "IMPORTING", source) && set(from, "MIGRATING", target) && set(to, "NODE", target)) {
      set(from, "NODE", target);
    }
  }
}

// ---- Rolling restart ----

bool RealTimeline::StateOk(size_t node) {
  std::string ignored;
  const auto info = cluster_->AskText(node, {"CLUSTER", "INFO"}, &ignored);
  return info && info->find("cluster_state:ok") != std::string::npos;
}

// True when the node may go down: it serves no slots, or nobody can take them over in time.
bool RealTimeline::FailoverDone(Rolling* rolling, RealIncident* incident, size_t node) {
  cluster_->Refresh();
  if (!cluster_->node(node).live() || !cluster_->node(node).votes()) return true;
  if (Now() - rolling->since > kRollFailover) {
    Refuse(incident, node, "no replica took over in time; restarted as a primary");
    return true;
  }
  if (rolling->asked) return false;
  rolling->asked = true;
  const auto replica = cluster_->LiveReplicaOf(node);
  if (!replica) return true;
  Ask(incident, *replica, {"CLUSTER", "FAILOVER"});
  return false;
}

void RealTimeline::Roll(Rolling* rolling) {
  RealIncident& incident = *rolling->incident;
  rolling->next = Now() + kRollPoll;
  if (rolling->at == incident.victims.size()) {
    rolling->next = kNever;
    return;
  }
  const size_t node = incident.victims[rolling->at].node;
  switch (rolling->step) {
    case Rolling::Step::kFailover:
      if (!FailoverDone(rolling, &incident, node)) return;
      if (!cluster_->node(node).down()) End(node, SIGTERM, &incident);
      rolling->step = Rolling::Step::kDown;
      rolling->next = Now() + kRollDown;
      return;
    case Rolling::Step::kDown:
      Restart(&incident, node, true);
      rolling->step = Rolling::Step::kUp;
      rolling->since = Now();
      return;
    case Rolling::Step::kUp:
      if (!StateOk(node) && Now() - rolling->since < kRollUp) return;
      ++rolling->at;
      rolling->step = Rolling::Step::kFailover;
      rolling->asked = false;
      rolling->since = Now();
      return;
  }
}

}  // namespace gossamer::real
