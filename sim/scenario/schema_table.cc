#include "sim/scenario/schema_table.h"

#include <algorithm>
#include <array>

#include "core/base/strings.h"
#include "core/cluster/bugs.h"
#include "core/cluster/event.h"
#include "core/cluster/rules.h"
#include "sim/scenario/expectations.h"

namespace gossamer::sim {
namespace {

using Words = std::vector<std::string_view>;

Words NamesOf(const std::vector<NameInfo>& infos) {
  Words words;
  for (const NameInfo& info : infos) words.push_back(info.name);
  return words;
}

Words NamesOf(std::span<const KindInfo> kinds) {
  Words words;
  for (const KindInfo& kind : kinds) words.push_back(kind.word);
  return words;
}

Words FaultWords() { return NamesOf(FaultKinds()); }
Words ActionWords() { return NamesOf(ActionKinds()); }
Words StateWords() { return NamesOf(StateNames()); }
Words InvariantWords() { return NamesOf(InvariantNames()); }
Words PresetWords() { return {"none", "redis-7", "redis-7-debug", "gossamer"}; }
Words StartWords() { return {"formed", "cold", "meet"}; }
Words RoleWords() { return {"any", "primary", "replica"}; }
Words OfWords() { return {"nodes", "primaries", "replicas", "shards"}; }
Words DirectionWords() { return {"both", "to", "from"}; }
Words ShapeWords() { return {"halves", "bridge", "isolate", "ring"}; }
Words ModeWords() { return {"default", "force", "takeover", "soft", "hard"}; }
Words AboutWords() { return {"any", "live", "victims"}; }

Words EventWords() {
  Words words;
  for (size_t i = 0; i < kEventTypes; ++i)
    words.push_back(EventTypeName(static_cast<EventType>(i)));
  return words;
}

using enum ValueType;

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kDay = 86'400 * kSecond;

constexpr KeyInfo kScenarioKeys[] = {
    {.key = "version",
     .type = kInteger,
     .about = "version of the language",
     .required = true,
     .min = kScenarioVersion,
     .max = kScenarioVersion},
    {.key = "name", .about = "the file's name without its ending", .required = true},
    {.key = "about", .about = "what the scenario shows, in a line or two"},
    {.key = "seed",
     .type = kSeed,
     .about = "seed of every random choice; --seed and --seeds override it",
     .default_text = "1"},
    {.key = "seeds", .type = kSeeds, .about = "seeds of a sweep; --seeds overrides them"},
    {.key = "matrix",
     .type = kMatrix,
     .about =
         "the axes of a study: by name a list of values, each standing for `${name}`, or a map "
         "from labels to partial scenarios, each merged over the file"},
    {.key = "exclude",
     .type = kExclusions,
     .about = "cells of the matrix that are left out: maps from axis to label"},
    {.key = "rules",
     .type = kWordOrSection,
     .about = "release whose rules the nodes follow, or a release and bugs to plant",
     .default_text = "gossamer",
     .child = Section::kRules,
     .words = RuleNames},
    {.key = "cpu",
     .type = kWordOrSection,
     .about = "what handling a message costs, or `none`",
     .default_text = "none",
     .child = Section::kCpu,
     .words = PresetWords},
    {.key = "cluster", .type = kSection, .about = "the nodes", .child = Section::kCluster},
    {.key = "network",
     .type = kSection,
     .about = "the links between them",
     .child = Section::kNetwork},
    {.key = "disk", .type = kSection, .about = "their disks", .child = Section::kDisk},
    {.key = "replication",
     .type = kSection,
     .about = "the data stream from primaries to replicas",
     .child = Section::kReplication},
    {.key = "duration",
     .type = kDuration,
     .about = "virtual time at which the run ends",
     .default_text = "60s",
     .min = 1,
     .max = 30 * kDay},
    {.key = "timeline",
     .type = kSections,
     .about = "faults and actions",
     .child = Section::kTimelineItem},
    {.key = "expect",
     .type = kSections,
     .about = "what must hold; without it every shard with a survivor must be served by the end, "
              "views must converge, no live node may be marked FAIL and no invariant may break",
     .child = Section::kExpectation,
     .min = 1},
};

constexpr KeyInfo kRulesKeys[] = {
    {.key = "base",
     .type = kWord,
     .about = "release whose rules the nodes follow",
     .required = true,
     .words = RuleNames},
    {.key = "bugs",
     .type = kNames,
     .about = "bugs to plant, to see what they do",
     .words = BugNames},
};

constexpr KeyInfo kCpuKeys[] = {
    {.key = "preset",
     .type = kWord,
     .about = "table of costs per message, entry, connect, byte and fsync",
     .required = true,
     .words = PresetWords},
    {.key = "scale",
     .type = kFactor,
     .about = "what the processor does takes this many times longer, 0.01 to "
              "10000; waiting for disks does not",
     .default_text = "1"},
    {.key = "memory_scale",
     .type = kFactor,
     .about = "the same of what waits for memory: walks through failure reports",
     .default_text = "1"},
    {.key = "cores_per_machine",
     .type = kInteger,
     .about = "cores that the nodes of a machine share; 0: each node has its own",
     .default_text = "0",
     .max = 1024},
    {.key = "nodes_per_machine",
     .type = kInteger,
     .about = "nodes on one machine",
     .default_text = "1",
     .min = 1,
     .max = kMaxScenarioNodes},
    {.key = "background",
     .type = kShare,
     .about = "share of each core that other work takes, in bursts of 0.3 ms on "
              "average; at most 95%",
     .default_text = "0%"},
};

constexpr KeyInfo kClusterKeys[] = {
    {.key = "shards",
     .type = kInteger,
     .about = "shards, each with one primary; they share the 16384 slots evenly",
     .default_text = "3",
     .min = 1,
     .max = kMaxScenarioNodes},
    {.key = "replicas_per_shard",
     .type = kInteger,
     .about = "replicas of each primary",
     .default_text = "1",
     .max = kMaxScenarioNodes - 1},
    {.key = "zones",
     .type = kNames,
     .about = "failure domains; the nodes of a shard are spread over them"},
    {.key = "config",
     .type = kConfig,
     .about = "cluster-* options of all nodes, by Valkey's names"},
    {.key = "start",
     .type = kWordOrSection,
     .about =
         "formed: a steady state, sampled; cold: formed, but all nodes start at one instant; meet: "
         "nodes that know nobody are introduced; or your own cluster, from its nodes.conf",
     .default_text = "formed",
     .child = Section::kStart,
     .words = StartWords},
    {.key = "nodes",
     .type = kSections,
     .about = "other options or rules for some nodes",
     .child = Section::kNodeOverride},
};

constexpr KeyInfo kStartKeys[] = {
    {.key = "nodes_conf",
     .about = "file beside the scenario: a nodes.conf of any node, or a reply of CLUSTER NODES"},
    {.key = "cluster_nodes", .about = "a reply of CLUSTER NODES, pasted: a text block"},
};

constexpr KeyInfo kNodeOverrideKeys[] = {
    {.key = "target",
     .type = kSection,
     .about = "which nodes, by their roles at the start",
     .required = true,
     .child = Section::kTarget},
    {.key = "config", .type = kConfig, .about = "cluster-* options of these nodes"},
    {.key = "rules",
     .type = kWordOrSection,
     .about = "release whose rules these nodes follow, or a release and bugs to plant",
     .child = Section::kRules,
     .words = RuleNames},
};

constexpr KeyInfo kNetworkKeys[] = {
    {.key = "latency",
     .type = kLatency,
     .about = "time of a message from node to node, one way",
     .default_text = "300us"},
    {.key = "between_zones",
     .type = kSection,
     .about = "what differs between nodes of different zones",
     .child = Section::kBetweenZones},
    {.key = "loss",
     .type = kShare,
     .about = "share of packets that TCP has to send again",
     .default_text = "0%"},
    {.key = "bandwidth",
     .type = kRate,
     .about = "what one node can send; unlimited without it",
     .min = 1000},
};

constexpr KeyInfo kBetweenZonesKeys[] = {
    {.key = "latency",
     .type = kLatency,
     .about = "time of a message between zones, one way, in place of network.latency",
     .required = true},
};

constexpr KeyInfo kDiskKeys[] = {
    {.key = "fsync",
     .type = kDuration,
     .about = "time of an fsync",
     .default_text = "1ms",
     .max = 60 * kSecond},
};

constexpr KeyInfo kReplicationKeys[] = {
    {.key = "write_rate",
     .type = kRate,
     .about = "bytes that clients write to each primary; none without it"},
    {.key = "lag",
     .type = kDuration,
     .about = "age of a replica's data",
     .default_text = "1ms",
     .max = 3600 * kSecond},
};

constexpr KeyInfo kTimelineKeys[] = {
    {.key = "at",
     .type = kMoments,
     .about = "virtual time since the start, or [from, to]: the seed draws a moment between them",
     .required = true,
     .max = 30 * kDay},
    {.key = "for",
     .type = kDuration,
     .about = "the fault is undone after it; a node that was down starts again",
     .min = 1,
     .max = 30 * kDay},
    {.key = "every",
     .type = kDuration,
     .about = "the item happens again after so long, each time with draws of its own",
     .min = 1000,
     .max = 30 * kDay},
    {.key = "times",
     .type = kInteger,
     .about = "how often in all, with `every`",
     .min = 2,
     .max = 1000},
    {.key = "fault", .type = kWord, .about = "what breaks", .words = FaultWords},
    {.key = "action", .type = kWord, .about = "what an operator does", .words = ActionWords},
    {.key = "target",
     .type = kSection,
     .about = "which nodes; for a fault of links: their links to all other nodes",
     .child = Section::kTarget},
    {.key = "between",
     .type = kSections,
     .about = "two or more sides; only links between different sides are hit",
     .child = Section::kTarget,
     .min = 2},
    {.key = "direction",
     .type = kWord,
     .about = "to: only what the target or the first side sends; from: only what it receives",
     .default_text = "both",
     .words = DirectionWords},
    {.key = "shape",
     .type = kWord,
     .about = "which links inside the target are hit, by a draw: halves, bridge, isolate, ring; "
              "without it only those to all other nodes are",
     .words = ShapeWords},
    {.key = "latency",
     .type = kLatency,
     .about = "added to each message; slice: between two pieces"},
    {.key = "jitter",
     .type = kDuration,
     .about = "up to so much is added to the latency or taken from it",
     .default_text = "0s",
     .max = 600 * kSecond},
    {.key = "probability", .type = kShare, .about = "share of the packets or messages hit"},
    {.key = "burst",
     .type = kDuration,
     .about = "packets on one path share their luck for so long; without it each has its own",
     .min = 1000,
     .max = 3600 * kSecond},
    {.key = "correlation",
     .type = kShare,
     .about = "share of the packets that share the luck of a burst",
     .default_text = "100%"},
    {.key = "size", .type = kInteger, .about = "bytes of a piece", .min = 1, .max = 1'048'576},
    {.key = "rate",
     .type = kRate,
     .about = "bytes or bits per second that still pass",
     .min = 1000},
    {.key = "factor",
     .type = kInteger,
     .about = "times the node needs longer for everything",
     .min = 2,
     .max = 1'000'000},
    {.key = "offset", .type = kOffset, .about = "jump of the wall clock, forwards or back"},
    {.key = "drift", .type = kOffset, .about = "what the wall clock gains in each second"},
    {.key = "with_disk",
     .type = kBoolean,
     .about = "false: the node starts with an empty disk, as a new node",
     .default_text = "true"},
    {.key = "mode",
     .type = kWord,
     .about = "failover: default, force, takeover; reset: soft, hard",
     .words = ModeWords},
    {.key = "to",
     .type = kSection,
     .about = "the other node: whom to meet, forget, replicate, or give slots to",
     .child = Section::kTarget},
    {.key = "config", .type = kConfig, .about = "cluster-* options to set"},
    {.key = "slots",
     .type = kNumbers,
     .about = "slots to move: a slot, a range or a list",
     .max = 16383},
};

constexpr KeyInfo kTargetKeys[] = {
    {.key = "role",
     .type = kWord,
     .about = "role at that moment, in the node's own view",
     .default_text = "any",
     .words = RoleWords},
    {.key = "shard", .type = kNumbers, .about = "shards, from 0", .max = kMaxScenarioNodes - 1},
    {.key = "zone", .type = kNames, .about = "zones"},
    {.key = "node",
     .type = kNodes,
     .about = "nodes by index: first the primary of each shard, then the replicas; in a cluster "
              "from a layout also by id or its beginning, ip:port, host or announced name",
     .max = kMaxScenarioNodes - 1},
    {.key = "nodes",
     .type = kNumbers,
     .about = "a range of node indexes: 0-99",
     .max = kMaxScenarioNodes - 1},
    {.key = "killed",
     .type = kBoolean,
     .about = "true: only nodes that are down; false: only others"},
    {.key = "percent", .type = kShare, .about = "a share of the matches, drawn, rounded up"},
    {.key = "count",
     .type = kInteger,
     .about = "so many of the matches, drawn",
     .min = 1,
     .max = kMaxScenarioNodes},
    {.key = "all", .type = kBoolean, .about = "every match; this is also what happens without it"},
    {.key = "one", .type = kBoolean, .about = "one match, drawn"},
    {.key = "of",
     .type = kWord,
     .about = "what percent and count refer to: matching nodes, those with a role, or whole shards",
     .default_text = "nodes",
     .words = OfWords},
    {.key = "keep_one_per_shard",
     .type = kBoolean,
     .about = "never take the last live node of a shard",
     .default_text = "false"},
};

constexpr KeyInfo kExpectationKeys[] = {
    {.key = "state", .type = kWord, .about = "a state of the cluster", .words = StateWords},
    {.key = "event", .type = kWord, .about = "an event of some node", .words = EventWords},
    {.key = "metric", .type = kMetric, .about = "a measured quantity, such as fail.p99"},
    {.key = "invariant",
     .type = kWord,
     .about = "a rule that no step may break, or all",
     .words = InvariantWords},
    {.key = "within",
     .type = kDuration,
     .about = "the state holds so long after `after`",
     .max = 30 * kDay},
    {.key = "after",
     .type = kDuration,
     .about = "virtual time from which `within` counts; the first incident without it",
     .max = 30 * kDay},
    {.key = "by",
     .type = kMoment,
     .about = "the state holds at that virtual time; or `end`",
     .max = 30 * kDay},
    {.key = "about",
     .type = kWord,
     .about = "count only events about live nodes, or only those about victims",
     .default_text = "any",
     .words = AboutWords},
    {.key = "never", .type = kBoolean, .about = "the event never happens", .default_text = "false"},
    {.key = "min",
     .type = kBound,
     .about = "least value, in the metric's unit; of an event: how often"},
    {.key = "max", .type = kBound, .about = "greatest value"},
};

constexpr SectionInfo kSectionTable[] = {
    {"", "", {}},
    {"scenario", "one simulated cluster, what happens to it, and what must hold", kScenarioKeys},
    {"rules", "rules with bugs", kRulesKeys},
    {"cpu", "what computing costs", kCpuKeys},
    {"cluster", "the nodes", kClusterKeys},
    {"start", "how the cluster comes to be", kStartKeys},
    {"cluster.nodes item", "options of some nodes", kNodeOverrideKeys},
    {"network", "the links", kNetworkKeys},
    {"between_zones", "links between zones", kBetweenZonesKeys},
    {"disk", "the disks", kDiskKeys},
    {"replication", "the data stream", kReplicationKeys},
    {"timeline item", "a fault or an action", kTimelineKeys},
    {"target", "selects nodes; all conditions must hold", kTargetKeys},
    {"expectation", "one thing that must hold", kExpectationKeys},
};
static_assert(std::size(kSectionTable) == kSectionCount);

}  // namespace

std::string_view ValueTypeText(ValueType type) {
  constexpr std::string_view kTexts[] = {
      "text",
      "a word",
      "a metric, such as fail.p99",
      "a whole number",
      "a whole number",
      "true or false",
      "a duration with its unit, such as 15s",
      "a duration with its unit, such as -2s",
      "a duration with its unit, such as 90s, or end",
      "a duration with its unit, such as 60s, or a range such as [60s, 75s]",
      "a share, such as 5% or 0.05",
      "a rate, such as 100Mbit or 10MB/s",
      "a number, such as 2 or 1.5",
      "a duration, [min, max], or a map {p50: 300us, p99: 2ms}",
      "a whole number, a range such as 0-9, or a list of these",
      "an index, a range such as 0-9, a name, or a list of these",
      "a name or a list of names",
      "a duration, a share or a whole number",
      "a map of cluster-* options",
      "a map",
      "a list",
      "a word or a map",
      "a range such as 1..30, or one seed",
      "a map of lists or of maps",
      "a list of maps from axis to label"};
  static_assert(std::size(kTexts) == static_cast<size_t>(kExclusions) + 1);
  return kTexts[static_cast<size_t>(type)];
}

const KeyInfo* SectionInfo::Find(std::string_view key) const {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const KeyInfo& info) { return info.key == key; });
  return found == keys.end() ? nullptr : &*found;
}

std::vector<std::string_view> SectionInfo::KeyNames() const {
  Words names;
  for (const KeyInfo& info : keys) names.push_back(info.key);
  return names;
}

const SectionInfo& SchemaSection(Section section) {
  return kSectionTable[static_cast<size_t>(section)];
}

}  // namespace gossamer::sim
