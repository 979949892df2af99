// Slot ownership: claims, open slots, shards without slots, UPDATE. SOURCE: semantics spec
// sections 7.3, 7.4.
#include "core/cluster/slot_ownership.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "core/cluster/consistency.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

// Me ("m", 8192..16383, epoch 5) and a primary "b" (0..8191, epoch 3) in another shard.
class SlotOwnershipTest : public testing::Test {
 protected:
  explicit SlotOwnershipTest(const ClusterSetup& setup = {}) : c(setup) {
    b = c.AddPrimary("b", {{0, 8191}}, 3);
    c.GiveSlots(c.me(), {{8192, 16383}});
    c.SetEpochs(c.me(), 5);
    c.ClearEffects();
  }
  ~SlotOwnershipTest() override { EXPECT_EQ(CheckConsistency(c.s()), ""); }

  SlotSetRef Slots(const std::vector<SlotRange>& ranges) {
    return c.tables().pool.slot_sets().Intern(SlotsOf(ranges));
  }
  // A PING of primary `from` with these slots.
  void Claim(NodeKey from, const std::vector<SlotRange>& ranges, uint64_t epoch) {
    c.Deliver(from, MessageType::kPing, [&](Message* m) {
      m->header.replicaof = kNoKey;
      m->header.config_epoch = {epoch};
      m->header.slots = Slots(ranges);
    });
  }
  void Update(NodeKey from, NodeKey about, const std::vector<SlotRange>& ranges, uint64_t epoch) {
    c.Deliver(from, MessageType::kUpdate, [&](Message* m) {
      m->body = SlotUpdate{about, {epoch}, Slots(ranges)};
    });
  }
  void SameShard(NodeKey x, NodeKey y) {
    c.peers().EditFacts(x, [&](PeerFacts* f) { f->shard_id = c.facts(y).shard_id; });
  }
  NodeKey Owner(Slot slot) { return c.s().slots.owner(slot); }
  uint32_t Mine() { return c.facts(c.me()).slots->count(); }
  bool Todo(uint32_t bits) { return (c.s().todo & bits) == bits; }

  Cluster c;
  NodeKey b;
};

ClusterSetup NoMigration() {
  ClusterSetup setup;
  setup.options.allow_replica_migration = false;
  return setup;
}
ClusterSetup Valkey80() {
  ClusterSetup setup;
  setup.rules = RulesNamed("valkey-8.0");
  return setup;
}

class NoReplicaMigrationTest : public SlotOwnershipTest {
 protected:
  NoReplicaMigrationTest() : SlotOwnershipTest(NoMigration()) {}
};
class SlotOwnership80Test : public SlotOwnershipTest {
 protected:
  SlotOwnership80Test() : SlotOwnershipTest(Valkey80()) {}
};

// ---- Claims ----

TEST_F(SlotOwnershipTest, FreeSlotsGoToWhoeverClaimsThem) {
  Turn t = c.turn();
  UnassignSlots(t, SlotsOf({{100, 199}}));
  EXPECT_EQ(c.s().slots.assigned(), kSlots - 100);
  const NodeKey d = c.AddPrimary("d");
  Claim(d, {{100, 149}}, 0);
  EXPECT_EQ(Owner(100), d);
  EXPECT_EQ(Owner(150), kNoKey);
  EXPECT_TRUE(Todo(todo::kSaveFsync | todo::kUpdateState));
  ASSERT_TRUE(c.HasEvent(EventType::kSlotsChanged));
  EXPECT_EQ(c.Events(EventType::kSlotsChanged)[0].subject, d);
  EXPECT_EQ(c.Events(EventType::kSlotsChanged)[0].value, 50);
}

TEST_F(SlotOwnershipTest, GreaterEpochTakesSlots) {
  const NodeKey d = c.AddPrimary("d", {}, 4);
  Claim(d, {{0, 99}}, 4);
  EXPECT_EQ(Owner(0), d);
  EXPECT_EQ(Owner(100), b);
  EXPECT_EQ(c.facts(b).slots->count(), 8092u);
}

