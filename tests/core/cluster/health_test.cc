// The cluster state ok or fail, as one member sees it.
#include "core/cluster/health.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

// Three voting primaries, the member among them, that cover all slots; state ok.
class HealthTest : public testing::Test {
 protected:
  explicit HealthTest(const ClusterSetup& setup = {}) : c_(setup) {
    c_.GiveSlots(c_.me(), {{0, 5000}});
    a_ = c_.AddPrimary("a", {{5001, 10000}});
    b_ = c_.AddPrimary("b", {{10001, 16383}});
  }
  void Update() {
    Turn t = c_.turn();
    UpdateClusterState(t);
  }
  const Health& health() { return c_.s().health; }

  Cluster c_;
  NodeKey a_, b_;
};

TEST_F(HealthTest, CoveredAndInTheMajorityIsOk) {
  Update();
  EXPECT_TRUE(health().ok);
  EXPECT_EQ(health().reason, StateReason::kNone);
  EXPECT_EQ(health().size, 3u);
  EXPECT_EQ(health().reachable, 3u);
  EXPECT_FALSE(c_.HasEvent(EventType::kStateChanged)) << "it was ok before";
}

TEST_F(HealthTest, TheSizeCountsPrimariesWithSlotsWhateverTheirHealth) {
  c_.AddPrimary("empty");
  c_.AddReplica("r", a_);
  c_.peers().SetFlags(a_, flag::kFail);
  Update();
  EXPECT_EQ(health().size, 3u);
  EXPECT_EQ(health().reachable, 2u);
  EXPECT_EQ(c_.s().quorum(), 2u);
}

TEST_F(HealthTest, ASlotWithoutOwnerFailsUnderFullCoverage) {
  c_.s().slots.Unassign(7);
  Update();
  EXPECT_FALSE(health().ok);
  EXPECT_EQ(health().reason, StateReason::kNotFullCoverage);
  ASSERT_EQ(c_.Events(EventType::kStateChanged).size(), 1u);
  EXPECT_EQ(c_.Events(EventType::kStateChanged)[0].value, 0);
  EXPECT_EQ(c_.Events(EventType::kStateChanged)[0].epoch.value,
            static_cast<uint64_t>(StateReason::kNotFullCoverage));
}

TEST_F(HealthTest, AFailedOwnerFailsUnderFullCoverageAndASuspectedOneDoesNot) {
  c_.peers().SetFlags(a_, flag::kPfail);
  Update();
  EXPECT_TRUE(health().ok);
  c_.peers().ReplaceFlags(a_, flag::kPrimary | flag::kFail);
  Update();
  EXPECT_FALSE(health().ok);
  EXPECT_EQ(health().reason, StateReason::kNotFullCoverage);
}

TEST_F(HealthTest, WithoutFullCoverageHolesAreFine) {
  c_.s().options.require_full_coverage = false;
  c_.s().slots.Unassign(7);
  c_.peers().SetFlags(a_, flag::kFail);
  Update();
  EXPECT_TRUE(health().ok);
}

TEST_F(HealthTest, AFailedNodeWithoutSlotsHurtsNobody) {
  const NodeKey r = c_.AddReplica("r", a_);
  c_.peers().SetFlags(r, flag::kFail);
  Update();
  EXPECT_TRUE(health().ok);
}

TEST_F(HealthTest, AMinorityFails) {
  c_.s().options.require_full_coverage = false;
  c_.peers().SetFlags(a_, flag::kPfail);
  c_.peers().SetFlags(b_, flag::kFail);
  Update();
  EXPECT_FALSE(health().ok);
  EXPECT_EQ(health().reason, StateReason::kMinority);
  EXPECT_EQ(health().minority, c_.ms());
  EXPECT_EQ(health().reachable, 1u);
}

TEST_F(HealthTest, TheReasonFollowsWithoutAnEvent) {
  c_.s().slots.Unassign(7);
  Update();
  c_.ClearEffects();
  c_.peers().SetFlags(a_, flag::kPfail);
  c_.peers().SetFlags(b_, flag::kPfail);
  Update();
  EXPECT_EQ(health().reason, StateReason::kMinority);
  EXPECT_TRUE(c_.effects().empty());
}

