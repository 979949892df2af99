#include "sim/report/failover_timeline.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "sim/model/link_faults.h"
#include "sim/report/phases.h"
#include "tests/sim/check/fake_cluster.h"

namespace gossamer::sim {
namespace {

// Three shards of three: primaries 0-2, replicas 3-4 of 0, 5-6 of 1, 7-8 of 2. The faults hit at 60
// s.
class FailoverTimelineTest : public ::testing::Test {
 protected:
  void SetUp() override { timeline_.Attach(cluster_); }

  void Strike(FaultKind kind, std::vector<uint32_t> victims, std::vector<int64_t> lost = {},
              int64_t second = 60) {
    auto item = std::make_unique<TimelineItem>();
    item->fault = kind;
    Incident incident;
    incident.number = static_cast<uint32_t>(items_.size());
    incident.item = item.get();
    items_.push_back(std::move(item));
    for (const uint32_t node : victims) {
      incident.victims.push_back(NodeIndex{node});
      if (node < 3) incident.primaries.push_back(NodeIndex{node});
      if (kind == FaultKind::kPartition) continue;
      cluster_->at(node).live = false;
      cluster_->at(node).runs = kind == FaultKind::kPause;
    }
    incident.lost_shards = std::move(lost);
    last_ = incident;
    timeline_.OnIncident(At(second), incident);
  }
  void End(int64_t second) {
    for (const NodeIndex node : last_.victims) {
      cluster_->at(node.value).live = cluster_->at(node.value).runs = true;
    }
    timeline_.OnIncidentEnd(At(second), last_);
  }
  void Happens(int64_t second, uint32_t node, EventType type, uint32_t subject, int64_t value = 0,
               NodeKey other = kNoKey) {
    timeline_.OnEvent(At(second), NodeIndex{node},
                      {type, cluster_->key(subject), other, Epoch{101}, value});
  }
  void FailSeenBy(int64_t second, uint32_t subject, const std::vector<uint32_t>& observers) {
    for (const uint32_t node : observers) {
      cluster_->peers(node).SetFlags(cluster_->key(subject), flag::kFail);
      Happens(second, node, EventType::kFailSet, subject);
    }
  }
  void OwnerSeenBy(int64_t second, uint32_t old, uint32_t owner, uint32_t node) {
    cluster_->FailOver(node, old, owner, 101);
    Happens(second, node, EventType::kSlotsChanged, owner);
  }
  void State(int64_t second, uint32_t node, bool ok) {
    cluster_->at(node).ok = ok;
    timeline_.OnEvent(At(second), NodeIndex{node},
                      {EventType::kStateChanged, kNoKey, kNoKey, Epoch{}, ok ? 1 : 0});
  }
  const IncidentTimes& incident(size_t i = 0) const { return timeline_.incidents()[i]; }
  const VictimTimes& victim(size_t i = 0) const { return incident().victims[i]; }

