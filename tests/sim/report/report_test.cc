// Verdicts, and the text and JSON made from a report that was filled by hand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/strings.h"
#include "nlohmann/json.hpp"
#include "sim/report/json_report.h"
#include "sim/report/run_recorder.h"
#include "sim/report/run_report.h"
#include "sim/report/seeds_report.h"
#include "sim/report/text_format.h"
#include "sim/report/text_report.h"
#include "tests/sim/model/world_fixture.h"
#include "tests/sim/report/example_report.h"

namespace gossamer::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

void ExpectFits(const std::string& text) {
  for (const std::string_view line : SplitWords(text, "\n")) EXPECT_LE(line.size(), 100u) << line;
}

TEST(VerdictTest, PassesWhenEverythingHappened) {
  RunReport report = HappyReport();
  DecideVerdict(true, &report);
  EXPECT_EQ(report.verdict, Verdict::kPass);
  EXPECT_TRUE(report.reasons.empty());
}

TEST(VerdictTest, FailsWithAnExpectation) {
  RunReport report = HappyReport();
  report.expectations[0] = {0, Verdict::kFail, "covered 30s after 60s, at most 25s"};
  DecideVerdict(true, &report);
  EXPECT_EQ(report.verdict, Verdict::kFail);
  EXPECT_THAT(report.reasons,
              ElementsAre("covered within 25s: covered 30s after 60s, at most 25s"));
}

TEST(VerdictTest, MissingPhasesFailWhereRecoveryIsDemanded) {
  RunReport report = HappyReport();
  report.incidents[0].ok.back().reset();
  DecideVerdict(true, &report);
  EXPECT_EQ(report.verdict, Verdict::kFail);
  EXPECT_THAT(report.reasons, ElementsAre("incident 0 (kill 10% of nodes): no cluster ok"));

  report = HappyReport();
  report.incidents[0].ok.back().reset();
  report.scenario.expect[0].kind = ExpectKind::kEvent;
  report.scenario.expect[0].name = "fail-set";
  DecideVerdict(true, &report);
  EXPECT_EQ(report.verdict, Verdict::kPass);
}

// Who answers under another name is FAIL without having been suspected.
TEST(VerdictTest, AFailWithoutSuspicionIsComplete) {
  RunReport report = HappyReport();
  for (VictimTimes& victim : report.incidents[0].victims) victim.first_pfail.reset();
  DecideVerdict(true, &report);
  EXPECT_EQ(report.verdict, Verdict::kPass);
}

TEST(VerdictTest, MissingPhasesOfAVictimThatCameBackDoNotCount) {
  RunReport report = HappyReport();
  VictimTimes& primary = report.incidents[0].victims[0];
  primary.fail_known = {};
  primary.covered.reset();
  DecideVerdict(true, &report);
  EXPECT_EQ(report.verdict, Verdict::kFail);

  primary.returned = At(70000);
  report.reasons.clear();
  DecideVerdict(true, &report);
  EXPECT_EQ(report.verdict, Verdict::kPass);
}

TEST(VerdictTest, SaysThatAQuorumIsMissing) {
  RunReport report = HappyReport();
  report.incidents[0].voters = 1000;
  report.incidents[0].voters_left = 500;
  report.incidents[0].victims[0].covered.reset();
  DecideVerdict(true, &report);
  EXPECT_THAT(report.reasons.at(0), HasSubstr("only 500 of 501 voting primaries are left"));
  EXPECT_THAT(TextReport(report),
              HasSubstr("No quorum after incident 0: 500 of 501 voting primaries"));
}

TEST(VerdictTest, AnEarlyEndIsInconclusive) {
  RunReport report = HappyReport();
  report.result.end = RunEnd::kStopAt;
  report.incidents[0].ok = {};
  DecideVerdict(false, &report);
  EXPECT_EQ(report.verdict, Verdict::kInconclusive);
  EXPECT_THAT(report.reasons.back(), HasSubstr("stop-at"));
}

