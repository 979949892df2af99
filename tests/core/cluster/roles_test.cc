// Roles: what headers claim, stale claims in every order, sub-replicas, cycles. SOURCE: semantics
// spec sections 7.1, 7.2, 7.5 and 18 (1 to 10).
#include "core/cluster/roles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "core/cluster/consistency.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

constexpr SlotRange kShardSlots = {0, 5460};

// One shard as headers describe it: "a" was the primary (epoch 10), "b" took over (epoch 11), "e"
// is a third member.
class Shard {
 public:
  explicit Shard(Cluster* cluster) : c(*cluster) {
    slots = c.tables().pool.slot_sets().Intern(SlotsOf({kShardSlots}));
    none = c.tables().pool.slot_sets().empty();
  }

  Cluster::Edit Primary(uint64_t epoch, const SlotSetRef& claimed) const {
    return [=](Message* m) {
      m->header.replicaof = kNoKey;
      m->header.config_epoch = {epoch};
      m->header.current_epoch = {epoch};
      m->header.slots = claimed;
    };
  }
  Cluster::Edit ReplicaOf(NodeKey primary, uint64_t epoch) const {
    return [=, claimed = slots](Message* m) {
      m->header.replicaof = primary;
      m->header.config_epoch = {epoch};
      m->header.current_epoch = {epoch};
      m->header.slots = claimed;
    };
  }

  Cluster& c;
  SlotSetRef slots;
  SlotSetRef none;
};

// I am "m", a primary of another shard; a, b, e as above before anything happened.
class RolesTest : public testing::Test {
 protected:
  explicit RolesTest(std::string_view rules = "gossamer") : c(rules), shard(&c) {
    a = c.AddPrimary("a", {kShardSlots}, 10);
    b = c.AddReplica("b", a);
    e = c.AddReplica("e", a);
    c.GiveSlots(c.me(), {{5461, 16383}});
    c.SetEpochs(c.me(), 1);
    c.ClearEffects();
  }
  ~RolesTest() override { EXPECT_EQ(CheckConsistency(c.s()), ""); }

  NodeKey Owner(Slot slot) { return c.s().slots.owner(slot); }
  NodeKey PrimaryOf(NodeKey node) { return c.facts(node).replicaof; }
  // From here on I am a replica of `primary`, in its shard, without slots.
  void JoinShard(NodeKey primary) {
    const NodeKey other = c.AddPrimary("other", {{5461, 16383}}, 1);
    EXPECT_TRUE(c.peers().IsVoting(other));
    c.MakeMeReplicaOf(primary);
  }

  Cluster c;
  Shard shard;
  NodeKey a, b, e;
};

class RolesValkey80Test : public RolesTest {
 protected:
  RolesValkey80Test() : RolesTest("valkey-8.0") {}
};
class RolesValkey90Test : public RolesTest {
 protected:
  RolesValkey90Test() : RolesTest("valkey-9.0") {}
};

// ---- A replica says that it is a primary ----

TEST_F(RolesTest, ReplicaThatClaimsToBePrimaryIsOne) {
  c.Deliver(b, MessageType::kPing, shard.Primary(11, shard.none));
  EXPECT_TRUE(c.peers().IsPrimary(b));
  EXPECT_FALSE(c.peers().IsReplica(b));
  EXPECT_EQ(PrimaryOf(b), kNoKey);
  EXPECT_TRUE(c.peers().Has(b, flag::kMigrateTo));
  EXPECT_TRUE(c.peers().Has(a, flag::kMigrateTo)) << "it still has e";
  EXPECT_NE(c.s().todo & todo::kSave, 0u);
  ASSERT_TRUE(c.HasEvent(EventType::kRoleChanged));
  EXPECT_EQ(c.Events(EventType::kRoleChanged)[0].subject, b);
}

