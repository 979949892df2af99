#include "core/cluster/nodes_conf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/cluster/node_line.h"
#include "core/cluster/quoted_words.h"
#include "tests/core/cluster/resp_text.h"

namespace gossamer {
namespace {

namespace fs = std::filesystem;

const std::string kA(40, 'a');
const std::string kB(40, 'b');
const std::string kShard(40, '5');
const std::string kVars = "vars currentEpoch 6 lastVoteEpoch 2\n";

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Files of one kind that `server` wrote: of the repository, or of the set that GOSSAMER_GOLDEN_DIR
// names.
std::vector<fs::path> GoldenFiles(const std::string& server, const std::string& kind,
                                  const std::string& part) {
  const char* elsewhere = std::getenv("GOSSAMER_GOLDEN_DIR");
  const fs::path directory =
      elsewhere != nullptr ? fs::path(elsewhere) / server / kind
                           : fs::path(GOSSAMER_SOURCE_DIR) / "tests/golden/data" / kind / server;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().filename().string().find(part) != std::string::npos) files.push_back(entry);
  }
  std::sort(files.begin(), files.end());
  return files;
}

NodesConfFormat FormatOf(const std::string& server) {
  NodesConfFormat format;
  format.aux_fields = server != "redis7";
  return format;
}

TEST(NodesConfGoldenTest, FilesRoundTripByteForByte) {
  for (const std::string server : {"valkey", "redis7"}) {
    const std::vector<fs::path> files = GoldenFiles(server, "nodes_conf", ".conf");
    EXPECT_GE(files.size(), 5u);
    for (const fs::path& file : files) {
      const std::string text = ReadFile(file);
      const absl::StatusOr<NodesConf> conf = ParseNodesConf(text, file.string());
      ASSERT_TRUE(conf.ok()) << conf.status();
      EXPECT_LT(conf->myself(), conf->nodes.size());
      EXPECT_EQ(WriteNodesConf(*conf, FormatOf(server)), text) << file;
    }
  }
}

// A CLUSTER NODES reply is the file without aux fields and vars line.
TEST(NodesConfGoldenTest, ReadsClusterNodesReplies) {
  for (const std::string server : {"valkey", "redis7"}) {
    const std::vector<fs::path> files = GoldenFiles(server, "replies", "CLUSTER_NODES");
    EXPECT_GE(files.size(), 3u);
    for (const fs::path& file : files) {
      const std::string text = FromResp(ReadFile(file)).text;
      const absl::StatusOr<NodesConf> conf = ParseClusterNodesText(text, file.string());
      ASSERT_TRUE(conf.ok()) << conf.status();
      std::string written;
      for (const NodesConfNode& node : conf->nodes) {
        AppendNodeLine(node, FormatOf("redis7"), &written);
        written.push_back('\n');
      }
      EXPECT_EQ(written, text) << file;
    }
  }
}

// One replica with all aux fields and me, with a blank line, CRLF and no end of the last line.
std::string EveryField() {
  return "\n" + kB +
         " fd00::7:7002@17002,host-b.example,availability-zone=eu-1b,client-tls-port=16379,"
         "client-tcp-port=6380,client-ipv6=fd00::5,client-ipv4=10.1.2.3,tls-port=7102,nodename=bee,"
         "shard-id=" +
         kShard + " slave,fail?,nofailover " + kA +
         " 1426238316232 1426238317239 4 disconnected\n   \n" + kA +
         " 127.0.0.1:7001@17001,,tls-port=0,shard-id=" + kShard +
         " myself,master - 0 0 5 connected 0-5460 7000 [93-<-" + kB + "] [77->-" + kB +
         "]\r\nvars currentEpoch 6 lastVoteEpoch 2";
}

