// Every checker against a real run, once as it is and once with the rule broken on purpose: by an
// observer that stands between the world and the checker and changes what it is told, or by one
// that changes a node's state behind its back.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/cluster/cluster_node.h"
#include "sim/check/checkers.h"
#include "sim/model/world.h"

namespace gossamer::sim {
namespace {

// Nine nodes in three shards; primary 0 dies at 20 s and returns at 60 s, T = 2 s.
Scenario SmallScenario() {
  Scenario scenario;
  scenario.name = "sabotage";
  scenario.shards = 3;
  scenario.replicas_per_shard = 2;
  scenario.config["cluster-node-timeout"] = "2000";
  scenario.latency.quantiles = {{500000, Micros(200)}};
  scenario.duration = Seconds(150);
  TimelineItem kill;
  kill.at = Seconds(20);
  kill.fault = FaultKind::kKill;
  kill.target.nodes = {0};
  TimelineItem restart;
  restart.at = Seconds(60);
  restart.is_fault = false;
  restart.action = ActionKind::kRestart;
  restart.target.nodes = {0};
  scenario.timeline = {kill, restart};
  return scenario;
}

// Passes everything on to a checker. Tests override what they falsify.
class Passing : public Observer {
 public:
  explicit Passing(Checker* checker) : checker_(checker) {}
  void OnStart(const World& world) override {
    world_ = &world;
    checker_->OnStart(world);
  }
  void OnEvent(Instant at, NodeIndex node, const Event& event) override {
    checker_->OnEvent(at, node, event);
  }
  void OnVoteSent(Instant at, NodeIndex from, NodeIndex to, const Message& message,
                  const DurableEpochs& durable) override {
    checker_->OnVoteSent(at, from, to, message, durable);
  }
  void OnIncident(Instant at, const Incident& incident) override {
    checker_->OnIncident(at, incident);
  }
  void OnIncidentEnd(Instant at, const Incident& incident) override {
    checker_->OnIncidentEnd(at, incident);
  }
  void OnRestart(Instant at, NodeIndex node, bool with_disk) override {
    checker_->OnRestart(at, node, with_disk);
  }
  void OnSecond(Instant at) override { checker_->OnSecond(at); }
  void OnEnd(Instant at) override { checker_->OnEnd(at); }

 protected:
  // The state of a node, to be broken.
  State& Break(uint32_t node) const {
    return const_cast<ClusterNode*>(world_->node(NodeIndex{node}))->mutable_state();
  }

