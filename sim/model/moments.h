// Moments: when each item of a timeline happens in the run of one seed.
//
// Where an item gives a range, its moment is drawn uniformly over whole microseconds, both ends
// included. The stream belongs to the range, and to the item's place among those with the same one,
// so that an item more moves no other's moment. Thread safety: a pure function.
#ifndef GOSSAMER_SIM_MODEL_MOMENTS_H_
#define GOSSAMER_SIM_MODEL_MOMENTS_H_

#include <cstdint>
#include <vector>

#include "core/base/time.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

// By item; they need not rise.
std::vector<Instant> DrawMoments(const std::vector<TimelineItem>& timeline, uint64_t seed);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_MOMENTS_H_
