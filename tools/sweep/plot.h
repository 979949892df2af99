// The picture of a sweep as data: which points and lines stand in which panel.
//
// A scatter has one mark a label of the series axis: medians of two figures over the runs of that
// cell, with bootstrap intervals of 95 %. Lines have a figure over a numeric axis: the median and
// the 5th and 95th percentile of the runs. Only runs in which both figures happened count. Lengths
// are in the units that are shown. Thread safety: values, pure functions.
#ifndef GOSSAMER_TOOLS_SWEEP_PLOT_H_
#define GOSSAMER_TOOLS_SWEEP_PLOT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/sweep/figures.h"
#include "tools/sweep/results.h"

namespace gossamer::tool {

enum class PlotKind { kScatter, kLines };

struct Spread {
  double middle = 0;
  double low = 0;
  double high = 0;
};

struct PlotMark {
  std::string label;  // empty in lines
  Spread x;           // in lines without a spread
  Spread y;
  size_t runs = 0;
  bool front = false;  // no other mark of the panel is less in one figure and not more in the other
};

struct PlotSeries {
  std::string label;  // of lines; a scatter's panel has one series
  std::vector<PlotMark> marks;
};

struct PlotPanel {
  std::string label;  // "size 100"; empty: the only one
  std::vector<PlotSeries> series;
};

struct Plot {
  PlotKind kind = PlotKind::kScatter;
  std::string title;
  std::string x_title;
  std::string y_title;
  std::string y_unit;
  std::vector<PlotPanel> panels;
  bool trace = false;  // joins the marks in their order
  std::vector<std::pair<double, double>> points;
  std::string points_label;
  std::string command;            // the footer
  size_t left_out = 0;            // runs in which a figure did not happen
  std::vector<std::string> gaps;  // the marks that lack them: "10 of 12 runs of victims 250"
};

struct PlotRequest {
  PlotKind kind = PlotKind::kScatter;
  std::string x;  // a figure; of lines an axis
  std::string y;
  std::string panel;   // an axis, or empty
  std::string series;  // an axis; empty: all others
  std::vector<std::string> where;
  bool trace = false;
  std::string command;
};

// Nothing, with *error set, when the results have no such axis, figure or label, or none that fits.
std::optional<Plot> MakePlot(const SweepResults& results, const PlotRequest& request,
                             std::string* error);

// Reads "x,y" a line; a head of words, empty lines and lines after '#' are passed over. Nothing,
// with *error set to "path:line: …", when another line is no pair of numbers.
std::optional<std::vector<std::pair<double, double>>> ParsePoints(std::string_view text,
                                                                  std::string_view path,
                                                                  std::string* error);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_SWEEP_PLOT_H_