TEST(VerdictTest, CodecMismatchesFail) {
  RunReport report = HappyReport();
  report.result.codec_mismatches = 1;
  DecideVerdict(true, &report);
  EXPECT_EQ(report.verdict, Verdict::kFail);
}

TEST(TextReportTest, LeadsWithTheTimesAndFits) {
  RunReport report = HappyReport();
  DecideVerdict(true, &report);
  const std::string text = TextReport(report);
  ExpectFits(text);
  EXPECT_THAT(text, HasSubstr("first PFAIL anywhere"));
  EXPECT_THAT(text, HasSubstr("22.410"));
  EXPECT_THAT(text, HasSubstr("Verdict: pass"));
  EXPECT_THAT(text, Not(HasSubstr("To reproduce")));
  EXPECT_LT(text.find("Detection and failover"), text.find("Incidents"));
  EXPECT_LT(text.find("Incidents"), text.find("Traffic"));
}

TEST(TextReportTest, FitsWithManyVictimsAndLongWords) {
  RunReport report = HappyReport();
  IncidentTimes& incident = report.incidents[0];
  incident.text = std::string(300, 'x');
  for (uint32_t i = 0; i < 400; ++i) {
    VictimTimes victim = incident.victims[i % 2];
    victim.node = NodeIndex{15000 + i};
    victim.winner = NodeIndex{15000 + i};
    victim.shard = 15000 + i;
    victim.has_survivor = i % 7 != 0;
    if (i % 5 == 0) victim.returned = At(100000);
    incident.victims.push_back(victim);
  }
  for (size_t i = 0; i < 11; ++i) report.result.traffic.messages[i] = UINT64_MAX / 20;
  for (auto& refused : report.elections.votes_refused) refused = 123456789;
  DecideVerdict(true, &report);
  ExpectFits(TextReport(report));
}

TEST(TextReportTest, TheCommandRepeatsAnEarlyEnd) {
  RunReport report = HappyReport();
  EXPECT_THAT(ReproduceCommand(report), Not(HasSubstr("--stop-at")));
  report.result.end = RunEnd::kStopAt;
  report.result.ended_at = Instant{} + Millis(43200);
  EXPECT_THAT(ReproduceCommand(report), HasSubstr(" --stop-at 43200000us"));
  report.result.end = RunEnd::kMaxEvents;
  report.result.traffic.events = 77;
  EXPECT_THAT(ReproduceCommand(report), HasSubstr(" --max-events 77"));
}

TEST(TextReportTest, FailuresEndWithTheCommandThatRepeatsThem) {
  RunReport report = HappyReport();
  report.rules = "valkey-8.0";
  report.transport = Transport::kWire;
  report.expectations[0].verdict = Verdict::kFail;
  DecideVerdict(true, &report);
  EXPECT_THAT(TextReport(report),
              HasSubstr("gossamer-sim run scenarios/quickstart.yaml --seed 42 --rules valkey-8.0 "
                        "--transport wire\n"));
}

TEST(JsonReportTest, HasItsTopLevelInOrder) {
  RunReport report = HappyReport();
  DecideVerdict(true, &report);
  const nlohmann::ordered_json json = JsonReport(report);
  std::vector<std::string> keys;
  for (const auto& item : json.items()) keys.push_back(item.key());
  keys.resize(17);
  EXPECT_THAT(
      keys, ElementsAre("schema_version", "scenario", "seed", "rules", "cpu", "transport", "build",
                        "digest", "verdict", "virtual_us", "wall_us", "peak_rss_bytes", "messages",
                        "entries", "incidents", "expectations", "violations"));
  EXPECT_EQ(json["messages"], 1000);
  EXPECT_EQ(json["entries"], 3000);
  EXPECT_EQ(json["virtual_us"], 150000000);
  EXPECT_EQ(json["digest"].get<std::string>().size(), 32u);
  EXPECT_EQ(json["verdict"], "pass");
}

