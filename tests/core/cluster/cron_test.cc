// The work of every 100 ms: connections, pings, resets, suspicion.
#include "core/cluster/cron.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cluster/links.h"
#include "core/cluster/membership.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

constexpr Duration kT = Seconds(15);
constexpr Duration kHalf = kT / 2;

ClusterSetup WithRules(const Rules& rules, Duration timeout = kT) {
  ClusterSetup setup;
  setup.rules = rules;
  setup.options.node_timeout = timeout;
  return setup;
}

void Cron(Cluster& c) {
  Turn t = c.turn();
  RunCron(t);
}

size_t Pings(Cluster& c, NodeKey node) { return c.SentTo(node, MessageType::kPing).size(); }

std::vector<NodeKey> Opened(Cluster& c) {
  std::vector<NodeKey> nodes;
  for (const Open& open : c.All<Open>()) nodes.push_back(open.peer);
  return nodes;
}

class CronTest : public testing::Test {
 protected:
  CronTest() : a_(c_.AddPrimary("a", {{0, 9}})) {}

  Cluster c_;
  NodeKey a_;
};

// ---- When ----

TEST_F(CronTest, RunsEveryHundredMillisecondsAndNotBefore) {
  c_.Tick();
  const uint64_t first = c_.s().cron_iteration;
  EXPECT_EQ(c_.node().NextDeadline(), c_.now().mono + Millis(100));
  c_.Advance(Millis(99));
  c_.Tick();
  EXPECT_EQ(c_.s().cron_iteration, first);
  c_.Advance(Millis(1));
  c_.Tick();
  EXPECT_EQ(c_.s().cron_iteration, first + 1);
}

TEST_F(CronTest, ALateOneIsNotMadeUpForAndThePhaseStays) {
  c_.Tick();
  const Instant phase = c_.node().NextDeadline();
  c_.Advance(Millis(450));
  c_.Tick();
  EXPECT_EQ(c_.s().cron_iteration, 2u);
  EXPECT_EQ(c_.node().NextDeadline(), phase + Millis(400));
}

// ---- Due pings ----

TEST_F(CronTest, APingIsDueWhenThePongIsOlderThanHalfTheTimeout) {
  c_.Advance(kHalf);
  Cron(c_);
  EXPECT_EQ(Pings(c_, a_), 0u);
  c_.Advance(Millis(1));
  Cron(c_);
  EXPECT_EQ(Pings(c_, a_), 1u);
  EXPECT_EQ(c_.peers().ping_sent_ms(a_), c_.ms());
  c_.Advance(Millis(100));
  Cron(c_);
  EXPECT_EQ(Pings(c_, a_), 1u) << "one at a time";
}

TEST_F(CronTest, TheOptionSetsAnotherInterval) {
  c_.s().options.ping_interval = Millis(700);
  c_.Advance(Millis(700));
  Cron(c_);
  EXPECT_EQ(Pings(c_, a_), 0u);
  c_.Advance(Millis(1));
  Cron(c_);
  EXPECT_EQ(Pings(c_, a_), 1u);
}

// A refused connect does not start the failure clock, the next due ping does: it is queued on the
// link being opened.
TEST_F(CronTest, ADuePingGoesOnALinkThatThisCronOpens) {
  c_.Unlink(a_);
  c_.peers().SetConnectAttempt(a_, kLongAgo);
  Cron(c_);
  EXPECT_EQ(Opened(c_), std::vector<NodeKey>{a_});
  EXPECT_FALSE(c_.peers().PingPending(a_));
  c_.node().OnLinkDown(c_.now(), c_.out_link(a_), LinkError::kRefused, &c_.effects());
  c_.Advance(kHalf + Millis(1));
  c_.ClearEffects();
  Cron(c_);
  EXPECT_EQ(Opened(c_), std::vector<NodeKey>{a_});
  EXPECT_EQ(Pings(c_, a_), 1u);
  EXPECT_EQ(c_.peers().ping_sent_ms(a_), c_.ms());
}

TEST_F(CronTest, NodesInHandshakeOrWithoutAddressAreNotPinged) {
  const NodeKey h = c_.AddPrimary("h");
  const NodeKey n = c_.AddPrimary("n");
  c_.peers().SetFlags(h, flag::kHandshake);
  c_.peers().SetMoment(h, Moment::kCreated, c_.ms() + kT.ms());
  c_.peers().SetFlags(n, flag::kNoAddr);
  c_.Advance(kT + Millis(1));
  Cron(c_);
  EXPECT_EQ(Pings(c_, h) + Pings(c_, n), 0u);
  EXPECT_EQ(Pings(c_, a_), 1u);
}

