#include "sim/scenario/loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/describe.h"
#include "sim/scenario/expectations.h"
#include "sim/scenario/schema_table.h"

namespace gossamer::sim {
namespace {

Scenario Load(std::string_view body, std::string_view file = "x.yaml") {
  std::vector<Diagnostic> diagnostics;
  const std::string text =
      (file.ends_with("yaml") ? "version: 1\nname: x\n" : "") + std::string(body);
  const std::optional<Scenario> scenario = LoadScenario(text, file, &diagnostics);
  EXPECT_TRUE(scenario.has_value()) << text << Render(diagnostics);
  return scenario.value_or(Scenario{});
}

std::vector<Diagnostic> WarningsOf(std::string_view body) {
  std::vector<Diagnostic> diagnostics;
  EXPECT_TRUE(LoadScenario("version: 1\nname: x\n" + std::string(body), "x.yaml", &diagnostics));
  return diagnostics;
}

TimelineItem Item(std::string_view flow) {
  const Scenario scenario = Load(
      "cluster: {shards: 10, replicas_per_shard: 2, zones: [a, b]}\ncpu: redis-7\n"
      "timeline: [" +
      std::string(flow) + "]\n");
  return scenario.timeline.empty() ? TimelineItem{} : scenario.timeline[0];
}

Target TargetOf(std::string_view flow) {
  return Item("{at: 40s, fault: kill, target: " + std::string(flow) + "}").target;
}

using Quantiles = std::vector<std::pair<uint32_t, Duration>>;

TEST(LoaderTest, DefaultsOfAnEmptyScenario) {
  const Scenario s = Load("");
  EXPECT_EQ(s.name, "x");
  EXPECT_EQ(s.seed, 1u);
  EXPECT_EQ(s.rules, "gossamer");
  EXPECT_EQ(s.cpu.preset, "none");
  EXPECT_EQ(s.node_count(), 6);
  EXPECT_EQ(s.start, StartKind::kFormed);
  EXPECT_EQ(s.latency.quantiles, (Quantiles{{500'000, Micros(300)}}));
  EXPECT_FALSE(s.between_zones.has_value());
  EXPECT_EQ(s.fsync, Millis(1));
  EXPECT_EQ(s.duration, Seconds(60));
  EXPECT_TRUE(s.timeline.empty());
}

TEST(LoaderTest, DefaultExpectations) {
  const Scenario s = Load("duration: 90s\n");
  ASSERT_EQ(s.expect.size(), 4u);
  EXPECT_EQ(s.expect[0].text, "covered by 90s");
  EXPECT_EQ(s.expect[1].text, "converged by 90s");
  EXPECT_EQ(s.expect[2].text, "fail-set about live: never");
  EXPECT_EQ(s.expect[3].text, "invariant all");
}

TEST(LoaderTest, ARepeatedItemStandsThereOnceForEachTime) {
  const Scenario s = Load(
      "duration: 200s\ntimeline:\n"
      "  - {at: 60s, every: 30s, times: 3, fault: kill, target: {one: true}, for: 5s, with_disk: "
      "false}\n"
      "  - {at: 70s, action: restart, target: {killed: true}}\n");
  ASSERT_EQ(s.timeline.size(), 4u);
  EXPECT_EQ(s.timeline[0].at, Seconds(60));
  EXPECT_EQ(s.timeline[1].action, ActionKind::kRestart);
  EXPECT_EQ(s.timeline[2].at, Seconds(90));
  EXPECT_EQ(s.timeline[3].at, Seconds(120));
  EXPECT_EQ(s.timeline[3].text, s.timeline[0].text);
  EXPECT_FALSE(s.timeline[3].with_disk);
}

TEST(LoaderTest, AMomentMayBeARange) {
  const Scenario s = Load(
      "duration: 200s\ntimeline:\n"
      "  - {at: [60s, 75s], every: 30s, times: 2, fault: kill, target: {one: true}}\n"
      "  - {at: 60s, action: restart, target: {killed: true}}\n"
      "  - {at: [50s, 50s], fault: kill, target: {node: 1}}\n");
  ASSERT_EQ(s.timeline.size(), 4u);
  EXPECT_EQ(s.timeline[0].at, Seconds(50));
  EXPECT_EQ(s.timeline[0].spread, Duration{});
  EXPECT_EQ(s.timeline[1].at, Seconds(60));
  EXPECT_EQ(s.timeline[1].spread, Seconds(15));
  EXPECT_EQ(s.timeline[2].spread, Duration{});
  EXPECT_EQ(s.timeline[3].at, Seconds(90));
  EXPECT_EQ(s.timeline[3].latest(), Seconds(105));
  EXPECT_EQ(s.timeline[3].text, "kill one node");
}

// The first incident comes at 50 s at the latest, whatever the other draws.
TEST(LoaderTest, WithinCountsFromTheLatestFirstMoment) {
  Load(
      "timeline: [{at: [30s, 59s], fault: kill, target: {node: 0}},\n"
      "  {at: [40s, 50s], fault: kill, target: {node: 1}}]\n"
      "expect: [{state: ok, within: 10s}]\n");
}

TEST(LoaderTest, EverySettingOfTheCluster) {
  const Scenario s = Load(
      "about: all of it\nseed: 18446744073709551615\n"
      "rules: {base: valkey-8.0, bugs: [R-7395, vote-twice]}\n"
      "cpu: {preset: redis-7, scale: 1.5, memory_scale: 0.5, cores_per_machine: 2, "
      "nodes_per_machine: 8,\n"
      "  background: 25%}\n"
      "cluster:\n  shards: 4\n  replicas_per_shard: 2\n  zones: [a, b]\n  start: meet\n"
      "  config: {cluster-node-timeout: 5s, cluster-require-full-coverage: false,\n"
      "           cluster-allow-reads-when-down: yes, cluster-blacklist-ttl: 2m,\n"
      "           cluster-link-sendbuf-limit: 64KiB, cluster-migration-barrier: 2}\n"
      "  nodes:\n    - {target: {zone: b}, config: {cluster-replica-no-failover: true}}\n"
      "    - {target: {node: 0}, rules: valkey-9.1}\n"
      "    - {target: {node: 1}, rules: {base: gossamer, bugs: no-update}}\n"
      "network: {latency: [200us, 400us], between_zones: {latency: 1ms}, loss: 0.5%, bandwidth: "
      "1Gbit}\n"
      "disk: {fsync: 3ms}\nreplication: {write_rate: 1MB/s, lag: 20ms}\n");
  EXPECT_EQ(s.about, "all of it");
  EXPECT_EQ(s.seed, UINT64_MAX);
  EXPECT_EQ(s.rules, "valkey-8.0");
  EXPECT_EQ(s.bugs, (std::vector<Bug>{Bug::kR7395, Bug::kVoteTwice}));
  EXPECT_EQ(s.cpu.scale_percent, 150u);
  EXPECT_EQ(s.cpu.memory_scale_percent, 50u);
  EXPECT_EQ(s.cpu.cores_per_machine, 2u);
  EXPECT_EQ(s.cpu.nodes_per_machine, 8u);
  EXPECT_EQ(s.cpu.background.value, 250'000u);
  EXPECT_EQ(s.node_count(), 12);
  EXPECT_EQ(s.zones, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(s.start, StartKind::kMeet);
  const ClusterOptions options = OptionsOf(s.config);
  EXPECT_EQ(options.node_timeout, Seconds(5));
  EXPECT_FALSE(options.require_full_coverage);
  EXPECT_TRUE(options.allow_reads_when_down);
  EXPECT_EQ(options.blacklist_ttl, Seconds(120));
  EXPECT_EQ(options.link_sendbuf_limit_bytes, 65'536u);
  EXPECT_EQ(options.migration_barrier, 2);
  ASSERT_EQ(s.overrides.size(), 3u);
  EXPECT_TRUE(OptionsOf(s.overrides[0].config).replica_no_failover);
  EXPECT_EQ(s.overrides[1].rules, "valkey-9.1");
  EXPECT_TRUE(s.overrides[1].bugs.empty());
  EXPECT_EQ(s.overrides[2].rules, "gossamer");
  EXPECT_EQ(s.overrides[2].bugs, std::vector<Bug>{Bug::kNoUpdate});
  EXPECT_EQ(s.latency.quantiles, (Quantiles{{0, Micros(200)}, {1'000'000, Micros(400)}}));
  EXPECT_EQ(s.between_zones->quantiles, (Quantiles{{500'000, Millis(1)}}));
  EXPECT_EQ(s.loss, Ppm{5'000});
  EXPECT_EQ(s.bandwidth_bytes_per_s, 125'000'000u);
  EXPECT_EQ(s.fsync, Millis(3));
  EXPECT_EQ(s.replication.write_bytes_per_s, 1'000'000u);
  EXPECT_EQ(s.replication.lag, Millis(20));
}

TEST(LoaderTest, LatencyQuantilesAreSorted) {
  const Scenario s = Load("network: {latency: {p99.9: 5ms, min: 100us, p50: 300us, max: 9ms}}\n");
  EXPECT_EQ(
      s.latency.quantiles,
      (Quantiles{
          {0, Micros(100)}, {500'000, Micros(300)}, {999'000, Millis(5)}, {1'000'000, Millis(9)}}));
}

TEST(LoaderTest, Starts) {
  EXPECT_EQ(Load("cluster: {start: cold}\n").start, StartKind::kCold);
  EXPECT_EQ(Load("cluster: {start: meet}\n").start, StartKind::kMeet);
}

TEST(LoaderTest, Targets) {
  EXPECT_EQ(TargetOf("{role: primary}").role, Target::Role::kPrimary);
  EXPECT_EQ(TargetOf("{shard: [0, 2-4]}").shards, (std::vector<int64_t>{0, 2, 3, 4}));
  EXPECT_EQ(TargetOf("{zone: a}").zones, (std::vector<std::string>{"a"}));
  EXPECT_EQ(TargetOf("{zone: [a, b]}").zones, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(TargetOf("{node: 7}").nodes, (std::vector<int64_t>{7}));
  EXPECT_EQ(TargetOf("{nodes: [3-4, 1, 3]}").nodes, (std::vector<int64_t>{1, 3, 4}));
  EXPECT_EQ(TargetOf("{killed: false}").killed, false);
  EXPECT_EQ(TargetOf("{percent: 10%}").percent, Ppm{100'000});
  EXPECT_EQ(TargetOf("{count: 3}").count, 3);
  EXPECT_EQ(TargetOf("{one: true}").count, 1);
  EXPECT_FALSE(TargetOf("{all: true}").count.has_value());
  EXPECT_EQ(TargetOf("{count: 2, of: shards}").of, Target::Of::kShards);
  EXPECT_TRUE(TargetOf("{percent: 50%, keep_one_per_shard: true}").keep_one_per_shard);
  // "10 % of primaries" restricts the matches to primaries.
  EXPECT_EQ(TargetOf("{percent: 10%, of: primaries}").role, Target::Role::kPrimary);
  EXPECT_EQ(TargetOf("{percent: 10%, of: replicas}").role, Target::Role::kReplica);
}

struct Flow {
  std::string_view flow;
  std::string_view text;
};

TEST(LoaderTest, EveryFaultAndActionInWords) {
  constexpr Flow kRows[] = {
      {"fault: kill, target: {percent: 10%, keep_one_per_shard: true}",
       "kill 10% of nodes, keeping one per shard"},
      {"fault: kill, target: {role: primary, count: 5}, for: 9s", "kill 5 primaries for 9s"},
      {"fault: host-loss, target: {zone: [a, b]}", "host-loss nodes in zones a, b"},
      {"fault: pause, target: {role: replica, one: true}", "pause one replica"},
      {"fault: slow, target: {node: 3}, factor: 50, for: 2s", "slow node 3 (factor 50) for 2s"},
      {"fault: shutdown, target: {nodes: 0-4}", "shutdown nodes 0-4"},
      {"fault: partition, between: [{zone: a}, {zone: b}], for: 2s",
       "partition nodes in zone a | nodes in zone b for 2s"},
      {"fault: partition, target: {node: 0}, direction: to",
       "partition node 0 | all others (one way, sending)"},
      {"fault: delay, target: {shard: 1}, latency: [1ms, 2ms], direction: from",
       "delay nodes of shard 1 | all others ([1ms, 2ms], one way, receiving)"},
      {"fault: loss, target: {node: 2}, probability: 5%", "loss node 2 | all others (5%)"},
      {"fault: duplicate, target: {node: 1}, probability: 0.01",
       "duplicate node 1 | all others (1%)"},
      {"fault: corrupt, target: {node: 1}, probability: 1%", "corrupt node 1 | all others (1%)"},
      {"fault: reorder, target: {node: 1}, probability: 5%, latency: 9ms, burst: 2s",
       "reorder node 1 | all others (9ms, 5%, bursts of 2s)"},
      {"fault: slice, target: {node: 1}, size: 200, latency: 1ms",
       "slice node 1 | all others (pieces of 200 bytes, 1ms)"},
      {"fault: delay, target: {all: true}, shape: ring, latency: 9ms, jitter: 2ms",
       "delay nodes in a ring (9ms, jitter 2ms)"},
      {"fault: clock-skew, target: {node: 1}, drift: -1ms", "clock-skew node 1 (-1ms each second)"},
      {"fault: bandwidth, target: {node: 1}, rate: 8Mbit", "bandwidth node 1 | all others (1MB/s)"},
      {"fault: reset-connection, target: {node: 1}", "reset-connection node 1 | all others"},
      {"fault: blackhole, target: {node: 1}", "blackhole node 1 | all others"},
      {"fault: disk-stall, target: {node: 1}, for: 5s", "disk-stall node 1 for 5s"},
      {"fault: disk-full, target: {node: 1}", "disk-full node 1"},
      {"fault: disk-corrupt, target: {node: 1}", "disk-corrupt node 1"},
      {"fault: clock-skew, target: {node: 1}, offset: -1h", "clock-skew node 1 (-1h)"},
      {"action: restart, target: {killed: true}, with_disk: false",
       "restart killed nodes (without its disk)"},
      {"action: failover, target: {shard: 0, role: replica, one: true}, mode: takeover",
       "failover one replica of shard 0 (takeover)"},
      {"action: meet, target: {node: 1}, to: {node: 2}", "meet node 1 (to node 2)"},
      {"action: forget, target: {all: true}, to: {node: 2}", "forget nodes (to node 2)"},
      {"action: reset, target: {node: 1}, mode: hard", "reset node 1 (hard)"},
      {"action: replicate, target: {node: 1}, to: {shard: 2, role: primary}",
       "replicate node 1 (to primaries of shard 2)"},
      {"action: rolling-restart, target: {zone: a}", "rolling-restart nodes in zone a"},
      {"action: address-change, target: {node: 1}", "address-change node 1"},
      {"action: config-set, target: {all: true}, config: {cluster-node-timeout: 5s}",
       "config-set nodes (cluster-node-timeout 5000)"},
      {"action: migrate-slots, target: {node: 1}, to: {node: 0}, slots: [5, 7-9]",
       "migrate-slots node 1 (to node 0, slots 5, 7-9)"},
  };
  std::vector<std::string_view> seen;
  for (const Flow& row : kRows) {
    const TimelineItem item = Item("{at: 40s, " + std::string(row.flow) + "}");
    EXPECT_EQ(item.text, row.text);
    EXPECT_EQ(item.at, Seconds(40));
    const std::string_view word = item.is_fault ? FaultName(item.fault) : ActionName(item.action);
    if (std::find(seen.begin(), seen.end(), word) == seen.end()) seen.push_back(word);
  }
  EXPECT_EQ(seen.size(), FaultKinds().size() + ActionKinds().size());
}

TEST(LoaderTest, FieldsOfItemsReachTheModel) {
  EXPECT_EQ(Item("{at: 40s, action: failover, target: {node: 1}}").mode, "default");
  EXPECT_EQ(Item("{at: 40s, action: reset, target: {node: 1}}").mode, "soft");
  EXPECT_EQ(Item("{at: 40s, fault: clock-skew, target: {node: 1}, offset: -2s}").offset,
            Seconds(-2));
  EXPECT_EQ(Item("{at: 40s, fault: partition, target: {node: 1}, direction: from}").direction,
            Direction::kFrom);
  EXPECT_EQ(Item("{at: 40s, fault: bandwidth, target: {node: 1}, rate: 8kbit}").rate_bytes_per_s,
            1'000u);
  EXPECT_EQ(Item("{at: 40s, fault: kill, target: {node: 1}, for: 3s}").length, Seconds(3));
  EXPECT_EQ(
      Item("{at: 40s, action: migrate-slots, target: {node: 1}, to: {node: 0}, slots: 5-6}").slots,
      (std::vector<int64_t>{5, 6}));
  const TimelineItem item = Item("{at: 40s, fault: kill, target: {node: 1}}");
  EXPECT_EQ(item.place.line, 5);
  EXPECT_EQ(item.place.column, 12);
}

TEST(LoaderTest, TheTimelineIsSortedAndStable) {
  const Scenario s = Load(
      "timeline:\n  - {at: 50s, fault: kill, target: {node: 0}}\n"
      "  - {at: 40s, fault: kill, target: {node: 1}}\n"
      "  - {at: 50s, action: restart, target: {node: 1}}\n");
  ASSERT_EQ(s.timeline.size(), 3u);
  EXPECT_EQ(s.timeline[0].target.nodes[0], 1);
  EXPECT_EQ(s.timeline[1].target.nodes[0], 0);
  EXPECT_FALSE(s.timeline[2].is_fault);
}

TEST(LoaderTest, Expectations) {
  const Scenario s = Load(
      "duration: 180s\ntimeline: [{at: 60s, fault: kill, target: {node: 0}}]\nexpect:\n"
      "  - {state: covered, within: 25s, after: 60s}\n  - {state: ok, within: 1m}\n"
      "  - {state: converged, by: end}\n  - {event: fail-set, about: live, never: true}\n"
      "  - {event: promoted, min: 1, max: 2}\n  - {metric: fail.p99, min: 15s, max: 23s}\n"
      "  - {metric: victims, max: 3}\n  - {invariant: vote_once}\n");
  ASSERT_EQ(s.expect.size(), 8u);
  EXPECT_EQ(s.expect[0].within, Seconds(25));
  EXPECT_EQ(s.expect[0].after, Seconds(60));
  EXPECT_EQ(s.expect[1].text, "ok within 60s after the first incident");
  EXPECT_EQ(s.expect[2].by, Seconds(180));
  EXPECT_TRUE(s.expect[3].never);
  EXPECT_EQ(s.expect[3].about, "live");
  EXPECT_EQ(s.expect[4].text, "promoted at least 1 and at most 2");
  EXPECT_EQ(s.expect[5].max, 23'000'000);
  EXPECT_EQ(s.expect[6].max, 3);
  EXPECT_EQ(s.expect[7].kind, ExpectKind::kInvariant);
  EXPECT_EQ(s.expect[7].place.line, 13);
}

TEST(LoaderTest, AnchorsStandForTheirValue) {
  const Scenario s = Load(
      "cluster: {zones: &z [a, b]}\nduration: &t 80s\n"
      "timeline: [{at: *t, fault: kill, target: {zone: *z}}]\n");
  EXPECT_EQ(s.timeline[0].at, Seconds(80));
  EXPECT_EQ(s.timeline[0].target.zones, s.zones);
}

// What a report could print of a scenario: equal texts mean equal scenarios for these tests.
std::string Summary(const Scenario& s) {
  std::string out = s.name + s.about + std::to_string(s.seed) + s.rules + s.cpu.preset +
                    std::to_string(s.cpu.scale_percent) + std::to_string(s.node_count()) +
                    Describe(s.latency) + std::to_string(s.loss.value) +
                    std::to_string(s.duration.us) + std::to_string(s.fsync.us);
  for (const auto& [name, text] : s.config) out += name + "=" + text + ";";
  for (const std::string& zone : s.zones) out += zone + ",";
  for (const NodeOverride& o : s.overrides) out += Describe(o.target) + o.rules.value_or("") + ";";
  for (const TimelineItem& i : s.timeline) out += std::to_string(i.at.us) + " " + i.text + "\n";
  for (const Expectation& e : s.expect) out += e.text + "\n";
  return out;
}

TEST(LoaderTest, YamlAndJsonGiveTheSameScenario) {
  const Scenario yaml = Load(
      "about: both\nseed: 7\nrules: {base: valkey-9.1}\n"
      "cpu: {preset: redis-7, scale: 2}\n"
      "cluster:\n  shards: 5\n  replicas_per_shard: 2\n  zones: [a, b]\n"
      "  config: {cluster-node-timeout: 5s, cluster-replica-no-failover: false}\n"
      "  nodes:\n  - {target: {nodes: 0-3}, rules: gossamer}\n"
      "network: {latency: {p50: 300us, p99: 2ms}, loss: 0.1%}\n"
      "duration: 90s\n"
      "timeline:\n- {at: 60s, for: 10s, fault: partition, between: [{zone: a}, {zone: [b]}]}\n"
      "expect:\n- {metric: fail.p99, max: 8s}\n- {state: covered, by: end}\n");
  const Scenario json = Load(R"({
    "version": 1, "name": "x", "about": "both", "seed": 7, "rules": {"base": "valkey-9.1"},
    "cpu": {"preset": "redis-7", "scale": 2},
    "cluster": {"shards": 5, "replicas_per_shard": 2, "zones": ["a", "b"],
	"config": {"cluster-node-timeout": "5s", "cluster-replica-no-failover": false},
      "nodes": [{"target": {"nodes": "0-3"}, "rules": "gossamer"}]},
    "network": {"latency": {"p50": "300us", "p99": "2ms"}, "loss": "0.1%"},
    "duration": "90s",
    "timeline": [{"at": "60s", "for": "10s", "fault": "partition",
                  "between": [{"zone": "a"}, {"zone": ["b"]}]}],
    "expect": [{"metric": "fail.p99", "max": "8s"}, {"state": "covered", "by": "end"}]
  })",
                             "x.json");
  EXPECT_EQ(Summary(yaml), Summary(json));
}

TEST(LoaderTest, ErrorsInJsonHavePlacesToo) {
  std::vector<Diagnostic> all;
  EXPECT_FALSE(
      LoadScenario("{\"version\": 1,\n \"name\": \"x\",\n \"sead\": 3}\n", "x.json", &all));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(Render(all[0]),
            "x.json:3:2: error: unknown key 'sead' in scenario\n"
            "  3 |  \"sead\": 3}\n"
            "    |  ^~~~~~\n"
            "    = help: nearest is 'seed'\n");
}

TEST(LoaderTest, ByteOrderMarkAndCarriageReturnsAreHarmless) {
  std::vector<Diagnostic> all;
  EXPECT_TRUE(LoadScenario("\xef\xbb\xbfversion: 1\r\nname: x\r\nseed: 3\r\n", "x.yaml", &all))
      << Render(all);
  all.clear();
  EXPECT_FALSE(LoadScenario("\xef\xbb\xbfversion: 1\r\nname: y\r\n", "x.yaml", &all));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].line, 2);
  EXPECT_EQ(all[0].column, 7);
}

TEST(LoaderTest, WarnsOfAnOptionThatTheRulesIgnore) {
  const std::string text = "cluster: {config: {cluster-message-gossip-perc: 20}}\n";
  EXPECT_TRUE(WarningsOf(text).empty());
  EXPECT_TRUE(WarningsOf("rules: valkey-9.1\n" + text).empty());
  const std::vector<Diagnostic> warnings = WarningsOf("rules: valkey-9.0\n" + text);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0].line, 4);
  EXPECT_EQ(warnings[0].column, 20);
  EXPECT_NE(warnings[0].message.find("by the rules of valkey-9.0"), std::string::npos);
}

TEST(LoaderTest, WarnsOfSlotsWithoutAnOwner) {
  const auto warnings = [](const std::string& slots) {
    return WarningsOf("cluster: {start: {cluster_nodes: \"" + std::string(40, 'a') +
                      " 10.0.0.1:7000@17000 myself,master - 0 0 1 connected" + slots + "\"}}\n");
  };
  EXPECT_TRUE(warnings(" 0-16383").empty());
  ASSERT_EQ(warnings("").size(), 1u);
  EXPECT_EQ(warnings("")[0].line, 3);
  EXPECT_NE(warnings("")[0].message.find("16384 of 16384 slots"), std::string::npos);
  ASSERT_EQ(warnings(" 0-99").size(), 1u);
  EXPECT_NE(warnings(" 0-99")[0].message.find("16284 of 16384 slots"), std::string::npos);
}

TEST(LoaderTest, WarnsOfAFaultInAnUnsettledCluster) {
  constexpr std::string_view kEarly = "timeline: [{at: 29s, fault: kill, target: {node: 0}}]\n";
  const std::vector<Diagnostic> warnings = WarningsOf(kEarly);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0].severity, Severity::kWarning);
  EXPECT_EQ(warnings[0].line, 3);
  EXPECT_NE(warnings[0].message.find("29s, before 2 T = 30s"), std::string::npos);
  EXPECT_NE(warnings[0].help.find("4 T = 60s"), std::string::npos);
  const std::string early(kEarly);
  EXPECT_TRUE(WarningsOf("cluster: {start: cold}\n" + early).empty());
  EXPECT_TRUE(WarningsOf("cluster: {config: {cluster-node-timeout: 5s}}\n" + early).empty());
  EXPECT_TRUE(WarningsOf("timeline: [{at: 1s, action: restart, target: {node: 0}}]\n").empty());
  // The earliest moment counts.
  const std::string range = "timeline: [{at: [29s, 40s], fault: kill, target: {node: 0}}]\n";
  ASSERT_EQ(WarningsOf(range).size(), 1u);
  EXPECT_NE(WarningsOf(range)[0].message.find("29s, before 2 T"), std::string::npos);
}

TEST(LoaderTest, WarnsOfWhatHasNoEffect) {
  EXPECT_EQ(WarningsOf("cluster: {config: {cluster-databases: 4}}\n").size(), 1u);
  EXPECT_EQ(WarningsOf("timeline: [{at: 40s, for: 30s, fault: pause, target: {node: 0}}]\n").size(),
            1u);
  EXPECT_EQ(
      WarningsOf("timeline: [{at: [40s, 55s], for: 6s, fault: pause, target: {node: 0}}]\n").size(),
      1u);
}

}  // namespace
}  // namespace gossamer::sim
