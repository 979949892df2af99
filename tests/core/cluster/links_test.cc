// LinkTable, and opening, closing, binding and sending.
#include "core/cluster/links.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bus/codec.h"
#include "core/cluster/heartbeat.h"
#include "core/cluster/link_table.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

constexpr NodeKey kA{1};
constexpr NodeKey kB{2};

// ---- LinkTable ----

TEST(LinkTableTest, AnIdOfAnEarlierUseIsUnknown) {
  LinkTable links;
  const LinkId first = links.AllocateOutbound(kA);
  EXPECT_TRUE(links.Contains(first));
  EXPECT_EQ(links.peer(first), kA);
  links.SetExtensions(first);
  links.Remove(first);
  EXPECT_FALSE(links.Contains(first));
  const LinkId second = links.AllocateOutbound(kB);
  EXPECT_EQ(second.slot(), first.slot());
  EXPECT_FALSE(second == first);
  EXPECT_FALSE(links.Contains(first));
  EXPECT_EQ(links.peer(second), kB);
  EXPECT_FALSE(links.extensions(second)) << "a new connection has learned nothing";
}

TEST(LinkTableTest, GenerationsWrap) {
  LinkTable links;
  LinkId last = links.AllocateOutbound(kA);
  for (uint32_t i = 0; i < 2 * (LinkId::kGenerationMask + 1); ++i) {
    links.Remove(last);
    const LinkId next = links.AllocateOutbound(kA);
    ASSERT_FALSE(next == last);
    ASSERT_FALSE(links.Contains(last));
    ASSERT_TRUE(links.Contains(next));
    last = next;
  }
}

TEST(LinkTableTest, InboundIdsComeFromTheHost) {
  LinkTable links;
  const LinkId link = LinkId::Make(true, 3, 5);
  EXPECT_FALSE(links.Contains(link));
  EXPECT_TRUE(links.AddInbound(link));
  EXPECT_FALSE(links.peer(link).valid());
  EXPECT_FALSE(links.AddInbound(link)) << "in use";
  EXPECT_FALSE(links.AddInbound(LinkId::Make(true, 3, 6))) << "slot in use";
  EXPECT_FALSE(links.Contains(LinkId::Make(true, 3, 6)));
  EXPECT_FALSE(links.Contains(LinkId::Make(false, 3, 5))) << "the other direction";
  links.Remove(link);
  EXPECT_TRUE(links.AddInbound(LinkId::Make(true, 3, 6)));
}

TEST(LinkTableTest, RefusesOutboundIdsAndSlotsFarAway) {
  LinkTable links;
  EXPECT_FALSE(links.AddInbound(LinkId::Make(false, 0, 1)));
  EXPECT_FALSE(links.AddInbound(LinkId::Make(true, 200'000, 1)));
  EXPECT_EQ(links.memory_bytes(), 0u);
}

TEST(LinkTableTest, VisitsOutboundThenInboundByRisingSlot) {
  LinkTable links;
  const LinkId in = LinkId::Make(true, 0, 1);
  ASSERT_TRUE(links.AddInbound(in));
  const LinkId a = links.AllocateOutbound(kA);
  const LinkId gone = links.AllocateOutbound(kA);
  const LinkId b = links.AllocateOutbound(kB);
  links.Remove(gone);
  links.Bind(in, kB);
  std::vector<std::pair<uint32_t, NodeKey>> seen;
  links.ForEach([&](LinkId link, NodeKey peer) { seen.emplace_back(link.value, peer); });
  EXPECT_EQ(seen, (std::vector<std::pair<uint32_t, NodeKey>>{
                      {a.value, kA}, {b.value, kB}, {in.value, kB}}));
}

// ---- Opening and closing ----

TEST(LinksTest, OpenTellsTheHostWhere) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.Unlink(a);
  Turn t = c.turn();
  OpenLink(t, a);
  ASSERT_EQ(c.All<Open>().size(), 1u);
  const Open open = c.All<Open>()[0];
  EXPECT_EQ(open.peer, a);
  EXPECT_EQ(open.link, c.out_link(a));
  EXPECT_FALSE(open.link.inbound());
  EXPECT_EQ(open.address->get().address.endpoint, c.facts(a).address.endpoint);
  EXPECT_EQ(c.peers().out_link_ms(a), c.ms());
}

TEST(LinksTest, FreeingClosesOnceAndForgets) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  const LinkId out = c.out_link(a);
  const LinkId in = c.in_link(a);
  Turn t = c.turn();
  FreeOutLink(t, a);
  FreeOutLink(t, a);
  FreeInLink(t, a);
  FreeInLink(t, a);
  ASSERT_EQ(c.All<Close>().size(), 2u);
  EXPECT_EQ(c.All<Close>()[0].link, out);
  EXPECT_EQ(c.All<Close>()[1].link, in);
  EXPECT_FALSE(c.peers().HasOutLink(a) || c.peers().HasInLink(a));
  EXPECT_FALSE(c.s().links.Contains(out) || c.s().links.Contains(in));
  EXPECT_EQ(c.peers().in_link_freed_ms(a), c.ms());
}

TEST(LinksTest, ALinkThatWentDownIsNotClosedAgain) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  const LinkId in = c.in_link(a);
  c.Advance(Seconds(3));
  c.node().OnLinkDown(c.now(), in, LinkError::kReset, &c.effects());
  EXPECT_TRUE(c.All<Close>().empty());
  EXPECT_FALSE(c.peers().HasInLink(a));
  EXPECT_TRUE(c.peers().HasOutLink(a));
  EXPECT_EQ(c.peers().in_link_freed_ms(a), c.ms());
  ASSERT_EQ(c.Events(EventType::kLinkDown).size(), 1u);
  EXPECT_EQ(c.Events(EventType::kLinkDown)[0], (Event{EventType::kLinkDown, a, {}, {}, 1}));
}

