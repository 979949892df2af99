#include "sim/model/delay_histogram.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace gossamer::sim {
namespace {

TEST(DelayHistogram, IsEmptyAtFirst) {
  const DelayHistogram delays;
  EXPECT_EQ(delays.count(), 0u);
  EXPECT_EQ(delays.mean_us(), 0u);
  EXPECT_EQ(delays.QuantileUs(99), 0u);
  EXPECT_EQ(delays.max_us(), 0u);
}

TEST(DelayHistogram, IsExactForShortDelays) {
  DelayHistogram delays;
  for (int64_t us = 1; us <= 63; ++us) delays.Add(Micros(us));
  delays.Add(Micros(-5));
  EXPECT_EQ(delays.count(), 64u);
  EXPECT_EQ(delays.QuantileUs(0), 0u);
  EXPECT_EQ(delays.QuantileUs(50), 31u);  // rank 32 of 64
  EXPECT_EQ(delays.QuantileUs(100), 63u);
  EXPECT_EQ(delays.mean_us(), 31u);  // 2016 / 64 = 31.5
}

// Each delay alone, so that its bucket is what the quantile shows; a far greater one keeps the
// exact maximum out of the way.
TEST(DelayHistogram, QuantilesAreAtMostAThirtySecondTooMuch) {
  for (uint64_t us = 1; us < (uint64_t{1} << 40); us += us / 7 + 1) {
    DelayHistogram delays;
    delays.Add(Micros(static_cast<int64_t>(us)));
    delays.Add(Micros(INT64_MAX));
    EXPECT_GE(delays.QuantileUs(50), us);
    EXPECT_LE(delays.QuantileUs(50), us + us / 32) << us;
  }
}

TEST(DelayHistogram, NoQuantileExceedsTheGreatestDelay) {
  DelayHistogram delays;
  delays.Add(Micros(100'000));
  EXPECT_EQ(delays.QuantileUs(99), 100'000u);
  delays.Add(Micros(INT64_MAX));
  EXPECT_EQ(delays.QuantileUs(100), static_cast<uint64_t>(INT64_MAX));
}

TEST(DelayHistogram, MergesAsIfAddedToOne) {
  DelayHistogram one;
  DelayHistogram two;
  one.Add(Micros(10));
  two.Add(Micros(1000));
  two.Add(Micros(20));
  one.Merge(two);
  EXPECT_EQ(one.count(), 3u);
  EXPECT_EQ(one.mean_us(), 343u);
  EXPECT_EQ(one.max_us(), 1000u);
  EXPECT_EQ(one.QuantileUs(50), 20u);
}

}  // namespace
}  // namespace gossamer::sim
