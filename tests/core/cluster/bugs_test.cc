// Bugs: the table, and what those do that no scenario shows. Every other one makes a file of
// scenarios/ fail (tests/scenarios).
#include "core/cluster/bugs.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "core/cluster/rules.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

ClusterSetup With(Bug bug) {
  ClusterSetup setup;
  Plant(bug, &setup.rules);
  return setup;
}

TEST(BugsTest, EachHasANameOfItsOwnAndSaysWhatGoesWrong) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < kBugs; ++i) {
    const Bug bug = static_cast<Bug>(i);
    const BugInfo& info = InfoOf(bug);
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_EQ(FindBug(info.name), bug);
    EXPECT_FALSE(info.about.empty()) << info.name;
    EXPECT_FALSE(info.source.empty()) << info.name;
    EXPECT_EQ(BugNames()[i], info.name);
  }
  EXPECT_FALSE(FindBug("R-7396").has_value());
  EXPECT_FALSE(FindBug("").has_value());
}

TEST(BugsTest, NobodyHasAnyUntilItIsPlanted) {
  for (const std::string_view name : RuleNames()) {
    for (size_t i = 0; i < kBugs; ++i) {
      const Bug bug = static_cast<Bug>(i);
      Rules rules = RulesNamed(name);
      EXPECT_FALSE(rules.bugs.Has(bug));
      Plant(bug, &rules);
      EXPECT_TRUE(rules.bugs.Has(bug));
      EXPECT_FALSE(rules.bugs.Has(static_cast<Bug>((i + 1) % kBugs)));
    }
  }
}

TEST(BugsTest, V2512SuspectsGetFreshPongTimes) {
  for (const bool planted : {false, true}) {
    Cluster c(planted ? With(Bug::kV2512) : ClusterSetup{});
    const NodeKey a = c.AddPrimary("a", {{0, 9}});
    const NodeKey b = c.AddPrimary("b", {{10, 19}});
    c.peers().SetPong(b, c.ms() - 5000);
    c.peers().SetFlags(b, flag::kFail);
    c.Deliver(a, MessageType::kPing, [&](Message* m) {
      const auto a_second_ago = static_cast<uint32_t>(c.now().wall.us / 1000000 - 1);
      std::get<Heartbeat>(m->body).gossip.push_back({b, flag::kPrimary, a_second_ago});
    });
    EXPECT_EQ(c.peers().pong_ms(b), c.ms() - (planted ? 1000 : 5000));
  }
}

TEST(BugsTest, V2811BelievesWhatIsOlderThanItsSender) {
  for (const bool planted : {false, true}) {
    Cluster c(planted ? With(Bug::kV2811) : ClusterSetup{});
    // b took over from a; what it says comes from before.
    const NodeKey a = c.AddPrimary("a", {}, 10);
    const NodeKey b = c.AddPrimary("b", {{0, 9}}, 11);
    const ShardId shard = c.facts(a).shard_id;
    c.peers().EditFacts(b, [&](PeerFacts* facts) { facts->shard_id = shard; });
    c.Deliver(b, MessageType::kPing, [&](Message* m) {
      m->header.replicaof = a;
      m->header.config_epoch = {10};
    });
    EXPECT_EQ(c.peers().IsReplica(b), planted);
  }
}

TEST(BugsTest, V2989KeepsTheShardOfAReplicaThatWasReset) {
  for (const bool planted : {false, true}) {
    Cluster c(planted ? With(Bug::kV2989) : ClusterSetup{});
    const NodeKey a = c.AddPrimary("a", {{0, 16383}});
    c.MakeMeReplicaOf(a);
    const ShardId before = c.facts(c.me()).shard_id;
    EXPECT_TRUE(c.Command({"RESET", "SOFT"}).ok());
    EXPECT_EQ(c.facts(c.me()).shard_id == before, planted);
  }
}

TEST(BugsTest, V4533TheFlagOutlivesTheFailure) {
  for (const bool planted : {false, true}) {
    Cluster c(planted ? With(Bug::kV4533) : ClusterSetup{});
    const NodeKey a = c.AddPrimary("a", {{0, 8191}}, 1);
    const NodeKey b = c.AddPrimary("b", {{8192, 16383}}, 2);
    c.MakeMeReplicaOf(a);
    c.Deliver(b, MessageType::kFail, [&](Message* m) { m->body = Fail{a}; });
    ASSERT_TRUE(c.peers().Has(c.me(), flag::kMyPrimaryFail));
    c.Advance(Seconds(31));
    c.Deliver(a, MessageType::kPong);
    EXPECT_FALSE(c.peers().Has(a, flag::kFail));
    EXPECT_EQ(c.peers().Has(c.me(), flag::kMyPrimaryFail), planted);
  }
}

}  // namespace
}  // namespace gossamer
