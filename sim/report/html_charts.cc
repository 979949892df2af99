#include "sim/report/html_charts.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/strings.h"
#include "sim/report/escape.h"
#include "sim/report/html_plots.h"
#include "sim/report/phases.h"
#include "sim/report/seeds_report.h"
#include "sim/report/stages.h"
#include "sim/report/svg.h"
#include "sim/report/text_format.h"

namespace gossamer::sim {
namespace {

constexpr int64_t kBins = 60;
constexpr size_t kIncidentsShown = 6;
// Fewer samples are told by the table.
constexpr size_t kLeastOfACurve = 5;

// `name`: what a screen reader calls the drawing.
std::string Figure(std::string_view name, std::string_view caption, std::string_view content,
                   std::string_view after) {
  return absl::StrCat("<figure>\n<figcaption>", XmlEscape(caption),
                      "</figcaption>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" "
                      "aria-label=\"",
                      XmlEscape(name), "\">\n", ToAbsl(content), "</div>\n", ToAbsl(after),
                      "</figure>\n");
}

std::string Row(const std::vector<std::string>& cells, const char* element) {
  std::string row = "<tr>";
  for (const std::string& cell : cells) {
    absl::StrAppend(&row, "<", element, ">", XmlEscape(cell), "</", element, ">");
  }
  return row + "</tr>\n";
}

std::string FoldedTable(std::string_view summary, const std::vector<std::string>& head,
                        const std::string& rows) {
  return absl::StrCat("<details><summary>", XmlEscape(summary),
                      "</summary>\n<div class=\"wide\"><table>\n<thead>", Row(head, "th"),
                      "</thead>\n<tbody>\n", rows, "</tbody></table></div></details>\n");
}

// ---- Stages ----

std::string StageTable(const std::array<StageSamples, kStages.size()>& all) {
  std::string rows;
  for (size_t i = 0; i < kStages.size(); ++i) {
    const std::vector<Duration>& lengths = all[i].lengths;
    std::vector<std::string> cells = {
        absl::StrCat(ToAbsl(StageName(kStages[i])), ": ", ToAbsl(StageAbout(kStages[i]))),
        absl::StrCat(CountText(lengths.size()), " of ", CountText(all[i].expected))};
    for (const uint32_t percent : {0, 50, 90, 99, 100}) {
      cells.push_back(lengths.empty() ? "-" : SecondsText(Quantile(lengths, percent)));
    }
    rows += Row(cells, "td");
  }
  return FoldedTable("Lengths of the phases, seconds",
                     {"phase", "victims", "min", "p50", "p90", "p99", "max"}, rows);
}

void DrawStage(Stage stage, const StageSamples& samples, const Scale& scale, int64_t top,
               Svg* svg) {
  const std::string name(StageName(stage));
  svg->Text("", 0, top + 150, name);
  if (samples.lengths.empty()) {
    svg->Text("note", scale.begin * 10, top + 150,
              absl::StrCat("did not happen, 0 of ", samples.expected));
    return;
  }
  const int64_t begin = scale.Tenths(Quantile(samples.begins, 50).us);
  const int64_t end = std::max(begin, scale.Tenths(Quantile(samples.ends, 50).us));
  const int64_t last = std::max(end, scale.Tenths(samples.ends.back().us));
  svg->Line("tail tail-" + name, begin, top + 110, last, top + 110);
  svg->Rect(name, begin, top + 30, std::max<int64_t>(end - begin, 20), 160);
  svg->Text("small", scale.end * 10 + 120, top + 150,
            absl::StrCat("median ", SecondsText(Quantile(samples.lengths, 50)), " s, longest ",
                         SecondsText(samples.lengths.back()), " s"));
}

}  // namespace

std::string StageFigure(std::string_view id, std::span<const RunReport> runs) {
  std::array<StageSamples, kStages.size()> all;
  Duration widest = Micros(1);
  for (size_t i = 0; i < kStages.size(); ++i) {
    for (const RunReport& run : runs) {
      for (const IncidentTimes& incident : run.incidents) all[i].Add(kStages[i], incident);
    }
    all[i].Sort();
    if (!all[i].ends.empty()) widest = std::max(widest, all[i].ends.back());
  }
  if (all[0].expected == 0) return {};
  std::string about;
  for (const Stage stage : kStages) {
    absl::StrAppend(&about, about.empty() ? "" : "; ", ToAbsl(StageName(stage)), ": ",
                    ToAbsl(StageAbout(stage)));
  }
  constexpr int64_t kRow = 24;
  Svg svg(absl::StrCat(ToAbsl(id), "-stages"), 24 + kRow * 4, "Phases of the failover", about);
  const Scale scale{0, widest.us, 60, 690};
  svg.TimeAxis(scale, 18, 24 + kRow * 4 - 4);
  for (size_t i = 0; i < kStages.size(); ++i) {
    DrawStage(kStages[i], all[i], scale, (20 + kRow * static_cast<int64_t>(i)) * 10, &svg);
  }
  return Figure("Phases of the failover",
                absl::StrCat("Seconds after the injection. ", about,
                             ". Bar: from the median begin to the median end over the victims; "
                             "line: to the last end."),
                svg.Take(), StageTable(all));
}

// ---- Distributions ----

namespace {

struct Distribution {
  std::string key;  // of the phase
  std::string label;
  std::vector<Duration> values;  // rising
  size_t expected = 0;
};

// The phases that run from the injection and differ enough to be worth a row.
bool Drawn(std::string_view key) {
  constexpr std::string_view kDrawn[] = {"first_pfail",   "first_fail",  "all_fail",  "promoted",
                                         "slots_covered", "covered_100", "cluster_ok"};
  return std::find(std::begin(kDrawn), std::end(kDrawn), key) != std::end(kDrawn);
}

std::string Histogram(const std::vector<Duration>& values, const Scale& scale, int64_t bottom,
                      int64_t height) {
  std::array<int64_t, kBins> bins{};
  for (const Duration value : values) {
    const int64_t bin = (value.us - scale.from) * kBins / (scale.to - scale.from);
    ++bins[static_cast<size_t>(std::clamp<int64_t>(bin, 0, kBins - 1))];
  }
  const int64_t most = *std::max_element(bins.begin(), bins.end());
  StepPath path(scale.begin * 10, bottom);
  for (int64_t i = 0; i < kBins; ++i) {
    const int64_t count = bins[static_cast<size_t>(i)];
    // Whatever is there can be seen.
    const int64_t tall = count == 0 ? 0 : std::max<int64_t>(count * height / most, 10);
    path.Step(bottom - tall, scale.begin * 10 + (i + 1) * (scale.end - scale.begin) * 10 / kBins);
  }
  return path.Area();
}

void DrawDistribution(const Distribution& d, const Scale& scale, int64_t top, Svg* svg) {
  constexpr int64_t kHeight = 260;
  const int64_t bottom = top + 300;
  std::string label = d.label;
  std::string counts = absl::StrCat(CountText(d.values.size()));
  if (d.values.size() < d.expected) absl::StrAppend(&counts, " of ", CountText(d.expected));
  svg->BeginRow(absl::StrCat(label, ": ", counts, " samples, median ",
                             SecondsText(Quantile(d.values, 50)), " s, p99 ",
                             SecondsText(Quantile(d.values, 99)), " s"));
  svg->Text("", 0, top + 160, label);
  svg->Text("note", 0, top + 290, absl::StrCat("n = ", counts));
  svg->Path("area", Histogram(d.values, scale, bottom, kHeight));
  svg->Line("grid", scale.begin * 10, bottom, scale.end * 10, bottom);
  for (const auto& [percent, height] :
       {std::pair{50, 300}, std::pair{90, 200}, std::pair{99, 120}}) {
    const int64_t x = scale.Tenths(Quantile(d.values, static_cast<uint32_t>(percent)).us);
    svg->Line("quantile", x, bottom, x, bottom - height);
  }
  svg->Text("small", scale.end * 10 + 100, top + 160,
            absl::StrCat("p50 ", SecondsText(Quantile(d.values, 50)), "  p90 ",
                         SecondsText(Quantile(d.values, 90))));
  svg->Text("small", scale.end * 10 + 100, top + 290,
            absl::StrCat("p99 ", SecondsText(Quantile(d.values, 99)), "  max ",
                         SecondsText(d.values.back())));
  svg->EndRow();
}

std::string DistributionFigure(const std::string& id, const std::string& title,
                               const std::vector<Distribution>& rows) {
  if (rows.empty()) return {};
  int64_t from = INT64_MAX;
  int64_t to = 0;
  for (const Distribution& row : rows) {
    from = std::min(from, row.values.front().us);
    to = std::max(to, row.values.back().us);
  }
  const int64_t margin = std::max<int64_t>((to - from) / 40, 1000);
  constexpr int64_t kRow = 38;
  const int64_t height = 26 + kRow * static_cast<int64_t>(rows.size());
  Svg svg(id, height, title, "A histogram per phase; the table below holds the figures.", true);
  const Scale scale{std::max<int64_t>(from - margin, 0), to + margin, 210, 790};
  svg.TimeAxis(scale, 18, height - 4);
  for (size_t i = 0; i < rows.size(); ++i) {
    DrawDistribution(rows[i], scale, (20 + kRow * static_cast<int64_t>(i)) * 10, &svg);
  }
  return Figure(
      title, title + ", seconds after the injection; lines mark p50 (long), p90 and p99 (short).",
      svg.Take(), "");
}

std::string QuantileRow(const Distribution& d) {
  std::vector<std::string> cells = {d.label, CountText(d.values.size())};
  if (d.values.size() < d.expected) absl::StrAppend(&cells.back(), " of ", CountText(d.expected));
  for (const uint32_t percent : {0, 50, 90, 99, 100}) {
    cells.push_back(d.values.empty() ? "-" : SecondsText(Quantile(d.values, percent)));
  }
  return Row(cells, "td");
}

// The phases whose curves lie apart enough to share one chart.
std::string Curves(const std::string& id, const std::string& of,
                   const std::vector<Distribution>& rows) {
  constexpr std::pair<std::string_view, const char*> kColors[] = {{"first_fail", "detect"},
                                                                  {"all_fail", "agree"},
                                                                  {"slots_covered", "elect"},
                                                                  {"covered_100", "spread"},
                                                                  {"cluster_ok", "ink"}};
  std::vector<CdfLine> lines;
  for (const Distribution& d : rows) {
    const auto color = std::find_if(std::begin(kColors), std::end(kColors),
                                    [&](const auto& entry) { return entry.first == d.key; });
    if (color == std::end(kColors) || d.values.size() < kLeastOfACurve) continue;
    lines.push_back({d.label, color->second, d.values, d.expected});
  }
  return CdfFigure(id, of, lines);
}

std::string VictimDistributions(std::string_view id, const RunReport& run) {
  std::vector<Distribution> drawn;
  std::string rows;
  for (const Phase& phase : Phases()) {
    PhaseSamples samples = SamplesOf(phase, run.incidents);
    if (samples.expected == 0) continue;
    Distribution d{std::string(phase.key), std::string(phase.label), std::move(samples.values),
                   samples.expected};
    rows += QuantileRow(d);
    if (!d.values.empty() && Drawn(phase.key)) drawn.push_back(std::move(d));
  }
  if (rows.empty()) return {};
  const std::string name = absl::StrCat(ToAbsl(id), "-victims");
  return DistributionFigure(name, "Distributions over the victims", drawn) +
         Curves(name + "-cdf", "victims", drawn) +
         FoldedTable("All phases, seconds from the injection",
                     {"phase", "samples", "min", "p50", "p90", "p99", "max"}, rows);
}

// The number in the timeline of the incident at this place, by the first run that has it.
uint32_t NumberOf(size_t incident, std::span<const RunReport> runs) {
  for (const RunReport& run : runs) {
    if (incident < run.incidents.size()) return run.incidents[incident].number;
  }
  return 0;
}

std::string SeedDistributions(std::string_view id, std::span<const RunReport> runs) {
  const SeedsReport summary = SummarizeSeeds(runs);
  std::string out;
  for (size_t incident = 0; incident < kIncidentsShown; ++incident) {
    std::vector<Distribution> drawn;
    std::string rows;
    for (const SeedPhase& phase : summary.phases) {
      if (phase.incident != incident) continue;
      Distribution d{std::string(phase.key), std::string(phase.label), phase.values, runs.size()};
      rows += QuantileRow(d);
      if (!d.values.empty() && Drawn(phase.key)) drawn.push_back(std::move(d));
    }
    if (rows.empty()) break;
    const uint32_t number = NumberOf(incident, runs);
    const std::string name = absl::StrCat(ToAbsl(id), "-seeds", incident);
    out += DistributionFigure(
        name, absl::StrCat("Distributions over ", runs.size(), " seeds, incident ", number), drawn);
    out += Curves(name + "-cdf", "seeds", drawn);
    out += FoldedTable(absl::StrCat("All phases of incident ", number, " over the seeds, seconds"),
                       {"phase", "seeds", "min", "p50", "p90", "p99", "max"}, rows);
  }
  return out;
}

}  // namespace

std::string DistributionFigures(std::string_view id, std::span<const RunReport> runs) {
  return runs.size() == 1 ? VictimDistributions(id, runs.front()) : SeedDistributions(id, runs);
}

// ---- CPU ----

namespace {

std::string PercentText(uint64_t us, uint64_t of_us) {
  return PlotText(PlotUnit::kPercent, us * 1000000 / std::max<uint64_t>(of_us, 1));
}

std::string CpuTable(const RunReport& run, const std::vector<uint32_t>& order) {
  std::string rows;
  for (size_t i = 0; i < order.size() && i < 10; ++i) {
    const NodeCpu& cpu = run.load.cpu[order[i]];
    rows += Row({absl::StrCat("node ", order[i]), PercentText(cpu.busy_us, run.virtual_us()),
                 PercentText(cpu.peak_us, 1000000)},
                "td");
  }
  return FoldedTable("The busiest nodes", {"node", "of the whole run", "of its busiest second"},
                     rows);
}

}  // namespace

std::string CpuFigure(std::string_view id, const RunReport& run) {
  const std::vector<NodeCpu>& cpu = run.load.cpu;
  const uint64_t run_us = run.virtual_us();
  if (cpu.empty() || run_us == 0) return {};
  std::vector<uint32_t> order(cpu.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return cpu[a].busy_us > cpu[b].busy_us; });
  // Parts per million of a core.
  const auto mean = [&](uint32_t node) {
    return static_cast<int64_t>(cpu[node].busy_us * 1000000 / run_us);
  };
  int64_t most = 1;
  for (const uint32_t node : order) {
    most = std::max({most, mean(node), static_cast<int64_t>(cpu[node].peak_us)});
  }
  constexpr int64_t kTop = 24;
  constexpr int64_t kBottom = 184;
  const Scale y{0, most, kBottom, kTop};
  const Scale x{0, static_cast<int64_t>(order.size()), 60, 950};
  StepPath means(x.begin * 10, kBottom * 10);
  StepPath peaks(x.begin * 10, kBottom * 10);
  for (size_t i = 0; i < order.size(); ++i) {
    const int64_t right = x.Tenths(static_cast<int64_t>(i) + 1);
    means.Step(y.Tenths(mean(order[i])), right);
    peaks.Step(y.Tenths(static_cast<int64_t>(cpu[order[i]].peak_us)), right);
  }
  Svg svg(absl::StrCat(ToAbsl(id), "-cpu"), kBottom + 24, "CPU of every node",
          "The share of a core that each node used, busiest first; the table below names the "
          "busiest.");
  for (const int64_t tick : Ticks(0, most, 5)) {
    svg.Line("grid", 600, y.Tenths(tick), 9500, y.Tenths(tick));
    svg.Text("tick end", 550, y.Tenths(tick) + 40,
             PercentText(static_cast<uint64_t>(tick), 1000000));
  }
  svg.Path("area", means.Area());
  svg.Path("peakcurve", peaks.Line());
  svg.Text("tick", 600, (kBottom + 16) * 10, "busiest node");
  svg.Text("tick end", 9500, (kBottom + 16) * 10,
           absl::StrCat("idlest of ", CountText(order.size())));
  return Figure("CPU of every node",
                "CPU of every node, share of one core, busiest first. Area: over the whole run; "
                "dashed: in the node's busiest second.",
                svg.Take(), CpuTable(run, order));
}

}  // namespace gossamer::sim
