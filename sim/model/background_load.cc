#include "sim/model/background_load.h"

#include <algorithm>

#include "sim/engine/draw.h"
#include "sim/engine/quantiles.h"

namespace gossamer::sim {
namespace {

constexpr int64_t kMillion = 1'000'000;

// -ln(1 - q) in millionths, at these quantiles; beyond the last one the last.
const Quantiles& UnitExponential() {
  static const Quantiles kTable({{0, Micros(0)},
                                 {100'000, Micros(105'361)},
                                 {200'000, Micros(223'144)},
                                 {300'000, Micros(356'675)},
                                 {400'000, Micros(510'826)},
                                 {500'000, Micros(693'147)},
                                 {600'000, Micros(916'291)},
                                 {700'000, Micros(1'203'973)},
                                 {800'000, Micros(1'609'438)},
                                 {900'000, Micros(2'302'585)},
                                 {950'000, Micros(2'995'732)},
                                 {990'000, Micros(4'605'170)},
                                 {999'000, Micros(6'907'755)},
                                 {999'999, Micros(13'815'511)}});
  return kTable;
}

}  // namespace

BackgroundLoad::BackgroundLoad(uint64_t seed, Ppm share, size_t cores) : seed_(seed) {
  if (share.value == 0) return;
  const int64_t taken = std::min<int64_t>(share.value, kMillion - 1);
  idle_us_ = kBurst.us * (kMillion - taken) / taken;
  cores_.resize(cores);
}

int64_t BackgroundLoad::Exponential(size_t core, int64_t mean_us) {
  const uint64_t bits = DrawAt(seed_, core, cores_[core].draws++);
  return UnitExponential().At(static_cast<uint32_t>(bits >> 32)).us * mean_us / kMillion;
}

Instant BackgroundLoad::FreeAt(size_t core, Instant now) {
  if (cores_.empty()) return now;
  Core& c = cores_[core];
  while (c.end <= now) {
    c.begin = c.end + Micros(Exponential(core, idle_us_));
    c.end = c.begin + Micros(1 + Exponential(core, kBurst.us));
  }
  return c.begin <= now ? c.end : now;
}

}  // namespace gossamer::sim
