#include "sim/scenario/layout.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/node_names.h"

namespace gossamer::sim {
namespace {

std::string Golden(const std::string& file) {
  std::ifstream in(std::string(GOSSAMER_SOURCE_DIR) + "/tests/golden/data/" + file,
                   std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string Id(char c) { return std::string(40, c); }

std::string ErrorOf(std::string_view text) {
  const auto layout = ParseLayout(text, "x.conf");
  return layout.ok() ? "none" : std::string(layout.status().message());
}

TEST(LayoutTest, FilesAndRepliesOfOneClusterAgree) {
  const auto file = ParseLayout(Golden("nodes_conf/valkey/steady-19400.conf"), "file");
  ASSERT_TRUE(file.ok()) << file.status();
  const std::vector<LayoutNode> nodes = RunningNodes(*file);
  ASSERT_EQ(nodes.size(), 12u);
  EXPECT_EQ(ShardCount(*file), 6);
  for (size_t i = 0; i < nodes.size(); ++i) {
    EXPECT_EQ(nodes[i].primary, i < 6);
    EXPECT_EQ(nodes[i].shard, static_cast<int64_t>(i % 6));
  }
  EXPECT_EQ(file->nodes[nodes[0].line].slots.front().first, 0);
  for (const char* reply : {"resp2", "resp3"}) {
    const auto text = ParseLayout(
        Golden(std::string("replies/valkey/steady-19400-") + reply + "-CLUSTER_NODES.resp"), reply);
    ASSERT_TRUE(text.ok()) << text.status();
    const std::vector<LayoutNode> again = RunningNodes(*text);
    ASSERT_EQ(again.size(), nodes.size());
    for (size_t i = 0; i < nodes.size(); ++i) {
      EXPECT_EQ(text->nodes[again[i].line].name, file->nodes[nodes[i].line].name);
    }
  }
}

TEST(LayoutTest, NodesInAHandshakeAreLeftOut) {
  const auto layout =
      ParseLayout(Golden("replies/redis7/handshake-7420-resp3-CLUSTER_NODES.resp"), "reply");
  ASSERT_TRUE(layout.ok()) << layout.status();
  for (const NodesConfNode& node : layout->nodes) {
    EXPECT_EQ(node.flags & flag::kHandshake, 0);
  }
  EXPECT_FALSE(RunningNodes(*layout).empty());
}

TEST(LayoutTest, NodesWithoutAnAddressDoNotRun) {
  const std::string text = Id('a') + " :0@0 master,noaddr - 0 0 1 disconnected 0-99\n" + Id('b') +
                           " 10.0.0.2:6379@16379 slave " + Id('a') + " 0 0 1 connected\n" +
                           Id('c') + " :6379@16379 myself,master - 0 0 2 connected 100-199\n";
  const auto layout = ParseLayout("\r\n  " + text + "\n\n", "x");
  ASSERT_TRUE(layout.ok()) << layout.status();
  const std::vector<LayoutNode> nodes = RunningNodes(*layout);
  ASSERT_EQ(nodes.size(), 2u);
  EXPECT_EQ(ShardCount(*layout), 2);
  EXPECT_EQ(layout->nodes[nodes[0].line].name.view(), Id('c'));
  EXPECT_EQ(nodes[0].shard, 1);
  EXPECT_FALSE(layout->nodes[nodes[0].line].address.endpoint.ip.empty());
  EXPECT_EQ(layout->nodes[nodes[1].line].name.view(), Id('b'));
  EXPECT_EQ(nodes[1].shard, 0);
}

TEST(LayoutTest, OneNodeHasManyNames) {
  const auto layout = ParseLayout(Golden("nodes_conf/valkey/steady-19400.conf"), "file");
  ASSERT_TRUE(layout.ok());
  const std::vector<LayoutNode> nodes = RunningNodes(*layout);
  const auto index = FindLayoutNode(*layout, nodes, "a3a5545f089477d7a51be79ba897531d7512763c");
  ASSERT_TRUE(index.has_value());
  for (const char* name : {"a3a5", "127.0.0.1:19402", "shard2-node"}) {
    EXPECT_EQ(FindLayoutNode(*layout, nodes, name), index) << name;
  }
  for (const char* none : {"", "a3a", "127.0.0.1", "zzzz"}) {
    EXPECT_EQ(FindLayoutNode(*layout, nodes, none), std::nullopt) << none;
  }
}

TEST(LayoutTest, ErrorsNameTheLine) {
  const std::string good = Id('a') + " 10.0.0.1:6379@16379 master - 0 0 1 connected 0-99\n";
  EXPECT_EQ(ErrorOf(good), "none");
  EXPECT_NE(ErrorOf(good + "nonsense\n").find("x.conf:2: "), std::string::npos);
  EXPECT_NE(ErrorOf(good + Id('b') + " 10.0.0.1:6380@16379 master - 0 0 2 connected\n")
                .find("have one address, 10.0.0.1@16379"),
            std::string::npos);
  EXPECT_NE(ErrorOf("").find("no node"), std::string::npos);
  EXPECT_NE(ErrorOf(Id('a') + " :0@0 noaddr,master - 0 0 1 connected\n").find("no node"),
            std::string::npos);
}

TEST(NodeNamesTest, StandBehindIndexesInTexts) {
  Scenario scenario;
  EXPECT_TRUE(NodeNames(scenario).empty());
  EXPECT_EQ(NodeNames(scenario).Named("node 1 fell"), "node 1 fell");
  scenario.layout = std::make_shared<const NodesConf>(
      *ParseLayout(Golden("nodes_conf/valkey/steady-19400.conf"), "file"));
  const NodeNames names(scenario);
  ASSERT_EQ(names.all().size(), 12u);
  EXPECT_EQ(names.Of(0), "41d31bb2 127.0.0.1:19400");
  EXPECT_EQ(names.Of(1), "1e1b3764 host-1.example.test:19401");
  EXPECT_EQ(names.Of(2), "a3a5545f shard2-node");
  EXPECT_EQ(names.Of(12), "");
  EXPECT_EQ(names.Text(12), "node 12");
  EXPECT_EQ(names.Named("node 2 about node 0"),
            "node 2 (a3a5545f shard2-node) about node 0 (41d31bb2 127.0.0.1:19400)");
  for (const char* other : {"node 12", "nodes 1-3", "node timeout 5 s", "my-node 1", "a node "}) {
    EXPECT_EQ(names.Named(other), other);
  }
}

}  // namespace
}  // namespace gossamer::sim
