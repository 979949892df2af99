// The ping extensions: who gets them, what they say, what the receiver does with them.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cluster/heartbeat.h"
#include "core/cluster/membership.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

// What a PING to `peer` carries now; null when it carries none.
ExtensionsRef SentNow(Cluster& c, NodeKey peer) {
  c.ClearEffects();
  Turn t = c.turn();
  SendPing(t, peer, MessageType::kPing);
  return std::get<Heartbeat>(c.SentTo(peer, MessageType::kPing).at(0)->body).extensions;
}

ExtensionsRef PongAfter(Cluster& c, const MessageRef& message) {
  c.ClearEffects();
  c.DeliverOn(c.Accept(), message);
  return std::get<Heartbeat>(c.Sends(MessageType::kPong).at(0).message->body).extensions;
}

ClusterSetup Announcing(std::string_view rules) {
  ClusterSetup setup;
  setup.rules = RulesNamed(rules);
  ClusterOptions& o = setup.options;
  o.announce_hostname = "host";
  o.announce_human_nodename = "human";
  o.announce_client_ipv4 = "192.0.2.1";
  o.announce_client_ipv6 = "2001:db8::1";
  o.announce_client_port = 1111;
  o.announce_client_tls_port = 2222;
  o.availability_zone = "zone";
  return setup;
}

void Attach(Message* m, Extensions x) {
  std::get<Heartbeat>(m->body).extensions = ExtensionsRef(new SharedExtensions(std::move(x)));
}

// ---- Who gets them ----

TEST(ExtensionsTest, GoToPeersThatSaidSo) {
  for (const std::string_view rules : RuleNames()) {
    Cluster c(rules);
    const NodeKey a = c.AddPrimary("a");
    EXPECT_TRUE(SentNow(c, a)) << rules;
    c.peers().ClearFlags(a, flag::kExtensions);
    EXPECT_FALSE(SentNow(c, a)) << rules;
    c.Deliver(a, MessageType::kPing, [](Message* m) { m->header.mflags[0] = 0; });
    EXPECT_FALSE(SentNow(c, a)) << rules;
    c.Deliver(a, MessageType::kPing);
    EXPECT_TRUE(SentNow(c, a)) << rules;
  }
}

TEST(ExtensionsTest, TheLinkRemembersWhatAnUnknownSenderSaid) {
  for (const std::string_view rules : RuleNames()) {
    Cluster c(rules);
    const MessageRef ping = c.Make(c.Key("x"), MessageType::kPing);
    EXPECT_EQ(static_cast<bool>(PongAfter(c, ping)), RulesNamed(rules).link_extensions) << rules;
    const MessageRef meet = c.Make(c.Key("x"), MessageType::kMeet);
    EXPECT_TRUE(PongAfter(c, meet)) << rules << ": by the link, or by the node that it made";
    const MessageRef mute =
        c.Make(c.Key("y"), MessageType::kMeet, [](Message* m) { m->header.mflags[0] = 0; });
    EXPECT_FALSE(PongAfter(c, mute)) << rules;
  }
}

TEST(ExtensionsTest, MyOwnLinkRemembersToo) {
  for (const std::string_view rules : RuleNames()) {
    Cluster c(rules);
    const NodeKey a = c.AddPrimary("a");
    c.Deliver(a, MessageType::kPong);
    c.peers().ClearFlags(a, flag::kExtensions);
    EXPECT_EQ(static_cast<bool>(SentNow(c, a)), RulesNamed(rules).link_extensions) << rules;
  }
}

// ---- What they say ----

TEST(ExtensionsTest, SayWhatTheOptionsAnnounce) {
  for (const std::string_view rules : RuleNames()) {
    Cluster c(Announcing(rules));
    const NodeKey a = c.AddPrimary("a");
    Extensions expected;
    expected.hostname = "host";
    expected.human_nodename = "human";
    expected.client_ipv4 = "192.0.2.1";
    expected.client_ipv6 = "2001:db8::1";
    if (rules != "valkey-8.0") {
      expected.client_port = 1111;
      expected.client_tls_port = 2222;
    }
    if (rules != "valkey-8.0" && rules != "valkey-9.0") expected.availability_zone = "zone";
    expected.shard_id = c.facts(c.me()).shard_id;
    EXPECT_TRUE(SentNow(c, a)->get() == expected) << rules;
  }
}

TEST(ExtensionsTest, SayTheShardEvenWhenThereIsNothingElse) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  const ExtensionsRef x = SentNow(c, a);
  EXPECT_EQ(x->count(), 1u);
  EXPECT_EQ(x->get().shard_id, c.facts(c.me()).shard_id);
}

