#include "tools/sweep/plot.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "core/base/rng.h"
#include "core/base/strings.h"
#include "sim/report/statistics.h"
#include "sim/report/text_format.h"
#include "sim/scenario/units.h"

namespace gossamer::tool {
namespace {

constexpr size_t kDraws = 2000;
constexpr size_t kMostPanels = 4;
constexpr size_t kMostMarks = 60;
constexpr size_t kMostPoints = 10000;
constexpr double kMostNumber = 1e9;
constexpr char kDigits[] = "0123456789";

std::optional<double> ParseNumber(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && std::string_view(" \t\r").find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(std::abs(value) <= kMostNumber)) return std::nullopt;
  return value;
}

// A label as a place on an axis: "100", "15s", "5%" or "100Mbit".
struct AxisValue {
  double number = 0;
  std::string_view unit;
};

std::optional<AxisValue> ParseLabel(std::string_view label) {
  if (const auto number = ParseNumber(label)) return AxisValue{*number, ""};
  if (label.ends_with("%")) {
    const auto number = ParseNumber(label.substr(0, label.size() - 1));
    if (number) return AxisValue{*number, "%"};
  }
  if (const auto duration = sim::ParseDuration(label); duration.ok()) {
    return AxisValue{static_cast<double>(duration.value().us) / 1e6, "s"};
  }
  if (const auto rate = sim::ParseRate(label); rate.ok()) {
    return AxisValue{static_cast<double>(rate.value()) / 1e6, "MB/s"};
  }
  return std::nullopt;
}

struct Cell {
  std::string label;
  std::vector<int64_t> x;
  std::vector<int64_t> y;
  size_t left_out = 0;  // runs in which a figure did not happen
};

Spread WithInterval(std::vector<int64_t> values) {
  Rng rng(1, "plot");
  const sim::MedianInterval interval = sim::BootstrapMedian(values, kDraws, &rng);
  std::sort(values.begin(), values.end());
  return {static_cast<double>(sim::TwiceMedian(values)) / 2 / kMillionthsPerUnit,
          interval.low / kMillionthsPerUnit, interval.high / kMillionthsPerUnit};
}

Spread WithPercentiles(std::vector<int64_t> values) {
  std::sort(values.begin(), values.end());
  return {static_cast<double>(sim::TwiceMedian(values)) / 2 / kMillionthsPerUnit,
          static_cast<double>(sim::QuantileOf(values, 50)) / kMillionthsPerUnit,
          static_cast<double>(sim::QuantileOf(values, 950)) / kMillionthsPerUnit};
}

void MarkFront(std::vector<PlotMark>* marks) {
  for (PlotMark& mark : *marks) {
    mark.front = std::none_of(marks->begin(), marks->end(), [&](const PlotMark& other) {
      return other.x.middle <= mark.x.middle && other.y.middle <= mark.y.middle &&
             (other.x.middle < mark.x.middle || other.y.middle < mark.y.middle);
    });
  }
}

std::string AxisError(const SweepResults& results, const char* option, const std::string& axis) {
  if (std::find(results.axes.begin(), results.axes.end(), axis) != results.axes.end()) return "";
  return std::string(option) + ": unknown axis '" + axis + "'" + NearestOf(axis, results.axes);
}

class Maker {
 public:
  Maker(const SweepResults& results, const PlotRequest& request)
      : results_(results), request_(request) {}

  // The error, or empty.
  std::string Make(Plot* plot) {
    for (const auto& step : {&Maker::Read, &Maker::Choose, &Maker::CheckAxes, &Maker::ReadAxis}) {
      if (std::string error = (this->*step)(); !error.empty()) return error;
    }
    std::string error = Fill(plot);
    if (!error.empty()) return error;
    plot->kind = request_.kind;
    plot->trace = request_.trace;
    plot->command = request_.command;
    plot->y_unit = y_.UnitText();
    plot->y_title = TitleOf(y_);
    plot->x_title = lines() ? AxisTitle() : TitleOf(x_);
    plot->title = results_.sweep;
    for (const auto& [axis, label] : filter_) plot->title += ", " + axis + " " + label;
    return "";
  }

 private:
  bool lines() const { return request_.kind == PlotKind::kLines; }

  static std::string TitleOf(const SweepFigure& figure) {
    const std::string unit = figure.UnitText();
    return unit.empty() ? figure.Title() : figure.Title() + ", " + unit;
  }

  std::string AxisTitle() const {
    return x_unit_.empty() ? request_.x : request_.x + ", " + x_unit_;
  }

