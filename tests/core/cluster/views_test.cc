#include "core/cluster/views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "tests/core/cluster/cluster_fixture.h"
#include "tests/core/cluster/resp_text.h"

namespace gossamer {
namespace {

constexpr char kData[] = GOSSAMER_SOURCE_DIR "/tests/golden/data/";

std::string ReadFile(const std::string& path) {
  std::ifstream in(kData + path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string> SortedLines(const std::string& text) {
  std::vector<std::string> lines;
  for (const std::string_view line : SplitWords(text, "\n")) lines.emplace_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

// The value of `key` in a map, in RESP2 or RESP3.
CommandReply Get(const CommandReply& map, std::string_view key) {
  for (size_t i = 0; i + 1 < map.items.size(); i += 2) {
    if (map.items[i].text == key) return map.items[i + 1];
  }
  return CommandReply::Null();
}

std::string Text(const CommandReply& map, std::string_view key) { return Get(map, key).text; }

std::vector<std::string> Keys(const CommandReply& map) {
  std::vector<std::string> keys;
  for (size_t i = 0; i < map.items.size(); i += 2) keys.push_back(map.items[i].text);
  return keys;
}

// Puts the nodes of each shard, then the shards, in the order of their bytes.
std::string SortedShards(CommandReply shards, int version) {
  const auto by_bytes = [version](const CommandReply& a, const CommandReply& b) {
    return ToResp(a, version) < ToResp(b, version);
  };
  for (CommandReply& shard : shards.items) {
    for (size_t i = 0; i + 1 < shard.items.size(); i += 2) {
      auto& nodes = shard.items[i + 1].items;
      if (shard.items[i].text == "nodes") std::sort(nodes.begin(), nodes.end(), by_bytes);
    }
  }
  std::sort(shards.items.begin(), shards.items.end(), by_bytes);
  return ToResp(shards, version);
}

// A member that stands where the captured server stood: its nodes.conf, with the times, links and
// offsets that its CLUSTER NODES and SHARDS replies of the same moment show.
class Restored {
 public:
  Restored(const std::string& conf_file, const std::string& nodes_reply) {
    const auto conf = ParseNodesConf(ReadFile(conf_file), conf_file);
    const auto shown = ParseClusterNodesText(FromResp(ReadFile(nodes_reply)).text, nodes_reply);
    EXPECT_TRUE(conf.ok() && shown.ok()) << conf.status() << shown.status();
    ClusterOptions options;
    const PeerAddress& me = conf->nodes[conf->myself()].address;
    options.port = me.endpoint.port;
    options.cport = me.endpoint.cport;
    options.announce_hostname = me.hostname;
    node_ = std::make_unique<ClusterNode>(options, RulesNamed("valkey-8.0"), &tables_, *conf, 1, 0,
                                          now_, &effects_);
    for (const NodesConfNode& node : shown->nodes) Follow(node);
  }

  Turn turn() { return Turn(node_->mutable_state(), now_, &effects_); }
  PeerTable& peers() { return node_->mutable_state().peers; }
  NodeKey Key(const std::string& name) { return peers().Find(*NodeName::Parse(name)); }

  // Every offset as a captured SHARDS reply has it.
  void FollowOffsets(const CommandReply& shards) {
    for (const CommandReply& shard : shards.items) {
      for (const CommandReply& node : Get(shard, "nodes").items) {
        const NodeKey key = Key(Text(node, "id"));
        const int64_t offset = Get(node, "replication-offset").integer;
        if (key == node_->state().myself) node_->mutable_state().data.repl_offset = offset;
        peers().SetReplOffset(key, offset);
      }
    }
  }

 private:
  void Follow(const NodesConfNode& shown) {
    State& s = node_->mutable_state();
    const NodeKey key = s.peers.Find(shown.name);
    ASSERT_TRUE(key.valid()) << shown.name.str();
    const Turn t = turn();
    if (shown.pong_received_ms != 0) s.peers.SetPong(key, t.MonoOfWallMs(shown.pong_received_ms));
    s.peers.ClearPing(key);
    if (shown.ping_sent_ms != 0) s.peers.SetPingSent(key, t.MonoOfWallMs(shown.ping_sent_ms));
    if (key == s.myself) return;
    if (shown.connected) s.peers.SetOutLink(key, s.links.AllocateOutbound(key), t.ms);
  }

  // A minute after the captures.
  Now now_ = {Instant{1000 * 1000000ll}, WallTime{1795163110 * 1000000ll}};
  HostTables tables_;
  Effects effects_;
  std::unique_ptr<ClusterNode> node_;
};

TEST(ViewsGoldenTest, ClusterNodes) {
  struct Case {
    std::string conf;
    std::string reply;
  };
  for (const Case& c :
       {Case{"nodes_conf/valkey/steady-19400.conf", "steady-19400-resp2"},
        Case{"nodes_conf/valkey/migrating-19400.conf", "migrating-19400-resp2"},
        Case{"nodes_conf/valkey/failedover0-19401.conf", "failedover0-19401-resp2"}}) {
    const std::string file = "replies/valkey/" + c.reply + "-CLUSTER_NODES.resp";
    Restored restored(c.conf, file);
    EXPECT_EQ(SortedLines(NodesText(restored.turn(), {})),
              SortedLines(FromResp(ReadFile(file)).text));
  }
}

TEST(ViewsGoldenTest, ClusterSlotsByteForByte) {
  for (const int version : {2, 3}) {
    const std::string base = "replies/valkey/steady-19400-resp" + std::to_string(version);
    Restored restored("nodes_conf/valkey/steady-19400.conf", base + "-CLUSTER_NODES.resp");
    EXPECT_EQ(ToResp(SlotsReply(restored.turn(), {}), version),
              ReadFile(base + "-CLUSTER_SLOTS.resp"));
  }
  const std::string base = "replies/valkey/failedover0-19401-resp2";
  Restored restored("nodes_conf/valkey/failedover0-19401.conf", base + "-CLUSTER_NODES.resp");
  restored.FollowOffsets(FromResp(ReadFile(base + "-CLUSTER_SHARDS.resp")));
  EXPECT_EQ(ToResp(SlotsReply(restored.turn(), {}), 2), ReadFile(base + "-CLUSTER_SLOTS.resp"));
}

TEST(ViewsGoldenTest, ClusterShards) {
  struct Case {
    std::string conf;
    std::string reply;
    int version;
  };
  for (const Case& c : {Case{"steady-19400", "steady-19400-resp2", 2},
                        Case{"steady-19400", "steady-19400-resp3", 3},
                        Case{"failedover0-19401", "failedover0-19401-resp2", 2}}) {
    const std::string base = "replies/valkey/" + c.reply;
    const CommandReply captured = FromResp(ReadFile(base + "-CLUSTER_SHARDS.resp"));
    Restored restored("nodes_conf/valkey/" + c.conf + ".conf", base + "-CLUSTER_NODES.resp");
    restored.FollowOffsets(captured);
    EXPECT_EQ(SortedShards(ShardsReply(restored.turn(), {}), c.version),
              SortedShards(captured, c.version));
  }
}

TEST(ViewsGoldenTest, ClusterReplicas) {
  Restored restored("nodes_conf/valkey/steady-19400.conf",
                    "replies/valkey/steady-19400-resp3-CLUSTER_NODES.resp");
  const NodeKey me = restored.Key("41d31bb2b621afa509345059d20c012a96afd499");
  EXPECT_EQ(ToResp(ReplicasReply(restored.turn(), me, {}), 3),
            ReadFile("replies/valkey/steady-19400-resp3-CLUSTER_REPLICAS.resp"));
}

TEST(ViewsGoldenTest, ClusterLinksHasTheFieldsOfTheCapture) {
  const CommandReply captured =
      FromResp(ReadFile("replies/valkey/steady-19400-resp3-CLUSTER_LINKS.resp"));
  Cluster c;
  const NodeKey b = c.AddPrimary("b");
  const CommandReply links = LinksReply(c.turn());
  ASSERT_EQ(links.items.size(), 2u);
  for (const CommandReply& link : links.items) {
    EXPECT_EQ(link.kind, CommandReply::Kind::kMap);
    EXPECT_EQ(Keys(link), Keys(captured.items[0]));
    EXPECT_EQ(Text(link, "node"), c.peers().name(b).str());
  }
  EXPECT_EQ(Text(links.items[0], "direction"), "to");
  EXPECT_EQ(Get(links.items[0], "create-time").integer, 1700000000000);
  EXPECT_EQ(Text(links.items[1], "direction"), "from");
  // Links that no node is bound to are not shown.
  c.Accept();
  EXPECT_EQ(LinksReply(c.turn()).items.size(), 2u);
}

TEST(ViewsGoldenTest, InfoOfASingleNode) {
  Cluster c("valkey-9.1");
  c.GiveSlots(c.me(), {{0, 16383}});
  Turn t = c.turn();
  EXPECT_EQ(InfoText(t), ReadFile("replies/valkey-9.1/cluster_info_9.1.0_single_ok.txt"));
}

// A node as it was in a measured cluster of 12: 6 primaries, 6 replicas, after failovers.
void BuildTwelve(Cluster* c) {
  for (int i = 0; i < 5; ++i) {
    const std::string label = "p" + std::to_string(i);
    const auto first = static_cast<Slot>(i * 3000);
    const auto last = static_cast<Slot>(first + 2999);
    c->AddReplica("r" + std::to_string(i), c->AddPrimary(label, {{first, last}}, 10));
  }
  c->AddReplica("r5", c->me());
  c->GiveSlots(c->me(), {{15000, 16383}});
  c->SetEpochs(c->me(), 15);
  c->s().current_epoch = {17};
  BusStats& stats = c->s().stats;
  const auto at = [](MessageType type) { return static_cast<size_t>(type); };
  stats.sent[at(MessageType::kPing)] = 254;
  stats.sent[at(MessageType::kPong)] = 265;
  stats.sent[at(MessageType::kAuthRequest)] = 10;
  stats.sent[at(MessageType::kAuthAck)] = 2;
  stats.sent[at(MessageType::kUpdate)] = 3;
  stats.received[at(MessageType::kPing)] = 244;
  stats.received[at(MessageType::kPong)] = 262;
  stats.received[at(MessageType::kFail)] = 9;
  stats.received[at(MessageType::kAuthRequest)] = 7;
  stats.received[at(MessageType::kAuthAck)] = 5;
  stats.received[kMessageTypes] = 99;  // unknown types are in no total
  stats.bytes_sent = 1385456;
  stats.bytes_received = 1373800;
}

TEST(ViewsGoldenTest, InfoAfterFailovers) {
  Cluster c("valkey-9.1");
  BuildTwelve(&c);
  Turn t = c.turn();
  EXPECT_EQ(InfoText(t), ReadFile("replies/valkey-9.1/cluster_info_9.1.0_n12_after_failovers.txt"));
}

std::vector<std::string> InfoNames(const std::string& info) {
  std::vector<std::string> names;
  for (const std::string_view line : SplitWords(info, "\r\n")) {
    names.emplace_back(line.substr(0, line.find(':')));
  }
  return names;
}

TEST(ViewsTest, InfoFieldsByRelease) {
  std::vector<std::string> captured =
      InfoNames(FromResp(ReadFile("replies/valkey/steady-19400-resp3-CLUSTER_INFO.resp")).text);
  Cluster c("valkey-8.0");
  BuildTwelve(&c);
  BusStats& stats = c.s().stats;
  stats.sent = {1, 1};
  stats.received = {1, 1, 1};
  Turn t = c.turn();
  EXPECT_EQ(InfoNames(InfoText(t)), captured);
  // 9.0 counts nodes, 9.1 counts bytes too.
  c.s().rules = RulesNamed("valkey-9.0");
  EXPECT_EQ(InfoNames(InfoText(t)).size(), captured.size() + 4);
  c.s().rules = RulesNamed("valkey-9.1");
  EXPECT_EQ(InfoNames(InfoText(t)).size(), captured.size() + 10);
}

TEST(ViewsTest, InfoCountsFailures) {
  Cluster c("valkey-9.0");
  const NodeKey a = c.AddPrimary("a", {{0, 99}});
  const NodeKey b = c.AddPrimary("b", {{100, 1099}});
  const NodeKey r = c.AddReplica("r", b);
  const NodeKey e = c.AddPrimary("e");
  c.GiveSlots(c.me(), {{2000, 2009}});
  c.peers().SetFlags(a, flag::kPfail);
  c.peers().SetFlags(b, flag::kFail);
  c.peers().SetFlags(r, flag::kPfail);
  c.peers().SetFlags(e, flag::kFail);
  c.s().health.ok = false;
  Turn t = c.turn();
  EXPECT_THAT(InfoText(t),
              testing::StartsWith(
                  "cluster_state:fail\r\ncluster_slots_assigned:1110\r\ncluster_slots_ok:10\r\n"
                  "cluster_slots_pfail:100\r\ncluster_slots_fail:1000\r\n"
                  "cluster_nodes_pfail:2\r\ncluster_nodes_fail:2\r\n"
                  "cluster_voting_nodes_pfail:1\r\ncluster_voting_nodes_fail:1\r\n"
                  "cluster_known_nodes:5\r\ncluster_size:3\r\n"));
}

TEST(ViewsTest, NodeLines) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 0}, {5, 7}}, 4);
  const NodeKey r = c.AddReplica("r", b);
  c.Unlink(r);
  c.Silence(r, Seconds(3));
  c.peers().SetFlags(r, flag::kPfail | flag::kNoFailover);
  c.s().slots.migrating()[9] = b;
  c.s().slots.importing()[5] = b;
  const std::string b_id = c.peers().name(b).str();
  const std::string r_id = c.peers().name(r).str();
  const std::string m_id = c.peers().name(c.me()).str();
  EXPECT_EQ(NodesText(c.turn(), {}),
            b_id + " 10.0.0.2:7000@17000 master - 0 1700000000000 4 connected 0 5-7\n" +  //
                m_id + " 10.0.0.1:6379@16379 myself,master - 0 0 0 connected [5-<-" + b_id +
                "] [9->-" + b_id + "]\n" + r_id + " 10.0.0.3:7001@17001 slave,fail?,nofailover " +
                b_id + " 1699999997000 1699999996999 4 disconnected\n");
}

TEST(ViewsTest, NodesInHandshakeAndWithoutAddress) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b");
  c.peers().ReplaceFlags(b, flag::kHandshake | flag::kMeet);
  const NodeKey d = c.AddPrimary("d");
  c.peers().SetFlags(d, flag::kNoAddr | flag::kFail);
  c.SetAddress(d, PeerAddress{});
  c.Unlink(d);
  const std::string text = NodesText(c.turn(), {});
  EXPECT_THAT(text, testing::HasSubstr(":7000@17000 handshake - 0 "));
  EXPECT_THAT(text, testing::HasSubstr(" :0@0 master,fail,noaddr - 0 "));
  c.peers().ReplaceFlags(d, 0);
  EXPECT_THAT(NodesText(c.turn(), {}), testing::HasSubstr(" :0@0 noflags - 0 "));
}