TEST_F(RolesTest, WhoIsPromotedIsFailNoLonger) {
  for (const auto& [rules, clears] :
       {std::pair{"gossamer", true}, std::pair{"valkey-9.1", false}}) {
    c.s().rules = *FindRules(rules);
    c.Deliver(b, MessageType::kPing, shard.ReplicaOf(a, 10));
    c.peers().SetFlags(b, flag::kFail);
    c.ClearEffects();
    c.Deliver(b, MessageType::kPing, shard.Primary(11, shard.slots));
    EXPECT_EQ(c.peers().Has(b, flag::kFail), !clears) << rules;
    EXPECT_EQ(c.HasEvent(EventType::kFailCleared), clears) << rules;
    c.peers().ClearFlags(b, flag::kFail);
    // A primary that stays one keeps the flag until its time.
    c.peers().SetFlags(b, flag::kFail);
    c.Deliver(b, MessageType::kPing, shard.Primary(11, shard.slots));
    EXPECT_TRUE(c.peers().Has(b, flag::kFail)) << rules;
    c.peers().ClearFlags(b, flag::kFail);
  }
}

TEST_F(RolesTest, LastReplicaThatLeavesTakesTheMigrationMarkAway) {
  c.Deliver(b, MessageType::kPing, shard.Primary(11, shard.none));
  c.Deliver(e, MessageType::kPing, shard.Primary(12, shard.none));
  EXPECT_FALSE(c.peers().Has(a, flag::kMigrateTo));
}

TEST_F(RolesTest, ReplicaWithoutPrimaryGetsNoMigrationMark) {
  c.peers().EditFacts(b, [](PeerFacts* f) { f->replicaof = kNoKey; });
  c.Deliver(b, MessageType::kPing, shard.Primary(11, shard.none));
  EXPECT_FALSE(c.peers().Has(b, flag::kMigrateTo));
}

TEST_F(RolesTest, TheRoleIsInReplicaofNotInTheFlags) {
  c.Deliver(b, MessageType::kPing, [&](Message* m) {
    shard.Primary(11, shard.none)(m);
    m->header.flags = flag::kReplica | flag::kMyself;
  });
  EXPECT_TRUE(c.peers().IsPrimary(b));
}

TEST_F(RolesTest, PrimaryThatStaysPrimaryIsNoNews) {
  c.Deliver(a, MessageType::kPing);
  EXPECT_FALSE(c.HasEvent(EventType::kRoleChanged));
  EXPECT_EQ(c.s().todo & todo::kSave, 0u);
}

// ---- A primary says that it is a replica ----

TEST_F(RolesTest, DemotedPrimaryHandsOverWithinItsShard) {
  c.s().slots.migrating()[6000] = a;
  c.s().slots.importing()[3] = a;
  c.Deliver(a, MessageType::kPing, shard.ReplicaOf(b, 11));
  EXPECT_EQ(Owner(0), b);
  EXPECT_EQ(c.facts(b).slots->count(), 5461u);
  EXPECT_EQ(c.facts(a).slots->count(), 0u);
  EXPECT_TRUE(c.peers().IsPrimary(b));
  EXPECT_TRUE(c.peers().IsReplica(a));
  EXPECT_EQ(PrimaryOf(a), b);
  EXPECT_EQ(c.facts(b).config_epoch.value, 11u);
  EXPECT_FALSE(c.peers().Has(a, flag::kMigrateTo));
  EXPECT_TRUE(c.peers().Has(b, flag::kMigrateTo));
  EXPECT_EQ(c.s().slots.migrating().at(6000), b);
  EXPECT_EQ(c.s().slots.importing().at(3), b);
  EXPECT_EQ(c.s().todo & todo::kSaveFsync, todo::kSaveFsync);
  ASSERT_TRUE(c.HasEvent(EventType::kSlotsChanged));
  EXPECT_EQ(c.Events(EventType::kSlotsChanged)[0].value, 5461);
}

TEST_F(RolesTest, EachChangeOfARoleIsToldOnce) {
  const auto told = [&](NodeKey peer) {
    const auto events = c.Events(EventType::kRoleChanged);
    return std::count_if(events.begin(), events.end(),
                         [&](const Event& event) { return event.subject == peer; });
  };
  c.Deliver(a, MessageType::kPing, shard.ReplicaOf(b, 11));
  EXPECT_EQ(told(a), 1);
  EXPECT_EQ(told(b), 1);
  c.Deliver(a, MessageType::kPing, shard.ReplicaOf(b, 11));
  EXPECT_EQ(told(a), 1);
}

