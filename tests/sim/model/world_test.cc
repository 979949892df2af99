#include "sim/model/world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <vector>

#include "tests/sim/model/world_fixture.h"

namespace gossamer::sim {
namespace {

TEST(World, AFormedClusterStaysAsItIs) {
  const Scenario scenario = SixNodes();
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  EXPECT_EQ(world.node_count(), 6u);
  EXPECT_EQ(NodesOk(world), 6u);
  const RunResult result = world.Run();
  EXPECT_EQ(result.end, RunEnd::kDuration);
  EXPECT_EQ(result.ended_at, Instant{} + Seconds(20));
  EXPECT_TRUE(watcher.events.empty()) << EventTypeName(watcher.events[0].event.type);
  EXPECT_EQ(watcher.seconds.size(), 19u);
  EXPECT_GT(result.traffic.messages[0], 500u);
  EXPECT_EQ(result.traffic.messages[0], result.traffic.messages[1]);
  EXPECT_EQ(NodesOk(world), 6u);
}

// How many nodes last heard from `subject` within 10 ms of the median of all.
size_t InStep(const World& world, uint32_t subject) {
  const NodeKey key = world.node(NodeIndex{subject})->state().myself;
  std::vector<MonoMs> heard;
  for (uint32_t i = 0; i < world.node_count(); ++i) {
    if (i != subject) heard.push_back(world.node(NodeIndex{i})->state().peers.pong_ms(key));
  }
  std::ranges::sort(heard);
  const MonoMs median = heard[heard.size() / 2];
  return static_cast<size_t>(
      std::ranges::count_if(heard, [&](MonoMs ms) { return std::abs(ms - median) <= 10; }));
}

TEST(World, HeartbeatsOfAFormedClusterAreInStepWhereTheyWouldFallIntoIt) {
  Scenario scenario = SixNodes();
  scenario.config["cluster-node-timeout"] = "15000";
  scenario.shards = 600;
  const World large(scenario, {}, {});
  for (const uint32_t subject : {0u, 7u, 1199u}) EXPECT_GT(InStep(large, subject), 1150u);
  scenario.shards = 100;
  const World small(scenario, {}, {});
  EXPECT_LT(InStep(small, 0), 20u);
}

TEST(World, AFasterProcessorDoesNotWaitLessForTheDisk) {
  Scenario scenario = SixNodes();
  scenario.cpu.preset = "redis-7";
  scenario.cpu.scale_percent = 1;
  scenario.fsync = Millis(200);
  scenario.timeline.push_back(Fault(FaultKind::kKill, Seconds(5), {0}));
  World world(scenario, {}, {});
  world.Run();
  // A voter saves its vote at least.
  EXPECT_GT(world.cpu_nanos(NodeIndex{1}), 200'000'000u);
}

uint64_t CpuNanos(const World& world) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < world.node_count(); ++i) sum += world.cpu_nanos(NodeIndex{i});
  return sum;
}

TEST(World, SlowMemoryLengthensWalksThroughReports) {
  Scenario scenario = SixNodes();
  scenario.shards = 9;  // so that reports are there before they suffice
  scenario.rules = "valkey-9.0";
  scenario.cpu.preset = "redis-7";
  scenario.duration = Seconds(8);
  scenario.timeline.push_back(Fault(FaultKind::kKill, Seconds(5), {0}));
  World as_measured(scenario, {}, {});
  as_measured.Run();
  scenario.cpu.memory_scale_percent = 100'000'000;
  World slow(scenario, {}, {});
  slow.Run();
  // A walk past one report, 281 ns, takes 281 ms.
  EXPECT_GT(CpuNanos(slow), CpuNanos(as_measured) + 200'000'000u);
}

TEST(World, NodesAreWhoTheScenarioSays) {
  Scenario scenario = SixNodes();
  scenario.replicas_per_shard = 2;
  scenario.zones = {"a", "b", "c"};
  World world(scenario, {}, {});
  ASSERT_EQ(world.node_count(), 9u);
  for (uint32_t i = 0; i < 9; ++i) {
    const NodeInfo& info = world.info(NodeIndex{i});
    EXPECT_EQ(info.starts_as_primary, i < 3);
    EXPECT_EQ(info.shard, i < 3 ? i : (i - 3) / 2);
    const State& state = world.node(NodeIndex{i})->state();
    EXPECT_EQ(state.peers.name(state.myself), info.name);
    EXPECT_EQ(world.IndexOf(state.myself), NodeIndex{i});
    EXPECT_EQ(state.i_am_primary(), i < 3);
    EXPECT_EQ(state.peers.size(), 9u);
    state.peers.CheckInvariants();
    if (!info.starts_as_primary) {
      EXPECT_EQ(world.IndexOf(state.my_primary()).value, static_cast<uint32_t>(info.shard));
    }
  }
  // The nodes of a shard stand in different zones.
  EXPECT_EQ(world.info(NodeIndex{0}).zone, "a");
  EXPECT_EQ(world.info(NodeIndex{3}).zone, "b");
  EXPECT_EQ(world.info(NodeIndex{4}).zone, "c");
  const State& first = world.node(NodeIndex{0})->state();
  EXPECT_EQ(first.slots.assigned(), kSlots);
  EXPECT_EQ(first.peers.slot_count(first.myself), 5461u);
}

