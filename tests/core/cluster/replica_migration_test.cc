// Replica migration: a spare replica goes to a primary that has none left. SOURCE: semantics spec
// section 10.
#include "core/cluster/replica_migration.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>

#include "core/cluster/consistency.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

// I am "m", one of two replicas of "a" (the other is "n"); "o" lost its replica and is orphaned,
// "b" has one.
class ReplicaMigrationTest : public testing::Test {
 protected:
  explicit ReplicaMigrationTest(const ClusterSetup& setup = {}) : c(setup) {
    a = c.AddPrimary("a", {{0, 5460}}, 1);
    b = c.AddPrimary("b", {{5461, 10922}}, 2);
    o = c.AddPrimary("o", {{10923, 16383}}, 3);
    n = c.AddReplica("n", a);
    br = c.AddReplica("br", b);
    c.MakeMeReplicaOf(a);
    c.peers().SetFlags(o, flag::kMigrateTo);
    c.ClearEffects();
  }
  ~ReplicaMigrationTest() override { EXPECT_EQ(CheckConsistency(c.s()), ""); }

  void Step() {
    Turn t = c.turn();
    ReplicaMigrationStep(t);
  }
  // Looks now and after the delay, as the cron would.
  void Wait(Duration d = Millis(5001)) {
    Step();
    c.Advance(d);
    Step();
  }
  bool Migrated() { return c.HasEvent(EventType::kReplicaMigrated); }

  Cluster c;
  NodeKey a, b, o, n, br;
};

TEST_F(ReplicaMigrationTest, GoesToTheOrphanAfterFiveSeconds) {
  Wait(Seconds(5));
  EXPECT_FALSE(Migrated());
  c.Advance(Millis(1));
  Step();
  ASSERT_TRUE(Migrated());
  EXPECT_EQ(c.Events(EventType::kReplicaMigrated)[0].subject, o);
  EXPECT_EQ(c.Events(EventType::kReplicaMigrated)[0].other, a);
  EXPECT_EQ(c.s().my_primary(), o);
  EXPECT_EQ(c.facts(c.me()).shard_id, c.facts(o).shard_id);
  ASSERT_EQ(c.All<Replicate>().size(), 1u);
  EXPECT_EQ(c.All<Replicate>()[0].primary, o);
  EXPECT_TRUE(c.All<Replicate>()[0].full_sync);
  constexpr uint32_t kAll = todo::kSaveFsync | todo::kUpdateState | todo::kBroadcastPong;
  EXPECT_EQ(c.s().todo & kAll, kAll);
  // It is no orphan any more.
  Wait();
  EXPECT_EQ(c.Events(EventType::kReplicaMigrated).size(), 1u);
}

TEST_F(ReplicaMigrationTest, IsNotBroadcastUntil81) {
  ClusterSetup setup;
  setup.rules.migration_broadcasts = false;
  c.s().rules = setup.rules;
  Wait();
  ASSERT_TRUE(Migrated());
  EXPECT_EQ(c.s().todo & todo::kBroadcastPong, 0u);
  EXPECT_FALSE(RulesNamed("valkey-8.0").migration_broadcasts);
  EXPECT_TRUE(RulesNamed("valkey-9.0").migration_broadcasts);
}

TEST_F(ReplicaMigrationTest, TheCronDoesIt) {
  c.Run(Seconds(6));
  EXPECT_TRUE(Migrated());
}

// ---- What must hold here ----

TEST_F(ReplicaMigrationTest, NotByAPrimary) {
  c.peers().ReplaceFlags(c.me(), flag::kMyself | flag::kPrimary);
  Wait();
  EXPECT_FALSE(Migrated());
  c.peers().ReplaceFlags(c.me(), flag::kMyself | flag::kReplica);
}

TEST_F(ReplicaMigrationTest, NotIfItIsSwitchedOff) {
  c.s().options.allow_replica_migration = false;
  Wait();
  EXPECT_FALSE(Migrated());
}

TEST_F(ReplicaMigrationTest, NotWhileTheClusterIsDown) {
  c.s().health.ok = false;
  Wait();
  EXPECT_FALSE(Migrated());
}

