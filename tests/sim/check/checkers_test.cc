// Every checker is fed a sequence that keeps its rule, and one that breaks it.

#include "sim/check/checkers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/check/durable_vote.h"
#include "sim/check/epoch_owner.h"
#include "sim/check/epochs_monotonic.h"
#include "sim/check/quorum_win.h"
#include "sim/check/replication_tree.h"
#include "sim/check/vote_once.h"
#include "sim/model/link_faults.h"
#include "sim/scenario/expectations.h"
#include "tests/sim/check/fake_cluster.h"

namespace gossamer::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Three shards of three: primaries 0-2, replicas 3-4 of 0, 5-6 of 1, 7-8 of 2.
template <class C>
class Bench {
 public:
  Bench() { checker.Attach(cluster); }

  void Vote(int64_t second, uint32_t from, uint32_t to, uint64_t epoch, uint64_t durable) {
    checker.OnVoteSent(At(second), NodeIndex{from}, NodeIndex{to},
                       *VoteMessage(*cluster, MessageType::kAuthAck, from, epoch),
                       {Epoch{durable}, Epoch{durable}, Epoch{1}});
  }
  void Request(int64_t second, uint32_t from, uint32_t to, uint64_t epoch, uint64_t durable) {
    checker.OnVoteSent(At(second), NodeIndex{from}, NodeIndex{to},
                       *VoteMessage(*cluster, MessageType::kAuthRequest, from, epoch),
                       {Epoch{durable}, Epoch{0}, Epoch{0}});
  }
  void Event(int64_t second, uint32_t node, EventType type, uint32_t subject, uint64_t epoch = 0,
             int64_t value = 0) {
    checker.OnEvent(At(second), NodeIndex{node},
                    {type, cluster->key(subject), kNoKey, Epoch{epoch}, value});
  }
  void Incident(int64_t second, const TimelineItem& item, std::vector<NodeIndex> victims,
                uint32_t number = 0) {
    checker.OnIncident(At(second), MakeIncident(item, victims, number));
  }
  void IncidentEnd(int64_t second, const TimelineItem& item, std::vector<NodeIndex> victims,
                   uint32_t number = 0) {
    checker.OnIncidentEnd(At(second), MakeIncident(item, victims, number));
  }
  static sim::Incident MakeIncident(const TimelineItem& item, std::vector<NodeIndex> victims,
                                    uint32_t number) {
    sim::Incident incident;
    incident.number = number;
    incident.item = &item;
    incident.victims = std::move(victims);
    return incident;
  }
  std::string first() const {
    return checker.violations().empty() ? "" : checker.violations().front().text;
  }

  std::shared_ptr<FakeCluster> cluster = std::make_shared<FakeCluster>(3, 2);
  C checker;
};

TimelineItem Fault(FaultKind kind) {
  TimelineItem item;
  item.fault = kind;
  return item;
}

TEST(CheckersTest, AreNamedAsTheScenarioLanguageNamesThem) {
  std::vector<std::string> names = {"all"};
  for (const auto& checker : MakeCheckers().all) names.emplace_back(checker->name());
  std::vector<std::string> known;
  for (const NameInfo& info : InvariantNames()) known.emplace_back(info.name);
  EXPECT_EQ(names, known);
}

TEST(VoteOnceTest, TakesOneVotePerEpoch) {
  Bench<VoteOnce> bench;
  bench.Vote(1, 1, 3, 7, 7);
  bench.Vote(2, 1, 4, 8, 8);
  bench.Vote(2, 2, 3, 8, 8);
  bench.Request(3, 1, 2, 8, 8);
  EXPECT_THAT(bench.checker.violations(), IsEmpty());
}

