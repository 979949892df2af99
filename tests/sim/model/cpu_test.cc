#include "sim/model/cpu.h"

#include <gtest/gtest.h>

namespace gossamer::sim {
namespace {

TEST(Cpu, NoneIsFreeUnlessSlowedDown) {
  CpuModel cpu(CpuSpec{}, 2);
  EXPECT_TRUE(cpu.Free(0));
  cpu.SetFactor(0, 10);
  EXPECT_FALSE(cpu.Free(0));
  EXPECT_TRUE(cpu.Free(1));
  EXPECT_GT(cpu.costs().message, 0);
}

TEST(Cpu, ATurnKeepsTheNodeBusy) {
  CpuSpec spec;
  spec.preset = "redis-7";
  CpuModel cpu(spec, 2);
  EXPECT_EQ(cpu.Ready(0, Instant{100}), Instant{100});
  EXPECT_EQ(cpu.Run(0, Instant{100}, 20'000), Instant{120});
  EXPECT_EQ(cpu.Ready(0, Instant{110}), Instant{120});
  EXPECT_EQ(cpu.Ready(1, Instant{110}), Instant{110});
}

TEST(Cpu, ScaleAndFactorMultiply) {
  CpuSpec spec;
  spec.preset = "redis-7";
  spec.scale_percent = 200;
  CpuModel cpu(spec, 1);
  cpu.SetFactor(0, 3);
  EXPECT_EQ(cpu.Run(0, Instant{}, 10'000), Instant{60});
}

TEST(Cpu, NothingOverflows) {
  CpuSpec spec;
  spec.preset = "redis-7";
  spec.scale_percent = 1'000'000;
  CpuModel cpu(spec, 1);
  cpu.SetFactor(0, 1'000'000);
  const Instant end = cpu.Run(0, Instant{}, kEndless.us * 1000);
  EXPECT_GT(end, Instant{} + kEndless - Seconds(60));
  EXPECT_LE(end, Instant{} + kEndless);
}

TEST(Cpu, NodesOfAMachineShareItsCores) {
  CpuSpec spec;
  spec.preset = "redis-7";
  spec.cores_per_machine = 2;
  spec.nodes_per_machine = 3;
  CpuModel cpu(spec, 4);
  cpu.Run(0, Instant{}, 50'000);
  EXPECT_EQ(cpu.Ready(1, Instant{}), Instant{});
  cpu.Run(1, Instant{}, 30'000);
  EXPECT_EQ(cpu.Ready(2, Instant{}), Instant{30});  // both cores are taken
  EXPECT_EQ(cpu.Ready(3, Instant{}), Instant{});    // another machine
}

TEST(Cpu, PresetsAreFoundByName) {
  for (const std::string_view name : CpuPresetNames()) EXPECT_TRUE(FindCpuCosts(name).has_value());
  EXPECT_FALSE(FindCpuCosts("z80").has_value());
}

}  // namespace
}  // namespace gossamer::sim
