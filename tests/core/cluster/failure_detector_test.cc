// PFAIL by one's own clock, FAIL by a quorum or by message, and how both end.
#include "core/cluster/failure_detector.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/links.h"
#include "core/cluster/membership.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

constexpr Duration kT = Seconds(15);

ClusterSetup WithRules(const Rules& rules) {
  ClusterSetup setup;
  setup.rules = rules;
  return setup;
}

// Five voting primaries, the member among them: a quorum is three.
class FailureDetectorTest : public testing::Test {
 protected:
  explicit FailureDetectorTest(const Rules& rules = RulesNamed("gossamer")) : c_(WithRules(rules)) {
    c_.GiveSlots(c_.me(), {{0, 99}});
    a_ = c_.AddPrimary("a", {{100, 199}});
    b_ = c_.AddPrimary("b", {{200, 299}});
    d_ = c_.AddPrimary("d", {{300, 399}});
    e_ = c_.AddPrimary("e", {{400, 499}});
  }
  void Report(NodeKey reporter, NodeKey node) {
    Turn t = c_.turn();
    ReportFailing(t, node, reporter);
  }
  void ReportGone(NodeKey reporter, NodeKey node) {
    Turn t = c_.turn();
    ReportAlive(t, node, reporter);
  }
  uint32_t Reports(NodeKey node) {
    Turn t = c_.turn();
    return LiveReports(t, node);
  }
  void Check(NodeKey node) {
    Turn t = c_.turn();
    CheckSilence(t, node);
  }
  bool Pfail(NodeKey node) { return c_.peers().Has(node, flag::kPfail); }
  bool Fail(NodeKey node) { return c_.peers().Has(node, flag::kFail); }
  // PFAIL by the member itself, whatever follows from it.
  void Suspect(NodeKey node) {
    c_.Silence(node, kT + Millis(1));
    Check(node);
  }

  Cluster c_;
  NodeKey a_, b_, d_, e_;
};

class OldFailureDetectorTest : public FailureDetectorTest {
 protected:
  OldFailureDetectorTest() : FailureDetectorTest(RulesNamed("valkey-8.0")) {}
};

// ---- PFAIL ----

TEST_F(FailureDetectorTest, PfailComesWithMoreThanTheTimeout) {
  c_.Silence(a_, kT);
  Check(a_);
  EXPECT_FALSE(Pfail(a_));
  c_.Advance(Millis(1));
  Check(a_);
  EXPECT_TRUE(Pfail(a_));
  EXPECT_EQ(c_.Events(EventType::kPfailSet)[0],
            (Event{EventType::kPfailSet, a_, {}, {}, kT.ms() + 1}));
  EXPECT_EQ(c_.s().todo, todo::kUpdateState) << "PFAIL alone is not saved";
}

TEST_F(FailureDetectorTest, TheYoungerOfPingAndDataCounts) {
  c_.Silence(a_, kT + Seconds(5));
  c_.peers().SetDataReceived(a_, c_.ms() - kT.ms());
  Check(a_);
  EXPECT_FALSE(Pfail(a_)) << "it sent something";
  c_.Silence(a_, kT + Seconds(5));
  c_.peers().SetPingSent(a_, c_.ms() - kT.ms());
  Check(a_);
  EXPECT_FALSE(Pfail(a_)) << "it was asked too lately";
  c_.Advance(Millis(1));
  Check(a_);
  EXPECT_TRUE(Pfail(a_));
  EXPECT_EQ(c_.Events(EventType::kPfailSet)[0].value, kT.ms() + 1);
}

TEST_F(FailureDetectorTest, WhoWasNotAskedIsNotSuspected) {
  c_.Silence(a_, kT + Seconds(5));
  c_.peers().ClearPing(a_);
  Check(a_);
  EXPECT_FALSE(Pfail(a_));
}

TEST_F(FailureDetectorTest, WhoNeverSentAnythingIsSuspectedByItsPing) {
  c_.Silence(a_, kT + Millis(1));
  c_.peers().SetDataReceived(a_, kLongAgo);
  Check(a_);
  EXPECT_TRUE(Pfail(a_));
}

