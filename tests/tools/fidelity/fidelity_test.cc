// Measured runs as read from files, and the verdicts about simulated ones.
#include "tools/fidelity/fidelity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/rng.h"
#include "tools/fidelity/measured.h"
#include "tools/fidelity/rates.h"

namespace gossamer::tool {
namespace {

std::string WriteFile(const std::string& text) {
  std::string path = testing::TempDir() + "/runs.csv";
  std::ofstream(path) << text;
  return path;
}

TEST(MeasuredTest, TheFileInTheTreeHasEveryRowWithItsRuns) {
  std::string error;
  const auto rows = ReadMeasured("tests/fidelity/runs.csv", &error);
  ASSERT_TRUE(rows.has_value()) << error;
  EXPECT_EQ(rows->size(), 30u);
  size_t runs = 0;
  for (const MeasuredRow& row : *rows)
    runs += row.runs.figures.size() + row.saturated.figures.size();
  EXPECT_EQ(runs, 622u);
}

TEST(MeasuredTest, MistakesAreNamedWithTheirLine) {
  const std::string good = "valkey,12,1000,single,1,40,1,2,3,4,5,6\n";
  const std::pair<const char*, const char*> cases[] = {
      {"valkey,12,1000,single,1,40,1,2,3,4,5", ":2: not a measured run: valkey"},
      {"valkey,12,1000,single,1,40,1,2,3,4,5,x", ":2: not a measured run: valkey"},
      {"keydb,12,1000,single,1,40,1,2,3,4,5,6", ":2: not a measured run: keydb"},
      {"valkey,12,1000,single,9,40,1,2,3,4,5,6", ":2: not a measured run: valkey"},
      {"valkey,12,99999999999,single,1,40,1,2,3,4,5,6", ":2: not a measured run: valkey"}};
  for (const auto& [line, message] : cases) {
    std::string error;
    EXPECT_FALSE(ReadMeasured(WriteFile(good + line + "\n"), &error).has_value()) << line;
    EXPECT_NE(error.find(message), std::string::npos) << error;
  }
  std::string error;
  EXPECT_FALSE(ReadMeasured("no/such/file", &error).has_value());
}

// A row of 40 runs whose figures are uniform in [1000, 2000).
MeasuredRow UniformRow(uint64_t seed) {
  MeasuredRow row{"valkey", "single", 12, 1000, 1, {}, {}};
  Rng rng(seed);
  for (int i = 0; i < 40; ++i) {
    Figures run;
    for (int64_t& value : run) value = rng.Between(1000, 1999);
    row.runs.Add(run, 40);
  }
  return row;
}

// 1000 values, evenly spread, `shift_ms` later.
Samples EvenSamples(int64_t shift_ms) {
  Samples samples;
  for (int64_t i = 0; i < 1000; ++i) samples.emplace_back().fill(1000 + i + shift_ms);
  return samples;
}

TEST(FidelityTest, RunsOfTheSameDistributionFit) {
  std::vector<MeasuredRow> rows;
  std::vector<Samples> samples;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    rows.push_back(UniformRow(seed));
    samples.push_back(EvenSamples(0));
  }
  const Fit fit = Judge(rows, false, samples);
  EXPECT_EQ(fit.runs, 400u);
  EXPECT_TRUE(fit.pooled_fits());
  EXPECT_EQ(fit.rejections(), 0u);
  // Of 60 intervals of 95 % some miss by chance.
  EXPECT_LE(fit.medians_off(), 8u);
  // An interval of 95 % misses one of twenty, a little more as bootstrap intervals are narrow.
  EXPECT_GT(fit.medians_off_by_chance(), 0.005 * 6 * static_cast<double>(fit.rows.size()));
  EXPECT_LT(fit.medians_off_by_chance(), 0.15 * 6 * static_cast<double>(fit.rows.size()));
  EXPECT_GT(fit.chance_of_so_many_off(), 0.05);
  std::istringstream lines(FitText(fit));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

// All six figures of a run are equal here: a median that misses does so six times.
TEST(FidelityTest, FiguresOfOneRunMissTogether) {
  const Fit fit = Judge({UniformRow(1)}, false, {EvenSamples(0)});
  ASSERT_FALSE(fit.drawn_medians_off.empty());
  size_t whole = 0;
  for (const size_t off : fit.drawn_medians_off) whole += off == 0 || off == 6 ? 1 : 0;
  EXPECT_GT(whole, fit.drawn_medians_off.size() * 9 / 10);
  EXPECT_EQ(fit.drawn_medians_off.back(), 6u);
}

TEST(FidelityTest, APhaseThatDidNotHappenHasNoValue) {
  Samples samples = EvenSamples(0);
  samples[0][4] = std::nullopt;
  EXPECT_EQ(ValuesOf(samples, 4).size(), 999u);
  EXPECT_EQ(ValuesOf(samples, 4).front(), 1001);
  EXPECT_EQ(ValuesOf(samples, 3).size(), 1000u);
}

TEST(FidelityTest, AShiftIsSeenInEveryVerdict) {
  const std::vector<MeasuredRow> rows = {UniformRow(1), UniformRow(2)};
  const Fit fit = Judge(rows, false, {EvenSamples(400), EvenSamples(400)});
  EXPECT_FALSE(fit.pooled_fits());
  EXPECT_EQ(fit.rejections(), 12u);
  EXPECT_EQ(fit.medians_off(), 12u);
  EXPECT_LT(fit.chance_of_so_many_off(), 0.05);
  EXPECT_NEAR(fit.rows[0].figures[0].deviation_percent(), 27, 12);
  const std::string text = FitText(fit);
  EXPECT_NE(text.find("!X"), std::string::npos);
  EXPECT_NE(text.find("12 of 12: MISSED"), std::string::npos);
}

TEST(FidelityTest, RowsWithoutSuchRunsAreLeftOut) {
  const Fit fit = Judge({UniformRow(1)}, true, {Samples{}});
  EXPECT_TRUE(fit.rows.empty());
  EXPECT_EQ(fit.runs, 0u);
}

TEST(RatesTest, TheFileInTheTreeIsReadAndMistakesAreNamed) {
  std::string error;
  const auto rows = ReadRates("tests/fidelity/rates.csv", &error);
  ASSERT_TRUE(rows.has_value()) << error;
  ASSERT_EQ(rows->size(), 14u);
  EXPECT_DOUBLE_EQ((*rows)[0].measured.messages_per_s, 40.6);
  EXPECT_DOUBLE_EQ((*rows)[0].measured.cores, 0.035);
  for (const char* line : {"valkey,12,1000,406,106272,35", "valkey,12,1000,406,106272,35,185",
                           "valkey,12,1000,0,106272,35,85", "x,12,1000,406,106272,35,85"}) {
    EXPECT_FALSE(ReadRates(WriteFile(line), &error).has_value()) << line;
    EXPECT_NE(error.find(":1: not measured rates"), std::string::npos) << error;
  }
}

TEST(RatesTest, WhatIsOffByMoreThanFivePercentIsCounted) {
  const RateRow row{"valkey", 12, 1000, 85, {40, 1000, 0.1}};
  const std::vector<RateRow> rows = {row, row, row};
  const std::vector<Rates> simulated = {{41.9, 951, 0.3}, {42.1, 1000, 0.1}, {40, 940, 0.1}};
  EXPECT_EQ(RatesOff(rows, simulated), 2u);
  const std::string text = RatesText(rows, simulated);
  EXPECT_NE(text.find("1 of 3: MISSED"), std::string::npos) << text;
  EXPECT_NE(text.find("-6.0 %"), std::string::npos) << text;
}

TEST(RatesTest, OthersTakeWhatTheClusterDoesNot) {
  const RateRow row{"valkey", 12, 1000, 85, {40, 1000, 0.1}};
  EXPECT_NEAR(RestOf(row, {}).cpu.background.value, 800'000, 1);
  const RateRow alone{"valkey", 12, 1000, 3, {40, 1000, 0.1}};
  EXPECT_EQ(RestOf(alone, {}).cpu.background.value, 0u);
}

TEST(RatesTest, TheScaleIsTheMedianOfMeasuredOverSimulatedTime) {
  const RateRow row{"valkey", 12, 1000, 85, {40, 1000, 0.06}};
  const std::vector<Rates> simulated = {{40, 1000, 0.03}, {40, 1000, 0.1}, {40, 1000, 0.12}};
  EXPECT_EQ(ScalePercent({row, row, row}, simulated), 60u);
  EXPECT_EQ(ScalePercent({row}, {{40, 1000, 0}}), 100u);
}

TEST(MeasuredTest, TheScenarioIsTheMeasuredClusters) {
  MeasuredRow row = UniformRow(1);
  row.kind = "stop";
  sim::CpuSpec cpu;
  cpu.preset = "redis-7";
  const sim::Scenario a = ScenarioOf(row, cpu, 1);
  EXPECT_EQ(a.shards, 6);
  EXPECT_EQ(a.cpu.nodes_per_machine, 12u);
  EXPECT_EQ(a.timeline.back().fault, sim::FaultKind::kPause);
  EXPECT_NE(a.timeline.back().at.us, ScenarioOf(row, cpu, 2).timeline.back().at.us);
}

// The measured clusters were hit again and again.
TEST(MeasuredTest, VictimsOfTheRunBeforeComeBackSoonBeforeTheFault) {
  const std::pair<const char*, sim::FaultKind> cases[] = {{"single", sim::FaultKind::kPause},
                                                          {"multi", sim::FaultKind::kKill},
                                                          {"stop", sim::FaultKind::kKill}};
  for (const auto& [kind, before] : cases) {
    const MeasuredRow row{"valkey", kind, 12, 1000, 1, {}, {}};
    const sim::Scenario scenario = ScenarioOf(row, {}, 1);
    ASSERT_GE(scenario.timeline.size(), 2u) << kind;
    const sim::TimelineItem& first = scenario.timeline.front();
    EXPECT_EQ(first.fault, before) << kind;
    EXPECT_EQ(first.target.count, std::string(kind) == "stop" ? 2 : 1);
    Duration back = scenario.timeline[1].at;
    if (before == sim::FaultKind::kPause) {
      ASSERT_TRUE(first.length.has_value());
      back = first.at + *first.length;
    } else {
      EXPECT_EQ(scenario.timeline[1].action, sim::ActionKind::kRestart);
    }
    const sim::TimelineItem& last = scenario.timeline.back();
    EXPECT_GE((last.at - back).us, 300'000) << kind;
    EXPECT_LE((last.at - back).us, 850'000) << kind;
    for (const int64_t shard : first.target.shards) {
      EXPECT_EQ(std::count(last.target.shards.begin(), last.target.shards.end(), shard), 0);
    }
  }
}

}  // namespace
}  // namespace gossamer::tool
