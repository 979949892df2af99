#include "sim/engine/tick_wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/base/rng.h"

namespace gossamer::sim {
namespace {

TEST(TickWheel, GivesTimersInOrder) {
  TickWheel wheel(3);
  wheel.Arm(0, Instant{5000}, 1);
  wheel.Arm(1, Instant{100}, 2);
  wheel.Arm(2, Instant{100}, 1);
  EXPECT_EQ(wheel.size(), 3u);
  wheel.head();
  EXPECT_EQ(wheel.Pop(), 2u);
  wheel.head();
  EXPECT_EQ(wheel.Pop(), 1u);
  EXPECT_EQ(wheel.head().at, Instant{5000});
  EXPECT_EQ(wheel.Pop(), 0u);
  EXPECT_EQ(wheel.head().at, kNever);
}

TEST(TickWheel, ArmingAgainMovesTheTimer) {
  TickWheel wheel(2);
  wheel.Arm(0, Instant{1000}, 1);
  wheel.Arm(0, Instant{9000}, 2);
  wheel.Arm(1, Instant{5000}, 3);
  EXPECT_EQ(wheel.head().at, Instant{5000});
  wheel.Arm(1, Instant{20000}, 4);  // it stood in the open bucket
  EXPECT_EQ(wheel.head().at, Instant{9000});
  wheel.Disarm(0);
  EXPECT_EQ(wheel.head().at, Instant{20000});
  EXPECT_EQ(wheel.size(), 1u);
}

TEST(TickWheel, KeepsTimersBeyondItsWindow) {
  TickWheel wheel(2);
  wheel.Arm(0, Instant{} + Seconds(10), 1);
  wheel.Arm(1, Instant{} + Millis(300), 2);
  EXPECT_EQ(wheel.head().at, Instant{} + Millis(300));
  EXPECT_EQ(wheel.Pop(), 1u);
  EXPECT_EQ(wheel.head().at, Instant{} + Seconds(10));
  EXPECT_EQ(wheel.Pop(), 0u);
}

TEST(TickWheel, AgreesWithAReference) {
  constexpr uint32_t kActors = 50;
  TickWheel wheel(kActors);
  std::vector<EventKey> reference(kActors);
  Rng rng(11);
  Instant now;
  uint64_t rank = 0;
  const auto arm = [&](uint32_t actor) {
    const Instant at = now + Micros(rng.Between(0, rng.Chance(1, 20) ? 2'000'000 : 150'000));
    reference[actor] = {at, ++rank};
    wheel.Arm(actor, at, rank);
  };
  for (uint32_t i = 0; i < kActors; ++i) arm(i);
  for (int step = 0; step < 50000; ++step) {
    const auto first = std::min_element(reference.begin(), reference.end());
    ASSERT_EQ(wheel.head(), *first);
    const auto actor = static_cast<uint32_t>(first - reference.begin());
    ASSERT_EQ(wheel.Pop(), actor);
    now = first->at;
    arm(actor);
    if (rng.Chance(1, 10)) arm(static_cast<uint32_t>(rng.Below(kActors)));
  }
}

}  // namespace
}  // namespace gossamer::sim
