// `compare` and `plot` as a user runs them.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tests/tools/gossamer_sim/cli_fixture.h"

namespace gossamer {
namespace {

constexpr char kResults[] = "tests/tools/sweep/data/results.jsonl";

class StudyCliTest : public CliTest {
 protected:
  std::string Kill() const {
    return Scenario("kill",
                    "duration: 60s\ntimeline:\n"
                    "  - {at: 10s, fault: kill, target: {role: primary, one: true}}\n");
  }
};

TEST_F(StudyCliTest, ARecordingKnowsItsCell) {
  const std::string file = Scenario(
      "cells", "duration: 5s\nmatrix: {latency: [1ms, 2ms]}\nnetwork: {latency: \"${latency}\"}\n");
  const auto record = [&](const std::string& cell) {
    const std::string path = (directory_ / cell).string();
    const Result result = Run("run -q --cell " + cell + " --record " + path + " " + file);
    EXPECT_EQ(result.code, 0) << result.err;
    return path;
  };
  const std::string slow = record("latency=2ms");
  const Result replayed = Run("replay " + slow);
  EXPECT_EQ(replayed.code, 0) << replayed.err;
  EXPECT_NE(replayed.out.find("cell latency=2ms, seed 1"), std::string::npos) << replayed.out;
  EXPECT_EQ(Run("diff --cell latency=2ms " + slow + " " + file).code, 0);
  const Result other = Run("diff " + slow + " " + record("latency=1ms"));
  EXPECT_NE(other.out.find("cells latency=2ms and latency=1ms"), std::string::npos) << other.out;
}

TEST_F(StudyCliTest, TheSameTwiceIsIdentical) {
  const std::string file = Kill();
  const Result result = Run("compare " + file + " " + file + " --seeds 1..2 --quiet");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.out.find("every pair is identical in every figure"), std::string::npos)
      << result.out;
}

TEST_F(StudyCliTest, AShorterTimeoutIsFaster) {
  const fs::path json = directory_ / "out.json";
  const Result result = Run("compare " + Kill() +
                            " --config cluster-node-timeout=15s cluster-node-timeout=5s"
                            " --figure promoted --seeds 1..8 --jobs 2 --quiet --json " +
                            json.string());
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.out.find("s faster"), std::string::npos) << result.out;
  const auto read = nlohmann::json::parse(ReadFile(json));
  EXPECT_EQ(read["pairs"], 8);
  EXPECT_EQ(read["figures"][0]["b_smaller"], 8);
}

TEST_F(StudyCliTest, AFewFiguresAreComparedUnlessAllAreAskedFor) {
  const auto figures = [&](const std::string& options) {
    const fs::path json = directory_ / "figures.json";
    const Result result = Run("compare " + Kill() + " --rules valkey-9.0 valkey-9.1 --seeds 1..2" +
                              " --quiet --json " + json.string() + options);
    EXPECT_EQ(result.code, 0) << result.err;
    std::vector<std::string> names;
    const auto read = nlohmann::json::parse(ReadFile(json));
    for (const auto& figure : read["figures"]) {
      names.push_back(figure["figure"]);
    }
    return names;
  };
  const std::vector<std::string> few = {"first_pfail", "all_fail",    "covered",
                                        "cluster_ok",  "false_fails", "bytes_per_s_node"};
  EXPECT_EQ(figures(""), few);
  const std::vector<std::string> all = figures(" --figures all");
  EXPECT_GT(all.size(), 2 * few.size());
  EXPECT_EQ(figures(" --figure all"), all);
}

TEST_F(StudyCliTest, CellsOfASweepAreComparedWithoutRunning) {
  const Result result = Run(std::string("compare ") + kResults +
                            " --cell-a knob=default --cell-b knob=slow --figure covered");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.out.find("s slower"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("it happened only in A"), std::string::npos) << result.out;
}

