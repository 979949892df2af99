// Entering and leaving the table: handshakes, FORGET and its blacklist, RESET, addresses, full
// tables.
#include "core/cluster/membership.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/cluster/cron.h"
#include "core/cluster/heartbeat.h"
#include "core/cluster/links.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

Endpoint EndpointOf(std::string_view ip, uint16_t port, uint16_t cport) {
  Endpoint endpoint;
  endpoint.ip = IpText::From(ip);
  endpoint.port = port;
  endpoint.cport = cport;
  return endpoint;
}

const Endpoint kThere = EndpointOf("10.9.9.9", 6379, 16379);

// ---- Adding and removing ----

TEST(MembershipTest, AnAddedNodeHasARandomShardAndNothingElse) {
  Cluster c;
  Turn t = c.turn();
  const NodeKey a = AddNode(t, NameOf("a"), kThere, flag::kPrimary, c.me());
  const NodeKey b = AddNode(t, NameOf("b"), kThere, flag::kPrimary, kNoKey);
  EXPECT_EQ(c.facts(a).address.endpoint, kThere);
  EXPECT_EQ(c.peers().slot_count(a), 0u);
  EXPECT_TRUE(c.facts(a).shard_id.valid());
  EXPECT_FALSE(c.facts(a).shard_id == c.facts(b).shard_id);
  EXPECT_EQ(c.peers().moment(a, Moment::kCreated), c.ms());
  EXPECT_EQ(c.Events(EventType::kNodeAdded)[0], (Event{EventType::kNodeAdded, a, c.me(), {}, 0}));
  EXPECT_NE(c.s().todo & todo::kSave, 0u);
}

TEST(MembershipTest, AddedFlagsAreTakenButNotMyself) {
  Cluster c;
  Turn t = c.turn();
  const uint16_t flags = flag::kPrimary | flag::kMyself | flag::kPfail | flag::kLightPublish;
  const NodeKey a = AddNode(t, NameOf("a"), kThere, flags, kNoKey);
  EXPECT_EQ(c.peers().flags(a), flag::kPrimary | flag::kPfail | flag::kLightPublish);
  EXPECT_EQ(c.peers().pfail(), std::vector<NodeKey>{a});
  c.peers().CheckInvariants();
}

TEST(MembershipTest, AFullTableRefusesAndCounts) {
  ClusterSetup setup;
  setup.options.max_nodes = 3;
  Cluster c(setup);
  const NodeKey a = c.AddPrimary("a");
  Turn t = c.turn();
  EXPECT_TRUE(AddNode(t, NameOf("b"), kThere, 0, a).valid());
  EXPECT_FALSE(AddNode(t, NameOf("d"), kThere, 0, a).valid());
  EXPECT_FALSE(StartHandshake(t, kThere, true).valid());
  EXPECT_EQ(c.peers().size(), 3u);
  EXPECT_EQ(c.s().stats.nodes_refused, 2u);
  ASSERT_EQ(c.Events(EventType::kNodeRefused).size(), 2u);
  EXPECT_EQ(c.Events(EventType::kNodeRefused)[0].other, a);
}

TEST(MembershipTest, AFullNameTableRefusesAndCounts) {
  Cluster c;
  NameTable& names = c.tables().pool.names();
  for (int i = 0; names.Intern(NameOf(std::to_string(i) + "x")).valid(); ++i) continue;
  Turn t = c.turn();
  EXPECT_FALSE(AddNode(t, NameOf("a"), kThere, 0, kNoKey).valid());
  EXPECT_FALSE(StartHandshake(t, kThere, true).valid());
  EXPECT_EQ(c.s().stats.nodes_refused, 2u);
  EXPECT_EQ(c.peers().size(), 1u);
}

