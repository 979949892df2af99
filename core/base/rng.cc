#include "core/base/rng.h"

#include "core/base/check.h"
#include "core/base/hash.h"

namespace gossamer {

Rng::Rng(uint64_t seed) {
  uint64_t x = seed;
  for (uint64_t& word : state_) {
    word = Mix64(x);
    x += 0x9e3779b97f4a7c15u;
  }
}

Rng::Rng(uint64_t seed, std::string_view label, uint64_t index)
    : Rng(CombineHash(HashText(label, seed), index)) {}

uint64_t Rng::BelowAgain(unsigned __int128 product, uint64_t bound) {
  GOSSAMER_CHECK(bound > 0);
  const uint64_t threshold = -bound % bound;
  while (static_cast<uint64_t>(product) < threshold) {
    product = static_cast<unsigned __int128>(Next64()) * bound;
  }
  return static_cast<uint64_t>(product >> 64);
}

int64_t Rng::Between(int64_t low, int64_t high) {
  GOSSAMER_CHECK(low <= high);
  const uint64_t span = static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1;
  if (span == 0) return static_cast<int64_t>(Next64());
  return static_cast<int64_t>(static_cast<uint64_t>(low) + Below(span));
}

size_t Rng::Weighted(const std::vector<uint32_t>& weights) {
  uint64_t total = 0;
  for (const uint32_t w : weights) total += w;
  uint64_t point = Below(total);
  for (size_t i = 0; i < weights.size(); ++i) {
    if (point < weights[i]) return i;
    point -= weights[i];
  }
  return weights.size() - 1;
}

}  // namespace gossamer
