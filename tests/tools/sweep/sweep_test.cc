#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tools/sweep/sweep_cell.h"
#include "tools/sweep/sweep_file.h"
#include "tools/sweep/sweep_line.h"

namespace gossamer::tool {
namespace {

SweepLine LineOf(uint64_t seed, double covered_us) {
  SweepLine line;
  line.cell = {{"victims", "100"}};
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

TEST(SweepFileTest, ATornLastLineDoesNotCount) {
  const std::string whole = WriteLine(LineOf(1, 10)) + "\n";
  std::string error;
  const auto file = ReadSweepText(whole + WriteLine(LineOf(2, 10)).substr(0, 40), "f", &error);
  ASSERT_TRUE(file) << error;
  EXPECT_EQ(file->lines.size(), 1u);
  EXPECT_EQ(file->whole_bytes, whole.size());
}

TEST(SweepFileTest, ABrokenLineWithinNamesItsPlace) {
  std::string error;
  EXPECT_FALSE(ReadSweepText(WriteLine(LineOf(1, 10)) + "\n{}\n", "f", &error));
  EXPECT_EQ(error.substr(0, 4), "f:2:");
}

std::vector<uint64_t> SeedsAfter(const std::vector<size_t>& order, const UntilRule& rule) {
  SweepCell cell(order.size(), &rule);
  for (const size_t i : order) {
    if (cell.Wanted(i)) cell.Add(i, LineOf(i + 1, 1e6 + static_cast<double>(i % 7) * 3e4));
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

TEST(SweepFigureTest, UnknownNamesHaveANearest) {
  std::string error;
  EXPECT_FALSE(ParseFigure("coverd", &error));
  EXPECT_NE(error.find("'covered'"), std::string::npos);
  EXPECT_FALSE(ParseFigure("covered-false_fails", &error));
  EXPECT_TRUE(ParseFigure("covered-first_pfail", &error));
}

}  // namespace
}  // namespace gossamer::tool