// ---- Random pings ----

TEST(RandomPingTest, OneEveryTenCronsToWhomWasHeardOfLongestAgo) {
  Cluster c;
  std::vector<NodeKey> nodes;
  for (const char* label : {"a", "b", "d", "e"}) nodes.push_back(c.AddPrimary(label));
  int oldest = 0;
  for (int second = 0; second < 200; ++second) {
    for (int i = 0; i < 10; ++i) {
      EXPECT_TRUE(c.Sends(MessageType::kPing).empty()) << "cron " << i;
      Cron(c);
    }
    ASSERT_EQ(c.Sends(MessageType::kPing).size(), 1u);
    oldest += static_cast<int>(Pings(c, nodes[0]));
    c.ClearEffects();
    c.Advance(Millis(100));
    for (const NodeKey node : nodes) {
      c.peers().ClearPing(node);
      c.peers().SetPong(node, c.ms() - (node == nodes[0] ? 1 : 0));
    }
  }
  // Missed only when none of five draws among five nodes hits it: 0.8^5 = 33 %.
  EXPECT_GT(oldest, 105);
  EXPECT_LT(oldest, 165);
}

TEST(RandomPingTest, SomeAreNeverDrawn) {
  Cluster c;
  const NodeKey pending = c.AddPrimary("a");
  const NodeKey handshake = c.AddPrimary("b");
  const NodeKey unlinked = c.AddPrimary("d");
  c.peers().SetFlags(handshake, flag::kHandshake);
  c.peers().SetMoment(handshake, Moment::kCreated, c.ms());
  c.peers().SetPingSent(pending, c.ms());
  c.Unlink(unlinked);
  c.peers().SetFlags(unlinked, flag::kNoAddr);
  for (int i = 0; i < 300; ++i) Cron(c);
  EXPECT_TRUE(c.Sends(MessageType::kPing).empty());
}

// ---- The half-timeout reset ----

class HalfTimeoutTest : public CronTest {
 protected:
  // Ages of the link, the ping and the data, in ms beyond T, T / 2 and T / 2.
  bool Resets(int64_t link, int64_t ping, int64_t data) {
    const MonoMs now = c_.ms();
    if (!c_.peers().HasOutLink(a_)) {
      Turn t = c_.turn();
      OpenLink(t, a_);
    }
    c_.peers().SetOutLink(a_, c_.out_link(a_), now - kT.ms() - link);
    c_.peers().SetPingSent(a_, now - kHalf.ms() - ping);
    c_.peers().SetDataReceived(a_, now - kHalf.ms() - data);
    c_.ClearEffects();
    Cron(c_);
    EXPECT_EQ(c_.HasEvent(EventType::kLinkReset), !c_.peers().HasOutLink(a_));
    return !c_.peers().HasOutLink(a_);
  }
};

TEST_F(HalfTimeoutTest, FreesAnOldLinkThatIsSilentUnderAPing) {
  EXPECT_TRUE(Resets(1, 1, 1));
  EXPECT_FALSE(Resets(0, 1, 1)) << "the link is no older than T";
  EXPECT_FALSE(Resets(1, 0, 1)) << "the ping is no older than T / 2";
  EXPECT_FALSE(Resets(1, 1, 0)) << "something came in the last T / 2";
}

TEST_F(HalfTimeoutTest, WithoutAPingThereIsNone) {
  c_.peers().SetDataReceived(a_, c_.ms() - kT.ms());
  c_.peers().SetOutLink(a_, c_.out_link(a_), c_.ms() - 2 * kT.ms());
  Cron(c_);
  EXPECT_FALSE(c_.HasEvent(EventType::kLinkReset));
}

TEST_F(HalfTimeoutTest, TheNextCronReconnectsAndTheClockRunsOn) {
  ASSERT_TRUE(Resets(1, 1, 1));
  EXPECT_TRUE(c_.All<Open>().empty());
  const MonoMs asked = c_.peers().ping_sent_ms(a_);
  c_.Advance(Millis(100));
  Cron(c_);
  ASSERT_EQ(Opened(c_), std::vector<NodeKey>{a_});
  c_.node().OnLinkUp(c_.now(), c_.out_link(a_), {}, &c_.effects());
  EXPECT_EQ(c_.peers().ping_sent_ms(a_), asked);
}

