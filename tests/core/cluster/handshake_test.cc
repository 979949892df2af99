// Handshakes and their repair, with both sides at work: a few members over a perfect network.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/cron.h"
#include "core/cluster/links.h"
#include "core/cluster/membership.h"
#include "tests/core/cluster/mini_cluster.h"

namespace gossamer {
namespace {

constexpr Duration kT = Seconds(2);

ClusterOptions Options() {
  ClusterOptions options;
  options.node_timeout = kT;
  return options;
}

std::string IpOf(int i) { return "10.0.0." + std::to_string(i + 1); }

class HandshakeTest : public testing::TestWithParam<std::string_view> {
 protected:
  Rules rules() const { return *FindRules(GetParam()); }
  static void Meet(MiniCluster& c, int from, int to) {
    EXPECT_TRUE(c.Command(from, {"MEET", IpOf(to), "6379", "16379"}).ok());
  }
  // Both know each other by their names, as primaries, linked both ways.
  static bool Joined(MiniCluster& c, int a, int b) {
    for (const auto& [self, peer] : {std::pair{a, b}, std::pair{b, a}}) {
      const PeerTable& peers = c.state(self).peers;
      const NodeKey key = c.key(peer);
      if (!peers.Contains(key) || !peers.HasOutLink(key) || !peers.HasInLink(key)) return false;
      if (!peers.IsPrimary(key) || peers.Has(key, flag::kHandshake | flag::kMeet)) return false;
    }
    return true;
  }
  // A forgets B without a word; B does not notice.
  static void ForgetQuietly(MiniCluster& c, int a, int b) {
    Effects effects;
    Turn t(c.node(a).mutable_state(), c.now(), &effects);
    RemoveNode(t, c.key(b));
    // The connections end on B's side as well.
    Effects others;
    State& s = c.node(b).mutable_state();
    Turn u(s, c.now(), &others);
    if (s.peers.HasInLink(c.key(a))) ForgetLink(u, s.peers.in_link(c.key(a)));
    if (s.peers.HasOutLink(c.key(a))) ForgetLink(u, s.peers.out_link(c.key(a)));
  }
};

INSTANTIATE_TEST_SUITE_P(Rules, HandshakeTest, testing::ValuesIn(RuleNames()),
                         [](const auto& info) {
                           std::string name(info.param);
                           for (char& ch : name) ch = ch == '-' || ch == '.' ? '_' : ch;
                           return name;
                         });

TEST_P(HandshakeTest, AMeetMakesBothKnowEachOther) {
  MiniCluster c(2, rules(), Options());
  Meet(c, 0, 1);
  ASSERT_TRUE(c.RunUntil([&] { return Joined(c, 0, 1); }, Seconds(2)));
  EXPECT_EQ(c.CountEvents(EventType::kHandshakeStarted), 2);
  EXPECT_EQ(c.CountEvents(EventType::kHandshakeDone), 2);
  c.Run(Seconds(20));
  EXPECT_TRUE(Joined(c, 0, 1));
  EXPECT_EQ(c.CountEvents(EventType::kHandshakeTimedOut), 0);
  EXPECT_EQ(c.CountEvents(EventType::kPfailSet), 0);
  // Each knows what the other one's extension says.
  for (const int i : {0, 1}) {
    EXPECT_EQ(c.state(i).peers.facts(c.key(1 - i)).shard_id,
              c.state(1 - i).peers.facts(c.key(1 - i)).shard_id);
  }
}

TEST_P(HandshakeTest, MeetsInBothDirectionsEndInOneNodeEach) {
  MiniCluster c(2, rules(), Options());
  Meet(c, 0, 1);
  Meet(c, 1, 0);
  c.Run(Seconds(10));
  EXPECT_TRUE(Joined(c, 0, 1));
  EXPECT_EQ(c.state(0).peers.size(), 2u);
  EXPECT_EQ(c.state(1).peers.size(), 2u);
}

TEST_P(HandshakeTest, RepeatedMeetsChangeNothing) {
  MiniCluster c(2, rules(), Options());
  for (int i = 0; i < 5; ++i) {
    Meet(c, 0, 1);
    c.Run(Millis(40));
  }
  c.Run(Seconds(10));
  EXPECT_TRUE(Joined(c, 0, 1));
  Meet(c, 0, 1);
  c.Run(Seconds(10));
  EXPECT_TRUE(Joined(c, 0, 1)) << "also of a known node";
  EXPECT_EQ(c.state(0).peers.size(), 2u);
  EXPECT_EQ(c.state(1).peers.size(), 2u);
  EXPECT_EQ(c.CountEvents(EventType::kPfailSet), 0);
}

TEST_P(HandshakeTest, NobodyThereTimesOut) {
  MiniCluster c(2, rules(), Options());
  c.Kill(1);
  Meet(c, 0, 1);
  c.Run(kT);
  EXPECT_EQ(c.state(0).peers.size(), 2u);
  c.Run(Millis(300));
  EXPECT_EQ(c.state(0).peers.size(), 1u);
  EXPECT_EQ(c.CountEvents(EventType::kHandshakeTimedOut), 1);
}

TEST_P(HandshakeTest, AMeetIsRepeatedUntilItIsAnswered) {
  MiniCluster c(2, rules(), Options());
  c.Cut(0, 1);
  Meet(c, 0, 1);
  c.Run(Seconds(1));
  c.Heal();
  EXPECT_TRUE(c.RunUntil([&] { return Joined(c, 0, 1); }, Seconds(2)));
}

TEST_P(HandshakeTest, GossipCompletesTheCluster) {
  MiniCluster c(4, rules(), Options());
  Meet(c, 0, 1);
  Meet(c, 1, 2);
  Meet(c, 2, 3);
  const auto all = [&] {
    for (int i = 0; i < 4; ++i) {
      for (int j = i + 1; j < 4; ++j) {
        if (!Joined(c, i, j)) return false;
      }
    }
    return true;
  };
  EXPECT_TRUE(c.RunUntil(all, Seconds(20)));
}

// B is known to A and does not know A: its PINGs are answered, and nothing else happens, until a
// MEET.
TEST_P(HandshakeTest, OneSidedKnowledgeIsRepairedFromEightOne) {
  MiniCluster c(2, rules(), Options());
  Meet(c, 0, 1);
  ASSERT_TRUE(c.RunUntil([&] { return Joined(c, 0, 1); }, Seconds(2)));
  c.Run(Seconds(5));
  ForgetQuietly(c, 1, 0);
  c.Run(Seconds(1));
  EXPECT_TRUE(c.state(0).peers.Contains(c.key(1)));
  EXPECT_FALSE(c.state(1).peers.Contains(c.key(0)));
  c.Run(Seconds(10));
  EXPECT_EQ(Joined(c, 0, 1), rules().meet_repair);
  EXPECT_EQ(c.state(1).peers.Contains(c.key(0)), rules().meet_repair);
}

// After a repair the links are left in peace: neither MEETs nor closed links any more.
TEST_P(HandshakeTest, ARepairEnds) {
  MiniCluster c(2, rules(), Options());
  Meet(c, 0, 1);
  ASSERT_TRUE(c.RunUntil([&] { return Joined(c, 0, 1); }, Seconds(2)));
  c.Run(Seconds(5));
  ForgetQuietly(c, 1, 0);
  c.Run(Seconds(15));
  const auto meets = [&c] {
    constexpr auto kMeet = static_cast<size_t>(MessageType::kMeet);
    return c.state(0).stats.sent[kMeet] + c.state(1).stats.sent[kMeet];
  };
  const uint64_t meets_then = meets();
  const int downs_then = c.CountEvents(EventType::kLinkDown);
  c.Run(Seconds(60));
  EXPECT_EQ(meets(), meets_then);
  EXPECT_EQ(c.CountEvents(EventType::kLinkDown), downs_then);
}

TEST_P(HandshakeTest, ForgottenNodesKeepAwayForTheirTimeAndTellTheOthers) {
  MiniCluster c(3, rules(), Options());
  Meet(c, 0, 1);
  Meet(c, 0, 2);
  const auto all = [&] { return Joined(c, 0, 1) && Joined(c, 0, 2) && Joined(c, 1, 2); };
  ASSERT_TRUE(c.RunUntil(all, Seconds(20)));
  const NodeKey gone = c.key(2);
  const std::string name = c.tables().pool.names().name(gone).str();
  c.Kill(2);
  EXPECT_TRUE(c.Command(0, {"FORGET", name}).ok());
  const auto forgotten = [&] { return !c.state(1).peers.Contains(gone); };
  EXPECT_TRUE(c.RunUntil(forgotten, Seconds(5))) << "told by FORGOTTEN_NODE";
  c.Run(Seconds(55));
  EXPECT_FALSE(c.state(0).peers.Contains(gone) || c.state(1).peers.Contains(gone));
}

TEST_P(HandshakeTest, AnHoursJumpOfTheWallClockDisturbsNothing) {
  MiniCluster c(3, rules(), Options());
  Meet(c, 0, 1);
  c.Run(Millis(500));
  for (const int64_t hours : {1, -1, -1, 1}) {
    c.JumpWall(Seconds(3600 * hours));
    Meet(c, 0, 2);
    c.Run(Seconds(10));
  }
  EXPECT_TRUE(Joined(c, 0, 1) && Joined(c, 0, 2) && Joined(c, 1, 2));
  EXPECT_EQ(c.CountEvents(EventType::kPfailSet), 0);
  EXPECT_EQ(c.CountEvents(EventType::kHandshakeTimedOut), 0);
}

}  // namespace
}  // namespace gossamer
