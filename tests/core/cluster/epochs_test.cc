// Epochs: learning, raising and telling apart. SOURCE: semantics spec section 6.
#include "core/cluster/epochs.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "core/cluster/consistency.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

constexpr uint64_t kLead = uint64_t{1} << 32;

Cluster::Edit Epochs(uint64_t current, uint64_t config) {
  return [=](Message* m) {
    m->header.current_epoch = {current};
    m->header.config_epoch = {config};
  };
}

// Me ("m") and one more primary, each with half of the slots, at different epochs.
class EpochsTest : public testing::Test {
 protected:
  explicit EpochsTest(std::string_view rules = "gossamer") : c(rules) {
    b = c.AddPrimary("z", {{0, 8191}}, 3);
    c.GiveSlots(c.me(), {{8192, 16383}});
    c.SetEpochs(c.me(), 5);
    c.ClearEffects();
  }
  ~EpochsTest() override { EXPECT_EQ(CheckConsistency(c.s()), ""); }

  uint64_t Current() { return c.s().current_epoch.value; }
  uint64_t ConfigOf(NodeKey node) { return c.facts(node).config_epoch.value; }
  bool SavesDurably() { return (c.s().todo & todo::kSaveFsync) == todo::kSaveFsync; }

  Cluster c;
  NodeKey b;
};

class EpochsValkey80Test : public EpochsTest {
 protected:
  EpochsValkey80Test() : EpochsTest("valkey-8.0") {}
};

class EpochsValkey91Test : public EpochsTest {
 protected:
  EpochsValkey91Test() : EpochsTest("valkey-9.1") {}
};

TEST_F(EpochsTest, CurrentEpochIsTheGreatestSeen) {
  c.Deliver(b, MessageType::kPing, Epochs(9, 3));
  EXPECT_EQ(Current(), 9u);
  EXPECT_EQ(c.Events(EventType::kCurrentEpochChanged).size(), 1u);
  c.Deliver(b, MessageType::kPing, Epochs(7, 3));
  EXPECT_EQ(Current(), 9u);
  EXPECT_EQ(c.Events(EventType::kCurrentEpochChanged).size(), 1u);
}

TEST_F(EpochsTest, CurrentEpochAloneIsNotWorthASave) {
  c.Deliver(b, MessageType::kPong, Epochs(9, 3));
  EXPECT_EQ(c.s().todo & todo::kSaveFsync, 0u);
}

TEST_F(EpochsTest, EveryKindOfMessageTeaches) {
  c.Deliver(b, MessageType::kFail, [&](Message* m) {
    m->header.current_epoch = {12};
    m->body = Fail{c.me()};
  });
  EXPECT_EQ(Current(), 12u);
}

TEST_F(EpochsTest, ConfigEpochOfAPrimaryIsLearnedAndSaved) {
  c.Deliver(b, MessageType::kPing, Epochs(9, 8));
  EXPECT_EQ(ConfigOf(b), 8u);
  EXPECT_TRUE(SavesDurably());
  c.EndBatch();
  ASSERT_EQ(c.All<Persist>().size(), 1u);
  EXPECT_TRUE(c.All<Persist>()[0].fsync);
  // Never back.
  c.Deliver(b, MessageType::kPing, Epochs(9, 7));
  EXPECT_EQ(ConfigOf(b), 8u);
}

TEST_F(EpochsTest, ConfigEpochInAReplicasHeaderIsItsPrimarysAndNotLearned) {
  const NodeKey r = c.AddReplica("r", b);
  c.Deliver(r, MessageType::kPing, Epochs(9, 8));
  EXPECT_EQ(Current(), 9u);
  EXPECT_EQ(ConfigOf(r), 0u);
  EXPECT_EQ(ConfigOf(b), 3u);
}

TEST_F(EpochsTest, UnknownNodesTeachNothing) {
  c.Deliver(c.Key("stranger"), MessageType::kPing, Epochs(99, 99));
  EXPECT_EQ(Current(), 5u);
}

TEST_F(EpochsTest, NodesInHandshakeTeachNothing) {
  c.peers().SetFlags(b, flag::kHandshake);
  c.Deliver(b, MessageType::kPing, Epochs(99, 99));
  EXPECT_EQ(Current(), 5u);
  EXPECT_EQ(ConfigOf(b), 3u);
  c.peers().ClearFlags(b, flag::kHandshake);
}

// ---- Claims that are too far ahead ----