// ---- Coming back from a minority ----

TEST_F(HealthTest, APrimaryRejoinsAfterTheTimeoutWithinBounds) {
  struct Case {
    int64_t timeout_ms;
    int64_t delay_ms;
  };
  for (const Case& each : {Case{100, 500}, Case{2000, 2000}, Case{15'000, 5000}}) {
    ClusterSetup setup;
    setup.options.node_timeout = Millis(each.timeout_ms);
    Cluster c(setup);
    c.GiveSlots(c.me(), {{0, 8000}});
    const NodeKey a = c.AddPrimary("a", {{8001, 16383}});
    const auto update = [&c] {
      Turn t = c.turn();
      UpdateClusterState(t);
      return c.s().health.ok;
    };
    c.peers().SetFlags(a, flag::kPfail);
    EXPECT_FALSE(update());
    c.Advance(Seconds(30));
    EXPECT_FALSE(update());
    c.peers().ClearFlags(a, flag::kPfail);
    c.Advance(Millis(each.delay_ms - 1));
    EXPECT_FALSE(update()) << each.timeout_ms;
    EXPECT_EQ(c.s().health.reason, StateReason::kMinority);
    c.Advance(Millis(1));
    EXPECT_TRUE(update()) << each.timeout_ms;
    EXPECT_EQ(c.Events(EventType::kStateChanged).back().value, 1);
  }
}

TEST_F(HealthTest, AReplicaRejoinsAtOnce) {
  c_.MakeMeReplicaOf(a_);
  c_.GiveSlots(a_, {{0, 5000}});
  c_.peers().SetFlags(b_, flag::kPfail);
  Update();
  EXPECT_FALSE(health().ok) << "one of two reachable";
  c_.peers().ClearFlags(b_, flag::kPfail);
  Update();
  EXPECT_TRUE(health().ok);
}

TEST_F(HealthTest, APrimaryReturnsAtOnceFromMissingCoverage) {
  c_.s().slots.Unassign(7);
  Update();
  EXPECT_FALSE(health().ok);
  c_.s().slots.Assign(7, c_.me());
  Update();
  EXPECT_TRUE(health().ok);
}

// ---- After a restart ----

TEST_F(HealthTest, ARestartedPrimaryWaitsTwoSeconds) {
  c_.s().health = Health{};
  const MonoMs started = c_.ms();
  Update();
  EXPECT_FALSE(health().ok);
  EXPECT_FALSE(health().safe_to_join);
  EXPECT_EQ(health().first_call, started);
  EXPECT_EQ(health().size, 3u) << "a quorum is a quorum also then";
  c_.Advance(Millis(1999));
  Update();
  EXPECT_FALSE(health().ok || health().safe_to_join);
  c_.Advance(Millis(1));
  Update();
  EXPECT_TRUE(health().ok && health().safe_to_join);
}

TEST_F(HealthTest, ARestartedReplicaDoesNot) {
  c_.MakeMeReplicaOf(a_);
  c_.GiveSlots(a_, {{0, 5000}});
  c_.s().health = Health{};
  Update();
  EXPECT_TRUE(health().ok && health().safe_to_join);
}

TEST_F(HealthTest, TheWritableDelayIsForRestartsOnly) {
  c_.s().slots.Unassign(7);
  Update();
  c_.Advance(Millis(10));
  EXPECT_TRUE(health().safe_to_join) << "years after the first call";
}

TEST_F(HealthTest, WhileNotOkTheCronLooksAgain) {
  c_.s().health = Health{};
  c_.Run(Millis(100));
  EXPECT_FALSE(health().ok);
  c_.Run(Millis(2100));
  EXPECT_TRUE(health().ok);
}

TEST(CountVotersTest, ReplicasWithSlotsAreNoVoters) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a", {{0, 9}});
  CountVoters(c.s());
  EXPECT_EQ(c.s().health.size, 1u);
  c.peers().ReplaceFlags(a, flag::kReplica);
  CountVoters(c.s());
  EXPECT_EQ(c.s().health.size, 0u);
  EXPECT_EQ(c.s().quorum(), 1u);
}

}  // namespace
}  // namespace gossamer