TEST_F(FailureDetectorTest, AFailedNodeIsNotSuspectedAgain) {
  c_.Silence(a_, kT + Seconds(5));
  c_.peers().SetFlags(a_, flag::kFail);
  Check(a_);
  EXPECT_FALSE(Pfail(a_));
  EXPECT_FALSE(c_.HasEvent(EventType::kPfailSet));
}

TEST_F(FailureDetectorTest, WallJumpsSuspectNobody) {
  for (const int64_t hours : {1, -1}) {
    Now jumped = c_.now();
    jumped.wall = jumped.wall + Seconds(3600 * hours);
    c_.Silence(a_, kT);
    Turn t(c_.s(), jumped, &c_.effects());
    CheckSilence(t, a_);
    EXPECT_FALSE(Pfail(a_));
  }
}

// ---- FAIL by quorum ----

TEST_F(FailureDetectorTest, NeedsMajorityOfReportsToMarkFail) {
  Suspect(a_);
  Report(b_, a_);
  EXPECT_FALSE(Fail(a_)) << "two of five, myself included";
  Report(d_, a_);
  EXPECT_TRUE(Fail(a_));
  EXPECT_FALSE(Pfail(a_));
  EXPECT_EQ(c_.peers().moment(a_, Moment::kFail), c_.ms());
  EXPECT_EQ(c_.Events(EventType::kFailSet)[0], (Event{EventType::kFailSet, a_, kNoKey, {}, 2}));
  EXPECT_EQ(c_.s().todo & (todo::kUpdateState | todo::kSaveFsync),
            todo::kUpdateState | todo::kSave);
}

TEST_F(FailureDetectorTest, EverybodyIsToldOfFail) {
  const NodeKey r = c_.AddReplica("r", b_);
  Suspect(a_);
  Report(b_, a_);
  Report(d_, a_);
  EXPECT_EQ(c_.Sends(MessageType::kFail).size(), 5u);
  ASSERT_EQ(c_.SentTo(r, MessageType::kFail).size(), 1u);
  EXPECT_EQ(std::get<gossamer::Fail>(c_.SentTo(r, MessageType::kFail)[0]->body).node, a_);
  EXPECT_EQ(c_.Sends(MessageType::kFail)[0].after, Ticket{}) << "waits for no disk";
}

TEST_F(FailureDetectorTest, ReportsAloneAreNotEnough) {
  for (const NodeKey reporter : {b_, d_, e_}) Report(reporter, a_);
  EXPECT_FALSE(Fail(a_)) << "I reach it";
  EXPECT_EQ(Reports(a_), 3u);
}

TEST_F(FailureDetectorTest, MyOwnPfailCompletesTheQuorum) {
  Report(b_, a_);
  Report(d_, a_);
  Suspect(a_);
  EXPECT_TRUE(Fail(a_));
}

TEST_F(OldFailureDetectorTest, UntilEightZeroTheCronDoesNotTry) {
  Report(b_, a_);
  Report(d_, a_);
  Suspect(a_);
  EXPECT_FALSE(Fail(a_));
  Report(d_, a_);
  EXPECT_TRUE(Fail(a_)) << "the next report does";
}

TEST_F(OldFailureDetectorTest, UnlessTheClusterHasOneVotingPrimary) {
  c_.GiveSlots(c_.me(), {{100, 499}});
  const NodeKey r = c_.AddReplica("r", c_.me());
  ASSERT_EQ(c_.s().health.size, 1u);
  Suspect(r);
  EXPECT_TRUE(Fail(r));
}

TEST_F(FailureDetectorTest, MyOpinionCountsOnlyWithAVote) {
  c_.GiveSlots(a_, {{0, 99}});  // now there are four, and a quorum is three
  Report(b_, a_);
  Report(d_, a_);
  Suspect(a_);
  EXPECT_FALSE(Fail(a_));
  Report(e_, a_);
  EXPECT_TRUE(Fail(a_)) << "any node may find the quorum";
}

TEST_F(FailureDetectorTest, AReplicaFindsTheQuorumAndTellsEverybody) {
  c_.GiveSlots(a_, {{0, 99}});
  c_.MakeMeReplicaOf(b_);
  Suspect(a_);
  for (const NodeKey reporter : {b_, d_, e_}) Report(reporter, a_);
  EXPECT_TRUE(Fail(a_));
  EXPECT_EQ(c_.Sends(MessageType::kFail).size(), 4u);
}