TEST(World, ADeadPrimaryIsReplaced) {
  Scenario scenario = SixNodes();
  scenario.timeline.push_back(Fault(FaultKind::kKill, Seconds(5), {0}));
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  ASSERT_EQ(watcher.incidents.size(), 1u);
  EXPECT_EQ(watcher.incidents[0].primaries, (std::vector<NodeIndex>{NodeIndex{0}}));
  EXPECT_TRUE(watcher.incidents[0].lost_shards.empty());
  EXPECT_EQ(watcher.Count(EventType::kFailSet), 5u);
  const auto won = watcher.Of(EventType::kElectionWon);
  ASSERT_EQ(won.size(), 1u);
  EXPECT_EQ(won[0].node, NodeIndex{3});
  EXPECT_GT(won[0].at, Instant{} + Seconds(6));
  EXPECT_LT(won[0].at, Instant{} + Seconds(8));
  EXPECT_EQ(NodesOk(world), 5u);
  EXPECT_EQ(world.node(NodeIndex{0}), nullptr);
  EXPECT_FALSE(world.live(NodeIndex{0}));
  EXPECT_TRUE(watcher.rising);
}

TEST(World, VotesLeaveWithTheirEpochsDurable) {
  Scenario scenario = SixNodes();
  scenario.fsync = Millis(30);
  scenario.timeline.push_back(Fault(FaultKind::kKill, Seconds(5), {0}));
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  ASSERT_GE(watcher.votes.size(), 6u);  // four or five requests, two votes
  const auto won = watcher.Of(EventType::kElectionWon);
  ASSERT_EQ(won.size(), 1u);
  const auto started = watcher.Of(EventType::kElectionStarted);
  ASSERT_EQ(started.size(), 1u);
  // The request waits for one fsync, the vote for another.
  EXPECT_GE(won[0].at - started[0].at, Millis(60));
  for (const Watcher::Vote& vote : watcher.votes) {
    EXPECT_GE(vote.durable.current_epoch, vote.epoch);
    if (vote.type == MessageType::kAuthAck) {
      EXPECT_EQ(vote.durable.last_vote_epoch, vote.epoch);
    }
  }
}

// ---- Determinism ----

