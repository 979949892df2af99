// Byte offsets of the cluster bus messages. Private to core/bus.
//
// All integers are big-endian. SOURCE: bus spec sections 1 to 4.
#ifndef GOSSAMER_CORE_BUS_LAYOUT_H_
#define GOSSAMER_CORE_BUS_LAYOUT_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/ids.h"
#include "core/bus/types.h"
#include "core/slots/slot_set.h"

namespace gossamer::layout {

inline constexpr std::array<uint8_t, 4> kSignatureBytes = {'R', 'C', 'm', 'b'};
inline constexpr uint16_t kProtocolVersion = 1;
inline constexpr uint16_t kLightBit = 0x8000;
// Enough of a frame to know its signature, length and type.
inline constexpr size_t kPrefixBytes = 14;

// The normal header. The light header has the first five fields at the same places, without `port`.
inline constexpr size_t kSignature = 0;
inline constexpr size_t kTotalLength = 4;
inline constexpr size_t kVersion = 8;
inline constexpr size_t kPort = 10;
inline constexpr size_t kType = 12;
inline constexpr size_t kCount = 14;
inline constexpr size_t kCurrentEpoch = 16;
inline constexpr size_t kConfigEpoch = 24;
inline constexpr size_t kOffset = 32;
inline constexpr size_t kSender = 40;
inline constexpr size_t kSlotBitmap = 80;
inline constexpr size_t kReplicaOf = 2128;
inline constexpr size_t kIp = 2168;
inline constexpr size_t kExtensionCount = 2214;
inline constexpr size_t kReserved = 2216;
inline constexpr size_t kPport = 2246;
inline constexpr size_t kCport = 2248;
inline constexpr size_t kFlags = 2250;
inline constexpr size_t kState = 2252;
inline constexpr size_t kMflags = 2253;
inline constexpr size_t kBody = 2256;

inline constexpr size_t kLightBody = 16;

static_assert(kSender + kNameLength == kSlotBitmap);
static_assert(kSlotBitmap + SlotSet::kBytes == kReplicaOf);
static_assert(kReplicaOf + kNameLength == kIp);
static_assert(kIp + IpText::kBytes == kExtensionCount);
static_assert(kReserved + 30 == kPport);
static_assert(kMflags + 3 == kBody);

// One gossip entry.
namespace gossip {
inline constexpr size_t kName = 0;
inline constexpr size_t kPingSent = 40;
inline constexpr size_t kPongReceived = 44;
inline constexpr size_t kIp = 48;
inline constexpr size_t kPort = 94;
inline constexpr size_t kCport = 96;
inline constexpr size_t kFlags = 98;
inline constexpr size_t kPport = 100;
inline constexpr size_t kUnused = 102;
inline constexpr size_t kBytes = 104;

static_assert(kIp + IpText::kBytes == kPort);
static_assert(kUnused + 2 == kBytes);
}  // namespace gossip

// One ping extension: its length with header and padding, its type, two unused bytes, its payload.
namespace extension {
inline constexpr size_t kLength = 0;
inline constexpr size_t kType = 4;
inline constexpr size_t kPayload = 8;
inline constexpr size_t kAlignment = 8;

inline constexpr uint16_t kHostname = 0;
inline constexpr uint16_t kHumanNodename = 1;
inline constexpr uint16_t kForgottenNode = 2;
inline constexpr uint16_t kShardId = 3;
inline constexpr uint16_t kClientIpv4 = 4;
inline constexpr uint16_t kClientIpv6 = 5;
inline constexpr uint16_t kClientPort = 6;
inline constexpr uint16_t kClientTlsPort = 7;
inline constexpr uint16_t kAvailabilityZone = 8;

inline constexpr size_t kForgottenNodePayload = kNameLength + 8;
inline constexpr size_t kShardIdPayload = kNameLength;
inline constexpr size_t kPortPayload = 8;

constexpr size_t Padded(size_t size) { return (size + kAlignment - 1) & ~(kAlignment - 1); }
}  // namespace extension

// Offsets below are from the start of the body.
namespace publish {
inline constexpr size_t kChannelLength = 0;
inline constexpr size_t kMessageLength = 4;
inline constexpr size_t kData = 8;
}  // namespace publish

namespace update {
inline constexpr size_t kConfigEpoch = 0;
inline constexpr size_t kNode = 8;
inline constexpr size_t kSlotBitmap = 48;
inline constexpr size_t kBytes = 2096;

static_assert(kSlotBitmap + SlotSet::kBytes == kBytes);
}  // namespace update

namespace module {
inline constexpr size_t kId = 0;
inline constexpr size_t kLength = 8;
inline constexpr size_t kType = 12;
inline constexpr size_t kData = 13;
}  // namespace module

}  // namespace gossamer::layout

#endif  // GOSSAMER_CORE_BUS_LAYOUT_H_
