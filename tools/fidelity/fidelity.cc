#include "tools/fidelity/fidelity.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/base/rng.h"
#include "sim/report/statistics.h"
#include "sim/report/text_format.h"

namespace gossamer::tool {
namespace {

constexpr size_t kResamples = 2000;
// For chances: so many drawn studies, with so many resamples for each median.
constexpr size_t kDraws = 100;
constexpr size_t kDrawResamples = 200;

// Sorted values, by figure.
using Columns = std::array<std::vector<int64_t>, kFigures.size()>;

std::vector<int64_t> ColumnOf(const std::vector<Figures>& runs, size_t figure) {
  std::vector<int64_t> values;
  values.reserve(runs.size());
  for (const Figures& run : runs) values.push_back(run[figure]);
  std::sort(values.begin(), values.end());
  return values;
}

// Those in which every phase happened, as in each measured run.
std::vector<Figures> CompleteRuns(const Samples& samples) {
  std::vector<Figures> runs;
  for (const SimulatedRun& sample : samples) {
    Figures run{};
    bool complete = true;
    for (size_t f = 0; f < run.size(); ++f) {
      complete = complete && sample[f];
      run[f] = sample[f].value_or(0);
    }
    if (complete) runs.push_back(run);
  }
  return runs;
}

// Fills in medians and interval, and whether they fit.
void FitMedian(const std::vector<int64_t>& measured, const std::vector<int64_t>& simulated,
               size_t resamples, Rng* rng, FigureFit* fit) {
  fit->simulated_ms = static_cast<double>(sim::TwiceMedian(simulated)) / 2;
  fit->measured_ms = static_cast<double>(sim::TwiceMedian(measured)) / 2;
  const sim::MedianInterval interval = sim::BootstrapMedian(measured, resamples, rng);
  fit->low_ms = interval.low;
  fit->high_ms = interval.high;
  fit->median_fits = (fit->simulated_ms >= fit->low_ms && fit->simulated_ms <= fit->high_ms) ||
                     std::abs(fit->deviation_percent()) <= kMedianPercent;
}

// Adds to each drawn study the medians that do not fit when `runs` runs of this row are drawn.
// `simulated`: the row's values.
void AddDrawnMedians(const Samples& samples, const Columns& simulated, size_t runs, Rng* rng,
                     std::vector<size_t>* off) {
  const std::vector<Figures> complete = CompleteRuns(samples);
  if (complete.empty()) return;
  for (size_t& count : *off) {
    std::vector<Figures> drawn;
    for (size_t i = 0; i < runs; ++i) drawn.push_back(complete[rng->Below(complete.size())]);
    for (size_t f = 0; f < kFigures.size(); ++f) {
      FigureFit fit;
      FitMedian(ColumnOf(drawn, f), simulated[f], kDrawResamples, rng, &fit);
      count += fit.median_fits ? 0 : 1;
    }
  }
}

FigureFit FitFigure(const std::vector<int64_t>& measured, const std::vector<int64_t>& simulated,
                    Rng* rng) {
  FigureFit fit;
  FitMedian(measured, simulated, kResamples, rng, &fit);
  fit.p_value =
      sim::KsPValue(sim::KsDistance(measured, simulated), measured.size(), simulated.size());
  return fit;
}

void MarkRejections(Fit* fit) {
  std::vector<double> p_values;
  for (const RowFit& row : fit->rows) {
    for (const FigureFit& figure : row.figures) p_values.push_back(figure.p_value);
  }
  const std::vector<bool> rejected = sim::HolmRejections(p_values, kAlpha);
  for (size_t i = 0; i < rejected.size(); ++i) {
    fit->rows[i / kFigures.size()].figures[i % kFigures.size()].rejected = rejected[i];
  }
}

// "+1.2 %", with ! when the median does not fit and X when the row is told from the simulation.
std::string DeviationText(const FigureFit& figure) {
  const double percent = figure.deviation_percent();
  return (percent < 0 ? "" : "+") + Rounded(percent, 1) + (figure.median_fits ? "" : "!") +
         (figure.rejected ? "X" : "");
}

std::string Verdict(bool good) { return good ? "met" : "MISSED"; }

}  // namespace

bool Fit::pooled_fits() const {
  return std::all_of(distances.begin(), distances.end(),
                     [](double distance) { return distance <= kMostDistance; });
}

size_t Fit::rejections() const {
  size_t count = 0;
  for (const RowFit& row : rows) {
    for (const FigureFit& figure : row.figures) count += figure.rejected ? 1 : 0;
  }
  return count;
}

size_t Fit::medians_off() const {
  size_t count = 0;
  for (const RowFit& row : rows) {
    for (const FigureFit& figure : row.figures) count += figure.median_fits ? 0 : 1;
  }
  return count;
}

double Fit::medians_off_by_chance() const {
  if (drawn_medians_off.empty()) return 0;
  const size_t sum = std::accumulate(drawn_medians_off.begin(), drawn_medians_off.end(), size_t{0});
  return static_cast<double>(sum) / static_cast<double>(drawn_medians_off.size());
}

double Fit::chance_of_so_many_off() const {
  if (drawn_medians_off.empty()) return 1;
  const auto first =
      std::lower_bound(drawn_medians_off.begin(), drawn_medians_off.end(), medians_off());
  return static_cast<double>(drawn_medians_off.end() - first) /
         static_cast<double>(drawn_medians_off.size());
}

std::vector<int64_t> ValuesOf(const Samples& samples, size_t figure) {
  std::vector<int64_t> values;
  values.reserve(samples.size());
  for (const SimulatedRun& run : samples) {
    if (run[figure]) values.push_back(*run[figure]);
  }
  std::sort(values.begin(), values.end());
  return values;
}

Fit Judge(const std::vector<MeasuredRow>& rows, bool saturated,
          const std::vector<Samples>& samples) {
  Fit fit;
  fit.drawn_medians_off.resize(kDraws);
  std::array<std::vector<double>, kFigures.size()> positions;
  for (size_t r = 0; r < rows.size(); ++r) {
    const MeasuredRuns& measured_runs = saturated ? rows[r].saturated : rows[r].runs;
    if (measured_runs.empty()) continue;
    const std::vector<Figures>& runs = measured_runs.figures;
    RowFit& row = fit.rows.emplace_back(RowFit{&rows[r], runs.size(), {}});
    fit.runs += runs.size();
    Rng rng(r, "bootstrap");
    Columns simulated;
    for (size_t f = 0; f < kFigures.size(); ++f) {
      const std::vector<int64_t> measured = ColumnOf(runs, f);
      simulated[f] = ValuesOf(samples[r], f);
      row.figures[f] = FitFigure(measured, simulated[f], &rng);
      for (const int64_t value : measured) {
        positions[f].push_back(sim::PositionIn(simulated[f], value));
      }
    }
    Rng chance(r, "chance");
    AddDrawnMedians(samples[r], simulated, runs.size(), &chance, &fit.drawn_medians_off);
  }
  std::sort(fit.drawn_medians_off.begin(), fit.drawn_medians_off.end());
  for (size_t f = 0; f < kFigures.size(); ++f) {
    fit.distances[f] = sim::KsDistanceToUniform(std::move(positions[f]));
  }
  MarkRejections(&fit);
  return fit;
}

std::string FitText(const Fit& fit) {
  std::vector<std::string> head = {"server", "kind", "N", "T s", "runs"};
  for (const Figure& figure : kFigures) head.emplace_back(figure.title);
  head.emplace_back("ok ms");
  head.emplace_back("measured");
  sim::TextTable table(std::move(head));
  table.Left(1);
  for (const RowFit& row : fit.rows) {
    std::vector<std::string> cells = {
        row.row->server, row.row->kind, std::to_string(row.row->nodes),
        std::to_string(row.row->timeout_ms / 1000), std::to_string(row.runs)};
    for (const FigureFit& figure : row.figures) cells.push_back(DeviationText(figure));
    cells.push_back(Rounded(row.figures.back().simulated_ms, 0));
    cells.push_back(Rounded(row.figures.back().measured_ms, 0));
    table.Add(std::move(cells));
  }
  std::vector<std::string> pooled = {"distance", "", "", "", std::to_string(fit.runs)};
  for (const double distance : fit.distances) pooled.push_back(Rounded(distance, 3));
  table.Add(std::move(pooled));
  const size_t tests = fit.rows.size() * kFigures.size();
  return table.Render(0) + "Simulated medians beside measured ones, per cent.\n" +
         "distance: of all runs' positions in the simulated distributions from uniform, at most " +
         Rounded(kMostDistance, 2) + ": " + Verdict(fit.pooled_fits()) + "\n" +
         "X: told apart by a Kolmogorov-Smirnov test, 1 % over all (Holm): " +
         std::to_string(fit.rejections()) + " of " + std::to_string(tests) + ": " +
         Verdict(fit.rejections() == 0) + "\n" +
         "!: the median is outside of the measured one's 95 % interval and of " +
         Rounded(kMedianPercent, 0) + " %: " + std::to_string(fit.medians_off()) + " of " +
         std::to_string(tests) + ": " + Verdict(fit.medians_off() == 0) + "\n" +
         "   (were the simulated runs the truth, so few measured ones would miss " +
         Rounded(fit.medians_off_by_chance(), 0) + ",\n    and in " +
         Rounded(100 * fit.chance_of_so_many_off(), 0) + " % of such studies " +
         std::to_string(fit.medians_off()) + " or more)\n";
}

}  // namespace gossamer::tool