// Spec 18.6: until 8.1 observers counted slots on a replica until the winner spoke.
TEST_F(RolesValkey80Test, SlotsStayOnTheDemotedPrimaryUntilItsSuccessorSpeaks) {
  c.Deliver(a, MessageType::kPing, shard.ReplicaOf(b, 11));
  EXPECT_EQ(Owner(0), a);
  EXPECT_TRUE(c.peers().IsReplica(a));
  EXPECT_TRUE(c.peers().IsPrimary(b));
  EXPECT_EQ(c.facts(b).config_epoch.value, 11u);
  // Spec 18.1: no slot is without owner meanwhile.
  EXPECT_EQ(c.s().slots.assigned(), kSlots);
  c.Deliver(b, MessageType::kPing, shard.Primary(12, shard.slots));
  EXPECT_EQ(Owner(0), b);
}

TEST_F(RolesTest, DemotedPrimaryThatLeftItsShardLosesItsSlots) {
  const NodeKey d = c.AddPrimary("d", {}, 20);
  c.Deliver(a, MessageType::kPing, [&](Message* m) {
    shard.ReplicaOf(d, 20)(m);
    std::get<Heartbeat>(m->body).extensions = nullptr;
  });
  EXPECT_EQ(Owner(0), kNoKey);
  EXPECT_EQ(PrimaryOf(a), d);
  EXPECT_EQ(c.facts(a).shard_id, c.facts(d).shard_id);
  EXPECT_TRUE(c.peers().IsReplica(a));
}

TEST_F(RolesTest, DemotedPrimaryOfAnUnknownPrimaryLosesItsSlots) {
  c.Deliver(a, MessageType::kPing, shard.ReplicaOf(c.Key("stranger"), 11));
  EXPECT_EQ(Owner(0), kNoKey);
  EXPECT_TRUE(c.peers().IsReplica(a));
  EXPECT_EQ(PrimaryOf(a), kNoKey);
}

TEST_F(RolesTest, NobodyFollowsItself) {
  c.Deliver(b, MessageType::kPing, shard.ReplicaOf(b, 10));
  EXPECT_EQ(PrimaryOf(b), a);
  c.Deliver(a, MessageType::kPing, shard.ReplicaOf(a, 10));
  EXPECT_EQ(PrimaryOf(a), kNoKey);
  EXPECT_TRUE(c.peers().IsReplica(a));
}

TEST_F(RolesTest, ReplicaThatMovesTakesItsNewPrimarysShard) {
  const NodeKey d = c.AddPrimary("d", {}, 20);
  c.Deliver(e, MessageType::kPing, [&](Message* m) {
    shard.ReplicaOf(d, 20)(m);
    std::get<Heartbeat>(m->body).extensions = nullptr;
  });
  EXPECT_EQ(PrimaryOf(e), d);
  EXPECT_EQ(c.facts(e).shard_id, c.facts(d).shard_id);
  EXPECT_TRUE(c.peers().Has(d, flag::kMigrateTo));
  EXPECT_TRUE(c.peers().Has(a, flag::kMigrateTo));
  EXPECT_EQ(c.s().todo & todo::kSave, todo::kSave);
}

// ---- Stale claims ----

TEST_F(RolesTest, ClaimOlderThanItsPrimaryIsStaleAndStopsTheMessage) {
  c.SetEpochs(b, 12);
  c.peers().EditFacts(b, [](PeerFacts* f) { f->replicaof = kNoKey; });
  c.peers().ReplaceFlags(b, flag::kPrimary);
  c.Deliver(a, MessageType::kPing, [&](Message* m) {
    shard.ReplicaOf(b, 11)(m);
    auto& heartbeat = std::get<Heartbeat>(m->body);
    heartbeat.gossip.push_back({c.Key("introduced"), flag::kPrimary, 0});
  });
  EXPECT_TRUE(c.peers().IsPrimary(a));
  EXPECT_EQ(Owner(0), a);
  EXPECT_TRUE(c.HasEvent(EventType::kStaleIgnored));
  EXPECT_FALSE(c.peers().Contains(c.Key("introduced"))) << "the rest of the message was used";
}

