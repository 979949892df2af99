// One storm in all three transports, and on other threads: one digest.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/report/run_report.h"
#include "tools/gossamer_sim/run_pool.h"

namespace gossamer::tool {
namespace {

// 90 nodes of which a tenth dies; short timeouts, so that detection, elections and returns all
// happen.
sim::Scenario Storm() {
  sim::Scenario scenario;
  scenario.name = "transports";
  scenario.shards = 30;
  scenario.replicas_per_shard = 2;
  scenario.config["cluster-node-timeout"] = "2000";
  scenario.latency.quantiles = {{500000, Micros(300)}, {990000, Millis(2)}};
  scenario.duration = Seconds(20);
  sim::TimelineItem kill;
  kill.at = Seconds(5);
  kill.fault = sim::FaultKind::kKill;
  kill.target.percent = sim::Ppm{100000};
  kill.target.keep_one_per_shard = true;
  sim::TimelineItem restart;
  restart.at = Seconds(14);
  restart.is_fault = false;
  restart.action = sim::ActionKind::kRestart;
  restart.target.killed = true;
  scenario.timeline = {kill, restart};
  return scenario;
}

TEST(TransportsTest, GiveOneDigest) {
  const sim::Scenario scenario = Storm();
  std::vector<RunRequest> requests(4);
  for (RunRequest& request : requests) request.scenario = &scenario;
  requests[1].options.transport = sim::Transport::kWire;
  requests[2].options.transport = sim::Transport::kShadow;
  const std::vector<RunOutcome> outcomes = RunAll(requests, 2, nullptr);
  for (const RunOutcome& outcome : outcomes) {
    ASSERT_TRUE(outcome.report) << outcome.error;
    EXPECT_EQ(sim::DigestText(outcome.report->result.digest),
              sim::DigestText(outcomes[0].report->result.digest))
        << sim::TransportName(outcome.report->transport);
    EXPECT_EQ(outcome.report->result.codec_mismatches, 0u);
    EXPECT_GT(outcome.report->elections.won, 0u);
  }
  EXPECT_GT(outcomes[2].report->result.traffic.shadow_checked, 0u);
}

TEST(TransportsTest, AnotherSeedGivesAnotherDigest) {
  const sim::Scenario scenario = Storm();
  std::vector<RunRequest> requests(2);
  for (RunRequest& request : requests) {
    request.scenario = &scenario;
    request.options.stop_at = Seconds(2);
  }
  requests[1].options.seed = 2;
  const std::vector<RunOutcome> outcomes = RunAll(requests, 1, nullptr);
  EXPECT_NE(sim::DigestText(outcomes[0].report->result.digest),
            sim::DigestText(outcomes[1].report->result.digest));
}

}  // namespace
}  // namespace gossamer::tool
