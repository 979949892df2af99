#include "sim/model/start.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/base/check.h"
#include "core/base/strings.h"
#include "core/cluster/config_options.h"
#include "core/cluster/cron.h"
#include "core/cluster/formed_start.h"
#include "sim/model/select.h"
#include "sim/scenario/layout.h"

namespace gossamer::sim {
namespace {

// How far a node's wall clock may be off where time is synchronised.
constexpr Duration kClockError = Millis(2);
constexpr int64_t kStartOffset = 1'000'000;  // of replication, in clusters that have been running

template <class Id>
Id MakeId(uint64_t seed, std::string_view label, uint64_t index) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  Rng rng(seed, label, index);
  Id id;
  for (char& c : id.bytes) c = kHex[rng.Below(16)];
  return id;
}

NodeIndex PrimaryOf(const std::vector<NodeInfo>& nodes, uint32_t replica) {
  for (const NodeInfo& node : nodes) {
    if (node.starts_as_primary && node.shard == nodes[replica].shard) return node.index;
  }
  return {};
}

// What a node says of itself when it starts: a file with its own line alone.
NodesConf OwnLine(const NodeInfo& info, const Network& network, const ShardId& shard) {
  NodesConfNode me;
  me.name = info.name;
  me.address.endpoint.ip = network.ip(info.index.value);
  me.address.endpoint.port = info.port;
  me.address.endpoint.cport = info.cport;
  me.flags = flag::kMyself | flag::kPrimary;
  me.shard_id = shard;
  NodesConf conf;
  conf.nodes.push_back(std::move(me));
  return conf;
}

// REQUIRES: rules of that name exist; the loader has checked it.
Rules RulesOf(const std::string& name, const std::vector<Bug>& bugs,
              const std::vector<Bug>& more_bugs) {
  Rules rules = *FindRules(name);
  for (const Bug bug : bugs) Plant(bug, &rules);
  for (const Bug bug : more_bugs) Plant(bug, &rules);
  return rules;
}

// Flags by which the others know a node that has talked to them.
uint16_t CapabilityFlags(const Host& host) {
  uint16_t flags = flag::kLightPublish | flag::kExtensions;
  if (host.rules.light_module) flags |= flag::kLightModule;
  if (host.options.replica_no_failover) flags |= flag::kNoFailover;
  return flags;
}

// ---- Formed and cold ----

// With this ping interval and above so many nodes heartbeats fall into step (sim/README.md).
// With others they do so from other sizes on, by themselves within two minutes.
constexpr Duration kStepInterval = Millis(7500);
constexpr size_t kLargestOutOfStep = 1100;

// Draws how long ago the pongs of peers were heard of, as is found in step.
class PongWave {
 public:
  explicit PongWave(uint64_t seed) : rng_(seed, "formed-wave"), last_s_(rng_.Below(kPeriodS)) {}

  // From second to second a wave has 45, 40 and 15 % of the peers.
  Duration Draw() {
    const uint64_t percent = rng_.Below(100);
    const uint64_t before_last_s = percent < 45 ? 2 : percent < 85 ? 1 : 0;
    return Seconds(static_cast<int64_t>((last_s_ + before_last_s) % kPeriodS));
  }

 private:
  // Pongs come a ping interval after the full second that their like before were cut to.
  static constexpr uint64_t kPeriodS = 7;
  Rng rng_;
  uint64_t last_s_;  // how long ago the wave's last second was
};

class FormedBuilder {
 public:
  FormedBuilder(const Scenario& scenario, uint64_t seed, HostTables* tables, Hosts* hosts,
                const std::vector<NodeInfo>& nodes)
      : scenario_(scenario), seed_(seed), tables_(tables), hosts_(hosts), nodes_(nodes) {}

  // REQUIRES: every host was booted with its own line.
  FormedCluster Build() {
    FormedCluster cluster;
    cluster.linked = scenario_.start == StartKind::kFormed;
    cluster.spread = cluster.linked;
    cluster.current_epoch = {static_cast<uint64_t>(scenario_.shards)};
    std::optional<PongWave> wave;
    const bool large = nodes_.size() > kLargestOutOfStep;
    const int64_t interval_ms = PingIntervalMs(hosts_->host(0).node->state());
    if (cluster.spread && large && interval_ms == kStepInterval.ms()) {
      wave.emplace(seed_);
    }
    for (const NodeInfo& info : nodes_) {
      cluster.members.push_back(Member(info));
      if (wave.has_value()) cluster.members.back().pong_age = wave->Draw();
      if (!info.starts_as_primary) continue;
      const SlotRange range = SlotsOfShard(info.shard, scenario_.shards);
      for (uint32_t slot = range.first; slot <= range.last; ++slot) {
        cluster.slots.Assign(static_cast<Slot>(slot), cluster.members.back().key);
      }
    }
    return cluster;
  }