TEST_F(EpochsTest, CurrentEpochTooFarAheadDropsTheMessage) {
  c.Deliver(b, MessageType::kPing, Epochs(5 + kLead + 1, 3));
  EXPECT_EQ(Current(), 5u);
  EXPECT_EQ(c.s().stats.epochs_refused, 1u);
  ASSERT_TRUE(c.HasEvent(EventType::kEpochRefused));
  EXPECT_EQ(c.Events(EventType::kEpochRefused)[0].subject, b);
  EXPECT_TRUE(c.Sends(MessageType::kPong).empty());
}

TEST_F(EpochsTest, TheLargestLeadIsAccepted) {
  c.Deliver(b, MessageType::kPing, Epochs(5 + kLead, 3));
  EXPECT_EQ(Current(), 5 + kLead);
  EXPECT_EQ(c.s().stats.epochs_refused, 0u);
}

TEST_F(EpochsTest, ConfigEpochTooFarAheadDropsTheMessage) {
  c.Deliver(b, MessageType::kPing, Epochs(9, UINT64_MAX));
  EXPECT_EQ(Current(), 5u);
  EXPECT_EQ(ConfigOf(b), 3u);
  EXPECT_EQ(c.s().stats.epochs_refused, 1u);
}

TEST_F(EpochsTest, UpdateTooFarAheadIsRefused) {
  const NodeKey d = c.AddPrimary("d", {}, 2);
  c.Deliver(b, MessageType::kUpdate, [&](Message* m) {
    m->body =
        SlotUpdate{d, {UINT64_MAX}, c.tables().pool.slot_sets().Intern(SlotsOf({{0, 16383}}))};
  });
  EXPECT_EQ(ConfigOf(d), 2u);
  EXPECT_EQ(c.facts(c.me()).slots->count(), 8192u);
  EXPECT_EQ(c.s().stats.epochs_refused, 1u);
}

TEST_F(EpochsValkey91Test, NoReleaseHasABound) {
  c.Deliver(b, MessageType::kPing, Epochs(UINT64_MAX, UINT64_MAX));
  EXPECT_EQ(Current(), UINT64_MAX);
  EXPECT_EQ(ConfigOf(b), UINT64_MAX);
  EXPECT_EQ(c.s().stats.epochs_refused, 0u);
}

TEST_F(EpochsValkey91Test, TheLastEpochIsNotWrappedAround) {
  c.s().current_epoch = {UINT64_MAX};
  Turn t = c.turn();
  EXPECT_FALSE(BumpConfigEpoch(t));
  EXPECT_EQ(Current(), UINT64_MAX);
  EXPECT_EQ(ConfigOf(c.me()), 5u);
  // Nor by a collision.
  c.Deliver(b, MessageType::kPing, Epochs(5, 5));
  EXPECT_EQ(ConfigOf(c.me()), 5u);
  EXPECT_FALSE(c.HasEvent(EventType::kEpochCollision));
}

// ---- Bumps ----

TEST_F(EpochsTest, BumpTakesTheNextEpoch) {
  c.SetEpochs(b, 7);
  Turn t = c.turn();
  EXPECT_TRUE(BumpConfigEpoch(t));
  EXPECT_EQ(Current(), 8u);
  EXPECT_EQ(ConfigOf(c.me()), 8u);
  EXPECT_TRUE(SavesDurably());
  EXPECT_NE(c.s().todo & todo::kBroadcastPong, 0u);
}

TEST_F(EpochsTest, TheGreatestNeedsNoBump) {
  Turn t = c.turn();
  EXPECT_FALSE(BumpConfigEpoch(t));
  EXPECT_EQ(ConfigOf(c.me()), 5u);
  EXPECT_EQ(c.s().todo, 0u);
}

TEST_F(EpochsTest, EpochZeroIsAlwaysBumped) {
  Cluster lonely;
  Turn t = lonely.turn();
  EXPECT_TRUE(BumpConfigEpoch(t));
  EXPECT_EQ(lonely.facts(lonely.me()).config_epoch.value, 1u);
}

TEST_F(EpochsTest, TheGreatestIsAlsoMeasuredAgainstTheCurrentEpoch) {
  c.s().current_epoch = {6};
  EXPECT_EQ(MaxEpoch(c.s()).value, 6u);
  Turn t = c.turn();
  EXPECT_TRUE(BumpConfigEpoch(t));
  EXPECT_EQ(ConfigOf(c.me()), 7u);
}

TEST_F(EpochsValkey80Test, BumpIsNotBroadcastUntil80) {
  c.SetEpochs(b, 7);
  Turn t = c.turn();
  EXPECT_TRUE(BumpConfigEpoch(t));
  EXPECT_TRUE(SavesDurably());
  EXPECT_EQ(c.s().todo & todo::kBroadcastPong, 0u);
}

// ---- Collisions ----

