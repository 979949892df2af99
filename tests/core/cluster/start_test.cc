// How a member comes up, fresh or from its nodes.conf, and what it announces.
#include "core/cluster/start.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

constexpr Now kNow = {Instant{1000 * 1000000ll}, WallTime{1700000000 * 1000000ll}};
constexpr MonoMs kNowMs = 1'000'000;

// A member and what it did when it started.
struct Started {
  explicit Started(const std::optional<NodesConf>& conf, const ClusterOptions& options = {},
                   std::string_view rules = "gossamer", uint64_t seed = 1, uint64_t index = 0)
      : node(options, RulesNamed(rules), &tables, conf, seed, index, kNow, &effects) {}
  const State& s() const { return node.state(); }
  const PeerTable& peers() const { return node.state().peers; }
  NodeKey Key(std::string_view label) { return tables.pool.names().Find(NameOf(label)); }
  NodeName MyName() const { return peers().name(s().myself); }
  template <class T>
  std::vector<T> All() const {
    std::vector<T> found;
    for (const Effect& effect : effects.list()) {
      if (const T* one = std::get_if<T>(&effect)) found.push_back(*one);
    }
    return found;
  }

  HostTables tables;
  Effects effects;
  ClusterNode node;
};

NodesConfNode NodeOf(std::string_view label, uint16_t flags) {
  NodesConfNode node;
  node.name = NameOf(label);
  node.flags = flags;
  node.address.endpoint = {IpText::From("10.0.0.5"), 6379, 7443, 16379};
  node.shard_id = ShardOf(label);
  return node;
}

// Myself "m" and the given others.
NodesConf ConfWith(std::vector<NodesConfNode> others) {
  NodesConf conf;
  conf.nodes.push_back(NodeOf("m", flag::kMyself | flag::kPrimary));
  for (NodesConfNode& other : others) conf.nodes.push_back(std::move(other));
  return conf;
}

// ---- Fresh ----

TEST(FreshStartTest, IsAnEmptyPrimaryWithARandomNameSavedAtOnce) {
  Started m(std::nullopt);
  EXPECT_EQ(m.peers().size(), 1u);
  EXPECT_TRUE(m.MyName().valid());
  EXPECT_TRUE(m.peers().facts(m.s().myself).shard_id.valid());
  EXPECT_EQ(m.peers().flags(m.s().myself), flag::kPrimary | flag::kMyself);
  EXPECT_EQ(m.peers().slot_count(m.s().myself), 0u);
  EXPECT_EQ(m.s().current_epoch, Epoch{0});
  EXPECT_FALSE(m.s().health.ok);
  ASSERT_EQ(m.All<Persist>().size(), 1u);
  EXPECT_TRUE(m.All<Persist>()[0].fsync);
  EXPECT_EQ(m.node.NextDeadline(), kNow.mono);
  m.peers().CheckInvariants();
}

TEST(FreshStartTest, NamesComeFromTheSeed) {
  EXPECT_EQ(Started(std::nullopt).MyName(), Started(std::nullopt).MyName());
  EXPECT_FALSE(Started(std::nullopt).MyName() == Started(std::nullopt, {}, "gossamer", 2).MyName());
  EXPECT_FALSE(Started(std::nullopt).MyName() ==
               Started(std::nullopt, {}, "gossamer", 1, 1).MyName());
}

TEST(FreshStartTest, AnnouncesItsOptions) {
  ClusterOptions o;
  o.announce_ip = "192.0.2.1";
  o.port = 1000;
  o.tls_port = 2000;
  o.cport = 3000;
  o.announce_hostname = "host";
  o.announce_human_nodename = "human";
  o.announce_client_ipv4 = "192.0.2.2";
  o.announce_client_ipv6 = "2001:db8::2";
  o.announce_client_port = 4;
  o.announce_client_tls_port = 5;
  o.availability_zone = "zone";
  o.replica_no_failover = true;
  for (const bool tls : {false, true}) {
    o.tls_cluster = tls;
    Started m(std::nullopt, o);
    PeerAddress expected;
    expected.endpoint = {IpText::From("192.0.2.1"), tls ? uint16_t{2000} : uint16_t{1000},
                         tls ? uint16_t{1000} : uint16_t{2000}, 3000};
    expected.hostname = "host";
    expected.human_nodename = "human";
    expected.client_ipv4 = "192.0.2.2";
    expected.client_ipv6 = "2001:db8::2";
    expected.client_port = 4;
    expected.client_tls_port = 5;
    expected.availability_zone = "zone";
    EXPECT_TRUE(m.peers().facts(m.s().myself).address == expected);
    EXPECT_TRUE(m.peers().Has(m.s().myself, flag::kNoFailover));
  }
}