  std::string Read() {
    std::string error;
    const auto figure = [&](const char* option, const std::string& text, SweepFigure* out) {
      const auto parsed = ResolveFigure(text, results_.figures, &error);
      if (!parsed) return std::string(option) + ": " + error;
      *out = *parsed;
      return std::string();
    };
    if (lines()) {
      error = AxisError(results_, "--x", request_.x);
    } else {
      error = figure("--x", request_.x, &x_);
      const bool axis = AxisError(results_, "--x", request_.x).empty();
      if (!error.empty() && axis) {
        error = "--x: '" + request_.x + "' is an axis, expected a figure; or add --as lines";
      }
    }
    if (!error.empty()) return error;
    return figure("--y", request_.y, &y_);
  }

  std::string Choose() {
    for (const std::string& text : request_.where) {
      const std::string error = AddToFilter(text, results_, &filter_);
      if (!error.empty()) return "--where: " + error;
    }
    for (const SweepRun& run : results_.runs) {
      if (Matches(run, filter_)) runs_.push_back(&run);
    }
    return runs_.empty() ? "--where: no run has all of these labels" : "";
  }

  // Which axes tell one mark from another.
  std::string CheckAxes() {
    for (const auto& [option, axis] :
         {std::pair{"--panel", &request_.panel}, std::pair{"--series", &request_.series}}) {
      if (axis->empty()) continue;
      if (std::string error = AxisError(results_, option, *axis); !error.empty()) return error;
    }
    for (const std::string& axis : results_.axes) {
      if (axis == request_.panel || (lines() && axis == request_.x)) continue;
      std::set<std::string> labels;
      for (const SweepRun* run : runs_) {
        const std::string* label = run->LabelOf(axis);
        labels.insert(label != nullptr ? *label : "");
      }
      if (labels.size() < 2 && axis != request_.series) continue;
      if (!request_.series.empty() && axis != request_.series) {
        return "axis '" + axis + "' has " + std::to_string(labels.size()) +
               " labels that one mark would mix: choose one with --where " + axis +
               "=LABEL, or make it --panel or --series";
      }
      series_.push_back(axis);
    }
    return "";
  }

  // Of lines: the unit that the labels of the axis have. A bare 0 has any, a bare share is a ratio.
  std::string ReadAxis() {
    if (!lines()) return "";
    std::map<std::string, AxisValue> places;
    for (const SweepRun* run : runs_) {
      const std::string label = LabelOr(*run, request_.x);
      if (places.count(label) != 0) continue;
      const auto place = ParseLabel(label);
      if (!place) {
        return "--x: label '" + label + "' of axis '" + request_.x +
               "' is no number, duration, share or rate";
      }
      places[label] = *place;
      if (x_unit_.empty()) x_unit_ = place->unit;
    }
    for (const auto& [label, place] : places) {
      const bool bare = place.unit.empty();
      const bool ratio = bare && x_unit_ == "%" && std::abs(place.number) <= 1;
      if (place.unit != x_unit_ && !(bare && place.number == 0) && !ratio) {
        return "--x: the labels of axis '" + request_.x + "' have different units";
      }
      places_[label] = ratio ? place.number * 100 : place.number;
    }
    return "";
  }

  static std::string LabelOr(const SweepRun& run, const std::string& axis) {
    const std::string* label = axis.empty() ? nullptr : run.LabelOf(axis);
    return label != nullptr ? *label : "";
  }

  std::string SeriesLabel(const SweepRun& run) const {
    std::string out;
    for (const std::string& axis : series_) {
      const std::string label = LabelOr(run, axis);
      out += (out.empty() ? "" : ", ") + label;
    }
    return out;
  }

  template <typename T>
  static T& Named(const std::string& label, std::vector<T>* all) {
    const auto found =
        std::find_if(all->begin(), all->end(), [&](const T& one) { return one.label == label; });
    if (found != all->end()) return *found;
    T& added = all->emplace_back();
    added.label = label;
    return added;
  }

  struct Line {
    std::string label;
    std::vector<Cell> cells;
  };
  struct Panel {
    std::string label;
    std::vector<Line> lines;
  };

  // Runs stand in the results as they were made. Where every label has a number, that is a better
  // order: n100 before n2000.
  static void SortByNumber(std::vector<Panel>* panels) {
    const auto number = [](const Panel& panel) {
      const std::string_view label = panel.label;
      return ParseNumber(label.substr(std::min(label.find_first_of(kDigits), label.size())));
    };
    if (!std::all_of(panels->begin(), panels->end(), number)) return;
    std::stable_sort(panels->begin(), panels->end(),
                     [&](const Panel& a, const Panel& b) { return *number(a) < *number(b); });
  }

