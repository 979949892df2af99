// Scenario: one simulated cluster, what happens to it, and what must hold, as data.
//
// The loader (loader.h) makes it from YAML or JSON and has checked every value; the world
// (sim/model/world.h) runs it. Every item keeps its place in the file for messages. SOURCE:
// scenarios/README.md, the language. Thread safety: values.
#ifndef GOSSAMER_SIM_SCENARIO_SCENARIO_H_
#define GOSSAMER_SIM_SCENARIO_SCENARIO_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/time.h"
#include "core/cluster/bugs.h"
#include "core/cluster/options.h"
#include "core/cluster/rules.h"

namespace gossamer {
struct NodesConf;
}  // namespace gossamer

namespace gossamer::sim {

// Where something stands in the scenario file, 1-based.
struct SourcePlace {
  int line = 0;
  int column = 0;
};

// A share in parts per million, so that no float enters the model. 5 % is 50 000.
struct Ppm {
  uint32_t value = 0;
  friend bool operator==(Ppm, Ppm) = default;
};

// A latency distribution by integer quantiles: (quantile in ppm, value), rising in both. One point:
// constant. Between points linear; below the first point the first value, above the last the last.
struct LatencySpec {
  std::vector<std::pair<uint32_t, Duration>> quantiles;
};

// Selects nodes. All given conditions must hold (AND); then `percent`, `count` or `one` draws among
// the matches from the scenario's stream; without them all matches are taken.
struct Target {
  enum class Role : uint8_t { kAny, kPrimary, kReplica };
  enum class Of : uint8_t { kNodes, kPrimaries, kReplicas, kShards };

  Role role = Role::kAny;          // the role at the moment of selection, in the node's own view
  std::vector<int64_t> shards;     // empty: any
  std::vector<std::string> zones;  // empty: any
  std::vector<int64_t> nodes;      // node indexes, empty: any
  std::optional<bool> killed;      // true: only nodes that are down
  Of of = Of::kNodes;              // what percent and count refer to
  std::optional<Ppm> percent;      // rounded up
  std::optional<int64_t> count;
  bool keep_one_per_shard = false;  // never all live nodes of a shard
  SourcePlace place;
};

enum class FaultKind : uint8_t {
  kKill,
  kHostLoss,
  kPause,
  kSlow,
  kShutdown,
  kPartition,
  kDelay,
  kLoss,
  kDuplicate,
  kCorrupt,
  kReorder,
  kSlice,
  kBandwidth,
  kResetConnection,
  kBlackhole,
  kDiskStall,
  kDiskFull,
  kDiskCorrupt,
  kClockSkew,
};
enum class ActionKind : uint8_t {
  kRestart,
  kFailover,
  kMeet,
  kForget,
  kReset,
  kReplicate,
  kRollingRestart,
  kAddressChange,
  kConfigSet,
  kMigrateSlots,
};
// kTo: only what the target, or the first side, sends to the others; kFrom: only what the others
// send to it.
enum class Direction : uint8_t { kBoth, kTo, kFrom };
// Which links inside a target are hit. kSides: none, but those to all other nodes. The rest is
// drawn: kHalves: those between two halves; kBridge: the same, but one node sees both halves;
// kIsolate: all, and those to the others; kRing: those between nodes that are far apart on a
// circle, so that each node still sees a majority, and no two the same one.
enum class PartitionShape : uint8_t { kSides, kHalves, kBridge, kIsolate, kRing };

// How long a fault without `for` lasts: an hour more than the longest scenario.
inline constexpr Duration kEndless = Seconds((30 * 24 + 1) * 3600);

// One line of the timeline: a fault or an action. Fields that its kind does not use keep their
// defaults.
struct TimelineItem {
  Duration at;                     // with a spread: the earliest moment
  Duration spread;                 // the moment is drawn from [at, at + spread]
  std::optional<Duration> length;  // `for`: the fault is undone after it
  bool is_fault = true;
  FaultKind fault = FaultKind::kKill;
  ActionKind action = ActionKind::kRestart;
  Target target;
  std::vector<Target>
      between;  // partition, delay, loss, ...: the sides; empty: target against all others
  Direction direction = Direction::kBoth;
  PartitionShape shape = PartitionShape::kSides;
  LatencySpec latency;            // delay, reorder; slice: between two pieces
  Duration jitter;                // delay: so much more or less
  Ppm probability;                // loss, duplicate, corrupt, reorder
  Duration burst;                 // loss, ...: packets of one path share their luck for so long
  Ppm correlation{1'000'000};     // and how many of them do
  int64_t piece_bytes = 0;        // slice
  uint64_t rate_bytes_per_s = 0;  // bandwidth
  uint32_t factor = 1;            // slow: service times are this many times longer
  Duration offset;                // clock-skew: jump of the wall clock
  Duration drift;                 // clock-skew: what it gains in each second
  bool with_disk = true;          // restart
  std::string mode;               // failover: default, force, takeover; reset: soft, hard
  std::optional<Target> to;       // meet, forget, replicate: the other node
  std::map<std::string, std::string>
      config;                  // config-set: cluster-* option to text, as ApplyOption reads it
  std::vector<int64_t> slots;  // migrate-slots: rising
  SourcePlace place;
  std::string text;  // one line for reports: "kill 10% of nodes"

