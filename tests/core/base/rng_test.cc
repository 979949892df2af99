#include "core/base/rng.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "core/base/hash.h"

namespace gossamer {
namespace {

// xoshiro256** as its authors publish it, to hold Rng against.
class Reference {
 public:
  explicit Reference(std::array<uint64_t, 4> state) : s_(state) {}

  uint64_t Next() {
    const auto rotate = [](uint64_t x, int k) { return (x << k) | (x >> (64 - k)); };
    const uint64_t result = rotate(s_[1] * 5, 7) * 9;
    const uint64_t t = s_[1] << 17;
    s_[2] ^= s_[0];
    s_[3] ^= s_[1];
    s_[1] ^= s_[2];
    s_[0] ^= s_[3];
    s_[2] ^= t;
    s_[3] = rotate(s_[3], 45);
    return result;
  }

 private:
  std::array<uint64_t, 4> s_;
};

TEST(RngTest, ReferenceGivesThePublishedVector) {
  // The vector for state {1, 2, 3, 4} that other implementations publish.
  const uint64_t expected[] = {11520,
                               0,
                               1509978240,
                               1215971899390074240u,
                               1216172134540287360u,
                               607988272756665600u,
                               16172922978634559625u,
                               8476171486693032832u,
                               10595114339597558777u,
                               2904607092377533576u};
  Reference reference({1, 2, 3, 4});
  for (const uint64_t value : expected) EXPECT_EQ(reference.Next(), value);
}

TEST(RngTest, SeedsThroughThePublishedSplitMix64) {
  const uint64_t expected[] = {0xe220a8397b1dcdafu, 0x6e789e6aa1b965f4u, 0x06c45d188009454fu,
                               0xf88bb8a8724c81ecu};
  const Rng rng(0);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(rng.state()[i], expected[i]);
}

TEST(RngTest, FollowsTheReferenceFromAnyState) {
  for (const uint64_t seed : {uint64_t{0}, uint64_t{1}, uint64_t{20240229}, UINT64_MAX}) {
    Rng rng(seed);
    Reference reference(rng.state());
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(rng.Next64(), reference.Next());
  }
}

TEST(RngTest, PinsTheFirstNumbersOfASeed) {
  Rng rng(0);
  EXPECT_EQ(rng.Next64(), 0x99ec5f36cb75f2b4u);
  EXPECT_EQ(rng.Next64(), 0xbf6e1f784956452au);
  EXPECT_EQ(rng.Next64(), 0x1a5f849d4933e6e0u);
  EXPECT_EQ(rng.Next64(), 0x6aa594f1262d2d2cu);
}

TEST(RngTest, PinsTheStreamsOfALabel) {
  EXPECT_EQ(Rng(1, "network").Next64(), 0xadcafb0d0d9a280cu);
  EXPECT_EQ(Rng(1, "network", 1).Next64(), 0x79ee4e0c318a9250u);
  EXPECT_EQ(Rng(1, "disk").Next64(), 0x94a54ee98c06a93bu);
  EXPECT_EQ(Rng(2, "network").Next64(), 0xb68cc1d671d3a710u);
}

TEST(RngTest, PinsEveryKindOfDraw) {
  Rng rng(7, "draws");
  EXPECT_EQ(rng.Below(1000), 2u);
  EXPECT_EQ(rng.Between(-50, 50), -36);
  EXPECT_EQ(rng.Weighted({1, 2, 3, 4}), 1u);
  std::vector<int> items = {0, 1, 2, 3, 4, 5, 6, 7};
  rng.Shuffle(&items);
  EXPECT_EQ(items, (std::vector<int>{6, 3, 7, 4, 5, 0, 2, 1}));
}

TEST(RngTest, BelowOneIsZeroAndStillDraws) {
  Rng rng(3);
  Rng other(3);
  EXPECT_EQ(rng.Below(1), 0u);
  other.Next64();
  EXPECT_EQ(rng.state(), other.state());
}

TEST(RngTest, BelowStaysUnderEveryBound) {
  Rng rng(4);
  for (const uint64_t bound :
       {uint64_t{2}, uint64_t{3}, uint64_t{1} << 32, (uint64_t{1} << 63) + 1, UINT64_MAX}) {
    for (int i = 0; i < 200; ++i) ASSERT_LT(rng.Below(bound), bound);
  }
}

// At two thirds of 2^64 a remainder favours the lower half of the range by two to one, and a
// multiplication that rejects nothing favours even numbers as much.
TEST(RngTest, BelowIsUnbiasedForAHugeBound) {
  constexpr uint64_t kBound = UINT64_MAX / 3 * 2;
  Rng rng(5);
  int low = 0;
  int even = 0;
  for (int i = 0; i < 30000; ++i) {
    const uint64_t draw = rng.Below(kBound);
    low += draw < kBound / 2 ? 1 : 0;
    even += draw % 2 == 0 ? 1 : 0;
  }
  EXPECT_NEAR(low, 15000, 500);
  EXPECT_NEAR(even, 15000, 500);
}

TEST(RngTest, BelowIsEvenForASmallBound) {
  Rng rng(6);
  std::array<int, 7> hits{};
  for (int i = 0; i < 70000; ++i) ++hits[rng.Below(7)];
  for (const int count : hits) EXPECT_NEAR(count, 10000, 450);
}

TEST(RngTest, BetweenIncludesBothEnds) {
  Rng rng(8);
  std::map<int64_t, int> hits;
  for (int i = 0; i < 300; ++i) ++hits[rng.Between(-1, 1)];
  EXPECT_EQ(hits.size(), 3u);
  EXPECT_EQ(hits.begin()->first, -1);
  EXPECT_EQ(hits.rbegin()->first, 1);
  EXPECT_EQ(rng.Between(9, 9), 9);
}

TEST(RngTest, BetweenCoversTheWholeRange) {
  Rng rng(9);
  Rng other(9);
  EXPECT_EQ(rng.Between(INT64_MIN, INT64_MAX), static_cast<int64_t>(other.Next64()));
}

TEST(RngTest, ChanceIsNeverForZeroAndAlwaysForOne) {
  Rng rng(10);
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(rng.Chance(0, 3));
    EXPECT_TRUE(rng.Chance(3, 3));
  }
}

TEST(RngTest, WeightedNeverPicksAWeightOfZero) {
  Rng rng(11);
  std::array<int, 4> hits{};
  for (int i = 0; i < 4000; ++i) ++hits[rng.Weighted({0, 1, 0, 3})];
  EXPECT_EQ(hits[0], 0);
  EXPECT_EQ(hits[2], 0);
  EXPECT_NEAR(hits[1], 1000, 150);
}

TEST(RngTest, ShuffleKeepsEveryItem) {
  Rng rng(12);
  std::vector<int> items(100);
  for (int i = 0; i < 100; ++i) items[static_cast<size_t>(i)] = i;
  rng.Shuffle(&items);
  std::vector<bool> seen(100, false);
  for (const int item : items) seen[static_cast<size_t>(item)] = true;
  EXPECT_EQ(seen, std::vector<bool>(100, true));
}

TEST(RngDeathTest, RefusesAnEmptyRange) {
  Rng rng(13);
  EXPECT_DEATH(rng.Below(0), "CHECK failed: bound > 0");
  EXPECT_DEATH(rng.Between(1, 0), "CHECK failed: low <= high");
}

}  // namespace
}  // namespace gossamer