TEST(FreshStartTest, AnAnnouncedIpCanBeTakenBack) {
  ClusterOptions o;
  o.announce_ip = "192.0.2.1";
  o.replica_no_failover = true;
  Started m(std::nullopt, o);
  Effects effects;
  m.node.OnConfig(kNow, ClusterOptions{}, &effects);
  EXPECT_EQ(m.peers().facts(m.s().myself).address.endpoint.ip.view(), "192.0.2.1")
      << "it is all that is known";
  EXPECT_FALSE(m.peers().Has(m.s().myself, flag::kNoFailover));
}

// ---- From a file ----

TEST(ConfStartTest, TakesNodesAsTheyWere) {
  NodesConfNode a = NodeOf("a", flag::kPrimary | flag::kNoFailover);
  a.config_epoch = {7};
  a.address.hostname = "host";
  a.slots = {{0, 99}, {200, 200}};
  NodesConf conf = ConfWith({a, NodeOf("b", flag::kPrimary | flag::kPfail)});
  conf.current_epoch = {5};
  conf.last_vote_epoch = {4};
  Started m(conf);
  EXPECT_EQ(m.MyName(), NameOf("m"));
  EXPECT_EQ(m.peers().size(), 3u);
  const NodeKey key = m.Key("a");
  EXPECT_EQ(m.peers().flags(key) & ~flag::kMigrateTo, flag::kPrimary | flag::kNoFailover);
  EXPECT_EQ(m.peers().facts(key).config_epoch, Epoch{7});
  EXPECT_EQ(m.peers().facts(key).shard_id, ShardOf("a"));
  EXPECT_TRUE(m.peers().facts(key).address == a.address);
  EXPECT_EQ(m.peers().slot_count(key), 101u);
  EXPECT_EQ(m.s().slots.owner(200), key);
  EXPECT_EQ(m.s().current_epoch, Epoch{7}) << "at least every config epoch";
  EXPECT_EQ(m.s().last_vote_epoch, Epoch{4});
  EXPECT_EQ(m.peers().pfail(), std::vector<NodeKey>{m.Key("b")});
  EXPECT_TRUE(m.All<Persist>().empty()) << "nothing is new";
  m.peers().CheckInvariants();
}

TEST(ConfStartTest, TimesBecomeNowOrNever) {
  NodesConfNode a = NodeOf("a", flag::kPrimary | flag::kFail);
  a.ping_sent_ms = 5;
  a.pong_received_ms = 6;
  Started m(ConfWith({a, NodeOf("b", flag::kPrimary)}));
  EXPECT_EQ(m.peers().ping_sent_ms(m.Key("a")), kNowMs);
  EXPECT_EQ(m.peers().pong_ms(m.Key("a")), kNowMs);
  EXPECT_EQ(m.peers().moment(m.Key("a"), Moment::kFail), kNowMs);
  EXPECT_FALSE(m.peers().PingPending(m.Key("b")));
  EXPECT_EQ(m.peers().pong_ms(m.Key("b")), kLongAgo);
  EXPECT_EQ(m.peers().moment(m.Key("b"), Moment::kCreated), kNowMs);
  EXPECT_EQ(m.peers().in_link_freed_ms(m.Key("b")), kNowMs);
}

TEST(ConfStartTest, HandshakesAreNotTakenUpAgain) {
  Started m(ConfWith({NodeOf("a", flag::kPrimary | flag::kHandshake)}));
  EXPECT_FALSE(m.peers().Has(m.Key("a"), flag::kHandshake));
}

TEST(ConfStartTest, NoAddrMeansFailFromEightOne) {
  for (const std::string_view rules : RuleNames()) {
    Started m(ConfWith({NodeOf("a", flag::kPrimary | flag::kNoAddr)}), {}, rules);
    EXPECT_TRUE(m.peers().Has(m.Key("a"), flag::kNoAddr));
    EXPECT_EQ(m.peers().Has(m.Key("a"), flag::kFail), RulesNamed(rules).noaddr_is_fail) << rules;
    if (RulesNamed(rules).noaddr_is_fail) {
      EXPECT_EQ(m.peers().moment(m.Key("a"), Moment::kFail), kNowMs);
    }
  }
}

TEST(ConfStartTest, AReplicaFollowsItsPrimaryIntoItsShard) {
  NodesConfNode a = NodeOf("a", flag::kPrimary);
  NodesConfNode r = NodeOf("r", flag::kReplica);
  r.replicaof = NameOf("a");
  r.config_epoch = {9};
  Started m(ConfWith({r, a}));
  const PeerFacts& facts = m.peers().facts(m.Key("r"));
  EXPECT_EQ(facts.replicaof, m.Key("a"));
  EXPECT_EQ(facts.shard_id, ShardOf("a"));
  EXPECT_EQ(facts.config_epoch, Epoch{0}) << "the file has its primary's";
  EXPECT_TRUE(m.peers().Has(m.Key("a"), flag::kMigrateTo));
  EXPECT_TRUE(m.All<Replicate>().empty()) << "not my affair";
}

