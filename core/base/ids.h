// Identifiers that travel on the bus or stay inside one host, each a type of its own.
//
// NodeName and ShardId are the 40 characters of the wire. NodeKey is a host-local handle for a name
// (see core/bus/name_table.h): it has == but no order, because rules that order nodes compare
// names.
#ifndef GOSSAMER_CORE_BASE_IDS_H_
#define GOSSAMER_CORE_BASE_IDS_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace gossamer {

inline constexpr size_t kNameLength = 40;

// Forty raw bytes. Ordered as memcmp orders them. All zero means "none" on the wire.
template <class Tag>
struct Id40 {
  std::array<char, kNameLength> bytes{};

  // The id written in `text`, or nothing unless it is exactly 40 characters of [0-9a-z].
  static std::optional<Id40> Parse(std::string_view text) {
    if (text.size() != kNameLength) return std::nullopt;
    Id40 id;
    std::memcpy(id.bytes.data(), text.data(), kNameLength);
    if (!id.valid()) return std::nullopt;
    return id;
  }

  std::string_view view() const { return {bytes.data(), bytes.size()}; }
  std::string str() const { return std::string(view()); }
  bool zero() const { return *this == Id40{}; }
  // True when every byte is in [0-9a-z], which is what every lookup requires. SOURCE: bus spec
  // section 7.
  bool valid() const {
    for (const char c : bytes) {
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'))) return false;
    }
    return true;
  }

  friend bool operator==(const Id40& a, const Id40& b) {
    return std::memcmp(a.bytes.data(), b.bytes.data(), kNameLength) == 0;
  }
  friend std::strong_ordering operator<=>(const Id40& a, const Id40& b) {
    return std::memcmp(a.bytes.data(), b.bytes.data(), kNameLength) <=> 0;
  }
};

using NodeName = Id40<struct NodeNameTag>;
using ShardId = Id40<struct ShardIdTag>;

// Handle of an interned node name. Valid only inside the host whose NameTable made it.
struct NodeKey {
  uint16_t value = 0xffff;

  constexpr bool valid() const { return value != 0xffff; }
  friend constexpr bool operator==(NodeKey, NodeKey) = default;
};
inline constexpr NodeKey kNoKey{};

// A currentEpoch, configEpoch or election epoch.
struct Epoch {
  uint64_t value = 0;

  constexpr auto operator<=>(const Epoch&) const = default;
};

// One bus connection as one node sees it. Outbound ids are allocated by the core, inbound ids by
// the host; the same number with the other direction is another link. Slots are small and reused,
// the generation tells the uses apart.
struct LinkId {
  uint32_t value = 0;

  static constexpr uint32_t kInboundBit = 1u << 31;
  static constexpr uint32_t kSlotBits = 18;
  static constexpr uint32_t kSlotMask = (1u << kSlotBits) - 1;
  static constexpr uint32_t kGenerationMask = (1u << (31 - kSlotBits)) - 1;

  static constexpr LinkId Make(bool inbound, uint32_t slot, uint32_t generation) {
    return {(inbound ? kInboundBit : 0) | ((generation & kGenerationMask) << kSlotBits) |
            (slot & kSlotMask)};
  }
  constexpr bool inbound() const { return (value & kInboundBit) != 0; }
  constexpr uint32_t slot() const { return value & kSlotMask; }
  constexpr uint32_t generation() const { return (value >> kSlotBits) & kGenerationMask; }
  friend constexpr bool operator==(LinkId, LinkId) = default;
};

// Names one Persist effect. Rises by one per Persist of a node; zero means "depends on nothing".
struct Ticket {
  uint64_t value = 0;

  constexpr auto operator<=>(const Ticket&) const = default;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_BASE_IDS_H_