TEST_F(SlotOwnershipTest, EqualEpochTakesNothing) {
  const NodeKey d = c.AddPrimary("d", {}, 3);
  Claim(d, {{0, 99}}, 3);
  EXPECT_EQ(Owner(0), b);
  EXPECT_TRUE(c.SentTo(d, MessageType::kUpdate).empty()) << "an equal epoch is not newer either";
}

TEST_F(SlotOwnershipTest, SmallerEpochTakesNothingAndIsTold) {
  const NodeKey d = c.AddPrimary("d", {}, 2);
  Claim(d, {{0, 99}, {9000, 9000}}, 2);
  EXPECT_EQ(Owner(0), b);
  const std::vector<MessageRef> told = c.SentTo(d, MessageType::kUpdate);
  ASSERT_EQ(told.size(), 1u) << "of the first newer owner only";
  const auto& update = std::get<SlotUpdate>(told[0]->body);
  EXPECT_EQ(update.node, b);
  EXPECT_EQ(update.config_epoch.value, 3u);
  EXPECT_EQ(update.slots->set(), SlotsOf({{0, 8191}}));
}

TEST_F(SlotOwnershipTest, NobodyIsToldWithoutALink) {
  const NodeKey d = c.AddPrimary("d", {}, 2);
  c.Unlink(d);
  Claim(d, {{0, 99}}, 2);
  EXPECT_TRUE(c.Sends(MessageType::kUpdate).empty());
}

TEST_F(SlotOwnershipTest, MixedClaimTakesWhatItMay) {
  const NodeKey d = c.AddPrimary("d", {}, 4);
  Claim(d, {{8000, 8999}}, 4);  // b's at 3, mine at 5
  EXPECT_EQ(Owner(8191), d);
  EXPECT_EQ(Owner(8192), c.me());
  ASSERT_EQ(c.SentTo(d, MessageType::kUpdate).size(), 1u);
  EXPECT_EQ(std::get<SlotUpdate>(c.SentTo(d, MessageType::kUpdate)[0]->body).node, c.me());
}

TEST_F(SlotOwnershipTest, SameClaimAgainIsNoWork) {
  Claim(b, {{0, 8191}}, 3);
  EXPECT_FALSE(c.HasEvent(EventType::kSlotsChanged));
  EXPECT_FALSE(Todo(todo::kSave));
}

TEST_F(SlotOwnershipTest, SlotsOfReplicasHeadersAreNotClaims) {
  const NodeKey r = c.AddReplica("r", b);
  c.Deliver(r, MessageType::kPing, [&](Message* m) {
    m->header.config_epoch = {99};
    m->header.slots = Slots({{0, 16383}});
  });
  EXPECT_EQ(Mine(), 8192u);
}

TEST_F(SlotOwnershipTest, PongAndMeetClaimToo) {
  const NodeKey d = c.AddPrimary("d", {}, 9);
  for (const MessageType type : {MessageType::kPong, MessageType::kMeet}) {
    const Slot slot = type == MessageType::kPong ? 0 : 1;
    c.Deliver(d, type, [&](Message* m) { m->header.slots = Slots({{0, slot}}); });
    EXPECT_EQ(Owner(slot), d);
  }
}

TEST_F(SlotOwnershipTest, FirstSlotMakesATargetOfMigrationWhereReplicasExist) {
  const NodeKey d = c.AddPrimary("d", {}, 9);
  const NodeKey e = c.AddPrimary("e", {}, 10);
  Claim(d, {{0, 0}}, 9);
  EXPECT_FALSE(c.peers().Has(d, flag::kMigrateTo)) << "nobody has replicas";
  c.AddReplica("r", b);
  Claim(e, {{1, 1}}, 10);
  EXPECT_TRUE(c.peers().Has(e, flag::kMigrateTo));
  Claim(d, {{0, 0}, {2, 2}}, 9);
  EXPECT_FALSE(c.peers().Has(d, flag::kMigrateTo)) << "it had slots before";
}

// ---- Slots whose owner stopped claiming them ----