TEST(VoteOnceTest, RefusesASecondVoteInOneEpoch) {
  Bench<VoteOnce> bench;
  bench.Vote(1, 1, 3, 7, 7);
  bench.Vote(2, 1, 4, 7, 7);
  EXPECT_EQ(bench.first(), "node 1 voted twice in epoch 7: for node 3 and for node 4");
  EXPECT_EQ(bench.checker.violations()[0].at, At(2));
  EXPECT_EQ(bench.checker.violations()[0].node, NodeIndex{1});
}

TEST(VoteOnceTest, RemembersAcrossARestartWithItsDisk) {
  Bench<VoteOnce> bench;
  bench.Vote(1, 1, 3, 7, 7);
  bench.checker.OnRestart(At(2), NodeIndex{1}, true);
  bench.Vote(3, 1, 4, 7, 7);
  EXPECT_EQ(bench.checker.violation_count(), 1u);
}

TEST(VoteOnceTest, TakesABlankRestartForAnotherVoter) {
  Bench<VoteOnce> bench;
  bench.Vote(1, 1, 3, 7, 7);
  bench.checker.OnRestart(At(2), NodeIndex{1}, false);
  bench.Vote(3, 1, 4, 7, 7);
  EXPECT_EQ(bench.checker.violation_count(), 0u);
}

TEST(VoteOnceTest, RefusesAVoteInAnOlderEpoch) {
  Bench<VoteOnce> bench;
  bench.Vote(1, 1, 3, 7, 7);
  bench.Vote(2, 1, 4, 6, 7);
  EXPECT_THAT(bench.first(), HasSubstr("in epoch 6 after it had voted in epoch 7"));
}

TEST(QuorumWinTest, TakesTwoOfThree) {
  Bench<QuorumWin> bench;
  bench.Event(1, 1, EventType::kVoteGranted, 3, 7);
  bench.Event(1, 2, EventType::kVoteGranted, 3, 7);
  bench.Event(2, 3, EventType::kElectionWon, 0, 7, 2);
  EXPECT_THAT(bench.checker.violations(), IsEmpty());
}

TEST(QuorumWinTest, RefusesOneVoterCountedTwice) {
  Bench<QuorumWin> bench;
  bench.Event(1, 1, EventType::kVoteGranted, 3, 7);
  bench.Event(1, 1, EventType::kVoteGranted, 3, 7);
  bench.Event(2, 3, EventType::kElectionWon, 0, 7, 2);
  EXPECT_EQ(bench.first(),
            "node 3 won epoch 7 with the votes of 1 distinct voters (it counted 2), needed 2 of 3");
}

TEST(QuorumWinTest, RefusesVotesOfAnotherEpochOrForAnother) {
  Bench<QuorumWin> bench;
  bench.Event(1, 1, EventType::kVoteGranted, 3, 6);
  bench.Event(1, 2, EventType::kVoteGranted, 4, 7);
  bench.Event(2, 3, EventType::kElectionWon, 0, 7, 2);
  EXPECT_THAT(bench.first(), HasSubstr("0 distinct voters"));
}

TEST(QuorumWinTest, RefusesAWinnerThatCountedTooFew) {
  Bench<QuorumWin> bench;
  bench.Event(1, 1, EventType::kVoteGranted, 3, 7);
  bench.Event(1, 2, EventType::kVoteGranted, 3, 7);
  bench.Event(2, 3, EventType::kElectionWon, 0, 7, 1);
  EXPECT_THAT(bench.first(), HasSubstr("received 1 votes"));
}

TEST(EpochOwnerTest, TakesOneWinnerPerEpoch) {
  Bench<EpochOwner> bench;
  bench.Event(1, 3, EventType::kElectionWon, 0, 7, 2);
  bench.Event(2, 3, EventType::kElectionWon, 0, 7, 2);
  bench.Event(3, 5, EventType::kElectionWon, 1, 8, 2);
  EXPECT_THAT(bench.checker.violations(), IsEmpty());
}