TEST(MembershipTest, ARemovedNodeLeavesNothingBehind) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a", {{0, 99}});
  const NodeKey b = c.AddPrimary("b", {{100, 199}});
  const NodeKey r = c.AddReplica("r", a);
  c.s().slots.migrating()[5] = a;
  c.s().slots.importing()[6] = a;
  c.s().slots.importing()[7] = b;
  c.s().reports.Add(a, b, c.ms());
  c.s().reports.Add(b, a, c.ms());
  c.s().election.voters = {a, b};
  const LinkId out = c.out_link(a);
  Turn t = c.turn();
  RemoveNode(t, a);
  EXPECT_FALSE(c.peers().Contains(a));
  EXPECT_FALSE(c.s().slots.owner(5).valid());
  EXPECT_EQ(c.s().slots.assigned(), 100u);
  EXPECT_TRUE(c.s().slots.migrating().empty());
  EXPECT_EQ(c.s().slots.importing().size(), 1u);
  EXPECT_FALSE(c.s().reports.MayHave(a));
  EXPECT_EQ(c.s().reports.Count(b, c.ms()), 0u);
  EXPECT_FALSE(c.facts(r).replicaof.valid());
  EXPECT_EQ(c.s().election.voters, std::vector<NodeKey>{b});
  EXPECT_FALSE(c.s().links.Contains(out));
  EXPECT_EQ(c.All<Close>().size(), 2u);
  EXPECT_EQ(c.Events(EventType::kNodeRemoved)[0].subject, a);
  EXPECT_EQ(c.s().todo & (todo::kSave | todo::kUpdateState), todo::kSave | todo::kUpdateState);
  c.peers().CheckInvariants();
}

TEST(MembershipTest, MigrateToEndsWithTheLastReplica) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a", {{0, 99}});
  const NodeKey r = c.AddReplica("r", a);
  const NodeKey s = c.AddReplica("s", a);
  Turn t = c.turn();
  RemoveNode(t, r);
  EXPECT_TRUE(c.peers().Has(a, flag::kMigrateTo));
  RemoveNode(t, s);
  EXPECT_FALSE(c.peers().Has(a, flag::kMigrateTo));
}

TEST(MembershipTest, RemovingTheReplicaOfAManualFailoverUnpauses) {
  Cluster c;
  c.GiveSlots(c.me(), {{0, 99}});
  const NodeKey r = c.AddReplica("r", c.me());
  const NodeKey other = c.AddReplica("s", c.me());
  c.Deliver(r, MessageType::kMfStart);
  ASSERT_TRUE(c.s().manual_failover.active());
  Turn t = c.turn();
  RemoveNode(t, other);
  EXPECT_TRUE(c.All<Unpause>().empty());
  RemoveNode(t, r);
  EXPECT_EQ(c.All<Unpause>().size(), 1u);
  EXPECT_FALSE(c.s().manual_failover.active());
}

// ---- Handshakes ----

TEST(MembershipTest, AHandshakeHasARandomNameAndIsNotStartedTwice) {
  Cluster c;
  Turn t = c.turn();
  const NodeKey node = StartHandshake(t, kThere, /*meet=*/true);
  ASSERT_TRUE(node.valid());
  EXPECT_EQ(c.peers().flags(node), flag::kHandshake | flag::kMeet);
  EXPECT_TRUE(c.peers().name(node).valid());
  EXPECT_EQ(c.Events(EventType::kHandshakeStarted)[0].subject, node);
  EXPECT_FALSE(StartHandshake(t, kThere, true).valid());
  EXPECT_TRUE(StartHandshake(t, EndpointOf("10.9.9.9", 6379, 16380), true).valid());
  EXPECT_TRUE(StartHandshake(t, EndpointOf("10.9.9.9", 6380, 16379), true).valid());
  EXPECT_TRUE(StartHandshake(t, EndpointOf("10.9.9.8", 6379, 16379), true).valid());
  EXPECT_EQ(c.s().stats.nodes_refused, 0u);
}

TEST(MembershipTest, AKnownNodesAddressHindersNoHandshake) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  Turn t = c.turn();
  const NodeKey node = StartHandshake(t, c.facts(a).address.endpoint, /*meet=*/false);
  ASSERT_TRUE(node.valid());
  EXPECT_EQ(c.peers().flags(node), flag::kHandshake);
}

TEST(MembershipTest, HandshakesTimeOutAfterNodeTimeoutButAtLeastASecond) {
  for (const int64_t timeout_ms : {100, 1000, 5000}) {
    ClusterSetup setup;
    setup.options.node_timeout = Millis(timeout_ms);
    Cluster c(setup);
    Turn t = c.turn();
    const NodeKey node = StartHandshake(t, kThere, true);
    c.Run(Millis(std::max<int64_t>(timeout_ms, 1000)));
    EXPECT_TRUE(c.peers().Contains(node)) << timeout_ms;
    c.Run(Millis(100));
    EXPECT_FALSE(c.peers().Contains(node)) << timeout_ms;
    EXPECT_TRUE(c.HasEvent(EventType::kHandshakeTimedOut));
  }
}

