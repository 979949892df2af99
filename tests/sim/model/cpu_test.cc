#include "sim/model/cpu.h"

#include <gtest/gtest.h>

namespace gossamer::sim {
namespace {

TEST(Cpu, NoneIsFreeUnlessSlowedDown) {
  CpuModel cpu(CpuSpec{}, 2, 1);
  EXPECT_TRUE(cpu.Free(0));
  cpu.SetFactor(0, 10);
  EXPECT_FALSE(cpu.Free(0));
  EXPECT_TRUE(cpu.Free(1));
  EXPECT_GT(cpu.costs().send, 0);
}

TEST(Cpu, ATurnKeepsTheNodeBusy) {
  CpuSpec spec;
  spec.preset = "redis-7";
  CpuModel cpu(spec, 2, 1);
  EXPECT_EQ(cpu.Ready(0, Instant{100}), Instant{100});
  EXPECT_EQ(cpu.Run(0, Instant{100}, 20'000), Instant{120});
  EXPECT_EQ(cpu.Ready(0, Instant{110}), Instant{120});
  EXPECT_EQ(cpu.Ready(1, Instant{110}), Instant{110});
}

TEST(Cpu, WorkCountsAsItIsDone) {
  CpuSpec spec;
  spec.preset = "redis-7";
  CpuModel cpu(spec, 2, 1);
  cpu.Run(0, Instant{100}, 20'000);
  EXPECT_EQ(cpu.used_nanos(0, Instant{100}), 0u);
  EXPECT_EQ(cpu.used_nanos(0, Instant{105}), 5'000u);
  EXPECT_EQ(cpu.used_nanos(0, Instant{500}), 20'000u);
  EXPECT_EQ(cpu.used_nanos(1, Instant{500}), 0u);
}

TEST(Cpu, AProcessThatEndsLeavesItsTurnAndItsCore) {
  CpuSpec spec;
  spec.preset = "redis-7";
  spec.cores_per_machine = 1;
  spec.nodes_per_machine = 2;
  CpuModel cpu(spec, 2, 1);
  cpu.Run(0, Instant{100}, kEndless.us * 1000);
  cpu.Abort(0, Instant{130});
  EXPECT_EQ(cpu.Ready(0, Instant{130}), Instant{130});
  EXPECT_EQ(cpu.Ready(1, Instant{130}), Instant{130});
  EXPECT_EQ(cpu.used_nanos(0, Instant{130}), 30'000u);
  EXPECT_EQ(cpu.used_nanos(0, Instant{900}), 30'000u);
}

TEST(Cpu, ScaleAndFactorMultiply) {
  CpuSpec spec;
  spec.preset = "redis-7";
  spec.scale_percent = 200;
  CpuModel cpu(spec, 1, 1);
  cpu.SetFactor(0, 3);
  EXPECT_EQ(cpu.Run(0, Instant{}, cpu.Scaled(10'000)), Instant{60});
}

TEST(Cpu, MemoryHasAScaleOfItsOwn) {
  CpuSpec spec;
  spec.preset = "redis-7";
  spec.scale_percent = 15;
  EXPECT_EQ(CpuModel(spec, 1, 1).MemoryScaled(10'000), 10'000);
  spec.memory_scale_percent = 50;
  const CpuModel cpu(spec, 1, 1);
  EXPECT_EQ(cpu.MemoryScaled(10'000), 5'000);
  EXPECT_EQ(cpu.Scaled(10'000), 1'500);
}

TEST(Cpu, NothingOverflows) {
  CpuSpec spec;
  spec.preset = "redis-7";
  spec.scale_percent = 1'000'000;
  CpuModel cpu(spec, 1, 1);
  cpu.SetFactor(0, 1'000'000);
  const Instant end = cpu.Run(0, Instant{}, cpu.Scaled(kEndless.us * 1000));
  EXPECT_GT(end, Instant{} + kEndless - Seconds(60));
  EXPECT_LE(end, Instant{} + kEndless);
}

TEST(Cpu, NodesOfAMachineShareItsCores) {
  CpuSpec spec;
  spec.preset = "redis-7";
  spec.cores_per_machine = 2;
  spec.nodes_per_machine = 3;
  CpuModel cpu(spec, 4, 1);
  cpu.Run(0, Instant{}, 50'000);
  EXPECT_EQ(cpu.Ready(1, Instant{}), Instant{});
  cpu.Run(1, Instant{}, 30'000);
  EXPECT_EQ(cpu.Ready(2, Instant{}), Instant{30});  // both cores are taken
  EXPECT_EQ(cpu.Ready(3, Instant{}), Instant{});    // another machine
}

// Of a core that others take for 40 % of the time, 60 % are left; waits end with bursts.
TEST(Cpu, BackgroundTakesItsShareOfEachCore) {
  CpuSpec spec;
  spec.preset = "redis-7";
  spec.background.value = 400'000;
  CpuModel cpu(spec, 2, 7);
  int64_t free = 0;
  int64_t both = 0;
  constexpr int64_t kLooks = 200'000;
  for (int64_t i = 0; i < kLooks; ++i) {
    const Instant now{i * 100};
    const bool first = cpu.Ready(0, now) == now;
    const bool second = cpu.Ready(1, now) == now;
    free += first ? 1 : 0;
    both += first && second ? 1 : 0;
    EXPECT_GE(cpu.Ready(0, now), now);
  }
  EXPECT_NEAR(static_cast<double>(free) / kLooks, 0.60, 0.03);
  EXPECT_NEAR(static_cast<double>(both) / kLooks, 0.36, 0.03) << "cores are independent";
}

TEST(Cpu, OnAMachineOfTwoCoresANodeWaitsForTheFirstThatIsFree) {
  CpuSpec spec;
  spec.preset = "redis-7";
  spec.cores_per_machine = 2;
  spec.nodes_per_machine = 2;
  spec.background.value = 500'000;
  CpuModel cpu(spec, 2, 7);
  int64_t free = 0;
  constexpr int64_t kLooks = 200'000;
  for (int64_t i = 0; i < kLooks; ++i) {
    const Instant now{i * 100};
    free += cpu.Ready(0, now) == now ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(free) / kLooks, 0.75, 0.03);
}

}  // namespace
}  // namespace gossamer::sim
