#include "sim/model/link_faults.h"

#include <algorithm>
#include <utility>

#include "core/base/hash.h"

namespace gossamer::sim {
namespace {

constexpr uint32_t kMillion = 1'000'000;

// The probability that at least one of two independent things happens.
uint32_t Either(uint32_t a, uint32_t b) {
  const uint64_t neither =
      uint64_t{kMillion - std::min(a, kMillion)} * (kMillion - std::min(b, kMillion));
  return kMillion - static_cast<uint32_t>(neither / kMillion);
}

}  // namespace

bool LinkFault::Applies(uint32_t from, uint32_t to) const {
  const uint8_t a = side[from];
  const uint8_t b = side[to];
  if (a == 0 || b == 0 || a == b) return false;
  if (a == 1) return from_first;
  if (b == 1) return to_first;
  return from_first && to_first;
}

uint32_t LinkFaults::Add(LinkFault fault) {
  active_.push_back({++numbers_, std::move(fault)});
  return numbers_;
}

void LinkFaults::Remove(uint32_t number) {
  std::erase_if(active_, [number](const Entry& e) { return e.number == number; });
}

bool LinkFaults::Active(uint32_t number) const {
  return std::any_of(active_.begin(), active_.end(),
                     [number](const Entry& e) { return e.number == number; });
}

bool LinkFaults::Blocked(uint32_t from, uint32_t to) const {
  return std::any_of(active_.begin(), active_.end(), [from, to](const Entry& e) {
    return e.fault.kind == LinkFault::Kind::kBlock && e.fault.Applies(from, to);
  });
}

PathEffect LinkFaults::On(uint32_t from, uint32_t to, uint64_t bits) const {
  PathEffect sum;
  for (const Entry& e : active_) {
    if (!e.fault.Applies(from, to)) continue;
    switch (e.fault.kind) {
      case LinkFault::Kind::kBlock:
        break;
      case LinkFault::Kind::kDelay:
        sum.delay += e.fault.latency.At(static_cast<uint32_t>(Mix64(bits + e.number)));
        break;
      case LinkFault::Kind::kLoss:
        sum.loss_ppm = Either(sum.loss_ppm, e.fault.ppm);
        break;
      case LinkFault::Kind::kDuplicate:
        sum.duplicate_ppm = Either(sum.duplicate_ppm, e.fault.ppm);
        break;
      case LinkFault::Kind::kCorrupt:
        sum.corrupt_ppm = Either(sum.corrupt_ppm, e.fault.ppm);
        break;
      case LinkFault::Kind::kBandwidth:
        sum.bytes_per_s = sum.bytes_per_s == 0 ? e.fault.bytes_per_s
                                               : std::min(sum.bytes_per_s, e.fault.bytes_per_s);
        break;
    }
  }
  return sum;
}

}  // namespace gossamer::sim