PeerAddress RichAddress() {
  PeerAddress address;
  address.endpoint.ip = IpText::From("10.0.0.9");
  address.endpoint.port = 7000;
  address.endpoint.pport = 7100;
  address.endpoint.cport = 17000;
  address.hostname = "b.example";
  address.client_ipv4 = "192.0.2.9";
  address.client_ipv6 = "2001:db8::9";
  address.client_port = 9000;
  address.availability_zone = "eu-1b";
  return address;
}

TEST(ViewsTest, AddressesByClient) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}});
  c.SetAddress(b, RichAddress());
  EXPECT_THAT(NodesText(c.turn(), {}),
              testing::HasSubstr(" 192.0.2.9:9000@17000,b.example master"));
  EXPECT_THAT(NodesText(c.turn(), {.tls = true, .ipv6 = true}),
              testing::HasSubstr(" 2001:db8::9:7100@17000,b.example master"));
  const CommandReply node = SlotsReply(c.turn(), {.tls = true}).items[0].items[2];
  EXPECT_EQ(node.items[0].text, "192.0.2.9");
  EXPECT_EQ(node.items[1].integer, 7100);
  EXPECT_EQ(Keys(node.items[3]), (std::vector<std::string>{"hostname", "availability-zone"}));
}

// In a tls-cluster the wire's port is the TLS port.
TEST(ViewsTest, AddressesInATlsCluster) {
  ClusterSetup setup;
  setup.options.tls_cluster = true;
  setup.options.port = 6379;
  setup.options.tls_port = 6380;
  Cluster c(setup);
  EXPECT_THAT(NodesText(c.turn(), {}), testing::HasSubstr(" 10.0.0.1:6379@"));
  EXPECT_THAT(NodesText(c.turn(), {.tls = true}), testing::HasSubstr(" 10.0.0.1:6380@"));
  const NodesConf conf = ConfOf(c.turn());
  EXPECT_EQ(conf.nodes[0].address.endpoint.port, 6379);
  EXPECT_EQ(conf.nodes[0].address.endpoint.pport, 6380);
}