TEST_F(SlotOwnershipTest, OwnerThatStopsClaimingStaysOwner) {
  Claim(b, {{0, 8000}}, 3);
  EXPECT_EQ(Owner(8191), b);
  EXPECT_TRUE(c.s().slots.unclaimed(8191));
  EXPECT_FALSE(c.s().slots.unclaimed(8000));
  Claim(b, {{0, 8100}}, 3);
  EXPECT_FALSE(c.s().slots.unclaimed(8100));
  EXPECT_TRUE(c.s().slots.unclaimed(8191));
}

// As in the releases: a claim that equals what I hold to be its slots is not looked at.
TEST_F(SlotOwnershipTest, ClaimOfAllItsSlotsAgainClearsNoDoubt) {
  Claim(b, {{0, 8000}}, 3);
  Claim(b, {{0, 8191}}, 3);
  EXPECT_TRUE(c.s().slots.unclaimed(8191));
}

TEST_F(SlotOwnershipTest, SlotThatItsOwnerGaveUpGoesToAnyEpoch) {
  Claim(b, {{0, 8000}}, 3);
  const NodeKey d = c.AddPrimary("d", {}, 1);
  Claim(d, {{8100, 8100}}, 1);
  EXPECT_EQ(Owner(8100), d);
  EXPECT_FALSE(c.s().slots.unclaimed(8100));
  EXPECT_TRUE(c.SentTo(d, MessageType::kUpdate).empty());
}

TEST_F(SlotOwnershipTest, UpdatesDoNotPassOnWhatTheOwnerGaveUp) {
  Claim(b, {{0, 8000}}, 3);
  const NodeKey d = c.AddPrimary("d", {}, 2);
  c.ClearEffects();
  Claim(d, {{0, 0}}, 2);
  ASSERT_EQ(c.SentTo(d, MessageType::kUpdate).size(), 1u);
  const auto& update = std::get<SlotUpdate>(c.SentTo(d, MessageType::kUpdate)[0]->body);
  EXPECT_EQ(update.slots->set(), SlotsOf({{0, 8000}}));
}

// ---- What I lose ----

TEST_F(SlotOwnershipTest, KeysOfLostSlotsAreDropped) {
  Claim(b, {{0, 8191}, {9000, 9009}}, 6);
  EXPECT_EQ(Mine(), 8182u);
  ASSERT_EQ(c.All<DropSlots>().size(), 1u);
  EXPECT_EQ(c.All<DropSlots>()[0].slots->set(), SlotsOf({{9000, 9009}}));
  ASSERT_TRUE(c.HasEvent(EventType::kSlotsLost));
  EXPECT_EQ(c.Events(EventType::kSlotsLost)[0].value, 10);
  EXPECT_TRUE(c.s().i_am_primary());
}

TEST_F(SlotOwnershipTest, SlotsThatOthersLoseAreNotMineToDrop) {
  const NodeKey d = c.AddPrimary("d", {}, 9);
  Claim(d, {{0, 10}}, 9);
  EXPECT_TRUE(c.All<DropSlots>().empty());
}

TEST_F(SlotOwnershipTest, LosingTheLastSlotToMyShardMakesMeAReplicaWithMyData) {
  SameShard(b, c.me());
  c.s().slots.migrating()[8192] = b;
  Claim(b, {{0, 16383}}, 6);
  EXPECT_TRUE(c.s().i_am_replica());
  EXPECT_EQ(c.s().my_primary(), b);
  ASSERT_EQ(c.All<Replicate>().size(), 1u);
  EXPECT_FALSE(c.All<Replicate>()[0].full_sync);
  EXPECT_TRUE(c.All<DropSlots>().empty());
  EXPECT_EQ(c.s().slots.migrating().size(), 1u) << "open slots belong to the shard";
  EXPECT_TRUE(Todo(todo::kSaveFsync | todo::kUpdateState | todo::kBroadcastPong));
}