// A handshake node with both links, as after a MEET from the other side.
class FinishHandshakeTest : public testing::Test {
 protected:
  FinishHandshakeTest() {
    Turn t = c_.turn();
    temporary_ = StartHandshake(t, kThere, /*meet=*/true);
    OpenLink(t, temporary_);
    out_ = c_.out_link(temporary_);
    in_ = c_.Accept();
    BindInLink(t, in_, temporary_);
    c_.node().OnLinkUp(c_.now(), out_, {}, &c_.effects());
    EndAndClear();
  }
  void EndAndClear() {
    c_.EndBatch();
    c_.ClearEffects();
  }
  // The first answer, from `from`.
  void Answer(NodeKey from, const Cluster::Edit& edit = nullptr) {
    c_.Advance(Millis(10));
    c_.DeliverOn(out_, c_.Make(from, MessageType::kPong, edit));
  }

  Cluster c_;
  NodeKey temporary_;
  LinkId out_;
  LinkId in_;
};

TEST_F(FinishHandshakeTest, TheFirstAnswerGivesTheName) {
  const NodeKey x = c_.Key("x");
  const MonoMs started = c_.ms();
  Answer(x, [](Message* m) { m->header.flags |= flag::kNoFailover; });
  ASSERT_TRUE(c_.peers().Contains(x));
  EXPECT_FALSE(c_.peers().Contains(temporary_));
  EXPECT_EQ(c_.peers().flags(x), flag::kPrimary) << "role bits only, no HANDSHAKE, no MEET";
  EXPECT_EQ(c_.facts(x).address.endpoint, kThere);
  EXPECT_EQ(c_.out_link(x), out_);
  EXPECT_EQ(c_.in_link(x), in_);
  EXPECT_EQ(c_.s().links.peer(out_), x);
  EXPECT_EQ(c_.s().links.peer(in_), x);
  EXPECT_EQ(c_.peers().pong_ms(x), c_.ms());
  EXPECT_FALSE(c_.peers().PingPending(x));
  EXPECT_EQ(c_.peers().moment(x, Moment::kCreated), started);
  EXPECT_EQ(c_.peers().moment(x, Moment::kMeetSent), started);
  EXPECT_TRUE(c_.All<Close>().empty());
  EXPECT_EQ(c_.Events(EventType::kHandshakeDone)[0],
            (Event{EventType::kHandshakeDone, x, temporary_, {}, 0}));
  EXPECT_NE(c_.s().todo & todo::kSave, 0u);
  c_.peers().CheckInvariants();
}

TEST_F(FinishHandshakeTest, AReplicaIsTakenAsOne) {
  const NodeKey x = c_.Key("x");
  Answer(x, [](Message* m) { m->header.flags = flag::kReplica | flag::kMyself; });
  EXPECT_EQ(c_.peers().flags(x), flag::kReplica);
}

TEST_F(FinishHandshakeTest, KeepsWhenTheInboundLinkWasLost) {
  const NodeKey x = c_.Key("x");
  c_.Advance(Millis(700));
  c_.node().OnLinkDown(c_.now(), in_, LinkError::kReset, &c_.effects());
  const MonoMs lost = c_.ms();
  Answer(x);
  EXPECT_FALSE(c_.peers().HasInLink(x));
  EXPECT_EQ(c_.peers().in_link_freed_ms(x), lost);
}

TEST_F(FinishHandshakeTest, AKnownNodeTakesTheAddressOfItsHeader) {
  const NodeKey a = c_.AddPrimary("a");
  Answer(a, [](Message* m) {
    m->header.port = 7001;
    m->header.pport = 8001;
    m->header.cport = 17001;
  });
  EXPECT_FALSE(c_.peers().Contains(temporary_));
  EXPECT_FALSE(c_.s().links.Contains(out_));
  const Endpoint& endpoint = c_.facts(a).address.endpoint;
  EXPECT_EQ(endpoint.ip, kThere.ip) << "where it answered";
  EXPECT_EQ(endpoint.port, 7001);
  EXPECT_EQ(endpoint.pport, 8001);
  EXPECT_EQ(endpoint.cport, 17001);
  EXPECT_FALSE(c_.peers().HasOutLink(a)) << "reconnects there";
  EXPECT_TRUE(c_.HasEvent(EventType::kAddressChanged));
}

TEST_F(FinishHandshakeTest, AKnownNodeAtItsKnownAddressKeepsItsLinks) {
  const NodeKey a = c_.AddPrimary("a");
  PeerAddress address = c_.facts(a).address;
  address.endpoint = kThere;
  address.endpoint.pport = 7443;
  c_.SetAddress(a, address);
  Answer(a);
  EXPECT_FALSE(c_.peers().Contains(temporary_));
  EXPECT_TRUE(c_.peers().HasOutLink(a));
  EXPECT_EQ(c_.facts(a).address.endpoint, address.endpoint);
  EXPECT_FALSE(c_.HasEvent(EventType::kAddressChanged));
}

