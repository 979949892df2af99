// Fixed hashes: the same value in every process, on every compiler, for ever.
//
// They feed trace digests, random streams and in-memory indexes. They are not cryptographic; where
// hostile bytes choose the input, the caller passes a secret salt as the seed.
#ifndef GOSSAMER_CORE_BASE_HASH_H_
#define GOSSAMER_CORE_BASE_HASH_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace gossamer {

// SplitMix64's output function: a bijection that mixes all bits.
constexpr uint64_t Mix64(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// High and low half of the 128-bit product, folded.
inline uint64_t FoldMultiply(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

constexpr uint64_t CombineHash(uint64_t a, uint64_t b) {
  return Mix64(a ^ (Mix64(b) + 0x632be59bd9b4e019u));
}

// Hash of `size` bytes, independent of the machine's byte order on little-endian hosts.
uint64_t HashBytes(const void* data, size_t size, uint64_t seed);

inline uint64_t HashText(std::string_view text, uint64_t seed = 0) {
  return HashBytes(text.data(), text.size(), seed);
}

// A fast hash of a sequence of word pairs: a sum of folded products that do not wait for one
// another. Order matters, within a pair and among pairs. Each product is folded before it is
// summed: a plain sum of products is linear, and equal changes at different places would cancel
// out.
class ProductSum {
 public:
  void Add(uint64_t a, uint64_t b) { AddMixed(a, b ^ 0xe7037ed1a0b428dbu); }
  // As Add, for a `b` that is already as good as random: a zero there would swallow `a`.
  void AddMixed(uint64_t a, uint64_t b) {
    sum_ += FoldMultiply(a + counter_, b);
    counter_ += 0x9e3779b97f4a7c15u;
  }
  uint64_t Finish() const { return Mix64(sum_ ^ counter_); }

 private:
  uint64_t sum_ = 0;
  uint64_t counter_ = 0xd6e8feb86659fd93u;
};

// A 128-bit rolling digest. Order matters: Add(a), Add(b) differs from Add(b), Add(a).
class Digest {
 public:
  void Add(uint64_t word) {
    a_ = FoldMultiply(a_ ^ word, 0xa0761d6478bd642fu) + 0x9e3779b97f4a7c15u;
    b_ = (b_ ^ (word * 0xe7037ed1a0b428dbu)) * 0x2545f4914f6cdd1du;
    b_ ^= b_ >> 29;
  }
  void Add(uint64_t first, uint64_t second) {
    Add(FoldMultiply(first ^ 0x8ebc6af09c88c6e3u, 0x589965cc75374cc3u) + (second ^ (first << 1)));
    b_ += second;
  }
  uint64_t high() const { return Mix64(a_ ^ (b_ >> 32)); }
  uint64_t low() const { return Mix64(b_ + a_ * 3); }
  friend bool operator==(const Digest&, const Digest&) = default;

 private:
  uint64_t a_ = 0x243f6a8885a308d3u;
  uint64_t b_ = 0x13198a2e03707344u;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_BASE_HASH_H_
