// Pictures of sweeps: what stands in them, and that no text lies on another.
#include "tools/sweep/plot.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tools/sweep/label_layout.h"
#include "tools/sweep/plot_svg.h"

namespace gossamer::tool {
namespace {

class PlotTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ifstream in("tests/tools/sweep/data/results.jsonl");
    std::stringstream text;
    text << in.rdbuf();
    std::string error;
    auto results = ParseResults(text.str(), "results.jsonl", &error);
    ASSERT_TRUE(results.has_value()) << error;
    results_ = *std::move(results);
    request_.x = "bytes_per_s_node";
    request_.y = "covered-first_pfail";
  }
  std::string ErrorOf() const {
    std::string error;
    EXPECT_FALSE(MakePlot(results_, request_, &error).has_value());
    return error;
  }
  Plot Make() const {
    std::string error;
    auto plot = MakePlot(results_, request_, &error);
    EXPECT_TRUE(plot.has_value()) << error;
    return plot ? *std::move(plot) : Plot();
  }

  SweepResults results_;
  PlotRequest request_;
};

TEST_F(PlotTest, AScatterHasMediansAndTheParetoFront) {
  request_.panel = "victims";
  request_.series = "knob";
  const Plot plot = Make();
  ASSERT_EQ(plot.panels.size(), 2u);
  EXPECT_EQ(plot.panels[0].label, "victims 1");
  const std::vector<PlotMark>& marks = plot.panels[0].series[0].marks;
  ASSERT_EQ(marks.size(), 3u);
  EXPECT_EQ(marks[1].label, "ring");
  EXPECT_NEAR(marks[1].y.middle, 1.53, 0.03);
  EXPECT_LE(marks[1].y.low, marks[1].y.middle);
  EXPECT_GE(marks[1].y.high, marks[1].y.middle);
  EXPECT_TRUE(marks[0].front);   // the least bytes
  EXPECT_TRUE(marks[1].front);   // the least time
  EXPECT_FALSE(marks[2].front);  // more of both
  EXPECT_EQ(marks[2].runs, 7u);
  EXPECT_EQ(plot.left_out, 2u);
}

TEST_F(PlotTest, PanelsWithNumbersStandInTheirOrder) {
  request_.panel = "victims";
  request_.series = "knob";
  std::reverse(results_.runs.begin(), results_.runs.end());
  const Plot plot = Make();
  ASSERT_EQ(plot.panels.size(), 2u);
  EXPECT_EQ(plot.panels[0].label, "victims 1");
}

TEST_F(PlotTest, AMarkMixesNoCells) {
  request_.series = "knob";
  EXPECT_NE(ErrorOf().find("axis 'victims' has 2 labels that one mark would mix"),
            std::string::npos);
  request_.where = {"victims=10"};
  EXPECT_EQ(Make().panels[0].series[0].marks.size(), 3u);
  request_.series.clear();
  request_.where.clear();
  EXPECT_EQ(Make().panels[0].series[0].marks[0].label, "1, default");
}

TEST_F(PlotTest, LinesRunOverANumericAxis) {
  request_.kind = PlotKind::kLines;
  request_.x = "victims";
  request_.series = "knob";
  const Plot plot = Make();
  ASSERT_EQ(plot.panels[0].series.size(), 3u);
  const PlotSeries& line = plot.panels[0].series[0];
  EXPECT_EQ(line.label, "default");
  EXPECT_DOUBLE_EQ(line.marks[0].x.middle, 1);
  EXPECT_DOUBLE_EQ(line.marks[1].x.middle, 10);
  EXPECT_NEAR(line.marks[1].y.middle, 4.03, 0.03);
  request_.x = "knob";
  request_.series = "victims";
  EXPECT_EQ(ErrorOf(), "--x: label 'default' of axis 'knob' is no number, duration, share or rate");
}

