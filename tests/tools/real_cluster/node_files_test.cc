#include "tools/real_cluster/node_files.h"

#include "core/bus/types.h"
#include "gtest/gtest.h"
#include "sim/model/start.h"
#include "tools/real_cluster/program.h"

namespace gossamer::real {
namespace {

std::vector<sim::NodeInfo> PlacedNodes(const sim::Scenario& scenario) {
  std::vector<sim::NodeInfo> nodes = sim::DescribeNodes(scenario, 7, std::nullopt);
  for (sim::NodeInfo& node : nodes) {
    node.ip = "127.0.0.1";
    node.port = static_cast<uint16_t>(12000 + node.index.value);
    node.cport = static_cast<uint16_t>(22000 + node.index.value);
  }
  return nodes;
}

TEST(NodeFiles, AFormedClusterHasTheSimulatedIdsEpochsAndSlots) {
  const sim::Scenario scenario;
  const std::vector<sim::NodeInfo> nodes = PlacedNodes(scenario);
  const NodesConf conf = FormedConf(nodes, scenario.shards);
  EXPECT_EQ(conf.current_epoch.value, 3u);
  ASSERT_EQ(conf.nodes.size(), 6u);
  size_t slots = 0;
  for (size_t i = 0; i < 6; ++i) {
    const NodesConfNode& node = conf.nodes[i];
    EXPECT_EQ(node.name, nodes[i].name);
    EXPECT_EQ(node.address.endpoint.port, 12000 + i);
    EXPECT_EQ(node.replicaof.has_value(), i >= 3);
    for (const SlotRange& range : node.slots) slots += range.last - range.first + 1u;
    if (i >= 3) {
      EXPECT_EQ(*node.replicaof, nodes[i - 3].name);
      EXPECT_EQ(node.shard_id, conf.nodes[i - 3].shard_id);
    } else {
      EXPECT_EQ(node.config_epoch.value, i + 1);
    }
  }
  EXPECT_EQ(slots, 16384u);
}

TEST(NodeFiles, WrittenForRedisAFileHasNoAuxFieldsAndIsReadBack) {
  const sim::Scenario scenario;
  const std::vector<sim::NodeInfo> nodes = PlacedNodes(scenario);
  const NodesConf mine = FileOf(FormedConf(nodes, scenario.shards), nodes[4].name);
  const Program redis = *ProgramOf("r", "Redis server v=7.0.15 sha=0");
  const std::string text = WriteNodesConf(mine, redis.Format());
  EXPECT_EQ(text.find("shard-id"), std::string::npos);
  EXPECT_NE(text.find(" 127.0.0.1:12004@22004 myself,slave " + nodes[1].name.str()),
            std::string::npos)
      << text;
  const auto read = ParseNodesConf(text);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->myself(), 4u);
  EXPECT_EQ(read->current_epoch.value, 3u);
  const std::string ours = WriteNodesConf(mine, ProgramOf("g", "gossamer-server 0.1.0")->Format());
  EXPECT_NE(ours.find("shard-id="), std::string::npos);
}

TEST(NodeFiles, AClusterThatExistsMovesToNewAddresses) {
  const sim::Scenario scenario;
  std::vector<sim::NodeInfo> nodes = PlacedNodes(scenario);
  NodesConf layout = FormedConf(nodes, scenario.shards);
  // One that does not run: without an address.
  NodesConfNode& gone = layout.nodes.emplace_back();
  gone.name = *NodeName::Parse("0123456789012345678901234567890123456789");
  gone.flags = flag::kReplica | flag::kNoAddr;
  for (sim::NodeInfo& node : nodes) node.port = static_cast<uint16_t>(node.port + 100);
  const NodesConf moved = MovedConf(layout, nodes);
  for (size_t i = 0; i < 6; ++i) EXPECT_EQ(moved.nodes[i].address.endpoint.port, 12100 + i);
  EXPECT_EQ(moved.nodes[6], layout.nodes[6]);
}

}  // namespace
}  // namespace gossamer::real
