// How well simulated times fit measured ones: the verdicts over rows of runs.
//
// Three questions, for each figure (kFigures):
//   pooled   every measured value has a position in the simulated distribution of its row. If the
//            simulator is right, positions are uniform: their Kolmogorov-Smirnov distance from the
//            uniform distribution is at most kMostDistance (kAimDistance is the aim).
//   rows     no row's runs are told from the simulated ones by a Kolmogorov-Smirnov test, at 1 %
//            over all rows and figures together (Holm).
//   medians  the simulated median lies in the measured median's bootstrap interval (95 %), or
//            within kMedianPercent of the measured one. Intervals of few runs miss the truth now
//            and then: how often they would, were the simulator right, is told beside.
// Thread safety: pure functions.
#ifndef GOSSAMER_TOOLS_FIDELITY_FIDELITY_H_
#define GOSSAMER_TOOLS_FIDELITY_FIDELITY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/fidelity/measured.h"

namespace gossamer::tool {

inline constexpr double kMostDistance = 0.08;
inline constexpr double kAimDistance = 0.05;
inline constexpr double kAlpha = 0.01;
inline constexpr double kMedianPercent = 3;

// Simulated values of one row, by figure, in milliseconds, sorted. A run in which a phase did not
// happen has no value.
using Samples = std::array<std::vector<int64_t>, kFigures.size()>;

struct FigureFit {
  double simulated_ms = 0;  // medians
  double measured_ms = 0;
  double low_ms = 0;  // of the measured median's interval
  double high_ms = 0;
  double p_value = 1;
  bool rejected = false;
  bool median_fits = false;
  // How likely so many runs, drawn from the simulated ones, had a median that does not fit.
  double miss_chance = 0;

  double deviation_percent() const { return 100 * (simulated_ms - measured_ms) / measured_ms; }
};

struct RowFit {
  const MeasuredRow* row = nullptr;
  size_t runs = 0;
  std::array<FigureFit, kFigures.size()> figures;
};

struct Fit {
  std::vector<RowFit> rows;  // those that have runs
  size_t runs = 0;
  std::array<double, kFigures.size()> distances{};  // pooled

  bool pooled_fits() const;
  size_t rejections() const;
  size_t medians_off() const;
  // The number to be expected were the simulated distributions the true ones.
  double medians_off_by_chance() const;
  bool fits() const { return pooled_fits() && rejections() == 0 && medians_off() == 0; }
};

// `saturated`: of the rows' saturated runs instead of the others. `samples` by row. REQUIRES: no
// sample of a row with runs is empty.
Fit Judge(const std::vector<MeasuredRow>& rows, bool saturated,
          const std::vector<Samples>& samples);

// The table and the verdicts, in lines of at most 100 columns.
std::string FitText(const Fit& fit);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_FIDELITY_FIDELITY_H_