TEST(NodesConfTest, ReadsEveryAuxField) {
  const absl::StatusOr<NodesConf> conf = ParseNodesConf(EveryField());
  ASSERT_TRUE(conf.ok()) << conf.status();
  ASSERT_EQ(conf->nodes.size(), 2u);
  const NodesConfNode& b = conf->nodes[0];
  EXPECT_EQ(b.address.endpoint.ip.view(), "fd00::7");
  EXPECT_EQ(b.address.endpoint.port, 7002);
  EXPECT_EQ(b.address.endpoint.pport, 7102);
  EXPECT_EQ(b.address.endpoint.cport, 17002);
  EXPECT_EQ(b.address.hostname, "host-b.example");
  EXPECT_EQ(b.address.human_nodename, "bee");
  EXPECT_EQ(b.address.client_ipv4, "10.1.2.3");
  EXPECT_EQ(b.address.client_ipv6, "fd00::5");
  EXPECT_EQ(b.address.client_port, 6380);
  EXPECT_EQ(b.address.client_tls_port, 16379);
  EXPECT_EQ(b.address.availability_zone, "eu-1b");
  EXPECT_EQ(b.shard_id, ShardId::Parse(kShard));
}

TEST(NodesConfTest, ReadsEveryField) {
  const absl::StatusOr<NodesConf> conf = ParseNodesConf(EveryField());
  ASSERT_TRUE(conf.ok()) << conf.status();
  ASSERT_EQ(conf->nodes.size(), 2u);
  EXPECT_EQ(conf->myself(), 1u);
  EXPECT_EQ(conf->current_epoch.value, 6u);
  EXPECT_EQ(conf->last_vote_epoch.value, 2u);

  const NodesConfNode& b = conf->nodes[0];
  EXPECT_EQ(b.name.str(), kB);
  EXPECT_EQ(b.flags, flag::kReplica | flag::kPfail | flag::kNoFailover);
  EXPECT_EQ(b.replicaof, NodeName::Parse(kA));
  EXPECT_EQ(b.ping_sent_ms, 1426238316232);
  EXPECT_EQ(b.pong_received_ms, 1426238317239);
  EXPECT_EQ(b.config_epoch.value, 4u);
  EXPECT_FALSE(b.connected);
  EXPECT_TRUE(b.slots.empty());

  const NodesConfNode& a = conf->nodes[1];
  EXPECT_EQ(a.flags, flag::kMyself | flag::kPrimary);
  EXPECT_FALSE(a.replicaof.has_value());
  EXPECT_TRUE(a.connected);
  EXPECT_EQ(a.slots, (std::vector<SlotRange>{{0, 5460}, {7000, 7000}}));
  ASSERT_EQ(a.migrating.size(), 1u);
  EXPECT_EQ(a.migrating[0].first, 77);
  ASSERT_EQ(a.importing.size(), 1u);
  EXPECT_EQ(a.importing[0].first, 93);
}

TEST(NodesConfTest, WritesEveryField) {
  const absl::StatusOr<NodesConf> conf = ParseNodesConf(EveryField());
  ASSERT_TRUE(conf.ok()) << conf.status();
  const std::string written = WriteNodesConf(*conf, NodesConfFormat{});
  EXPECT_THAT(written,
              testing::HasSubstr("host-b.example,availability-zone=eu-1b,client-tls-port=16379,"
                                 "client-tcp-port=6380,client-ipv6=fd00::5,client-ipv4=10.1.2.3,"
                                 "tls-port=7102,nodename=bee,shard-id="));
  // Open slots are written by rising slot, whichever way they go.
  EXPECT_THAT(written, testing::HasSubstr(" 0-5460 7000 [77->-" + kB + "] [93-<-" + kB + "]\n"));
  const absl::StatusOr<NodesConf> again = ParseNodesConf(written);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, *conf);
}

