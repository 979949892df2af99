#include "sim/report/html_plots.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/strings.h"
#include "nlohmann/json.hpp"
#include "sim/report/escape.h"
#include "sim/report/svg.h"
#include "sim/report/text_format.h"

namespace gossamer::sim {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMarksShown = 40;
// A curve of more samples is drawn through so many of them, evenly spread.
constexpr size_t kCdfPoints = 200;

struct PlotLine {
  std::string label;
  std::string color;  // a variable of the style sheet
  std::vector<uint64_t> values;
};

// A chart over virtual time. Every value holds from its step's begin to the next step.
struct Plot {
  std::string id;
  std::string title;
  std::string caption;
  PlotUnit unit = PlotUnit::kCount;
  uint32_t step_seconds = 1;
  std::vector<PlotLine> lines;
};

std::string_view UnitName(PlotUnit unit) {
  constexpr std::string_view kNames[] = {"count", "bytes", "mean", "percent"};
  return kNames[static_cast<size_t>(unit)];
}

bool AnyIn(const std::vector<uint64_t>& values) {
  return std::any_of(values.begin(), values.end(), [](uint64_t value) { return value > 0; });
}

// The figure around the data of a chart and its still drawing.
std::string PlotFigure(std::string_view title, std::string_view caption, const Json& data,
                       const std::string& still) {
  const std::string json = data.dump(-1, ' ', false, Json::error_handler_t::replace);
  return absl::StrCat(
      "<figure class=\"plot\">\n<figcaption><b>", XmlEscape(title), ".</b> ", XmlEscape(caption),
      "</figcaption>\n<script type=\"application/json\">", ScriptEscape(json),
      "</script>\n<div class=\"wide still\" tabindex=\"0\" role=\"region\" aria-label=\"",
      XmlEscape(title), "\">\n", still, "</div>\n</figure>\n");
}

// ---- Over time ----

void DrawLine(const Plot& plot, const PlotLine& line, const Scale& time, int64_t top, Svg* svg) {
  constexpr int64_t kHeight = 60;
  const std::vector<uint64_t>& values = line.values;
  const uint64_t peak = *std::max_element(values.begin(), values.end());
  const Scale scale{0, std::max<int64_t>(static_cast<int64_t>(peak), 1), top + 16 + kHeight,
                    top + 16};
  const int64_t bottom = scale.begin * 10;
  StepPath path(time.begin * 10, bottom);
  for (size_t i = 0; i < values.size(); ++i) {
    const auto end = static_cast<int64_t>((i + 1) * plot.step_seconds) * 1000000;
    path.Step(scale.Tenths(static_cast<int64_t>(values[i])), time.Tenths(std::min(end, time.to)));
  }
  const uint64_t sum = std::accumulate(values.begin(), values.end(), uint64_t{0});
  const std::string figures = absl::StrCat("mean ", PlotText(plot.unit, sum / values.size()),
                                           ", peak ", PlotText(plot.unit, peak));
  svg->BeginRow(absl::StrCat(line.label, ": ", figures));
  svg->Path("area area-" + line.color, path.Area());
  svg->Line("grid", time.begin * 10, bottom, time.end * 10, bottom);
  svg->Text("", 0, (top + 12) * 10, line.label);
  svg->Text("small end", time.end * 10, (top + 12) * 10, figures);
  svg->Text("tick end", time.begin * 10 - 50, scale.end * 10 + 80, PlotText(plot.unit, peak));
  svg->Text("tick end", time.begin * 10 - 50, bottom, "0");
  svg->EndRow();
}

// A row per line, each with a scale of its own.
std::string StillOf(const Plot& plot, const RunReport& run) {
  constexpr int64_t kRow = 90;
  const int64_t height = 30 + kRow * static_cast<int64_t>(plot.lines.size());
  Svg svg(plot.id, height, plot.title, plot.caption, true);
  const Scale time{0, run.result.ended_at.us, 80, 940};
  svg.TimeAxis(time, 18, height - 4);
  for (size_t i = 0; i < run.incidents.size() && i < kMarksShown; ++i) {
    const int64_t x = time.Tenths(run.incidents[i].at.us);
    svg.Line("mark", x, 180, x, (height - 4) * 10);
  }
  for (size_t i = 0; i < plot.lines.size(); ++i) {
    DrawLine(plot, plot.lines[i], time, 24 + kRow * static_cast<int64_t>(i), &svg);
  }
  return svg.Take();
}

// Lines that are zero all the time are left out.
std::string TimeFigure(std::string_view group, Plot plot, const RunReport& run) {
  const auto calm = std::remove_if(plot.lines.begin(), plot.lines.end(),
                                   [](const PlotLine& line) { return !AnyIn(line.values); });
  plot.lines.erase(calm, plot.lines.end());
  if (plot.lines.empty() || run.result.ended_at.us <= 0) return {};
  Json data = {{"kind", "time"},
               {"title", plot.title},
               {"group", std::string(group)},
               {"unit", std::string(UnitName(plot.unit))},
               {"step_s", plot.step_seconds},
               {"end_us", run.result.ended_at.us}};
  Json& marks = data["marks"] = Json::array();
  for (size_t i = 0; i < run.incidents.size() && i < kMarksShown; ++i) {
    marks.push_back({{"number", run.incidents[i].number},
                     {"at_us", run.incidents[i].at.us},
                     {"text", run.incidents[i].text}});
  }
  Json& lines = data["lines"] = Json::array();
  for (const PlotLine& line : plot.lines) {
    lines.push_back({{"label", line.label}, {"color", line.color}, {"values", line.values}});
  }
  return PlotFigure(plot.title, plot.caption, data, StillOf(plot, run));
}

// What was counted in a step, per second; the last step may be cut short.
class StepRate {
 public:
  StepRate(uint32_t step_seconds, Instant end)
      : step_us_(uint64_t{step_seconds} * 1000000), end_us_(static_cast<uint64_t>(end.us)) {}

