// The stages of a failover, as samples and as bars of text.

#include "sim/report/stages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/strings.h"
#include "sim/report/stage_text.h"
#include "sim/report/text_format.h"
#include "tests/sim/report/example_report.h"

namespace gossamer::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (const std::string_view line : SplitWords(text, "\n")) {
    EXPECT_LE(line.size(), kReportWidth) << line;
    lines.emplace_back(line);
  }
  return lines;
}

std::vector<IncidentTimes> Only(const IncidentTimes& incident) { return {incident}; }

TEST(StagesTest, MeasureEachVictimThatCounts) {
  const std::vector<IncidentTimes> incidents = {HappyIncident()};
  EXPECT_THAT(SamplesOf(Stage::kDetect, incidents).lengths,
              ElementsAre(Millis(21500), Millis(22000)));
  EXPECT_THAT(SamplesOf(Stage::kAgree, incidents).lengths, ElementsAre(Millis(300), Millis(300)));
  const StageSamples elect = SamplesOf(Stage::kElect, incidents);
  EXPECT_THAT(elect.begins, ElementsAre(Millis(21500)));
  EXPECT_THAT(elect.ends, ElementsAre(Millis(22410)));
  EXPECT_EQ(elect.expected, 1u);
  EXPECT_THAT(SamplesOf(Stage::kSpread, incidents).lengths, ElementsAre(Millis(290)));
}

TEST(StagesTest, WhatDidNotHappenIsMissingAndNothingRunsBackwards) {
  IncidentTimes incident = HappyIncident();
  incident.victims[0].covered_known = {};
  incident.victims[0].covered = At(70000);  // it came back before the first FAIL
  EXPECT_EQ(SpanOf(Stage::kElect, incident, incident.victims[0])->end, Millis(21500));
  const StageSamples spread = SamplesOf(Stage::kSpread, Only(incident));
  EXPECT_EQ(spread.expected, 1u);
  EXPECT_THAT(spread.lengths, IsEmpty());
}

TEST(StageTextTest, BarsFollowEachOther) {
  const std::vector<IncidentTimes> incidents = {HappyIncident()};
  const std::vector<std::string> lines = Lines(StageBars(incidents));
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_THAT(lines[0], StartsWith("Phases, 0 to 22.700 s"));
  EXPECT_THAT(lines[2], StartsWith("  detect  |####"));
  EXPECT_THAT(lines[2], HasSubstr("21.500     22.000"));
  EXPECT_LE(lines[2].rfind('#'), lines[3].find('#'));
  EXPECT_LE(lines[4].rfind('#'), lines[5].find('#'));
  EXPECT_THAT(StageBars({}), IsEmpty());
}

TEST(StageTextTest, BarsFitWhenMuchIsMissing) {
  IncidentTimes incident = HappyIncident();
  VictimTimes lost = incident.victims[0];
  lost.first_fail.reset();
  lost.covered.reset();
  incident.victims.insert(incident.victims.end(), 2000, lost);
  for (VictimTimes& victim : incident.victims) {
    if (victim.first_fail) victim.fail_known.back() = At(99999999);
  }
  const std::vector<std::string> lines = Lines(StageBars(Only(incident)));
  EXPECT_THAT(lines[2], HasSubstr("2 of 2002"));
  incident.victims.assign(3, lost);
  EXPECT_THAT(Lines(StageBars(Only(incident))).at(2), HasSubstr("0 of 3"));
}

TEST(StageTextTest, BoxesShowTheSpreadOverSeeds) {
  std::vector<RunReport> runs;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    RunReport& run = runs.emplace_back(HappyReport());
    run.seed = seed;
    for (VictimTimes& victim : run.incidents[0].victims) {
      victim.first_fail = At(70000 + static_cast<int64_t>(seed) * 100);
    }
  }
  const std::vector<std::string> lines = Lines(StageBoxes(runs, 0));
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_THAT(lines[1], StartsWith("  detect    10.100  |--"));
  EXPECT_THAT(lines[1], HasSubstr("20.000   median 15.000"));
  for (const char c : {'[', '#', ']'})
    EXPECT_EQ(std::count(lines[1].begin(), lines[1].end(), c), 1);
  EXPECT_THAT(lines[4], HasSubstr("0.290  | "));
  EXPECT_THAT(StageBoxes(runs, 1), IsEmpty());
}

}  // namespace
}  // namespace gossamer::sim