TEST(JsonReportTest, GivesTimesFromTheInjection) {
  const nlohmann::ordered_json incident = JsonReport(HappyReport())["incidents"][0];
  std::vector<std::string> keys;
  for (const auto& item : incident.items()) keys.push_back(item.key());
  keys.resize(9);
  EXPECT_THAT(keys,
              ElementsAre("injected_us", "fault", "victims", "lost_shards", "first_pfail_us",
                          "first_fail_us", "all_fail_us", "slots_covered_us", "cluster_ok_us"));
  EXPECT_EQ(incident["injected_us"], 60000000);
  EXPECT_EQ(incident["fault"], "kill");
  EXPECT_EQ(incident["victims"], nlohmann::ordered_json({0, 5}));
  EXPECT_EQ(incident["first_pfail_us"], 15012000);
  EXPECT_EQ(incident["first_fail_us"], 21500000);
  EXPECT_EQ(incident["all_fail_us"], 22300000);
  EXPECT_EQ(incident["slots_covered_us"], 22410000);
  EXPECT_EQ(incident["cluster_ok_us"], 24000000);
}

TEST(JsonReportTest, SaysNullForWhatDidNotHappen) {
  RunReport report = HappyReport();
  report.incidents[0].victims[0].fail_known = {};
  report.incidents[0].ok = {};
  const nlohmann::ordered_json incident = JsonReport(report)["incidents"][0];
  EXPECT_TRUE(incident["all_fail_us"].is_null());
  EXPECT_TRUE(incident["cluster_ok_us"].is_null());
  EXPECT_FALSE(incident["first_fail_us"].is_null());
}

TEST(SeedsReportTest, NamesTheSeedsOfTheExtremes) {
  const std::vector<RunReport> runs = ThreeSeeds();  // first FAIL at 22, 24, 21 s
  const SeedsReport summary = SummarizeSeeds(runs);
  for (const SeedPhase& phase : summary.phases) {
    if (phase.key == "first_fail") {
      EXPECT_THAT(phase.values, ElementsAre(Seconds(21), Seconds(22), Seconds(24)));
      EXPECT_EQ(phase.min_seed, 3u);
      EXPECT_EQ(phase.max_seed, 2u);
    }
    if (phase.key == "cluster_ok") {
      EXPECT_EQ(phase.missing, 1u);
    }
  }
  EXPECT_EQ(summary.verdict, Verdict::kFail);
  EXPECT_THAT(summary.failed, ElementsAre(3u));
  const std::string text = SeedsText(runs);
  ExpectFits(text);
  EXPECT_THAT(text, HasSubstr("2 of 3"));
  EXPECT_THAT(text, HasSubstr("--seed 3"));
  const nlohmann::ordered_json json = SeedsJson(runs);
  EXPECT_EQ(json["runs"].size(), 3u);
  EXPECT_EQ(json["failed_seeds"], nlohmann::ordered_json({3}));
}

TEST(SeedsReportTest, SaysBetweenWhichMomentsTheSeedsDrew) {
  std::vector<RunReport> runs = ThreeSeeds();
  const Instant at = runs[0].incidents[0].at;
  EXPECT_THAT(SeedsText(runs), HasSubstr("Incident 0 at 60.000 s: "));
  runs[2].incidents[0].at = at + Millis(1250);
  runs[1].incidents[0].at = at + Millis(500);
  EXPECT_THAT(SeedsText(runs), HasSubstr("Incident 0 at 60.000 to 61.250 s: "));
}