TEST_F(RolesTest, ClaimOlderThanTheSenderItselfIsStale) {
  // a is primary at 10; "I am a replica of b, whose epoch is 9" comes from before.
  c.Deliver(a, MessageType::kPing, shard.ReplicaOf(b, 9));
  EXPECT_TRUE(c.peers().IsPrimary(a));
  EXPECT_EQ(Owner(0), a);
  EXPECT_TRUE(c.HasEvent(EventType::kStaleIgnored));
}

TEST_F(RolesTest, ClaimOfTheSameEpochIsNotStale) {
  c.Deliver(a, MessageType::kPing, shard.ReplicaOf(b, 10));
  EXPECT_TRUE(c.peers().IsReplica(a));
  EXPECT_EQ(Owner(0), b);
}

// Spec 18.4: after a stall a node reads a fresh PONG on its own link, then an older PING on the
// peer's.
TEST_F(RolesTest, OldPingAfterAFreshPongFromTheWinnerIsIgnored) {
  JoinShard(a);
  c.Deliver(b, MessageType::kPong, shard.Primary(11, shard.slots));
  ASSERT_EQ(c.s().my_primary(), b);
  c.Deliver(b, MessageType::kPing, shard.ReplicaOf(a, 10));
  EXPECT_EQ(c.s().my_primary(), b);
  EXPECT_TRUE(c.peers().IsPrimary(b));
  EXPECT_EQ(Owner(0), b);
  EXPECT_TRUE(c.HasEvent(EventType::kStaleIgnored));
}

// The rule that 9.1 brought: without it, the old PING makes me a replica of the dead primary again.
TEST_F(RolesValkey90Test, OldPingAfterAFreshPongMisleadsUntil90) {
  JoinShard(a);
  c.Deliver(b, MessageType::kPong, shard.Primary(11, shard.slots));
  ASSERT_EQ(c.s().my_primary(), b);
  c.Deliver(b, MessageType::kPing, shard.ReplicaOf(a, 10));
  EXPECT_EQ(c.s().my_primary(), a);
}

// Spec 18.2: what replicas say of slots moves none.
TEST_F(RolesTest, ReplicasHeadersMoveNoSlots) {
  c.Deliver(e, MessageType::kPing, [&](Message* m) {
    shard.ReplicaOf(a, 99)(m);
    m->header.slots = c.tables().pool.slot_sets().Intern(SlotsOf({{0, 16383}}));
  });
  EXPECT_EQ(Owner(0), a);
  EXPECT_EQ(Owner(16383), c.me());
}

// ---- Sub-replicas ----

TEST_F(RolesTest, SubReplicaFollowsItsPrimarysPrimary) {
  JoinShard(a);
  c.s().slots.importing()[7] = b;
  c.Deliver(a, MessageType::kPing, shard.ReplicaOf(b, 11));
  EXPECT_EQ(c.s().my_primary(), b);
  EXPECT_TRUE(c.s().slots.importing().empty());
  ASSERT_EQ(c.All<Replicate>().size(), 1u);
  EXPECT_EQ(c.All<Replicate>()[0].primary, b);
  EXPECT_FALSE(c.All<Replicate>()[0].full_sync) << "one shard, one history";
  constexpr uint32_t kAll = todo::kSaveFsync | todo::kUpdateState | todo::kBroadcastPong;
  EXPECT_EQ(c.s().todo & kAll, kAll);
}

TEST_F(RolesTest, SubReplicaOfAnotherShardNeedsAFullSync) {
  JoinShard(a);
  const NodeKey d = c.AddPrimary("d", {}, 20);
  c.Deliver(a, MessageType::kPing, shard.ReplicaOf(d, 20));
  EXPECT_EQ(c.s().my_primary(), d);
  EXPECT_EQ(c.facts(c.me()).shard_id, c.facts(d).shard_id);
  ASSERT_EQ(c.All<Replicate>().size(), 1u);
  EXPECT_TRUE(c.All<Replicate>()[0].full_sync);
}