// ---- Suspicion ----

TEST_F(CronTest, ASilentNodeIsSuspectedAndTheStateLookedAt) {
  c_.GiveSlots(c_.me(), {{10, 16383}});
  c_.Silence(a_, kT + Millis(1));
  Cron(c_);
  EXPECT_TRUE(c_.peers().Has(a_, flag::kPfail));
  EXPECT_FALSE(c_.s().health.ok) << "one of two is a minority";
  EXPECT_EQ(c_.s().todo & todo::kUpdateState, 0u) << "done already";
  EXPECT_EQ(c_.s().pfail_count, 0u) << "counted before it was set";
  Cron(c_);
  EXPECT_EQ(c_.s().pfail_count, 1u);
}

TEST_F(CronTest, PfailNodesWithoutAddressAreNotCounted) {
  const NodeKey b = c_.AddPrimary("b");
  c_.peers().SetFlags(a_, flag::kPfail);
  c_.peers().SetFlags(b, flag::kPfail | flag::kNoAddr);
  Cron(c_);
  EXPECT_EQ(c_.s().pfail_count, 1u);
}

// From the last sign of life to PFAIL, with a peer that hangs: its links stay up and silent.
TEST_F(CronTest, APeerThatHangsIsSuspectedATimeoutAfterItsPing) {
  c_.Run(Millis(1));
  MonoMs asked = 0;
  while (!c_.HasEvent(EventType::kPfailSet) && c_.ms() < 1'100'000) {
    c_.Run(Millis(100));
    if (asked == 0 && c_.peers().PingPending(a_)) asked = c_.peers().ping_sent_ms(a_);
    for (const NodeKey node : Opened(c_)) {
      c_.node().OnLinkUp(c_.now(), c_.out_link(node), {}, &c_.effects());
    }
    std::erase_if(c_.effects().list(),
                  [](const Effect& e) { return std::holds_alternative<Open>(e); });
  }
  ASSERT_NE(asked, 0);
  const int64_t silent = c_.Events(EventType::kPfailSet).at(0).value;
  EXPECT_GT(silent, kT.ms());
  EXPECT_LE(silent, kT.ms() + 100);
  EXPECT_EQ(c_.Events(EventType::kLinkReset).size(), 1u) << "one more chance on a new link";
}

TEST_F(CronTest, APeerThatAnswersIsNot) {
  for (int i = 0; i < 600; ++i) {
    c_.Run(Millis(100));
    if (c_.peers().PingPending(a_)) c_.Deliver(a_, MessageType::kPong);
  }
  EXPECT_FALSE(c_.HasEvent(EventType::kPfailSet));
  EXPECT_FALSE(c_.HasEvent(EventType::kLinkReset));
}

// ---- Reconnecting ----

TEST(ReconnectTest, LinksAreOpenedToAllButMyselfAndNodesWithoutAddress) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  const NodeKey n = c.AddPrimary("n");
  const NodeKey up = c.AddPrimary("u");
  for (const NodeKey node : {a, n}) {
    c.Unlink(node);
    c.peers().SetConnectAttempt(node, kLongAgo);
  }
  c.peers().SetFlags(n, flag::kNoAddr);
  Turn t = c.turn();
  const NodeKey h = StartHandshake(t, {IpText::From("10.9.9.9"), 1, 0, 2}, true);
  Cron(c);
  std::vector<NodeKey> expected{a, h};
  const auto by_order = [&c](NodeKey x, NodeKey y) {
    return c.peers().order_position(x) < c.peers().order_position(y);
  };
  std::sort(expected.begin(), expected.end(), by_order);
  EXPECT_EQ(Opened(c), expected);
  EXPECT_FALSE(c.peers().HasOutLink(n));
  EXPECT_TRUE(c.peers().HasOutLink(up));
}

// A node of which nothing is heard, tried again and again: how many crons lie between the attempts.
std::vector<MonoMs> Attempts(Cluster& c, NodeKey node, int crons) {
  std::vector<MonoMs> attempts;
  for (int i = 0; i < crons; ++i) {
    c.ClearEffects();
    Cron(c);
    for (const NodeKey opened : Opened(c)) {
      if (opened == node) attempts.push_back(c.ms());
      c.node().OnLinkDown(c.now(), c.out_link(opened), LinkError::kRefused, &c.effects());
    }
    c.Advance(Millis(100));
  }
  return attempts;
}

