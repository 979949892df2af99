#include "sim/model/timeline.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include "sim/model/kinds.h"
#include "sim/model/moments.h"

namespace gossamer::sim {
namespace {

bool HitsLinks(FaultKind kind) {
  switch (kind) {
    case FaultKind::kPartition:
    case FaultKind::kDelay:
    case FaultKind::kLoss:
    case FaultKind::kDuplicate:
    case FaultKind::kCorrupt:
    case FaultKind::kReorder:
    case FaultKind::kSlice:
    case FaultKind::kBandwidth:
    case FaultKind::kResetConnection:
    case FaultKind::kBlackhole:
      return true;
    default:
      return false;
  }
}

LinkFault::Kind LinkKind(FaultKind kind) {
  switch (kind) {
    case FaultKind::kDelay:
    case FaultKind::kReorder:
      return LinkFault::Kind::kDelay;
    case FaultKind::kSlice:
      return LinkFault::Kind::kSlice;
    case FaultKind::kLoss:
      return LinkFault::Kind::kLoss;
    case FaultKind::kDuplicate:
      return LinkFault::Kind::kDuplicate;
    case FaultKind::kCorrupt:
      return LinkFault::Kind::kCorrupt;
    case FaultKind::kBandwidth:
      return LinkFault::Kind::kBandwidth;
    default:
      return LinkFault::Kind::kBlock;
  }
}

// Whether it acts on any link at all.
bool HitsSomething(const LinkFault& fault) {
  if (fault.ring != 0) return fault.ring / 2 > fault.reach;
  const std::vector<uint16_t>& side = fault.side;
  const auto first = std::find_if(side.begin(), side.end(), [](uint16_t s) { return s != 0; });
  return std::any_of(first, side.end(), [&](uint16_t s) { return s != 0 && s != *first; });
}

}  // namespace

Timeline::Timeline(const Scenario& scenario, const RunContext& run, Hosts* hosts, Network* network,
                   CpuModel* cpu, std::vector<NodeInfo>* nodes)
    : scenario_(scenario),
      run_(run),
      hosts_(hosts),
      network_(network),
      cpu_(cpu),
      nodes_(nodes),
      entries_(scenario.timeline.size()),
      moves_(hosts->size()),
      ended_by_(hosts->size(), kNoIncident) {
  view_.nodes = nodes;
  view_.is_primary = [this](uint32_t i) {
    const Host& host = hosts_->host(i);
    const ClusterNode* node = host.node ? host.node.get() : host.remains.get();
    return node == nullptr ? (*nodes_)[i].starts_as_primary : node->state().i_am_primary();
  };
  view_.is_down = [this](uint32_t i) { return !hosts_->running(i); };
}

void Timeline::Schedule() {
  const std::vector<Instant> moments = DrawMoments(scenario_.timeline, run_.seed);
  for (uint32_t i = 0; i < moments.size(); ++i) {
    run_.queue->Add(moments[i], kWorldActor, kWorldActor, {.index = i, .kind = kind::kTimeline});
  }
}

void Timeline::Handle(const TimedEvent& event) {
  switch (event.kind) {
    case kind::kTimeline:
      return Inject(event.index);
    case kind::kTimelineEnd:
      return Undo(event.index);
    default:
      return Roll(event.index);
  }
}

void Timeline::Inject(uint32_t number) {
  const TimelineItem& item = scenario_.timeline[number];
  Rng rng(run_.seed, "timeline", number);
  Entry& entry = entries_[number];
  entry.incident.number = number;
  entry.incident.at = now();
  entry.incident.item = &item;
  hosts_->NoteDisturbed();
  if (item.is_fault) {
    ApplyFault(item, &rng, &entry);
  } else {
    ApplyAction(item, &rng, &entry);
  }
  NoteLostShards(&entry.incident);
  uint64_t victims = entry.incident.victims.size();
  for (const NodeIndex node : entry.incident.victims) victims = CombineHash(victims, node.value);
  run_.trace->Record(TraceTag::kFault, now(), number, victims);
  for (Observer* o : *run_.observers) o->OnIncident(now(), entry.incident);
  if (item.is_fault && item.length.has_value()) {
    run_.queue->Add(now() + *item.length, kWorldActor, kWorldActor,
                    {.index = number, .kind = kind::kTimelineEnd});
  }
}

void Timeline::NoteLostShards(Incident* incident) const {
  std::vector<int64_t> shards;
  for (const NodeIndex node : incident->victims) shards.push_back((*nodes_)[node.value].shard);
  std::sort(shards.begin(), shards.end());
  shards.erase(std::unique(shards.begin(), shards.end()), shards.end());
  for (const NodeInfo& info : *nodes_) {
    if (hosts_->live(info.index.value)) std::erase(shards, info.shard);
  }
  incident->lost_shards = std::move(shards);
}

void Timeline::Refuse(Entry* entry, NodeIndex node, const std::string& why) {
  entry->incident.refusals.push_back("node " + std::to_string(node.value) + ": " + why);
}

// ---- Faults ----

void Timeline::ApplyFault(const TimelineItem& item, Rng* rng, Entry* entry) {
  if (HitsLinks(item.fault)) {
    ApplyLinkFault(item, rng, entry);
    return;
  }
  Incident& incident = entry->incident;
  incident.victims = Select(item.target, view_, Selectable::kUp, rng);
  NoteMissed(item.target, false, entry);
  std::erase_if(incident.victims, [&](NodeIndex node) { return !CanHit(item.fault, node, entry); });
  for (const NodeIndex node : incident.victims) {
    const ClusterNode* core = hosts_->host(node.value).node.get();
    if (core != nullptr && core->state().i_am_voting()) incident.primaries.push_back(node);
  }
  for (const NodeIndex node : incident.victims) ApplyNodeFault(item, node, entry);
}

// Puts down what a target asks for in vain: nodes that it names and that are down, or nothing.
void Timeline::NoteMissed(const Target& target, bool down_too, Entry* entry) {
  Incident& incident = entry->incident;
  for (const int64_t number : target.nodes) {
    const NodeIndex node{static_cast<uint32_t>(number)};
    if (down_too || target.killed.has_value() || !view_.is_down(node.value)) continue;
    Refuse(entry, node, "is not running");
  }
  if (incident.victims.empty() && incident.refusals.empty()) {
    incident.refusals.emplace_back("the target: no node matches it");
  }
}

// False, with a refusal, when the node's process cannot suffer the fault.
bool Timeline::CanHit(FaultKind kind, NodeIndex node, Entry* entry) {
  const bool of_process =
      kind == FaultKind::kKill || kind == FaultKind::kPause || kind == FaultKind::kShutdown;
  if (of_process && !hosts_->running(node.value)) {
    Refuse(entry, node, "is not running");
    return false;
  }
  if (kind == FaultKind::kShutdown && !hosts_->live(node.value)) {
    Refuse(entry, node, "does not answer");
    return false;
  }
  return true;
}

void Timeline::ApplyNodeFault(const TimelineItem& item, NodeIndex node, Entry* entry) {
  switch (item.fault) {
    case FaultKind::kKill:
      ended_by_[node.value] = entry->incident.number;
      return hosts_->Kill(node.value);
    case FaultKind::kHostLoss:
      ended_by_[node.value] = entry->incident.number;
      return hosts_->LoseHost(node.value);
    case FaultKind::kPause:
      return hosts_->Pause(node.value, entry->incident.number);
    case FaultKind::kSlow:
    case FaultKind::kDiskFull:
      return SetWorst(node);
    case FaultKind::kShutdown:
      ended_by_[node.value] = entry->incident.number;
      return hosts_->Shutdown(node.value);
    case FaultKind::kDiskStall:
      return hosts_->StallDisk(node.value, now() + item.length.value_or(kEndless));
    case FaultKind::kDiskCorrupt:
      return hosts_->host(node.value).disk.SetCorrupt();
    case FaultKind::kClockSkew:
      return hosts_->SkewClock(node.value, item.offset, item.drift);
    default:
      return Refuse(entry, node, "not a fault of nodes");
  }
}

// Several faults may slow the node down or fill its disk at once.
void Timeline::SetWorst(NodeIndex node) {
  uint32_t factor = 1;
  bool full = false;
  for (const Entry& entry : entries_) {
    const Incident& incident = entry.incident;
    if (incident.item == nullptr) continue;
    const TimelineItem& item = *incident.item;
    const bool slow = item.is_fault && item.fault == FaultKind::kSlow;
    const bool fills = item.is_fault && item.fault == FaultKind::kDiskFull;
    if (entry.over || !(slow || fills)) continue;
    if (!std::binary_search(incident.victims.begin(), incident.victims.end(), node)) continue;
    if (slow) factor = std::max(factor, item.factor);
    full = full || fills;
  }
  cpu_->SetFactor(node.value, factor);
  hosts_->host(node.value).disk.SetFull(full);
}

void Timeline::UndoNodeFault(const TimelineItem& item, NodeIndex node, Entry* entry) {
  switch (item.fault) {
    case FaultKind::kKill:
    case FaultKind::kHostLoss:
    case FaultKind::kShutdown:
      // Not what was started meanwhile, be it down again or not.
      if (ended_by_[node.value] == entry->incident.number) Restart(entry, node, item.with_disk);
      return;
    case FaultKind::kPause:
      return hosts_->Resume(node.value, entry->incident.number);
    case FaultKind::kSlow:
    case FaultKind::kDiskFull:
      return SetWorst(node);
    case FaultKind::kClockSkew:
      return hosts_->SkewClock(node.value, -item.offset, -item.drift);
    default:
      return;
  }
}

// Which side each node is on: 1, 2, ... in the order of `between`; a lone target is side 1 and all
// others are side 2.
std::vector<uint16_t> Timeline::Sides(const TimelineItem& item, Rng* rng, Entry* entry) {
  std::vector<uint16_t> side(nodes_->size(), 0);
  uint16_t number = 1;
  const auto place = [&](const Target& target) {
    for (const NodeIndex node : Select(target, view_, Selectable::kAny, rng)) {
      if (side[node.value] != 0) continue;
      side[node.value] = number;
      entry->incident.victims.push_back(node);
    }
    ++number;
  };
  if (item.between.empty()) {
    place(item.target);
    std::replace(side.begin(), side.end(), uint16_t{0}, uint16_t{2});
  } else {
    for (const Target& target : item.between) place(target);
  }
  std::sort(entry->incident.victims.begin(), entry->incident.victims.end());
  return side;
}

// The links of a shape. Its victims: of two halves the first, else all nodes of the target.
void Timeline::Divide(const TimelineItem& item, Rng* rng, Entry* entry, LinkFault* fault) {
  std::vector<NodeIndex>& victims = entry->incident.victims;
  victims = Select(item.target, view_, Selectable::kAny, rng);
  rng->Shuffle(&victims);
  const size_t count = victims.size();
  fault->side.assign(nodes_->size(), item.shape == PartitionShape::kIsolate ? 1 : 0);
  const size_t half = count / 2;
  for (size_t i = 0; i < count; ++i) {
    uint16_t& side = fault->side[victims[i].value];
    switch (item.shape) {
      case PartitionShape::kSides:
        break;
      case PartitionShape::kHalves:
        side = i < half ? 1 : 2;
        break;
      case PartitionShape::kBridge:
        side = i + 1 == count ? 0 : i < half ? 1 : 2;
        break;
      case PartitionShape::kIsolate:
        side = static_cast<uint16_t>(i + 2);
        break;
      case PartitionShape::kRing:
        side = static_cast<uint16_t>(i + 1);
        break;
    }
  }
  if (item.shape == PartitionShape::kRing) {
    fault->ring = static_cast<uint16_t>(count);
    fault->reach = static_cast<uint16_t>((count / 2 + 1) / 2);  // itself and so many on each hand
  } else if (item.shape != PartitionShape::kIsolate) {
    victims.resize(half);
  }
  std::sort(victims.begin(), victims.end());
}

void Timeline::ApplyLinkFault(const TimelineItem& item, Rng* rng, Entry* entry) {
  LinkFault fault;
  if (item.shape == PartitionShape::kSides) {
    fault.side = Sides(item, rng, entry);
  } else {
    Divide(item, rng, entry, &fault);
  }
  if (!HitsSomething(fault)) {
    entry->incident.victims.clear();
    entry->incident.refusals.emplace_back("the sides: no link is between them");
    return;
  }
  if (item.fault == FaultKind::kResetConnection) {
    ResetBetween(fault.side);
    return;
  }
  fault.kind = LinkKind(item.fault);
  fault.from_first = item.direction != Direction::kFrom;
  fault.to_first = item.direction != Direction::kTo;
  fault.latency = Quantiles(item.latency.quantiles);
  fault.jitter = item.jitter;
  fault.ppm = item.probability.value;
  fault.burst = item.burst;
  fault.correlation_ppm = item.correlation.value;
  if (fault.burst.us > 0) fault.salt = rng->Next64();
  fault.bytes_per_s = item.rate_bytes_per_s;
  fault.piece_bytes = static_cast<uint32_t>(item.piece_bytes);
  if (item.fault == FaultKind::kPartition) {
    entry->incident.cut = std::make_shared<const LinkFault>(fault);
  }
  if (item.fault == FaultKind::kBlackhole) {
    entry->blackhole = network_->Blackhole(fault);
  } else {
    entry->link_faults.push_back(network_->AddFault(std::move(fault)));
  }
}

void Timeline::ResetBetween(const std::vector<uint16_t>& side) {
  for (uint32_t i = 0; i < side.size(); ++i) {
    if (side[i] == 0) continue;
    // Each pair once, from the lower side.
    network_->ResetConnections(i, [&](uint32_t other) { return side[other] > side[i]; });
  }
}

void Timeline::Undo(uint32_t number) {
  Entry& entry = entries_[number];
  const TimelineItem& item = *entry.incident.item;
  entry.over = true;
  for (const uint32_t fault : entry.link_faults) network_->RemoveFault(fault);
  network_->EndBlackhole(entry.blackhole);
  if (!HitsLinks(item.fault)) {
    for (const NodeIndex node : entry.incident.victims) UndoNodeFault(item, node, &entry);
  }
  run_.trace->Record(TraceTag::kFault, now(), number, 0);
  for (Observer* o : *run_.observers) o->OnIncidentEnd(now(), entry.incident);
}

}  // namespace gossamer::sim