TEST_F(FailureDetectorTest, ReportsOfNodesWithoutVoteAreNotKept) {
  const NodeKey r = c_.AddReplica("r", b_);
  const NodeKey empty = c_.AddPrimary("p");
  Suspect(a_);
  Report(r, a_);
  Report(empty, a_);
  Report(b_, a_);
  EXPECT_EQ(Reports(a_), 1u);
  EXPECT_FALSE(Fail(a_));
}

// A sender without vote makes me look again all the same.
TEST_F(FailureDetectorTest, AnyReportMakesMeTry) {
  const NodeKey r = c_.AddReplica("r", b_);
  Report(b_, a_);
  Report(d_, a_);
  c_.peers().SetFlags(a_, flag::kPfail);
  Report(r, a_);
  EXPECT_TRUE(Fail(a_));
}

TEST_F(FailureDetectorTest, TheSizeIsThatOfTheTableWhateverItsHealth) {
  // Two of five are FAIL already: the quorum is still three.
  c_.peers().SetFlags(d_, flag::kFail);
  c_.peers().SetFlags(e_, flag::kFail);
  Suspect(a_);
  Report(b_, a_);
  EXPECT_FALSE(Fail(a_));
}

TEST_F(FailureDetectorTest, ReportsExpireAfterTwoTimeouts) {
  Suspect(a_);
  Report(b_, a_);
  c_.Advance(kT * 2 + Seconds(1));
  EXPECT_EQ(Reports(a_), 0u);
  EXPECT_EQ(c_.peers().marks(a_) & mark::kHasReports, 0);
  Report(d_, a_);
  EXPECT_FALSE(Fail(a_));
}

TEST_F(FailureDetectorTest, AChangedTimeoutChangesTheirLife) {
  Report(b_, a_);
  ClusterOptions options = c_.s().options;
  options.node_timeout = Seconds(1);
  c_.node().OnConfig(c_.now(), options, &c_.effects());
  EXPECT_EQ(Reports(a_), 0u) << "those so far are dropped";
  EXPECT_EQ(c_.peers().marks(a_) & mark::kHasReports, 0);
  Report(b_, a_);
  c_.Advance(Seconds(2));
  EXPECT_EQ(Reports(a_), 1u);
  c_.Advance(Seconds(1));
  EXPECT_EQ(Reports(a_), 0u);
}

// ---- Withdrawing ----

TEST_F(FailureDetectorTest, ASenderThatReachesItWithdrawsItsReport) {
  Report(b_, a_);
  Report(d_, a_);
  ReportGone(b_, a_);
  ReportGone(e_, a_);
  EXPECT_EQ(Reports(a_), 1u);
  ReportGone(d_, a_);
  EXPECT_EQ(c_.peers().marks(a_) & mark::kHasReports, 0);
}

TEST_F(FailureDetectorTest, AlsoOneThatHasNoVoteAnyMore) {
  Report(b_, a_);
  c_.GiveSlots(d_, {{200, 299}});
  ReportGone(b_, a_);
  EXPECT_EQ(Reports(a_), 0u);
}

TEST_F(OldFailureDetectorTest, UntilEightZeroOnlyAVoterWithdraws) {
  Report(b_, a_);
  c_.GiveSlots(d_, {{200, 299}});
  ReportGone(b_, a_);
  EXPECT_EQ(Reports(a_), 1u);
  c_.GiveSlots(b_, {{200, 299}});
  ReportGone(b_, a_);
  EXPECT_EQ(Reports(a_), 0u);
}

TEST_F(FailureDetectorTest, AReportOutlivesItsReportersVote) {
  Report(b_, a_);
  c_.GiveSlots(d_, {{200, 299}});
  EXPECT_EQ(Reports(a_), 1u);
}

// 8.1 looked at the vote again when counting.
TEST(ReportsNeedVoterTest, ReportsOfFormerVotersAreDropped) {
  Rules rules = RulesNamed("valkey-9.0");
  rules.reports_need_voter = true;
  Cluster c(WithRules(rules));
  const NodeKey a = c.AddPrimary("a", {{0, 9}});
  const NodeKey b = c.AddPrimary("b", {{10, 19}});
  const NodeKey d = c.AddPrimary("d", {{20, 29}});
  Turn t = c.turn();
  ReportFailing(t, a, b);
  ReportFailing(t, a, d);
  EXPECT_EQ(LiveReports(t, a), 2u);
  c.GiveSlots(d, {{10, 19}});
  EXPECT_EQ(LiveReports(t, a), 1u);
  RemoveNode(t, d);
  EXPECT_EQ(LiveReports(t, a), 0u);
}