TEST_F(SlotOwnership80Test, DemotionIsNotBroadcastUntil80) {
  SameShard(b, c.me());
  Claim(b, {{0, 16383}}, 6);
  EXPECT_TRUE(c.s().i_am_replica());
  EXPECT_FALSE(Todo(todo::kBroadcastPong));
}

TEST_F(SlotOwnershipTest, LosingTheLastSlotToAnotherShardMakesMeAReplicaWithoutData) {
  c.s().slots.migrating()[8192] = b;
  Claim(b, {{0, 16383}}, 6);
  EXPECT_EQ(c.s().my_primary(), b);
  ASSERT_EQ(c.All<Replicate>().size(), 1u);
  EXPECT_TRUE(c.All<Replicate>()[0].full_sync);
  EXPECT_TRUE(c.s().slots.migrating().empty());
  EXPECT_EQ(c.facts(c.me()).shard_id, c.facts(b).shard_id);
}

TEST_F(NoReplicaMigrationTest, LosingTheLastSlotToAnotherShardLeavesAnEmptyPrimary) {
  Claim(b, {{0, 16383}}, 6);
  EXPECT_TRUE(c.s().i_am_primary());
  EXPECT_EQ(Mine(), 0u);
  ASSERT_EQ(c.All<DropSlots>().size(), 1u);
  EXPECT_EQ(c.All<DropSlots>()[0].slots->count(), 8192u);
  EXPECT_TRUE(c.All<Replicate>().empty());
}

TEST_F(NoReplicaMigrationTest, LosingTheLastSlotToMyShardAlwaysMakesMeAReplica) {
  SameShard(b, c.me());
  Claim(b, {{0, 16383}}, 6);
  EXPECT_EQ(c.s().my_primary(), b);
}

TEST_F(SlotOwnershipTest, OneSlotLeftIsEnoughToStay) {
  Claim(b, {{0, 16382}}, 6);
  EXPECT_TRUE(c.s().i_am_primary());
  EXPECT_EQ(Mine(), 1u);
}

TEST_F(SlotOwnershipTest, DemotionEndsAManualFailoverAndResumesWrites) {
  SameShard(b, c.me());
  c.s().manual_failover.end = c.ms() + 5000;
  c.s().manual_failover.replica = b;
  Claim(b, {{0, 16383}}, 6);
  EXPECT_FALSE(c.s().manual_failover.active());
  EXPECT_EQ(c.All<Unpause>().size(), 1u);
}

// ---- What my primary loses ----

TEST_F(SlotOwnershipTest, ReplicaFollowsTheNewOwnerOfItsShard) {
  Cluster r;
  const NodeKey a = r.AddPrimary("a", {{0, 16383}}, 5);
  const NodeKey s = r.AddReplica("s", a);
  r.MakeMeReplicaOf(a);
  r.Deliver(s, MessageType::kPing, [&](Message* m) {
    m->header.replicaof = kNoKey;
    m->header.config_epoch = {6};
  });
  EXPECT_EQ(r.s().my_primary(), s);
  ASSERT_EQ(r.All<Replicate>().size(), 1u);
  EXPECT_FALSE(r.All<Replicate>()[0].full_sync);
  EXPECT_TRUE(r.All<DropSlots>().empty());
  EXPECT_EQ(CheckConsistency(r.s()), "");
}

TEST_F(SlotOwnershipTest, ReplicaFollowsTheSlotsToAnotherShardIfAllowed) {
  for (const bool allowed : {true, false}) {
    ClusterSetup setup;
    setup.options.allow_replica_migration = allowed;
    Cluster r(setup);
    const NodeKey a = r.AddPrimary("a", {{0, 8191}}, 5);
    const NodeKey d = r.AddPrimary("d", {{8192, 16383}}, 4);
    r.MakeMeReplicaOf(a);
    r.Deliver(d, MessageType::kPing, [&](Message* m) {
      m->header.config_epoch = {6};
      m->header.slots = r.tables().pool.slot_sets().Intern(SlotsOf({{0, 16383}}));
    });
    EXPECT_EQ(r.s().my_primary(), allowed ? d : a);
    EXPECT_EQ(r.All<Replicate>().size(), allowed ? 1u : 0u);
  }
}

