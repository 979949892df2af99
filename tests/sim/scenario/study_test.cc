#include "sim/scenario/study.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gossamer::sim {
namespace {

constexpr char kStudy[] = R"(version: 1
name: study
seeds: 3..9
matrix:
  timeout: [2s, 5s]
  knob:
    default: {}
    lossy: {network: {loss: 5%}, cluster: {shards: 5}}
exclude:
  - {timeout: 2s, knob: lossy}
cluster:
  shards: 3
  config: {cluster-node-timeout: "${timeout}"}
duration: 60s
)";

TEST(StudyTest, CellsAreTheProductInTheFilesOrderWithoutTheExcluded) {
  std::vector<Diagnostic> diagnostics;
  const auto study = LoadStudy(kStudy, "", &diagnostics);
  ASSERT_TRUE(study) << Render(diagnostics);
  std::vector<std::string> cells;
  for (const StudyCell& cell : study->cells) cells.push_back(cell.scenario.cell);
  EXPECT_EQ(cells, (std::vector<std::string>{"timeout=2s,knob=default", "timeout=5s,knob=default",
                                             "timeout=5s,knob=lossy"}));
  EXPECT_EQ(study->seeds->first, 3u);
  EXPECT_EQ(study->seeds->last, 9u);
}

TEST(StudyTest, ValuesAndPartialScenariosReachTheCell) {
  std::vector<Diagnostic> diagnostics;
  const auto study = LoadStudy(kStudy, "", &diagnostics);
  ASSERT_TRUE(study) << Render(diagnostics);
  EXPECT_EQ(OptionsOf(study->cells[0].scenario.config).node_timeout, Seconds(2));
  EXPECT_EQ(study->cells[1].scenario.shards, 3);
  const Scenario& lossy = study->cells[2].scenario;
  EXPECT_EQ(OptionsOf(lossy.config).node_timeout, Seconds(5));
  EXPECT_EQ(lossy.shards, 5);
  EXPECT_NE(study->cells[1].hash, study->cells[2].hash);
}

TEST(StudyTest, AnErrorOfOneCellStandsAtItsPlaceOnceAndNamesTheCell) {
  std::string text = kStudy;
  text.replace(text.find("5%"), 2, "5 ");
  std::vector<Diagnostic> diagnostics;
  EXPECT_FALSE(LoadStudy(text, "", &diagnostics));
  ASSERT_EQ(diagnostics.size(), 1u) << Render(diagnostics);
  EXPECT_EQ(diagnostics[0].line, 8);
  EXPECT_EQ(diagnostics[0].column, 29);
  EXPECT_NE(diagnostics[0].message.find("; in cell timeout=5s,knob=lossy"), std::string::npos);
}

TEST(StudyTest, ErrorsAboveTheMostShownAreCounted) {
  std::string text = kStudy;
  for (size_t i = 0; i < kMaxDiagnostics + 3; ++i) text += "wrong_" + std::to_string(i) + ": 1\n";
  std::vector<Diagnostic> diagnostics;
  EXPECT_FALSE(LoadStudy(text, "", &diagnostics));
  ASSERT_EQ(diagnostics.size(), kMaxDiagnostics + 1) << Render(diagnostics);
  EXPECT_EQ(diagnostics.back().message, "3 more errors are not shown");
  EXPECT_EQ(diagnostics.back().severity, Severity::kNote);
}

TEST(StudyTest, ErrorsOfTheMatrixNameTheNearestWord) {
  std::string text = kStudy;
  text.replace(text.find("{timeout: 2s"), 8, "{timeuot");
  text.replace(text.find("${timeout}"), 10, "${timeou}");
  std::vector<Diagnostic> diagnostics;
  EXPECT_FALSE(LoadStudy(text, "", &diagnostics));
  ASSERT_EQ(diagnostics.size(), 2u) << Render(diagnostics);
  EXPECT_EQ(diagnostics[0].help, "nearest is 'timeout'");
  EXPECT_EQ(diagnostics[1].help, "nearest is 'timeout'");
}

TEST(StudyTest, OneCellIsChosen) {
  std::vector<Diagnostic> diagnostics;
  EXPECT_TRUE(LoadScenario(kStudy, "", &diagnostics, {}, "knob=lossy")) << Render(diagnostics);
  EXPECT_FALSE(LoadScenario(kStudy, "", &diagnostics, {}, "knob=default"));
  EXPECT_FALSE(LoadScenario(kStudy, "", &diagnostics, {}, "knob=lossi"));
}

}  // namespace
}  // namespace gossamer::sim