TEST(ReconnectTest, ADeadNodeIsTriedTwentyTimesATimeoutAndFiveTimesWhereReconnectsWait) {
  for (const std::string_view rules : RuleNames()) {
    Cluster c(rules);
    const NodeKey a = c.AddPrimary("a");
    c.Unlink(a);
    c.peers().SetPingSent(a, c.ms());
    c.peers().SetConnectAttempt(a, kLongAgo);
    const std::vector<MonoMs> attempts = Attempts(c, a, 80);
    if (!RulesNamed(rules).throttle_reconnects) {
      EXPECT_EQ(attempts.size(), 80u) << rules;
      continue;
    }
    const bool wait = RulesNamed(rules).reconnects_wait;
    ASSERT_EQ(attempts.size(), wait ? 3u : 10u) << rules;
    for (size_t i = 1; i < attempts.size(); ++i) {
      EXPECT_EQ(attempts[i] - attempts[i - 1], wait ? 3000 : 800) << "the first cron that may";
    }
  }
}

TEST(ReconnectTest, ANodeThatComesBackIsTriedAtOnce) {
  for (const std::string_view rules : {"valkey-9.1", "gossamer"}) {
    Cluster c(rules);
    const NodeKey a = c.AddPrimary("a");
    c.Unlink(a);
    c.peers().SetFlags(a, flag::kFail);
    c.peers().SetPingSent(a, c.ms());
    c.peers().SetConnectAttempt(a, kLongAgo);
    const bool wait = RulesNamed(rules).reconnects_wait;
    EXPECT_EQ(Attempts(c, a, 120).size(), wait ? 4u : 15u) << rules;
    c.DeliverOn(c.Accept(), c.Make(a, MessageType::kPing));
    EXPECT_EQ(Attempts(c, a, 20).size(), 20u) << "it is back";
  }
}