  std::shared_ptr<FakeCluster> cluster_ = std::make_shared<FakeCluster>(3, 2);
  FailoverTimeline timeline_;
  std::vector<std::unique_ptr<TimelineItem>> items_;
  Incident last_;
};

TEST_F(FailoverTimelineTest, FollowsAPrimaryFromDeathToCover) {
  Strike(FaultKind::kKill, {0});
  EXPECT_EQ(incident().observers, 8u);
  EXPECT_EQ(victim().slots, 5461u);
  EXPECT_EQ(incident().voters, 3u);
  EXPECT_EQ(incident().voters_left, 2u);
  EXPECT_TRUE(incident().has_quorum());

  Happens(75, 5, EventType::kPfailSet, 0, 15000);
  Happens(76, 1, EventType::kPfailSet, 0, 15000);
  FailSeenBy(80, 0, {1});
  State(80, 1, false);
  FailSeenBy(81, 0, {2, 3, 4});
  FailSeenBy(82, 0, {5, 6, 7, 8});
  Happens(83, 3, EventType::kElectionScheduled, 0, 700);
  Happens(84, 3, EventType::kElectionStarted, 0);
  Happens(84, 1, EventType::kVoteGranted, 3);
  Happens(84, 2, EventType::kVoteRefused, 3, static_cast<int64_t>(VoteRefusal::kPrimaryUp));
  Happens(85, 3, EventType::kElectionStarted, 0);
  Happens(86, 3, EventType::kElectionWon, 0, 2);
  cluster_->FailOver(3, 0, 3, 101);
  Happens(86, 3, EventType::kPromoted, 0);
  for (const uint32_t node : {1, 2, 4}) OwnerSeenBy(87, 0, 3, node);
  State(87, 1, true);
  for (const uint32_t node : {5, 6, 7, 8}) OwnerSeenBy(88, 0, 3, node);
  timeline_.OnEnd(At(100));

  EXPECT_EQ(victim().first_pfail, At(75));
  EXPECT_EQ(victim().first_fail, At(80));
  EXPECT_EQ(victim().fail_by, NodeIndex{1});
  EXPECT_EQ(victim().fail_known, (ShareTimes{At(81), At(82), At(82)}));
  EXPECT_EQ(victim().election, At(84));
  EXPECT_EQ(victim().elections, 2u);
  EXPECT_EQ(victim().winning_election, At(85));
  EXPECT_EQ(victim().promoted, At(86));
  EXPECT_EQ(victim().winner, NodeIndex{3});
  EXPECT_EQ(victim().votes, 2);
  EXPECT_EQ(victim().covered, At(86));
  EXPECT_EQ(victim().covered_known, (ShareTimes{At(87), At(88), At(88)}));
  EXPECT_EQ(incident().state_failed, At(80));
  EXPECT_EQ(incident().ok, (ShareTimes{At(86), At(87), At(87)}));
  EXPECT_EQ(incident().CoveredKnown(2), At(88));
  EXPECT_EQ(timeline_.elections().started, 2u);
  EXPECT_EQ(timeline_.elections().won, 1u);
  EXPECT_EQ(timeline_.elections().lost(), 1u);
  EXPECT_EQ(timeline_.elections().retried, 1u);
  EXPECT_EQ(timeline_.elections().takeovers, 0u);
  EXPECT_EQ(timeline_.elections().votes_granted, 1u);
  EXPECT_EQ(timeline_.elections().votes_us, std::vector<int64_t>{1'000'000});
  EXPECT_EQ(timeline_.elections().votes_refused[static_cast<size_t>(VoteRefusal::kPrimaryUp)], 1u);
  EXPECT_EQ(timeline_.unavailability().survivors, 26ull * 5461 * 1000000);
  EXPECT_EQ(timeline_.unavailability().lost, 0u);
}

TEST_F(FailoverTimelineTest, CountsCoverFromInjectionUntilHalfOfTheNodesSeeIt) {
  Strike(FaultKind::kKill, {0});
  cluster_->FailOver(3, 0, 3, 101);
  Happens(86, 3, EventType::kPromoted, 0);
  for (const uint32_t node : {1, 2, 4}) OwnerSeenBy(87, 0, 3, node);
  const auto& history = timeline_.uncovered_history();
  ASSERT_EQ(history.size(), 3u);
  EXPECT_EQ(history[0].count, 0u);
  EXPECT_EQ(history[1].at, At(60));
  EXPECT_EQ(history[1].count, 1u);
  EXPECT_EQ(history[2].at, At(87));
  EXPECT_EQ(history[2].count, 0u);
  EXPECT_EQ(timeline_.elections().takeovers, 1u);
}

TEST_F(FailoverTimelineTest, GivesReplicasDetectionPhasesOnly) {
  Strike(FaultKind::kKill, {3});
  FailSeenBy(80, 3, {0, 1, 2, 4, 5, 6, 7, 8});
  EXPECT_EQ(incident().AllFail(2), At(80));
  EXPECT_EQ(incident().Covered(), At(60));
  EXPECT_EQ(incident().ok[2], At(60));
  EXPECT_FALSE(victim().covered);
  for (const Phase& phase : Phases()) {
    const PhaseSamples samples = SamplesOf(phase, timeline_.incidents());
    EXPECT_EQ(samples.expected, phase.per == PhasePer::kVictim ? 1u : 0u) << phase.key;
  }
}

TEST_F(FailoverTimelineTest, TakesMinimaAndMaximaOverVictims) {
  Strike(FaultKind::kKill, {0, 1});
  EXPECT_FALSE(incident().has_quorum());
  EXPECT_EQ(incident().voters_left, 1u);
  EXPECT_EQ(incident().quorum(), 2u);
  Happens(75, 2, EventType::kPfailSet, 0);
  Happens(76, 2, EventType::kPfailSet, 1);
  FailSeenBy(80, 0, {2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(incident().FirstFail(), At(80));
  EXPECT_FALSE(incident().AllFail(2));
  FailSeenBy(81, 1, {2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(incident().FirstPfail(), At(75));
  EXPECT_EQ(incident().FirstFail(), At(80));
  EXPECT_EQ(incident().AllFail(2), At(81));
  EXPECT_FALSE(incident().Covered());
}

TEST_F(FailoverTimelineTest, KeepsLostShardsApart) {
  Strike(FaultKind::kKill, {0, 3, 4}, {0});
  FailSeenBy(80, 0, {1, 2, 5, 6, 7, 8});
  timeline_.OnEnd(At(70));
  EXPECT_EQ(incident().Covered(), At(60));
  EXPECT_FALSE(incident().SlotsCovered()) << "nobody is left to serve them";
  EXPECT_FALSE(incident().ClusterOk());
  EXPECT_FALSE(incident().AllFail(2)) << "FAIL of two of the three is not known";
  FailSeenBy(82, 3, {1, 2, 5, 6, 7, 8});
  FailSeenBy(83, 4, {1, 2, 5, 6, 7, 8});
  EXPECT_EQ(incident().AllFail(2), At(83));
  EXPECT_EQ(timeline_.unavailability().survivors, 0u);
  EXPECT_EQ(timeline_.unavailability().lost, 10ull * 5461 * 1000000);
  EXPECT_EQ(timeline_.uncovered_history().back().count, 0u);
}

TEST_F(FailoverTimelineTest, LetsAVictimThatReturnsCoverItsOwnSlots) {
  Strike(FaultKind::kPause, {0});
  Happens(75, 1, EventType::kPfailSet, 0);
  End(76);
  EXPECT_EQ(victim().returned, At(76));
  EXPECT_EQ(victim().covered, At(76));
  EXPECT_EQ(victim().covered_known[2], At(76));
  EXPECT_FALSE(victim().first_fail);
  EXPECT_TRUE(incident().AllReturned());
  // Too late to be a detection of this pause.
  Happens(77, 2, EventType::kFailSet, 0);
  EXPECT_FALSE(victim().first_fail);
}

TEST_F(FailoverTimelineTest, WaitsForFailToBeClearedWhenAVictimReturns) {
  Strike(FaultKind::kPause, {0});
  FailSeenBy(80, 0, {1, 2, 3, 4, 5, 6, 7, 8});
  End(81);
  EXPECT_EQ(victim().covered, At(81));
  EXPECT_FALSE(victim().covered_known[0]);
  for (const uint32_t node : {1, 2, 3, 4, 5, 6, 7, 8}) {
    cluster_->peers(node).ClearFlags(cluster_->key(0), flag::kFail);
    Happens(110, node, EventType::kFailCleared, 0);
  }
  EXPECT_EQ(victim().covered_known[2], At(110));
}

TEST_F(FailoverTimelineTest, AsksNoVictimForItsOpinion) {
  Strike(FaultKind::kPartition, {0, 5});
  EXPECT_EQ(incident().observers, 7u);
  Happens(70, 5, EventType::kPfailSet, 0);
  Happens(70, 0, EventType::kPfailSet, 1);
  EXPECT_FALSE(victim().first_pfail);
  FailSeenBy(80, 0, {1, 2, 3, 4, 6, 7, 8});
  EXPECT_EQ(victim().fail_known[2], At(80));
}

TEST_F(FailoverTimelineTest, ACutThatLeavesEverybodyAMajorityTakesNobodyAway) {
  TimelineItem item;
  item.fault = FaultKind::kPartition;
  Incident incident;
  incident.item = &item;
  incident.victims = {NodeIndex{0}, NodeIndex{1}};
  LinkFault cut;
  cut.side = {1, 2, 0, 0, 0, 0, 0, 0, 0};
  incident.cut = std::make_shared<const LinkFault>(cut);
  timeline_.OnIncident(At(60), incident);
  EXPECT_TRUE(timeline_.incidents().empty());
  EXPECT_EQ(timeline_.uncovered_history().back().count, 0u);
  timeline_.OnIncidentEnd(At(90), incident);
}

// A machine that is back with an empty disk: the old name owns the slots, and nobody serves them.
TEST_F(FailoverTimelineTest, ANewNameAtTheOldPlaceIsNoReturn) {
  Strike(FaultKind::kHostLoss, {0});
  const NodeKey old = cluster_->key(0);
  const NodeKey blank = cluster_->pool().names().Intern(*NodeName::Parse(std::string(40, 'b')));
  cluster_->at(0).key = blank;
  cluster_->peers(0).Add(blank, PeerFacts(cluster_->peers(0).facts(old)), flag::kPrimary, 0);
  cluster_->peers(0).SetMyself(blank);
  End(62);
  EXPECT_FALSE(victim().returned);
  EXPECT_FALSE(victim().covered);
  EXPECT_EQ(timeline_.uncovered_history().back().count, 1u);
}

TEST_F(FailoverTimelineTest, CountsSharesOfTheNodesThatAreLeft) {
  Strike(FaultKind::kKill, {0});
  FailSeenBy(80, 0, {1, 2, 3, 4, 5, 6, 7});
  EXPECT_FALSE(victim().fail_known[2]);
  Strike(FaultKind::kKill, {8}, {}, 81);
  EXPECT_EQ(victim().fail_known[2], At(81));
}

TEST_F(FailoverTimelineTest, TellsWhenAStateIsOkEverywhere) {
  State(10, 4, false);
  State(11, 5, false);
  State(12, 4, true);
  State(13, 5, true);
  const auto& history = timeline_.not_ok_history();
  ASSERT_EQ(history.size(), 5u);
  EXPECT_EQ(history[1].at, At(10));
  EXPECT_EQ(history[2].count, 2u) << "how many, at every moment";
  EXPECT_EQ(history[3].count, 1u);
  EXPECT_EQ(history[4].at, At(13));
  EXPECT_EQ(history[4].count, 0u);
}

TEST_F(FailoverTimelineTest, ACutTakesNothingFromWhoIsDown) {
  Strike(FaultKind::kKill, {0});
  const size_t before = timeline_.incidents().size();
  Strike(FaultKind::kPartition, {0}, {}, 81);
  EXPECT_EQ(timeline_.incidents().size(), before);
}

TEST_F(FailoverTimelineTest, IgnoresFaultsThatTakeNobodyAway) {
  Strike(FaultKind::kSlow, {});
  Strike(FaultKind::kBlackhole, {});
  EXPECT_TRUE(timeline_.incidents().empty());
}

TEST(PhasesTest, WhoLeavesNothingToCoverHasNoSampleOfIt) {
  IncidentTimes incident;
  incident.at = Instant{} + Seconds(60);
  incident.victims.resize(1);
  VictimTimes& victim = incident.victims.front();
  victim.was_primary = true;
  victim.first_pfail = incident.at + Seconds(15);
  for (const bool survivor : {false, true}) {
    victim.has_survivor = survivor;
    for (const Phase& phase : Phases()) {
      if (phase.per != PhasePer::kIncident) continue;
      const PhaseSamples samples = SamplesOf(phase, std::vector<IncidentTimes>{incident});
      EXPECT_EQ(samples.expected, survivor ? 1u : 0u) << phase.key;
      EXPECT_TRUE(samples.values.empty()) << phase.key;
    }
  }
}

TEST(PhasesTest, QuantilesAreNearestRank) {
  std::vector<Duration> values;
  for (int i = 1; i <= 10; ++i) values.push_back(Seconds(i));
  EXPECT_EQ(Quantile(values, 0), Seconds(1));
  EXPECT_EQ(Quantile(values, 50), Seconds(5));
  EXPECT_EQ(Quantile(values, 90), Seconds(9));
  EXPECT_EQ(Quantile(values, 99), Seconds(10));
  EXPECT_EQ(Quantile(values, 100), Seconds(10));
  EXPECT_EQ(Quantile(std::vector<Duration>{Seconds(3)}, 50), Seconds(3));
}

}  // namespace
}  // namespace gossamer::sim
