// Actions of a scenario's operators.
#include <algorithm>
#include <utility>

#include "core/cluster/config_options.h"
#include "sim/model/kinds.h"
#include "sim/model/start.h"
#include "sim/model/timeline.h"

namespace gossamer::sim {
namespace {

// A rolling restart looks every so often, gives a failover and a start so long, and leaves a node
// down for a moment.
constexpr Duration kRollPoll = Millis(100);
constexpr Duration kRollFailover = Seconds(10);
constexpr Duration kRollDown = Seconds(1);
constexpr Duration kRollUp = Seconds(60);

std::string Upper(const std::string& word) {
  std::string upper = word;
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

}  // namespace

std::string Timeline::NameOf(NodeIndex node) const {
  const Host& host = hosts_->host(node.value);
  return host.key.valid() ? run_.tables->pool.names().name(host.key).str()
                          : (*nodes_)[node.value].name.str();
}

bool Timeline::Ask(Entry* entry, NodeIndex node, std::vector<std::string> words) {
  const CommandReply reply = hosts_->Command(node.value, std::move(words));
  if (!reply.ok()) Refuse(entry, node, reply.text);
  return reply.ok();
}

void Timeline::ApplyAction(const TimelineItem& item, Rng* rng, Entry* entry) {
  Incident& incident = entry->incident;
  const bool down_too =
      item.action == ActionKind::kRestart || item.action == ActionKind::kConfigSet;
  incident.victims = Select(item.target, view_, down_too ? Selectable::kAny : Selectable::kUp, rng);
  NoteMissed(item.target, down_too, entry);
  for (const NodeIndex node : incident.victims) {
    const ClusterNode* core = hosts_->host(node.value).node.get();
    if (core != nullptr && core->state().i_am_voting()) incident.primaries.push_back(node);
  }
  std::vector<NodeIndex> others;
  if (item.to.has_value()) others = SelectOther(*item.to, rng, entry);
  if (item.action == ActionKind::kRollingRestart) {
    rolling_.push_back({.incident = incident.number, .since = now()});
    Roll(static_cast<uint32_t>(rolling_.size() - 1));
    return;
  }
  for (const NodeIndex node : incident.victims) ApplyToNode(item, node, others, entry);
}

// The node that `to` names: one that is up if there is one.
std::vector<NodeIndex> Timeline::SelectOther(const Target& to, Rng* rng, Entry* entry) {
  std::vector<NodeIndex> others = Select(to, view_, Selectable::kUp, rng);
  if (others.empty()) others = Select(to, view_, Selectable::kAny, rng);
  if (others.empty()) {
    entry->incident.refusals.emplace_back("the other node: none matches `to`");
  } else if (others == entry->incident.victims) {
    Refuse(entry, others.front(), "is its own `to`");
  }
  return others;
}

void Timeline::ApplyToNode(const TimelineItem& item, NodeIndex node,
                           const std::vector<NodeIndex>& others, Entry* entry) {
  switch (item.action) {
    case ActionKind::kRestart:
      return Restart(entry, node, item.with_disk);
    case ActionKind::kFailover:
      if (item.mode.empty() || item.mode == "default") {
        Ask(entry, node, {"FAILOVER"});
      } else {
        Ask(entry, node, {"FAILOVER", Upper(item.mode)});
      }
      return;
    case ActionKind::kReset:
      Ask(entry, node, {"RESET", item.mode.empty() ? "SOFT" : Upper(item.mode)});
      return;
    case ActionKind::kAddressChange:
      return ChangeAddress(entry, node);
    case ActionKind::kConfigSet:
      return SetConfig(item, entry, node);
    default:
      break;
  }
  for (const NodeIndex other : others) {
    if (other == node) continue;
    switch (item.action) {
      case ActionKind::kMeet: {
        const NodeInfo& info = (*nodes_)[other.value];
        const uint16_t cport = hosts_->host(other.value).options.cport;
        Ask(entry, node, {"MEET", info.ip, std::to_string(info.port), std::to_string(cport)});
        break;
      }
      case ActionKind::kForget:
        Ask(entry, node, {"FORGET", NameOf(other)});
        break;
      case ActionKind::kReplicate:
        Ask(entry, node, {"REPLICATE", NameOf(other)});
        return;
      case ActionKind::kMigrateSlots:
        MigrateSlots(item, node, other, entry);
        return;
      default:
        Refuse(entry, node, "not an action on nodes");
        return;
    }
  }
}

void Timeline::Restart(Entry* entry, NodeIndex node, bool with_disk) {
  ended_by_[node.value] = kNoIncident;
  if (hosts_->running(node.value)) hosts_->Kill(node.value);
  if (!hosts_->Restart(node.value, with_disk)) {
    Refuse(entry, node, "its nodes.conf is damaged: the process does not start");
    return;
  }
  for (Observer* o : *run_.observers) o->OnRestart(now(), node, with_disk);
}

// The process comes back with its disk under another address.
void Timeline::ChangeAddress(Entry* entry, NodeIndex node) {
  hosts_->Kill(node.value);
  const IpText ip = NodeIp(node.value, ++moves_[node.value]);
  network_->SetAddress(node.value, ip, hosts_->host(node.value).options.cport);
  (*nodes_)[node.value].ip = std::string(ip.view());
  Restart(entry, node, true);
}

void Timeline::SetConfig(const TimelineItem& item, Entry* entry, NodeIndex node) {
  if (hosts_->running(node.value) && !hosts_->live(node.value)) {
    return Refuse(entry, node, "does not answer");
  }
  ClusterOptions options = hosts_->host(node.value).options;
  for (const auto& [name, text] : item.config) {
    std::string error;
    if (!ApplyOption(name, text, &options, &error)) Refuse(entry, node, error);
  }
  hosts_->Configure(node.value, options);
}

void Timeline::MigrateSlots(const TimelineItem& item, NodeIndex from, NodeIndex to, Entry* entry) {
  for (const int64_t slot : item.slots) {
    const std::string number = std::to_string(slot);
    // What is refused leaves the slot as it is by then, as a tool does that stops at errors.
    if (!Ask(entry, to, {"SETSLOT", number, "IMPORTING", NameOf(from)})) continue;
    if (!Ask(entry, from, {"SETSLOT", number, "MIGRATING", NameOf(to)})) continue;
    if (!Ask(entry, to, {"SETSLOT", number, "NODE", NameOf(to)})) continue;
    Ask(entry, from, {"SETSLOT", number, "NODE", NameOf(to)});
  }
}

// ---- Rolling restart ----

NodeIndex Timeline::LiveReplicaOf(NodeIndex primary) const {
  const NodeKey key = hosts_->host(primary.value).key;
  for (uint32_t i = 0; i < hosts_->size(); ++i) {
    if (!hosts_->live(i)) continue;
    const State& state = hosts_->host(i).node->state();
    if (state.i_am_replica() && state.my_primary() == key) return NodeIndex{i};
  }
  return {};
}

// True when the node may go down: it serves no slots, or nobody can take them over in time.
bool Timeline::FailoverDone(Rolling* rolling, Entry* entry, NodeIndex node) {
  if (!hosts_->live(node.value) || !hosts_->host(node.value).node->state().i_am_voting())
    return true;
  if (now() - rolling->since > kRollFailover) {
    Refuse(entry, node, "no replica took over in time; restarted as a primary");
    return true;
  }
  if (rolling->asked) return false;
  rolling->asked = true;
  const NodeIndex replica = LiveReplicaOf(node);
  if (replica == NodeIndex{}) return true;
  Ask(entry, replica, {"FAILOVER"});
  return false;
}

void Timeline::Roll(uint32_t number) {
  Rolling& rolling = rolling_[number];
  Entry& entry = entries_[rolling.incident];
  if (rolling.at == entry.incident.victims.size()) return;
  const NodeIndex node = entry.incident.victims[rolling.at];
  Duration wait = kRollPoll;
  switch (rolling.step) {
    case Rolling::Step::kFailover:
      if (FailoverDone(&rolling, &entry, node)) {
        hosts_->Shutdown(node.value);
        rolling.step = Rolling::Step::kDown;
        wait = kRollDown;
      }
      break;
    case Rolling::Step::kDown:
      Restart(&entry, node, true);
      rolling.step = Rolling::Step::kUp;
      rolling.since = now();
      break;
    case Rolling::Step::kUp: {
      const bool ok = hosts_->live(node.value) && hosts_->host(node.value).node->state().health.ok;
      if (!ok && now() - rolling.since < kRollUp) break;
      ++rolling.at;
      rolling.step = Rolling::Step::kFailover;
      rolling.asked = false;
      rolling.since = now();
      break;
    }
  }
  run_.queue->Add(now() + wait, kWorldActor, kWorldActor,
                  {.index = number, .kind = kind::kRolling});
}

}  // namespace gossamer::sim