TEST(ViewsTest, PreferredEndpoints) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}});
  c.SetAddress(b, RichAddress());
  c.GiveSlots(c.me(), {{10, 19}});
  c.s().options.preferred_endpoint_type = EndpointType::kHostname;
  CommandReply slots = SlotsReply(c.turn(), {});
  EXPECT_EQ(slots.items[0].items[2].items[0].text, "b.example");
  EXPECT_EQ(Keys(slots.items[0].items[2].items[3]),
            (std::vector<std::string>{"ip", "availability-zone"}));
  EXPECT_EQ(slots.items[1].items[2].items[0].text, "?");
  c.s().options.preferred_endpoint_type = EndpointType::kUnknown;
  slots = SlotsReply(c.turn(), {});
  EXPECT_EQ(slots.items[0].items[2].items[0].kind, CommandReply::Kind::kNull);
  EXPECT_EQ(Keys(slots.items[0].items[2].items[3]),
            (std::vector<std::string>{"ip", "hostname", "availability-zone"}));
  const CommandReply shard = ShardsReply(c.turn(), {}).items[0];
  const CommandReply node = Get(shard, "nodes").items[0];
  EXPECT_EQ(Get(node, "endpoint").kind, CommandReply::Kind::kNull);
  EXPECT_EQ(Text(node, "ip"), "192.0.2.9");
}

