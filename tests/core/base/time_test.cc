#include "core/base/time.h"

#include <gtest/gtest.h>

namespace gossamer {
namespace {

TEST(TimeTest, InstantsAndDurationsAdd) {
  const Instant start{1000};
  EXPECT_EQ((start + Duration{500}).us, 1500);
  EXPECT_EQ((start - Instant{400}).us, 600);
  EXPECT_EQ((Instant{400} - start).us, -600);
  EXPECT_LT(start, kNever);
}

TEST(TimeTest, DurationsScale) {
  EXPECT_EQ((Duration{7} * 3).us, 21);
  EXPECT_EQ((Duration{7} / 2).us, 3);
  EXPECT_EQ((-Duration{7}).us, -7);
  Duration sum{1};
  sum += Duration{2};
  EXPECT_EQ(sum, Duration{3});
}

TEST(TimeTest, MillisecondsRoundTowardsZero) {
  EXPECT_EQ(Duration{1999}.ms(), 1);
  EXPECT_EQ(Duration{-1999}.ms(), -1);
  EXPECT_EQ(WallTime{1795163042123456}.ms(), 1795163042123);
}

}  // namespace
}  // namespace gossamer
