// Lines of results as they are read, and names of figures.
#include "tools/sweep/results.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tools/sweep/figures.h"
#include "tools/sweep/run_figures.h"

namespace gossamer::tool {
namespace {

std::string Line(const std::string& figures, const std::string& seed = "3") {
  return R"({"schema_version":1,"sweep":"s","cell":{"size":"6","knob":"a"},"seed":)" + seed +
         R"(,"figures":{)" + figures + "}}\n";
}

std::string ErrorOf(const std::string& text) {
  std::string error;
  EXPECT_FALSE(ParseResults(text, "r.jsonl", &error).has_value());
  return error;
}

TEST(ResultsTest, KeepsCellsSeedsAndFiguresInMillionths) {
  std::string error;
  const auto results = ParseResults(
      Line(R"("promoted_us":2500000,"bytes_per_s_node":12.5,"first_fail_us":null,"new":[1])"),
      "r.jsonl", &error);
  ASSERT_TRUE(results.has_value()) << error;
  ASSERT_EQ(results->runs.size(), 1u);
  const SweepRun& run = results->runs.front();
  EXPECT_EQ(run.seed, 3u);
  EXPECT_EQ(*run.LabelOf("knob"), "a");
  EXPECT_EQ(run.LabelOf("other"), nullptr);
  EXPECT_EQ(run.figures.at("promoted_us"), 2500000);
  EXPECT_EQ(run.figures.at("bytes_per_s_node"), 12500000);
  EXPECT_EQ(run.figures.count("first_fail_us"), 0u);
  EXPECT_EQ(results->figures.size(), 3u);
  EXPECT_FALSE(results->torn);
}

TEST(ResultsTest, PassesOverALastLineThatWasCutOff) {
  std::string error;
  const auto results = ParseResults(Line("") + Line("").substr(0, 40), "r.jsonl", &error);
  ASSERT_TRUE(results.has_value()) << error;
  EXPECT_TRUE(results->torn);
  EXPECT_EQ(results->runs.size(), 1u);
}

TEST(ResultsTest, OfARunThatStandsTwiceTheFirstCounts) {
  const std::string line =
      R"({"schema_version":1,"sweep":"s","cell":{"a":"1"},"seed":3,"figures":{"covered_us":7}})";
  std::string again = line;
  again.replace(again.find(":7}"), 3, ":9}");
  std::string error;
  const auto results = ParseResults(line + "\n" + again + "\n", "f", &error);
  ASSERT_TRUE(results) << error;
  ASSERT_EQ(results->runs.size(), 1u);
  EXPECT_EQ(results->runs[0].figures.at("covered_us"), 7);
}

TEST(ResultsTest, RunsStandByCellAndSeedHoweverTheyEnded) {
  const auto line = [](const char* label, int index, int seed) {
    return R"({"schema_version":1,"sweep":"s","cell":{"a":")" + std::string(label) +
           R"("},"cell_index":)" + std::to_string(index) + R"(,"seed":)" + std::to_string(seed) +
           R"(,"figures":{}})" + "\n";
  };
  std::string error;
  const auto results = ParseResults(
      line("late", 1, 2) + line("late", 1, 1) + line("early", 0, 2) + line("early", 0, 1), "f",
      &error);
  ASSERT_TRUE(results) << error;
  EXPECT_EQ(results->LabelsOf("a"), (std::vector<std::string>{"early", "late"}));
  EXPECT_EQ(results->runs[0].seed, 1u);
  EXPECT_EQ(results->runs[3].seed, 2u);
  const auto mixed = ParseResults(line("late", 1, 2) + Line(""), "f", &error);
  ASSERT_TRUE(mixed) << error;
  EXPECT_EQ(*mixed->runs[0].LabelOf("a"), "late");
  EXPECT_NE(ErrorOf(R"({"schema_version":1,"cell":{},"cell_index":-1,"seed":1,"figures":{}})")
                .find("'cell_index'"),
            std::string::npos);
}

TEST(ResultsTest, NamesTheLineThatIsWrong) {
  EXPECT_EQ(ErrorOf(Line("") + "{\"seed\":\n" + Line("")).rfind("r.jsonl:2: no JSON", 0), 0u);
  EXPECT_EQ(ErrorOf("[]\n").rfind("r.jsonl:1: no object", 0), 0u);
  EXPECT_EQ(ErrorOf("{\"schema_version\":2}\n").rfind("r.jsonl:1: unknown schema_version", 0), 0u);
  EXPECT_EQ(ErrorOf(Line("", "-1")).rfind("r.jsonl:1: 'seed'", 0), 0u);
  EXPECT_EQ(ErrorOf(Line("\"x\":1e300")), "r.jsonl:1: figure 'x' is out of range");
  EXPECT_EQ(ErrorOf("").rfind("r.jsonl: holds no run", 0), 0u);
}

TEST(ResultsTest, FiltersNameTheNearestLabel) {
  std::string error;
  const auto results = ParseResults(Line(""), "r.jsonl", &error);
  CellFilter filter;
  EXPECT_EQ(AddToFilter("size=6", *results, &filter), "");
  EXPECT_TRUE(Matches(results->runs.front(), filter));
  EXPECT_EQ(AddToFilter("knop=a", *results, &filter), "unknown axis 'knop'; did you mean 'knob'?");
  EXPECT_EQ(AddToFilter("size=700", *results, &filter),
            "axis 'size' has no label '700'; expected one of 6");
  EXPECT_EQ(AddToFilter("size", *results, &filter), "'size' is no cell, expected AXIS=LABEL");
  EXPECT_EQ(AddToFilter("", *results, &filter), "'' is no cell, expected AXIS=LABEL");
  CellFilter both;
  EXPECT_EQ(AddToFilter("size=6,knob=a", *results, &both), "");
  EXPECT_EQ(both.size(), 2u);
}

TEST(FiguresTest, ADifferenceNeedsBothParts) {
  std::string error;
  const auto figure = ResolveFigure("covered-first_pfail", FigureKeys(), &error);
  ASSERT_TRUE(figure.has_value()) << error;
  EXPECT_EQ(figure->ValueIn({{"covered_us", 30}, {"first_pfail_us", 12}}), 18);
  EXPECT_EQ(figure->ValueIn({{"covered_us", 30}}), std::nullopt);
  EXPECT_EQ(figure->UnitText(), "s");
  EXPECT_EQ(ResolveFigure("covered_us-first_pfail_us", FigureKeys(), &error)->text, figure->text);
}

TEST(FiguresTest, ErrorsNameTheNearest) {
  std::string error;
  EXPECT_FALSE(ResolveFigure("promotd", FigureKeys(), &error).has_value());
  EXPECT_EQ(error, "unknown figure 'promotd'; did you mean 'promoted'?");
  EXPECT_FALSE(ResolveFigure("promoted-elections", FigureKeys(), &error).has_value());
  EXPECT_NE(error.find("two units"), std::string::npos);
}

}  // namespace
}  // namespace gossamer::tool