TEST(ExtensionsTest, AreSharedUntilSomethingChanges) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  const ExtensionsRef first = SentNow(c, a);
  c.Advance(Seconds(1000));
  EXPECT_EQ(SentNow(c, a), first);
  ClusterOptions options = c.s().options;
  options.announce_hostname = "new";
  c.node().OnConfig(c.now(), options, &c.effects());
  EXPECT_EQ(SentNow(c, a)->get().hostname, "new");
}

TEST(ExtensionsTest, ForgottenNodesAreToldWithTheirTimeLeft) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  EXPECT_TRUE(SentNow(c, a)->get().forgotten.empty());
  Turn t = c.turn();
  BlacklistAdd(t, NameOf("y"), Millis(60'500));
  BlacklistAdd(t, NameOf("x"), Seconds(2));
  const auto ttls = [&c, a] {
    std::vector<std::pair<NodeName, uint64_t>> all;
    for (const ForgottenNode& f : SentNow(c, a)->get().forgotten) all.emplace_back(f.node, f.ttl_s);
    return all;
  };
  using Ttls = std::vector<std::pair<NodeName, uint64_t>>;
  EXPECT_EQ(ttls(), (Ttls{{NameOf("x"), 2}, {NameOf("y"), 60}}));
  c.Advance(Millis(500));
  EXPECT_EQ(ttls(), (Ttls{{NameOf("x"), 1}, {NameOf("y"), 60}}));
  c.Advance(Millis(1));
  EXPECT_EQ(ttls(), (Ttls{{NameOf("x"), 1}, {NameOf("y"), 59}}));
  c.Advance(Seconds(1));
  EXPECT_EQ(ttls(), (Ttls{{NameOf("x"), 0}, {NameOf("y"), 58}}));
  c.Advance(Millis(500));
  EXPECT_EQ(ttls(), (Ttls{{NameOf("y"), 58}}));
}

// ---- What the receiver learns ----

Extensions AllOf() {
  Extensions x;
  x.hostname = "h";
  x.human_nodename = "n";
  x.client_ipv4 = "192.0.2.3";
  x.client_ipv6 = "2001:db8::3";
  x.client_port = 3;
  x.client_tls_port = 4;
  x.availability_zone = "z";
  x.shard_id = ShardOf("new");
  return x;
}

TEST(ExtensionsTest, AreLearnedWithEveryKindOfHeartbeat) {
  for (const MessageType type : {MessageType::kPing, MessageType::kPong, MessageType::kMeet}) {
    Cluster c;
    const NodeKey a = c.AddPrimary("a");
    c.Deliver(a, type, [](Message* m) { Attach(m, AllOf()); });
    const PeerAddress& address = c.facts(a).address;
    EXPECT_EQ(address.hostname, "h");
    EXPECT_EQ(address.human_nodename, "n");
    EXPECT_EQ(address.client_ipv4, "192.0.2.3");
    EXPECT_EQ(address.client_ipv6, "2001:db8::3");
    EXPECT_EQ(address.client_port, 3);
    EXPECT_EQ(address.client_tls_port, 4);
    EXPECT_EQ(address.availability_zone, "z");
    EXPECT_EQ(c.facts(a).shard_id, ShardOf("new"));
    EXPECT_NE(c.s().todo & todo::kSave, 0u);
    EXPECT_TRUE(type == MessageType::kMeet || c.peers().HasOutLink(a)) << "no reconnect";
  }
}

TEST(ExtensionsTest, OlderReleasesDoNotKnowTheNewerOnes) {
  for (const std::string_view rules : {"valkey-8.0", "valkey-9.0"}) {
    Cluster c(rules);
    const NodeKey a = c.AddPrimary("a");
    c.Deliver(a, MessageType::kPing, [](Message* m) { Attach(m, AllOf()); });
    const PeerAddress& address = c.facts(a).address;
    EXPECT_EQ(address.client_ipv4, "192.0.2.3");
    EXPECT_EQ(address.client_port, rules == "valkey-9.0" ? 3 : 0);
    EXPECT_EQ(address.client_tls_port, rules == "valkey-9.0" ? 4 : 0);
    EXPECT_EQ(address.availability_zone, "");
  }
}

TEST(ExtensionsTest, WhatIsAbsentIsCleared) {
  const std::vector<Cluster::Edit> edits = {
      [](Message* m) { Attach(m, Extensions{}); },
      [](Message* m) { std::get<Heartbeat>(m->body).extensions = nullptr; },
      [](Message* m) {
        Extensions x;
        x.hostname = "h";
        Attach(m, x);
      }};
  for (size_t i = 0; i < edits.size(); ++i) {
    Cluster c;
    const NodeKey a = c.AddPrimary("a");
    c.Deliver(a, MessageType::kPing, [](Message* m) { Attach(m, AllOf()); });
    c.s().todo = 0;
    PeerAddress expected;
    expected.endpoint = c.facts(a).address.endpoint;
    if (i == 2) expected.hostname = "h";
    c.Deliver(a, MessageType::kPing, edits[i]);
    EXPECT_TRUE(c.facts(a).address == expected) << i;
    EXPECT_NE(c.s().todo & todo::kSave, 0u);
  }
}

TEST(ExtensionsTest, NoNewsAreNotSaved) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.Deliver(a, MessageType::kPing, [](Message* m) { Attach(m, AllOf()); });
  c.s().todo = 0;
  c.Deliver(a, MessageType::kPing, [](Message* m) { Attach(m, AllOf()); });
  EXPECT_EQ(c.s().todo & todo::kSave, 0u);
}