TEST(ConfStartTest, AsAReplicaIReplicateAtOnce) {
  NodesConf conf = ConfWith({NodeOf("a", flag::kPrimary)});
  conf.nodes[0].flags = flag::kMyself | flag::kReplica;
  conf.nodes[0].replicaof = NameOf("a");
  Started m(conf);
  EXPECT_EQ(m.s().my_primary(), m.Key("a"));
  ASSERT_EQ(m.All<Replicate>().size(), 1u);
  EXPECT_EQ(m.All<Replicate>()[0].primary, m.Key("a"));
  EXPECT_FALSE(m.All<Replicate>()[0].full_sync);
}

TEST(ConfStartTest, WithoutShardsEachPrimaryGetsOneOfItsOwn) {
  NodesConfNode a = NodeOf("a", flag::kPrimary);
  NodesConfNode b = NodeOf("b", flag::kPrimary);
  a.shard_id.reset();
  b.shard_id.reset();
  Started m(ConfWith({a, b}));
  const ShardId& of_a = m.peers().facts(m.Key("a")).shard_id;
  EXPECT_TRUE(of_a.valid());
  EXPECT_FALSE(of_a == m.peers().facts(m.Key("b")).shard_id);
}

TEST(ConfStartTest, OpenSlotsOfKnownNodesSurvive) {
  NodesConf conf = ConfWith({NodeOf("a", flag::kPrimary)});
  conf.nodes[0].slots = {{0, 9}};
  conf.nodes[0].migrating = {{3, NameOf("a")}, {4, NameOf("x")}};
  conf.nodes[0].importing = {{77, NameOf("a")}};
  Started m(conf);
  ASSERT_EQ(m.s().slots.migrating().size(), 1u);
  EXPECT_EQ(m.s().slots.migrating().at(3), m.Key("a"));
  EXPECT_EQ(m.s().slots.importing().at(77), m.Key("a"));
}

TEST(ConfStartTest, ThePortsOfATlsClusterChangePlaces) {
  ClusterOptions o;
  o.tls_cluster = true;
  o.port = 1;
  o.tls_port = 2;
  Started m(ConfWith({NodeOf("a", flag::kPrimary)}), o);
  EXPECT_EQ(m.peers().facts(m.Key("a")).address.endpoint.port, 7443);
  EXPECT_EQ(m.peers().facts(m.Key("a")).address.endpoint.pport, 6379);
  EXPECT_EQ(m.peers().facts(m.s().myself).address.endpoint.port, 2);
}

TEST(ConfStartTest, MyOwnLineYieldsToTheOptions) {
  ClusterOptions o;
  o.announce_hostname = "new";
  NodesConf conf = ConfWith({});
  conf.nodes[0].address.hostname = "old";
  conf.nodes[0].flags |= flag::kNoFailover;
  Started m(conf, o);
  const PeerAddress& mine = m.peers().facts(m.s().myself).address;
  EXPECT_EQ(mine.hostname, "new");
  EXPECT_EQ(mine.endpoint.ip.view(), "10.0.0.5") << "unless there is nothing to announce";
  EXPECT_EQ(mine.endpoint.pport, 0);
  EXPECT_FALSE(m.peers().Has(m.s().myself, flag::kNoFailover));
}

TEST(ConfStartTest, ConnectsToEverybodyWithTheFirstCron) {
  Started m(ConfWith({NodeOf("a", flag::kPrimary), NodeOf("b", flag::kPrimary | flag::kNoAddr)}));
  m.effects.Clear();
  m.node.Tick(kNow, &m.effects);
  ASSERT_EQ(m.All<Open>().size(), 1u);
  EXPECT_EQ(m.All<Open>()[0].peer, m.Key("a"));
}

// What one member saves, the next one starts from.
TEST(ConfStartTest, ASavedStateComesBack) {
  for (const std::string_view rules : RuleNames()) {
    Cluster c(rules);
    const NodeKey a = c.AddPrimary("a", {{0, 5000}}, 3);
    const NodeKey b = c.AddPrimary("b", {{5001, 9000}, {9005, 9010}}, 4);
    c.AddReplica("r", a);
    c.GiveSlots(c.me(), {{9011, 16383}});
    c.SetEpochs(c.me(), 8);
    c.s().last_vote_epoch = {6};
    c.peers().SetFlags(b, flag::kFail);
    c.s().slots.migrating()[9011] = a;
    c.s().slots.importing()[77] = a;
    const NodesConf saved = c.node().Serialize(c.now());
    Started again(saved, {}, rules);
    NodesConf resaved = again.node.Serialize(kNow);
    ASSERT_EQ(resaved.nodes.size(), saved.nodes.size());
    for (size_t i = 0; i < saved.nodes.size(); ++i) {
      EXPECT_EQ(resaved.nodes[i].name, saved.nodes[i].name);
      if (saved.nodes[i].flags & flag::kMyself) continue;
      EXPECT_FALSE(resaved.nodes[i].connected);
      resaved.nodes[i].connected = saved.nodes[i].connected;
    }
    EXPECT_TRUE(resaved == saved) << rules;
  }
}

}  // namespace
}  // namespace gossamer
