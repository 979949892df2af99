#include "sim/engine/quantiles.h"

#include <cstddef>

namespace gossamer::sim {
namespace {

constexpr uint64_t kMillion = 1'000'000;

uint64_t BitsOf(uint32_t ppm) { return (uint64_t{ppm} << 32) / kMillion; }

}  // namespace

Quantiles::Quantiles(const std::vector<std::pair<uint32_t, Duration>>& points) {
  if (points.empty()) return;
  base_ = points.front().second.us;
  if (points.size() == 1) return;
  constant_ = false;
  for (size_t i = 0; i < points.size(); ++i) {
    Segment segment;
    segment.bits = BitsOf(points[i].first);
    segment.value = points[i].second.us;
    if (i + 1 < points.size() && BitsOf(points[i + 1].first) > segment.bits) {
      segment.width = BitsOf(points[i + 1].first) - segment.bits;
      segment.span = points[i + 1].second.us - segment.value;
    }
    segments_.push_back(segment);
  }
}

Duration Quantiles::Interpolate(uint32_t bits) const {
  size_t i = segments_.size();
  while (i > 0 && segments_[i - 1].bits > bits) --i;
  if (i == 0) return Duration{base_};
  const Segment& s = segments_[i - 1];
  const auto into = static_cast<int64_t>(bits - s.bits);
  // Durations of links are far below 2^31 µs, so that the product fits.
  return Duration{s.value + s.span * into / static_cast<int64_t>(s.width)};
}

}  // namespace gossamer::sim
