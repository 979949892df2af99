#include "sim/model/select.h"

#include <gtest/gtest.h>

#include <set>

namespace gossamer::sim {
namespace {

// Ten shards of three: primaries 0 to 9, replicas 10 to 29, zones a, b, c.
class SelectTest : public testing::Test {
 protected:
  SelectTest() : down_(30) {
    for (uint32_t i = 0; i < 30; ++i) {
      NodeInfo info;
      info.index = NodeIndex{i};
      info.starts_as_primary = i < 10;
      info.shard = i < 10 ? i : (i - 10) / 2;
      info.zone = std::string(1, static_cast<char>('a' + i % 3));
      nodes_.push_back(info);
    }
    view_.nodes = &nodes_;
    view_.is_primary = [](uint32_t i) { return i < 10; };
    view_.is_down = [this](uint32_t i) { return down_[i]; };
  }
  std::vector<uint32_t> Take(const Target& target, Selectable which = Selectable::kUp,
                             uint64_t seed = 1) {
    Rng rng(seed);
    std::vector<uint32_t> taken;
    for (const NodeIndex node : Select(target, view_, which, &rng)) taken.push_back(node.value);
    return taken;
  }
  std::vector<bool> down_;
  std::vector<NodeInfo> nodes_;
  SelectView view_;
};

TEST_F(SelectTest, AnEmptyTargetIsEveryNode) { EXPECT_EQ(Take(Target{}).size(), 30u); }

TEST_F(SelectTest, ConditionsAreCombined) {
  Target target;
  target.role = Target::Role::kReplica;
  target.shards = {0, 1};
  EXPECT_EQ(Take(target), (std::vector<uint32_t>{10, 11, 12, 13}));
  target.zones = {"b"};
  EXPECT_EQ(Take(target), (std::vector<uint32_t>{10, 13}));
  target.nodes = {13, 20};
  EXPECT_EQ(Take(target), (std::vector<uint32_t>{13}));
}

TEST_F(SelectTest, PercentagesRoundUp) {
  Target target;
  target.percent = Ppm{100'000};
  EXPECT_EQ(Take(target).size(), 3u);
  target.percent = Ppm{101'000};
  EXPECT_EQ(Take(target).size(), 4u);
  target.of = Target::Of::kPrimaries;
  EXPECT_EQ(Take(target).size(), 2u);
  for (const uint32_t node : Take(target)) EXPECT_LT(node, 10u);
}

TEST_F(SelectTest, DrawsDependOnTheStreamAlone) {
  Target target;
  target.count = 5;
  EXPECT_EQ(Take(target), Take(target));
  std::set<std::vector<uint32_t>> seen;
  for (uint64_t seed = 0; seed < 20; ++seed) seen.insert(Take(target, Selectable::kUp, seed));
  EXPECT_GT(seen.size(), 15u);
}

TEST_F(SelectTest, WholeShards) {
  Target target;
  target.of = Target::Of::kShards;
  target.count = 2;
  const auto taken = Take(target);
  ASSERT_EQ(taken.size(), 6u);
  std::set<int64_t> shards;
  for (const uint32_t node : taken) shards.insert(nodes_[node].shard);
  EXPECT_EQ(shards.size(), 2u);
}

TEST_F(SelectTest, TheLastOfAShardIsKept) {
  down_[10] = down_[11] = true;  // shard 0 has its primary only
  Target target;
  target.keep_one_per_shard = true;
  const auto taken = Take(target);
  std::set<uint32_t> left;
  for (uint32_t i = 0; i < 30; ++i) left.insert(i);
  for (const uint32_t node : taken) left.erase(node);
  std::set<int64_t> shards;
  for (const uint32_t node : left) {
    if (!down_[node]) shards.insert(nodes_[node].shard);
  }
  EXPECT_EQ(shards.size(), 10u);
  EXPECT_TRUE(left.contains(0));
}

TEST_F(SelectTest, NodesThatAreDown) {
  down_[4] = true;
  Target target;
  EXPECT_EQ(Take(target).size(), 29u);
  EXPECT_EQ(Take(target, Selectable::kAny).size(), 30u);
  target.killed = true;
  EXPECT_EQ(Take(target), (std::vector<uint32_t>{4}));
  target.killed = false;
  EXPECT_EQ(Take(target, Selectable::kAny).size(), 29u);
}

}  // namespace
}  // namespace gossamer::sim
