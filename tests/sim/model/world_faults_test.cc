#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "tests/sim/model/world_fixture.h"

namespace gossamer::sim {
namespace {

struct Outcome {
  Instant first_pfail = kNever;
  Instant first_fail = kNever;
  size_t link_downs = 0;
  size_t ok = 0;
};

RunOptions WithSeed(uint64_t seed) {
  RunOptions options;
  options.seed = seed;
  return options;
}

// A whole run and what it told. Not copied: the world refers to the other two.
struct WatchedRun {
  WatchedRun(Scenario what, uint64_t seed)
      : scenario(std::move(what)), world(scenario, WithSeed(seed), {&watcher}) {
    world.Run();
  }

  const Scenario scenario;
  Watcher watcher;
  World world;
};

Outcome AfterFault(FaultKind kind, uint64_t seed) {
  Scenario scenario = SixNodes();
  scenario.rules = "valkey-8.0";
  scenario.timeline.push_back(Fault(kind, Seconds(5), {0}));
  const WatchedRun run(std::move(scenario), seed);
  Outcome out;
  for (const SeenEvent& e : run.watcher.events) {
    if (e.event.type == EventType::kPfailSet) out.first_pfail = std::min(out.first_pfail, e.at);
    if (e.event.type == EventType::kFailSet) out.first_fail = std::min(out.first_fail, e.at);
    if (e.event.type == EventType::kLinkDown && e.at < Instant{} + Millis(5100)) ++out.link_downs;
  }
  for (uint32_t i = 1; i < 6; ++i) {
    out.ok += run.world.node(NodeIndex{i})->state().health.ok ? 1 : 0;
  }
  return out;
}

// A dead process, a stopped one and a dead machine are found at the same time; only the first one
// is noticed at once.
TEST(WorldFaults, TheWayOfDyingHardlyMattersForDetection) {
  std::vector<Duration> found[3];
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    const Outcome killed = AfterFault(FaultKind::kKill, seed);
    const Outcome paused = AfterFault(FaultKind::kPause, seed);
    const Outcome lost = AfterFault(FaultKind::kHostLoss, seed);
    EXPECT_GE(killed.link_downs, 10u);
    EXPECT_EQ(paused.link_downs, 0u);
    EXPECT_EQ(lost.link_downs, 0u);
    int i = 0;
    for (const Outcome& out : {killed, paused, lost}) {
      EXPECT_EQ(out.ok, 5u);
      found[i++].push_back(out.first_fail - (Instant{} + Seconds(5)));
    }
  }
  for (auto& times : found) std::sort(times.begin(), times.end());
  for (const auto& times : found) {
    EXPECT_GT(times[15], Millis(1200));
    EXPECT_LT(times[15], Millis(1700));
    EXPECT_LT(std::abs((times[15] - found[0][15]).us), Millis(150).us);
  }
}

// Peers that suspect a node in the first cron after T: their pings have been pending since the
// fault.
size_t SuspectAtOnce(FaultKind kind, uint64_t seed) {
  Scenario scenario = SixNodes();
  scenario.shards = 15;
  scenario.config["cluster-node-timeout"] = "5000";
  scenario.cpu.preset = "redis-7";
  scenario.cpu.scale_percent = 3000;
  scenario.duration = Seconds(12);
  scenario.timeline.push_back(Fault(kind, Seconds(5), {0}));
  const WatchedRun run(std::move(scenario), seed);
  const std::vector<SeenEvent>& events = run.watcher.events;
  return static_cast<size_t>(std::count_if(events.begin(), events.end(), [](const SeenEvent& e) {
    return e.event.type == EventType::kPfailSet && e.at < Instant{} + Millis(10'150);
  }));
}

// A killed process's kernel closes its listener after the connections, one of an orderly end closes
// it before. Here the former takes 20 ms: some of the peers connect to the dead.
TEST(WorldFaults, SomeReconnectToAKilledProcess) {
  size_t killed = 0;
  size_t shut_down = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    killed += SuspectAtOnce(FaultKind::kKill, seed);
    shut_down += SuspectAtOnce(FaultKind::kShutdown, seed);
  }
  EXPECT_GT(killed, 2 * shut_down);
}

TEST(WorldFaults, APausedNodeComesBackAsAReplica) {
  Scenario scenario = SixNodes();
  TimelineItem pause = Fault(FaultKind::kPause, Seconds(5), {0});
  pause.length = Seconds(8);
  scenario.timeline.push_back(pause);
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  EXPECT_EQ(watcher.ended, 1);
  EXPECT_EQ(NodesOk(world), 6u);
  EXPECT_TRUE(world.node(NodeIndex{0})->state().i_am_replica());
  EXPECT_TRUE(world.node(NodeIndex{3})->state().i_am_primary());
}

TEST(WorldFaults, AKilledNodeRestartsWithItsDisk) {
  Scenario scenario = SixNodes();
  TimelineItem kill = Fault(FaultKind::kKill, Seconds(5), {0});
  kill.length = Seconds(8);
  scenario.timeline.push_back(kill);
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  EXPECT_EQ(watcher.restarts, (std::vector<NodeIndex>{NodeIndex{0}}));
  EXPECT_EQ(NodesOk(world), 6u);
  const State& state = world.node(NodeIndex{0})->state();
  EXPECT_EQ(state.peers.name(state.myself), world.info(NodeIndex{0}).name);
  EXPECT_TRUE(state.i_am_replica());
  EXPECT_EQ(world.IndexOf(state.myself), NodeIndex{0});
}

TEST(WorldFaults, WithoutItsDiskItIsAStranger) {
  Scenario scenario = SixNodes();
  scenario.timeline.push_back(Fault(FaultKind::kHostLoss, Seconds(5), {3}));
  TimelineItem restart = Action(ActionKind::kRestart, Seconds(10), {3});
  restart.with_disk = false;
  scenario.timeline.push_back(restart);
  World world(scenario, {}, {});
  world.Run();
  const State& state = world.node(NodeIndex{3})->state();
  EXPECT_NE(state.peers.name(state.myself), world.info(NodeIndex{3}).name);
  EXPECT_EQ(world.IndexOf(state.myself), NodeIndex{3});
}

TEST(WorldFaults, AMinorityIsLeftBehindAndComesBack) {
  Scenario scenario = SixNodes();
  scenario.duration = Seconds(40);
  TimelineItem partition;
  partition.at = Seconds(5);
  partition.length = Seconds(10);
  partition.fault = FaultKind::kPartition;
  partition.between.resize(2);
  partition.between[0].nodes = {0};
  partition.between[1].nodes = {1, 2, 3, 4, 5};
  scenario.timeline.push_back(partition);
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  EXPECT_EQ(watcher.Count(EventType::kElectionWon), 1u);
  bool isolated_failed = false;
  for (const SeenEvent& e : watcher.Of(EventType::kStateChanged)) {
    isolated_failed = isolated_failed || (e.node == NodeIndex{0} && e.event.value == 0);
  }
  EXPECT_TRUE(isolated_failed);
  EXPECT_EQ(NodesOk(world), 6u);
  EXPECT_TRUE(world.node(NodeIndex{0})->state().i_am_replica());
}

TEST(WorldFaults, ManualFailoverSwapsRoles) {
  Scenario scenario = SixNodes();
  scenario.replication.write_bytes_per_s = 100'000;
  scenario.timeline.push_back(Action(ActionKind::kFailover, Seconds(5), {3}));
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  EXPECT_TRUE(watcher.incidents[0].refusals.empty());
  EXPECT_EQ(watcher.Count(EventType::kPfailSet), 0u);
  EXPECT_TRUE(world.node(NodeIndex{3})->state().i_am_primary());
  EXPECT_TRUE(world.node(NodeIndex{0})->state().i_am_replica());
}

TEST(WorldFaults, AnEmptyPrimaryCanBecomeAReplicaWhileOthersAreWrittenTo) {
  Scenario scenario = SixNodes();
  scenario.replication.write_bytes_per_s = 1'000'000;
  TimelineItem restart = Action(ActionKind::kRestart, Seconds(3), {3});
  restart.with_disk = false;
  TimelineItem meet = Action(ActionKind::kMeet, Seconds(4), {0});
  TimelineItem replicate = Action(ActionKind::kReplicate, Seconds(8), {3});
  meet.to = replicate.to = Target{};
  meet.to->nodes = {3};
  replicate.to->nodes = {0};
  scenario.timeline = {restart, meet, replicate};
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  EXPECT_TRUE(watcher.incidents[2].refusals.empty());
  EXPECT_TRUE(world.node(NodeIndex{3})->state().i_am_replica());
}

TEST(WorldFaults, WhatANodeRefusesIsPutDown) {
  Scenario scenario = SixNodes();
  scenario.timeline.push_back(Action(ActionKind::kFailover, Seconds(5), {0}));
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  ASSERT_EQ(watcher.incidents[0].refusals.size(), 1u);
  EXPECT_TRUE(watcher.incidents[0].refusals[0].starts_with("node 0: ERR "));
}

// What `scenario` refuses, by incident.
std::vector<std::vector<std::string>> RefusalsOf(const Scenario& scenario) {
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  std::vector<std::vector<std::string>> refusals;
  for (const Incident& incident : watcher.incidents) refusals.push_back(incident.refusals);
  return refusals;
}

using Refusals = std::vector<std::string>;

TEST(WorldFaults, WhatHitsNothingIsPutDown) {
  Scenario scenario = SixNodes();
  scenario.timeline.push_back(Fault(FaultKind::kKill, Seconds(5), {3}));
  scenario.timeline.push_back(Fault(FaultKind::kPause, Seconds(6), {2, 3}));
  scenario.timeline.push_back(Fault(FaultKind::kPartition, Seconds(7), {0, 1, 2, 3, 4, 5}));
  TimelineItem killed = Fault(FaultKind::kPause, Seconds(8), {4});
  killed.target.killed = true;
  scenario.timeline.push_back(killed);
  TimelineItem self = Action(ActionKind::kReplicate, Seconds(9), {4});
  self.to = Target{};
  self.to->nodes = {4};
  scenario.timeline.push_back(self);
  self.to->killed = true;
  scenario.timeline.push_back(self);
  const auto refusals = RefusalsOf(scenario);
  ASSERT_EQ(refusals.size(), 6u);
  EXPECT_TRUE(refusals[0].empty());
  EXPECT_EQ(refusals[1], Refusals{"node 3: is not running"});
  EXPECT_EQ(refusals[2], Refusals{"the sides: no link is between them"});
  EXPECT_EQ(refusals[3], Refusals{"the target: no node matches it"});
  EXPECT_EQ(refusals[4], Refusals{"node 4: is its own `to`"});
  EXPECT_EQ(refusals[5], Refusals{"the other node: none matches `to`"});
}

TEST(WorldFaults, APausedNodeAnswersNobody) {
  Scenario scenario = SixNodes();
  scenario.timeline.push_back(Fault(FaultKind::kPause, Seconds(5), {1}));
  scenario.timeline.push_back(Fault(FaultKind::kShutdown, Seconds(6), {1}));
  TimelineItem config = Action(ActionKind::kConfigSet, Seconds(7), {1});
  config.config["cluster-node-timeout"] = "2000";
  scenario.timeline.push_back(config);
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  EXPECT_TRUE(watcher.incidents[1].victims.empty());
  EXPECT_EQ(watcher.incidents[1].refusals, Refusals{"node 1: does not answer"});
  EXPECT_EQ(watcher.incidents[2].refusals, Refusals{"node 1: does not answer"});
  EXPECT_EQ(world.node(NodeIndex{1})->state().options.node_timeout, Seconds(1));
}

TEST(WorldFaults, TheOtherNodeIsOneThatIsUp) {
  Scenario scenario = SixNodes();
  scenario.duration = Seconds(40);
  scenario.timeline.push_back(Fault(FaultKind::kKill, Seconds(5), {0}));
  TimelineItem replicate = Action(ActionKind::kReplicate, Seconds(20), {4});
  replicate.to = Target{};
  replicate.to->shards = {0};
  replicate.to->role = Target::Role::kPrimary;
  scenario.timeline.push_back(replicate);
  World world(scenario, {}, {});
  world.Run();
  const State& state = world.node(NodeIndex{4})->state();
  EXPECT_EQ(world.IndexOf(state.my_primary()), NodeIndex{3});
}

TEST(WorldFaults, AMigrationStopsWhereItIsRefused) {
  Scenario scenario = SixNodes();
  scenario.timeline.push_back(Fault(FaultKind::kKill, Seconds(5), {0}));
  TimelineItem item = Action(ActionKind::kMigrateSlots, Seconds(6), {1});
  item.to = Target{};
  item.to->nodes = {0};
  item.slots = {6000};
  scenario.timeline.push_back(item);
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  EXPECT_EQ(watcher.incidents[1].refusals.size(), 1u);
  const State& state = world.node(NodeIndex{1})->state();
  EXPECT_EQ(world.IndexOf(state.slots.owner(6000)), NodeIndex{1});
}

TEST(WorldFaults, ARollingRestartTouchesEveryNodeOnce) {
  Scenario scenario = SixNodes();
  scenario.duration = Seconds(120);
  scenario.timeline.push_back(Action(ActionKind::kRollingRestart, Seconds(5), {}));
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  EXPECT_EQ(watcher.restarts.size(), 6u);
  EXPECT_EQ(NodesOk(world), 6u);
  EXPECT_EQ(watcher.Count(EventType::kFailSet), 0u);
}

TEST(WorldFaults, AMovedNodeIsFoundAgain) {
  Scenario scenario = SixNodes();
  scenario.duration = Seconds(30);
  scenario.timeline.push_back(Action(ActionKind::kAddressChange, Seconds(5), {4}));
  World world(scenario, {}, {});
  world.Run();
  EXPECT_EQ(world.info(NodeIndex{4}).ip, "10.1.0.5");
  const NodeKey moved = world.node(NodeIndex{4})->state().myself;
  for (uint32_t i = 0; i < 6; ++i) {
    if (i == 4)
      continue;  // it keeps the address of its file until somebody MEETs it, as Valkey does
    const State& state = world.node(NodeIndex{i})->state();
    EXPECT_EQ(state.peers.facts(moved).address.endpoint.ip.view(), "10.1.0.5") << i;
    EXPECT_FALSE(state.peers.Has(moved, flag::kPfail | flag::kFail)) << i;
  }
}

TEST(WorldFaults, AStalledDiskHoldsVotesBackButNoHeartbeats) {
  Scenario scenario = SixNodes();
  scenario.timeline.push_back(Fault(FaultKind::kKill, Seconds(5), {0}));
  TimelineItem stall = Fault(FaultKind::kDiskStall, Seconds(5), {1, 2});
  stall.length = Seconds(5);
  scenario.timeline.push_back(stall);
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  for (const Watcher::Vote& vote : watcher.votes) {
    if (vote.type == MessageType::kAuthAck) {
      EXPECT_GE(vote.at, Instant{} + Seconds(10));
    }
  }
  for (const SeenEvent& e : watcher.Of(EventType::kFailSet)) EXPECT_EQ(e.subject, NodeIndex{0});
}

TEST(WorldFaults, AFullDiskIsTriedAgainWithEachCron) {
  Scenario scenario = SixNodes();
  scenario.fsync = Duration{};
  TimelineItem full = Fault(FaultKind::kDiskFull, Seconds(5), {1});
  full.length = Seconds(10);
  scenario.timeline.push_back(full);
  scenario.timeline.push_back(Fault(FaultKind::kKill, Seconds(6), {0}));
  RunOptions options;
  options.max_events = 200'000;  // where retries take no time the run would not end
  Watcher watcher;
  World world(scenario, options, {&watcher});
  EXPECT_EQ(world.Run().end, RunEnd::kDuration);
  EXPECT_GT(watcher.Count(EventType::kPersistFailed), 10u);
  EXPECT_LT(watcher.Count(EventType::kPersistFailed), 110u);
}

// The currentEpoch with which nodes start again.
class Restarts : public Observer {
 public:
  void OnStart(const World& world) override { world_ = &world; }
  void OnRestart(Instant, NodeIndex node, bool) override {
    epochs.push_back(world_->node(node)->state().current_epoch);
  }
  std::vector<Epoch> epochs;