  std::string Fill(Plot* plot) {
    std::vector<Panel> panels;
    for (const SweepRun* run : runs_) {
      const auto y = y_.ValueIn(run->figures);
      const auto x = lines() ? std::optional<int64_t>(0) : x_.ValueIn(run->figures);
      const std::string series = SeriesLabel(*run);
      Panel& panel = Named(LabelOr(*run, request_.panel), &panels);
      Line& line = Named(lines() ? series : "", &panel.lines);
      Cell& cell = Named(lines() ? LabelOr(*run, request_.x) : series, &line.cells);
      if (!x || !y) {
        ++cell.left_out;
        ++plot->left_out;
        continue;
      }
      cell.x.push_back(*x);
      cell.y.push_back(*y);
    }
    if (plot->left_out == runs_.size()) return "no run has both figures";
    if (panels.size() > kMostPanels) {
      return "--panel: " + std::to_string(panels.size()) + " panels, expected at most " +
             std::to_string(kMostPanels) + "; choose with --where";
    }
    SortByNumber(&panels);
    for (const Panel& panel : panels) {
      PlotPanel& drawn = plot->panels.emplace_back();
      if (!request_.panel.empty()) drawn.label = request_.panel + " " + panel.label;
      for (const Line& line : panel.lines) {
        if (std::string error = AddSeries(line, plot, &drawn); !error.empty()) return error;
        if (drawn.series.back().marks.empty()) drawn.series.pop_back();
      }
      if (drawn.series.empty()) plot->panels.pop_back();
    }
    return "";
  }

  std::string GapText(const Line& line, const Cell& cell, const PlotPanel& panel) const {
    std::string where = lines() ? request_.x + " " + cell.label : cell.label;
    for (const std::string& part : {line.label, panel.label}) {
      if (!part.empty()) where += (where.empty() ? "" : ", ") + part;
    }
    return std::to_string(cell.left_out) + " of " +
           sim::Plural(cell.left_out + cell.y.size(), "run") +
           (where.empty() ? "" : " of " + where);
  }

  std::string AddSeries(const Line& line, Plot* plot, PlotPanel* panel) const {
    PlotSeries& series = panel->series.emplace_back();
    series.label = line.label;
    if (line.cells.size() > kMostMarks) return "more than 60 marks; choose with --where";
    for (const Cell& cell : line.cells) {
      if (cell.left_out > 0) plot->gaps.push_back(GapText(line, cell, *panel));
      if (cell.y.empty()) continue;
      PlotMark& mark = series.marks.emplace_back();
      mark.runs = cell.y.size();
      if (!lines()) {
        mark.label = cell.label;
        mark.x = WithInterval(cell.x);
        mark.y = WithInterval(cell.y);
        continue;
      }
      const double place = places_.at(cell.label);
      mark.x = {place, place, place};
      mark.y = WithPercentiles(cell.y);
    }
    if (lines()) {
      std::sort(series.marks.begin(), series.marks.end(),
                [](const PlotMark& a, const PlotMark& b) { return a.x.middle < b.x.middle; });
    } else {
      MarkFront(&series.marks);
    }
    return "";
  }

  const SweepResults& results_;
  const PlotRequest& request_;
  SweepFigure x_;
  SweepFigure y_;
  CellFilter filter_;
  std::string x_unit_;                    // of lines
  std::map<std::string, double> places_;  // of lines, by label
  std::vector<const SweepRun*> runs_;
  std::vector<std::string> series_;  // axes
};

}  // namespace

std::optional<Plot> MakePlot(const SweepResults& results, const PlotRequest& request,
                             std::string* error) {
  Plot plot;
  *error = Maker(results, request).Make(&plot);
  if (!error->empty()) return std::nullopt;
  return plot;
}

std::optional<std::vector<std::pair<double, double>>> ParsePoints(std::string_view text,
                                                                  std::string_view path,
                                                                  std::string* error) {
  std::vector<std::pair<double, double>> points;
  bool head = true;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos || line[begin] == '#') continue;
    const size_t comma = line.find(',');
    const auto x = ParseNumber(line.substr(0, comma));
    const auto y =
        comma == std::string_view::npos ? std::nullopt : ParseNumber(line.substr(comma + 1));
    const bool words = !x && !y;
    if (std::exchange(head, false) && words) continue;
    if (!x || !y || points.size() == kMostPoints) {
      *error = std::string(path) + ":" + std::to_string(number) + ": no point, expected x,y";
      return std::nullopt;
    }
    points.emplace_back(*x, *y);
  }
  return points;
}

}  // namespace gossamer::tool