TEST_F(FailureDetectorTest, ReportsAboutAFailedNodeAreNotKept) {
  Report(b_, a_);
  Turn t = c_.turn();
  MarkFail(t, a_, b_, 0);
  EXPECT_EQ(Reports(a_), 0u);
  Report(d_, a_);
  EXPECT_EQ(Reports(a_), 0u);
}

TEST_F(OldFailureDetectorTest, UntilEightOneTheyAre) {
  Report(b_, a_);
  Turn t = c_.turn();
  MarkFail(t, a_, b_, 0);
  Report(d_, a_);
  EXPECT_EQ(Reports(a_), 2u);
}

TEST_F(FailureDetectorTest, ReportsComeByGossip) {
  const auto say = [this](NodeKey from, uint16_t flags) {
    c_.Deliver(from, MessageType::kPing, [&](Message* m) {
      std::get<Heartbeat>(m->body).gossip.push_back({a_, flags, 0});
    });
  };
  Suspect(a_);
  say(b_, flag::kPrimary | flag::kPfail);
  EXPECT_EQ(Reports(a_), 1u);
  say(b_, flag::kPrimary);
  EXPECT_EQ(Reports(a_), 0u);
  say(b_, flag::kPrimary | flag::kFail);
  say(d_, flag::kPrimary | flag::kPfail);
  EXPECT_TRUE(Fail(a_));
}

// ---- FAIL by message ----

TEST_F(FailureDetectorTest, AFailMessageIsBelieved) {
  const auto tell = [this](Message* m) { std::get<gossamer::Fail>(m->body).node = a_; };
  c_.Deliver(b_, MessageType::kFail, tell);
  EXPECT_TRUE(Fail(a_));
  EXPECT_EQ(c_.peers().moment(a_, Moment::kFail), c_.ms());
  EXPECT_EQ(c_.Events(EventType::kFailSet)[0], (Event{EventType::kFailSet, a_, b_, {}, 0}));
  EXPECT_TRUE(c_.Sends(MessageType::kFail).empty()) << "and not passed on";
  c_.Advance(Seconds(5));
  c_.Deliver(d_, MessageType::kFail, tell);
  EXPECT_EQ(c_.peers().moment(a_, Moment::kFail), c_.ms() - 5000) << "not anew";
  EXPECT_EQ(c_.Events(EventType::kFailSet).size(), 1u);
}

TEST_F(FailureDetectorTest, AFailMessageOfAReplicaOrOfOldEpochToo) {
  const NodeKey r = c_.AddReplica("r", b_);
  c_.s().current_epoch = {50};
  c_.Silence(a_, kT + Millis(1));
  c_.peers().SetFlags(a_, flag::kPfail);
  c_.Deliver(r, MessageType::kFail, [this](Message* m) {
    m->header.current_epoch = {1};
    std::get<gossamer::Fail>(m->body).node = a_;
  });
  EXPECT_TRUE(Fail(a_));
  EXPECT_FALSE(Pfail(a_));
}

TEST_F(FailureDetectorTest, SomeFailMessagesAreNot) {
  const NodeKey x = c_.Key("x");
  const auto about = [](NodeKey node) {
    return [node](Message* m) { std::get<gossamer::Fail>(m->body).node = node; };
  };
  c_.Deliver(x, MessageType::kFail, about(a_));
  EXPECT_FALSE(Fail(a_)) << "of an unknown sender";
  c_.Deliver(b_, MessageType::kFail, about(c_.me()));
  EXPECT_FALSE(Fail(c_.me())) << "about myself";
  c_.Deliver(b_, MessageType::kFail, about(x));
  EXPECT_FALSE(c_.HasEvent(EventType::kFailSet)) << "about an unknown node";
}

// ---- My primary ----

