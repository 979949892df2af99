#include "core/base/hash.h"

namespace gossamer {
namespace {

uint64_t LoadTail(const unsigned char* data, size_t size) {
  uint64_t word = 0;
  for (size_t i = 0; i < size; ++i) word |= static_cast<uint64_t>(data[i]) << (8 * i);
  return word;
}

uint64_t Load64(const unsigned char* data) {
  uint64_t word;
  std::memcpy(&word, data, sizeof(word));
  return word;
}

}  // namespace

uint64_t HashBytes(const void* data, size_t size, uint64_t seed) {
  const auto* p = static_cast<const unsigned char*>(data);
  uint64_t a = seed ^ 0xa0761d6478bd642fu;
  uint64_t b = (seed * 3) ^ 0xe7037ed1a0b428dbu;
  size_t left = size;
  // Two independent lanes keep the multiplier busy.
  while (left >= 32) {
    a = FoldMultiply(a ^ Load64(p), Load64(p + 8) ^ 0x8ebc6af09c88c6e3u);
    b = FoldMultiply(b ^ Load64(p + 16), Load64(p + 24) ^ 0x589965cc75374cc3u);
    p += 32;
    left -= 32;
  }
  while (left >= 8) {
    a = FoldMultiply(a ^ Load64(p), 0x1d8e4e27c47d124fu) + 0x9e3779b97f4a7c15u;
    p += 8;
    left -= 8;
  }
  b ^= LoadTail(p, left);
  return Mix64(FoldMultiply(a ^ size, 0x9fb21c651e98df25u) ^ b);
}

}  // namespace gossamer