  uint64_t Of(uint64_t count, size_t step) const {
    const uint64_t begin_us = step * step_us_;
    const uint64_t length_us = std::min(step_us_, end_us_ > begin_us ? end_us_ - begin_us : 1);
    return (count * 1000000 + length_us / 2) / length_us;
  }

 private:
  uint64_t step_us_;
  uint64_t end_us_;
};

constexpr std::string_view kDashed = "Dashed lines: injections.";

std::string StepsText(uint32_t step_seconds, std::string_view of_longer) {
  if (step_seconds == 1) return {};
  return absl::StrCat(" A step is ", step_seconds, " s; ", ToAbsl(of_longer));
}

}  // namespace

std::string PlotText(PlotUnit unit, uint64_t value) {
  if (unit == PlotUnit::kBytes) return BytesText(value);
  if (unit == PlotUnit::kCount) return CountText(value);
  if (unit == PlotUnit::kMean) {
    return absl::StrCat(CountText(value / 1000), ".", absl::StrFormat("%02d", value % 1000 / 10));
  }
  return absl::StrCat(value / 10000, ".", value % 10000 / 1000, " %");
}

std::string TrafficFigures(std::string_view id, const RunReport& run) {
  constexpr std::array<const char*, kMessageGroups> kColors = {"detect", "bad", "elect", "soft"};
  const SampleSeries<TrafficSample>& traffic = run.load.traffic;
  const StepRate rate(traffic.step_seconds(), run.result.ended_at);
  const std::string steps = StepsText(traffic.step_seconds(), "a value is the mean of its step.");
  Plot messages{absl::StrCat(ToAbsl(id), "-messages"),
                "Bus messages per second",
                absl::StrCat("Messages delivered per virtual second, by kind, over the seconds "
                             "since the start. ",
                             ToAbsl(kDashed), steps),
                PlotUnit::kCount,
                traffic.step_seconds(),
                {}};
  Plot bytes{absl::StrCat(ToAbsl(id), "-bytes"),
             "Bus bytes per second",
             "Their bytes on the wire per virtual second." + steps,
             PlotUnit::kBytes,
             traffic.step_seconds(),
             {{"bytes per second", "detect", {}}}};
  for (size_t group = 0; group < kMessageGroups; ++group) {
    messages.lines.push_back(
        {std::string(MessageGroupName(static_cast<MessageGroup>(group))), kColors[group], {}});
  }
  for (size_t i = 0; i < traffic.steps().size(); ++i) {
    const TrafficSample& sample = traffic.steps()[i];
    for (size_t group = 0; group < kMessageGroups; ++group) {
      messages.lines[group].values.push_back(rate.Of(sample.messages[group], i));
    }
    bytes.lines[0].values.push_back(rate.Of(sample.bytes, i));
  }
  return TimeFigure(id, std::move(messages), run) + TimeFigure(id, std::move(bytes), run);
}

std::string ViewFigures(std::string_view id, const RunReport& run) {
  const ViewHistory& views = run.views;
  const std::string steps =
      StepsText(views.step_seconds(), "a value is the greatest of its seconds.");
  Plot flags{absl::StrCat(ToAbsl(id), "-flags"),
             "Nodes flagged, as a live node sees it",
             absl::StrCat("How many nodes a live node suspects (PFAIL) and holds failed (FAIL), "
                          "mean over the live nodes at full seconds. ",
                          ToAbsl(kDashed), steps),
             PlotUnit::kMean,
             views.step_seconds(),
             {{"PFAIL", "agree", {}}, {"FAIL", "bad", {}}}};
  Plot state{
      absl::StrCat(ToAbsl(id), "-state"),
      "Cluster state",
      "Live nodes whose cluster_state is not ok, and failed primaries whose shard has a live "
      "node but no owner for its slots yet, at full seconds." +
          steps,
      PlotUnit::kCount,
      views.step_seconds(),
      {{"nodes not ok", "bad", {}}, {"primaries not covered", "elect", {}}}};
  for (const ViewSample& sample : views.steps()) {
    flags.lines[0].values.push_back(sample.pfail_milli);
    flags.lines[1].values.push_back(sample.fail_milli);
    state.lines[0].values.push_back(sample.not_ok);
    state.lines[1].values.push_back(sample.uncovered);
  }
  return TimeFigure(id, std::move(flags), run) + TimeFigure(id, std::move(state), run);
}

