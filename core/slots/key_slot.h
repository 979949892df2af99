// The hash slot of a key or of a shard channel.
//
// SOURCE: bus spec section 14 (CRC16/XMODEM over the hash tag, 14 bits kept). Binary safe.
#ifndef GOSSAMER_CORE_SLOTS_KEY_SLOT_H_
#define GOSSAMER_CORE_SLOTS_KEY_SLOT_H_

#include <cstdint>
#include <string_view>

#include "core/slots/slot_set.h"

namespace gossamer {

// CRC16/XMODEM: polynomial 0x1021, initial 0, no reflection, no final xor.
uint16_t Crc16(std::string_view bytes);

// The part of `key` that is hashed: what stands between the first '{' and the first '}' after it
// when that is not empty, else all of it. A view into `key`.
std::string_view HashTag(std::string_view key);

Slot KeySlot(std::string_view key);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_SLOTS_KEY_SLOT_H_