TEST(EpochOwnerTest, RefusesTwo) {
  Bench<EpochOwner> bench;
  bench.Event(1, 3, EventType::kElectionWon, 0, 7, 2);
  bench.Event(2, 5, EventType::kElectionWon, 1, 7, 2);
  EXPECT_EQ(bench.first(), "node 5 won epoch 7, which node 3 had won at 1.000 s");
}

TEST(DurableVoteTest, TakesWhatIsOnDisk) {
  Bench<DurableVote> bench;
  bench.Vote(1, 1, 3, 7, 7);
  bench.Request(1, 3, 1, 7, 8);
  EXPECT_THAT(bench.checker.violations(), IsEmpty());
}

TEST(DurableVoteTest, RefusesAVoteAheadOfTheDisk) {
  Bench<DurableVote> bench;
  bench.Vote(1, 1, 3, 7, 6);
  EXPECT_EQ(bench.first(),
            "node 1 sent its vote in epoch 7 to node 3 while its disk held lastVoteEpoch 6");
}

TEST(DurableVoteTest, RefusesARequestAheadOfTheDisk) {
  Bench<DurableVote> bench;
  bench.Request(1, 3, 1, 7, 6);
  EXPECT_EQ(bench.first(),
            "node 3 asked node 1 for a vote in epoch 7 while its disk held currentEpoch 6");
}

TEST(EpochsMonotonicTest, TakesRisingEpochs) {
  Bench<EpochsMonotonic> bench;
  bench.checker.OnSecond(At(1));
  bench.cluster->at(1).current = Epoch{101};
  bench.cluster->at(1).last_vote = Epoch{101};
  bench.Event(2, 1, EventType::kVoteGranted, 3, 101);
  bench.cluster->FailOver(0, 0, 3, 101);
  bench.checker.OnSecond(At(3));
  EXPECT_THAT(bench.checker.violations(), IsEmpty());
}

TEST(EpochsMonotonicTest, RefusesEachThatFalls) {
  Bench<EpochsMonotonic> bench;
  bench.cluster->at(1).last_vote = Epoch{99};
  bench.checker.OnSecond(At(1));
  bench.cluster->at(1).current = Epoch{98};
  bench.Event(2, 1, EventType::kCurrentEpochChanged, 1, 98);
  EXPECT_EQ(bench.first(), "node 1's currentEpoch fell from 100 to 98");
  bench.cluster->at(1).last_vote = Epoch{98};
  bench.checker.OnSecond(At(3));
  bench.cluster->peers(2).EditFacts(bench.cluster->key(2),
                                    [](PeerFacts* facts) { facts->config_epoch = Epoch{1}; });
  bench.checker.OnSecond(At(4));
  ASSERT_EQ(bench.checker.violation_count(), 3u);
  EXPECT_EQ(bench.checker.violations()[1].text, "node 1's lastVoteEpoch fell from 99 to 98");
  EXPECT_EQ(bench.checker.violations()[2].text, "node 2's configEpoch fell from 3 to 1");
}

TEST(EpochsMonotonicTest, LetsAReplicaCarryAnyConfigEpoch) {
  Bench<EpochsMonotonic> bench;
  bench.checker.OnSecond(At(1));
  bench.cluster->MakeReplica(2, 2, 7);
  bench.cluster->peers(2).EditFacts(bench.cluster->key(2),
                                    [](PeerFacts* facts) { facts->config_epoch = Epoch{0}; });
  bench.checker.OnSecond(At(2));
  EXPECT_THAT(bench.checker.violations(), IsEmpty());
}

TEST(EpochsMonotonicTest, LetsARestartForgetWhatWasNotWritten) {
  Bench<EpochsMonotonic> bench;
  bench.checker.OnSecond(At(1));
  bench.Vote(2, 1, 3, 90, 90);
  bench.cluster->at(1).current = Epoch{95};
  bench.cluster->at(1).last_vote = Epoch{90};
  bench.checker.OnRestart(At(3), NodeIndex{1}, true);
  EXPECT_THAT(bench.checker.violations(), IsEmpty());
}