TEST_F(StudyCliTest, TwoFilesOfResultsAreComparedByEqualCells) {
  const Result same = Run(std::string("compare ") + kResults + " " + kResults);
  EXPECT_EQ(same.code, 0) << same.err;
  EXPECT_NE(same.out.find("every pair is identical in every figure"), std::string::npos)
      << same.out;
  const Result cells = Run(std::string("compare ") + kResults + " " + kResults +
                           " --cell-a knob=default --cell-b knob=slow --figure covered");
  EXPECT_NE(cells.out.find("s slower"), std::string::npos) << cells.out;
  const Result mixed = Run(std::string("compare ") + kResults + " " + Kill());
  EXPECT_EQ(mixed.code, 2);
  EXPECT_NE(mixed.err.find("one file is results (.jsonl) and the other is not"), std::string::npos)
      << mixed.err;
}

TEST_F(StudyCliTest, WhatTwoFilesOfResultsDoNotShareIsSaid) {
  const fs::path other = directory_ / "other.jsonl";
  std::ofstream(other) << R"({"schema_version":1,"sweep":"other","cell":{"new":"x"},"seed":1,)"
                       << R"("figures":{"covered_us":1000000,"later_us":1}})"
                       << "\n";
  const Result result = Run(std::string("compare ") + kResults + " " + other.string());
  EXPECT_EQ(result.code, 2);
  EXPECT_NE(result.err.find("B of 'other'"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("later_us"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("no two runs have equal seeds and equal cells"), std::string::npos)
      << result.err;
}

TEST_F(StudyCliTest, CellsOnDifferentAxesAreNoPairs) {
  const Result result =
      Run(std::string("compare ") + kResults + " --cell-a knob=default --cell-b victims=1");
  EXPECT_EQ(result.code, 2);
  EXPECT_NE(result.err.find("name different axes"), std::string::npos) << result.err;
}

TEST_F(StudyCliTest, ResultsHaveTheMomentThatWasDrawn) {
  const fs::path out = directory_ / "drawn.jsonl";
  const std::string file = Scenario("drawn",
                                    "duration: 12s\ntimeline:\n"
                                    "  - {at: [10s, 11s], fault: kill, target: {nodes: 0}}\n"
                                    "  - {at: 11500ms, fault: kill, target: {nodes: 1}}\n");
  Run("sweep -q " + file + " --seeds 1..3 --out " + out.string());
  std::ifstream in(out);
  std::set<double> moments_us;
  for (std::string line; std::getline(in, line);) {
    moments_us.insert(nlohmann::json::parse(line)["figures"]["injected_us"].get<double>());
  }
  EXPECT_EQ(moments_us.size(), 3u);
  for (const double at_us : moments_us) {
    EXPECT_GE(at_us, 10e6);
    EXPECT_LT(at_us, 11e6);
  }
}

TEST_F(StudyCliTest, AReportShowsEverySeedOfTheFile) {
  const std::string file = Scenario("seeds", "duration: 2s\nseeds: 1..2\n");
  const std::string out = " --out " + (directory_ / "seeds.jsonl").string();
  EXPECT_EQ(Run("sweep -q " + file + " --seeds 1..4" + out).code, 0);
  const Result report = Run("sweep --report " + file + out);
  EXPECT_NE(report.out.find("4 runs of 1 cell"), std::string::npos) << report.out;
}

TEST_F(StudyCliTest, RunsOfAnotherBuildAreNamed) {
  const std::string file = Scenario("builds", "duration: 2s\n");
  const fs::path path = directory_ / "builds.jsonl";
  const std::string sweep = "sweep " + file + " --out " + path.string() + " --seeds ";
  const Result first = Run(sweep + "1..1");
  EXPECT_EQ(first.err.find("of build"), std::string::npos) << first.err;
  std::string text = ReadFile(path);
  const size_t build = text.find("\"build\":\"") + 9;
  text.replace(build, text.find('"', build) - build, "0123456789ab");
  std::ofstream(path) << text;
  const Result second = Run(sweep + "1..2");
  EXPECT_EQ(second.code, 0) << second.err;
  EXPECT_NE(second.err.find("has 1 run of build 0123456789ab, this is"), std::string::npos)
      << second.err;
  const Result quiet = Run(sweep + "1..2 -q");
  EXPECT_EQ(quiet.code, 0);
  EXPECT_EQ(quiet.err, "");
}

TEST_F(StudyCliTest, TheRestEndsWithTheFirstLineOfTheTimeline) {
  const auto rest = [&](const std::string& name, const std::string& line) {
    const std::string out = (directory_ / (name + ".jsonl")).string();
    Run("sweep -q " + Scenario(name, "duration: 40s\ntimeline:\n" + line) + " --out " + out);
    const auto read = nlohmann::json::parse(ReadFile(out));
    return read["figures"]["rest_bytes_per_s_node"].get<double>();
  };
  const double kill = rest("kill", "  - {at: 10s, fault: kill, target: {node: 0}}\n");
  const double set = rest(
      "set",
      "  - {at: 10s, action: config-set, target: {all: true}, config: {cluster-node-timeout: 2s}}\n"
      "  - {at: 20s, fault: kill, target: {node: 0}}\n");
  EXPECT_GT(kill, 0);
  EXPECT_EQ(kill, set);
}

TEST_F(StudyCliTest, ASeedIsNoAxis) {
  const Result result =
      Run("check " + Scenario("axis", "matrix: {a: {x: {seed: 1}, y: {seed: 2}}}\n"));
  EXPECT_EQ(result.code, 2);
  EXPECT_NE(result.err.find("'seed' cannot stand in an axis"), std::string::npos) << result.err;
  const Result variable = Run("check " + Scenario("var", "seed: ${s}\nmatrix: {s: [1, 2]}\n"));
  EXPECT_EQ(variable.code, 2);
  EXPECT_NE(variable.err.find("a seed is no axis"), std::string::npos) << variable.err;
}

TEST_F(StudyCliTest, WrongWordsAreUsageErrors) {
  EXPECT_EQ(Run("compare " + Kill()).code, 2);
  const Result rules = Run("compare " + Kill() + " --rules valkey-8.0 valkey-9.0x");
  EXPECT_EQ(rules.code, 2);
  EXPECT_NE(rules.err.find("did you mean"), std::string::npos) << rules.err;
  const Result config = Run("compare " + Kill() + " --config cluster-node-timeot=5s a=1");
  EXPECT_EQ(config.code, 2);
  EXPECT_NE(config.err.find("cluster-node-timeot"), std::string::npos) << config.err;
  const Result cell = Run(std::string("compare ") + kResults + " --cell-a knob=default");
  EXPECT_EQ(cell.code, 2);
  EXPECT_NE(cell.err.find("--cell-a without --cell-b"), std::string::npos) << cell.err;
}

TEST_F(StudyCliTest, CellsThatStayUncertainAreNamed) {
  const std::string out = (directory_ / "open.jsonl").string();
  const Result result =
      Run("sweep -q " + Kill() + " --until 'covered 0.001' --seeds 1..3 --out " + out);
  EXPECT_NE(result.out.find("--until covered 0.001: not reached in 1 cell; more runs are needed"),
            std::string::npos)
      << result.out << result.err;
}

TEST_F(StudyCliTest, ARunThatFailsIsSaidWhenCompared) {
  const std::string file = Scenario("fails",
                                    "duration: 60s\ntimeline:\n"
                                    "  - {at: 10s, fault: kill, target: {nodes: 0}}\n"
                                    "expect:\n  - {event: pfail-set, never: true}\n");
  const Result result = Run("compare " + file + " --cpu none redis-7 --seeds 1..2 --quiet");
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_NE(result.out.find("; of A 2 runs failed"), std::string::npos) << result.out;
}

TEST_F(StudyCliTest, OptionsHaveANearestName) {
  const Result result =
      Run("compare " + Kill() + " --config cluster-node-timout=5s cluster-node-timeout=5s");
  EXPECT_EQ(result.code, 2);
  EXPECT_NE(result.err.find("cluster-node-timeout"), std::string::npos) << result.err;
}

TEST_F(StudyCliTest, PlotWritesThePicture) {
  const fs::path svg = directory_ / "plot.svg";
  const Result result = Run(std::string("plot ") + kResults + " --out " + svg.string() +
                            " --x bytes_per_s_node --y covered --panel victims --series knob");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE(ReadFile(svg).find("knob</text>\n</svg>"), std::string::npos);
  const Result points = Run(std::string("plot ") + kResults + " --out " + svg.string() +
                            " --x bytes_per_s_node --y covered --points p.csv");
  EXPECT_EQ(points.code, 2);
  EXPECT_NE(points.err.find("--points without --as lines"), std::string::npos);
}

}  // namespace
}  // namespace gossamer