TEST(SeedsReportTest, NamesSeedsThatLackAPhase) {
  std::vector<RunReport> runs = ThreeSeeds();
  for (VictimTimes& victim : runs[0].incidents[0].victims) victim.first_fail.reset();
  const SeedsReport summary = SummarizeSeeds(runs);
  const std::vector<LackingPhases> lacking = LackingOf(summary, 0);
  ASSERT_EQ(lacking.size(), 2u);
  EXPECT_EQ(lacking[0].first->key, "first_fail");
  EXPECT_THAT(lacking[0].first->lacking, ElementsAre(1u));
  EXPECT_EQ(lacking[1].first->key, "ok_50");
  EXPECT_EQ(lacking[1].more, 3u);
  const std::string text = SeedsText(runs);
  ExpectFits(text);
  EXPECT_THAT(text, HasSubstr("1 of 3 seeds without \"first FAIL anywhere\": 1\n"));
  EXPECT_THAT(text, HasSubstr("\"cluster ok on 50 % of live nodes\" and 3 later phases: 3\n"));
  EXPECT_THAT(text, HasSubstr("To look at one:\n    gossamer-sim explain scenarios/quickstart.yaml "
                              "--seed 1 --node 0\n"));
  // An incident that called for no cover lacks none.
  for (RunReport& run : runs) run.incidents[0].victims.erase(run.incidents[0].victims.begin());
  EXPECT_THAT(SeedsText(runs), Not(HasSubstr("cluster ok on 50 % of live nodes\"")));
}

TEST(PaintTest, ColoursAddNothingButColours) {
  const auto plain = [](std::string text) {
    for (size_t at = text.find('\x1b'); at != std::string::npos; at = text.find('\x1b')) {
      text.erase(at, text.find('m', at) - at + 1);
    }
    return text;
  };
  RunReport report = HappyReport();
  report.steps = {{At(70000), "restart", "restart node 0", {NodeIndex{0}}, {"node 0: no"}}};
  report.expectations[0].verdict = Verdict::kFail;
  report.violations = {{"vote_once", Seconds(61), "node 3 voted twice"}};
  report.violation_count = 1;
  DecideVerdict(true, &report);
  const std::string painted = TextReport(report, Paint(true));
  EXPECT_EQ(plain(painted), TextReport(report));
  for (const char* part :
       {"\x1b[1mVerdict:\x1b[0m \x1b[1;31mfail\x1b[0m", "\x1b[1;31mViolations:", "\x1b[36m#",
        "\x1b[1mDetection and failover\x1b[0m", "\x1b[1;33mrefused by\x1b[0m"}) {
    EXPECT_THAT(painted, HasSubstr(part));
  }
  const std::vector<RunReport> runs = ThreeSeeds();
  const std::string seeds = SeedsText(runs, Paint(true));
  EXPECT_EQ(plain(seeds), SeedsText(runs));
  EXPECT_THAT(seeds, HasSubstr("\x1b[1;33mwithout\x1b[0m"));
  EXPECT_THAT(seeds, HasSubstr("\x1b[1;32mpass\x1b[0m"));
}

TEST(SeedsReportTest, DigestOfDigestsDependsOnEachSeed) {
  std::vector<RunReport> runs = ThreeSeeds();
  const Digest all = SummarizeSeeds(runs).digest;
  EXPECT_EQ(SummarizeSeeds(runs).digest, all);
  runs[1].result.digest.Add(1);
  EXPECT_FALSE(SummarizeSeeds(runs).digest == all);
}

TEST(RunRecorder, KeepsWhatIsRefusedAfterTheIncident) {
  Scenario scenario = SixNodes();
  TimelineItem kill = Fault(FaultKind::kKill, Millis(5001), {0});
  kill.length = Seconds(5);
  scenario.timeline = {Fault(FaultKind::kDiskCorrupt, Seconds(5), {0}), kill};
  RunRecorder recorder;
  World world(scenario, {}, recorder.observers());
  const RunReport report = recorder.Finish(scenario, {}, world.Run(), {});
  ASSERT_EQ(report.steps.size(), 2u);
  EXPECT_THAT(report.steps[1].refusals, ElementsAre(HasSubstr("its nodes.conf is damaged")));
}

}  // namespace
}  // namespace gossamer::sim