TEST(NodesConfTest, OlderFormatsLeaveOutWhatTheirLoadersRefuse) {
  NodesConf conf;
  conf.nodes.resize(1);
  NodesConfNode& node = conf.nodes[0];
  node.name = *NodeName::Parse(kA);
  node.address.endpoint.port = 7001;
  node.address.endpoint.pport = 7101;
  node.address.endpoint.cport = 17001;
  node.address.client_ipv4 = "10.1.2.3";
  node.address.client_port = 6380;
  node.address.availability_zone = "z";
  node.flags = flag::kMyself | flag::kPrimary;
  node.connected = true;
  node.shard_id = ShardId::Parse(kShard);
  const std::string tail =
      " myself,master - 0 0 0 connected\nvars currentEpoch 0 lastVoteEpoch 0\n";
  const std::string base = kA + " :7001@17001";
  const std::string end = "tls-port=7101,shard-id=" + kShard + tail;
  NodesConfFormat format;
  EXPECT_EQ(WriteNodesConf(conf, format),
            base + ",,availability-zone=z,client-tcp-port=6380,client-ipv4=10.1.2.3," + end);
  format.availability_zone = false;
  EXPECT_EQ(WriteNodesConf(conf, format),
            base + ",,client-tcp-port=6380,client-ipv4=10.1.2.3," + end);
  format.client_ports = false;
  EXPECT_EQ(WriteNodesConf(conf, format), base + ",,client-ipv4=10.1.2.3," + end);
  format.client_addresses = false;
  EXPECT_EQ(WriteNodesConf(conf, format), base + ",," + end);
  format.aux_fields = false;
  EXPECT_EQ(WriteNodesConf(conf, format), base + tail);
  node.address.hostname = "h";
  EXPECT_EQ(WriteNodesConf(conf, format), base + ",h" + tail);
}

// The port in front is the one without aux field; a missing bus port is 10000 above.
TEST(NodesConfTest, Ports) {
  struct Case {
    std::string address;
    uint16_t port;
    uint16_t pport;
    uint16_t cport;
  };
  const std::vector<Case> cases = {
      {"h:7001", 7001, 0, 17001},
      {"h:7001@9", 7001, 0, 9},
      {"h:7001@9,,tls-port=7101", 7001, 7101, 9},
      {"h:7101@9,,tcp-port=7001", 7001, 7101, 9},
      {"h:1@9,,tls-port=7101,tcp-port=7001", 7001, 7101, 9},
      {":0@0", 0, 0, 0},
  };
  for (const Case& c : cases) {
    const auto conf =
        ParseNodesConf(kA + " " + c.address + " myself,master - 0 0 0 connected\n" + kVars);
    ASSERT_TRUE(conf.ok()) << conf.status();
    const Endpoint& endpoint = conf->nodes[0].address.endpoint;
    EXPECT_EQ(endpoint.port, c.port) << c.address;
    EXPECT_EQ(endpoint.pport, c.pport) << c.address;
    EXPECT_EQ(endpoint.cport, c.cport) << c.address;
  }
}

TEST(NodesConfTest, CurrentEpochIsAtLeastEveryConfigEpoch) {
  const auto conf = ParseNodesConf(kA + " h:1@2 myself,master - 0 0 9 connected\n" + kVars);
  ASSERT_TRUE(conf.ok());
  EXPECT_EQ(conf->current_epoch.value, 9u);
}

TEST(NodesConfTest, UnknownVarsAreSkipped) {
  const auto conf = ParseNodesConf(kA +
                                   " h:1@2 myself,master - 0 0 0 connected\n"
                                   "vars future 1 lastVoteEpoch 4 currentEpoch 5\n");
  ASSERT_TRUE(conf.ok()) << conf.status();
  EXPECT_EQ(conf->current_epoch.value, 5u);
  EXPECT_EQ(conf->last_vote_epoch.value, 4u);
}

TEST(NodesConfTest, RolesHaveTwoNames) {
  const auto conf = ParseNodesConf(kA + " h:1@2 myself,primary - 0 0 0 connected\n" + kB +
                                   " h:1@2 replica,noaddr " + kA + " 0 0 0 connected\n" + kVars);
  ASSERT_TRUE(conf.ok()) << conf.status();
  EXPECT_EQ(conf->nodes[0].flags, flag::kMyself | flag::kPrimary);
  EXPECT_EQ(conf->nodes[1].flags, flag::kReplica | flag::kNoAddr);
}