  Checker* checker_;
  const World* world_ = nullptr;
};

class DoubledVotes : public Passing {
 public:
  using Passing::Passing;
  void OnVoteSent(Instant at, NodeIndex from, NodeIndex to, const Message& message,
                  const DurableEpochs& durable) override {
    Passing::OnVoteSent(at, from, to, message, durable);
    Passing::OnVoteSent(at, from, NodeIndex{to.value + 1}, message, durable);
  }
};

class LostVotes : public Passing {
 public:
  using Passing::Passing;
  void OnEvent(Instant at, NodeIndex node, const Event& event) override {
    // All votes seem to come from one voter.
    Passing::OnEvent(at, event.type == EventType::kVoteGranted ? NodeIndex{1} : node, event);
  }
};

class SecondWinner : public Passing {
 public:
  using Passing::Passing;
  void OnEvent(Instant at, NodeIndex node, const Event& event) override {
    Passing::OnEvent(at, node, event);
    if (event.type == EventType::kElectionWon) {
      Passing::OnEvent(at, NodeIndex{node.value == 3 ? 4u : 3u}, event);
    }
  }
};

class StaleDisk : public Passing {
 public:
  using Passing::Passing;
  void OnVoteSent(Instant at, NodeIndex from, NodeIndex to, const Message& message,
                  const DurableEpochs& /*durable*/) override {
    Passing::OnVoteSent(at, from, to, message, {});
  }
};

class FallingEpoch : public Passing {
 public:
  using Passing::Passing;
  void OnSecond(Instant at) override {
    if (at == Instant{} + Seconds(10)) --Break(5).current_epoch.value;
    Passing::OnSecond(at);
  }
};

class Circle : public Passing {
 public:
  using Passing::Passing;
  void OnSecond(Instant at) override {
    if (at == Instant{} + Seconds(10)) {
      State& state = Break(7);
      const NodeKey primary = world_->node(NodeIndex{1})->state().myself;
      const NodeKey replica = world_->node(NodeIndex{5})->state().myself;
      state.peers.EditFacts(primary, [&](PeerFacts* facts) { facts->replicaof = replica; });
      state.peers.ClearFlags(primary, flag::kPrimary);
      state.peers.SetFlags(primary, flag::kReplica);
      Passing::OnEvent(at, NodeIndex{7}, {EventType::kRoleChanged, primary, replica, {}, 0});
    }
    Passing::OnSecond(at);
  }
};

class LateDisagreement : public Passing {
 public:
  using Passing::Passing;
  void OnEnd(Instant at) override {
    State& state = Break(7);
    const NodeKey primary = world_->node(NodeIndex{1})->state().myself;
    state.peers.EditFacts(primary, [](PeerFacts* facts) { ++facts->config_epoch.value; });
    Passing::OnEnd(at);
  }
};

class FailOfTheLiving : public Passing {
 public:
  using Passing::Passing;
  void OnEvent(Instant at, NodeIndex node, const Event& event) override {
    Passing::OnEvent(at, node, event);
    if (event.type != EventType::kFailSet) return;
    Event other = event;
    other.subject = world_->node(NodeIndex{1})->state().myself;
    Passing::OnEvent(at, node, other);
  }
};

template <class Saboteur>
std::unique_ptr<Observer> Make(Checker* checker) {
  return std::make_unique<Saboteur>(checker);
}

struct Sabotage {
  const char* checker;
  std::unique_ptr<Observer> (*make)(Checker*);
};

constexpr Sabotage kSabotages[] = {
    {"vote_once", Make<DoubledVotes>},        {"quorum_win", Make<LostVotes>},
    {"epoch_owner", Make<SecondWinner>},      {"durable_vote", Make<StaleDisk>},
    {"epochs_monotonic", Make<FallingEpoch>}, {"replication_tree", Make<Circle>},
    {"convergence", Make<LateDisagreement>},  {"false_fail", Make<FailOfTheLiving>},
};

TEST(SabotageTest, ARunAsItIsBreaksNoRule) {
  const Scenario scenario = SmallScenario();
  Checkers checkers = MakeCheckers();
  std::vector<Observer*> observers;
  for (const auto& checker : checkers.all) observers.push_back(checker.get());
  World(scenario, {}, observers).Run();
  for (const auto& checker : checkers.all) {
    EXPECT_EQ(checker->violation_count(), 0u)
        << checker->name() << ": "
        << (checker->violations().empty() ? "" : checker->violations().front().text);
  }
  EXPECT_TRUE(checkers.convergence->settled_at_end());
}

TEST(SabotageTest, EveryCheckerFindsItsRuleBroken) {
  const Scenario scenario = SmallScenario();
  Checkers named = MakeCheckers();
  ASSERT_EQ(std::size(kSabotages), named.all.size());
  for (const Sabotage& sabotage : kSabotages) {
    SCOPED_TRACE(sabotage.checker);
    Checkers checkers = MakeCheckers();
    for (const auto& checker : checkers.all) {
      if (checker->name() != sabotage.checker) continue;
      const std::unique_ptr<Observer> saboteur = sabotage.make(checker.get());
      World(scenario, {}, {saboteur.get()}).Run();
      EXPECT_GT(checker->violation_count(), 0u);
    }
  }
}

}  // namespace
}  // namespace gossamer::sim
