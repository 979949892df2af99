// Samples of traffic: what belongs to which second, and long runs in a bounded number of steps.

#include "sim/report/load_sampler.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <vector>

#include "core/bus/types.h"

namespace gossamer::sim {
namespace {

TEST(LoadSamplerTest, CountsBySecondAndGroup) {
  LoadSampler sampler;
  TrafficTotals totals;
  totals.messages[static_cast<size_t>(MessageType::kPing)] = 10;
  totals.messages[static_cast<size_t>(MessageType::kPong)] = 5;
  totals.bytes[static_cast<size_t>(MessageType::kPing)] = 1000;
  sampler.Add(Instant{} + Seconds(1), totals, {});
  totals.messages[static_cast<size_t>(MessageType::kAuthAck)] = 3;
  totals.messages[kMessageTypes] = 2;
  sampler.Add(Instant{} + Millis(1500), totals, {});
  totals.messages[kMessageTypes] = 99;
  sampler.Add(Instant{} + Millis(1500), totals, {});
  const auto& steps = sampler.history().traffic.steps();
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].messages, (std::array<uint32_t, kMessageGroups>{15, 0, 0, 0}));
  EXPECT_EQ(steps[0].bytes, 1000u);
  EXPECT_EQ(steps[1].messages, (std::array<uint32_t, kMessageGroups>{0, 0, 3, 2}));
}

TEST(LoadSamplerTest, LongRunsTakeLongerSteps) {
  LoadSampler sampler;
  TrafficTotals totals;
  constexpr int64_t kSeconds = 5000;
  for (int64_t second = 1; second <= kSeconds; ++second) {
    totals.messages[0] += static_cast<uint64_t>(second);
    totals.bytes[0] += 1;
    sampler.Add(Instant{} + Seconds(second), totals, {});
  }
  const auto& traffic = sampler.history().traffic;
  EXPECT_EQ(traffic.step_seconds(), 16u);
  ASSERT_EQ(traffic.steps().size(), 313u);
  EXPECT_EQ(traffic.steps()[0].messages[0], 16u * 17 / 2);
  uint64_t messages = 0;
  uint64_t bytes = 0;
  for (const TrafficSample& sample : traffic.steps()) {
    EXPECT_LE(sample.bytes, 16u);
    messages += sample.messages[0];
    bytes += sample.bytes;
  }
  EXPECT_EQ(messages, totals.messages[0]);
  EXPECT_EQ(bytes, totals.bytes[0]);
}

// 200 nodes, of which in the first second two are busy, in the second one.
TEST(LoadSamplerTest, ShowsTheBusiestNodesOfASecond) {
  LoadSampler sampler;
  std::vector<uint64_t> cpu_us(200, 100);
  cpu_us[7] = 50000;
  cpu_us[8] = 40000;
  sampler.Add(Instant{} + Seconds(1), {}, cpu_us);
  cpu_us[8] += 90000;
  sampler.Add(Instant{} + Seconds(2), {}, cpu_us);
  const LoadHistory& history = sampler.history();
  EXPECT_EQ(history.cpu[8].busy_us, 130000u);
  EXPECT_EQ(history.cpu[8].peak_us, 90000u);
  const auto& steps = history.cpu_over_time.steps();
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].sum_us, 198u * 100 + 90000);
  EXPECT_EQ(steps[0].max_us, 50000u);
  EXPECT_EQ(steps[0].p99_us, 100u);  // of 200, rank 198
  EXPECT_EQ(steps[1].sum_us, 90000u);
  EXPECT_EQ(steps[1].max_us, 90000u);
  EXPECT_EQ(steps[1].p99_us, 0u);

  CpuSample both = steps[0];
  both.Merge(steps[1]);
  EXPECT_EQ(both.sum_us, 198u * 100 + 180000);
  EXPECT_EQ(both.max_us, 90000u);
  EXPECT_EQ(both.p99_us, 100u);
}

}  // namespace
}  // namespace gossamer::sim