// The cron passes over a silent node between attempts, and yet suspects it in time.
TEST(ReconnectTest, ASilentNodeIsSuspectedInTimeWhereverItsNextAttemptIs) {
  for (const int age_ms : {0, 1, 99, 2999, 3000, 14000}) {
    Cluster c("gossamer");
    const NodeKey a = c.AddPrimary("a");
    c.Unlink(a);
    const MonoMs sent = c.ms() - age_ms;
    c.peers().SetPingSent(a, sent);
    c.peers().SetDataReceived(a, sent - 1);
    while (!c.peers().Has(a, flag::kPfail) && c.ms() < sent + 20'000) {
      Attempts(c, a, 1);
    }
    // Attempts moves on by one cron after the one that suspected it.
    EXPECT_GT(c.ms() - 100, sent + 15'000) << age_ms;
    EXPECT_LE(c.ms() - 200, sent + 15'000) << age_ms;
  }
}

// The clock by which a silent node is suspected starts with a ping, and a ping needs a link.
TEST(ReconnectTest, APingThatIsDueOpensALinkWhateverThePatience) {
  Cluster c("gossamer");
  const NodeKey a = c.AddPrimary("a");
  c.Unlink(a);
  c.peers().SetConnectAttempt(a, c.ms());
  c.peers().SetPong(a, c.ms() - 7000);
  const MonoMs pong = c.peers().pong_ms(a);
  c.s().cron_iteration = 0;  // no ping is drawn for nine crons
  EXPECT_TRUE(Attempts(c, a, 5).empty());
  EXPECT_EQ(Attempts(c, a, 3), std::vector<MonoMs>{pong + 7600});
  EXPECT_TRUE(c.peers().PingPending(a));
}

TEST(ReconnectTest, APingThatIsDrawnOpensALinkWhereReconnectsWait) {
  for (const std::string_view rules : {"valkey-9.1", "gossamer"}) {
    Cluster c(rules);
    const NodeKey a = c.AddPrimary("a");
    c.Unlink(a);
    c.peers().SetConnectAttempt(a, c.ms());
    c.s().cron_iteration = 9;
    EXPECT_EQ(Attempts(c, a, 1).size(), RulesNamed(rules).reconnects_wait ? 1u : 0u) << rules;
  }
}

TEST(ReconnectTest, AShorterTimeoutWakesTheCronForSilentNodes) {
  Cluster c("gossamer");
  const NodeKey a = c.AddPrimary("a");
  c.Unlink(a);
  c.peers().SetPingSent(a, c.ms() - 2000);
  c.peers().SetDataReceived(a, c.ms() - 2000);
  Attempts(c, a, 2);
  ASSERT_FALSE(c.peers().Has(a, flag::kPfail));
  ClusterOptions options = c.s().options;
  options.node_timeout = Seconds(1);
  c.node().OnConfig(c.now(), options, &c.effects());
  Attempts(c, a, 1);
  EXPECT_TRUE(c.peers().Has(a, flag::kPfail));
}

TEST(ReconnectTest, ANodeThatIsConnectedToMeIsTriedAlways) {
  Cluster c("valkey-9.1");
  const NodeKey a = c.AddPrimary("a");
  Turn t = c.turn();
  FreeOutLink(t, a);
  EXPECT_EQ(Attempts(c, a, 20).size(), 20u);
}

TEST(ReconnectTest, TheBudgetOfACronIsSharedByAll) {
  for (const std::string_view rules : {"valkey-9.0", "valkey-9.1", "gossamer"}) {
    // 151 nodes x 100 ms / 7.5 s = 2, times 10.
    const size_t budget = RulesNamed(rules).reconnects_wait ? 0 : 20;
    const int64_t patience = RulesNamed(rules).reconnects_wait ? 3000 : 750;
    Cluster c(rules);
    for (int i = 0; i < 150; ++i) {
      const NodeKey node = c.AddPrimary("n" + std::to_string(i) + "x");
      c.Unlink(node);
      c.peers().SetConnectAttempt(node, c.ms() - patience + 1);
    }
    Cron(c);
    EXPECT_EQ(Opened(c).size(), budget) << rules;
    c.Advance(Millis(1));
    c.ClearEffects();
    Cron(c);
    EXPECT_EQ(Opened(c).size(), 150 - budget) << rules << ": the patience is over";
  }
}

// The budget is compared with exactly 0. An attempt that needs none takes it below, and nothing is
// limited.
TEST(ReconnectTest, TheBudgetGoesNegativeInTheReleasesOnly) {
  for (const std::string_view rules : {"valkey-9.0", "valkey-9.1", "gossamer"}) {
    Cluster c(rules);
    NodeKey first = c.AddPrimary("a");
    NodeKey second = c.AddPrimary("b");
    if (c.peers().order_position(first) > c.peers().order_position(second)) {
      std::swap(first, second);
    }
    Turn t = c.turn();
    FreeOutLink(t, first);
    c.Unlink(second);
    c.peers().SetConnectAttempt(second, c.ms() - 10);
    Cron(c);
    EXPECT_TRUE(c.peers().HasOutLink(first));
    EXPECT_EQ(c.peers().HasOutLink(second), !RulesNamed(rules).reconnects_wait) << rules;
  }
}

TEST(ReconnectTest, TimeoutsBelowAMillisecondsHalfDivideByNothing) {
  Cluster c(WithRules(RulesNamed("gossamer"), Millis(1)));
  const NodeKey a = c.AddPrimary("a");
  c.Unlink(a);
  Cron(c);
  EXPECT_TRUE(c.peers().HasOutLink(a));
}

// ---- MEET repair ----

class MeetRepairTest : public testing::Test {
 protected:
  explicit MeetRepairTest(std::string_view rules = "gossamer") : c_(rules) {
    a_ = c_.AddPrimary("a");
    c_.peers().SetFlags(a_, flag::kLightModule);
    Turn t = c_.turn();
    FreeInLink(t, a_);
  }
  bool Meets() {
    c_.ClearEffects();
    Cron(c_);
    return !c_.SentTo(a_, MessageType::kMeet).empty();
  }
  // The patience has passed, and the peer was heard of all the time.
  void Wait(Duration d) {
    c_.Advance(d);
    c_.peers().SetPong(a_, c_.ms());
  }

  Cluster c_;
  NodeKey a_;
};

TEST_F(MeetRepairTest, APeerWithoutInboundLinkForLongIsMetAgain) {
  Wait(kT);
  EXPECT_FALSE(Meets());
  Wait(Millis(1));
  EXPECT_TRUE(Meets());
  EXPECT_TRUE(c_.peers().Has(a_, flag::kMeet));
  EXPECT_EQ(c_.peers().moment(a_, Moment::kMeetSent), c_.ms());
  EXPECT_FALSE(c_.peers().PingPending(a_));
}

TEST_F(MeetRepairTest, OncePerPatienceAndOnlyAfterAnAnswer) {
  Wait(kT + Millis(1));
  ASSERT_TRUE(Meets());
  Wait(kT + Millis(1));
  EXPECT_FALSE(Meets()) << "the MEET is not answered yet";
  c_.Deliver(a_, MessageType::kPong);
  EXPECT_FALSE(c_.peers().Has(a_, flag::kMeet));
  EXPECT_TRUE(Meets());
  c_.Deliver(a_, MessageType::kPong);
  Wait(kT);
  EXPECT_FALSE(Meets());
  Wait(Millis(1));
  EXPECT_TRUE(Meets());
}

TEST_F(MeetRepairTest, AnInboundLinkEndsIt) {
  Wait(kT + Millis(1));
  c_.DeliverOn(c_.Accept(), c_.Make(a_, MessageType::kPing));
  EXPECT_FALSE(Meets());
}

TEST_F(MeetRepairTest, PeersThatAreNotNormalAreLeft) {
  Wait(kT + Millis(1));
  for (const uint16_t bit : {flag::kPfail, flag::kFail, flag::kMeet, flag::kNoAddr}) {
    c_.peers().SetFlags(a_, bit);
    EXPECT_FALSE(Meets()) << bit;
    c_.peers().ClearFlags(a_, bit);
  }
  c_.peers().ClearPing(a_);
  EXPECT_TRUE(Meets());
}

TEST_F(MeetRepairTest, WithoutMyOwnLinkThereIsNothingToSendItOn) {
  Wait(kT + Millis(1));
  Turn t = c_.turn();
  FreeOutLink(t, a_);
  EXPECT_FALSE(Meets()) << "the link that this cron opens says PING";
  EXPECT_FALSE(c_.peers().Has(a_, flag::kMeet));
}

TEST_F(MeetRepairTest, PeersThatCannotStandRepeatedMeetsAreSpared) {
  Wait(kT + Millis(1));
  c_.peers().ClearFlags(a_, flag::kLightModule);
  EXPECT_FALSE(Meets());
  c_.s().rules.meet_repair_needs_multi_meet = false;
  EXPECT_TRUE(Meets());
}

class NoMeetRepairTest : public MeetRepairTest {
 protected:
  NoMeetRepairTest() : MeetRepairTest("valkey-8.0") {}
};

TEST_F(NoMeetRepairTest, UntilEightZeroThereIsNone) {
  Wait(kT + Millis(1));
  EXPECT_FALSE(Meets());
}

// ---- A manual failover ----

TEST_F(CronTest, ThePausedForReplicaIsPingedByEachCron) {
  c_.GiveSlots(c_.me(), {{10, 19}});
  const NodeKey r = c_.AddReplica("r", c_.me());
  c_.Deliver(r, MessageType::kMfStart);
  ASSERT_TRUE(c_.s().manual_failover.active());
  c_.ClearEffects();
  for (int i = 0; i < 5; ++i) {
    c_.Advance(Millis(100));
    Cron(c_);
  }
  EXPECT_EQ(Pings(c_, r), 5u);
  EXPECT_EQ(c_.SentTo(r, MessageType::kPing)[0]->header.mflags[0] & mflag::kPaused, mflag::kPaused);
  EXPECT_EQ(Pings(c_, a_), 0u);
}

TEST_F(CronTest, TheReplicaOfAnEndedFailoverIsNot) {
  c_.GiveSlots(c_.me(), {{10, 19}});
  const NodeKey r = c_.AddReplica("r", c_.me());
  c_.Deliver(r, MessageType::kMfStart);
  c_.Advance(c_.s().options.manual_failover_timeout + Millis(1));
  Cron(c_);
  EXPECT_TRUE(c_.HasEvent(EventType::kManualFailoverTimedOut));
  c_.peers().ClearPing(r);
  c_.peers().SetPong(r, c_.ms());
  c_.ClearEffects();
  Cron(c_);
  EXPECT_EQ(Pings(c_, r), 0u);
}

}  // namespace
}  // namespace gossamer