TEST_F(FinishHandshakeTest, MeetingMyselfEndsQuietly) {
  const Endpoint mine = c_.facts(c_.me()).address.endpoint;
  Answer(c_.me());
  EXPECT_FALSE(c_.peers().Contains(temporary_));
  EXPECT_EQ(c_.peers().size(), 1u);
  EXPECT_EQ(c_.facts(c_.me()).address.endpoint, mine);
  EXPECT_FALSE(c_.HasEvent(EventType::kHandshakeDone));
}

TEST_F(FinishHandshakeTest, AnInvalidNameFinishesNothing) {
  NodeName bad = NameOf("x");
  bad.bytes[0] = 'X';
  const NodeKey x = c_.tables().pool.names().Intern(bad);
  Answer(x);
  EXPECT_TRUE(c_.peers().Has(temporary_, flag::kHandshake));
  EXPECT_FALSE(c_.peers().Contains(x));
  EXPECT_EQ(c_.s().links.peer(out_), temporary_);
}

// ---- Blacklist ----

TEST(BlacklistTest, NamesExpire) {
  Cluster c;
  Turn t = c.turn();
  BlacklistAdd(t, NameOf("a"), Seconds(60));
  EXPECT_TRUE(Blacklisted(t, NameOf("a")));
  EXPECT_FALSE(Blacklisted(t, NameOf("b")));
  c.Advance(Seconds(60) - Millis(1));
  Turn before = c.turn();
  EXPECT_TRUE(Blacklisted(before, NameOf("a")));
  c.Advance(Millis(1));
  Turn after = c.turn();
  EXPECT_FALSE(Blacklisted(after, NameOf("a")));
  EXPECT_TRUE(c.s().blacklist.empty());
}

TEST(BlacklistTest, ANewTtlReplacesTheOld) {
  Cluster c;
  Turn t = c.turn();
  BlacklistAdd(t, NameOf("a"), Seconds(60));
  BlacklistAdd(t, NameOf("a"), Seconds(5));
  c.Advance(Seconds(5));
  Turn after = c.turn();
  EXPECT_FALSE(Blacklisted(after, NameOf("a")));
}

TEST(BlacklistTest, WallJumpsDoNotShortenIt) {
  Cluster c;
  Turn t = c.turn();
  BlacklistAdd(t, NameOf("a"), Seconds(60));
  Now jumped = c.now();
  jumped.wall = jumped.wall + Seconds(3600);
  Turn after(c.s(), jumped, &c.effects());
  EXPECT_TRUE(Blacklisted(after, NameOf("a")));
}

TEST(BlacklistTest, ForgottenNodesComeBackByMeetButNotByGossip) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  const NodeKey x = c.Key("x");
  Turn t = c.turn();
  BlacklistAdd(t, NameOf("x"), Seconds(60));
  const auto introduce = [x](Message* m) {
    std::get<Heartbeat>(m->body).gossip.push_back({x, flag::kPrimary, 0});
  };
  c.Deliver(a, MessageType::kPing, introduce);
  EXPECT_FALSE(c.peers().Contains(x));
  c.Deliver(x, MessageType::kMeet);
  EXPECT_EQ(c.peers().size(), 3u) << "MEET is above the blacklist";
  c.Advance(Seconds(60));
  c.Deliver(a, MessageType::kPing, introduce);
  EXPECT_TRUE(c.peers().Contains(x));
}

// ---- RESET ----

struct ResetCase {
  std::string_view rules;
  bool replica;
  bool hard;
  bool new_shard;
};

