#include "sim/model/world.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "sim/engine/event_queue.h"
#include "sim/engine/trace.h"
#include "sim/model/checksum.h"
#include "sim/model/cpu.h"
#include "sim/model/hosts.h"
#include "sim/model/kinds.h"
#include "sim/model/network.h"
#include "sim/model/operator.h"
#include "sim/model/replication.h"
#include "sim/model/start.h"
#include "sim/model/timeline.h"
#include "sim/model/transport.h"

namespace gossamer::sim {
namespace {

// An acceptor's keepalive finds a dead connection after twice the interval of 2 T.
constexpr int64_t kKeepaliveTimeouts = 4;

std::optional<NodesConf> ConfOf(const Scenario& scenario) {
  if (scenario.start != StartKind::kNodesConf) return std::nullopt;
  auto conf = ReadStartConf(scenario);
  GOSSAMER_CHECK(conf.ok());  // whoever makes a world has tried ReadStartConf
  return *std::move(conf);
}

}  // namespace

struct World::Impl {
  Impl(const Scenario& the_scenario, const RunOptions& the_options,
       std::vector<Observer*> the_observers);
  ~Impl();

  void Handle(const TimedEvent& event);
  void Second();
  void AddChecksum();
  void MeasureMemory();
  RunContext Context();
  NetworkOptions ConfigureNetwork();