TEST_F(EpochsTest, TheSmallerNameMovesOn) {
  c.Deliver(b, MessageType::kPing, Epochs(5, 5));  // "m" < "z"
  EXPECT_EQ(ConfigOf(c.me()), 6u);
  EXPECT_EQ(Current(), 6u);
  ASSERT_TRUE(c.HasEvent(EventType::kEpochCollision));
  EXPECT_EQ(c.Events(EventType::kEpochCollision)[0].subject, b);
  c.ClearEffects();
  c.EndBatch();
  // The claim is told to everybody once it is durable.
  ASSERT_EQ(c.All<Persist>().size(), 1u);
  ASSERT_EQ(c.Sends(MessageType::kPong).size(), 1u);
  EXPECT_EQ(c.Sends(MessageType::kPong)[0].after, c.All<Persist>()[0].ticket);
  EXPECT_EQ(c.Sends(MessageType::kPong)[0].message->header.config_epoch.value, 6u);
}

TEST_F(EpochsTest, TheGreaterNameStays) {
  const NodeKey a = c.AddPrimary("a");
  c.Deliver(a, MessageType::kPing, Epochs(5, 5));
  EXPECT_EQ(ConfigOf(c.me()), 5u);
  EXPECT_FALSE(c.HasEvent(EventType::kEpochCollision));
}

TEST_F(EpochsTest, PongAndMeetShowCollisionsToo) {
  for (const MessageType type : {MessageType::kPong, MessageType::kMeet}) {
    const uint64_t mine = ConfigOf(c.me());
    c.Deliver(b, type, Epochs(mine, mine));
    EXPECT_EQ(ConfigOf(c.me()), mine + 1);
  }
}

TEST_F(EpochsTest, OtherMessagesDoNot) {
  c.Deliver(b, MessageType::kMfStart, Epochs(5, 5));
  EXPECT_EQ(ConfigOf(c.me()), 5u);
}

TEST_F(EpochsTest, DifferentEpochsDoNotCollide) {
  c.Deliver(b, MessageType::kPing, Epochs(5, 4));
  c.Deliver(b, MessageType::kPing, Epochs(6, 6));
  EXPECT_EQ(ConfigOf(c.me()), 5u);
}

TEST_F(EpochsTest, ReplicasDoNotCollide) {
  const NodeKey r = c.AddReplica("zz", b);
  c.Deliver(r, MessageType::kPing, Epochs(5, 5));
  EXPECT_EQ(ConfigOf(c.me()), 5u);
}

TEST_F(EpochsTest, AReplicaResolvesNothing) {
  Cluster replica;
  const NodeKey p = replica.AddPrimary("z", {{0, 16383}}, 5);
  replica.MakeMeReplicaOf(p);
  replica.SetEpochs(replica.me(), 5);
  replica.Deliver(p, MessageType::kPing);
  EXPECT_EQ(replica.facts(replica.me()).config_epoch.value, 5u);
}

// The peer has moved on already; an old header of its, on its other link, is no collision.
TEST_F(EpochsTest, AnOutdatedHeaderShowsNoCollision) {
  c.Deliver(b, MessageType::kPong, Epochs(6, 6));
  c.Deliver(b, MessageType::kPing, Epochs(5, 5));
  EXPECT_EQ(ConfigOf(c.me()), 5u);
  EXPECT_FALSE(c.HasEvent(EventType::kEpochCollision));
}

TEST_F(EpochsValkey80Test, CollisionIsNotBroadcastUntil80) {
  c.Deliver(b, MessageType::kPing, Epochs(5, 5));
  EXPECT_EQ(ConfigOf(c.me()), 6u);
  c.ClearEffects();
  c.EndBatch();
  EXPECT_EQ(c.All<Persist>().size(), 1u);
  EXPECT_TRUE(c.Sends(MessageType::kPong).empty());
}

// Two primaries that collide settle within one exchange, whoever hears first.
TEST_F(EpochsTest, BothSidesOfACollisionSettle) {
  ClusterSetup setup;
  setup.my_label = "z";
  Cluster other(setup);
  const NodeKey me_there = other.AddPrimary("m", {}, 5);
  other.SetEpochs(other.me(), 5);
  other.Deliver(me_there, MessageType::kPing, Epochs(5, 5));
  EXPECT_EQ(other.facts(other.me()).config_epoch.value, 5u);
  c.Deliver(b, MessageType::kPing, Epochs(5, 5));
  other.Deliver(me_there, MessageType::kPing, Epochs(Current(), ConfigOf(c.me())));
  EXPECT_EQ(other.facts(me_there).config_epoch.value, 6u);
  EXPECT_EQ(other.s().current_epoch.value, 6u);
}

}  // namespace
}  // namespace gossamer