 private:
  const World* world_ = nullptr;
};

TEST(WorldFaults, ADeadNodesHostTakesWhatWasNotSynced) {
  for (const bool host_too : {false, true}) {
    Scenario scenario = SixNodes();
    scenario.fsync = Seconds(10);
    TimelineItem takeover = Action(ActionKind::kFailover, Seconds(5), {3});
    takeover.mode = "takeover";
    TimelineItem loss = Fault(FaultKind::kHostLoss, Seconds(7), {3});
    loss.target.killed = true;
    // At once, before the node hears of its new epoch from others.
    scenario.timeline = {takeover, Fault(FaultKind::kKill, Micros(5'000'001), {3})};
    if (host_too) scenario.timeline.push_back(loss);
    scenario.timeline.push_back(Action(ActionKind::kRestart, Seconds(8), {3}));
    Restarts restarts;
    World world(scenario, {}, {&restarts});
    world.Run();
    ASSERT_EQ(restarts.epochs.size(), 1u);
    EXPECT_EQ(restarts.epochs[0], Epoch{host_too ? 3u : 4u});
  }
}

// Messages that the node's process has handled, by full second.
class Handled : public Observer {
 public:
  explicit Handled(uint32_t node) : node_{node} {}
  void OnStart(const World& world) override { world_ = &world; }
  void OnSecond(Instant) override {
    uint64_t sum = 0;
    const ClusterNode* node = world_->node(node_);
    if (node == nullptr) return by_second.push_back(0);
    for (const uint64_t n : node->state().stats.received) sum += n;
    by_second.push_back(sum);
  }
  std::vector<uint64_t> by_second;