// A shard without slots also fails over: its other members follow the greater epoch.
TEST_F(SlotOwnershipTest, EmptyShardFollowsItsNewPrimary) {
  Cluster r;
  r.AddPrimary("d", {{0, 16383}}, 4);
  const NodeKey a = r.AddPrimary("a", {}, 5);
  const NodeKey s = r.AddReplica("s", a);
  r.MakeMeReplicaOf(a);
  r.Deliver(s, MessageType::kPing, [&](Message* m) {
    m->header.replicaof = kNoKey;
    m->header.config_epoch = {6};
  });
  EXPECT_EQ(r.s().my_primary(), s);
  ASSERT_EQ(r.All<Replicate>().size(), 1u);
  EXPECT_FALSE(r.All<Replicate>()[0].full_sync);
}

TEST_F(SlotOwnershipTest, EmptyShardNeedsAGreaterEpochAndTheSameShard) {
  for (const bool same_shard : {true, false}) {
    Cluster r;
    r.AddPrimary("d", {{0, 16383}}, 4);
    const NodeKey a = r.AddPrimary("a", {}, 5);
    const NodeKey s = r.AddReplica("s", a);
    r.MakeMeReplicaOf(a);
    if (!same_shard) r.peers().EditFacts(s, [](PeerFacts* f) { f->shard_id = ShardOf("x"); });
    r.Deliver(s, MessageType::kPing, [&](Message* m) {
      m->header.replicaof = kNoKey;
      m->header.config_epoch = {same_shard ? uint64_t{5} : 6};
    });
    EXPECT_EQ(r.s().my_primary(), a);
  }
}

TEST_F(SlotOwnershipTest, EmptyPrimaryFollowsTheNewPrimaryOfItsShard) {
  Cluster r;
  r.AddPrimary("d", {{0, 16383}}, 4);
  const NodeKey s = r.AddReplica("s", r.me());
  r.SetEpochs(r.me(), 5);
  r.Deliver(s, MessageType::kPing, [&](Message* m) {
    m->header.replicaof = kNoKey;
    m->header.config_epoch = {6};
  });
  EXPECT_EQ(r.s().my_primary(), s);
  EXPECT_EQ(CheckConsistency(r.s()), "");
}

// ---- Open slots ----

TEST_F(SlotOwnershipTest, MigrationThatArrivedIsClosed) {
  c.s().slots.migrating()[8200] = b;
  Claim(b, {{0, 8191}, {8200, 8200}}, 6);
  EXPECT_EQ(Owner(8200), b);
  EXPECT_TRUE(c.s().slots.migrating().empty());
}

TEST_F(SlotOwnershipTest, MigrationIsClosedWhenAThirdShardTakesTheSlot) {
  c.s().slots.migrating()[8200] = b;
  const NodeKey d = c.AddPrimary("d", {}, 9);
  Claim(d, {{8200, 8200}}, 9);
  EXPECT_TRUE(c.s().slots.migrating().empty());
}

TEST_F(SlotOwnershipTest, MigrationOutlivesAFailoverOfItsSource) {
  const NodeKey s = c.AddReplica("s", c.me());
  c.s().slots.migrating()[8200] = b;
  Claim(s, {{8192, 16383}}, 6);
  ASSERT_EQ(c.s().my_primary(), s);
  ASSERT_EQ(c.s().slots.migrating().size(), 1u);
  EXPECT_EQ(c.s().slots.migrating().at(8200), b);
}

TEST_F(SlotOwnershipTest, MigrationFollowsAFailoverOfItsTarget) {
  const NodeKey s = c.AddReplica("s", b);
  c.s().slots.migrating()[8200] = b;
  Claim(s, {{0, 8191}}, 6);
  EXPECT_EQ(c.s().slots.migrating().at(8200), s);
  EXPECT_TRUE(Todo(todo::kSaveFsync));
}

