// Draws without a stream: a random number that depends on nothing but its coordinates.
//
// Where draws are made in an order that the run itself decides (one per message of a link, say), a
// counter-based draw keeps them apart: a message more on one link shifts nothing on another. Pure
// functions.
#ifndef GOSSAMER_SIM_ENGINE_DRAW_H_
#define GOSSAMER_SIM_ENGINE_DRAW_H_

#include <cstdint>

#include "core/base/hash.h"

namespace gossamer::sim {

// 64 random bits for the coordinates (a, b) under `seed`.
inline uint64_t DrawAt(uint64_t seed, uint64_t a, uint64_t b) {
  return Mix64(FoldMultiply(seed ^ a ^ 0xa0761d6478bd642fu, b ^ 0xe7037ed1a0b428dbu) + b);
}

// Maps 32 random bits onto [0, bound). REQUIRES: bound > 0. The bias is below bound / 2^32.
inline uint32_t Scale(uint32_t bits, uint32_t bound) {
  return static_cast<uint32_t>((uint64_t{bits} * bound) >> 32);
}

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_ENGINE_DRAW_H_
