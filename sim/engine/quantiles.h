// Quantiles: a distribution of durations as a table of integer quantiles.
//
// Points are (quantile in parts per million, value), rising in both. Between points linear; below
// the first point its value, above the last one its value. One point is a constant. Integers only,
// so that every machine draws alike.
#ifndef GOSSAMER_SIM_ENGINE_QUANTILES_H_
#define GOSSAMER_SIM_ENGINE_QUANTILES_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/time.h"

namespace gossamer::sim {

class Quantiles {
 public:
  // Always zero.
  Quantiles() = default;
  // REQUIRES: points rise in both; no points mean zero.
  explicit Quantiles(const std::vector<std::pair<uint32_t, Duration>>& points);

  // The value at the quantile that 32 random bits stand for.
  Duration At(uint32_t bits) const {
    if (constant_) return Duration{base_};
    return Interpolate(bits);
  }
  Duration min() const { return Duration{base_}; }
  bool zero() const { return constant_ && base_ == 0; }

 private:
  // From `bits` on, up to the next segment, values rise by `span` over `width` from `value`.
  struct Segment {
    uint64_t bits = 0;
    uint64_t width = 1;
    int64_t value = 0;
    int64_t span = 0;
  };

  Duration Interpolate(uint32_t bits) const;

  bool constant_ = true;
  int64_t base_ = 0;
  std::vector<Segment> segments_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_ENGINE_QUANTILES_H_