// Spec 18.7: the winner's own news is lost; that of the demoted primary is enough.
TEST_F(RolesTest, SiblingFollowsTheWinnerByTheLosersWordAlone) {
  JoinShard(a);
  c.Deliver(a, MessageType::kPong, shard.ReplicaOf(b, 11));
  EXPECT_EQ(c.s().my_primary(), b);
  EXPECT_EQ(Owner(0), b);
}

TEST_F(RolesValkey80Test, SiblingFollowsTheWinnerByTheLosersWordAloneIn80) {
  JoinShard(a);
  c.Deliver(a, MessageType::kPong, shard.ReplicaOf(b, 11));
  EXPECT_EQ(c.s().my_primary(), b);
}

TEST_F(RolesTest, ChainsAreFollowedToTheirEnd) {
  JoinShard(a);
  const NodeKey d = c.AddPrimary("d", {}, 20);
  const NodeKey f = c.AddReplica("f", d);
  c.Deliver(a, MessageType::kPing, shard.ReplicaOf(f, 20));
  EXPECT_EQ(c.s().my_primary(), d);
}

// Spec 18.8: a cycle elsewhere in the table ends in no endless walk.
TEST_F(RolesTest, CyclesOfOthersAreHarmless) {
  JoinShard(a);
  const auto follow = [&](NodeKey node, NodeKey primary) {
    c.peers().ReplaceFlags(node, flag::kReplica);
    c.peers().EditFacts(node, [primary](PeerFacts* f) { f->replicaof = primary; });
  };
  follow(b, e);
  follow(e, b);
  c.Deliver(a, MessageType::kPing, shard.ReplicaOf(b, 11));
  EXPECT_EQ(CheckConsistency(c.s()), "");
  EXPECT_TRUE(c.s().i_am_replica());
  c.Deliver(e, MessageType::kPing, shard.ReplicaOf(a, 11));
  c.Deliver(a, MessageType::kPing, shard.ReplicaOf(e, 11));
  EXPECT_EQ(CheckConsistency(c.s()), "");
}

// Spec 18.9: my primary says that it follows me, while I follow it. My role is mine to know.
TEST_F(RolesTest, PeersClaimNeverChangesMyRole) {
  JoinShard(a);
  c.Deliver(a, MessageType::kPing, shard.ReplicaOf(c.me(), 11));
  EXPECT_TRUE(c.s().i_am_replica());
  EXPECT_EQ(c.s().my_primary(), a);
  EXPECT_FALSE(c.HasEvent(EventType::kPromoted));
  EXPECT_EQ(CheckConsistency(c.s()), "");
}

TEST_F(RolesTest, PrimaryThatFollowsMeWhileIAmPrimaryIsMyReplica) {
  c.peers().EditFacts(a, [&](PeerFacts* f) { f->shard_id = c.facts(c.me()).shard_id; });
  c.Deliver(a, MessageType::kPing, shard.ReplicaOf(c.me(), 12));
  EXPECT_EQ(PrimaryOf(a), c.me());
  EXPECT_TRUE(c.s().i_am_primary());
}

// Spec 18.10: my own messages, come back to me.
TEST_F(RolesTest, HeadersThatNameMyselfAreNobodys) {
  const LinkId link = c.Accept();
  for (const MessageType type : {MessageType::kMeet, MessageType::kPing, MessageType::kPong}) {
    c.DeliverOn(link, c.Make(c.me(), type, [&](Message* m) {
      m->header.replicaof = a;
      m->header.config_epoch = {99};
      m->header.current_epoch = {99};
    }));
  }
  EXPECT_TRUE(c.s().i_am_primary());
  EXPECT_EQ(c.s().my_primary(), kNoKey);
  EXPECT_EQ(c.s().current_epoch.value, 10u);
  EXPECT_EQ(c.peers().size(), 4u);
}