Scenario EventfulScenario() {
  Scenario scenario = SixNodes();
  scenario.loss = Ppm{20'000};
  scenario.replication.write_bytes_per_s = 5000;
  scenario.timeline.push_back(Fault(FaultKind::kKill, Seconds(4), {0}));
  TimelineItem partition = Fault(FaultKind::kPartition, Seconds(8), {4});
  partition.length = Seconds(4);
  scenario.timeline.push_back(partition);
  TimelineItem corrupt = Fault(FaultKind::kCorrupt, Seconds(8), {5});
  corrupt.probability = Ppm{100'000};
  corrupt.length = Seconds(3);
  scenario.timeline.push_back(corrupt);
  scenario.timeline.push_back(Action(ActionKind::kRestart, Seconds(12), {0}));
  TimelineItem failover = Action(ActionKind::kFailover, Seconds(16), {0});
  scenario.timeline.push_back(failover);
  return scenario;
}

RunResult RunWith(const Scenario& scenario, Transport transport, uint64_t seed) {
  RunOptions options;
  options.seed = seed;
  options.transport = transport;
  options.shadow_every = 2;
  World world(scenario, options, {});
  return world.Run();
}

// An event loop writes link by link: who is written to first hears first.
TEST(World, ABroadcastLeavesLinkByLink) {
  Scenario scenario = SixNodes();
  scenario.timeline.push_back(Fault(FaultKind::kKill, Seconds(5), {0}));
  const auto moments = [&](const char* cpu) {
    scenario.cpu.preset = cpu;
    Watcher watcher;
    World(scenario, {}, {&watcher}).Run();
    std::set<Instant> at;
    for (const auto& seen : watcher.Of(EventType::kFailSet)) at.insert(seen.at);
    return at.size();
  };
  EXPECT_LT(moments("none"), 5u);
  EXPECT_EQ(moments("redis-7"), 5u);
}

TEST(WorldDigest, IsTheSameInEveryTransport) {
  for (const char* rules : {"gossamer", "valkey-8.0"}) {
    for (const char* cpu : {"none", "redis-7"}) {
      Scenario scenario = EventfulScenario();
      scenario.rules = rules;
      scenario.cpu.preset = cpu;
      const RunResult typed = RunWith(scenario, Transport::kTyped, 1);
      const RunResult wire = RunWith(scenario, Transport::kWire, 1);
      const RunResult shadow = RunWith(scenario, Transport::kShadow, 1);
      EXPECT_EQ(typed.digest, wire.digest) << rules << cpu;
      EXPECT_EQ(typed.digest, shadow.digest) << rules << cpu;
      EXPECT_EQ(wire.codec_mismatches + shadow.codec_mismatches, 0u);
      EXPECT_GT(wire.traffic.shadow_checked, shadow.traffic.shadow_checked);
      EXPECT_GT(shadow.traffic.shadow_checked, 0u);
    }
  }
}

TEST(WorldDigest, RepeatsAndTellsSeedsApart) {
  const Scenario scenario = EventfulScenario();
  const Digest first = RunWith(scenario, Transport::kTyped, 1).digest;
  EXPECT_EQ(first, RunWith(scenario, Transport::kTyped, 1).digest);
  EXPECT_NE(first, RunWith(scenario, Transport::kTyped, 2).digest);
}

TEST(WorldDigest, OtherStartsToo) {
  for (const StartKind start : {StartKind::kCold, StartKind::kMeet}) {
    Scenario scenario = SixNodes();
    scenario.start = start;
    EXPECT_EQ(RunWith(scenario, Transport::kTyped, 3).digest,
              RunWith(scenario, Transport::kWire, 3).digest);
  }
}

// ---- Ends ----

TEST(World, StopsEarlyWhenAsked) {
  const Scenario scenario = SixNodes();
  RunOptions options;
  options.stop_at = Seconds(3);
  World stopped(scenario, options, {});
  const RunResult result = stopped.Run();
  EXPECT_EQ(result.end, RunEnd::kStopAt);
  EXPECT_EQ(result.ended_at, Instant{} + Seconds(3));

  options = {};
  options.max_events = 500;
  World limited(scenario, options, {});
  EXPECT_EQ(limited.Run().end, RunEnd::kMaxEvents);
  EXPECT_EQ(limited.now().us < Seconds(20).us, true);

  World interrupted(scenario, {}, {});
  interrupted.Interrupt();
  EXPECT_EQ(interrupted.Run().end, RunEnd::kInterrupted);
}

// ---- Starts ----

TEST(World, StrangersFormACluster) {
  Scenario scenario = SixNodes();
  scenario.start = StartKind::kMeet;
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  EXPECT_EQ(NodesOk(world), 6u);
  for (uint32_t i = 0; i < 6; ++i) {
    const State& state = world.node(NodeIndex{i})->state();
    EXPECT_EQ(state.peers.size(), 6u);
    EXPECT_EQ(state.i_am_primary(), i < 3) << i;
    EXPECT_EQ(state.peers.name(state.myself), world.info(NodeIndex{i}).name);
    state.peers.CheckInvariants();
  }
}

TEST(World, AColdClusterComesUp) {
  Scenario scenario = SixNodes();
  scenario.start = StartKind::kCold;
  World world(scenario, {}, {});
  EXPECT_EQ(NodesOk(world), 0u);
  const RunResult result = world.Run();
  EXPECT_EQ(NodesOk(world), 6u);
  EXPECT_EQ(result.traffic.connects, 30u);
}

// Nagle and the delayed acknowledgement hold the winner's announcement back where outbound links
// lack TCP_NODELAY.
TEST(World, TheWinnersPongWaitsForTheDelayedAck) {
  const auto heard_after = [](const char* rules) {
    Scenario scenario = SixNodes();
    scenario.rules = rules;
    scenario.latency.quantiles = {{0, Micros(30)}};
    scenario.timeline.push_back(Fault(FaultKind::kKill, Seconds(5), {0}));
    Watcher watcher;
    World world(scenario, {}, {&watcher});
    world.Run();
    const Instant won = watcher.Of(EventType::kElectionWon).at(0).at;
    std::vector<Duration> waits;
    for (const SeenEvent& e : watcher.Of(EventType::kSlotsChanged)) {
      if (e.node != NodeIndex{3}) waits.push_back(e.at - won);
    }
    std::sort(waits.begin(), waits.end());
    return waits.at(waits.size() / 2);
  };
  EXPECT_LT(heard_after("gossamer"), Millis(3));  // an fsync and one latency
  EXPECT_GT(heard_after("valkey-8.0"), Millis(36));
  EXPECT_LT(heard_after("valkey-8.0"), Millis(48));
}

}  // namespace
}  // namespace gossamer::sim