  Duration latest() const { return at + spread; }
};

enum class ExpectKind : uint8_t { kState, kEvent, kMetric, kInvariant };

// One thing that must hold. Fields by kind:
//   kState:     name = covered | converged | ok; by/within/after
//   kEvent:     name = an event's name; about = live | victims | any; never, or min, max: how
//   often; neither: at least once kMetric:    name = a metric's name; min, max in the metric's own
//   unit (durations in µs) kInvariant: name = all or a checker's name
struct Expectation {
  ExpectKind kind = ExpectKind::kState;
  std::string name;
  std::string about = "any";
  bool never = false;
  std::optional<Duration> within;
  std::optional<Duration> after;  // counted from here, default: the first incident
  std::optional<Duration> by;     // virtual time; `end` is the duration
  std::optional<int64_t> min;
  std::optional<int64_t> max;
  SourcePlace place;
  std::string text;
};

enum class StartKind : uint8_t { kFormed, kCold, kMeet, kNodesConf };

// Overrides for some nodes.
struct NodeOverride {
  Target target;
  std::map<std::string, std::string> config;
  std::optional<std::string> rules;
  std::vector<Bug> bugs;  // beside these rules, in place of the scenario's bugs
};

struct CpuSpec {
  std::string preset = "none";          // a word of list cpus
  uint32_t scale_percent = 100;         // of what the processor does
  uint32_t memory_scale_percent = 100;  // of what waits for memory
  uint32_t cores_per_machine = 0;       // 0: each node has a core of its own
  uint32_t nodes_per_machine = 1;
  Ppm background;  // share of each core that others take
};

struct ReplicationSpec {
  uint64_t write_bytes_per_s = 0;  // per primary
  Duration lag = Millis(1);
};

struct Scenario {
  std::string file;
  std::string name;
  std::string about;
  std::string cell;  // of a study: "victims=100,knob=ping_2s"; else empty
  uint64_t seed = 1;
  std::string rules = "gossamer";
  std::vector<Bug> bugs;  // planted in nodes without rules of their own
  CpuSpec cpu;
  int64_t shards = 3;
  int64_t replicas_per_shard = 1;
  std::vector<std::string> zones;
  std::map<std::string, std::string>
      config;  // cluster-* options for all nodes, texts as ApplyOption reads them
  StartKind start = StartKind::kFormed;
  // Of a kNodesConf start, which fills shards, zones and layout_nodes too: the cluster and how many
  // of its nodes run (sim/scenario/layout.h). nodes_conf_file is empty for pasted text.
  std::string nodes_conf_file;
  std::shared_ptr<const NodesConf> layout;
  int64_t layout_nodes = 0;
  std::vector<NodeOverride> overrides;
  LatencySpec latency;  // one way, within a zone
  std::optional<LatencySpec> between_zones;
  Ppm loss;
  uint64_t bandwidth_bytes_per_s = 0;  // per node, 0: unlimited
  Duration fsync = Millis(1);
  ReplicationSpec replication;
  Duration duration = Seconds(60);
  std::vector<TimelineItem> timeline;  // rising in `at`, equal times in the file's order
  std::vector<Expectation> expect;     // filled with the defaults when the file has none

  int64_t node_count() const {
    return layout != nullptr ? layout_nodes : shards * (1 + replicas_per_shard);
  }
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_SCENARIO_H_