 private:
  NodeIndex node_;
  const World* world_ = nullptr;
};

TEST(WorldFaults, WhatASlowNodeHasBegunAndWhatWaitsComeBeforeNewInputs) {
  Scenario scenario = SixNodes();
  scenario.duration = Seconds(60);
  TimelineItem slow = Fault(FaultKind::kSlow, Seconds(5), {1});
  slow.length = Millis(500);
  slow.factor = 200'000;  // a turn is six seconds and more
  scenario.timeline.push_back(slow);
  Handled handled(1);
  World world(scenario, {}, {&handled});
  world.Run();
  EXPECT_EQ(handled.by_second[8], handled.by_second[5]);  // at 9 s and at 6 s
  EXPECT_GT(handled.by_second[57], handled.by_second[5]);
  EXPECT_EQ(NodesOk(world), 6u);
}

TEST(WorldFaults, AProcessThatDiesInALongTurnDoesNotHoldUpTheNextOne) {
  Scenario scenario = SixNodes();
  scenario.duration = Seconds(60);
  TimelineItem slow = Fault(FaultKind::kSlow, Seconds(5), {1});
  slow.length = Seconds(1);
  slow.factor = 1'000'000;  // a turn is 29 seconds and more
  scenario.timeline = {slow, Fault(FaultKind::kKill, Seconds(8), {1}),
                       Action(ActionKind::kRestart, Seconds(9), {1})};
  Handled handled(1);
  World world(scenario, {}, {&handled});
  world.Run();
  EXPECT_GT(handled.by_second[15], 0u);
  EXPECT_EQ(NodesOk(world), 6u);
}

// A fault of the kind on node 1 from 5 s to 15 s, and another one in its first millisecond.
Scenario TwoAtOnce(FaultKind kind) {
  Scenario scenario = SixNodes();
  scenario.duration = Seconds(40);
  TimelineItem longer = Fault(kind, Seconds(5), {1});
  longer.length = Seconds(10);
  longer.factor = 1'000'000;  // a turn is 29 seconds and more
  TimelineItem shorter = Fault(kind, Seconds(5), {1});
  shorter.length = Millis(1);
  shorter.factor = 2;
  scenario.timeline = {longer, shorter};
  return scenario;
}

TEST(WorldFaults, AFaultEndsAlone) {
  for (const FaultKind kind : {FaultKind::kPause, FaultKind::kSlow}) {
    const Scenario scenario = TwoAtOnce(kind);
    Handled handled(1);
    World world(scenario, {}, {&handled});
    world.Run();
    EXPECT_EQ(handled.by_second[13], handled.by_second[5]) << static_cast<int>(kind);
  }
  for (const FaultKind kind : {FaultKind::kDiskStall, FaultKind::kDiskFull}) {
    Scenario scenario = TwoAtOnce(kind);
    for (TimelineItem& item : scenario.timeline) item.target.nodes = {1, 2};
    scenario.timeline.push_back(Fault(FaultKind::kKill, Millis(7500), {0}));
    Watcher watcher;
    World world(scenario, {}, {&watcher});
    world.Run();
    const std::vector<SeenEvent> won = watcher.Of(EventType::kElectionWon);
    ASSERT_EQ(won.size(), 1u) << static_cast<int>(kind);
    EXPECT_GE(won[0].at, Instant{} + Seconds(15)) << static_cast<int>(kind);
  }
}

TEST(WorldFaults, AFaultsEndLeavesAloneWhatWasStartedAndKilledAgain) {
  Scenario scenario = SixNodes();
  scenario.timeline = {Fault(FaultKind::kKill, Seconds(2), {0}),
                       Action(ActionKind::kRestart, Seconds(4), {0}),
                       Fault(FaultKind::kKill, Seconds(6), {0})};
  scenario.timeline[0].length = Seconds(6);
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  EXPECT_EQ(watcher.restarts.size(), 1u);
}

TEST(WorldFaults, ADiskThatStallsForEverHoldsAWriteUnderWayToo) {
  Scenario scenario = SixNodes();
  scenario.cpu.preset = "redis-7";
  scenario.fsync = Seconds(3);
  scenario.timeline.push_back(Fault(FaultKind::kKill, Seconds(5), {0}));
  scenario.timeline.push_back(Fault(FaultKind::kDiskStall, Seconds(8), {}));
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  EXPECT_GT(watcher.Count(EventType::kElectionStarted), 0u);
  EXPECT_TRUE(watcher.votes.empty());
}

TEST(WorldFaults, EveryKindOfFaultAndActionRuns) {
  for (int kind = 0; kind <= static_cast<int>(FaultKind::kClockSkew); ++kind) {
    Scenario scenario = SixNodes();
    scenario.duration = Seconds(15);
    TimelineItem item = Fault(static_cast<FaultKind>(kind), Seconds(3), {1});
    item.length = Seconds(3);
    item.latency.quantiles = {{0, Millis(20)}};
    item.probability = Ppm{50'000};
    item.rate_bytes_per_s = 100'000;
    item.factor = 50;
    item.offset = Seconds(-30);
    item.piece_bytes = 200;
    scenario.timeline.push_back(item);
    Watcher watcher;
    World world(scenario, {}, {&watcher});
    world.Run();
    EXPECT_EQ(watcher.incidents.size(), 1u) << kind;
    EXPECT_EQ(watcher.ended, 1) << kind;
    EXPECT_TRUE(watcher.incidents[0].refusals.empty()) << kind;
    EXPECT_EQ(NodesOk(world), 6u) << kind;
  }
  for (int shape = 1; shape <= static_cast<int>(PartitionShape::kRing); ++shape) {
    Scenario scenario = SixNodes();
    TimelineItem item = Fault(FaultKind::kPartition, Seconds(3), {});
    item.shape = static_cast<PartitionShape>(shape);
    item.length = Seconds(5);
    scenario.timeline.push_back(item);
    Watcher watcher;
    World world(scenario, {}, {&watcher});
    world.Run();
    // On a ring nobody is without a majority of the nodes, so nobody is FAIL for anybody.
    EXPECT_EQ(watcher.Count(EventType::kFailSet) > 0, item.shape != PartitionShape::kRing) << shape;
    EXPECT_GT(watcher.Count(EventType::kPfailSet), 0u) << shape;
    EXPECT_TRUE(watcher.incidents[0].refusals.empty()) << shape;
    EXPECT_EQ(NodesOk(world), 6u) << shape;
  }
  for (int kind = 0; kind <= static_cast<int>(ActionKind::kMigrateSlots); ++kind) {
    Scenario scenario = SixNodes();
    TimelineItem item = Action(static_cast<ActionKind>(kind), Seconds(3), {0});
    item.to = Target{};
    item.to->nodes = {1};
    item.slots = {0, 1, 2};
    item.config["cluster-node-timeout"] = "2000";
    scenario.timeline.push_back(item);
    Watcher watcher;
    World world(scenario, {}, {&watcher});
    world.Run();
    EXPECT_EQ(watcher.incidents.size(), 1u) << kind;
  }
}

// Pong times of other nodes, in whole seconds of the teller's wall clock, travel in gossip: those
// of a clock half a second per second ahead are soon from the future, and nobody takes them.
TEST(WorldFaults, ADriftingClockIsOnesOwnAffair) {
  Scenario scenario = SixNodes();
  scenario.duration = Seconds(60);
  const auto digest = [&scenario] {
    Watcher watcher;
    World world(scenario, {}, {&watcher});
    const Digest found = world.Run().digest;
    EXPECT_EQ(watcher.Count(EventType::kPfailSet), 0u);
    EXPECT_EQ(NodesOk(world), 6u);
    return found;
  };
  const Digest right = digest();
  TimelineItem item = Fault(FaultKind::kClockSkew, Seconds(3), {1});
  item.drift = Millis(500);
  scenario.timeline.push_back(item);
  EXPECT_FALSE(digest() == right);
}

TEST(WorldFaults, MigratedSlotsChangeHands) {
  Scenario scenario = SixNodes();
  TimelineItem item = Action(ActionKind::kMigrateSlots, Seconds(3), {0});
  item.to = Target{};
  item.to->nodes = {1};
  item.slots = {0, 1, 2};
  scenario.timeline.push_back(item);
  Watcher watcher;
  World world(scenario, {}, {&watcher});
  world.Run();
  EXPECT_TRUE(watcher.incidents[0].refusals.empty());
  for (uint32_t i = 0; i < 6; ++i) {
    const State& state = world.node(NodeIndex{i})->state();
    EXPECT_EQ(world.IndexOf(state.slots.owner(2)), NodeIndex{1}) << i;
    EXPECT_EQ(world.IndexOf(state.slots.owner(3)), NodeIndex{0}) << i;
  }
}

}  // namespace
}  // namespace gossamer::sim
