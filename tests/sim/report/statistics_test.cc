// Statistics against values that were worked out by hand or stand in tables.
#include "sim/report/statistics.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace gossamer::sim {
namespace {

using Values = std::vector<int64_t>;

TEST(StatisticsTest, PositionCountsHalfOfWhatIsEqual) {
  const Values sample = {10, 20, 20, 30};
  EXPECT_DOUBLE_EQ(PositionIn(sample, 5), 0);
  EXPECT_DOUBLE_EQ(PositionIn(sample, 10), 0.125);
  EXPECT_DOUBLE_EQ(PositionIn(sample, 20), 0.5);
  EXPECT_DOUBLE_EQ(PositionIn(sample, 25), 0.75);
  EXPECT_DOUBLE_EQ(PositionIn(sample, 31), 1);
}

TEST(StatisticsTest, QuantilesAreNearestRanks) {
  const Values sample = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  EXPECT_EQ(QuantileOf(sample, 0), 1);
  EXPECT_EQ(QuantileOf(sample, 100), 1);
  EXPECT_EQ(QuantileOf(sample, 101), 2);
  EXPECT_EQ(QuantileOf(sample, 1000), 10);
  EXPECT_EQ(TwiceMedian(sample), 11);
  EXPECT_EQ(TwiceMedian(Values{1, 7, 9}), 14);
}

TEST(StatisticsTest, DistanceToUniform) {
  EXPECT_DOUBLE_EQ(KsDistanceToUniform({0.5}), 0.5);
  EXPECT_DOUBLE_EQ(KsDistanceToUniform({0.75, 0.25}), 0.25);
  EXPECT_DOUBLE_EQ(KsDistanceToUniform({0.9, 0.9, 0.9, 0.9}), 0.9);
}

TEST(StatisticsTest, DistanceOfTwoSamples) {
  EXPECT_DOUBLE_EQ(KsDistance(Values{1, 2, 3}, Values{1, 2, 3}), 0);
  EXPECT_DOUBLE_EQ(KsDistance(Values{1, 2}, Values{3, 4}), 1);
  EXPECT_DOUBLE_EQ(KsDistance(Values{1, 3}, Values{2, 4}), 0.5);
  EXPECT_DOUBLE_EQ(KsDistance(Values{1, 1, 1, 5}, Values{1, 5, 5, 5}), 0.5);
}

// The 5 % and 1 % points of Kolmogorov's distribution are 1.358 and 1.628.
TEST(StatisticsTest, ProbabilityOfADistance) {
  EXPECT_NEAR(KsPValue(1.358 / 1000, 2000000, 2000000), 0.05, 0.0005);
  EXPECT_NEAR(KsPValue(1.628 / 1000, 2000000, 2000000), 0.01, 0.0002);
  EXPECT_DOUBLE_EQ(KsPValue(0, 20, 1000), 1);
  EXPECT_LT(KsPValue(1, 20, 1000), 1e-9);
}

TEST(StatisticsTest, BootstrapIntervalHoldsTheMedianAndGrowsWithTheSpread) {
  Rng rng(1);
  Values narrow;
  Values wide;
  for (int64_t i = 0; i < 21; ++i) {
    narrow.push_back(1000 + i);
    wide.push_back(1000 + 10 * (i - 10));
  }
  const MedianInterval a = BootstrapMedian(narrow, 1000, &rng);
  EXPECT_LT(a.low, 1010);
  EXPECT_GT(a.high, 1010);
  EXPECT_GT(a.low, 1002);
  EXPECT_LT(a.high, 1018);
  const MedianInterval b = BootstrapMedian(wide, 1000, &rng);
  EXPECT_GT(b.high - b.low, 3 * (a.high - a.low));
  const MedianInterval one = BootstrapMedian(Values{7}, 10, &rng);
  EXPECT_DOUBLE_EQ(one.low, 7);
  EXPECT_DOUBLE_EQ(one.high, 7);
}

// Darwin's heights of crossed and self-fertilised maize: rank sum 96 and p = 0.0413.
TEST(StatisticsTest, SignedRanksOfDarwinsMaize) {
  const SignedRank test =
      WilcoxonSignedRank(Values{6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75});
  EXPECT_EQ(test.pairs, 15u);
  EXPECT_TRUE(test.exact);
  EXPECT_DOUBLE_EQ(test.rank_sum, 96);
  EXPECT_NEAR(test.p_value, 0.041259765625, 1e-12);
}

// Depression scale factors (Hollander and Wolfe 1973, table 3.1): V = 40, one-sided p = 0.01953.
TEST(StatisticsTest, SignedRanksOfTheDepressionScale) {
  const SignedRank test = WilcoxonSignedRank(Values{952, -147, 1022, 430, 620, 590, 490, -80, 10});
  EXPECT_DOUBLE_EQ(test.rank_sum, 40);
  EXPECT_NEAR(test.p_value, 2 * 0.01953125, 1e-12);
}

// By enumeration of the 128 choices of signs; a difference of 0 is left out.
TEST(StatisticsTest, SignedRanksWithTiesAreExactForFewPairs) {
  const SignedRank test = WilcoxonSignedRank(Values{3, 3, -3, 5, 5, -1, 0, 7});
  EXPECT_EQ(test.pairs, 7u);
  EXPECT_DOUBLE_EQ(test.rank_sum, 24);
  EXPECT_NEAR(test.p_value, 0.125, 1e-12);
}

// The formula with its corrections, worked out apart.
TEST(StatisticsTest, SignedRanksOfManyPairsAreApproximatedWithTies) {
  Values differences;
  for (int64_t i = 0; i < 80; ++i) differences.push_back(i * 37 % 23 - 8);
  const SignedRank test = WilcoxonSignedRank(differences);
  EXPECT_EQ(test.pairs, 77u);
  EXPECT_FALSE(test.exact);
  EXPECT_DOUBLE_EQ(test.rank_sum, 2149.5);
  EXPECT_NEAR(test.p_value, 0.0010001411728411747, 1e-12);
}

TEST(StatisticsTest, SignedRanksWithoutADifferenceShowNothing) {
  EXPECT_EQ(WilcoxonSignedRank(Values{0, 0}).pairs, 0u);
  EXPECT_DOUBLE_EQ(WilcoxonSignedRank(Values{0, 0}).p_value, 1);
  EXPECT_DOUBLE_EQ(WilcoxonSignedRank(Values{5}).p_value, 1);
  EXPECT_DOUBLE_EQ(WilcoxonSignedRank(Values{1, 2, 3, 4, 5, 6}).p_value, 1.0 / 32);
}

TEST(StatisticsTest, HolmAdjustsInTheOrderOfThePValues) {
  const std::vector<double> adjusted = HolmAdjusted(std::vector<double>{0.01, 0.04, 0.03, 0.5});
  EXPECT_NEAR(adjusted[0], 0.04, 1e-12);
  EXPECT_NEAR(adjusted[1], 0.09, 1e-12);
  EXPECT_NEAR(adjusted[2], 0.09, 1e-12);
  EXPECT_NEAR(adjusted[3], 0.5, 1e-12);
}

TEST(StatisticsTest, HolmStopsAtTheFirstThatMayBeChance) {
  const std::vector<double> p = {0.04, 0.001, 0.012, 0.5};
  EXPECT_EQ(HolmRejections(p, 0.05), (std::vector<bool>{false, true, true, false}));
  EXPECT_EQ(HolmRejections(p, 0.01), (std::vector<bool>{false, true, false, false}));
  EXPECT_EQ(HolmRejections({}, 0.01), std::vector<bool>{});
}

}  // namespace
}  // namespace gossamer::sim