TEST_F(FailureDetectorTest, MyPrimarysFailureStartsAnElection) {
  for (const std::string_view rules : RuleNames()) {
    Cluster c(rules);
    const NodeKey p = c.AddPrimary("p", {{0, 9}});
    const NodeKey other = c.AddPrimary("q", {{10, 19}});
    c.MakeMeReplicaOf(p);
    Turn t = c.turn();
    MarkFail(t, other, kNoKey, 2);
    EXPECT_EQ(c.s().todo & todo::kElection, 0u);
    EXPECT_FALSE(c.peers().Has(c.me(), flag::kMyPrimaryFail));
    MarkFail(t, p, kNoKey, 2);
    const Rules r = RulesNamed(rules);
    EXPECT_EQ((c.s().todo & todo::kElection) != 0, r.election_on_fail) << rules;
    EXPECT_EQ(c.peers().Has(c.me(), flag::kMyPrimaryFail), r.my_primary_fail_flag) << rules;
    ClearOnPong(t, p);
    c.Advance(kT * 2 + Millis(1));
    Turn later = c.turn();
    ClearOnPong(later, p);
    EXPECT_FALSE(c.peers().Has(p, flag::kFail));
    EXPECT_EQ(c.peers().Has(c.me(), flag::kMyPrimaryFail),
              r.my_primary_fail_flag && !r.clear_my_primary_fail)
        << rules << ": 9.1 forgets to clear it";
  }
}

// ---- Clearing ----

TEST_F(FailureDetectorTest, APongClearsPfail) {
  Suspect(a_);
  c_.s().todo = 0;
  c_.Deliver(a_, MessageType::kPong);
  EXPECT_FALSE(Pfail(a_));
  EXPECT_EQ(c_.Events(EventType::kPfailCleared)[0].subject, a_);
  EXPECT_EQ(c_.s().todo & (todo::kSave | todo::kUpdateState), todo::kSave | todo::kUpdateState);
}

TEST_F(FailureDetectorTest, OtherMessagesDoNot) {
  Suspect(a_);
  c_.Deliver(a_, MessageType::kPing);
  c_.DeliverOn(c_.in_link(a_), c_.Make(a_, MessageType::kPong));
  EXPECT_TRUE(Pfail(a_));
}

TEST_F(FailureDetectorTest, WhoHasNoVoteIsTakenBackAtOnce) {
  const NodeKey r = c_.AddReplica("r", b_);
  const NodeKey empty = c_.AddPrimary("p");
  for (const NodeKey node : {r, empty}) {
    Turn t = c_.turn();
    MarkFail(t, node, b_, 0);
    ClearOnPong(t, node);
    EXPECT_FALSE(Fail(node));
  }
  EXPECT_EQ(c_.Events(EventType::kFailCleared).size(), 2u);
}

TEST_F(FailureDetectorTest, AVotingPrimaryOnlyAfterMoreThanTwoTimeouts) {
  Turn t = c_.turn();
  MarkFail(t, a_, b_, 0);
  c_.Advance(kT * 2);
  c_.Deliver(a_, MessageType::kPong);
  EXPECT_TRUE(Fail(a_));
  c_.Advance(Millis(1));
  c_.s().todo = 0;
  c_.Deliver(a_, MessageType::kPong);
  EXPECT_FALSE(Fail(a_));
  EXPECT_EQ(c_.s().todo & (todo::kSave | todo::kUpdateState), todo::kSave | todo::kUpdateState);
}

TEST_F(FailureDetectorTest, AFailLearnedByIntroductionIsOldAtOnce) {
  const NodeKey x = c_.Key("x");
  c_.Deliver(b_, MessageType::kPing, [x](Message* m) {
    std::get<Heartbeat>(m->body).gossip.push_back({x, flag::kPrimary | flag::kFail, 0});
  });
  c_.GiveSlots(x, {{500, 599}});
  Turn t = c_.turn();
  ClearOnPong(t, x);
  EXPECT_FALSE(Fail(x));
}

TEST_F(FailureDetectorTest, NobodyIsClearedWithoutAFlag) {
  Turn t = c_.turn();
  ClearOnPong(t, a_);
  EXPECT_TRUE(c_.effects().empty());
  EXPECT_EQ(c_.s().todo, 0u);
}

}  // namespace
}  // namespace gossamer
