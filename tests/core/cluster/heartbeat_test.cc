// Headers, and the handling of PING, PONG and MEET.
#include "core/cluster/heartbeat.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "core/cluster/links.h"
#include "core/cluster/membership.h"
#include "core/cluster/start.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

Header MyHeader(Cluster& c) {
  Header header;
  FillHeader(c.turn(), &header);
  return header;
}

const MessageRef& Only(const std::vector<MessageRef>& messages) {
  EXPECT_EQ(messages.size(), 1u);
  return messages.at(0);
}

// ---- The header ----

TEST(HeaderTest, SaysWhatIAm) {
  ClusterSetup setup;
  setup.options.tls_port = 7443;
  Cluster c(setup);
  c.GiveSlots(c.me(), {{0, 99}});
  c.SetEpochs(c.me(), 4);
  c.s().current_epoch = {9};
  c.s().data.repl_offset = 1234;
  const Header h = MyHeader(c);
  EXPECT_EQ(h.sender, c.me());
  EXPECT_FALSE(h.replicaof.valid());
  EXPECT_EQ(h.flags & (flag::kPrimary | flag::kReplica | flag::kMyself),
            flag::kPrimary | flag::kMyself);
  EXPECT_EQ(h.current_epoch, Epoch{9});
  EXPECT_EQ(h.config_epoch, Epoch{4});
  EXPECT_EQ(h.repl_offset, 1234);
  EXPECT_EQ(h.slots->count(), 100u);
  EXPECT_EQ(h.port, 6379);
  EXPECT_EQ(h.cport, 16379);
  EXPECT_EQ(h.mflags[0], 0);
}

TEST(HeaderTest, PortsAreOfTheClusterAsItIsConfiguredNow) {
  for (const bool tls : {false, true}) {
    ClusterSetup setup;
    setup.options.tls_port = 7443;
    setup.options.tls_cluster = tls;
    Cluster c(setup);
    EXPECT_EQ(MyHeader(c).port, tls ? 7443 : 6379);
    EXPECT_EQ(MyHeader(c).pport, tls ? 6379 : 7443);
  }
}

TEST(HeaderTest, StateIsMyView) {
  Cluster c;
  EXPECT_EQ(MyHeader(c).state, 0);
  c.s().health.ok = false;
  EXPECT_EQ(MyHeader(c).state, 1);
}

TEST(HeaderTest, TheIpIsSaidOnlyWhenAnnounced) {
  Cluster c;
  EXPECT_FALSE(c.facts(c.me()).address.endpoint.ip.empty());
  EXPECT_TRUE(MyHeader(c).ip.empty());
  ClusterOptions options = c.s().options;
  options.announce_ip = "192.0.2.7";
  c.node().OnConfig(c.now(), options, &c.effects());
  EXPECT_EQ(MyHeader(c).ip.view(), "192.0.2.7");
}

TEST(HeaderTest, AReplicaSpeaksForItsPrimary) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a", {{0, 99}}, 7);
  c.MakeMeReplicaOf(a, 55);
  const Header h = MyHeader(c);
  EXPECT_EQ(h.replicaof, a);
  EXPECT_NE(h.flags & flag::kReplica, 0);
  EXPECT_EQ(h.config_epoch, Epoch{7});
  EXPECT_EQ(h.slots, c.facts(a).slots);
  EXPECT_EQ(h.repl_offset, 55);
}

TEST(HeaderTest, AReplicaWithoutPrimarySpeaksForItself) {
  Cluster c;
  c.peers().ReplaceFlags(c.me(), flag::kReplica | flag::kMyself);
  const Header h = MyHeader(c);
  EXPECT_FALSE(h.replicaof.valid()) << "receivers take it for a primary";
  EXPECT_NE(h.flags & flag::kReplica, 0);
  EXPECT_EQ(h.slots->count(), 0u);
}

TEST(HeaderTest, CapabilitiesAreThoseOfTheRelease) {
  constexpr uint16_t kAll = flag::kExtensions | flag::kLightPublish | flag::kLightModule;
  for (const std::string_view rules : RuleNames()) {
    Cluster c(rules);
    const uint16_t expected = rules == "valkey-8.0" ? flag::kLightPublish : kAll;
    EXPECT_EQ(MyHeader(c).flags & kAll, expected) << rules;
  }
}