TEST(NodesConfTest, WordsMayBeQuoted) {
  const auto conf =
      ParseNodesConf("\"" + kA + "\" 'h:1@2' \"mysel\\x66,master\" - 0 0 0 connected\n" + kVars);
  ASSERT_TRUE(conf.ok()) << conf.status();
  EXPECT_EQ(conf->nodes[0].flags, flag::kMyself | flag::kPrimary);
}

TEST(QuotedWordsTest, Words) {
  std::vector<std::string> words;
  EXPECT_TRUE(SplitQuotedWords("  a\t\"b \\n\\x41\\q\\x4\" 'c\\'\\n' d\"e\"\r", &words));
  EXPECT_EQ(words, (std::vector<std::string>{"a", "b \nAqx4", "c'\\n", "de"}));
  for (const char* bad : {"\"a", "'a", "\"a\"b", "'a'b", "\"a\\"}) {
    words.clear();
    EXPECT_FALSE(SplitQuotedWords(bad, &words)) << bad;
  }
}

struct BadFile {
  std::string text;
  std::string error;  // after "nodes.conf"
};

std::string Me(const std::string& rest) {
  return kA + " 127.0.0.1:7001@17001 myself,master - 0 0 1 connected" + rest + "\n";
}

std::string Peer(const std::string& address, const std::string& flags, const std::string& rest) {
  return Me("") + kB + " " + address + " " + flags + " " + rest + "\n" + kVars;
}

const std::string kFlagWords =
    "myself, master, primary, slave, replica, fail?, fail, handshake, noaddr, nofailover, noflags";

std::vector<BadFile> BadLines() {
  const std::string tail = "- 0 0 0 connected";
  return {
      {"foo bar\n", ":1: bad node id: 'foo', expected 40 characters of 0-9a-z or 'vars'"},
      {"var currentEpoch 1 lastVoteEpoch 0\n",
       ":1: bad node id: 'var', expected 40 characters of 0-9a-z or 'vars', nearest 'vars'"},
      {std::string(40, 'A') + " h:1@2 master - 0 0 0 connected\n",
       ":1: bad node id: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', expected 40 characters of "
       "0-9a-z or 'vars'"},
      {kA + " h:1@2 myself,master - 0 0 0\n" + kVars,
       ":1: too few fields: 7, expected at least 8: <id> <ip:port@cport> <flags> <primary> "
       "<ping-sent> "
       "<pong-recv> <config-epoch> <link-state>"},
      {Me("") + Me("") + kVars,
       ":2: duplicate node id: '" + kA + "', expected one line per node (first on line 1)"},
      {Me("") + "\"oops\n" + kVars,
       ":2: unbalanced quotes: '\"oops', expected each quote closed, and a blank after it"},
      {Peer("h@2", "master", tail), ":2: no port in address: 'h@2', expected ip:port@cport"},
      {Peer("h:x@2", "master", tail), ":2: bad port: 'x', expected 0 to 65535"},
      {Peer("h:65536@2", "master", tail), ":2: bad port: '65536', expected 0 to 65535"},
      {Peer("h:1@-2", "master", tail), ":2: bad bus port: '-2', expected 0 to 65535"},
      {Peer("h:60000", "master", tail),
       ":2: no bus port in address: 'h:60000', expected ip:port@cport when the port is above "
       "55535"},
      {Peer("\"h h:1@2\"", "master", tail),
       ":2: bad ip: 'h h', expected at most 45 characters without blanks and quotes"},
      {Peer(std::string(46, 'h') + ":1@2", "master", tail),
       ":2: bad ip: '" + std::string(46, 'h') +
           "', expected at most 45 characters without blanks and quotes"},
      {Peer("h:1@2,host$", "master", tail),
       ":2: bad host name: 'host$', expected no blanks, quotes and special characters"},
      {Peer("h:1@2,,shard-id", "master", tail),
       ":2: bad aux field: 'shard-id', expected name=value"},
      {Peer("h:1@2,,shardid=" + kShard, "master", tail),
       ":2: unknown aux field: 'shardid', expected one of shard-id, nodename, tcp-port, tls-port, "
       "client-ipv4, "
       "client-ipv6, client-tcp-port, client-tls-port, availability-zone, nearest 'shard-id'"},
      {Peer("h:1@2,,nodename=a=b", "master", tail),
       ":2: bad nodename: 'a=b', expected no blanks, quotes and special characters"},
      {Peer("h:1@2,,shard-id=55", "master", tail),
       ":2: bad shard-id: '55', expected 40 characters of 0-9a-z"},
      {Peer("h:1@2,,tls-port=70000", "master", tail),
       ":2: bad tls-port: '70000', expected 0 to 65535"},
      {Peer("h:1@2", "slav", tail),
       ":2: unknown flag: 'slav', expected one of " + kFlagWords + ", nearest 'slave'"},
      {Peer("h:1@2", "master,", tail), ":2: unknown flag: '', expected one of " + kFlagWords},
      {Peer("h:1@2", "\"\x01\xff\"", tail),
       ":2: unknown flag: '\\x01\\xff', expected one of " + kFlagWords},
      {Peer("h:1@2", "master,slave", tail),
       ":2: contradicting flags: 'master,slave', expected master or slave, not both"},
      {Peer("h:1@2", "myself,fail", tail),
       ":2: no role for myself: 'myself,fail', expected myself,master or myself,slave"},
  };
}