 private:
  FormedMember Member(const NodeInfo& info) {
    const State& own = hosts_->host(info.index.value).node->state();
    FormedMember member;
    member.key = own.myself;
    member.repl_offset = kStartOffset;
    member.flags = CapabilityFlags(hosts_->host(info.index.value));
    PeerFacts facts = own.peers.facts(own.myself);
    uint64_t primary_hash = 0;
    if (info.starts_as_primary) {
      member.flags |= flag::kPrimary;
      if (scenario_.replicas_per_shard > 0) member.flags |= flag::kMigrateTo;
      facts.config_epoch = {static_cast<uint64_t>(info.shard) + 1};
      SlotSet slots;
      slots.SetRange(SlotsOfShard(info.shard, scenario_.shards));
      facts.slots = tables_->pool.slot_sets().Intern(slots);
    } else {
      member.flags |= flag::kReplica;
      const NodeKey primary =
          hosts_->host(PrimaryOf(nodes_, info.index.value).value).node->state().myself;
      facts.replicaof = primary;
      primary_hash = tables_->pool.names().name_hash(primary);
    }
    member.facts = tables_->facts.Intern(facts, primary_hash);
    return member;
  }

  const Scenario& scenario_;
  uint64_t seed_;
  HostTables* tables_;
  Hosts* hosts_;
  const std::vector<NodeInfo>& nodes_;
};

void ConnectAll(size_t nodes, Network* network) {
  network->Reserve(nodes * (nodes - 1), nodes - 1);
  for (uint32_t a = 0; a < nodes; ++a) {
    for (uint32_t b = 0; b < nodes; ++b) {
      if (a == b) continue;
      network->AddEstablished(a, FormedOutLink(a, b), b, FormedInLink(b, a));
    }
  }
}

void StartFormed(const Scenario& scenario, uint64_t seed, HostTables* tables, Network* network,
                 ReplicationModel* replication, Hosts* hosts, const std::vector<NodeInfo>& nodes) {
  for (const NodeInfo& info : nodes) {
    const auto shard = MakeId<ShardId>(seed, "shard-id", static_cast<uint64_t>(info.shard));
    hosts->Boot(info.index.value, OwnLine(info, *network, shard), true);
  }
  const FormedCluster cluster = FormedBuilder(scenario, seed, tables, hosts, nodes).Build();
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    FillFormedState(cluster, i, hosts->NowOf(i), Rng(seed, "formed-start", i),
                    &hosts->host(i).node->mutable_state());
    const uint32_t source =
        nodes[i].starts_as_primary ? ReplicationModel::kNone : PrimaryOf(nodes, i).value;
    replication->Begin(i, source, kStartOffset, Instant{});
    hosts->Adopt(i);
  }
  if (cluster.linked) ConnectAll(nodes.size(), network);
}

// ---- From a file ----

void StartFromFile(const NodesConf& conf, Hosts* hosts, ReplicationModel* replication,
                   const std::vector<NodeInfo>& nodes) {
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    NodesConf mine = conf;
    for (NodesConfNode& node : mine.nodes) {
      node.flags &= static_cast<uint16_t>(~flag::kMyself);
      if (!(node.name == nodes[i].name)) continue;
      // What others thought of it when the file was saved is not in its own file.
      node.flags &= static_cast<uint16_t>(~(flag::kPfail | flag::kFail));
      node.flags |= flag::kMyself;
    }
    replication->Begin(i, ReplicationModel::kNone, kStartOffset, Instant{});
    hosts->Boot(i, mine, false);
  }
}

std::vector<NodeInfo> NodesOfLayout(const Scenario& scenario, const NodesConf& conf) {
  std::vector<NodeInfo> nodes;
  std::map<int64_t, size_t> placed;  // nodes of a shard so far
  for (const LayoutNode& place : RunningNodes(conf)) {
    const NodesConfNode& node = conf.nodes[place.line];
    NodeInfo info;
    info.index = NodeIndex{static_cast<uint32_t>(nodes.size())};
    info.name = node.name;
    info.starts_as_primary = place.primary;
    info.shard = place.shard;
    info.ip = std::string(node.address.endpoint.ip.view());
    info.port = node.address.endpoint.port;
    info.cport = node.address.endpoint.cport;
    info.zone = node.address.availability_zone;
    const size_t before = placed[place.shard]++;
    if (info.zone.empty() && !scenario.zones.empty()) {
      const size_t zone = static_cast<size_t>(place.shard) + before;
      info.zone = scenario.zones[zone % scenario.zones.size()];
    }
    nodes.push_back(std::move(info));
  }
  return nodes;
}

}  // namespace

absl::StatusOr<NodesConf> ReadStartConf(const Scenario& scenario) {
  if (scenario.layout == nullptr) return absl::FailedPreconditionError("the layout was not read");
  if (scenario.layout->nodes.size() > kMaxActors) {
    return absl::InvalidArgumentError(
        ToAbsl("a layout of more than " + std::to_string(kMaxActors) + " nodes"));
  }
  return *scenario.layout;
}

SlotRange SlotsOfShard(int64_t shard, int64_t shards) {
  const auto bound = [shards](int64_t n) { return (n * kSlots * 2 + shards) / (shards * 2); };
  return {static_cast<Slot>(bound(shard)), static_cast<Slot>(bound(shard + 1) - 1)};
}