TEST(HeaderTest, NoFailoverFollowsTheOption) {
  Cluster c;
  EXPECT_EQ(MyHeader(c).flags & flag::kNoFailover, 0);
  ClusterOptions options = c.s().options;
  options.replica_no_failover = true;
  c.node().OnConfig(c.now(), options, &c.effects());
  EXPECT_NE(MyHeader(c).flags & flag::kNoFailover, 0);
}

TEST(HeaderTest, PausedWhileAPrimaryInManualFailover) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a", {{0, 99}});
  c.s().manual_failover.end = c.ms() + 5000;
  EXPECT_EQ(MyHeader(c).mflags[0], mflag::kPaused);
  c.MakeMeReplicaOf(a);
  EXPECT_EQ(MyHeader(c).mflags[0], 0);
}

TEST(HeaderTest, EveryHeartbeatSaysThatIParseExtensions) {
  for (const std::string_view rules : RuleNames()) {
    Cluster c(rules);
    const NodeKey a = c.AddPrimary("a");
    c.peers().ClearFlags(a, flag::kExtensions);
    Turn t = c.turn();
    SendPing(t, a, MessageType::kPing);
    SendPing(t, a, MessageType::kMeet);
    BroadcastPong(t, false);
    ASSERT_EQ(c.All<Send>().size(), 3u);
    for (const Send& send : c.All<Send>()) {
      EXPECT_EQ(send.message->header.mflags[0], mflag::kExtData);
      EXPECT_FALSE(std::get<Heartbeat>(send.message->body).extensions);
    }
  }
}

TEST(HeaderTest, BareMessagesCarryTheirFlags) {
  Cluster c;
  Turn t = c.turn();
  const MessageRef request = MakeBare(t, MessageType::kAuthRequest, mflag::kForceAck);
  EXPECT_EQ(request->header.mflags[0], mflag::kForceAck);
  EXPECT_EQ(request->encoded_length, 2256u);
}

// ---- PING and PONG ----

TEST(HeartbeatTest, APingIsAnsweredOnItsLink) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.Deliver(a, MessageType::kPing);
  ASSERT_EQ(c.Sends(MessageType::kPong).size(), 1u);
  EXPECT_EQ(c.Sends(MessageType::kPong)[0].link, c.in_link(a));
  EXPECT_FALSE(c.peers().PingPending(a));
}

TEST(HeartbeatTest, APongIsNotAnswered) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.Deliver(a, MessageType::kPong);
  EXPECT_TRUE(c.All<Send>().empty());
}

TEST(HeartbeatTest, SendingAPingStartsTheClockAndAMeetDoesNot) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  Turn t = c.turn();
  SendPing(t, a, MessageType::kMeet);
  EXPECT_FALSE(c.peers().PingPending(a));
  EXPECT_EQ(c.peers().moment(a, Moment::kMeetSent), c.ms());
  SendPing(t, a, MessageType::kPing);
  EXPECT_EQ(c.peers().ping_sent_ms(a), c.ms());
}

TEST(HeartbeatTest, OnlyAPongOnMyOwnLinkIsAnAnswer) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  const MonoMs asked = c.ms();
  c.peers().SetPingSent(a, asked);
  c.Advance(Seconds(1));
  c.DeliverOn(c.in_link(a), c.Make(a, MessageType::kPong));
  c.DeliverOn(c.in_link(a), c.Make(a, MessageType::kPing));
  c.DeliverOn(c.out_link(a), c.Make(a, MessageType::kPing));
  EXPECT_TRUE(c.peers().PingPending(a));
  EXPECT_EQ(c.peers().pong_ms(a), asked);
  EXPECT_EQ(c.peers().data_received_ms(a), c.ms()) << "but it is a sign of life";
  c.DeliverOn(c.out_link(a), c.Make(a, MessageType::kPong));
  EXPECT_FALSE(c.peers().PingPending(a));
  EXPECT_EQ(c.peers().pong_ms(a), c.ms());
}

TEST(HeartbeatTest, NoFailoverIsCopied) {
  for (const std::string_view rules : RuleNames()) {
    Cluster c(rules);
    const NodeKey a = c.AddPrimary("a");
    c.Deliver(a, MessageType::kPing, [](Message* m) { m->header.flags |= flag::kNoFailover; });
    EXPECT_TRUE(c.peers().Has(a, flag::kNoFailover));
    EXPECT_EQ((c.s().todo & todo::kSave) != 0, RulesNamed(rules).save_nofailover) << rules;
    c.Deliver(a, MessageType::kPing, [](Message* m) { m->header.flags &= ~flag::kNoFailover; });
    EXPECT_FALSE(c.peers().Has(a, flag::kNoFailover));
  }
}