TEST(LinksTest, LateNewsOfAnEarlierLinkFallAway) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  const LinkId old = c.out_link(a);
  Turn t = c.turn();
  FreeOutLink(t, a);
  OpenLink(t, a);
  c.ClearEffects();
  c.node().OnLinkDown(c.now(), old, LinkError::kReset, &c.effects());
  c.node().OnLinkUp(c.now(), old, {}, &c.effects());
  c.node().OnBadFrame(c.now(), old, FrameError::kBadSignature, &c.effects());
  c.DeliverOn(old, c.Make(a, MessageType::kPing));
  EXPECT_TRUE(c.effects().empty());
  EXPECT_TRUE(c.peers().HasOutLink(a));
}

TEST(LinksTest, AnInboundIdInUseIsClosed) {
  Cluster c;
  const LinkId link = c.Accept();
  c.node().OnLinkUp(c.now(), link, {}, &c.effects());
  ASSERT_EQ(c.All<Close>().size(), 1u);
  EXPECT_TRUE(c.s().links.Contains(link));
}

// ---- What is said first ----

TEST(LinksTest, APingGoesOutOnConnect) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.node().OnLinkUp(c.now(), c.out_link(a), {}, &c.effects());
  EXPECT_EQ(c.SentTo(a, MessageType::kPing).size(), 1u);
  EXPECT_EQ(c.peers().ping_sent_ms(a), c.ms());
}

TEST(LinksTest, AMeetGoesOutToAMeetNodeAndStartsNoPingClock) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.peers().SetFlags(a, flag::kMeet);
  c.node().OnLinkUp(c.now(), c.out_link(a), {}, &c.effects());
  EXPECT_EQ(c.SentTo(a, MessageType::kMeet).size(), 1u);
  EXPECT_TRUE(c.SentTo(a, MessageType::kPing).empty());
  EXPECT_FALSE(c.peers().PingPending(a));
  EXPECT_EQ(c.peers().moment(a, Moment::kMeetSent), c.ms());
}

TEST(LinksTest, AReconnectKeepsThePingClock) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  const MonoMs sent = c.ms();
  c.peers().SetPingSent(a, sent);
  for (const uint16_t bits : {uint16_t{0}, flag::kMeet}) {
    c.peers().SetFlags(a, bits);
    c.Advance(Seconds(4));
    Turn t = c.turn();
    FreeOutLink(t, a);
    OpenLink(t, a);
    c.node().OnLinkUp(c.now(), c.out_link(a), {}, &c.effects());
    EXPECT_EQ(c.peers().ping_sent_ms(a), sent);
  }
}

// ---- Binding ----

TEST(LinksTest, AKnownSenderBindsAnInboundLinkAndReplacesItsOlderOne) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  const LinkId old = c.in_link(a);
  const LinkId link = c.Accept();
  c.DeliverOn(link, c.Make(a, MessageType::kPing));
  EXPECT_EQ(c.in_link(a), link);
  EXPECT_EQ(c.s().links.peer(link), a);
  EXPECT_FALSE(c.s().links.Contains(old));
  ASSERT_EQ(c.All<Close>().size(), 1u);
  EXPECT_EQ(c.All<Close>()[0].link, old);
}

