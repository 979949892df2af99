// Moments that a seed draws out of ranges.
#include "sim/model/moments.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <vector>

#include "tests/sim/model/world_fixture.h"

namespace gossamer::sim {
namespace {

TimelineItem Ranged(Duration at, Duration spread) {
  TimelineItem item = Fault(FaultKind::kKill, at, {0});
  item.spread = spread;
  return item;
}

Instant MomentOf(const TimelineItem& item, uint64_t seed) { return DrawMoments({item}, seed)[0]; }

TEST(MomentsTest, WithoutARangeTheMomentIsTheItems) {
  const std::vector<TimelineItem> timeline = {Ranged(Seconds(5), {}), Ranged(Seconds(7), {})};
  const std::vector<Instant> expected = {Instant{} + Seconds(5), Instant{} + Seconds(7)};
  for (const uint64_t seed : {1, 2}) EXPECT_EQ(DrawMoments(timeline, seed), expected);
}

TEST(MomentsTest, ASeedDrawsTheSameAgainAndAnotherSeedDrawsAnother) {
  const TimelineItem item = Ranged(Seconds(31), Seconds(15));
  std::set<Instant> moments;
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    const Instant moment = MomentOf(item, seed);
    EXPECT_EQ(moment, MomentOf(item, seed));
    EXPECT_GE(moment, Instant{} + Seconds(31));
    EXPECT_LE(moment, Instant{} + Seconds(46));
    moments.insert(moment);
  }
  EXPECT_EQ(moments.size(), 30u);
  // The seeds reach into each third of the range.
  EXPECT_LT(*moments.begin(), Instant{} + Seconds(36));
  EXPECT_GT(*moments.rbegin(), Instant{} + Seconds(41));
}

TEST(MomentsTest, BothEndsAreDrawn) {
  std::set<Instant> moments;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    moments.insert(MomentOf(Ranged(Seconds(5), Micros(2)), seed));
  }
  EXPECT_EQ(moments, (std::set<Instant>{Instant{} + Seconds(5), Instant{} + Micros(5'000'001),
                                        Instant{} + Micros(5'000'002)}));
}

TEST(MomentsTest, AnItemMoreMovesNoOthersMoment) {
  const std::vector<TimelineItem> two = {Ranged(Seconds(31), Seconds(15)),
                                         Ranged(Seconds(60), Seconds(15))};
  const std::vector<Instant> before = DrawMoments(two, 7);
  for (const TimelineItem& item : {Ranged(Seconds(20), {}), Ranged(Seconds(20), Seconds(15)),
                                   Ranged(Seconds(31), Seconds(14))}) {
    std::vector<TimelineItem> three = two;
    three.insert(three.begin(), item);
    const std::vector<Instant> after = DrawMoments(three, 7);
    EXPECT_EQ(std::vector<Instant>(after.begin() + 1, after.end()), before);
  }
}

TEST(MomentsTest, ItemsWithOneRangeDrawEachTheirOwn) {
  const TimelineItem item = Ranged(Seconds(31), Seconds(15));
  const std::vector<Instant> both = DrawMoments({item, item}, 7);
  EXPECT_NE(both[0], both[1]);
  EXPECT_EQ(both[0], MomentOf(item, 7));
}

// By which numbers the incidents keep their places, whichever comes first.
TEST(MomentsTest, TheWorldCarriesItemsOutAtTheirMoments) {
  Scenario scenario = SixNodes();
  scenario.timeline = {Ranged(Seconds(5), Seconds(5)), Ranged(Seconds(6), Seconds(3))};
  scenario.timeline[1].target.nodes = {1};
  std::set<uint32_t> first;
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    Watcher watcher;
    RunOptions options;
    options.seed = seed;
    World(scenario, options, {&watcher}).Run();
    const std::vector<Instant> moments = DrawMoments(scenario.timeline, seed);
    ASSERT_EQ(watcher.incidents.size(), 2u);
    for (const Incident& incident : watcher.incidents) {
      EXPECT_EQ(incident.at, moments[incident.number]);
      EXPECT_EQ(incident.victims, std::vector<NodeIndex>{NodeIndex{incident.number}});
    }
    first.insert(watcher.incidents[0].number);
  }
  EXPECT_EQ(first.size(), 2u) << "both orders come up";
}

}  // namespace
}  // namespace gossamer::sim
