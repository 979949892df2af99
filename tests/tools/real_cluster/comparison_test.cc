#include "tools/real_cluster/comparison.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace gossamer::real {
namespace {

using ::testing::HasSubstr;

sim::RunReport ReportOf(uint64_t seed, int64_t pfail_ms, bool covered) {
  sim::RunReport report;
  report.seed = seed;
  report.scenario.name = "x";
  report.scenario.about = "About x.";
  report.scenario.expect.resize(2);
  report.scenario.expect[0].text = "covered by end";
  report.scenario.expect[1].text = "invariant all";
  report.expectations = {{0, sim::Verdict::kPass, "covered at 3s"},
                         {1, sim::Verdict::kPass, "no violation"}};
  report.verdict = sim::Verdict::kPass;
  sim::IncidentTimes& incident = report.incidents.emplace_back();
  incident.at = Instant{} + Seconds(10);
  incident.text = "kill one primary";
  incident.observers = 5;
  sim::VictimTimes& victim = incident.victims.emplace_back();
  victim.node = {2};
  victim.was_primary = victim.has_survivor = true;
  victim.first_pfail = incident.at + Millis(pfail_ms);
  if (covered) victim.covered = incident.at + Millis(pfail_ms + 2000);
  return report;
}

class ComparisonTest : public ::testing::Test {
 protected:
  ComparisonTest() {
    RealResult& run = real_.emplace_back();
    run.report = ReportOf(7, 1500, true);
    run.report.expectations.pop_back();
    run.not_judged = {1};
    for (int i = 0; i < 100; ++i) {
      simulated_.push_back(ReportOf(static_cast<uint64_t>(i + 1), 1005 + i * 10, i != 50));
    }
    head_.real = "redis-server 7.0.15";
    head_.simulated = "rules valkey-8.0";
  }

  ComparisonHead head_;
  std::vector<RealResult> real_;
  std::vector<sim::RunReport> simulated_;
};

TEST_F(ComparisonTest, TheTableSetsBothWorldsSideBySide) {
  const std::string text = ComparisonText(head_, real_, simulated_);
  EXPECT_THAT(text, HasSubstr("Incident 0 at 10.000 s: kill one primary (node 2)"));
  EXPECT_THAT(text, HasSubstr("first PFAIL anywhere            1.500         1.045  1.495  1.945"
                              "        50 %"))
      << text;
  EXPECT_THAT(text, HasSubstr("simulated: 99 of 100 seeds have 'slots covered by the new owner'"));
  EXPECT_THAT(text, HasSubstr("pass (simulated 100 of 100): covered by end: covered at 3s"));
  EXPECT_THAT(text, HasSubstr("not judged (simulated 100 of 100): invariant all"));
  EXPECT_THAT(text, HasSubstr("Verdict: pass"));
}

TEST_F(ComparisonTest, SeveralRunsHaveAColumnEachManyTheirRange) {
  for (const int more : {1, 2, 3, 4}) {
    real_.push_back(real_.front());
    real_.back().report = ReportOf(static_cast<uint64_t>(7 + more), 1500 + more * 100, true);
    const std::string text = ComparisonText(head_, real_, simulated_);
    EXPECT_THAT(text, HasSubstr(more < 4 ? "real 7" : "real min")) << text;
  }
}

TEST_F(ComparisonTest, TheJsonHasEveryPhaseAndWhatWasNotJudged) {
  const auto json = ComparisonJson(head_, real_, simulated_);
  const auto& phase = json["incidents"][0]["phases"][0];
  EXPECT_EQ(phase["phase"], "first_pfail");
  EXPECT_EQ(phase["real_us"][0], 1'500'000);
  EXPECT_EQ(phase["real_rank_percent"][0], 50.0);
  EXPECT_EQ(phase["simulated"]["p50_us"], 1'495'000);
  EXPECT_EQ(json["real"]["runs"][0]["expectations"][1]["verdict"], "not judged");
  EXPECT_EQ(json["verdict"], "pass");
  // Interrupted before the simulation.
  const auto alone = ComparisonJson(head_, real_, {});
  EXPECT_TRUE(alone["incidents"][0]["phases"][0]["simulated"]["p50_us"].is_null());
}

TEST_F(ComparisonTest, OneFailedRunIsAFailure) {
  real_.push_back(real_.front());
  EXPECT_EQ(VerdictOf(real_), sim::Verdict::kPass);
  real_.back().report.verdict = sim::Verdict::kInconclusive;
  EXPECT_EQ(VerdictOf(real_), sim::Verdict::kInconclusive);
  real_.front().report.verdict = sim::Verdict::kFail;
  EXPECT_EQ(VerdictOf(real_), sim::Verdict::kFail);
}

TEST(RankAmong, CountsTheFasterOnesAndHalfTheTies) {
  const std::vector<Duration> values = {Seconds(1), Seconds(2), Seconds(2), Seconds(3)};
  EXPECT_EQ(RankAmong(values, Millis(500)), 0u);
  EXPECT_EQ(RankAmong(values, Seconds(2)), 500u);
  EXPECT_EQ(RankAmong(values, Millis(2500)), 750u);
  EXPECT_EQ(RankAmong(values, Seconds(9)), 1000u);
}

}  // namespace
}  // namespace gossamer::real
