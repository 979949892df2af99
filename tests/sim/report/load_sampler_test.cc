// Samples of traffic: what belongs to which second, and long runs in a bounded number of buckets.

#include "sim/report/load_sampler.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "core/bus/types.h"

namespace gossamer::sim {
namespace {

TEST(LoadSamplerTest, CountsBySecondAndGroup) {
  LoadSampler sampler;
  TrafficTotals totals;
  totals.messages[static_cast<size_t>(MessageType::kPing)] = 10;
  totals.messages[static_cast<size_t>(MessageType::kPong)] = 5;
  totals.bytes[static_cast<size_t>(MessageType::kPing)] = 1000;
  sampler.AddTraffic(Instant{} + Seconds(1), totals);
  totals.messages[static_cast<size_t>(MessageType::kAuthAck)] = 3;
  totals.messages[kMessageTypes] = 2;
  sampler.AddTraffic(Instant{} + Millis(1500), totals);
  sampler.AddTraffic(Instant{} + Millis(1500), totals);
  const LoadHistory& history = sampler.history();
  ASSERT_EQ(history.traffic.size(), 2u);
  EXPECT_EQ(history.traffic[0].messages, (std::array<uint32_t, kMessageGroups>{15, 0, 0, 0}));
  EXPECT_EQ(history.traffic[0].bytes, 1000u);
  EXPECT_EQ(history.traffic[1].messages, (std::array<uint32_t, kMessageGroups>{0, 0, 3, 2}));
}

TEST(LoadSamplerTest, LongRunsTakeLongerBuckets) {
  LoadSampler sampler;
  TrafficTotals totals;
  constexpr int64_t kSeconds = 5000;
  for (int64_t second = 1; second <= kSeconds; ++second) {
    totals.messages[0] += static_cast<uint64_t>(second);
    totals.bytes[0] += 1;
    sampler.AddTraffic(Instant{} + Seconds(second), totals);
  }
  const LoadHistory& history = sampler.history();
  EXPECT_EQ(history.bucket_seconds, 8u);
  ASSERT_EQ(history.traffic.size(), 625u);
  EXPECT_EQ(history.traffic[0].messages[0], 1u + 2 + 3 + 4 + 5 + 6 + 7 + 8);
  uint64_t all = 0;
  for (const TrafficBucket& bucket : history.traffic) {
    EXPECT_EQ(bucket.bytes, 8u);
    all += bucket.messages[0];
  }
  EXPECT_EQ(all, totals.messages[0]);
}

}  // namespace
}  // namespace gossamer::sim