// A node that gossip introduces with both roles, or as one in handshake, is neither twice.
TEST_F(RolesTest, IntroducedNodesHaveOneRoleAndNoHandshake) {
  const NodeKey two = c.Key("two");
  c.Deliver(a, MessageType::kPing, [&](Message* m) {
    constexpr uint16_t kFlags =
        flag::kPrimary | flag::kReplica | flag::kHandshake | flag::kMeet | flag::kMyself;
    std::get<Heartbeat>(m->body).gossip.push_back({two, kFlags, 0});
  });
  ASSERT_TRUE(c.peers().Contains(two));
  EXPECT_EQ(c.peers().flags(two), flag::kPrimary);
}

// ---- Becoming a replica ----

TEST_F(RolesTest, BecomingAReplicaResetsWhatAPrimaryOrACandidateWas) {
  c.s().slots.migrating()[6000] = a;
  c.s().manual_failover.end = c.ms() + 1000;
  c.s().manual_failover.replica = b;
  c.s().election.auth_time = c.ms();
  Turn t = c.turn();
  BecomeReplicaOf(t, a, /*close_slots=*/true, /*full_sync=*/true);
  EXPECT_TRUE(c.s().i_am_replica());
  EXPECT_EQ(c.s().my_primary(), a);
  EXPECT_EQ(c.facts(c.me()).slots->count(), 0u);
  EXPECT_EQ(c.facts(c.me()).shard_id, c.facts(a).shard_id);
  EXPECT_TRUE(c.s().slots.migrating().empty());
  EXPECT_EQ(c.s().election.auth_time, kLongAgo);
  EXPECT_FALSE(c.s().manual_failover.active());
  EXPECT_EQ(c.All<Unpause>().size(), 1u) << "writes were paused for the manual failover";
  ASSERT_EQ(c.All<Replicate>().size(), 1u);
  EXPECT_TRUE(c.All<Replicate>()[0].full_sync);
  ASSERT_TRUE(c.HasEvent(EventType::kBecameReplica));
}

TEST_F(RolesTest, OpenSlotsStayWhereTheyMay) {
  c.s().slots.migrating()[6000] = a;
  Turn t = c.turn();
  BecomeReplicaOf(t, a, /*close_slots=*/false, /*full_sync=*/false);
  EXPECT_EQ(c.s().slots.migrating().size(), 1u);
}

TEST_F(RolesTest, MyPrimaryFailIsAboutTheNewPrimary) {
  JoinShard(a);
  c.peers().SetFlags(c.me(), flag::kMyPrimaryFail);
  const NodeKey d = c.AddPrimary("d");
  Turn t = c.turn();
  BecomeReplicaOf(t, d, true, true);
  EXPECT_FALSE(c.peers().Has(c.me(), flag::kMyPrimaryFail));
  c.peers().SetFlags(a, flag::kFail);
  BecomeReplicaOf(t, a, true, true);
  EXPECT_TRUE(c.peers().Has(c.me(), flag::kMyPrimaryFail));
}

TEST_F(RolesValkey90Test, MyPrimaryFailIsUnknownUntil90) {
  c.peers().SetFlags(a, flag::kFail);
  Turn t = c.turn();
  BecomeReplicaOf(t, a, true, true);
  EXPECT_FALSE(c.peers().Has(c.me(), flag::kMyPrimaryFail));
}

// ---- Every order ----

enum class Seat { kOutsider, kSibling, kOldPrimary };

struct OrderCase {
  std::string_view rules;
  Seat seat;
  bool with_stale;  // besides the news, each node's last message from before the failover
};

// News and leftovers of one failover reach me in every order. Whatever the order, the table does
// not contradict itself, and once everybody has said its news again, it is right. Spec 18.1
// to 18.7.
class EveryOrderTest : public testing::TestWithParam<OrderCase> {
 protected:
  struct Said {
    std::string who;
    std::string follows;  // empty: claims to be primary
    uint64_t epoch;
  };

