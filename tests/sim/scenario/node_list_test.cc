#include "sim/scenario/node_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "core/cluster/nodes_conf.h"
#include "sim/scenario/layout.h"

namespace gossamer::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Scenario Plain() {
  Scenario scenario;
  scenario.shards = 10;
  scenario.replicas_per_shard = 1;
  return scenario;
}

std::string ErrorOf(std::string_view text, const Scenario& scenario) {
  const auto nodes = ParseNodeList(text, scenario);
  return nodes.ok() ? "none" : nodes.error().message + "; " + nodes.error().help;
}

TEST(NodeListTest, TakesNumbersAndRanges) {
  const auto nodes = ParseNodeList("17,0-2,1", Plain());
  ASSERT_TRUE(nodes.ok());
  EXPECT_THAT(nodes.value(), ElementsAre(0, 1, 2, 17));
}

TEST(NodeListTest, SaysWhatIsWrong) {
  EXPECT_THAT(ErrorOf("20", Plain()), HasSubstr("node 20 does not exist: there are 20 nodes"));
  EXPECT_THAT(ErrorOf("5-3", Plain()), HasSubstr("range '5-3' falls"));
  EXPECT_THAT(ErrorOf("abc", Plain()), HasSubstr("a range such as 0-9"));
  EXPECT_THAT(ErrorOf(",", Plain()), HasSubstr("empty"));
}

TEST(NodeListTest, KnowsTheNamesOfALayout) {
  std::ifstream in(
      std::string(GOSSAMER_SOURCE_DIR) + "/tests/golden/data/nodes_conf/valkey/steady-19400.conf",
      std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto layout = ParseLayout(text, "x.conf");
  ASSERT_TRUE(layout.ok());
  Scenario scenario;
  scenario.start = StartKind::kNodesConf;
  scenario.layout = std::make_shared<const NodesConf>(*layout);
  scenario.layout_nodes = static_cast<int64_t>(RunningNodes(*layout).size());
  const auto nodes = ParseNodeList("a3a5545f,127.0.0.1:19402,3", scenario);
  ASSERT_TRUE(nodes.ok()) << nodes.error().message;
  EXPECT_EQ(nodes.value().size(), 2u) << "an id and an address of one node, and node 3";
  EXPECT_THAT(ErrorOf("nobody", scenario), HasSubstr("is called 'nobody'"));
}

}  // namespace
}  // namespace gossamer::sim