TEST(ViewsTest, SlotsLeavesOutReplicasThatCannotServe) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}, {20, 29}});
  c.GiveSlots(c.me(), {{10, 10}});
  const NodeKey good = c.AddReplica("r1", b);
  c.AddReplica("r2", b, /*offset=*/0);
  c.peers().SetFlags(c.AddReplica("r3", b), flag::kFail);
  const CommandReply slots = SlotsReply(c.turn(), {});
  ASSERT_EQ(slots.items.size(), 3u);
  ASSERT_EQ(slots.items[0].items.size(), 4u);
  EXPECT_EQ(slots.items[0].items[3].items[2].text, c.peers().name(good).str());
  EXPECT_EQ(slots.items[1].items[0].integer, 10);
  EXPECT_EQ(slots.items[1].items[1].integer, 10);
  EXPECT_EQ(slots.items[1].items.size(), 3u);
  EXPECT_EQ(slots.items[2].items[0].integer, 20);
}

TEST(ViewsTest, ShardsShowRolesHealthAndOffsets) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}, {20, 20}});
  c.AddReplica("a", b, /*offset=*/0);
  const NodeKey failed = c.AddReplica("r", b, 77);
  c.peers().SetFlags(failed, flag::kFail);
  c.MakeMeReplicaOf(b, 55);
  const CommandReply shards = ShardsReply(c.turn(), {});
  ASSERT_EQ(shards.items.size(), 1u);
  EXPECT_EQ(Keys(shards.items[0]), (std::vector<std::string>{"slots", "nodes", "id"}));
  EXPECT_EQ(Text(shards.items[0], "id"), ShardOf("b").str());
  EXPECT_EQ(ToResp(Get(shards.items[0], "slots"), 2), "*4\r\n:0\r\n:9\r\n:20\r\n:20\r\n");
  const CommandReply nodes = Get(shards.items[0], "nodes");
  ASSERT_EQ(nodes.items.size(), 4u);
  // The primary first, then by name.
  const std::vector<std::string> roles = {"master", "replica", "replica", "replica"};
  const std::vector<std::string> health = {"online", "loading", "online", "fail"};
  const std::vector<int64_t> offsets = {0, 0, 55, 77};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(Text(nodes.items[i], "role"), roles[i]) << i;
    EXPECT_EQ(Text(nodes.items[i], "health"), health[i]) << i;
    EXPECT_EQ(Get(nodes.items[i], "replication-offset").integer, offsets[i]) << i;
  }
  c.s().rules = RulesNamed("valkey-8.0");
  EXPECT_EQ(Keys(ShardsReply(c.turn(), {}).items[0]), (std::vector<std::string>{"slots", "nodes"}));
}