TEST(EpochsMonotonicTest, RefusesARestartThatForgetsWhatWasWritten) {
  Bench<EpochsMonotonic> bench;
  bench.checker.OnSecond(At(1));
  bench.Vote(2, 1, 3, 100, 100);
  bench.checker.OnRestart(At(3), NodeIndex{1}, true);
  EXPECT_EQ(bench.first(), "node 1's lastVoteEpoch fell from 100 to 0");
}

TEST(EpochsMonotonicTest, StartsOverAfterResetHardAndWithoutDisk) {
  Bench<EpochsMonotonic> bench;
  bench.checker.OnSecond(At(1));
  TimelineItem reset;
  reset.is_fault = false;
  reset.action = ActionKind::kReset;
  reset.mode = "hard";
  bench.cluster->at(1).current = Epoch{0};
  bench.Incident(2, reset, {NodeIndex{1}});
  bench.checker.OnSecond(At(2));
  bench.Vote(3, 2, 3, 100, 100);
  bench.cluster->at(2).current = Epoch{0};
  bench.checker.OnRestart(At(4), NodeIndex{2}, false);
  EXPECT_THAT(bench.checker.violations(), IsEmpty());
  reset.mode = "soft";
  bench.cluster->at(0).current = Epoch{0};
  bench.Incident(5, reset, {NodeIndex{0}});
  bench.checker.OnSecond(At(5));
  EXPECT_EQ(bench.checker.violation_count(), 1u);
}

TEST(ReplicationTreeTest, TakesAFormedClusterAndAPassingSubReplica) {
  Bench<ReplicationTree> bench;
  bench.checker.OnSecond(At(1));
  bench.cluster->MakeReplica(5, 0, 3);
  bench.cluster->FailOver(5, 0, 3, 101);
  bench.Event(2, 5, EventType::kRoleChanged, 0);
  bench.checker.OnSecond(At(2));
  bench.checker.OnEnd(At(3));
  EXPECT_THAT(bench.checker.violations(), IsEmpty());
}

TEST(ReplicationTreeTest, RefusesACircleOnce) {
  Bench<ReplicationTree> bench;
  bench.checker.OnSecond(At(1));
  bench.cluster->MakeReplica(5, 0, 3);
  bench.Event(2, 5, EventType::kRoleChanged, 0);
  bench.checker.OnSecond(At(2));
  ASSERT_EQ(bench.checker.violation_count(), 1u);
  EXPECT_THAT(bench.first(), HasSubstr("in the view of node 5 replication runs in a circle: "));
  EXPECT_THAT(bench.first(), HasSubstr("node 0"));
  EXPECT_THAT(bench.first(), HasSubstr("node 3"));
  bench.cluster->peers(5).SetFlags(bench.cluster->key(1), flag::kPfail);
  bench.checker.OnEnd(At(3));
  EXPECT_EQ(bench.checker.violation_count(), 1u);
}

TEST(ReplicationTreeTest, RefusesLongChains) {
  Bench<ReplicationTree> bench;
  bench.checker.OnSecond(At(1));
  // 3 -> 4 -> 5 -> 6 -> 7 -> 2.
  for (const auto& [replica, primary] :
       std::vector<std::pair<uint32_t, uint32_t>>{{3, 4}, {4, 5}, {5, 6}, {6, 7}}) {
    bench.cluster->MakeReplica(0, replica, primary);
  }
  bench.Event(2, 0, EventType::kRoleChanged, 3);
  bench.checker.OnSecond(At(2));
  EXPECT_EQ(bench.first(),
            "in the view of node 0 replication chains too far: node 3 -> node 4 -> node 5 -> "
            "node 6 -> node 7 -> node 2");
}