  const Scenario& scenario;
  RunOptions options;
  std::vector<Observer*> observers;
  std::optional<NodesConf> conf;
  std::vector<NodeInfo> nodes;
  HostTables tables;
  EventQueue queue;
  Trace trace;
  RunResult result;
  CpuModel cpu;
  TransportModel transport;
  ReplicationModel replication;
  Hosts hosts;
  Network network;
  Timeline timeline;
  Operator operator_;
  StateChecksum checksum;
  uint64_t rounds = 0;
  bool ended = false;
  bool interrupted = false;
};

World::Impl::Impl(const Scenario& the_scenario, const RunOptions& the_options,
                  std::vector<Observer*> the_observers)
    : scenario(the_scenario),
      options(the_options),
      observers(std::move(the_observers)),
      conf(ConfOf(scenario)),
      nodes(DescribeNodes(scenario, options.seed, conf)),
      queue(nodes.size()),
      trace(options.digest, options.sink),
      cpu(options.cpu.value_or(scenario.cpu), nodes.size(),
          Rng(options.seed, "background").Next64()),
      transport(options.transport, options.shadow_every, Rng(options.seed, "transport").Next64(),
                &tables.pool),
      replication(scenario.replication, nodes.size(),
                  [this](uint32_t a, uint32_t b) {
                    return hosts.running(a) && hosts.running(b) && network.Reachable(a, b);
                  }),
      hosts(Context(), nodes.size(), &cpu, &replication),
      network(ConfigureNetwork(), &queue, &transport, &hosts),
      timeline(scenario, Context(), &hosts, &network, &cpu, &nodes),
      operator_(scenario, Context(), &hosts, &nodes),
      checksum(nodes.size()) {
  hosts.Connect(&network);
  // Observers hear of the run from OnStart on, which shows them the nodes as they are then. Nodes
  // that start from a file emit events at once.
  std::vector<Observer*> waiting;
  waiting.swap(observers);
  StartHosts(scenario, options.seed, conf, &tables, &network, &replication, &hosts, &nodes);
  observers.swap(waiting);
  conf.reset();
  timeline.Schedule();
  if (scenario.start == StartKind::kMeet) operator_.Begin();
  queue.Add(Instant{} + Seconds(1), kWorldActor, kWorldActor, {.kind = kind::kSecond});
  const Duration length = std::min(scenario.duration, options.stop_at.value_or(scenario.duration));
  const bool early = length < scenario.duration;
  queue.Add(Instant{} + length, kWorldActor, kWorldActor,
            {.data = static_cast<uint64_t>(early ? RunEnd::kStopAt : RunEnd::kDuration),
             .kind = kind::kEnd});
}

World::Impl::~Impl() {
  // Messages in flight hold references into the pool.
  TimedEvent event;
  while (queue.Pop(&event)) {
    if (event.kind <= kind::kLastOfNetwork) network.Discard(event);
  }
}

// Sets the hosts' options on the way: the network's timeouts depend on them.
NetworkOptions World::Impl::ConfigureNetwork() {
  ConfigureHosts(scenario, options, nodes, &hosts);
  NetworkOptions made;
  made.seed = Rng(options.seed, "network").Next64();
  made.nodes = nodes.size();
  for (const NodeInfo& info : nodes) {
    const auto at = std::find(scenario.zones.begin(), scenario.zones.end(), info.zone);
    made.zone.push_back(static_cast<uint16_t>(at - scenario.zones.begin()));
  }
  made.latency = Quantiles(scenario.latency.quantiles);
  made.between_zones = scenario.between_zones.has_value()
                           ? Quantiles(scenario.between_zones->quantiles)
                           : made.latency;
  made.loss_ppm = scenario.loss.value;
  made.bytes_per_s = scenario.bandwidth_bytes_per_s;
  made.tap = options.tap;
  made.keepalive = hosts.host(0).options.node_timeout * kKeepaliveTimeouts;
  return made;
}

RunContext World::Impl::Context() {
  return {&queue, &trace, &tables, &observers, &result.traffic, options.seed};
}

void World::Impl::Handle(const TimedEvent& event) {
  if (event.kind == kind::kTick) return hosts.Handle(event);
  if (event.kind <= kind::kLastOfNetwork) return network.Handle(event);
  if (event.kind <= kind::kLastOfHosts) return hosts.Handle(event);
  switch (event.kind) {
    case kind::kSecond:
      return Second();
    case kind::kTimeline:
    case kind::kTimelineEnd:
    case kind::kRolling:
      return timeline.Handle(event);
    case kind::kOperator:
      return operator_.Handle();
    case kind::kEnd:
      result.end = static_cast<RunEnd>(event.data);
      ended = true;
      return;
    default:
      GOSSAMER_CHECK(false);
  }
}

void World::Impl::Second() {
  AddChecksum();
  MeasureMemory();
  for (Observer* o : observers) o->OnSecond(queue.now());
  queue.Add(queue.now() + Seconds(1), kWorldActor, kWorldActor, {.kind = kind::kSecond});
}

void World::Impl::AddChecksum() {
  if (!trace.enabled()) return;
  ++rounds;
  for (uint32_t i = 0; i < hosts.size(); ++i) {
    const ClusterNode* node = hosts.host(i).node.get();
    if (node != nullptr)
      trace.Record(TraceTag::kState, queue.now(), i, checksum.Of(i, *node, rounds));
  }
}

void World::Impl::MeasureMemory() {
  MemoryByKind now;
  for (uint32_t i = 0; i < hosts.size(); ++i) {
    const Host& host = hosts.host(i);
    const ClusterNode* node = host.node ? host.node.get() : host.remains.get();
    if (node == nullptr) continue;
    const State& s = node->state();
    now.peer_tables += sizeof(State) + s.peers.memory_bytes() + s.links.memory_bytes() +
                       s.ring.capacity() * sizeof(uint16_t);
    now.failure_reports += s.reports.memory_bytes();
    now.slot_maps += s.slots.memory_bytes();
  }
  now.connections = network.memory_bytes();
  now.shared_facts = tables.facts.memory_bytes();
  now.names = tables.pool.names().memory_bytes();
  now.messages = tables.pool.memory_bytes() - now.names + transport.memory_bytes();
  now.events = queue.memory_bytes();
  MemoryByKind& peak = result.memory;
  for (uint64_t MemoryByKind::*kind :
       {&MemoryByKind::peer_tables, &MemoryByKind::failure_reports, &MemoryByKind::slot_maps,
        &MemoryByKind::connections, &MemoryByKind::messages, &MemoryByKind::shared_facts,
        &MemoryByKind::names, &MemoryByKind::events}) {
    peak.*kind = std::max(peak.*kind, now.*kind);
  }
}

World::World(const Scenario& scenario, const RunOptions& options, std::vector<Observer*> observers)
    : impl_(std::make_unique<Impl>(scenario, options, std::move(observers))) {}

World::~World() = default;

RunResult World::Run() {
  Impl& w = *impl_;
  for (Observer* o : w.observers) o->OnStart(*this);
  TimedEvent event;
  while (!w.ended && w.queue.Pop(&event)) {
    w.Handle(event);
    if (w.options.max_events != 0 && w.queue.popped() >= w.options.max_events && !w.ended) {
      w.result.end = RunEnd::kMaxEvents;
      break;
    }
    if (__atomic_load_n(&w.interrupted, __ATOMIC_RELAXED)) {
      w.result.end = RunEnd::kInterrupted;
      break;
    }
  }
  w.AddChecksum();
  w.MeasureMemory();
  w.result.ended_at = w.queue.now();
  w.result.digest = w.trace.digest();
  w.result.traffic.events = w.queue.popped();
  w.result.traffic.connects = w.network.connects();
  w.result.traffic.shadow_checked = w.transport.checked();
  w.result.codec_mismatches = w.transport.mismatches();
  for (Observer* o : w.observers) o->OnEnd(w.queue.now());
  return w.result;
}

void World::Interrupt() { __atomic_store_n(&impl_->interrupted, true, __ATOMIC_RELAXED); }

Instant World::now() const { return impl_->queue.now(); }
size_t World::node_count() const { return impl_->nodes.size(); }
const NodeInfo& World::info(NodeIndex node) const { return impl_->nodes[node.value]; }
const ClusterNode* World::node(NodeIndex node) const {
  return impl_->hosts.host(node.value).node.get();
}
const TrafficTotals& World::traffic() const { return impl_->result.traffic; }
uint64_t World::cpu_nanos(NodeIndex node) const { return impl_->cpu.used_nanos(node.value, now()); }
const QueueDelay& World::queue_delay() const { return impl_->hosts.queue_delay(); }
bool World::live(NodeIndex node) const { return impl_->hosts.live(node.value); }
NodeIndex World::IndexOf(NodeKey key) const {
  const uint32_t index = impl_->hosts.IndexOf(key);
  return index == kNobody ? NodeIndex{} : NodeIndex{index};
}
const HostTables& World::tables() const { return impl_->tables; }
const Scenario& World::scenario() const { return impl_->scenario; }
const RunOptions& World::options() const { return impl_->options; }

}  // namespace gossamer::sim