TEST_F(SlotOwnershipTest, MigrationFollowsTheShardOfADemotedTarget) {
  const NodeKey s = c.AddPrimary("s", {}, 2);
  SameShard(s, b);
  c.s().slots.migrating()[8200] = b;
  c.peers().ReplaceFlags(b, flag::kReplica);  // its slots are not at stake here
  Claim(s, {{100, 100}}, 2);
  EXPECT_EQ(c.s().slots.migrating().at(8200), s);
  c.peers().ReplaceFlags(b, flag::kPrimary);
}

TEST_F(SlotOwnershipTest, MigrationStaysWithATargetThatIsNotBehind) {
  const NodeKey s = c.AddPrimary("s", {}, 2);
  SameShard(s, b);
  c.s().slots.migrating()[8200] = b;
  Claim(s, {{100, 100}}, 2);
  EXPECT_EQ(c.s().slots.migrating().at(8200), b);
}

TEST_F(SlotOwnershipTest, ImportFollowsAFailoverOfItsSource) {
  const NodeKey s = c.AddReplica("s", b);
  c.s().slots.importing()[100] = b;
  Claim(s, {{0, 8191}}, 6);
  EXPECT_EQ(c.s().slots.importing().at(100), s);
}

TEST_F(SlotOwnershipTest, ImportIsClosedWhenAnotherShardTakesTheSlot) {
  c.s().slots.importing()[100] = b;
  const NodeKey d = c.AddPrimary("d", {}, 9);
  Claim(d, {{100, 100}}, 9);
  EXPECT_TRUE(c.s().slots.importing().empty());
}

TEST_F(SlotOwnershipTest, ImportThatItsSourceGaveUpIsFinished) {
  c.s().slots.importing()[100] = b;
  Claim(b, {{0, 99}, {101, 8191}}, 3);
  EXPECT_EQ(Owner(100), c.me());
  EXPECT_TRUE(c.s().slots.importing().empty());
  EXPECT_TRUE(Todo(todo::kSaveFsync | todo::kUpdateState));
  EXPECT_EQ(c.facts(c.me()).config_epoch.value, 5u) << "the greatest already";
}

TEST_F(SlotOwnershipTest, FinishingAnImportRaisesMyEpoch) {
  c.SetEpochs(b, 7);
  c.s().slots.importing()[100] = b;
  Claim(b, {{0, 99}, {101, 8191}}, 7);
  EXPECT_EQ(Owner(100), c.me());
  EXPECT_EQ(c.facts(c.me()).config_epoch.value, 8u);
}

TEST_F(SlotOwnershipTest, ImportOfASlotThatIsMineIsJustClosed) {
  c.s().slots.importing()[9000] = b;
  Claim(b, {{0, 8190}}, 3);
  EXPECT_TRUE(c.s().slots.importing().empty());
  EXPECT_EQ(Owner(9000), c.me());
  EXPECT_EQ(c.facts(c.me()).config_epoch.value, 5u);
  EXPECT_TRUE(Todo(todo::kSaveFsync));
}

TEST_F(SlotOwnershipTest, ReplicaFinishesNoImport) {
  Cluster r;
  const NodeKey a = r.AddPrimary("a", {{0, 8191}}, 5);
  const NodeKey d = r.AddPrimary("d", {{8192, 16383}}, 4);
  r.MakeMeReplicaOf(a);
  r.s().slots.importing()[9000] = d;
  r.Deliver(d, MessageType::kPing, [&](Message* m) {
    m->header.slots = r.tables().pool.slot_sets().Intern(SlotsOf({{8192, 8999}}));
  });
  EXPECT_EQ(r.s().slots.importing().size(), 1u);
  EXPECT_EQ(r.s().slots.owner(9000), d);
}

// ---- UPDATE ----

TEST_F(SlotOwnershipTest, UpdateMovesSlotsAndEpoch) {
  const NodeKey d = c.AddPrimary("d", {}, 2);
  Update(b, d, {{0, 99}}, 9);
  EXPECT_EQ(Owner(0), d);
  EXPECT_EQ(c.facts(d).config_epoch.value, 9u);
  EXPECT_TRUE(Todo(todo::kSaveFsync));
}

