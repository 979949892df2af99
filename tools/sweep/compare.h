// Two settings over the same seeds: what B changed against A, figure by figure.
//
// Both runs of a pair have one seed, so the same victims and the same draws of the network, and the
// differences B - A of the pairs are what is judged: their median with a bootstrap interval of 95
// %, and Wilcoxon's signed-rank test, corrected over the figures (Holm). A difference is shown when
// the corrected p-value is at most kCompareAlpha and the interval holds no 0. A figure counts in
// pairs where it happened in both runs. Thread safety: values, pure functions.
#ifndef GOSSAMER_TOOLS_SWEEP_COMPARE_H_
#define GOSSAMER_TOOLS_SWEEP_COMPARE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "nlohmann/json_fwd.hpp"
#include "sim/report/statistics.h"
#include "sim/scenario/paint.h"
#include "tools/sweep/figures.h"
#include "tools/sweep/results.h"

namespace gossamer::tool {

inline constexpr double kCompareAlpha = 0.05;

struct RunPair {
  FigureValues a;
  FigureValues b;
  // As SweepRun has them.
  std::string verdict_a = {};
  std::string verdict_b = {};
};

// Lengths are millionths of the figure's unit.
struct FigureComparison {
  SweepFigure figure;
  size_t pairs = 0;   // that have it in both
  size_t only_a = 0;  // it happened in one run of the pair
  size_t only_b = 0;
  size_t equal = 0;    // of `pairs`, those without a difference
  size_t smaller = 0;  // of `pairs`, those where B's is smaller
  double median_a = 0;
  double median_b = 0;
  double difference = 0;  // the median of B - A
  sim::MedianInterval interval;
  sim::SignedRank test;
  double adjusted_p = 1;
  size_t figures = 1;  // that are judged together

  bool shown() const;
};

// Runs that are compared though they did not pass.
struct NotPassed {
  size_t failed = 0;
  size_t inconclusive = 0;
  bool any() const { return failed + inconclusive > 0; }
};

struct Comparison {
  std::string name_a;
  std::string name_b;
  size_t pairs = 0;
  size_t unpaired = 0;  // runs without a partner
  NotPassed not_passed_a;
  NotPassed not_passed_b;
  std::vector<FigureComparison> figures;  // those that happened anywhere
};

Comparison Compare(std::span<const RunPair> pairs, const std::vector<SweepFigure>& figures);

// Whether both filters name the same axes, as pairs need.
bool NameTheSameAxes(const CellFilter& a, const CellFilter& b);
// The runs of some cells of a results file; both outlive it.
struct CellsOf {
  const SweepResults& results;
  const CellFilter& filter;
};
// Pairs of runs, of one results file or of two: equal seeds and equal labels on every axis that
// neither filter names. *unpaired counts the runs without a partner. REQUIRES: NameTheSameAxes.
std::vector<RunPair> PairCells(const CellsOf& a, const CellsOf& b, size_t* unpaired);

// "B is 0.410 s faster, 0.320 to 0.550".
std::string VerdictText(const FigureComparison& figure);

// Tables and verdicts, in lines of at most 100 columns.
std::string CompareText(const Comparison& comparison, const sim::Paint& paint = sim::Paint());
nlohmann::ordered_json CompareJson(const Comparison& comparison);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_SWEEP_COMPARE_H_