TEST(ReplicationTreeTest, FindsWithoutAnyEventWhatChanged) {
  Bench<ReplicationTree> bench;
  bench.checker.OnSecond(At(1));
  bench.cluster->MakeReplica(5, 0, 3);
  for (int64_t second = 2; second <= 16; ++second) bench.checker.OnSecond(At(second));
  EXPECT_EQ(bench.checker.violation_count(), 1u);
}

TEST(ConvergenceTest, TakesEqualViews) {
  Bench<Convergence> bench;
  bench.checker.OnSecond(At(1));
  bench.checker.OnEnd(At(200));
  EXPECT_TRUE(bench.checker.settled_at_end());
  EXPECT_THAT(bench.checker.violations(), IsEmpty());
  ASSERT_EQ(bench.checker.history().size(), 1u);
  EXPECT_TRUE(bench.checker.history()[0].agree);
}

TEST(ConvergenceTest, SaysWhereViewsDiffer) {
  struct Case {
    const char* name;
    void (*change)(FakeCluster*);
    const char* text;
  };
  const Case cases[] = {
      {"role", [](FakeCluster* c) { c->MakeReplica(5, 0, 3); },
       "node 5 holds node 0 for a replica of node 3, which holds itself for a primary"},
      {"primary", [](FakeCluster* c) { c->MakeReplica(5, 8, 1); },
       "node 5 holds node 8 for a replica of node 1, which holds itself for a replica of node 2"},
      {"slots",
       [](FakeCluster* c) {
         c->peers(5).EditFacts(c->key(0),
                               [&](PeerFacts* f) { f->slots = c->pool().slot_sets().empty(); });
       },
       "node 5 holds node 0 for the owner of 0 slots, which holds itself for that of 5461"},
      {"config epoch",
       [](FakeCluster* c) {
         c->peers(5).EditFacts(c->key(0), [](PeerFacts* f) { f->config_epoch = Epoch{9}; });
       },
       "node 5 holds node 0 for one of configEpoch 9, which holds itself for one of 1"},
      {"current epoch", [](FakeCluster* c) { c->at(5).current = Epoch{99}; },
       "node 5 has currentEpoch 99, node 0 100"},
      {"collision",
       [](FakeCluster* c) {
         for (uint32_t i = 0; i < 9; ++i) {
           c->peers(i).EditFacts(c->key(1), [](PeerFacts* f) { f->config_epoch = Epoch{3}; });
         }
       },
       "node 1 and node 2 both have configEpoch 3"},
      {"unknown", [](FakeCluster* c) { c->peers(5).Remove(c->key(8)); },
       "node 5 does not know node 8"},
      {"dead owner",
       [](FakeCluster* c) {
         c->at(0).live = c->at(0).runs = false;
         c->FailOver(5, 0, 3, 101);
       },
       "node 5 holds node 3 for a primary, which holds itself for a replica of node 0"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Bench<Convergence> bench;
    bench.checker.OnSecond(At(1));
    c.change(bench.cluster.get());
    bench.checker.OnEnd(At(200));
    EXPECT_EQ(bench.first(), std::string("views differ: ") + c.text);
  }
}

TEST(ConvergenceTest, ComparesWhatDeadNodesOwn) {
  Bench<Convergence> bench;
  bench.checker.OnSecond(At(1));
  bench.cluster->at(0).live = bench.cluster->at(0).runs = false;
  bench.cluster->peers(5).EditFacts(bench.cluster->key(0), [&](PeerFacts* facts) {
    facts->slots = bench.cluster->pool().slot_sets().empty();
  });
  bench.checker.OnEnd(At(200));
  EXPECT_EQ(bench.first(),
            "views differ: node 5 gives 0 slots to node 0, which is down, node 1 gives it 5461");
}

TEST(ConvergenceTest, KeepsAHistory) {
  Bench<Convergence> bench;
  bench.checker.OnSecond(At(1));
  bench.cluster->at(5).current = Epoch{99};
  bench.Event(2, 5, EventType::kCurrentEpochChanged, 5, 99);
  bench.checker.OnSecond(At(2));
  bench.cluster->at(5).current = Epoch{100};
  bench.checker.OnSecond(At(3));  // no event, no look
  bench.Event(4, 5, EventType::kCurrentEpochChanged, 5, 100);
  bench.checker.OnSecond(At(4));
  std::vector<std::pair<int64_t, bool>> changes;
  for (const auto& change : bench.checker.history()) {
    changes.emplace_back(change.at.us / 1000000, change.agree);
  }
  EXPECT_THAT(changes, ElementsAre(std::pair(1, true), std::pair(2, false), std::pair(4, true)));
}

TEST(ConvergenceTest, LeavesOutWhomNobodyKnowsAnyMore) {
  for (const bool known_once : {true, false}) {
    Bench<Convergence> bench;
    if (known_once) bench.checker.OnSecond(At(1));
    for (uint32_t i = 0; i < 9; ++i) {
      if (i != 5) bench.cluster->peers(i).Remove(bench.cluster->key(5));
    }
    bench.cluster->at(5).current = Epoch{1};
    bench.checker.OnEnd(At(200));
    EXPECT_EQ(bench.checker.violation_count(), known_once ? 0u : 1u);
  }
}

TEST(ConvergenceTest, WaitsForTheEndOfSlowDisksAndNodes) {
  for (const FaultKind kind : {FaultKind::kSlow, FaultKind::kDiskStall, FaultKind::kDiskFull}) {
    Bench<Convergence> bench;
    const TimelineItem fault = Fault(kind);
    bench.Incident(100, fault, {NodeIndex{5}});
    bench.cluster->at(5).current = Epoch{99};
    bench.checker.OnEnd(At(1000));
    EXPECT_FALSE(bench.checker.settled_at_end());
  }
}

TEST(ConvergenceTest, AsksForHealAndQuiet) {
  const TimelineItem partition = Fault(FaultKind::kPartition);
  for (const bool healed : {false, true}) {
    Bench<Convergence> bench;
    bench.Incident(100, partition, {NodeIndex{0}});
    if (healed) bench.IncidentEnd(150, partition, {NodeIndex{0}});
    bench.cluster->at(5).current = Epoch{99};
    // The quiet period is 90 s at a node timeout of 15 s.
    bench.checker.OnEnd(At(healed ? 239 : 1000));
    EXPECT_FALSE(bench.checker.settled_at_end());
    EXPECT_THAT(bench.checker.violations(), IsEmpty());
    EXPECT_FALSE(bench.checker.history().back().agree);
    if (!healed) continue;
    bench.checker.OnEnd(At(240));
    EXPECT_EQ(bench.checker.violation_count(), 1u);
  }
}

TEST(FalseFailTest, TakesFailOnTheDead) {
  Bench<FalseFail> bench;
  bench.cluster->at(0).live = false;
  bench.Event(50, 1, EventType::kFailSet, 0);
  EXPECT_EQ(bench.checker.violation_count(), 0u);
}

TEST(FalseFailTest, CountsFailOnTheLive) {
  Bench<FalseFail> bench;
  bench.Event(50, 1, EventType::kFailSet, 0);
  bench.Event(51, 2, EventType::kFailSet, 0);
  EXPECT_EQ(bench.checker.violation_count(), 2u);
  EXPECT_EQ(bench.first(), "node 1 set FAIL on node 0, which is live (by quorum)");
}

TEST(FalseFailTest, ExcusesWhoIsCutOffOrJustBack) {
  Bench<FalseFail> bench;
  const TimelineItem partition = Fault(FaultKind::kPartition);
  bench.Incident(10, partition, {NodeIndex{0}, NodeIndex{5}});
  bench.Event(50, 1, EventType::kFailSet, 0);  // one voter of three is cut off
  EXPECT_EQ(bench.checker.violation_count(), 0u);
  bench.Event(50, 0, EventType::kFailSet, 1);  // the majority is not
  EXPECT_EQ(bench.checker.violation_count(), 1u);
  bench.IncidentEnd(60, partition, {NodeIndex{0}, NodeIndex{5}});
  bench.Event(74, 1, EventType::kFailSet, 0);
  EXPECT_EQ(bench.checker.violation_count(), 1u);
  bench.Event(75, 1, EventType::kFailSet, 0);
  EXPECT_EQ(bench.checker.violation_count(), 2u);
  bench.checker.OnRestart(At(80), NodeIndex{0}, true);
  bench.Event(90, 1, EventType::kFailSet, 0);
  EXPECT_EQ(bench.checker.violation_count(), 2u);
}

std::shared_ptr<const LinkFault> CutOf(std::vector<uint16_t> side) {
  LinkFault fault;
  fault.side = std::move(side);
  return std::make_shared<const LinkFault>(std::move(fault));
}

TEST(FalseFailTest, ACutBetweenTwoThatReachTheOthersExcusesNobody) {
  Bench<FalseFail> bench;
  const TimelineItem partition = Fault(FaultKind::kPartition);
  Incident pair = bench.MakeIncident(partition, {NodeIndex{0}, NodeIndex{1}}, 0);
  pair.cut = CutOf({1, 2, 0, 0, 0, 0, 0, 0, 0});
  bench.checker.OnIncident(At(10), pair);
  bench.Event(50, 2, EventType::kFailSet, 0);
  EXPECT_EQ(bench.checker.violation_count(), 1u);
}

TEST(FalseFailTest, CutsAddUp) {
  Bench<FalseFail> bench;
  // Of three voters node 0 reaches one after the first cut, and only itself after the second.
  const TimelineItem partition = Fault(FaultKind::kPartition);
  Incident first = bench.MakeIncident(partition, {NodeIndex{0}, NodeIndex{1}}, 0);
  first.cut = CutOf({1, 2, 0, 0, 0, 0, 0, 0, 0});
  Incident second = bench.MakeIncident(partition, {NodeIndex{0}, NodeIndex{2}}, 1);
  second.cut = CutOf({1, 0, 2, 0, 0, 0, 0, 0, 0});
  bench.checker.OnIncident(At(10), first);
  bench.checker.OnIncident(At(20), second);
  bench.Event(50, 1, EventType::kFailSet, 0);
  EXPECT_EQ(bench.checker.violation_count(), 0u);
  bench.Event(50, 0, EventType::kFailSet, 1);
  EXPECT_EQ(bench.checker.violation_count(), 1u) << "node 1 reaches node 2";
  bench.checker.OnIncidentEnd(At(60), second);
  bench.Event(76, 1, EventType::kFailSet, 0);
  EXPECT_EQ(bench.checker.violation_count(), 2u);
}

TEST(FalseFailTest, DoesNotExcuseSlowNodes) {
  Bench<FalseFail> bench;
  bench.Incident(10, Fault(FaultKind::kSlow), {NodeIndex{0}});
  bench.Event(50, 1, EventType::kFailSet, 0);
  EXPECT_EQ(bench.checker.violation_count(), 1u);
}

TEST(FalseFailTest, DoesNotExcuseABlackholeOfOldConnections) {
  Bench<FalseFail> bench;
  bench.Incident(10, Fault(FaultKind::kBlackhole), {NodeIndex{0}});
  bench.Event(50, 1, EventType::kFailSet, 0);
  EXPECT_EQ(bench.checker.violation_count(), 1u);
}

TEST(CheckerTest, KeepsTheFirstBreachesAndCountsAll) {
  Bench<VoteOnce> bench;
  for (int64_t i = 0; i < 50; ++i) bench.Vote(i, 1, 3, 7, 7);
  EXPECT_EQ(bench.checker.violation_count(), 49u);
  EXPECT_EQ(bench.checker.violations().size(), Checker::kKept);
}

}  // namespace
}  // namespace gossamer::sim
