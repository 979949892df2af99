#include "tools/real_cluster/agreement.h"

#include "core/bus/types.h"
#include "gtest/gtest.h"
#include "sim/model/start.h"
#include "tools/real_cluster/node_files.h"

namespace gossamer::real {
namespace {

std::vector<NodeView> CalmViews() {
  const sim::Scenario scenario;
  const auto nodes = sim::DescribeNodes(scenario, 1, std::nullopt);
  const NodesConf conf = FormedConf(nodes, scenario.shards);
  std::vector<NodeView> views;
  for (size_t i = 0; i < nodes.size(); ++i) views.push_back({i, FileOf(conf, nodes[i].name)});
  return views;
}

TEST(Agreement, EqualViewsAgreeAndAreCalm) {
  EXPECT_EQ(Disagreement(CalmViews()), "");
  EXPECT_EQ(Unrest(CalmViews()), "");
}

TEST(Agreement, DifferencesAreNamed) {
  std::vector<NodeView> views = CalmViews();
  views[4].conf.nodes[1].config_epoch = {9};
  EXPECT_EQ(Disagreement(views), "node 4 sees the epoch of node 1 otherwise than itself");
  views = CalmViews();
  views[0].conf.nodes[2].slots.clear();
  EXPECT_EQ(Disagreement(views), "node 0 sees the slots of node 2 otherwise than itself");
  views = CalmViews();
  views[3].conf.nodes.pop_back();
  EXPECT_EQ(Disagreement(views), "node 3 does not know node 5");
  EXPECT_EQ(Unrest(views), "node 3 and node 5 do not know each other");
}

TEST(Agreement, WhoHasNoViewIsNobodysConcern) {
  std::vector<NodeView> views = CalmViews();
  views[0].conf.nodes[5].flags |= flag::kFail;
  views[0].conf.nodes[5].connected = false;
  EXPECT_EQ(Unrest(views), "node 0 and node 5 do not trust each other yet");
  views.pop_back();
  EXPECT_EQ(Unrest(views), "");
}

}  // namespace
}  // namespace gossamer::real