// Names go into nodes.conf, CLUSTER NODES and replies; what would break those is no name.
TEST(ExtensionsTest, TextsThatWouldBreakOthersAreTakenForEmpty) {
  for (const std::string& bad : {std::string("a b"), std::string("a,b"), std::string("a=b"),
                                 std::string("a\nb"), std::string(256, 'a')}) {
    Cluster c;
    const NodeKey a = c.AddPrimary("a");
    c.Deliver(a, MessageType::kPing, [&bad](Message* m) {
      Extensions x = AllOf();
      x.hostname = bad;
      x.human_nodename = bad;
      x.client_ipv4 = bad;
      x.client_ipv6 = bad;
      x.availability_zone = bad;
      Attach(m, x);
    });
    const PeerAddress& address = c.facts(a).address;
    EXPECT_EQ(address.hostname + address.human_nodename + address.client_ipv4 +
                  address.client_ipv6 + address.availability_zone,
              "");
    EXPECT_EQ(address.client_port, 3);
  }
}

TEST(ExtensionsTest, UnknownTypesAreSkipped) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  c.Deliver(a, MessageType::kPing, [](Message* m) {
    Extensions x = AllOf();
    x.unknown.push_back({99, std::string(16, 'x')});
    Attach(m, x);
  });
  EXPECT_EQ(c.facts(a).address.hostname, "h");
}

TEST(ExtensionsTest, OfUnknownSendersSayNothing) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a");
  const NodeKey h = c.AddPrimary("h");
  c.peers().SetFlags(h, flag::kHandshake);
  const auto forget_a = [](Message* m) {
    Extensions x = AllOf();
    x.forgotten.push_back({NameOf("a"), 60});
    Attach(m, x);
  };
  c.Deliver(c.Key("x"), MessageType::kPing, forget_a);
  c.Deliver(c.Key("x"), MessageType::kMeet, forget_a);
  c.DeliverOn(c.in_link(h), c.Make(h, MessageType::kPing, forget_a));
  EXPECT_TRUE(c.peers().Contains(a));
  EXPECT_EQ(c.facts(h).address.hostname, "");
}

// ---- SHARDID ----

class ShardIdTest : public testing::Test {
 protected:
  ShardIdTest() : a_(c_.AddPrimary("a", {{0, 9}})), r_(c_.AddReplica("r", a_)) {}
  void Say(NodeKey from, std::optional<ShardId> shard) {
    c_.Deliver(from, MessageType::kPing, [&](Message* m) {
      Extensions x;
      x.shard_id = shard;
      Attach(m, x);
    });
  }

  Cluster c_;
  NodeKey a_;
  NodeKey r_;
};

TEST_F(ShardIdTest, IsTakenFromItsOwner) {
  Say(a_, ShardOf("q"));
  EXPECT_EQ(c_.facts(a_).shard_id, ShardOf("q"));
  EXPECT_EQ(c_.facts(r_).shard_id, ShardOf("a")) << "its replicas say theirs themselves";
  EXPECT_EQ(c_.s().todo & todo::kSaveFsync, todo::kSave);
}

TEST_F(ShardIdTest, MissingMeansThePrimarysOrTheKnownOne) {
  c_.peers().EditFacts(r_, [](PeerFacts* f) { f->shard_id = ShardOf("old"); });
  Say(r_, std::nullopt);
  EXPECT_EQ(c_.facts(r_).shard_id, ShardOf("a"));
  Say(a_, std::nullopt);
  EXPECT_EQ(c_.facts(a_).shard_id, ShardOf("a"));
}

TEST_F(ShardIdTest, AnInvalidOneCountsAsMissing) {
  ShardId bad = ShardOf("q");
  bad.bytes[3] = '-';
  Say(a_, bad);
  EXPECT_EQ(c_.facts(a_).shard_id, ShardOf("a"));
}