TEST(HeartbeatTest, CapabilitiesAreLearnedAnewFromEachMessage) {
  for (const std::string_view rules : RuleNames()) {
    Cluster c(rules);
    const NodeKey a = c.AddPrimary("a");
    constexpr uint16_t kBits = flag::kLightPublish | flag::kLightModule | flag::kMyPrimaryFail;
    c.Deliver(a, MessageType::kPing, [](Message* m) { m->header.flags |= kBits; });
    uint16_t known = flag::kLightPublish;
    if (RulesNamed(rules).light_module) known |= flag::kLightModule;
    if (RulesNamed(rules).my_primary_fail_flag) known |= flag::kMyPrimaryFail;
    EXPECT_EQ(c.peers().flags(a) & kBits, known) << rules;
    c.Deliver(a, MessageType::kPing, [](Message* m) { m->header.flags &= ~kBits; });
    EXPECT_EQ(c.peers().flags(a) & kBits, 0) << rules;
  }
}

TEST(HeartbeatTest, NewsOfANodeInHandshakeAreNotUsed) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  const NodeKey x = c.Key("x");
  c.peers().SetFlags(a, flag::kHandshake);
  c.DeliverOn(c.in_link(a), c.Make(a, MessageType::kPing, [x](Message* m) {
    m->header.current_epoch = {99};
    m->header.repl_offset = 5;
    std::get<Heartbeat>(m->body).gossip.push_back({x, flag::kPrimary, 0});
  }));
  EXPECT_EQ(c.s().current_epoch, Epoch{0});
  EXPECT_EQ(c.peers().repl_offset(a), 0);
  EXPECT_FALSE(c.peers().Contains(x));
  EXPECT_EQ(c.Sends(MessageType::kPong).size(), 1u);
}

TEST(HeartbeatTest, TheOffsetOfEachMessageIsKept) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.Deliver(a, MessageType::kPing, [](Message* m) { m->header.repl_offset = 77; });
  EXPECT_EQ(c.peers().repl_offset(a), 77);
}

// ---- MEET ----

TEST(MeetTest, AnUnknownSenderIsAddedInHandshakeAndAnswered) {
  Cluster c;
  const NodeKey x = c.Key("x");
  const LinkId link = c.Accept();
  c.DeliverOn(link, c.Make(x, MessageType::kMeet, [](Message* m) { m->header.pport = 8443; }));
  const NodeKey node = c.s().links.peer(link);
  ASSERT_TRUE(node.valid());
  EXPECT_FALSE(c.peers().Contains(x)) << "a random name until it answers";
  EXPECT_TRUE(c.peers().Has(node, flag::kHandshake));
  EXPECT_FALSE(c.peers().Has(node, flag::kMeet | flag::kPrimary));
  EXPECT_TRUE(c.peers().Has(node, flag::kExtensions));
  const Endpoint& endpoint = c.facts(node).address.endpoint;
  EXPECT_EQ(endpoint.ip.view(), "10.0.0.250") << "the socket's";
  EXPECT_EQ(endpoint.port, 7999);
  EXPECT_EQ(endpoint.pport, 8443);
  EXPECT_EQ(endpoint.cport, 17999);
  EXPECT_EQ(c.in_link(node), link);
  ASSERT_EQ(c.Sends(MessageType::kPong).size(), 1u);
  EXPECT_EQ(c.Sends(MessageType::kPong)[0].link, link);
  EXPECT_EQ(c.Events(EventType::kHandshakeStarted)[0].subject, node);
}

TEST(MeetTest, AnAnnouncedIpIsTaken) {
  Cluster c;
  const LinkId link = c.Accept();
  c.DeliverOn(link, c.Make(c.Key("x"), MessageType::kMeet,
                           [](Message* m) { m->header.ip = IpText::From("192.0.2.9"); }));
  EXPECT_EQ(c.facts(c.s().links.peer(link)).address.endpoint.ip.view(), "192.0.2.9");
}

TEST(MeetTest, WithoutExtDataItIsNotTakenToParseExtensions) {
  Cluster c;
  const LinkId link = c.Accept();
  c.DeliverOn(link,
              c.Make(c.Key("x"), MessageType::kMeet, [](Message* m) { m->header.mflags[0] = 0; }));
  EXPECT_FALSE(c.peers().Has(c.s().links.peer(link), flag::kExtensions));
}