TEST(LinksTest, AnUnknownSenderBindsNothing) {
  Cluster c;
  const LinkId link = c.Accept();
  c.DeliverOn(link, c.Make(c.Key("x"), MessageType::kPing));
  EXPECT_FALSE(c.s().links.peer(link).valid());
  EXPECT_EQ(c.Sends(MessageType::kPong).size(), 1u) << "any ping is answered";
}

// In the releases the header's sender is not looked at again on a bound inbound link.
TEST(LinksTest, ABoundInboundLinkKeepsItsNode) {
  for (const std::string_view rules : RuleNames()) {
    Cluster c(rules);
    const NodeKey a = c.AddPrimary("a");
    const NodeKey b = c.AddPrimary("b");
    const LinkId link = c.in_link(a);
    const LinkId others = c.in_link(b);
    const MonoMs before = c.ms();
    c.Advance(Seconds(1));
    c.DeliverOn(link, c.Make(b, MessageType::kPing));
    EXPECT_EQ(c.s().links.peer(link), a) << rules;
    EXPECT_EQ(c.in_link(b), others) << rules;
    EXPECT_EQ(c.peers().data_received_ms(b), before) << rules;
    const bool believed = !RulesNamed(rules).links_keep_identity;
    EXPECT_EQ(c.peers().data_received_ms(a), believed ? c.ms() : before) << rules;
  }
}

TEST(LinksTest, AHeaderThatNamesMyselfIsNobodys) {
  Cluster c;
  const LinkId link = c.Accept();
  c.DeliverOn(link, c.Make(c.me(), MessageType::kPing));
  EXPECT_FALSE(c.s().links.peer(link).valid());
  EXPECT_EQ(c.peers().data_received_ms(c.me()), kLongAgo);
}

// ---- Bad input ----

TEST(LinksTest, BadFramesFreeTheLinkWhereTheProtocolDoes) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.node().OnBadFrame(c.now(), c.in_link(a), FrameError::kTruncated, &c.effects());
  EXPECT_TRUE(c.peers().HasInLink(a));
  c.node().OnBadFrame(c.now(), c.in_link(a), FrameError::kBadSignature, &c.effects());
  EXPECT_FALSE(c.peers().HasInLink(a));
  EXPECT_EQ(c.s().stats.bad_frames, 2u);
  EXPECT_EQ(c.Events(EventType::kBadFrame).size(), 2u);
}

// ---- Sending ----

TEST(LinksTest, WithoutAnOutboundLinkNothingIsSent) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.Unlink(a);
  Turn t = c.turn();
  EXPECT_FALSE(SendTo(t, a, MakeBare(t, MessageType::kAuthAck, 0)));
  EXPECT_TRUE(c.effects().empty());
  EXPECT_EQ(c.s().stats.sent[static_cast<size_t>(MessageType::kAuthAck)], 0u);
}

TEST(LinksTest, SendsCarryTheirTicketAndAreCounted) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  Turn t = c.turn();
  EXPECT_TRUE(SendTo(t, a, MakeBare(t, MessageType::kAuthAck, 0), Ticket{7}));
  ASSERT_EQ(c.All<Send>().size(), 1u);
  EXPECT_EQ(c.All<Send>()[0].after, Ticket{7});
  EXPECT_EQ(c.All<Send>()[0].link, c.out_link(a));
  EXPECT_EQ(c.s().stats.sent[static_cast<size_t>(MessageType::kAuthAck)], 1u);
  EXPECT_EQ(c.s().stats.bytes_sent, 2256u);
}

TEST(LinksTest, BytesAreCountedByKind) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.AddPrimary("b", {{0, 9}});
  Turn t = c.turn();
  MessagePool& pool = c.tables().pool;
  Message* publish = pool.MakeLight(MessageType::kPublishShard);
  publish->body = Publish{"news", "text"};
  SendTo(t, a, pool.Seal(publish));
  Message* module = pool.MakeLight(MessageType::kModule);
  module->body = ModulePayload{{}, 1, "payload"};
  SendTo(t, a, pool.Seal(module));
  SendPing(t, a, MessageType::kPing);
  const BusStats& stats = c.s().stats;
  EXPECT_EQ(stats.pubsub_bytes_sent, 16u + 8u + 8u);
  EXPECT_EQ(stats.module_bytes_sent, 16u + 13u + 7u);
  EXPECT_EQ(stats.gossip_entries_sent, 1u);
  EXPECT_EQ(stats.bytes_sent, 32u + 36u + c.SentTo(a, MessageType::kPing)[0]->encoded_length);
}

