#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tools/sweep/run_figures.h"
#include "tools/sweep/sweep_cell.h"
#include "tools/sweep/sweep_file.h"
#include "tools/sweep/sweep_line.h"

namespace gossamer::tool {
namespace {

SweepLine LineOf(uint64_t seed, int64_t covered_us) {
  SweepLine line;
  line.cell = {{"victims", "100"}};
  line.cell_index = 7;
  line.seed = seed;
  line.verdict = "pass";
  line.figures["covered_us"] = covered_us;
  return line;
}

TEST(SweepFileTest, WhatWasWrittenIsRead) {
  const std::string text = WriteLine(LineOf(3, 1500)) + "\n";
  std::string error;
  const auto file = ReadSweepText(text, "f", &error);
  ASSERT_TRUE(file) << error;
  ASSERT_EQ(file->lines.size(), 1u);
  EXPECT_EQ(WriteLine(file->lines[0]) + "\n", text);
}

TEST(SweepFileTest, LinesHaveTimesInMicrosecondsAndTheRestInUnits) {
  SweepLine line = LineOf(3, 1500);
  line.figures["elections"] = 2 * kMillionths;
  line.figures["bytes_per_s_node"] = 8'897'125'000;
  const std::string text = WriteLine(line);
  for (const char* part : {R"("covered_us":1500,)", R"("elections":2,)",
                           R"("bytes_per_s_node":8897.125,)", R"("first_pfail_us":null,)"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
  const auto read = ReadLine(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->figures, line.figures);
}

TEST(SweepFileTest, AFigureOutOfRangeIsNoLine) {
  std::string text = WriteLine(LineOf(3, 1500));
  text.replace(text.find("1500"), 4, "1e300");
  EXPECT_FALSE(ReadLine(text));
}

TEST(SweepFileTest, ATornLastLineDoesNotCount) {
  const std::string whole = WriteLine(LineOf(1, 10)) + "\n";
  std::string error;
  const auto file = ReadSweepText(whole + WriteLine(LineOf(2, 10)).substr(0, 40), "f", &error);
  ASSERT_TRUE(file) << error;
  EXPECT_EQ(file->lines.size(), 1u);
  EXPECT_EQ(file->whole_bytes, whole.size());
}

TEST(SweepFileTest, AFileHasOneWriter) {
  const std::string path = testing::TempDir() + "/one_writer.jsonl";
  SweepWriter first;
  SweepWriter second;
  EXPECT_TRUE(first.Lock(path));
  EXPECT_FALSE(second.Lock(path));
}

TEST(SweepFileTest, ABrokenLineWithinNamesItsPlace) {
  std::string error;
  EXPECT_FALSE(ReadSweepText(WriteLine(LineOf(1, 10)) + "\n{}\n", "f", &error));
  EXPECT_EQ(error.substr(0, 4), "f:2:");
}

TEST(SweepFileTest, OnlyFilesOfSweepsAreStartedAnew) {
  const std::string path = testing::TempDir() + "/may_be.jsonl";
  const auto may_be = [&](const std::string& text) {
    std::ofstream(path) << text;
    return MayBeSweepFile(path);
  };
  EXPECT_TRUE(may_be(""));
  EXPECT_FALSE(may_be("{"));
  EXPECT_TRUE(may_be(WriteLine(LineOf(1, 10)) + "\nbroken\n"));
  EXPECT_FALSE(may_be("version: 1\nname: a_scenario\n"));
}

std::vector<uint64_t> SeedsAfter(const std::vector<size_t>& order, const UntilRule& rule) {
  SweepCell cell(order.size(), &rule);
  for (const size_t i : order) {
    if (cell.Wanted(i))
      cell.Add(i, LineOf(i + 1, 1'000'000 + static_cast<int64_t>(i % 7) * 30'000));
  }
  std::vector<uint64_t> seeds;
  for (const SweepLine* line : cell.Lines()) seeds.push_back(line->seed);
  return seeds;
}

TEST(SweepCellTest, TheOrderInWhichRunsEndDecidesNothing) {
  std::string error;
  auto rule = ParseUntil("covered 4", &error);
  ASSERT_TRUE(rule) << error;
  std::vector<size_t> rising(60);
  for (size_t i = 0; i < rising.size(); ++i) rising[i] = i;
  const std::vector<size_t> falling(rising.rbegin(), rising.rend());
  const std::vector<uint64_t> seeds = SeedsAfter(rising, *rule);
  EXPECT_GE(seeds.size(), rule->min_seeds);
  EXPECT_LT(seeds.size(), rising.size());
  EXPECT_EQ(SeedsAfter(falling, *rule), seeds);
  SweepCell open(3, &*rule);
  open.Add(0, LineOf(1, 10));
  EXPECT_FALSE(open.IsKnown());
}

TEST(SweepCellTest, RunsPastAGapAreNotSettled) {
  std::string error;
  const auto rule = ParseUntil("covered 2", &error);
  ASSERT_TRUE(rule) << error;
  SweepCell cell(4, &*rule);
  cell.Add(1, LineOf(2, 10));
  EXPECT_TRUE(cell.TakeSettled().empty());
  cell.Add(0, LineOf(1, 10));
  EXPECT_EQ(cell.TakeSettled().size(), 2u);
}

TEST(SweepFigureTest, ShortTimesAreNoZeros) {
  std::string error;
  const auto votes = ResolveFigure("votes", FigureKeys(), &error);
  ASSERT_TRUE(votes) << error;
  EXPECT_EQ(votes->Number(3'442), "0.003442");
  EXPECT_EQ(votes->Number(-12), "-0.000012");
  EXPECT_EQ(votes->Number(0), "0.000");
  EXPECT_EQ(votes->Number(15'076'801), "15.077");
}

TEST(SweepFigureTest, UnknownNamesHaveANearest) {
  std::string error;
  EXPECT_FALSE(ResolveFigure("coverd", FigureKeys(), &error));
  EXPECT_NE(error.find("'covered'"), std::string::npos);
  EXPECT_FALSE(ResolveFigure("covered-false_fails", FigureKeys(), &error));
  EXPECT_TRUE(ResolveFigure("covered-first_pfail", FigureKeys(), &error));
}

}  // namespace
}  // namespace gossamer::tool