// A replica may have joined its primary while the primary's shard id was still a made up one.
TEST_F(ShardIdTest, IAmInMyPrimarysShard) {
  c_.MakeMeReplicaOf(a_);
  const ExtensionsRef before = SentNow(c_, r_);
  c_.s().todo = 0;
  Say(a_, ShardOf("q"));
  EXPECT_EQ(c_.facts(c_.me()).shard_id, ShardOf("q"));
  EXPECT_EQ(c_.s().todo & todo::kSaveFsync, todo::kSaveFsync);
  EXPECT_EQ(SentNow(c_, r_)->get().shard_id, ShardOf("q"));
  Say(r_, ShardOf("z"));
  EXPECT_EQ(c_.facts(c_.me()).shard_id, ShardOf("q"));
}

TEST_F(ShardIdTest, IAmInMyPrimarysShardEvenIfItIsNoNews) {
  c_.MakeMeReplicaOf(a_);
  c_.peers().EditFacts(c_.me(), [](PeerFacts* f) { f->shard_id = ShardOf("old"); });
  Say(a_, ShardOf("a"));
  EXPECT_EQ(c_.facts(c_.me()).shard_id, ShardOf("a"));
}

// ---- FORGOTTEN_NODE ----

class ForgottenNodeTest : public testing::Test {
 protected:
  ForgottenNodeTest() : a_(c_.AddPrimary("a", {{0, 9}})), b_(c_.AddPrimary("b", {{10, 19}})) {}
  void Forget(const NodeName& name, uint64_t ttl_s) {
    c_.Deliver(a_, MessageType::kPing, [&](Message* m) {
      Extensions x;
      x.shard_id = ShardOf("a");
      x.forgotten.push_back({name, ttl_s});
      Attach(m, x);
    });
  }
  bool Listed(const NodeName& name) {
    Turn t = c_.turn();
    return Blacklisted(t, name);
  }

  Cluster c_;
  NodeKey a_;
  NodeKey b_;
};

TEST_F(ForgottenNodeTest, IsForgottenForTheRestOfItsTime) {
  Forget(NameOf("b"), 42);
  EXPECT_FALSE(c_.peers().Contains(b_));
  c_.Advance(Seconds(42) - Millis(1));
  EXPECT_TRUE(Listed(NameOf("b")));
  c_.Advance(Millis(1));
  EXPECT_FALSE(Listed(NameOf("b")));
  EXPECT_EQ(c_.s().todo & (todo::kSave | todo::kUpdateState), todo::kSave | todo::kUpdateState);
}

TEST_F(ForgottenNodeTest, IsNotTakenUpAgainWhenItIsUnknown) {
  Forget(NameOf("b"), 42);
  Forget(NameOf("b"), 1000);
  Forget(NameOf("x"), 42);
  EXPECT_FALSE(Listed(NameOf("x")));
  c_.Advance(Seconds(42));
  EXPECT_FALSE(Listed(NameOf("b"))) << "the same news from many nodes do not prolong it";
}

TEST_F(ForgottenNodeTest, NeitherIAmNorMyPrimary) {
  c_.MakeMeReplicaOf(b_);
  Forget(NameOf("b"), 42);
  Forget(NameOf("m"), 42);
  EXPECT_TRUE(c_.peers().Contains(b_));
  EXPECT_EQ(c_.peers().size(), 3u);
  EXPECT_FALSE(Listed(NameOf("b")));
}

TEST_F(ForgottenNodeTest, MayBeTheSenderItself) {
  Forget(NameOf("a"), 42);
  EXPECT_FALSE(c_.peers().Contains(a_));
  EXPECT_TRUE(c_.peers().Contains(b_));
}

TEST_F(ForgottenNodeTest, PeersFillABoundedList) {
  Turn t = c_.turn();
  for (int i = 0; i < 1024; ++i) BlacklistAdd(t, NameOf(std::to_string(i) + "x"), Seconds(10));
  Forget(NameOf("b"), 42);
  EXPECT_TRUE(c_.peers().Contains(b_)) << "no room";
  c_.Advance(Seconds(10));
  Forget(NameOf("b"), 42);
  EXPECT_FALSE(c_.peers().Contains(b_)) << "what has expired takes none";
}

TEST_F(ForgottenNodeTest, AnInvalidNameAndAnEndlessTimeAreHarmless) {
  NodeName bad = NameOf("b");
  bad.bytes[0] = 'B';
  Forget(bad, 42);
  EXPECT_TRUE(c_.peers().Contains(b_));
  Forget(NameOf("b"), UINT64_MAX);
  EXPECT_FALSE(c_.peers().Contains(b_));
  EXPECT_TRUE(Listed(NameOf("b")));
  c_.Advance(Seconds(366ll * 86400));
  EXPECT_FALSE(Listed(NameOf("b")));
}

}  // namespace
}  // namespace gossamer
