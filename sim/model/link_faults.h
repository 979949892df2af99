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

// TCP's first retransmission timeout; it doubles with each loss.
inline constexpr Duration kFirstTimeout = Millis(200);
// The losses of one packet that are drawn at most.
inline constexpr int kMostLosses = 15;

struct LinkFault {
  enum class Kind : uint8_t { kBlock, kDelay, kLoss, kBandwidth, kDuplicate, kCorrupt, kSlice };
  Kind kind = Kind::kBlock;
  std::vector<uint16_t> side;  // by node; 0: not concerned
  // Acts on packets from side 1 to another side, from another side to side 1, or between any two
  // sides.
  bool from_first = true;
  bool to_first = true;
  // Not 0: the sides are places on a circle of so many, and only packets between places further
  // apart than `reach` are hit.
  uint16_t ring = 0;
  uint16_t reach = 0;
  Quantiles latency;                     // kDelay; kSlice: between two pieces
  Duration jitter;                       // kDelay
  uint32_t ppm = 0;                      // share of the packets; kDelay: 0 means all
  Duration burst;                        // not zero: the draws of a path are the same for so long,
  uint32_t correlation_ppm = 1'000'000;  // for so many of the packets,
  uint64_t salt = 0;                     // and depend on this
  uint64_t bytes_per_s = 0;
  uint32_t piece_bytes = 0;  // kSlice

  bool Applies(uint32_t from, uint32_t to) const;
};

struct Packet {
  uint32_t from = 0;
  uint32_t to = 0;
  uint64_t bytes = 0;
  Instant leave;
  uint64_t bits = 0;  // random
};

// The sum of the faults on one path.
struct PathEffect {
  Duration delay;
  Duration burst_delay;  // until the packet was sent again outside every burst of losses
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
  PathEffect On(const Packet& packet) const;

 private:
  struct Entry {
    uint32_t number = 0;
    LinkFault fault;
  };
  static uint64_t Draw(const Entry& entry, const Packet& packet, Instant at);
  static bool Hits(const Entry& entry, const Packet& packet, Instant at);
  static Duration DelayOf(const Entry& entry, const Packet& packet);
  static Duration BurstDelay(const Entry& entry, const Packet& packet);
  static void AddEffect(const Entry& entry, const Packet& packet, PathEffect* sum);

  std::vector<Entry> active_;
  uint32_t numbers_ = 0;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_LINK_FAULTS_H_
