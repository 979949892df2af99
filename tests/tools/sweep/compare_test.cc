// Paired comparisons: which pairs count, and what is said about them.
#include "tools/sweep/compare.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tools/sweep/run_figures.h"

namespace gossamer::tool {
namespace {

SweepFigure Figure(const std::string& name) {
  std::string error;
  return *ResolveFigure(name, FigureKeys(), &error);
}

std::vector<RunPair> Pairs(int64_t first_us, int64_t step_us, size_t count) {
  std::vector<RunPair> pairs;
  for (size_t i = 0; i < count; ++i) {
    const int64_t a = 5'000'000 + static_cast<int64_t>(i % 7) * 900'000;
    const int64_t difference = first_us + step_us * static_cast<int64_t>(i);
    pairs.push_back({{{"promoted_us", a}}, {{"promoted_us", a + difference}}});
  }
  return pairs;
}

TEST(CompareTest, AConstantGainIsFoundInNoise) {
  const Comparison result = Compare(Pairs(-410'000, 0, 12), {Figure("promoted")});
  const FigureComparison& one = result.figures.front();
  EXPECT_TRUE(one.shown());
  EXPECT_EQ(one.smaller, 12u);
  EXPECT_DOUBLE_EQ(one.difference, -410'000);
  EXPECT_EQ(VerdictText(one), "B is 0.410 s faster, 0.410 to 0.410");
}

TEST(CompareTest, DifferencesOnBothSidesShowNothing) {
  const Comparison result = Compare(Pairs(-550'000, 100'000, 12), {Figure("promoted")});
  EXPECT_EQ(VerdictText(result.figures.front()), "no difference shown");
}

TEST(CompareTest, FewPairsCannotShowAnything) {
  const Comparison result = Compare(Pairs(-400'000, 0, 5), {Figure("promoted")});
  EXPECT_EQ(VerdictText(result.figures.front()),
            "no difference shown: 5 pairs that differ are too few");
}

TEST(CompareTest, ManyFiguresNeedMorePairs) {
  std::vector<RunPair> pairs = Pairs(-400'000, 0, 6);
  for (RunPair& pair : pairs) {
    pair.a["covered_us"] = 1;
    pair.b["covered_us"] = 1;
  }
  const Comparison result = Compare(pairs, {Figure("promoted"), Figure("covered")});
  EXPECT_EQ(VerdictText(result.figures.front()),
            "no difference shown: 6 pairs that differ are too few to judge 2 figures");
  EXPECT_TRUE(Compare(pairs, {Figure("promoted")}).figures.front().shown());
}

TEST(CompareTest, WhatHappenedNowhereIsNotIdentical) {
  const Comparison result = Compare(Pairs(0, 0, 9), {Figure("election")});
  EXPECT_NE(CompareText(result).find("none of the figures happened"), std::string::npos);
}

TEST(CompareTest, TheSameTwiceIsIdenticalInEveryPair) {
  const Comparison result = Compare(Pairs(0, 0, 9), {Figure("promoted"), Figure("election")});
  ASSERT_EQ(result.figures.size(), 1u);  // elections happened nowhere
  EXPECT_NE(CompareText(result).find("every pair is identical in every figure"), std::string::npos);
}

TEST(CompareTest, WhatHappenedInOneRunOnlyIsCountedAndSaid) {
  std::vector<RunPair> pairs = Pairs(-400'000, 0, 10);
  pairs[0].b.clear();
  pairs[1].a.clear();
  pairs[2].a.clear();
  const Comparison result = Compare(pairs, {Figure("promoted")});
  const FigureComparison& one = result.figures.front();
  EXPECT_EQ(one.pairs, 7u);
  EXPECT_EQ(one.only_a, 1u);
  EXPECT_EQ(one.only_b, 2u);
  EXPECT_EQ(VerdictText(one),
            "B is 0.400 s faster, 0.400 to 0.400; in 1 pair it happened only in A; in 2 pairs it "
            "happened only in B");
  EXPECT_EQ(CompareJson(result)["figures"][0]["median_difference"], -400'000.0);
}

// One true difference among many figures needs a smaller p-value.
TEST(CompareTest, ManyFiguresAreCorrectedFor) {
  const std::vector<SweepFigure> many(8, Figure("promoted"));
  const std::vector<RunPair> pairs = Pairs(-400'000, 0, 7);  // p = 1/64
  EXPECT_TRUE(Compare(pairs, {Figure("promoted")}).figures.front().shown());
  EXPECT_FALSE(Compare(pairs, many).figures.front().shown());
}

TEST(CompareTest, RunsThatDidNotPassAreCounted) {
  const FigureValues values = {{"promoted_us", 10}};
  std::string error;
  const auto figure = ResolveFigure("promoted", {"promoted_us"}, &error);
  ASSERT_TRUE(figure);
  const std::vector<RunPair> pairs = {{values, values, "pass", "fail"},
                                      {values, values, "inconclusive", "fail"}};
  const Comparison comparison = Compare(pairs, {*figure});
  EXPECT_EQ(comparison.not_passed_a.inconclusive, 1u);
  EXPECT_EQ(comparison.not_passed_b.failed, 2u);
  EXPECT_NE(CompareText(comparison).find("; of A 1 inconclusive; of B 2 runs failed"),
            std::string::npos)
      << CompareText(comparison);
}

TEST(PairCellsTest, SeedsAndOtherAxesMustBeEqual) {
  SweepResults results;
  results.axes = {"size", "knob"};
  const auto add = [&](const char* size, const char* knob, uint64_t seed, int64_t value) {
    results.runs.push_back({{{"size", size}, {"knob", knob}}, seed, {{"promoted_us", value}}});
  };
  add("6", "a", 1, 10);
  add("6", "b", 1, 11);
  add("9", "a", 1, 20);
  add("9", "b", 2, 21);
  add("9", "c", 1, 99);
  size_t unpaired = 0;
  const auto pairs = PairCells({results, {{"knob", "a"}}}, {results, {{"knob", "b"}}}, &unpaired);
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].a.at("promoted_us"), 10);
  EXPECT_EQ(pairs[0].b.at("promoted_us"), 11);
  EXPECT_EQ(unpaired, 2u);
}

TEST(PairCellsTest, TwoFilesMayNameTheirAxesInAnyOrder) {
  const SweepRun one{{{"size", "6"}, {"knob", "a"}}, 1, {{"promoted_us", 10}}};
  const SweepRun same{{{"knob", "a"}, {"size", "6"}}, 1, {{"promoted_us", 12}}};
  const SweepRun other{{{"knob", "b"}, {"size", "6"}}, 1, {{"promoted_us", 13}}};
  SweepResults before;
  before.runs = {one};
  SweepResults after;
  after.runs = {other, same};
  size_t unpaired = 0;
  const auto pairs = PairCells({before, {}}, {after, {}}, &unpaired);
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].a.at("promoted_us"), 10);
  EXPECT_EQ(pairs[0].b.at("promoted_us"), 12);
  EXPECT_EQ(unpaired, 1u);
}

}  // namespace
}  // namespace gossamer::tool
