// Seeded random streams. Integers only, the same numbers on every compiler.
//
// One stream per consumer, derived from (seed, stable label), so that a draw added in one place
// shifts no other. xoshiro256**, seeded through SplitMix64. Not for secrets. Thread safety: none; a
// stream belongs to one owner.
#ifndef GOSSAMER_CORE_BASE_RNG_H_
#define GOSSAMER_CORE_BASE_RNG_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace gossamer {

class Rng {
 public:
  explicit Rng(uint64_t seed);
  // The stream of consumer (label, index) under `seed`.
  Rng(uint64_t seed, std::string_view label, uint64_t index = 0);
  // The generator whose state() was `state`. REQUIRES: not all zero.
  static Rng FromState(const std::array<uint64_t, 4>& state) { return Rng(state); }

  uint64_t Next64() {
    const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Uniform in [0, bound). REQUIRES: bound > 0. Unbiased (Lemire's multiply and reject).
  uint64_t Below(uint64_t bound) {
    const unsigned __int128 product = static_cast<unsigned __int128>(Next64()) * bound;
    if (static_cast<uint64_t>(product) < bound || bound == 0) return BelowAgain(product, bound);
    return static_cast<uint64_t>(product >> 64);
  }
  // Uniform in [low, high], both included. REQUIRES: low <= high.
  int64_t Between(int64_t low, int64_t high);
  // True with probability numerator / denominator. REQUIRES: 0 < denominator.
  bool Chance(uint64_t numerator, uint64_t denominator) { return Below(denominator) < numerator; }

  // Fisher-Yates, from the back.
  template <class T>
  void Shuffle(std::vector<T>* items) {
    for (size_t i = items->size(); i > 1; --i) {
      const size_t j = Below(i);
      std::swap((*items)[i - 1], (*items)[j]);
    }
  }

  // Index drawn with probability proportional to its weight. REQUIRES: the sum of the weights is
  // positive.
  size_t Weighted(const std::vector<uint32_t>& weights);

  // The generator's state, for digests and recordings.
  const std::array<uint64_t, 4>& state() const { return state_; }

 private:
  // The rare rest of Below: `product` may have to be drawn again.
  uint64_t BelowAgain(unsigned __int128 product, uint64_t bound);

  explicit Rng(const std::array<uint64_t, 4>& state) : state_(state) {}

  std::array<uint64_t, 4> state_;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_BASE_RNG_H_