IpText NodeIp(uint32_t index, uint32_t move) {
  const uint32_t n = index + 1;
  return IpText::From("10." + std::to_string(move % 256) + "." + std::to_string(n / 256) + "." +
                      std::to_string(n % 256));
}

std::vector<NodeInfo> DescribeNodes(const Scenario& scenario, uint64_t seed,
                                    const std::optional<NodesConf>& conf) {
  if (conf.has_value()) return NodesOfLayout(scenario, *conf);
  std::vector<NodeInfo> nodes;
  const int64_t count = scenario.node_count();
  for (int64_t i = 0; i < count; ++i) {
    NodeInfo info;
    info.index = NodeIndex{static_cast<uint32_t>(i)};
    info.starts_as_primary = i < scenario.shards;
    const int64_t replica = i - scenario.shards;
    info.shard = info.starts_as_primary ? i : replica / scenario.replicas_per_shard;
    const int64_t place = info.starts_as_primary ? 0 : 1 + replica % scenario.replicas_per_shard;
    if (!scenario.zones.empty()) {
      const auto zone = static_cast<size_t>(info.shard + place) % scenario.zones.size();
      info.zone = scenario.zones[zone];
    }
    info.name = MakeId<NodeName>(seed, "node-name", static_cast<uint64_t>(i));
    info.ip = std::string(NodeIp(info.index.value, 0).view());
    info.port = kClientPort;
    info.cport = kBusPort;
    nodes.push_back(std::move(info));
  }
  return nodes;
}

std::vector<NodeIndex> OverriddenNodes(const Scenario& scenario, size_t index, uint64_t seed,
                                       const std::vector<NodeInfo>& nodes) {
  SelectView view;
  view.nodes = &nodes;
  view.is_primary = [&nodes](uint32_t i) { return nodes[i].starts_as_primary; };
  view.is_down = [](uint32_t) { return false; };
  Rng rng(seed, "override", index);
  return Select(scenario.overrides[index].target, view, Selectable::kAny, &rng);
}

void ConfigureHosts(const Scenario& scenario, const RunOptions& options,
                    const std::vector<NodeInfo>& nodes, Hosts* hosts) {
  const auto apply = [](const std::map<std::string, std::string>& config, ClusterOptions* to) {
    for (const auto& [name, text] : config) {
      std::string error;
      const bool ok = ApplyOption(name, text, to, &error);
      GOSSAMER_CHECK(ok);  // the loader has checked every option
    }
  };
  // Synchronised clocks: one sub-second part for all.
  const auto part = static_cast<int64_t>(Rng(options.seed, "wall").Below(1'000'000));
  const Rules base = RulesOf(options.rules.value_or(scenario.rules), scenario.bugs, options.bugs);
  for (const NodeInfo& info : nodes) {
    Host& host = hosts->host(info.index.value);
    host.rules = base;
    host.options = ClusterOptions{};
    host.options.port = info.port;
    host.options.cport = info.cport;
    host.options.availability_zone = info.zone;
    apply(scenario.config, &host.options);
    host.disk = Disk(scenario.fsync);
    Rng clock(options.seed, "clock", info.index.value);
    host.mono_offset = Micros(static_cast<int64_t>(clock.Below(1000)));
    const int64_t error = clock.Between(-kClockError.us, kClockError.us);
    host.wall_offset = Duration{kWallEpoch.us} + Micros(part + error);
  }
  for (size_t k = 0; k < scenario.overrides.size(); ++k) {
    const NodeOverride& o = scenario.overrides[k];
    for (const NodeIndex node : OverriddenNodes(scenario, k, options.seed, nodes)) {
      Host& host = hosts->host(node.value);
      apply(o.config, &host.options);
      if (o.rules.has_value()) host.rules = RulesOf(*o.rules, o.bugs, options.bugs);
    }
  }
}

void StartHosts(const Scenario& scenario, uint64_t seed, const std::optional<NodesConf>& conf,
                HostTables* tables, Network* network, ReplicationModel* replication, Hosts* hosts,
                std::vector<NodeInfo>* nodes) {
  for (const NodeInfo& info : *nodes) {
    const uint32_t i = info.index.value;
    network->SetAddress(i, IpText::From(info.ip), hosts->host(i).options.cport);
    network->SetNodelay(i, hosts->host(i).rules.tcp_nodelay_outbound);
  }
  switch (scenario.start) {
    case StartKind::kFormed:
    case StartKind::kCold:
      StartFormed(scenario, seed, tables, network, replication, hosts, *nodes);
      return;
    case StartKind::kNodesConf:
      StartFromFile(*conf, hosts, replication, *nodes);
      return;
    case StartKind::kMeet:
      for (NodeInfo& info : *nodes) {
        const uint32_t i = info.index.value;
        replication->Begin(i, ReplicationModel::kNone, 0, Instant{});
        hosts->Boot(i, std::nullopt, false);
        const State& state = hosts->host(i).node->state();
        info.name = state.peers.name(state.myself);
      }
      return;
  }
}

}  // namespace gossamer::sim
