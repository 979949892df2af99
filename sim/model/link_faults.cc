#include "sim/model/link_faults.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "core/base/hash.h"
#include "sim/engine/draw.h"

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
  const uint16_t a = side[from];
  const uint16_t b = side[to];
  if (a == 0 || b == 0 || a == b) return false;
  if (ring != 0) {
    const int apart = std::abs(int{a} - int{b});
    return std::min(apart, int{ring} - apart) > int{reach};
  }
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

// Random bits of the packet, or those that its path has in this stretch of time.
uint64_t LinkFaults::Draw(const Entry& entry, const Packet& packet, Instant at) {
  const LinkFault& fault = entry.fault;
  const uint64_t own = Mix64(packet.bits + entry.number);
  if (fault.burst.us == 0) return own;
  const bool shares =
      fault.correlation_ppm >= kMillion ||
      Scale(static_cast<uint32_t>(Mix64(own ^ fault.salt)), kMillion) < fault.correlation_ppm;
  if (!shares) return own;
  const uint64_t path = (uint64_t{packet.from} << 32) | packet.to;
  return DrawAt(fault.salt, path, static_cast<uint64_t>(at.us / fault.burst.us));
}

bool LinkFaults::Hits(const Entry& entry, const Packet& packet, Instant at) {
  const auto bits = static_cast<uint32_t>(Draw(entry, packet, at) >> 32);
  return Scale(bits, kMillion) < entry.fault.ppm;
}

Duration LinkFaults::DelayOf(const Entry& entry, const Packet& packet) {
  const LinkFault& fault = entry.fault;
  if (fault.ppm != 0 && !Hits(entry, packet, packet.leave)) return {};
  const uint64_t bits = Draw(entry, packet, packet.leave);
  Duration delay = fault.latency.At(static_cast<uint32_t>(bits));
  if (fault.jitter.us > 0) {
    const auto spread = static_cast<uint64_t>(2 * fault.jitter.us + 1);
    delay += Micros(static_cast<int64_t>(Mix64(bits) % spread) - fault.jitter.us);
  }
  return std::max(delay, Duration{});
}

// How much later than its first copy the first one leaves that no burst swallows.
Duration LinkFaults::BurstDelay(const Entry& entry, const Packet& packet) {
  Duration delay;
  Packet copy = packet;
  for (int k = 0; k < kMostLosses && Hits(entry, copy, packet.leave + delay); ++k) {
    delay += kFirstTimeout * (int64_t{1} << std::min(k, 9));
    copy.bits = Mix64(copy.bits + 1);
  }
  return delay;
}

void LinkFaults::AddEffect(const Entry& entry, const Packet& packet, PathEffect* sum) {
  const LinkFault& fault = entry.fault;
  const auto ppm = [&] {
    if (fault.burst.us == 0) return fault.ppm;
    return Hits(entry, packet, packet.leave) ? kMillion : 0;
  };
  switch (fault.kind) {
    case LinkFault::Kind::kBlock:
      break;
    case LinkFault::Kind::kDelay:
      sum->delay += DelayOf(entry, packet);
      break;
    case LinkFault::Kind::kLoss:
      if (fault.burst.us == 0) {
        sum->loss_ppm = Either(sum->loss_ppm, fault.ppm);
      } else {
        sum->burst_delay += BurstDelay(entry, packet);
      }
      break;
    case LinkFault::Kind::kDuplicate:
      sum->duplicate_ppm = Either(sum->duplicate_ppm, ppm());
      break;
    case LinkFault::Kind::kCorrupt:
      sum->corrupt_ppm = Either(sum->corrupt_ppm, ppm());
      break;
    case LinkFault::Kind::kBandwidth:
      sum->bytes_per_s =
          sum->bytes_per_s == 0 ? fault.bytes_per_s : std::min(sum->bytes_per_s, fault.bytes_per_s);
      break;
    case LinkFault::Kind::kSlice: {
      if (fault.piece_bytes == 0) break;
      const int64_t pieces = static_cast<int64_t>(packet.bytes / fault.piece_bytes) +
                             (packet.bytes % fault.piece_bytes != 0 ? 1 : 0);
      if (pieces > 1) sum->delay += DelayOf(entry, packet) * (pieces - 1);
      break;
    }
  }
}

PathEffect LinkFaults::On(const Packet& packet) const {
  PathEffect sum;
  for (const Entry& e : active_) {
    if (e.fault.Applies(packet.from, packet.to)) AddEffect(e, packet, &sum);
  }
  return sum;
}

}  // namespace gossamer::sim
