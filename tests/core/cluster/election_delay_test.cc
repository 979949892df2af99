// How long a replica waits before it asks for votes: delays, ranks, the best-ranked replica.
// SOURCE: semantics spec sections 8 and 16.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/election.h"
#include "tests/core/cluster/cluster_fixture.h"
#include "tests/core/cluster/election_fixture.h"

namespace gossamer {
namespace {

// The delay under `setup`, with whatever `arrange` does before.
int64_t DelayOf(const ClusterSetup& setup, const std::function<void(Replica&)>& arrange = nullptr) {
  Replica r(setup);
  if (arrange) arrange(r);
  r.Fail(r.a);
  r.Step();
  return r.Delay();
}

// The delay without its random part, seen through the least and the greatest of many seeds: [base,
// base + width).
void ExpectDelays(ClusterSetup setup, int64_t base, int64_t width,
                  const std::function<void(Replica&)>& arrange = nullptr) {
  std::vector<int64_t> delays;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    setup.seed = seed;
    delays.push_back(DelayOf(setup, arrange));
  }
  const auto [least, greatest] = std::minmax_element(delays.begin(), delays.end());
  EXPECT_GE(*least, base);
  EXPECT_LT(*greatest, base + width);
  EXPECT_LT(*least, base + width / 4 + 1) << "jitter starts at zero";
  EXPECT_GE(*greatest, base + width * 3 / 4 - 1) << "jitter fills its range";
  EXPECT_GT(std::set<int64_t>(delays.begin(), delays.end()).size(), width > 1 ? 3u : 0u);
}

// ---- The delay ----

TEST(ElectionDelayTest, TheOptionIsTheUnitUnderAllRules) {
  for (const std::string_view rules : {"valkey-8.0", "valkey-9.0", "gossamer"}) {
    Replica r(Slow(rules));
    r.c.s().options.election_delay = Millis(40);
    EXPECT_EQ(ElectionDelayBaseMs(r.c.s()), 40);
  }
}

TEST(ElectionDelayTest, UnitIsAThirtiethOfTheTimeout) {
  const auto unit = [](std::string_view rules, Duration timeout) {
    Replica r(WithTimeout(Slow(rules), timeout));
    return ElectionDelayBaseMs(r.c.s());
  };
  EXPECT_EQ(unit("gossamer", Seconds(1)), 33);
  EXPECT_EQ(unit("gossamer", Seconds(5)), 166);
  EXPECT_EQ(unit("gossamer", Seconds(15)), 500);
  EXPECT_EQ(unit("gossamer", Seconds(60)), 500);
  EXPECT_EQ(unit("valkey-9.0", Seconds(5)), 166);
  EXPECT_EQ(unit("valkey-8.0", Seconds(5)), 500);
  EXPECT_EQ(unit("valkey-8.0", Millis(10)), 500);
  // Spec 18.56: the releases divide by zero here.
  EXPECT_EQ(unit("valkey-9.1", Millis(29)), 1);
  EXPECT_EQ(unit("valkey-9.1", Millis(1)), 1);
}

TEST(ElectionDelayTest, OneUnitAndUpToOneMore) {
  ExpectDelays(Slow(), 500, 500);
  ExpectDelays(WithTimeout(Slow(), Seconds(5)), 166, 166);
  ExpectDelays(WithTimeout(Slow(), Millis(20)), 1, 1);
  ExpectDelays(Slow("valkey-8.0"), 500, 500);
  ExpectDelays(WithTimeout(Slow("valkey-8.0"), Seconds(5)), 500, 500);
}

void AddBetterSibling(Replica& r) { r.c.AddReplica("r1", r.a, 101); }

TEST(ElectionDelayTest, TwoUnitsForEachBetterSibling) {
  const auto two = [](Replica& r) {
    r.c.AddReplica("r1", r.a, 101);
    r.c.AddReplica("r2", r.a, 500);
  };
  ExpectDelays(WithTimeout(Slow(), Seconds(5)), 166 + 332, 166, AddBetterSibling);
  ExpectDelays(WithTimeout(Slow(), Seconds(5)), 166 + 2 * 332, 166, two);
}

TEST(ElectionDelayTest, ASecondForEachBetterSiblingUntil81) {
  ExpectDelays(WithTimeout(Slow("valkey-8.0"), Seconds(5)), 500 + 1000, 500, AddBetterSibling);
}

TEST(ElectionDelayTest, HalfASecondMoreWithoutData) {
  const auto empty = [](Replica& r) { r.c.s().data.repl_offset = 0; };
  ExpectDelays(WithTimeout(Slow(), Seconds(5)), 166 + 500, 166, empty);
  ExpectDelays(Slow("valkey-8.0"), 500, 500, empty);
}

// A failed voting primary with a replica, in the shard called `shard`; it owns that shard's `slot`.
NodeKey AddFailedShard(Replica& r, const std::string& shard, Slot slot = 5461) {
  const NodeKey p = r.c.AddPrimary(shard, {{slot, slot}}, 9);
  r.c.AddReplica(shard + "r", p);
  r.Fail(p);
  return p;
}

TEST(ElectionDelayTest, OneUnitForEachFailedPrimaryOfASmallerShard) {
  // My shard is "a".
  const auto arrange = [](Replica& r) {
    r.c.peers().EditFacts(r.c.me(), [](PeerFacts* f) { f->shard_id = ShardOf("k"); });
    AddFailedShard(r, "e");
    AddFailedShard(r, "z", 5462);
  };
  ExpectDelays(WithTimeout(Slow(), Seconds(5)), 166 + 166, 166, arrange);
  ExpectDelays(WithTimeout(Slow("valkey-8.0"), Seconds(5)), 500, 500, arrange);
  ClusterSetup fixed = WithTimeout(Slow(), Seconds(5));
  fixed.rules.failed_primary_delay = FailedPrimaryDelay::kFixed;
  ExpectDelays(fixed, 166 + 500, 166, arrange);
}

TEST(ElectionDelayTest, ManualFailoverHasNone) {
  Replica r;
  AddBetterSibling(r);
  r.c.s().manual_failover.end = r.c.ms() + 5000;
  r.c.s().manual_failover.can_start = true;
  r.Step();
  EXPECT_EQ(r.Delay(), 0);
  EXPECT_EQ(r.Requests(), 1);
}

// ---- Ranks ----

TEST(ElectionRankTest, ByOffsetThenByName) {
  Replica r;
  EXPECT_EQ(ReplicaRank(r.c.s()), 0);
  r.c.AddReplica("z", r.a, 101);
  EXPECT_EQ(ReplicaRank(r.c.s()), 1);
  r.c.AddReplica("y", r.a, 99);
  EXPECT_EQ(ReplicaRank(r.c.s()), 1);
  // Spec 18.17: with equal offsets the smaller name goes first. I am "m".
  r.c.AddReplica("n", r.a, 100);
  EXPECT_EQ(ReplicaRank(r.c.s()), 1);
  r.c.AddReplica("l", r.a, 100);
  EXPECT_EQ(ReplicaRank(r.c.s()), 2);
}

TEST(ElectionRankTest, OnlySiblingsThatMayRun) {
  Replica r;
  const NodeKey never = r.c.AddReplica("n1", r.a, 500);
  r.c.peers().SetFlags(never, flag::kNoFailover);
  r.c.AddReplica("n2", r.b, 500);
  EXPECT_EQ(ReplicaRank(r.c.s()), 0);
  r.c.peers().ClearFlags(never, flag::kNoFailover);
  EXPECT_EQ(ReplicaRank(r.c.s()), 1);
}

TEST(ElectionRankTest, FailedPrimariesThatCount) {
  Replica r;
  const auto rank = [&r] {
    Turn t = r.c.turn();
    return FailedPrimaryRank(t);
  };
  r.c.peers().EditFacts(r.c.me(), [](PeerFacts* f) { f->shard_id = ShardOf("k"); });
  r.Fail(r.a);
  EXPECT_EQ(rank(), 0) << "my own primary is not before mine";
  const NodeKey e = AddFailedShard(r, "e");
  EXPECT_EQ(rank(), 1);
  // Not one that is up, nor one in doubt.
  r.c.peers().ReplaceFlags(e, flag::kPrimary | flag::kPfail);
  EXPECT_EQ(rank(), 0);
  r.Fail(e);
  EXPECT_EQ(rank(), 1);
  // Not one of a greater shard.
  r.c.peers().EditFacts(e, [](PeerFacts* f) { f->shard_id = ShardOf("z"); });
  EXPECT_EQ(rank(), 0);
  r.c.peers().EditFacts(e, [](PeerFacts* f) { f->shard_id = ShardOf("e"); });
  // Not one that nobody can replace.
  r.Fail(r.b);
  EXPECT_EQ(rank(), 1);
  // Not one without slots.
  r.c.GiveSlots(r.b, {{5461, 5461}});
  EXPECT_EQ(rank(), 0);
}

TEST(ElectionRankTest, OldFailuresDoNotCount) {
  for (const int64_t factor : {10, 0}) {
    ClusterSetup setup = WithTimeout(Slow(), Seconds(5));
    setup.options.replica_validity_factor = factor;
    Replica r(setup);
    r.c.peers().EditFacts(r.c.me(), [](PeerFacts* f) { f->shard_id = ShardOf("k"); });
    AddFailedShard(r, "e");
    const auto rank = [&r] {
      Turn t = r.c.turn();
      return FailedPrimaryRank(t);
    };
    r.c.Advance(Seconds(50));
    EXPECT_EQ(rank(), 1);
    r.c.Advance(Millis(1));
    EXPECT_EQ(rank(), factor == 0 ? 1 : 0);
  }
}

TEST(ElectionRankTest, IsLookedAtAgainWhileWaiting) {
  Replica r;
  const NodeKey sibling = r.c.AddReplica("z", r.a, 50);
  r.Fail(r.a);
  r.Step();
  const MonoMs at = r.election().auth_time;
  r.c.peers().SetReplOffset(sibling, 200);
  r.StepAt(Millis(100));
  EXPECT_EQ(r.election().auth_time, at + 1000);
  ASSERT_EQ(r.c.Events(EventType::kElectionDelayed).size(), 1u);
  EXPECT_EQ(r.c.Events(EventType::kElectionDelayed)[0].value, 1000);
  r.c.peers().SetReplOffset(sibling, 50);
  r.StepAt(Millis(100));
  EXPECT_EQ(r.election().auth_time, at);
  EXPECT_EQ(r.c.Events(EventType::kElectionDelayed).back().value, -1000);
}

TEST(ElectionRankTest, FailedPrimaryRankIsLookedAtAgainWhileWaiting) {
  Replica r;
  r.c.peers().EditFacts(r.c.me(), [](PeerFacts* f) { f->shard_id = ShardOf("k"); });
  r.Fail(r.a);
  r.Step();
  const MonoMs at = r.election().auth_time;
  const NodeKey e = AddFailedShard(r, "e");
  r.StepAt(Millis(100));
  EXPECT_EQ(r.election().auth_time, at + 500);
  // Its replica was elected: it has no slots any more.
  r.c.GiveSlots(r.b, {{5461, 5461}});
  EXPECT_FALSE(r.c.peers().IsVoting(e));
  r.StepAt(Millis(100));
  EXPECT_EQ(r.election().auth_time, at);
}

TEST(ElectionRankTest, IsNotLookedAtOnceVotesAreAskedFor) {
  Replica r;
  r.Start();
  const MonoMs at = r.election().auth_time;
  r.c.AddReplica("z", r.a, 500);
  r.StepAt(Millis(100));
  EXPECT_EQ(r.election().auth_time, at);
}

// ---- The best-ranked replica ----

class BestRankedTest : public testing::Test {
 protected:
  static void Siblings(Replica& r, bool second_sees_it) {
    const NodeKey one = r.c.AddReplica("y", r.a, 50);
    const NodeKey two = r.c.AddReplica("z", r.a, 50);
    r.c.peers().SetFlags(one, flag::kMyPrimaryFail);
    if (second_sees_it) r.c.peers().SetFlags(two, flag::kMyPrimaryFail);
  }
};

TEST_F(BestRankedTest, StartsAtOnceAndForces) {
  for (const std::string_view rules : {"valkey-9.1", "gossamer"}) {
    ClusterSetup setup;
    setup.rules = RulesNamed(rules);
    Replica r(setup);
    Siblings(r, true);
    r.Fail(r.a);
    r.Step();
    EXPECT_EQ(r.Delay(), 0);
    ASSERT_EQ(r.Requests(), 1);
    const Header& header = r.c.Sends(MessageType::kAuthRequest)[0].message->header;
    EXPECT_NE(header.mflags[0] & mflag::kForceAck, 0);
  }
}

TEST_F(BestRankedTest, NotWhileASiblingSeesItsPrimaryUp) {
  Replica r((ClusterSetup()));
  Siblings(r, false);
  r.Fail(r.a);
  r.Step();
  EXPECT_GE(r.Delay(), 500);
  EXPECT_EQ(r.Requests(), 0);
  // It learns of the failure while I wait.
  r.c.peers().SetFlags(r.c.Key("z"), flag::kMyPrimaryFail);
  r.StepAt(Millis(10));
  EXPECT_EQ(r.Requests(), 1);
  const Header& header = r.c.Sends(MessageType::kAuthRequest)[0].message->header;
  EXPECT_NE(header.mflags[0] & mflag::kForceAck, 0);
}

TEST_F(BestRankedTest, NotBehindABetterSibling) {
  Replica r((ClusterSetup()));
  Siblings(r, true);
  r.c.peers().SetReplOffset(r.c.Key("z"), 500);
  r.Fail(r.a);
  r.Step();
  EXPECT_EQ(r.Requests(), 0);
  EXPECT_GE(r.Delay(), 1500);
}

TEST_F(BestRankedTest, NotWithoutData) {
  Replica r((ClusterSetup()));
  r.c.s().data.repl_offset = 0;
  r.Fail(r.a);
  r.Step();
  EXPECT_EQ(r.Requests(), 0);
  EXPECT_GE(r.Delay(), 1000);
}

TEST_F(BestRankedTest, NotBehindAnotherFailedShard) {
  Replica r((ClusterSetup()));
  r.c.peers().EditFacts(r.c.me(), [](PeerFacts* f) { f->shard_id = ShardOf("k"); });
  AddFailedShard(r, "e");
  r.Fail(r.a);
  r.Step();
  EXPECT_EQ(r.Requests(), 0);
}

TEST_F(BestRankedTest, NotUntil90) {
  for (const std::string_view rules : {"valkey-8.0", "valkey-9.0"}) {
    ClusterSetup setup;
    setup.rules = RulesNamed(rules);
    Replica r(setup);
    r.Fail(r.a);
    r.Step();
    EXPECT_GE(r.Delay(), 500);
    EXPECT_EQ(r.Requests(), 0);
    EXPECT_FALSE(r.c.peers().Has(r.c.me(), flag::kMyPrimaryFail));
  }
}

TEST_F(BestRankedTest, TheFlagSaysThatMyPrimaryFailed) {
  Replica r((ClusterSetup()));
  r.c.Deliver(r.b, MessageType::kFail, [&](Message* m) { m->body = Fail{r.a}; });
  EXPECT_TRUE(r.c.peers().Has(r.c.me(), flag::kMyPrimaryFail));
  r.c.Deliver(r.b, MessageType::kFail, [&](Message* m) { m->body = Fail{r.d}; });
  EXPECT_TRUE(r.c.peers().Has(r.c.me(), flag::kMyPrimaryFail));
}

// Spec 18.23: in 9.1 the flag outlives the failure.
TEST_F(BestRankedTest, TheFlagIsTakenBackWhereThatIsMended) {
  for (const bool mended : {true, false}) {
    ClusterSetup setup;
    setup.rules = RulesNamed(mended ? "gossamer" : "valkey-9.1");
    Replica r(setup);
    r.c.Deliver(r.b, MessageType::kFail, [&](Message* m) { m->body = Fail{r.a}; });
    r.c.Advance(Seconds(31));
    r.c.Deliver(r.a, MessageType::kPong);
    EXPECT_FALSE(r.c.peers().Has(r.a, flag::kFail));
    EXPECT_EQ(r.c.peers().Has(r.c.me(), flag::kMyPrimaryFail), !mended);
  }
}

}  // namespace
}  // namespace gossamer