TEST(LinksTest, ReceivedMessagesAreCountedByTypeAndUnknownOnesLast) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.Deliver(a, MessageType::kPing);
  c.Deliver(a, static_cast<MessageType>(77));
  const BusStats& stats = c.s().stats;
  EXPECT_EQ(stats.received[0], 1u);
  EXPECT_EQ(stats.received[kMessageTypes], 1u);
  EXPECT_GT(stats.bytes_received, 2u * 2256);
}

TEST(LinksTest, BroadcastReachesEverybodyButMyselfAndHandshakes) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  const NodeKey r = c.AddReplica("r", a);
  const NodeKey h = c.AddPrimary("h");
  const NodeKey gone = c.AddPrimary("g");
  c.peers().SetFlags(h, flag::kHandshake);
  c.peers().SetFlags(a, flag::kFail);
  c.Unlink(gone);
  Turn t = c.turn();
  Broadcast(t, MakeBare(t, MessageType::kAuthRequest, 0), Ticket{3});
  EXPECT_EQ(c.All<Send>().size(), 2u);
  EXPECT_EQ(c.SentTo(a, MessageType::kAuthRequest).size(), 1u);
  EXPECT_EQ(c.SentTo(r, MessageType::kAuthRequest).size(), 1u);
  EXPECT_EQ(c.All<Send>()[1].after, Ticket{3});
}

// ---- The send buffer's limit ----

class LinkLimitTest : public testing::Test {
 protected:
  LinkLimitTest() : c_(Limited()), a_(c_.AddPrimary("a")) {}
  static ClusterSetup Limited() {
    ClusterSetup setup;
    setup.options.link_sendbuf_limit_bytes = 1000;
    return setup;
  }
  void Queue(LinkId link, uint64_t bytes) {
    c_.node().OnQueue(c_.now(), link, bytes, &c_.effects());
  }
  bool Closed(LinkId link) {
    for (const Close& close : c_.All<Close>()) {
      if (close.link == link) return true;
    }
    return false;
  }

  Cluster c_;
  NodeKey a_;
};

TEST_F(LinkLimitTest, TheCronFreesLinksOverTheLimitInBothDirections) {
  const LinkId out = c_.out_link(a_);
  const LinkId in = c_.in_link(a_);
  Queue(out, 1001);
  Queue(out, 1200);
  Queue(in, 5000);
  EXPECT_TRUE(c_.All<Close>().empty());
  c_.Run(Millis(100));
  EXPECT_TRUE(Closed(out));
  EXPECT_TRUE(Closed(in));
  EXPECT_EQ(c_.s().stats.link_buffer_exceeded, 2u);
  EXPECT_EQ(c_.Events(EventType::kLinkBufferExceeded)[0].subject, a_);
}

TEST_F(LinkLimitTest, TheLimitItselfIsFine) {
  Queue(c_.out_link(a_), 1000);
  c_.Run(Millis(100));
  EXPECT_EQ(c_.s().stats.link_buffer_exceeded, 0u);
}

TEST_F(LinkLimitTest, WhatDrainsBeforeTheCronIsForgiven) {
  Queue(c_.out_link(a_), 1001);
  Queue(c_.out_link(a_), 999);
  c_.Run(Millis(100));
  EXPECT_EQ(c_.s().stats.link_buffer_exceeded, 0u);
  EXPECT_TRUE(c_.peers().HasOutLink(a_));
}

TEST_F(LinkLimitTest, ALinkThatIsGoneByThenIsNobodys) {
  Queue(c_.in_link(a_), 1001);
  c_.Unlink(a_);
  Queue(LinkId::Make(true, 77, 1), 5000);
  c_.Run(Millis(100));
  EXPECT_EQ(c_.s().stats.link_buffer_exceeded, 0u);
}

TEST(LinksTest, NoLimitFreesNothing) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.node().OnQueue(c.now(), c.out_link(a), uint64_t{1} << 40, &c.effects());
  c.Run(Millis(100));
  EXPECT_TRUE(c.peers().HasOutLink(a));
}

}  // namespace
}  // namespace gossamer