TEST(MeetTest, RepeatedOnALinkInHandshakeAddsNobody) {
  Cluster c;
  const NodeKey x = c.Key("x");
  const LinkId link = c.Accept();
  c.DeliverOn(link, c.Make(x, MessageType::kMeet));
  const NodeKey node = c.s().links.peer(link);
  c.DeliverOn(link, c.Make(x, MessageType::kMeet));
  EXPECT_EQ(c.peers().size(), 2u);
  EXPECT_EQ(c.s().links.peer(link), node);
  EXPECT_EQ(c.Sends(MessageType::kPong).size(), 2u) << "and is answered each time";
}

TEST(MeetTest, FromMyselfAddsNobodyAndIsAnswered) {
  Cluster c;
  c.Deliver(c.me(), MessageType::kMeet);
  EXPECT_EQ(c.peers().size(), 1u);
  EXPECT_EQ(c.Sends(MessageType::kPong).size(), 1u);
}

TEST(MeetTest, WithAFullTableItIsAnsweredOnly) {
  ClusterSetup setup;
  setup.options.max_nodes = 1;
  Cluster c(setup);
  const LinkId link = c.Accept();
  c.DeliverOn(link, c.Make(c.Key("x"), MessageType::kMeet));
  EXPECT_FALSE(c.s().links.peer(link).valid());
  EXPECT_EQ(c.Sends(MessageType::kPong).size(), 1u);
  EXPECT_TRUE(c.HasEvent(EventType::kNodeRefused));
}

// The sender lacks an inbound link from me: a new connection will give it one.
TEST(MeetTest, FromANodeLongKnownFreesMyLinkToIt) {
  for (const std::string_view rules : RuleNames()) {
    Cluster c(rules);
    const NodeKey a = c.AddPrimary("a");
    const NodeKey fresh = c.AddPrimary("b");
    c.peers().SetMoment(fresh, Moment::kCreated, c.ms() - c.s().timeout_ms());
    c.Deliver(a, MessageType::kMeet);
    c.Deliver(fresh, MessageType::kMeet);
    EXPECT_EQ(c.peers().HasOutLink(a), !RulesNamed(rules).meet_repair) << rules;
    EXPECT_TRUE(c.peers().HasOutLink(fresh)) << "not older than a handshake may last";
    EXPECT_EQ(c.peers().size(), 3u);
    EXPECT_EQ(c.Sends(MessageType::kPong).size(), 2u);
  }
}

TEST(MeetTest, OnMyOwnLinkToAKnownNodeIsHarmless) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.DeliverOn(c.out_link(a), c.Make(a, MessageType::kMeet));
  EXPECT_FALSE(c.peers().HasOutLink(a));
  EXPECT_TRUE(c.peers().Contains(a));
}

// Without this, peers that lost an inbound link once would send MEETs, and reset each other's
// links, for ever.
TEST(MeetTest, AnyHeartbeatOfAKnownNodeEndsIt) {
  for (const MessageType type : {MessageType::kPing, MessageType::kPong, MessageType::kMeet}) {
    Cluster c;
    const NodeKey a = c.AddPrimary("a");
    c.peers().SetFlags(a, flag::kMeet);
    c.Deliver(a, MessageType::kAuthAck);
    EXPECT_TRUE(c.peers().Has(a, flag::kMeet));
    c.Deliver(a, type);
    EXPECT_FALSE(c.peers().Has(a, flag::kMeet));
  }
}

TEST(MeetTest, GoesOnWhileTheHandshakeLasts) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.peers().SetFlags(a, flag::kMeet | flag::kHandshake);
  c.DeliverOn(c.in_link(a), c.Make(a, MessageType::kPing));
  EXPECT_TRUE(c.peers().Has(a, flag::kMeet));
}

// ---- My own address ----

class OwnIpTest : public testing::Test {
 protected:
  void Deliver(MessageType type, std::string_view local_ip) {
    const LinkPeer peer{IpText::From("10.0.0.9"), IpText::From(local_ip)};
    c_.node().OnMessage(c_.now(), c_.Accept(), peer, c_.Make(c_.Key("x"), type), &c_.effects());
  }
  std::string_view MyIp() { return c_.facts(c_.me()).address.endpoint.ip.view(); }
  void SetMyIp(std::string_view ip) {
    c_.peers().EditFacts(c_.me(),
                         [ip](PeerFacts* f) { f->address.endpoint.ip = IpText::From(ip); });
  }

