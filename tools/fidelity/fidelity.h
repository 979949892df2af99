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
//            and then: how many would, were the simulator right, and how likely so many or more
//            were, is told beside, from studies drawn of simulated runs. Figures of a run belong
//            together, so misses do too.
// Thread safety: pure functions.
#ifndef GOSSAMER_TOOLS_FIDELITY_FIDELITY_H_
#define GOSSAMER_TOOLS_FIDELITY_FIDELITY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/fidelity/measured.h"

namespace gossamer::tool {

inline constexpr double kMostDistance = 0.08;
inline constexpr double kAimDistance = 0.05;
inline constexpr double kAlpha = 0.01;
inline constexpr double kMedianPercent = 3;

// One simulated run's milliseconds from the injection, by figure; nothing where a phase did not
// happen.
using SimulatedRun = std::array<std::optional<int64_t>, kFigures.size()>;

// The simulated runs of one row.
using Samples = std::vector<SimulatedRun>;

// The values of one figure, sorted.
std::vector<int64_t> ValuesOf(const Samples& samples, size_t figure);

struct FigureFit {
  double simulated_ms = 0;  // medians
  double measured_ms = 0;
  double low_ms = 0;  // of the measured median's interval
  double high_ms = 0;
  double p_value = 1;
  bool rejected = false;
  bool median_fits = false;

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
  // Medians off in each study of as many runs, drawn from the simulated ones; sorted.
  std::vector<size_t> drawn_medians_off;

  bool pooled_fits() const;
  size_t rejections() const;
  size_t medians_off() const;
  // The number to be expected were the simulated distributions the true ones, and how likely so
  // many as there are, or more, were then.
  double medians_off_by_chance() const;
  double chance_of_so_many_off() const;
  bool fits() const { return pooled_fits() && rejections() == 0 && medians_off() == 0; }
};

// `saturated`: of the rows' saturated runs instead of the others. `samples` by row. REQUIRES: each
// figure of a row with runs has a value.
Fit Judge(const std::vector<MeasuredRow>& rows, bool saturated,
          const std::vector<Samples>& samples);

// The table and the verdicts, in lines of at most 100 columns; rows that are told apart in every
// figure are a little wider.
std::string FitText(const Fit& fit);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_FIDELITY_FIDELITY_H_
