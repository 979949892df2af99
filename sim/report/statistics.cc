#include "sim/report/statistics.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "core/base/check.h"

namespace gossamer::sim {
namespace {

// The sizes of the differences that are not 0, rising, with their signs, and twice the mean rank of
// each, which is whole.
struct Ranks {
  std::vector<uint64_t> twice;
  uint64_t twice_positive = 0;  // the sum over positive differences
  double ties = 0;              // the sum of t^3 - t over groups of t equal sizes
};

uint64_t SizeOf(int64_t difference) {
  const auto bits = static_cast<uint64_t>(difference);
  return difference < 0 ? 0 - bits : bits;
}

Ranks RanksOf(std::span<const int64_t> differences) {
  std::vector<int64_t> sorted;
  std::copy_if(differences.begin(), differences.end(), std::back_inserter(sorted),
               [](int64_t difference) { return difference != 0; });
  std::sort(sorted.begin(), sorted.end(),
            [](int64_t a, int64_t b) { return SizeOf(a) < SizeOf(b); });
  Ranks ranks;
  for (size_t first = 0; first < sorted.size();) {
    size_t end = first;
    while (end < sorted.size() && SizeOf(sorted[end]) == SizeOf(sorted[first])) ++end;
    const uint64_t twice = first + 1 + end;
    const auto tied = static_cast<double>(end - first);
    ranks.ties += tied * tied * tied - tied;
    for (; first < end; ++first) {
      ranks.twice.push_back(twice);
      if (sorted[first] > 0) ranks.twice_positive += twice;
    }
  }
  return ranks;
}

// The probability of a sum at least as far from its mean, over all choices of signs.
double ExactPValue(const Ranks& ranks) {
  const uint64_t total = std::accumulate(ranks.twice.begin(), ranks.twice.end(), uint64_t{0});
  // By sum, the share of the choices that give it.
  std::vector<double> share(total + 1, 0.0);
  share[0] = 1;
  for (const uint64_t rank : ranks.twice) {
    for (uint64_t sum = total + 1; sum-- > 0;) {
      share[sum] = (share[sum] + (sum >= rank ? share[sum - rank] : 0)) / 2;
    }
  }
  const uint64_t tail = std::min(ranks.twice_positive, total - ranks.twice_positive);
  const double below =
      std::accumulate(share.begin(), share.begin() + static_cast<std::ptrdiff_t>(tail) + 1, 0.0);
  return std::min(1.0, 2 * below);
}

double NormalPValue(const Ranks& ranks) {
  const auto n = static_cast<double>(ranks.twice.size());
  const double mean = n * (n + 1) / 4;
  const double variance = n * (n + 1) * (2 * n + 1) / 24 - ranks.ties / 48;
  const double away = std::abs(static_cast<double>(ranks.twice_positive) / 2 - mean);
  return std::erfc(std::max(0.0, away - 0.5) / std::sqrt(2 * variance));
}

// Positions by rising p-value.
std::vector<size_t> OrderOf(std::span<const double> p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return p_values[a] < p_values[b]; });
  return order;
}

}  // namespace

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

SignedRank WilcoxonSignedRank(std::span<const int64_t> differences) {
  const Ranks ranks = RanksOf(differences);
  SignedRank out;
  out.pairs = ranks.twice.size();
  out.rank_sum = static_cast<double>(ranks.twice_positive) / 2;
  out.exact = out.pairs <= kMostExactPairs;
  if (out.pairs > 0) out.p_value = out.exact ? ExactPValue(ranks) : NormalPValue(ranks);
  return out;
}

std::vector<double> HolmAdjusted(std::span<const double> p_values) {
  const std::vector<size_t> order = OrderOf(p_values);
  std::vector<double> adjusted(p_values.size());
  double least = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    least = std::max(least, p_values[order[i]] * static_cast<double>(order.size() - i));
    adjusted[order[i]] = std::min(1.0, least);
  }
  return adjusted;
}

std::vector<bool> HolmRejections(std::span<const double> p_values, double alpha) {
  const std::vector<size_t> order = OrderOf(p_values);
  std::vector<bool> rejected(p_values.size(), false);
  for (size_t i = 0; i < order.size(); ++i) {
    if (p_values[order[i]] > alpha / static_cast<double>(order.size() - i)) break;
    rejected[order[i]] = true;
  }
  return rejected;
}

}  // namespace gossamer::sim