  Cluster c_;
};

TEST_F(OwnIpTest, IsLearnedFromMeet) {
  Deliver(MessageType::kMeet, "10.1.1.1");
  EXPECT_EQ(MyIp(), "10.1.1.1");
  EXPECT_EQ(c_.Events(EventType::kAddressChanged)[0].subject, c_.me());
  EXPECT_NE(c_.s().todo & todo::kSave, 0u);
}

TEST_F(OwnIpTest, IsLearnedFromPingOnlyWhileUnknown) {
  Deliver(MessageType::kPing, "10.1.1.1");
  EXPECT_EQ(MyIp(), "10.0.0.1");
  SetMyIp("");
  Deliver(MessageType::kPong, "10.1.1.1");
  EXPECT_EQ(MyIp(), "");
  Deliver(MessageType::kPing, "10.1.1.1");
  EXPECT_EQ(MyIp(), "10.1.1.1");
}

TEST_F(OwnIpTest, IsNotLearnedWhenAnnouncedOrUnknown) {
  Deliver(MessageType::kMeet, "");
  EXPECT_EQ(MyIp(), "10.0.0.1");
  c_.s().options.announce_ip = "192.0.2.1";
  Deliver(MessageType::kMeet, "10.1.1.1");
  EXPECT_EQ(MyIp(), "10.0.0.1");
  EXPECT_FALSE(c_.HasEvent(EventType::kAddressChanged));
}

// ---- Who answers on my link ----

TEST(IdentityTest, AnotherNodesAnswerMakesTheNodeUnreachable) {
  for (const std::string_view rules : RuleNames()) {
    for (const bool failed : {false, true}) {
      Cluster c(rules);
      const NodeKey a = c.AddPrimary("a", {{0, 9}});
      const NodeKey b = c.AddPrimary("b");
      if (failed) c.peers().SetFlags(a, flag::kFail);
      c.Advance(Seconds(1));
      const LinkId link = c.out_link(a);
      const NodeKey x = c.Key("x");
      c.DeliverOn(link, c.Make(x, MessageType::kPong));
      EXPECT_TRUE(c.peers().Has(a, flag::kNoAddr));
      EXPECT_EQ(c.facts(a).address.endpoint, Endpoint{});
      EXPECT_FALSE(c.s().links.Contains(link));
      EXPECT_FALSE(c.peers().Contains(x));
      EXPECT_EQ(c.peers().pong_ms(a), c.ms() - 1000) << "it was no answer";
      EXPECT_EQ(c.Events(EventType::kIdMismatch)[0], (Event{EventType::kIdMismatch, a, x, {}, 0}));
      const bool fails = RulesNamed(rules).noaddr_is_fail;
      EXPECT_EQ(c.peers().Has(a, flag::kFail), fails || failed) << rules;
      EXPECT_EQ(c.SentTo(b, MessageType::kFail).size(), fails && !failed ? 1u : 0u) << rules;
      if (fails && !failed) {
        EXPECT_EQ(std::get<Fail>(c.SentTo(b, MessageType::kFail)[0]->body).node, a);
        EXPECT_EQ(c.peers().moment(a, Moment::kFail), c.ms());
      }
      EXPECT_EQ(c.s().todo & (todo::kSave | todo::kUpdateState), todo::kSave | todo::kUpdateState);
    }
  }
}

TEST(IdentityTest, ANodeWithoutAddressIsLeftAlone) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.DeliverOn(c.out_link(a), c.Make(c.Key("x"), MessageType::kPong));
  c.ClearEffects();
  c.Run(Seconds(60));
  EXPECT_TRUE(c.All<Open>().empty());
  EXPECT_FALSE(c.HasEvent(EventType::kPfailSet));
}

TEST(IdentityTest, ItIsMyLinksThatTellIt) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.DeliverOn(c.in_link(a), c.Make(c.Key("x"), MessageType::kPing));
  EXPECT_FALSE(c.peers().Has(a, flag::kNoAddr));
}

// ---- Addresses from headers ----

