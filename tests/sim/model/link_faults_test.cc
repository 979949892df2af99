#include "sim/model/link_faults.h"

#include <cstdint>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace gossamer::sim {
namespace {

constexpr uint32_t kMillion = 1'000'000;

LinkFault Between(uint32_t nodes, LinkFault::Kind kind) {
  LinkFault fault;
  fault.kind = kind;
  fault.side.assign(nodes, 2);
  fault.side[0] = 1;
  return fault;
}

PathEffect EffectAt(const LinkFaults& faults, int64_t ms, uint64_t bits, uint64_t bytes = 100) {
  return faults.On({0, 1, bytes, Instant{ms * 1000}, bits});
}

TEST(LinkFaults, OnARingEachNodeSeesAMajorityAndNoTwoTheSame) {
  for (uint16_t nodes = 5; nodes < 40; ++nodes) {
    LinkFault fault;
    fault.ring = nodes;
    fault.reach = static_cast<uint16_t>((nodes / 2 + 1) / 2);
    for (uint16_t i = 0; i < nodes; ++i) fault.side.push_back(static_cast<uint16_t>(i + 1));
    std::set<std::vector<bool>> views;
    for (uint32_t i = 0; i < nodes; ++i) {
      std::vector<bool> sees;
      uint32_t count = 0;
      for (uint32_t j = 0; j < nodes; ++j) {
        sees.push_back(!fault.Applies(i, j));
        count += sees.back() ? 1 : 0;
        EXPECT_EQ(fault.Applies(i, j), fault.Applies(j, i));
      }
      EXPECT_GT(count, nodes / 2u) << nodes;
      EXPECT_LT(count, nodes) << nodes;
      views.insert(sees);
    }
    EXPECT_EQ(views.size(), nodes);
  }
}

TEST(LinkFaults, InABurstAllPacketsOfAPathShareTheirLuck) {
  LinkFaults faults;
  LinkFault fault = Between(3, LinkFault::Kind::kDuplicate);
  fault.ppm = kMillion / 4;
  fault.burst = Millis(100);
  fault.salt = 77;
  faults.Add(fault);
  int hit = 0;
  for (int64_t window = 0; window < 2000; ++window) {
    const uint32_t first = EffectAt(faults, window * 100, 1).duplicate_ppm;
    for (uint64_t i = 2; i < 6; ++i) {
      EXPECT_EQ(EffectAt(faults, window * 100 + 99, i).duplicate_ppm, first);
    }
    hit += first == kMillion ? 1 : 0;
  }
  EXPECT_NEAR(hit, 500, 80);
  EXPECT_EQ(faults.On({1, 2, 100, Instant{}, 1}).duplicate_ppm, 0u);
}

TEST(LinkFaults, WithACorrelationSomeGoTheirOwnWay) {
  LinkFaults faults;
  LinkFault fault = Between(2, LinkFault::Kind::kDelay);
  fault.latency = Quantiles({{0, Millis(1)}, {kMillion, Millis(1000)}});
  fault.burst = Seconds(1);
  fault.correlation_ppm = kMillion / 2;
  faults.Add(fault);
  const Duration shared = [&] {
    LinkFaults all;
    fault.correlation_ppm = kMillion;
    all.Add(fault);
    return EffectAt(all, 500, 1).delay;
  }();
  int same = 0;
  for (uint64_t i = 0; i < 1000; ++i) same += EffectAt(faults, 500, i).delay == shared ? 1 : 0;
  EXPECT_NEAR(same, 500, 80);
}

TEST(LinkFaults, ABurstOfLossesLastsUntilARetransmissionOutsideIt) {
  LinkFaults faults;
  LinkFault fault = Between(2, LinkFault::Kind::kLoss);
  fault.ppm = kMillion / 2;
  fault.burst = Seconds(10);
  faults.Add(fault);
  std::set<int64_t> delays;
  for (int64_t window = 0; window < 50; ++window) {
    const PathEffect early = EffectAt(faults, window * 10'000 + 10, 3);
    const PathEffect late = EffectAt(faults, window * 10'000 + 9'900, 3);
    EXPECT_EQ(early.loss_ppm, 0u);
    EXPECT_EQ(early.burst_delay > Duration{}, late.burst_delay > Duration{});
    // 200 ms, and twice as long each time: 12.6 s after the first copy is the first chance.
    if (early.burst_delay > Duration{}) {
      EXPECT_GE(early.burst_delay, Millis(12'600));
    }
    delays.insert(late.burst_delay.us);
  }
  EXPECT_TRUE(delays.contains(0));
  EXPECT_TRUE(delays.contains(200'000));
}

TEST(LinkFaults, ReorderingDelaysAShareOfThePackets) {
  LinkFaults faults;
  LinkFault fault = Between(2, LinkFault::Kind::kDelay);
  fault.latency = Quantiles({{0, Millis(7)}});
  fault.ppm = kMillion / 10;
  faults.Add(fault);
  int late = 0;
  for (uint64_t i = 0; i < 10'000; ++i) {
    const Duration delay = EffectAt(faults, 0, i).delay;
    EXPECT_TRUE(delay == Duration{} || delay == Millis(7));
    late += delay == Duration{} ? 0 : 1;
  }
  EXPECT_NEAR(late, 1000, 120);
}

TEST(LinkFaults, JitterGoesBothWaysAndNeverBelowZero) {
  LinkFaults faults;
  LinkFault fault = Between(2, LinkFault::Kind::kDelay);
  fault.latency = Quantiles({{0, Millis(2)}});
  fault.jitter = Millis(3);
  faults.Add(fault);
  int64_t least = INT64_MAX;
  int64_t most = 0;
  for (uint64_t i = 0; i < 10'000; ++i) {
    const int64_t us = EffectAt(faults, 0, i).delay.us;
    least = std::min(least, us);
    most = std::max(most, us);
  }
  EXPECT_EQ(least, 0);
  EXPECT_GT(most, 4'900);
  EXPECT_LE(most, 5'000);
}

TEST(LinkFaults, ASlicedMessageArrivesWithItsLastPiece) {
  LinkFaults faults;
  LinkFault fault = Between(2, LinkFault::Kind::kSlice);
  fault.latency = Quantiles({{0, Millis(1)}});
  fault.piece_bytes = 100;
  faults.Add(fault);
  EXPECT_EQ(EffectAt(faults, 0, 1, 100).delay, Duration{});
  EXPECT_EQ(EffectAt(faults, 0, 1, 101).delay, Millis(1));
  EXPECT_EQ(EffectAt(faults, 0, 1, 2256).delay, Millis(22));
}

}  // namespace
}  // namespace gossamer::sim