std::string CpuOverTimeFigure(std::string_view id, const RunReport& run) {
  const SampleSeries<CpuSample>& cpu = run.load.cpu_over_time;
  if (run.load.cpu.empty()) return {};
  Plot plot{absl::StrCat(ToAbsl(id), "-cpu-time"),
            "CPU over time",
            absl::StrCat("Share of one core over the seconds since the start: of the busiest node, "
                         "of the node that 99 % do not exceed, and of the mean node. ",
                         ToAbsl(kDashed),
                         StepsText(cpu.step_seconds(),
                                   "busiest and p99 are of its greatest second, the mean is over "
                                   "the step.")),
            PlotUnit::kPercent,
            cpu.step_seconds(),
            {{"busiest node", "bad", {}}, {"p99", "elect", {}}, {"mean", "detect", {}}}};
  const StepRate rate(cpu.step_seconds(), run.result.ended_at);
  for (size_t i = 0; i < cpu.steps().size(); ++i) {
    const CpuSample& sample = cpu.steps()[i];
    plot.lines[0].values.push_back(sample.max_us);
    plot.lines[1].values.push_back(sample.p99_us);
    plot.lines[2].values.push_back(rate.Of(sample.sum_us, i) / run.load.cpu.size());
  }
  return TimeFigure(id, std::move(plot), run);
}

// ---- Cumulative distributions ----

namespace {

// Parts per million of what is expected that the first `count` of `points` stand for.
int64_t ShareOf(const CdfLine& line, size_t count, size_t points) {
  return static_cast<int64_t>(count * line.values.size() * 1000000 / points /
                              std::max<size_t>(line.expected, 1));
}

std::vector<int64_t> PointsOf(const CdfLine& line) {
  const size_t points = std::min(line.values.size(), kCdfPoints);
  std::vector<int64_t> at_us;
  for (size_t i = 1; i <= points; ++i) {
    const size_t rank = (i * line.values.size() + points - 1) / points;
    at_us.push_back(line.values[rank - 1].us);
  }
  return at_us;
}

std::string StillOf(std::string_view id, const std::string& title, const std::string& caption,
                    std::span<const CdfLine> lines) {
  int64_t from = INT64_MAX;
  int64_t to = 0;
  for (const CdfLine& line : lines) {
    from = std::min(from, line.values.front().us);
    to = std::max(to, line.values.back().us);
  }
  const int64_t margin = std::max<int64_t>((to - from) / 40, 1000);
  constexpr int64_t kTop = 24;
  constexpr int64_t kBottom = 224;
  const Scale x{std::max<int64_t>(from - margin, 0), to + margin, 60, 700};
  const Scale y{0, 1000000, kBottom, kTop};
  Svg svg(id, kBottom + 10, title, caption);
  svg.TimeAxis(x, kTop - 6, kBottom);
  for (const int64_t percent : {0, 50, 100}) {
    const int64_t height = y.Tenths(percent * 10000);
    svg.Line("grid", x.begin * 10, height, x.end * 10, height);
    svg.Text("tick end", x.begin * 10 - 50, height + 40, absl::StrCat(percent, " %"));
  }
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::vector<int64_t> points = PointsOf(lines[i]);
    StepPath path(x.begin * 10, kBottom * 10);
    for (size_t point = 0; point <= points.size(); ++point) {
      const int64_t right = point < points.size() ? points[point] : x.to;
      path.Step(y.Tenths(ShareOf(lines[i], point, points.size())), x.Tenths(right));
    }
    const std::string css = "curve curve-" + lines[i].color;
    svg.Path(css, path.Line());
    const int64_t row = (kTop + 20 + 22 * static_cast<int64_t>(i)) * 10;
    svg.Line(css, 7150, row - 40, 7350, row - 40);
    svg.Text("small", 7420, row, lines[i].label);
  }
  return svg.Take();
}

}  // namespace

std::string CdfFigure(std::string_view id, std::string_view of, std::span<const CdfLine> lines) {
  if (lines.empty()) return {};
  const std::string title = absl::StrCat("Cumulative shares of the ", ToAbsl(of));
  const std::string caption = absl::StrCat("The share of the ", ToAbsl(of),
                                           " that had come so far, over the seconds after the "
                                           "injection.");
  Json data = {{"kind", "cdf"}, {"title", title}, {"unit", "percent"}};
  Json& listed = data["lines"] = Json::array();
  for (const CdfLine& line : lines) {
    const std::vector<int64_t> points = PointsOf(line);
    listed.push_back({{"label", line.label},
                      {"color", line.color},
                      {"share_ppm", ShareOf(line, points.size(), points.size())},
                      {"at_us", points}});
  }
  return PlotFigure(title, caption, data, StillOf(id, title, caption, lines));
}

}  // namespace gossamer::sim