TEST_F(SlotOwnershipTest, UpdateThatIsNotNewerIsIgnored) {
  const NodeKey d = c.AddPrimary("d", {}, 9);
  Update(b, d, {{0, 99}}, 9);
  Update(b, d, {{0, 99}}, 8);
  EXPECT_EQ(Owner(0), b);
  EXPECT_EQ(c.facts(d).config_epoch.value, 9u);
}

TEST_F(SlotOwnershipTest, UpdateMakesAPrimaryOfAReplica) {
  const NodeKey r = c.AddReplica("r", b);
  Update(b, r, {{0, 8191}}, 9);
  EXPECT_TRUE(c.peers().IsPrimary(r));
  EXPECT_EQ(Owner(0), r);
}

TEST_F(SlotOwnershipTest, UpdateAboutAnUnknownNodeIsIgnored) {
  Update(b, c.Key("stranger"), {{0, 99}}, 9);
  EXPECT_EQ(Owner(0), b);
  EXPECT_FALSE(c.peers().Contains(c.Key("stranger")));
}

TEST_F(SlotOwnershipTest, UpdateFromAnUnknownNodeIsIgnored) {
  const NodeKey d = c.AddPrimary("d", {}, 2);
  Update(c.Key("stranger"), d, {{0, 99}}, 9);
  EXPECT_EQ(Owner(0), b);
  EXPECT_TRUE(c.HasEvent(EventType::kUnknownSender));
}

TEST_F(SlotOwnershipTest, UpdateAboutMyselfIsIgnored) {
  Update(b, c.me(), {{0, 99}}, 9);
  EXPECT_EQ(Owner(0), b);
  EXPECT_EQ(c.facts(c.me()).config_epoch.value, 5u);
  EXPECT_EQ(Mine(), 8192u);
}

TEST_F(SlotOwnershipTest, UpdateDemotesMe) {
  const NodeKey s = c.AddReplica("s", c.me());
  Update(b, s, {{8192, 16383}}, 9);
  EXPECT_EQ(c.s().my_primary(), s);
}

TEST_F(SlotOwnershipTest, UpdateWithoutSomeSlotsMarksThemGivenUp) {
  Update(b, b, {{0, 8000}}, 9);
  EXPECT_EQ(Owner(8191), b);
  EXPECT_TRUE(c.s().slots.unclaimed(8191));
}

// ---- The two views of ownership ----

TEST_F(SlotOwnershipTest, AssignTakesFromManyOwnersAtOnce) {
  const NodeKey d = c.AddPrimary("d", {{0, 10}, {20, 30}, {9000, 9010}}, 4);
  const NodeKey e = c.AddPrimary("e", {{11, 19}, {31, 40}}, 4);
  const NodeKey f = c.AddPrimary("f", {}, 4);
  Turn t = c.turn();
  AssignSlots(t, SlotsOf({{5, 9100}}), f);
  EXPECT_EQ(c.facts(f).slots->set(), SlotsOf({{5, 9100}}));
  EXPECT_EQ(c.facts(d).slots->set(), SlotsOf({{0, 4}}));
  EXPECT_EQ(c.facts(e).slots->count(), 0u);
  EXPECT_EQ(c.facts(c.me()).slots->set(), SlotsOf({{9101, 16383}}));
  EXPECT_EQ(CheckConsistency(c.s()), "");
  FreeSlotsOf(t, f);
  EXPECT_EQ(c.s().slots.assigned(), kSlots - 9096);
  EXPECT_EQ(c.facts(f).slots->count(), 0u);
}

TEST_F(SlotOwnershipTest, AssignToItsOwnerChangesNothing) {
  Turn t = c.turn();
  AssignSlots(t, SlotsOf({{0, 10}}), b);
  EXPECT_EQ(c.facts(b).slots->count(), 8192u);
  UnassignSlots(t, SlotSet{});
  EXPECT_EQ(c.s().slots.assigned(), kSlots);
}

}  // namespace
}  // namespace gossamer