std::vector<BadFile> BadFields() {
  const std::string missing(40, 'c');
  return {
      {Peer("h:1@2", "slave", "xyz 0 0 0 connected"),
       ":2: bad primary id: 'xyz', expected 40 characters of 0-9a-z or '-'"},
      {Peer("h:1@2", "master", kA + " 0 0 0 connected"),
       ":2: primary of a node that is no replica: '" + kA + "', expected '-'"},
      {Peer("h:1@2", "slave", kB + " 0 0 0 connected"),
       ":2: node replicates itself: '" + kB + "', expected another node's id or '-'"},
      {Peer("h:1@2", "slave", missing + " 0 0 0 connected"),
       ":2: unknown node: '" + missing + "', expected the id of a node with a line in this file"},
      {Peer("h:1@2", "master", "- x 0 0 connected"),
       ":2: bad ping-sent: 'x', expected milliseconds since 1970, or 0"},
      {Peer("h:1@2", "master", "- 0 -1 0 connected"),
       ":2: bad pong-recv: '-1', expected milliseconds since 1970, or 0"},
      {Peer("h:1@2", "master", "- 9223372036854775808 0 0 connected"),
       ":2: bad ping-sent: '9223372036854775808', expected milliseconds since 1970, or 0"},
      {Peer("h:1@2", "master", "- 0 0 18446744073709551616 connected"),
       ":2: bad config-epoch: '18446744073709551616', expected an unsigned 64-bit integer"},
      {Peer("h:1@2", "master", "- 0 0 0 conected"),
       ":2: bad link-state: 'conected', expected connected or disconnected, nearest 'connected'"},
      {Me(" 16384") + kVars, ":1: bad slot: '16384', expected n or a-b with 0 <= a <= b <= 16383"},
      {Me(" 5-3") + kVars, ":1: bad slot: '5-3', expected n or a-b with 0 <= a <= b <= 16383"},
      {Me(" 5-") + kVars, ":1: bad slot: '5-', expected n or a-b with 0 <= a <= b <= 16383"},
      {Me(" 0-9 9-12") + kVars,
       ":1: slot assigned twice: '9-12', expected one owner per slot (slot 9 also on line 1)"},
      {Me(" 0-9") + kB + " h:1@2 master - 0 0 0 connected 8\n" + kVars,
       ":2: slot assigned twice: '8', expected one owner per slot (slot 8 also on line 1)"},
      {Me(" [5->-" + missing + "]") + kVars,
       ":1: unknown node: '" + missing + "', expected the id of a node with a line in this file"},
      {Me(" [5>-" + kA + "]") + kVars,
       ":1: bad open slot: '[5>-" + kA + "]', expected [slot->-<id>] or [slot-<-<id>]"},
      {Me(" [x->-" + kA + "]") + kVars,
       ":1: bad open slot: '[x->-" + kA + "]', expected [slot->-<id>] or [slot-<-<id>]"},
      {Me(" [5]") + kVars, ":1: bad open slot: '[5]', expected [slot->-<id>] or [slot-<-<id>]"},
      {Me(" [5->-" + kA + "] [5-<-" + kA + "]") + kVars,
       ":1: slot opened twice: '[5-<-" + kA + "]', expected one mark per slot"},
      {Me("") + kB + " h:1@2 master - 0 0 0 connected [5->-" + kA + "]\n" + kVars,
       ":2: open slot of another node: '[5->-" + kA +
           "]', expected open slots on the line of myself only"},
      {Me("") + "vars currentEpoch 1 lastVoteEpoch\n",
       ":2: odd number of words after vars: 3, expected pairs of name and value"},
      {Me("") + "vars currentEpoch x\n",
       ":2: bad currentEpoch: 'x', expected an unsigned 64-bit integer"},
      {Me("") + "vars lastVoteEpoch -1\n",
       ":2: bad lastVoteEpoch: '-1', expected an unsigned 64-bit integer"},
      {Me(""), ": no vars line, expected 'vars currentEpoch <epoch> lastVoteEpoch <epoch>'"},
      {"", ": no vars line, expected 'vars currentEpoch <epoch> lastVoteEpoch <epoch>'"},
      {kVars, ": no node is flagged myself, expected exactly one"},
      {Peer("h:1@2", "myself,slave", "- 0 0 0 connected"),
       ":2: second node flagged myself: '" + kB + "', expected exactly one (first on line 1)"},
      {std::string(2098177, 'x'), ":1: line too long: 2098177 bytes, expected at most 2098176"},
  };
}