class HeaderAddressTest : public testing::Test {
 protected:
  HeaderAddressTest() : a_(c_.AddPrimary("a", {{0, 9}})) {}
  static void Moved(Message* m) { m->header.cport = 20'000; }
  uint16_t Cport() { return c_.facts(a_).address.endpoint.cport; }

  Cluster c_;
  NodeKey a_;
};

TEST_F(HeaderAddressTest, APingThatSaysTheSameChangesNothing) {
  c_.Deliver(a_, MessageType::kPing);
  EXPECT_TRUE(c_.peers().HasOutLink(a_));
  EXPECT_FALSE(c_.HasEvent(EventType::kAddressChanged));
}

TEST_F(HeaderAddressTest, APingThatSaysAnotherIsBelieved) {
  c_.peers().SetFlags(a_, flag::kNoAddr);
  c_.Deliver(a_, MessageType::kPing, Moved);
  EXPECT_EQ(Cport(), 20'000);
  EXPECT_FALSE(c_.peers().HasOutLink(a_));
  EXPECT_FALSE(c_.peers().Has(a_, flag::kNoAddr));
  EXPECT_TRUE(c_.All<Replicate>().empty());
}

TEST_F(HeaderAddressTest, EachPartCounts) {
  const std::vector<Cluster::Edit> edits = {
      [](Message* m) { m->header.port = 1; }, [](Message* m) { m->header.pport = 1; },
      [](Message* m) { m->header.cport = 1; },
      [](Message* m) { m->header.ip = IpText::From("192.0.2.4"); }};
  for (const Cluster::Edit& edit : edits) {
    const Endpoint before = c_.facts(a_).address.endpoint;
    c_.Deliver(a_, MessageType::kPing, edit);
    EXPECT_FALSE(c_.facts(a_).address.endpoint == before);
  }
}

TEST_F(HeaderAddressTest, PongsAndMeetsAreNotBelieved) {
  c_.Deliver(a_, MessageType::kPong, Moved);
  c_.Deliver(a_, MessageType::kMeet, Moved);
  EXPECT_NE(Cport(), 20'000);
}

TEST_F(HeaderAddressTest, APingOnMyOwnLinkIsNotBelieved) {
  c_.DeliverOn(c_.out_link(a_), c_.Make(a_, MessageType::kPing, Moved));
  EXPECT_NE(Cport(), 20'000);
}

TEST_F(HeaderAddressTest, MyPrimaryTakesReplicationWithIt) {
  c_.MakeMeReplicaOf(a_);
  c_.Deliver(a_, MessageType::kPing, Moved);
  ASSERT_EQ(c_.All<Replicate>().size(), 1u);
  EXPECT_EQ(c_.All<Replicate>()[0].primary, a_);
}

// ---- Unsolicited PONGs ----

TEST(BroadcastPongTest, ReachesEverybodyOrMyShardsReplicas) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a", {{0, 9}});
  const NodeKey b = c.AddPrimary("b", {{10, 19}});
  const NodeKey r = c.AddReplica("r", a);
  const NodeKey other = c.AddReplica("s", b);
  const NodeKey h = c.AddPrimary("h");
  const NodeKey gone = c.AddReplica("t", a);
  c.peers().SetFlags(h, flag::kHandshake);
  c.Unlink(gone);
  c.MakeMeReplicaOf(a);
  Turn t = c.turn();
  BroadcastPong(t, /*local_replicas_only=*/false, Ticket{4});
  EXPECT_EQ(c.All<Send>().size(), 4u);
  EXPECT_EQ(c.SentTo(other, MessageType::kPong).size(), 1u);
  EXPECT_EQ(c.All<Send>()[0].after, Ticket{4});
  c.ClearEffects();
  BroadcastPong(t, /*local_replicas_only=*/true);
  EXPECT_EQ(c.All<Send>().size(), 1u);
  EXPECT_EQ(Only(c.SentTo(r, MessageType::kPong))->type, MessageType::kPong);
  EXPECT_FALSE(c.peers().PingPending(r));
}

TEST(BroadcastPongTest, APrimarysReplicasAreItsOwn) {
  Cluster c;
  c.GiveSlots(c.me(), {{0, 9}});
  const NodeKey a = c.AddPrimary("a", {{10, 19}});
  const NodeKey mine = c.AddReplica("r", c.me());
  c.AddReplica("s", a);
  Turn t = c.turn();
  BroadcastPong(t, /*local_replicas_only=*/true);
  ASSERT_EQ(c.All<Send>().size(), 1u);
  EXPECT_EQ(c.SentTo(mine, MessageType::kPong).size(), 1u);
}

}  // namespace
}  // namespace gossamer