TEST(ConfOfTest, HoldsWhatTheLoaderNeeds) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}}, 4);
  const NodeKey r = c.AddReplica("r", b);
  const NodeKey h = c.AddPrimary("h");
  c.peers().ReplaceFlags(h, flag::kHandshake);
  c.s().slots.migrating()[1] = h;
  c.s().slots.migrating()[2] = b;
  c.s().last_vote_epoch = {3};
  const NodesConf conf = ConfOf(c.turn());
  ASSERT_EQ(conf.nodes.size(), 3u);
  EXPECT_EQ(conf.nodes[0].name, NameOf("b"));
  EXPECT_EQ(conf.nodes[1].name, NameOf("m"));
  EXPECT_EQ(conf.nodes[2].name, NameOf("r"));
  EXPECT_EQ(conf.myself(), 1u);
  EXPECT_EQ(conf.current_epoch.value, 4u);
  EXPECT_EQ(conf.last_vote_epoch.value, 3u);
  EXPECT_EQ(conf.nodes[2].replicaof, NameOf("b"));
  EXPECT_EQ(conf.nodes[2].config_epoch.value, 4u);  // its primary's
  EXPECT_EQ(conf.nodes[2].shard_id, ShardOf("b"));
  EXPECT_EQ(conf.nodes[0].pong_received_ms, 1700000000000);
  ASSERT_EQ(conf.nodes[1].migrating.size(), 1u);  // a node in handshake has no lasting name
  EXPECT_EQ(conf.nodes[1].migrating[0].second, NameOf("b"));
  (void)r;
}