TEST_F(ReplicaMigrationTest, MyPrimaryKeepsTheBarrier) {
  c.s().options.migration_barrier = 2;
  Wait();
  EXPECT_FALSE(Migrated());
  c.AddReplica("p", a);
  Wait();
  EXPECT_TRUE(Migrated());
}

TEST_F(ReplicaMigrationTest, BarrierZeroLetsTheLastOneGo) {
  // A replica in doubt makes my shard the one with most, but does not count as staying.
  c.s().options.migration_barrier = 0;
  c.peers().SetFlags(n, flag::kPfail);
  Wait();
  EXPECT_TRUE(Migrated());
}

TEST_F(ReplicaMigrationTest, ReplicasInDoubtAreNoBarrier) {
  c.peers().SetFlags(n, flag::kPfail);
  Wait();
  EXPECT_FALSE(Migrated());
}

TEST_F(ReplicaMigrationTest, NotWithoutASpareSomewhere) {
  c.peers().SetFlags(n, flag::kFail);
  Wait();
  EXPECT_FALSE(Migrated()) << "every shard has one replica or none";
}

TEST_F(ReplicaMigrationTest, OnlyFromTheShardWithMostReplicas) {
  c.AddReplica("bs", b);
  c.AddReplica("bt", b);
  Wait();
  EXPECT_FALSE(Migrated());
}

TEST_F(ReplicaMigrationTest, TheSmallestNameGoes) {
  const NodeKey k = c.AddReplica("k", a);
  Wait();
  EXPECT_FALSE(Migrated());
  // A failed one is no candidate.
  c.peers().SetFlags(k, flag::kFail);
  Wait();
  EXPECT_TRUE(Migrated());
}

TEST_F(ReplicaMigrationTest, TheSmallestNameOfAllShardsWithMost) {
  c.AddReplica("bs", b);
  Wait();
  EXPECT_FALSE(Migrated()) << "br goes";
}

TEST_F(ReplicaMigrationTest, NotByAReplicaOfNobody) {
  c.peers().EditFacts(c.me(), [](PeerFacts* f) { f->replicaof = kNoKey; });
  Wait();
  EXPECT_FALSE(Migrated());
}

// ---- What an orphan is ----

TEST_F(ReplicaMigrationTest, NotToOneThatNeverHadReplicas) {
  c.peers().ClearFlags(o, flag::kMigrateTo);
  Wait();
  EXPECT_FALSE(Migrated());
}

TEST_F(ReplicaMigrationTest, NotToOneWithoutSlots) {
  c.GiveSlots(b, {{10923, 16383}});
  Wait();
  EXPECT_FALSE(Migrated());
}

TEST_F(ReplicaMigrationTest, NotToAFailedOne) {
  c.peers().SetFlags(o, flag::kFail);
  Wait();
  EXPECT_FALSE(Migrated());
}

TEST_F(ReplicaMigrationTest, NotToOneWithAGoodReplica) {
  const NodeKey r = c.AddReplica("or", o);
  Wait();
  EXPECT_FALSE(Migrated());
  c.peers().SetFlags(r, flag::kPfail);
  Wait();
  EXPECT_FALSE(Migrated()) << "doubt is not failure";
  c.peers().SetFlags(r, flag::kFail);
  Wait();
  EXPECT_TRUE(Migrated());
}

TEST_F(ReplicaMigrationTest, ReplicaThatComesBackInTimeEndsTheWait) {
  const NodeKey r = c.AddReplica("or", o);
  const NodeKey second = c.AddPrimary("second", {{5461, 5461}}, 9);
  c.peers().SetFlags(r, flag::kFail);
  Step();
  c.Advance(Seconds(3));
  c.peers().ClearFlags(r, flag::kFail);
  c.peers().SetFlags(second, flag::kMigrateTo);  // another orphan: the search goes on
  Step();
  c.Advance(Seconds(3));
  c.peers().ClearFlags(second, flag::kMigrateTo);
  c.peers().SetFlags(r, flag::kFail);
  Step();
  EXPECT_FALSE(Migrated()) << "its time starts anew";
  c.Advance(Millis(5001));
  Step();
  EXPECT_TRUE(Migrated());
}

}  // namespace
}  // namespace gossamer
