// Statistics of samples: positions in a distribution, Kolmogorov-Smirnov distances, bootstrap
// intervals of medians, Wilcoxon's signed-rank test, Holm's correction.
//
// Samples are whole numbers (microseconds, milliseconds, counts); results are IEEE doubles that
// depend on the arguments alone. Thread safety: pure functions.
// SOURCE: Stephens (1970), "Use of the Kolmogorov-Smirnov, Cramer-von Mises and related statistics
// without extensive tables"; Holm (1979), "A simple sequentially rejective multiple test
// procedure"; Efron (1979), "Bootstrap methods"; Wilcoxon (1945), "Individual comparisons by
// ranking methods"; Pratt and Gibbons (1981), "Concepts of Nonparametric Theory" (ties,
// continuity).
#ifndef GOSSAMER_SIM_REPORT_STATISTICS_H_
#define GOSSAMER_SIM_REPORT_STATISTICS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/rng.h"

namespace gossamer::sim {

// The share of `sorted` that lies below `value`; of equal ones, half. REQUIRES: not empty.
double PositionIn(std::span<const int64_t> sorted, int64_t value);

// Nearest-rank quantile, `per_mille` of 1000. REQUIRES: not empty.
int64_t QuantileOf(std::span<const int64_t> sorted, uint32_t per_mille);

// The mean of the two middle values, or the middle one, twice: so that it stays whole. REQUIRES:
// not empty.
int64_t TwiceMedian(std::span<const int64_t> sorted);

// The greatest distance between the distribution of `positions` and the uniform one on [0, 1].
double KsDistanceToUniform(std::vector<double> positions);

// The greatest distance between two empirical distributions. REQUIRES: neither is empty.
double KsDistance(std::span<const int64_t> sorted_a, std::span<const int64_t> sorted_b);

// How probable a distance of at least that is when both samples have one origin. Asymptotic, with
// Stephens's correction: good from about five values on.
double KsPValue(double distance, size_t size_a, size_t size_b);

struct MedianInterval {
  double low = 0;
  double high = 0;
};
// The interval that holds the median with 95 %: percentiles of the medians of `draws` resamples.
// REQUIRES: not empty, draws > 0.
MedianInterval BootstrapMedian(std::span<const int64_t> values, size_t draws, Rng* rng);

// Up to so many differences that are not 0 the signed-rank test counts every choice of signs.
inline constexpr size_t kMostExactPairs = 50;

struct SignedRank {
  size_t pairs = 0;     // whose difference is not 0; the others are left out
  double rank_sum = 0;  // of the positive differences; equal sizes share their mean rank
  double p_value = 1;   // two-sided
  bool exact = true;    // else the normal approximation, corrected for ties and continuity
};
// Wilcoxon's test of paired differences: how probable ranks so one-sided are when either sign is as
// likely. Without a difference the probability is 1.
SignedRank WilcoxonSignedRank(std::span<const int64_t> differences);

// By position: the least alpha at which Holm's procedure would reject that hypothesis.
std::vector<double> HolmAdjusted(std::span<const double> p_values);

// By position: whether Holm's procedure rejects that hypothesis when at most `alpha` of all such
// families of tests may hold a wrong rejection.
std::vector<bool> HolmRejections(std::span<const double> p_values, double alpha);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_STATISTICS_H_
