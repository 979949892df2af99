// Whole clusters of a few nodes over a perfect network: the rules of the protocol working together,
// without a simulator.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/check.h"
#include "core/cluster/health.h"
#include "tests/core/cluster/mini_cluster.h"

namespace gossamer {
namespace {

ClusterOptions Timeout(Duration timeout) {
  ClusterOptions options;
  options.node_timeout = timeout;
  return options;
}

class ClusterTest : public testing::TestWithParam<std::string_view> {
 protected:
  Rules rules() const { return *FindRules(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Rules, ClusterTest, testing::ValuesIn(RuleNames()), [](const auto& info) {
  std::string name(info.param);
  for (char& c : name) c = c == '-' || c == '.' ? '_' : c;
  return name;
});

// All running nodes agree on the owner of every slot.
void ExpectAgreement(MiniCluster& c) {
  int first = -1;
  for (int i = 0; i < c.size(); ++i) {
    if (!c.running(i)) continue;
    c.state(i).peers.CheckInvariants();
    EXPECT_TRUE(c.state(i).health.ok) << "node " << i;
    if (first < 0) first = i;
    for (uint32_t slot = 0; slot < kSlots; slot += 61) {
      EXPECT_EQ(c.state(i).slots.owner(static_cast<Slot>(slot)),
                c.state(first).slots.owner(static_cast<Slot>(slot)))
          << "node " << i << " slot " << slot;
    }
  }
}

TEST_P(ClusterTest, FormsFromMeetAndAgrees) {
  MiniCluster c(6, rules(), Timeout(Seconds(1)));
  c.Form(3);
  ExpectAgreement(c);
  EXPECT_EQ(c.state(0).health.size, 3u);
  EXPECT_EQ(c.CountEvents(EventType::kPfailSet), 0);
}

TEST_P(ClusterTest, ReplicaTakesOverAndOldPrimaryFollows) {
  MiniCluster c(6, rules(), Timeout(Seconds(1)));
  c.Form(3);
  c.Kill(0);
  ASSERT_TRUE(c.RunUntil([&] { return c.state(3).i_am_primary(); }, Seconds(30)));
  c.Run(Seconds(2));
  ExpectAgreement(c);
  EXPECT_EQ(c.state(1).slots.owner(0), c.key(3));
  EXPECT_GE(c.CountEvents(EventType::kVoteGranted), 2);
  c.Restart(0);
  ASSERT_TRUE(c.RunUntil([&] { return c.state(0).my_primary() == c.key(3); }, Seconds(30)));
  c.Run(Seconds(10));
  ExpectAgreement(c);
  EXPECT_EQ(c.CountEvents(EventType::kElectionWon), 1);
}

TEST_P(ClusterTest, NoQuorumNoFail) {
  MiniCluster c(6, rules(), Timeout(Seconds(1)));
  c.Form(3);
  c.Kill(0);
  c.Kill(1);
  c.Run(Seconds(20));
  EXPECT_EQ(c.CountEvents(EventType::kFailSet), 0);
  EXPECT_FALSE(c.state(2).health.ok);
  EXPECT_EQ(c.state(2).health.reason, StateReason::kMinority);
  EXPECT_TRUE(c.state(3).i_am_replica());
}

TEST_P(ClusterTest, ManualFailoverSwapsRoles) {
  MiniCluster c(6, rules(), Timeout(Seconds(1)));
  c.Form(3);
  EXPECT_TRUE(c.Command(3, {"FAILOVER"}).ok());
  ASSERT_TRUE(c.RunUntil([&] { return c.state(0).i_am_replica(); }, Seconds(10)));
  c.Run(Seconds(5));
  EXPECT_TRUE(c.state(3).i_am_primary());
  EXPECT_EQ(c.state(0).my_primary(), c.key(3));
  ExpectAgreement(c);
  EXPECT_FALSE(c.state(0).manual_failover.active());
}

TEST_P(ClusterTest, TakeoverNeedsNobody) {
  MiniCluster c(6, rules(), Timeout(Seconds(1)));
  c.Form(3);
  c.Kill(0);
  c.Kill(1);
  c.Run(Seconds(5));
  EXPECT_TRUE(c.Command(3, {"FAILOVER", "TAKEOVER"}).ok());
  // With node 3 there is a quorum again, and node 4 may have been elected by now.
  if (c.state(4).i_am_replica()) {
    EXPECT_TRUE(c.Command(4, {"FAILOVER", "TAKEOVER"}).ok());
  }
  c.Run(Seconds(10));
  ExpectAgreement(c);
  EXPECT_EQ(c.state(2).slots.owner(0), c.key(3));
}

TEST_P(ClusterTest, PartitionedPrimaryStepsDownAfterHeal) {
  MiniCluster c(6, rules(), Timeout(Seconds(1)));
  c.Form(3);
  for (int i = 1; i < 6; ++i) c.Cut(0, i);
  ASSERT_TRUE(c.RunUntil([&] { return c.state(3).i_am_primary(); }, Seconds(30)));
  EXPECT_FALSE(c.state(0).health.ok);
  c.Heal();
  ASSERT_TRUE(c.RunUntil([&] { return c.state(0).i_am_replica(); }, Seconds(30)));
  c.Run(Seconds(10));
  ExpectAgreement(c);
}

TEST_P(ClusterTest, ForgottenNodeStaysAwayWhileBlacklisted) {
  ClusterOptions options = Timeout(Seconds(1));
  MiniCluster c(4, rules(), options);
  c.Form(3);
  const std::string name = c.tables().pool.names().name(c.key(3)).str();
  const NodeKey forgotten = c.key(3);
  c.Kill(3);
  for (int i = 0; i < 3; ++i) {
    if (c.state(i).peers.Contains(forgotten)) {
      EXPECT_TRUE(c.Command(i, {"FORGET", name}).ok()) << i;
    }
  }
  c.Run(Seconds(30));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(c.state(i).peers.Contains(forgotten)) << i;
}

TEST_P(ClusterTest, ResetLeavesTheClusterAndComesBack) {
  MiniCluster c(4, rules(), Timeout(Seconds(1)));
  c.Form(3);
  EXPECT_TRUE(c.Command(3, {"RESET", "HARD"}).ok());
  EXPECT_EQ(c.state(3).peers.size(), 1u);
  EXPECT_TRUE(c.state(3).i_am_primary());
  EXPECT_EQ(c.state(3).current_epoch.value, 0u);
  c.state(3).peers.CheckInvariants();
  EXPECT_TRUE(c.Command(3, {"MEET", "10.0.0.1", "6379", "16379"}).ok());
  ASSERT_TRUE(c.RunUntil([&] { return c.state(3).peers.size() >= 4; }, Seconds(60)));
}

// A clock step on the wall is no failure: ages use the monotonic clock.
TEST_P(ClusterTest, WallClockJumpsMarkNobody) {
  MiniCluster c(6, rules(), Timeout(Seconds(1)));
  c.Form(3);
  for (const int64_t hours : {1, -1, -1, 1}) {
    c.JumpWall(Seconds(3600 * hours));
    c.Run(Seconds(20));
  }
  EXPECT_EQ(c.CountEvents(EventType::kPfailSet), 0);
  ExpectAgreement(c);
}

// Times are 32-bit inside: a node must outlive their range.
TEST_P(ClusterTest, RunsForSixtyDays) {
  MiniCluster c(4, rules(), Timeout(Seconds(7200)));
  ClusterOptions quick = Timeout(Seconds(1));
  for (int i = 0; i < c.size(); ++i) {
    quick.announce_ip = "10.0.0." + std::to_string(i + 1);
    Effects effects;
    c.node(i).OnConfig(c.now(), quick, &effects);
  }
  c.Form(3);
  ClusterOptions slow = Timeout(Seconds(7200));
  for (int i = 0; i < c.size(); ++i) {
    slow.announce_ip = "10.0.0." + std::to_string(i + 1);
    Effects effects;
    c.node(i).OnConfig(c.now(), slow, &effects);
  }
  c.Run(Seconds(60 * 86400), Seconds(120));
  EXPECT_EQ(c.CountEvents(EventType::kPfailSet), 0);
  ExpectAgreement(c);
  c.Kill(3);
  c.Run(Seconds(3 * 7200), Seconds(10));
  EXPECT_GE(c.CountEvents(EventType::kPfailSet), 1);
  EXPECT_GE(c.CountEvents(EventType::kFailSet), 1);
}

}  // namespace
}  // namespace gossamer