TEST(NodesConfErrorTest, NamesLineValueAndExpectation) {
  std::vector<BadFile> files = BadLines();
  for (BadFile& file : BadFields()) files.push_back(std::move(file));
  for (const BadFile& file : files) {
    const absl::StatusOr<NodesConf> conf = ParseNodesConf(file.text, "nodes.conf");
    ASSERT_FALSE(conf.ok()) << file.error;
    EXPECT_EQ(std::string(conf.status().message()), "nodes.conf" + file.error);
  }
}

TEST(NodesConfErrorTest, LongValuesAreCut) {
  const auto conf = ParseNodesConf(std::string(1000, 'x') + " h\n", "f");
  ASSERT_FALSE(conf.ok());
  EXPECT_EQ(std::string(conf.status().message()),
            "f:1: bad node id: '" + std::string(60, 'x') +
                "...', expected 40 characters of 0-9a-z or 'vars'");
}

TEST(ClusterNodesTextTest, NeedsNeitherVarsNorMyselfNorEveryPrimary) {
  const auto conf =
      ParseClusterNodesText(kA + " h:1@2,name slave " + kB + " 0 0 7 connected\n", "pasted");
  ASSERT_TRUE(conf.ok()) << conf.status();
  EXPECT_EQ(conf->current_epoch.value, 7u);
  EXPECT_EQ(conf->myself(), 1u);
  EXPECT_EQ(conf->nodes[0].address.hostname, "name");
  const auto aux =
      ParseClusterNodesText(kA + " h:1@2,name,tls-port=0 master - 0 0 7 connected\n", "pasted");
  ASSERT_FALSE(aux.ok());
  EXPECT_EQ(std::string(aux.status().message()),
            "pasted:1: unexpected address part: 'tls-port=0', expected ip:port@cport[,hostname]");
}

}  // namespace
}  // namespace gossamer
