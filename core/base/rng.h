// Seeded random streams. Integers only, the same numbers on every compiler.
//
// One stream per consumer, derived from (seed, stable label), so that a draw added in one place
// shifts no other. xoshiro256**, seeded through SplitMix64. Not for secrets. Thread safety: none; a
// stream belongs to one owner.
#ifndef GOSSAMER_CORE_BASE_RNG_H_
#define GOSSAMER_CORE_BASE_RNG_H_

#include <array>
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

  uint64_t Next64();

  // Uniform in [0, bound). REQUIRES: bound > 0. Unbiased (Lemire's multiply and reject).
  uint64_t Below(uint64_t bound);
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
  explicit Rng(const std::array<uint64_t, 4>& state) : state_(state) {}

  std::array<uint64_t, 4> state_;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_BASE_RNG_H_
