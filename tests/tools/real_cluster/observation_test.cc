#include "tools/real_cluster/observation.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gossamer::real {
namespace {

using Kind = LogEventKind;

constexpr int64_t kOriginUs = int64_t{1'795'855'331} * 1'000'000;

NodeName NameOf(size_t node) {
  return *NodeName::Parse(std::string(39, 'a') + static_cast<char>('0' + node));
}
Instant At(int64_t ms) { return {ms * 1000}; }

// Six nodes in three shards; node 0 is killed at 10 s, node 3 follows it.
class ObservationTest : public ::testing::Test {
 protected:
  ObservationTest() : nodes_(6) {
    kill_.text = "kill node 0";
    for (size_t i = 0; i < 6; ++i) {
      nodes_[i].shard = static_cast<int64_t>(i % 3);
      journal_.names.emplace_back(NameOf(i), i);
    }
    journal_.origin = {kOriginUs};
    journal_.ended_at = At(40'000);
    RealIncident& incident = journal_.incidents.emplace_back();
    incident.at = At(10'000);
    incident.item = &kill_;
    incident.victims = {{0, NameOf(0), true, 5461}};
    incident.voters = 3;
    incident.voters_left = 2;
    incident.following = {{3, 0}, {4, 1}, {5, 2}};
    journal_.changes.push_back({At(10'000), 0, NodeChange::kDown});
  }

  void Log(size_t node, int64_t ms, Kind kind, size_t subject = 9) {
    LogEvent event{{kOriginUs + ms * 1000}, kind, NodeName()};
    if (subject < 9) event.subject = NameOf(subject);
    nodes_[node].log.push_back(event);
  }
  void LogDetection() {
    Log(1, 15'100, Kind::kPfail, 0);
    Log(4, 15'050, Kind::kPfail, 0);
    Log(2, 17'000, Kind::kFail, 0);
    for (const size_t node : {1, 3, 4}) Log(node, 17'002, Kind::kFailTold, 0);
    Log(5, 17'010, Kind::kFailTold, 0);
    for (size_t node = 1; node < 6; ++node) Log(node, 17'020, Kind::kStateFail);
  }
  void LogElection() {
    Log(3, 17'050, Kind::kElectionScheduled);
    Log(3, 17'700, Kind::kElectionStarted);
    Log(3, 17'704, Kind::kElectionWon);
    for (size_t node = 1; node < 6; ++node) {
      Log(node, 17'710 + static_cast<int64_t>(node), Kind::kStateOk);
    }
  }
  Observation Seen() const { return Observe(journal_, nodes_, Seconds(5)); }

  sim::TimelineItem kill_;
  Journal journal_;
  std::vector<ObservedNode> nodes_;
};

TEST_F(ObservationTest, AFailoverHasAllItsPhases) {
  LogDetection();
  LogElection();
  const Observation seen = Seen();
  ASSERT_EQ(seen.incidents.size(), 1u);
  const sim::IncidentTimes& incident = seen.incidents[0];
  const sim::VictimTimes& victim = incident.victims.at(0);
  EXPECT_EQ(incident.observers, 5u);
  EXPECT_EQ(victim.first_pfail, At(15'050));
  EXPECT_EQ(victim.first_fail, At(17'000));
  EXPECT_EQ(victim.fail_by.value, 2u);
  EXPECT_EQ(victim.quorum_markers, 1u);
  EXPECT_EQ(victim.fail_known, (sim::ShareTimes{At(17'002), At(17'010), At(17'010)}));
  EXPECT_EQ(victim.election, At(17'700));
  EXPECT_EQ(victim.winning_election, At(17'700));
  EXPECT_EQ(victim.promoted, At(17'704));
  EXPECT_EQ(victim.winner.value, 3u);
  EXPECT_EQ(victim.covered, At(17'704));
  EXPECT_EQ(incident.state_failed, At(17'020));
  EXPECT_EQ(incident.ok, (sim::ShareTimes{At(17'713), At(17'715), At(17'715)}));
  EXPECT_EQ(seen.elections.won, 1u);
  EXPECT_EQ(seen.live_nodes, 5u);
  EXPECT_EQ(seen.lost_shards, 0);
  EXPECT_EQ(seen.events.at("fail-set").any, 5u);
  EXPECT_EQ(seen.events.at("fail-set").victims, 5u);
  EXPECT_EQ(seen.events.at("fail-set").live, 0u);
  EXPECT_EQ(seen.events.at("election-won").first_any, "17.704 s: node 3 about node 0");
}

TEST_F(ObservationTest, WithoutAnElectionNothingIsCovered) {
  LogDetection();
  const Observation seen = Seen();
  const sim::VictimTimes& victim = seen.incidents.at(0).victims.at(0);
  EXPECT_FALSE(victim.election || victim.promoted || victim.covered);
  EXPECT_FALSE(seen.incidents[0].ok[0].has_value());
  ASSERT_EQ(seen.uncovered.size(), 2u);
  EXPECT_EQ(seen.uncovered[1].count, 1u);
  EXPECT_EQ(seen.not_ok.back().count, 5u);
}

TEST_F(ObservationTest, AnObserverThatDiesNeedNotKnow) {
  LogDetection();
  nodes_[5].log.clear();
  EXPECT_FALSE(Seen().incidents.at(0).victims.at(0).fail_known[2].has_value());
  journal_.changes.push_back({At(20'000), 5, NodeChange::kDown});
  EXPECT_EQ(Seen().incidents.at(0).victims.at(0).fail_known[2], At(20'000));
}

TEST_F(ObservationTest, WhoComesBackUnreplacedServesItsOwnSlots) {
  journal_.changes.push_back({At(12'000), 0, NodeChange::kStarted});
  const sim::VictimTimes victim = Seen().incidents.at(0).victims.at(0);
  EXPECT_EQ(victim.returned, At(12'000));
  EXPECT_EQ(victim.covered, At(12'000));
  // Under another name it is somebody else.
  journal_.names.emplace_back(NameOf(7), 0);
  EXPECT_FALSE(Seen().incidents.at(0).victims.at(0).returned.has_value());
}

TEST_F(ObservationTest, WhatTheStartLoggedDoesNotCount) {
  Log(1, -500, Kind::kPfail, 2);
  Log(1, 9'000, Kind::kPfail, 2);
  const Observation seen = Seen();
  EXPECT_EQ(seen.events.at("pfail-set").any, 1u);
  EXPECT_EQ(seen.events.at("pfail-set").live, 1u);
}

TEST_F(ObservationTest, ATakeoverPromotesWithoutAnElection) {
  Log(3, 11'000, Kind::kTakenOver);
  const Observation seen = Seen();
  EXPECT_EQ(seen.incidents.at(0).victims.at(0).promoted, At(11'000));
  EXPECT_EQ(seen.elections.takeovers, 1u);
  EXPECT_EQ(seen.elections.won, 0u);
}

}  // namespace
}  // namespace gossamer::real