TEST_F(PlotTest, LabelsMayHaveUnits) {
  request_.kind = PlotKind::kLines;
  request_.x = "victims";
  request_.series = "knob";
  const auto relabel = [&](const std::string& one, const std::string& other) {
    for (size_t i = 0; i < results_.runs.size(); ++i) {
      for (auto& [axis, label] : results_.runs[i].cell) {
        if (axis == "victims") label = i % 2 == 0 ? one : other;
      }
    }
  };
  relabel("500ms", "15s");
  const Plot plot = Make();
  EXPECT_EQ(plot.x_title, "victims, s");
  for (const PlotMark& mark : plot.panels[0].series[0].marks) {
    EXPECT_TRUE(mark.x.middle == 0.5 || mark.x.middle == 15) << mark.x.middle;
  }
  relabel("0.05", "5%");
  const Plot shares = Make();
  EXPECT_EQ(shares.x_title, "victims, %");
  for (const PlotMark& mark : shares.panels[0].series[0].marks) EXPECT_DOUBLE_EQ(mark.x.middle, 5);
  relabel("0", "5s");
  EXPECT_EQ(Make().x_title, "victims, s");
  relabel("5%", "5s");
  EXPECT_EQ(ErrorOf(), "--x: the labels of axis 'victims' have different units");
}

TEST_F(PlotTest, MarksThatLackRunsAreNamed) {
  request_.panel = "victims";
  request_.series = "knob";
  const std::vector<std::string> before = Make().gaps;
  for (SweepRun& run : results_.runs) {
    if (*run.LabelOf("knob") == "ring" && *run.LabelOf("victims") == "1") run.figures.clear();
  }
  const Plot plot = Make();
  ASSERT_EQ(plot.gaps.size(), before.size() + 1);
  EXPECT_EQ(plot.gaps.front(), "8 of 8 runs of ring, victims 1");
  EXPECT_EQ(plot.panels[0].series[0].marks.size(), 2u);
}

TEST_F(PlotTest, UnknownNamesAreErrors) {
  request_.panel = "victim";
  EXPECT_EQ(ErrorOf(), "--panel: unknown axis 'victim'; did you mean 'victims'?");
  request_.panel.clear();
  request_.y = "coverd";
  EXPECT_NE(ErrorOf().find("--y: unknown figure 'coverd'"), std::string::npos);
}

TEST_F(PlotTest, ThePictureNamesEveryMarkAndItsCommand) {
  request_.panel = "victims";
  request_.series = "knob";
  request_.command = "gossamer-sim plot results.jsonl --where 'a<b'";
  const std::string svg = PlotSvg(Make());
  for (const char* part : {">ring</text>", ">victims 10</text>", "class=\"front\"", "a&lt;b",
                           "class=\"page\"", "2 runs without a figure left out"}) {
    EXPECT_NE(svg.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(svg, PlotSvg(Make()));
}

TEST_F(PlotTest, MeasuredPointsAreDrawnBesideLines) {
  request_.kind = PlotKind::kLines;
  request_.x = "victims";
  Plot plot = Make();
  const std::string without = PlotSvg(plot);
  std::string error;
  plot.points = *ParsePoints("victims,s\n# measured\n1,2.1\n\n10, 4.4\r\n", "p.csv", &error);
  ASSERT_EQ(plot.points.size(), 2u);
  EXPECT_EQ(without.find("class=\"measured\""), std::string::npos);
  EXPECT_NE(PlotSvg(plot).find("class=\"measured\""), std::string::npos);
}

TEST(PointsTest, AWrongLineIsNamed) {
  std::string error;
  EXPECT_FALSE(ParsePoints("x,y\n1,2\n3;4\n", "p.csv", &error).has_value());
  EXPECT_EQ(error, "p.csv:3: no point, expected x,y");
  EXPECT_FALSE(ParsePoints("1,nan\n", "p.csv", &error).has_value());
}

TEST(LabelLayoutTest, CrowdedLabelsDoNotLieOnEachOtherOrOnMarks) {
  std::vector<Anchor> anchors;
  for (int i = 0; i < 12; ++i) {
    anchors.push_back({200.0 + i % 4 * 9, 200.0 + i / 4 * 9, "a knob " + std::to_string(i)});
  }
  const Box frame = {0, 0, 400, 400};
  const std::vector<Box> boxes = PlaceLabels(anchors, {}, frame);
  for (size_t i = 0; i < boxes.size(); ++i) {
    EXPECT_GE(boxes[i].left, frame.left);
    EXPECT_LE(boxes[i].right, frame.right);
    for (size_t j = 0; j < boxes.size(); ++j) {
      if (j < i) {
        EXPECT_DOUBLE_EQ(boxes[i].Overlap(boxes[j]), 0);
      }
      const Box mark = {anchors[j].x - 4, anchors[j].y - 4, anchors[j].x + 4, anchors[j].y + 4};
      EXPECT_DOUBLE_EQ(boxes[i].Overlap(mark), 0);
    }
  }
}

}  // namespace
}  // namespace gossamer::tool
