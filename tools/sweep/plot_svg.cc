#include "tools/sweep/plot_svg.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string_view>

#include "sim/report/svg.h"
#include "sim/report/text_format.h"
#include "tools/sweep/label_layout.h"

namespace gossamer::tool {
namespace {

constexpr int64_t kHeight = 548;
constexpr double kLeft = 66;
constexpr double kRight = 16;
constexpr double kGap = 30;
constexpr double kTop = 84;
constexpr double kBottom = 440;
constexpr double kLogSpan = 20;
constexpr size_t kSeriesColours = 6;
constexpr size_t kFooterColumns = 150;

// On white whatever the page: pictures in a page do not see its colours.
constexpr std::string_view kStyle = R"(
text { fill: #1b2330; font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
text.head { font-size: 15px; font-weight: 600; } text.panel { font-weight: 600; }
text.tick, text.note { fill: #566173; font-size: 11px; } text.foot { fill: #566173; font: 10px ui-monospace, monospace; }
text.end { text-anchor: end; } text.mid { text-anchor: middle; }
.page { fill: #ffffff; } .frame { fill: none; stroke: #8a94a3; } .grid { stroke: #e3e8ee; fill: none; }
.bar { stroke: #8a94a3; stroke-width: 1.2; fill: none; } .lead { stroke: #8a94a3; stroke-width: 0.7; fill: none; }
.bar.best { stroke: #2f66ad; }
.front { stroke: #2f66ad; stroke-width: 1; fill: none; }
.trace { stroke: #8a94a3; stroke-width: 1; stroke-dasharray: 3 3; fill: none; }
circle.best { fill: #2f66ad; stroke: #ffffff; } circle.other { fill: #ffffff; stroke: #566173; stroke-width: 1.6; }
.c0 { --c: #2f66ad; } .c1 { --c: #a8690c; } .c2 { --c: #7548b8; } .c3 { --c: #1f7a4c; } .c4 { --c: #566173; } .c5 { --c: #0f7c8a; }
.curve { stroke: var(--c); stroke-width: 2; fill: none; } .band { fill: var(--c); opacity: 0.16; }
circle.dot { fill: var(--c); } .measured { stroke: #b3261e; stroke-width: 1.8; fill: none; }
)";

int64_t Tenths(double pixels) { return std::llround(pixels * 10); }

// "0.25", "50 k", "2 M".
std::string NumberText(double value) {
  const char* suffix = "";
  if (std::abs(value) >= 1e6) {
    value /= 1e6;
    suffix = " M";
  } else if (std::abs(value) >= 1e4) {
    value /= 1e3;
    suffix = " k";
  }
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g%s", value, suffix);
  return text;
}

// Maps values to pixels.
class Axis {
 public:
  // Takes `from` to `to` and some room beside. `may_log`: logarithmic when they span a lot.
  Axis(double from, double to, double begin, double end, bool may_log) : begin_(begin), end_(end) {
    log_ = may_log && from > 0 && to / from > kLogSpan;
    const double low = log_ ? std::log10(from) : from;
    const double high = log_ ? std::log10(to) : to;
    double room = (high - low) * 0.08;
    if (room <= 0) room = std::max(std::abs(high) * 0.1, 0.5);
    from_ = low - room;
    to_ = high + room;
    if (!log_ && from >= 0) from_ = std::max(from_, 0.0);
  }

  double At(double value) const {
    const double place = log_ ? std::log10(value) : value;
    return begin_ + (place - from_) / (to_ - from_) * (end_ - begin_);
  }

  std::vector<double> Ticks() const { return log_ ? LogTicks() : EvenTicks(); }
  bool log() const { return log_; }

 private:
  std::vector<double> EvenTicks() const {
    const double span = std::abs(end_ - begin_);
    const double least = (to_ - from_) / std::max(2.0, span / 55);
    const double power = std::pow(10, std::floor(std::log10(least)));
    double step = power * 10;
    for (const double factor : {5.0, 2.0, 1.0}) {
      if (power * factor >= least) step = power * factor;
    }
    std::vector<double> ticks;
    for (double at = std::ceil(from_ / step); at * step <= to_ && ticks.size() < 40; ++at) {
      ticks.push_back(at * step);
    }
    return ticks;
  }

  std::vector<double> LogTicks() const {
    std::vector<double> ticks;
    const bool wide = to_ - from_ > 3.5;
    for (int power = static_cast<int>(std::floor(from_)); power <= to_; ++power) {
      for (const double factor : {1.0, 2.0, 5.0}) {
        const double value = factor * std::pow(10, power);
        if (wide && factor != 1) continue;
        if (std::log10(value) >= from_ && std::log10(value) <= to_) ticks.push_back(value);
      }
    }
    return ticks;
  }

  double from_ = 0;
  double to_ = 1;
  double begin_;
  double end_;
  bool log_ = false;
};

struct Range {
  double from = std::numeric_limits<double>::max();
  double to = std::numeric_limits<double>::lowest();

  void Take(double value) {
    from = std::min(from, value);
    to = std::max(to, value);
  }
  void Take(const Spread& spread) {
    Take(spread.low);
    Take(spread.high);
    Take(spread.middle);
  }
};

std::string Point(double x, double y) { return sim::Px(Tenths(x)) + " " + sim::Px(Tenths(y)); }

class Picture {
 public:
  explicit Picture(const Plot& plot)
      : plot_(plot), svg_("plot", kHeight, plot.title, Description()), y_(YAxis()) {}

  std::string Draw() {
    svg_.Style(kStyle);
    svg_.Rect("page", 0, 0, sim::kFigureWidth * 10, kHeight * 10);
    svg_.Text("head", 160, 240, plot_.title);
    svg_.Text("note", 160, 460, "y: " + plot_.y_title);
    const auto panels = static_cast<double>(plot_.panels.size());
    const double width =
        (static_cast<double>(sim::kFigureWidth) - kLeft - kRight - kGap * (panels - 1)) / panels;
    double left = kLeft;
    for (const PlotPanel& panel : plot_.panels) {
      DrawPanel(panel, left, left + width);
      left += width + kGap;
    }
    DrawLegend();
    DrawFooter();
    return svg_.Take();
  }

 private:
  bool lines() const { return plot_.kind == PlotKind::kLines; }

  std::string Description() const {
    std::string out = plot_.y_title + " over " + plot_.x_title + ".";
    for (const PlotPanel& panel : plot_.panels) {
      for (const PlotSeries& series : panel.series) {
        for (const PlotMark& mark : series.marks) {
          out += " " + panel.label + (panel.label.empty() ? "" : ": ") + series.label + mark.label +
                 " x " + NumberText(mark.x.middle) + ", y " + NumberText(mark.y.middle) + ".";
        }
      }
    }
    return out;
  }

  Axis YAxis() const {
    Range range;
    for (const PlotPanel& panel : plot_.panels) {
      for (const PlotSeries& series : panel.series) {
        for (const PlotMark& mark : series.marks) range.Take(mark.y);
      }
    }
    for (const auto& [x, y] : plot_.points) range.Take(y);
    return Axis(range.from, range.to, kBottom, kTop, true);
  }

  Axis XAxis(const PlotPanel& panel, double left, double right) const {
    Range range;
    for (const PlotSeries& series : panel.series) {
      for (const PlotMark& mark : series.marks) range.Take(mark.x);
    }
    for (const auto& [x, y] : plot_.points) range.Take(x);
    return Axis(range.from, range.to, left, right, true);
  }

  // In two lines at most.
  void DrawFooter() {
    std::string rest = plot_.command;
    if (rest.size() > kFooterColumns) {
      const size_t blank = rest.rfind(' ', kFooterColumns);
      const size_t end = blank == std::string::npos ? kFooterColumns : blank;
      svg_.Text("foot", 160, (kHeight - 22) * 10, rest.substr(0, end));
      rest = "    " + rest.substr(end + (blank == std::string::npos ? 0 : 1));
    }
    svg_.Text("foot", 160, (kHeight - 9) * 10, sim::Clip(rest, kFooterColumns));
  }

  void DrawPanel(const PlotPanel& panel, double left, double right) {
    const Axis x = XAxis(panel, left, right);
    for (const double tick : x.Ticks()) {
      const int64_t at = Tenths(x.At(tick));
      svg_.Line("grid", at, Tenths(kTop), at, Tenths(kBottom));
      svg_.Text("tick mid", at, Tenths(kBottom + 15), NumberText(tick));
    }
    for (const double tick : y_.Ticks()) {
      const int64_t at = Tenths(y_.At(tick));
      svg_.Line("grid", Tenths(left), at, Tenths(right), at);
      if (left == kLeft) svg_.Text("tick end", Tenths(left - 6), at + 40, NumberText(tick));
    }
    svg_.Rect("frame", Tenths(left), Tenths(kTop), Tenths(right - left), Tenths(kBottom - kTop));
    const int64_t middle = Tenths((left + right) / 2);
    if (!panel.label.empty()) svg_.Text("panel mid", middle, Tenths(kTop - 9), panel.label);
    svg_.Text("mid", middle, Tenths(kBottom + 34),
              plot_.x_title + (x.log() ? " (logarithmic)" : ""));
    if (lines()) {
      DrawLines(panel, x);
    } else {
      DrawMarks(panel.series.front().marks, x, {left + 2, kTop + 2, right - 2, kBottom - 2});
    }
  }

  void DrawBar(const PlotMark& mark, const Axis& x) {
    const char* css = mark.front ? "bar best" : "bar";
    const int64_t at_x = Tenths(x.At(mark.x.middle));
    const int64_t at_y = Tenths(y_.At(mark.y.middle));
    svg_.Line(css, Tenths(x.At(mark.x.low)), at_y, Tenths(x.At(mark.x.high)), at_y);
    svg_.Line(css, at_x, Tenths(y_.At(mark.y.low)), at_x, Tenths(y_.At(mark.y.high)));
  }

  std::string PathOf(const std::vector<const PlotMark*>& marks, const Axis& x) const {
    std::string path;
    for (const PlotMark* mark : marks) {
      path += (path.empty() ? "M" : "L") + Point(x.At(mark->x.middle), y_.At(mark->y.middle));
    }
    return path;
  }

  void DrawJoins(const std::vector<PlotMark>& marks, const Axis& x) {
    std::vector<const PlotMark*> all;
    for (const PlotMark& mark : marks) all.push_back(&mark);
    const std::vector<const PlotMark*> front = FrontOf(marks);
    if (plot_.trace) svg_.Path("trace", PathOf(all, x));
    if (front.size() > 1) svg_.Path("front", PathOf(front, x));
  }

  std::vector<const PlotMark*> FrontOf(const std::vector<PlotMark>& marks) const {
    std::vector<const PlotMark*> front;
    for (const PlotMark& mark : marks) {
      if (mark.front) front.push_back(&mark);
    }
    std::stable_sort(front.begin(), front.end(), [](const PlotMark* a, const PlotMark* b) {
      return a->x.middle < b->x.middle;
    });
    return front;
  }

  // The line of the front, in small pieces that labels keep off.
  void AddFront(const std::vector<PlotMark>& marks, const Axis& x, std::vector<Box>* out) const {
    constexpr int kPieces = 60;
    const std::vector<const PlotMark*> front = FrontOf(marks);
    for (size_t i = 0; i + 1 < front.size(); ++i) {
      const double from_x = x.At(front[i]->x.middle);
      const double from_y = y_.At(front[i]->y.middle);
      const double step_x = (x.At(front[i + 1]->x.middle) - from_x) / kPieces;
      const double step_y = (y_.At(front[i + 1]->y.middle) - from_y) / kPieces;
      for (int piece = 0; piece <= kPieces; ++piece) {
        const double at_x = from_x + step_x * piece;
        const double at_y = from_y + step_y * piece;
        out->push_back({at_x - 1, at_y - 1, at_x + 1, at_y + 1});
      }
    }
  }

  void DrawMarks(const std::vector<PlotMark>& marks, const Axis& x, const Box& frame) {
    DrawJoins(marks, x);
    std::vector<Anchor> anchors;
    std::vector<Box> bars;
    for (const PlotMark& mark : marks) {
      DrawBar(mark, x);
      const double at_x = x.At(mark.x.middle);
      const double at_y = y_.At(mark.y.middle);
      anchors.push_back({at_x, at_y, mark.label});
      bars.push_back({x.At(mark.x.low), at_y - 1, x.At(mark.x.high), at_y + 1});
      bars.push_back({at_x - 1, y_.At(mark.y.high), at_x + 1, y_.At(mark.y.low)});
    }
    AddFront(marks, x, &bars);
    const std::vector<Box> boxes = PlaceLabels(anchors, bars, frame);
    for (size_t i = 0; i < marks.size(); ++i) DrawLabel(anchors[i], boxes[i]);
    for (size_t i = 0; i < marks.size(); ++i) {
      svg_.Circle(marks[i].front ? "best" : "other", Tenths(anchors[i].x), Tenths(anchors[i].y),
                  45);
    }
  }

  // A label that had to move away is led back to its mark.
  void DrawLabel(const Anchor& anchor, const Box& box) {
    const double x = std::clamp(anchor.x, box.left, box.right);
    const double y = std::clamp(anchor.y, box.top, box.bottom);
    if (std::hypot(x - anchor.x, y - anchor.y) > 14) {
      svg_.Line("lead", Tenths(anchor.x), Tenths(anchor.y), Tenths(x), Tenths(y));
    }
    svg_.Text("mid", Tenths((box.left + box.right) / 2), Tenths(box.bottom - 2.5), anchor.label);
  }

  // The colour of a series, the same in every panel.
  size_t ColourOf(const std::string& label) {
    const auto found = std::find(legend_.begin(), legend_.end(), label);
    if (found != legend_.end())
      return static_cast<size_t>(found - legend_.begin()) % kSeriesColours;
    legend_.push_back(label);
    return (legend_.size() - 1) % kSeriesColours;
  }

  void DrawLines(const PlotPanel& panel, const Axis& x) {
    for (const PlotSeries& series : panel.series) {
      const std::string colour = " c" + std::to_string(ColourOf(series.label));
      std::string band;
      std::vector<const PlotMark*> marks;
      for (const PlotMark& mark : series.marks) {
        marks.push_back(&mark);
        band += (band.empty() ? "M" : "L") + Point(x.At(mark.x.middle), y_.At(mark.y.high));
      }
      for (auto mark = series.marks.rbegin(); mark != series.marks.rend(); ++mark) {
        band += "L" + Point(x.At(mark->x.middle), y_.At(mark->y.low));
      }
      svg_.Path("band" + colour, band + "Z");
      svg_.Path("curve" + colour, PathOf(marks, x));
      for (const PlotMark* mark : marks) {
        svg_.Circle("dot" + colour, Tenths(x.At(mark->x.middle)), Tenths(y_.At(mark->y.middle)),
                    30);
      }
    }
    for (const auto& [at_x, at_y] : plot_.points) DrawCross(x.At(at_x), y_.At(at_y));
  }

  void DrawCross(double x, double y) {
    svg_.Line("measured", Tenths(x - 4), Tenths(y - 4), Tenths(x + 4), Tenths(y + 4));
    svg_.Line("measured", Tenths(x - 4), Tenths(y + 4), Tenths(x + 4), Tenths(y - 4));
  }

  // Writes a text of the legend beside its sign and moves on.
  void Entry(const std::string& text) {
    svg_.Text("note", Tenths(legend_x_ + 20), Tenths(kLegendY + 4), text);
    legend_x_ += 20 + TextWidth(text) * 0.9 + 14;
  }

  void Stroke(const std::string& css) {
    svg_.Line(css, Tenths(legend_x_), Tenths(kLegendY), Tenths(legend_x_ + 14), Tenths(kLegendY));
  }

  void DrawLegend() {
    if (lines()) {
      LegendOfLines();
    } else {
      LegendOfMarks();
    }
    if (plot_.left_out > 0) {
      legend_x_ -= 16;
      Entry(sim::Plural(plot_.left_out, "run") + " without a figure left out");
    }
  }

  void LegendOfMarks() {
    svg_.Circle("best", Tenths(legend_x_ + 7), Tenths(kLegendY), 45);
    Entry("on the Pareto front");
    svg_.Circle("other", Tenths(legend_x_ + 7), Tenths(kLegendY), 45);
    Entry("behind it");
    Stroke("front");
    Entry("Pareto front, lower left is better");
    Stroke("bar");
    Entry("95 % interval of the median");
    if (!plot_.trace) return;
    Stroke("trace");
    Entry("in order");
  }

  void LegendOfLines() {
    for (size_t i = 0; i < legend_.size(); ++i) {
      Stroke("curve c" + std::to_string(i % kSeriesColours));
      Entry(legend_[i].empty() ? "simulated, median" : legend_[i] + ", median");
    }
    svg_.Rect("band c0", Tenths(legend_x_), Tenths(kLegendY - 5), 140, 100);
    Entry("5th to 95th percentile of runs");
    if (plot_.points.empty()) return;
    DrawCross(legend_x_ + 7, kLegendY);
    Entry(plot_.points_label);
  }

  static constexpr double kLegendY = 500;

  const Plot& plot_;
  sim::Svg svg_;
  Axis y_;
  std::vector<std::string> legend_;  // labels of series, in the order of their colours
  double legend_x_ = 16;
};

}  // namespace

std::string PlotSvg(const Plot& plot) { return Picture(plot).Draw(); }

}  // namespace gossamer::tool
