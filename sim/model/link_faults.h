// LinkFaults: what is wrong with the paths between nodes right now. Faults on one path add up.
//
// A fault divides the nodes into sides; it acts on packets that go from one side to another. Pure
// state; no events, no draws of its own. Thread safety: none.
#ifndef GOSSAMER_SIM_MODEL_LINK_FAULTS_H_
#define GOSSAMER_SIM_MODEL_LINK_FAULTS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/time.h"
#include "sim/engine/quantiles.h"

namespace gossamer::sim {

struct LinkFault {
  enum class Kind : uint8_t { kBlock, kDelay, kLoss, kBandwidth, kDuplicate, kCorrupt };
  Kind kind = Kind::kBlock;
  std::vector<uint8_t> side;  // by node; 0: not concerned
  // Acts on packets from side 1 to another side, from another side to side 1, or between any two
  // sides.
  bool from_first = true;
  bool to_first = true;
  Quantiles latency;
  uint32_t ppm = 0;
  uint64_t bytes_per_s = 0;

  bool Applies(uint32_t from, uint32_t to) const;
};

// The sum of the faults on one path.
struct PathEffect {
  Duration delay;
  uint32_t loss_ppm = 0;
  uint32_t duplicate_ppm = 0;
  uint32_t corrupt_ppm = 0;
  uint64_t bytes_per_s = 0;  // 0: no limit
};

class LinkFaults {
 public:
  // Returns a number by which to remove it.
  uint32_t Add(LinkFault fault);
  void Remove(uint32_t number);
  bool Active(uint32_t number) const;
  bool any() const { return !active_.empty(); }

  bool Blocked(uint32_t from, uint32_t to) const;
  // `bits`: random bits for the delays.
  PathEffect On(uint32_t from, uint32_t to, uint64_t bits) const;

 private:
  struct Entry {
    uint32_t number = 0;
    LinkFault fault;
  };
  std::vector<Entry> active_;
  uint32_t numbers_ = 0;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_LINK_FAULTS_H_