  std::vector<Said> Fresh() const {
    std::vector<Said> said = {{"b", "", 11}, {"e", "b", 11}};
    if (GetParam().seat != Seat::kOldPrimary) said.push_back({"a", "b", 11});
    return said;
  }
  std::vector<Said> Stale() const {
    if (!GetParam().with_stale) return {};
    std::vector<Said> said = {{"b", "a", 10}, {"e", "a", 10}};
    if (GetParam().seat != Seat::kOldPrimary) said.push_back({"a", "", 10});
    return said;
  }

  void Build(Cluster* c) const {
    const Seat seat = GetParam().seat;
    const NodeKey d = c->AddPrimary("d", {{5461, 16383}}, 5);
    EXPECT_TRUE(c->peers().IsVoting(d));
    NodeKey old = c->me();
    if (seat == Seat::kOldPrimary) {
      c->GiveSlots(c->me(), {kShardSlots});
      c->SetEpochs(c->me(), 10);
    } else {
      old = c->AddPrimary("a", {kShardSlots}, 10);
    }
    c->AddReplica("b", old);
    c->AddReplica("e", old);
    if (seat == Seat::kSibling) c->MakeMeReplicaOf(old);
  }

  void Hear(Cluster* c, const Shard& shard, const Said& said) const {
    const bool old_is_me = GetParam().seat == Seat::kOldPrimary;
    const auto key = [&](const std::string& label) {
      return old_is_me && label == "a" ? c->me() : c->Key(label);
    };
    const Cluster::Edit edit = said.follows.empty()
                                   ? shard.Primary(said.epoch, shard.slots)
                                   : shard.ReplicaOf(key(said.follows), said.epoch);
    c->Deliver(key(said.who), MessageType::kPing, edit);
    c->EndBatch();
  }
};

TEST_P(EveryOrderTest, EndsRight) {
  std::vector<Said> all = Fresh();
  for (const Said& said : Stale()) all.push_back(said);
  std::vector<size_t> order(all.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  do {
    Cluster c(GetParam().rules);
    Build(&c);
    const Shard shard(&c);
    std::string trail;
    for (const size_t i : order) {
      Hear(&c, shard, all[i]);
      trail += all[i].who + (all[i].follows.empty() ? "!" : ">" + all[i].follows) + " ";
    }
    ASSERT_EQ(CheckConsistency(c.s()), "") << trail;
    for (int round = 0; round < 2; ++round) {
      for (const Said& said : Fresh()) Hear(&c, shard, said);
    }
    const NodeKey winner = c.Key("b");
    ASSERT_EQ(c.s().slots.owner(0), winner) << trail;
    ASSERT_EQ(c.facts(winner).slots->count(), 5461u) << trail;
    ASSERT_TRUE(c.peers().IsPrimary(winner)) << trail;
    ASSERT_EQ(c.facts(winner).config_epoch.value, 11u) << trail;
    ASSERT_EQ(c.facts(c.Key("e")).replicaof, winner) << trail;
    if (GetParam().seat != Seat::kOldPrimary) {
      ASSERT_EQ(c.facts(c.Key("a")).replicaof, winner) << trail;
    }
    if (GetParam().seat != Seat::kOutsider) {
      ASSERT_EQ(c.s().my_primary(), winner) << trail;
      ASSERT_EQ(c.facts(c.me()).slots->count(), 0u) << trail;
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

std::vector<OrderCase> AllOrderCases() {
  std::vector<OrderCase> cases;
  for (const std::string_view rules : RuleNames()) {
    for (const Seat seat : {Seat::kOutsider, Seat::kSibling, Seat::kOldPrimary}) {
      for (const bool stale : {false, true}) cases.push_back({rules, seat, stale});
    }
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Rules, EveryOrderTest, testing::ValuesIn(AllOrderCases()),
                         [](const auto& info) {
                           std::string name(info.param.rules);
                           for (char& letter : name)
                             letter = letter == '-' || letter == '.' ? '_' : letter;
                           name += info.param.seat == Seat::kOutsider  ? "_outsider"
                                   : info.param.seat == Seat::kSibling ? "_sibling"
                                                                       : "_old_primary";
                           return name + (info.param.with_stale ? "_stale" : "");
                         });

}  // namespace
}  // namespace gossamer