TEST(ResetTest, ForgetsAllButWhatItsKindKeeps) {
  for (const ResetCase& each :
       {ResetCase{"valkey-8.0", false, false, false}, ResetCase{"valkey-8.0", true, false, false},
        ResetCase{"valkey-8.0", true, true, true}, ResetCase{"valkey-9.0", false, false, false},
        ResetCase{"valkey-9.0", true, false, true}, ResetCase{"gossamer", false, true, true}}) {
    SCOPED_TRACE(std::string(each.rules) + (each.hard ? " hard" : " soft"));
    Cluster c(each.rules);
    const NodeKey a = c.AddPrimary("a", {{0, 99}}, 7);
    if (each.replica) {
      c.MakeMeReplicaOf(a);
    } else {
      c.GiveSlots(c.me(), {{100, 199}});
      c.s().slots.migrating()[100] = a;
      c.SetEpochs(c.me(), 5);
    }
    c.s().last_vote_epoch = {6};
    Turn t = c.turn();
    BlacklistAdd(t, NameOf("x"), Seconds(60));
    const NodeName old_name = c.peers().name(c.me());
    const ShardId old_shard = c.facts(c.me()).shard_id;
    Reset(t, each.hard);

    EXPECT_EQ(c.peers().size(), 1u);
    EXPECT_EQ(c.peers().order()[0], c.me());
    EXPECT_TRUE(c.s().i_am_primary());
    EXPECT_FALSE(c.s().my_primary().valid());
    EXPECT_EQ(c.s().slots.assigned(), 0u);
    EXPECT_TRUE(c.s().slots.migrating().empty());
    EXPECT_TRUE(c.s().blacklist.empty());
    EXPECT_EQ(c.peers().name(c.me()) == old_name, !each.hard);
    EXPECT_EQ(c.facts(c.me()).shard_id == old_shard, !each.new_shard);
    EXPECT_EQ(c.s().current_epoch, Epoch{each.hard ? 0u : 7u});
    EXPECT_EQ(c.s().last_vote_epoch, Epoch{each.hard ? 0u : 6u});
    EXPECT_EQ(c.facts(c.me()).config_epoch, Epoch{each.hard || each.replica ? 0u : 5u});
    EXPECT_EQ(c.All<FlushData>().size(), each.replica ? 1u : 0u);
    EXPECT_EQ(c.All<Close>().size(), 2u);
    EXPECT_EQ(c.s().todo & todo::kSaveFsync, todo::kSaveFsync);
    c.peers().CheckInvariants();
    c.Run(Seconds(3));
    EXPECT_FALSE(c.s().health.ok);
  }
}

TEST(ResetTest, EndsAManualFailoverAndUnpauses) {
  Cluster c;
  c.GiveSlots(c.me(), {{0, 99}});
  const NodeKey r = c.AddReplica("r", c.me());
  c.Deliver(r, MessageType::kMfStart);
  ASSERT_EQ(c.All<PauseWrites>().size(), 1u);
  Turn t = c.turn();
  Reset(t, /*hard=*/false);
  EXPECT_EQ(c.All<Unpause>().size(), 1u);
  EXPECT_FALSE(c.s().manual_failover.active());
}

TEST(ResetTest, HardWithoutRoomForANameKeepsTheNameAndNothingElse) {
  Cluster c;
  c.SetEpochs(c.me(), 5);
  NameTable& names = c.tables().pool.names();
  for (int i = 0; names.Intern(NameOf(std::to_string(i) + "x")).valid(); ++i) continue;
  const NodeName old_name = c.peers().name(c.me());
  Turn t = c.turn();
  Reset(t, /*hard=*/true);
  EXPECT_EQ(c.peers().name(c.me()), old_name);
  EXPECT_EQ(c.facts(c.me()).config_epoch, Epoch{0});
  EXPECT_EQ(c.s().current_epoch, Epoch{0});
}

// ---- Addresses ----

TEST(ChangeAddressTest, TakesItReconnectsAndClearsNoAddr) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.peers().SetFlags(a, flag::kNoAddr);
  Turn t = c.turn();
  ChangeAddress(t, a, kThere);
  EXPECT_EQ(c.facts(a).address.endpoint, kThere);
  EXPECT_FALSE(c.peers().HasOutLink(a));
  EXPECT_TRUE(c.peers().HasInLink(a));
  EXPECT_FALSE(c.peers().Has(a, flag::kNoAddr));
  EXPECT_TRUE(c.All<Replicate>().empty());
  EXPECT_EQ(c.Events(EventType::kAddressChanged)[0].subject, a);
  EXPECT_EQ(c.s().todo & (todo::kSave | todo::kUpdateState), todo::kSave | todo::kUpdateState);
}

TEST(ChangeAddressTest, MyPrimarysAddressTurnsReplicationThere) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a", {{0, 99}});
  c.MakeMeReplicaOf(a);
  Turn t = c.turn();
  ChangeAddress(t, a, kThere);
  ASSERT_EQ(c.All<Replicate>().size(), 1u);
  EXPECT_EQ(c.All<Replicate>()[0].primary, a);
  EXPECT_FALSE(c.All<Replicate>()[0].full_sync);
}

}  // namespace
}  // namespace gossamer
