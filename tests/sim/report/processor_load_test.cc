#include "sim/report/processor_load.h"

#include <gtest/gtest.h>

#include "nlohmann/json.hpp"
#include "sim/report/run_recorder.h"
#include "tests/sim/report/example_report.h"

namespace gossamer::sim {
namespace {

// Three nodes over ten seconds of which the first four were undisturbed.
LoadHistory Example() {
  LoadHistory history;
  history.cpu = {{500'000, 90'000, 7}, {100'000, 20'000, 1}, {300'000, 90'000, 3}};
  history.disturbed_at = Instant{} + Seconds(4);
  history.cpu_before_us = {40'000, 80'000, 120'000};
  history.delay.before.Add(Micros(10));
  history.delay.after.Add(Micros(30));
  history.delay.after.Add(Millis(20));
  return history;
}

TEST(ProcessorLoad, IsOfTheWholeRunAndBefore) {
  const auto load = LoadOf(Example(), Instant{} + Seconds(10));
  ASSERT_TRUE(load.has_value());
  EXPECT_EQ(load->whole.min_ppm, 10'000u);
  EXPECT_EQ(load->whole.mean_ppm, 30'000u);
  EXPECT_EQ(load->whole.max_ppm, 50'000u);
  ASSERT_TRUE(load->before.has_value());
  EXPECT_EQ(load->before->min_ppm, 10'000u);
  EXPECT_EQ(load->before->mean_ppm, 20'000u);
  EXPECT_EQ(load->before->max_ppm, 30'000u);
  EXPECT_EQ(load->delay.count(), 3u);
  EXPECT_EQ(load->delay.max_us(), 20'000u);
}

TEST(ProcessorLoad, NamesTheFirstOfEquallyBusySeconds) {
  const auto load = LoadOf(Example(), Instant{} + Seconds(10));
  EXPECT_EQ(load->busiest_node, 2u);
  EXPECT_EQ(load->busiest_second, 3u);
  EXPECT_EQ(load->busiest_us, 90'000u);
}

TEST(ProcessorLoad, BeforeIsTheWholeRunWithoutATimelineAndNothingIfItBeginsAtOnce) {
  LoadHistory history = Example();
  history.disturbed_at.reset();
  EXPECT_EQ(LoadOf(history, Instant{} + Seconds(10))->before->max_ppm, 50'000u);
  history.disturbed_at = Instant{};
  EXPECT_FALSE(LoadOf(history, Instant{} + Seconds(10))->before.has_value());
}

TEST(ProcessorLoad, IsToldWhereThereIsOne) {
  RunReport report = HappyReport();
  EXPECT_EQ(ProcessorText(report), "");
  EXPECT_TRUE(ProcessorJson(report).is_null());
  report.load = Example();
  report.result.ended_at = Instant{} + Seconds(10);
  report.cpu.preset = "redis-7";
  report.cpu.scale_percent = 200;
  report.cpu.memory_scale_percent = 50;
  report.cpu.cores_per_machine = 2;
  report.cpu.nodes_per_machine = 3;
  report.cpu.background.value = 250'000;
  EXPECT_EQ(ProcessorText(report),
            "Processors: redis-7 x200 %, memory x50 %, 3 nodes on 2 cores, others take "
            "25 %\n"
            "  a node's loop: min 1.00 %, mean 3.00 %, max 5.00 %; busiest second 9.00 % (node 2, "
            "from 3 s on)\n"
            "  before the first step: min 1.00 %, mean 2.00 %, max 3.00 %\n"
            "  waiting for it, before: mean 0.010 ms, p99 0.010 ms, max 0.010 ms of 1 input\n"
            "  from then on: mean 10.015 ms, p99 20.000 ms, max 20.000 ms of 2 inputs\n");
  const nlohmann::ordered_json json = ProcessorJson(report);
  EXPECT_EQ(json["background_ppm"], 250'000);
  EXPECT_EQ(json["utilisation"]["max_ppm"], 50'000);
  EXPECT_EQ(json["queue_delay_after"]["mean_us"], 10'015);
}

// Six nodes at rest. Bounds that no run could meet, or every run, show that the metrics
// are those of the language.
RunReport RunWith(const std::string& preset) {
  Scenario scenario;
  scenario.name = "six";
  scenario.shards = 3;
  scenario.replicas_per_shard = 1;
  scenario.config["cluster-node-timeout"] = "1000";
  scenario.latency.quantiles = {{500'000, Micros(300)}, {990'000, Millis(2)}};
  scenario.duration = Seconds(5);
  scenario.cpu.preset = preset;
  for (const auto& [name, max] :
       {std::pair{"queue-delay.max", 10'000}, std::pair{"utilisation", 1}}) {
    Expectation expectation;
    expectation.kind = ExpectKind::kMetric;
    expectation.name = name;
    expectation.max = max;
    scenario.expect.push_back(expectation);
  }
  RunRecorder recorder;
  World world(scenario, RunOptions{}, recorder.observers());
  const RunResult result = world.Run();
  return recorder.Finish(scenario, RunOptions{}, result, {});
}

TEST(ProcessorLoad, IsMeasuredInRunsWithAPreset) {
  const RunReport report = RunWith("redis-7");
  EXPECT_GT(report.load.delay.before.count(), 300u) << "six nodes with ten crons a second";
  EXPECT_EQ(report.load.delay.after.count(), 0u);
  EXPECT_EQ(report.expectations[0].verdict, Verdict::kPass) << report.expectations[0].reason;
  EXPECT_EQ(report.expectations[1].verdict, Verdict::kFail) << report.expectations[1].reason;
}

TEST(ProcessorLoad, IsNotMeasuredWhereNothingTakesTime) {
  const RunReport report = RunWith("none");
  EXPECT_EQ(report.load.delay.before.count(), 0u);
  EXPECT_EQ(report.expectations[0].verdict, Verdict::kInconclusive);
  EXPECT_EQ(report.expectations[1].verdict, Verdict::kInconclusive);
}

}  // namespace
}  // namespace gossamer::sim
