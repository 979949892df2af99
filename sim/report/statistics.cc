#include "sim/report/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/check.h"

namespace gossamer::sim {

double PositionIn(std::span<const int64_t> sorted, int64_t value) {
  GOSSAMER_CHECK(!sorted.empty());
  const auto [low, high] = std::equal_range(sorted.begin(), sorted.end(), value);
  const auto twice = (low - sorted.begin()) + (high - sorted.begin());
  return static_cast<double>(twice) / (2.0 * static_cast<double>(sorted.size()));
}

int64_t QuantileOf(std::span<const int64_t> sorted, uint32_t per_mille) {
  GOSSAMER_CHECK(!sorted.empty() && per_mille <= 1000);
  const size_t rank = (sorted.size() * per_mille + 999) / 1000;
  return sorted[rank == 0 ? 0 : rank - 1];
}

int64_t TwiceMedian(std::span<const int64_t> sorted) {
  GOSSAMER_CHECK(!sorted.empty());
  return sorted[(sorted.size() - 1) / 2] + sorted[sorted.size() / 2];
}

double KsDistanceToUniform(std::vector<double> positions) {
  std::sort(positions.begin(), positions.end());
  const auto size = static_cast<double>(positions.size());
  double distance = 0;
  for (size_t i = 0; i < positions.size(); ++i) {
    const auto below = static_cast<double>(i);
    distance = std::max({distance, positions[i] - below / size, (below + 1) / size - positions[i]});
  }
  return distance;
}

double KsDistance(std::span<const int64_t> sorted_a, std::span<const int64_t> sorted_b) {
  GOSSAMER_CHECK(!sorted_a.empty() && !sorted_b.empty());
  const auto size_a = static_cast<double>(sorted_a.size());
  const auto size_b = static_cast<double>(sorted_b.size());
  size_t a = 0;
  size_t b = 0;
  double distance = 0;
  while (a < sorted_a.size() && b < sorted_b.size()) {
    const int64_t value = std::min(sorted_a[a], sorted_b[b]);
    while (a < sorted_a.size() && sorted_a[a] == value) ++a;
    while (b < sorted_b.size() && sorted_b[b] == value) ++b;
    distance = std::max(
        distance, std::abs(static_cast<double>(a) / size_a - static_cast<double>(b) / size_b));
  }
  return distance;
}

double KsPValue(double distance, size_t size_a, size_t size_b) {
  const auto a = static_cast<double>(size_a);
  const auto b = static_cast<double>(size_b);
  const double root = std::sqrt(a * b / (a + b));
  const double lambda = (root + 0.12 + 0.11 / root) * distance;
  // The series alternates and converges only above this; below, the probability is 1 to six digits.
  if (lambda < 0.3) return 1;
  double sum = 0;
  double sign = 1;
  for (int k = 1; k <= 100; ++k) {
    sum += sign * std::exp(-2.0 * k * k * lambda * lambda);
    sign = -sign;
  }
  return std::clamp(2 * sum, 0.0, 1.0);
}

MedianInterval BootstrapMedian(std::span<const int64_t> values, size_t draws, Rng* rng) {
  GOSSAMER_CHECK(!values.empty() && draws > 0);
  std::vector<int64_t> medians;
  std::vector<int64_t> resample(values.size());
  for (size_t i = 0; i < draws; ++i) {
    for (int64_t& value : resample) value = values[rng->Below(values.size())];
    std::sort(resample.begin(), resample.end());
    medians.push_back(TwiceMedian(resample));
  }
  std::sort(medians.begin(), medians.end());
  return {static_cast<double>(QuantileOf(medians, 25)) / 2,
          static_cast<double>(QuantileOf(medians, 975)) / 2};
}

std::vector<bool> HolmRejections(std::span<const double> p_values, double alpha) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return p_values[a] < p_values[b]; });
  std::vector<bool> rejected(p_values.size(), false);
  for (size_t i = 0; i < order.size(); ++i) {
    if (p_values[order[i]] > alpha / static_cast<double>(order.size() - i)) break;
    rejected[order[i]] = true;
  }
  return rejected;
}

}  // namespace gossamer::sim
