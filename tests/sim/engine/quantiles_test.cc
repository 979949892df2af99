#include "sim/engine/quantiles.h"

#include <gtest/gtest.h>

#include "sim/engine/draw.h"

namespace gossamer::sim {
namespace {

TEST(Quantiles, NothingIsZeroAndOnePointIsConstant) {
  EXPECT_TRUE(Quantiles().zero());
  const Quantiles constant({{500'000, Micros(300)}});
  EXPECT_EQ(constant.At(0), Micros(300));
  EXPECT_EQ(constant.At(UINT32_MAX), Micros(300));
  EXPECT_EQ(constant.min(), Micros(300));
}

TEST(Quantiles, TwoEndsAreUniform) {
  const Quantiles uniform({{0, Micros(100)}, {1'000'000, Micros(500)}});
  EXPECT_EQ(uniform.At(0), Micros(100));
  EXPECT_EQ(uniform.At(1u << 31), Micros(300));
  EXPECT_EQ(uniform.At(UINT32_MAX), Micros(499));
}

TEST(Quantiles, FlatBelowTheFirstAndAboveTheLastPoint) {
  const Quantiles q({{500'000, Micros(300)}, {990'000, Micros(2000)}});
  EXPECT_EQ(q.At(0), Micros(300));
  EXPECT_EQ(q.At((1u << 31) - 1), Micros(300));
  EXPECT_EQ(q.At(UINT32_MAX), Micros(2000));
  // Three quarters: 0.25 / 0.49 of the way.
  EXPECT_EQ(q.At(3u << 30), Micros(300 + 1700 * 25 / 49));
}

TEST(Quantiles, DrawnSharesAreThoseOfTheTable) {
  const Quantiles q({{500'000, Micros(300)}, {990'000, Micros(2000)}});
  int median = 0;
  int tail = 0;
  constexpr int kDraws = 100'000;
  for (uint64_t i = 0; i < kDraws; ++i) {
    const Duration d = q.At(static_cast<uint32_t>(DrawAt(1, 2, i)));
    median += d <= Micros(300) ? 1 : 0;
    tail += d >= Micros(2000) ? 1 : 0;
  }
  EXPECT_NEAR(median, kDraws / 2, kDraws / 100);
  EXPECT_NEAR(tail, kDraws / 100, kDraws / 500);
}

TEST(Draw, DependsOnEveryCoordinate) {
  EXPECT_EQ(DrawAt(1, 2, 3), DrawAt(1, 2, 3));
  EXPECT_NE(DrawAt(1, 2, 3), DrawAt(2, 2, 3));
  EXPECT_NE(DrawAt(1, 2, 3), DrawAt(1, 3, 3));
  EXPECT_NE(DrawAt(1, 2, 3), DrawAt(1, 2, 4));
  EXPECT_EQ(Scale(0, 10), 0u);
  EXPECT_EQ(Scale(UINT32_MAX, 10), 9u);
}

}  // namespace
}  // namespace gossamer::sim