// Whatever a peer announces, the file can be read again.
TEST(ConfOfTest, LeavesOutTextsThatTheFileCannotHold) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b");
  PeerAddress address = RichAddress();
  address.hostname = "evil master - 0 0 0\n";
  address.human_nodename = "a,shard-id=x";
  address.client_ipv4 = std::string(300, '1');
  address.endpoint.ip = IpText::From("1.2.3.4@5");
  c.SetAddress(b, address);
  const NodesConf conf = ConfOf(c.turn());
  EXPECT_EQ(conf.nodes[0].address.hostname, "");
  EXPECT_EQ(conf.nodes[0].address.human_nodename, "");
  EXPECT_EQ(conf.nodes[0].address.client_ipv4, "");
  EXPECT_EQ(conf.nodes[0].address.client_ipv6, "2001:db8::9");
  EXPECT_EQ(conf.nodes[0].address.endpoint.ip.view(), "");
  const auto again = ParseNodesConf(WriteNodesConf(conf, NodesConfFormat{}));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, conf);
  EXPECT_TRUE(ParseClusterNodesText(NodesText(c.turn(), {}), "nodes").ok());
}

TEST(ConfOfTest, AMemberStartsFromWhatItWrote) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}}, 4);
  c.AddReplica("r", b);
  c.GiveSlots(c.me(), {{100, 200}});
  c.SetEpochs(c.me(), 6);
  const auto conf = ParseNodesConf(c.node().SerializeState(c.now()));
  ASSERT_TRUE(conf.ok()) << conf.status();
  Effects effects;
  ClusterNode again(c.s().options, c.s().rules, &c.tables(), *conf, 1, 0, c.now(), &effects);
  NodesConf restored = again.Serialize(c.now());
  // Links and times are not what a file restores.
  for (size_t i = 0; i < restored.nodes.size(); ++i) {
    restored.nodes[i].connected = conf->nodes[i].connected;
    restored.nodes[i].pong_received_ms = conf->nodes[i].pong_received_ms;
  }
  EXPECT_EQ(restored, *conf);
}

}  // namespace
}  // namespace gossamer
