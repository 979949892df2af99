// The vocabulary of the cluster bus: message types, flag bits, addresses.
//
// SOURCE: bus spec sections 1, 4, 5, 6. Wire values; nothing here depends on a node's state.
#ifndef GOSSAMER_CORE_BUS_TYPES_H_
#define GOSSAMER_CORE_BUS_TYPES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace gossamer {

enum class MessageType : uint16_t {
  kPing = 0,
  kPong = 1,
  kMeet = 2,
  kFail = 3,
  kPublish = 4,
  kAuthRequest = 5,
  kAuthAck = 6,
  kUpdate = 7,
  kMfStart = 8,
  kModule = 9,
  kPublishShard = 10,
};
inline constexpr size_t kMessageTypes = 11;

// The name of `type` in CLUSTER INFO's counters ("auth-req"), or "unknown".
std::string_view MessageTypeName(MessageType type);

constexpr bool IsHeartbeat(MessageType type) { return type <= MessageType::kMeet; }

// Bits of a node's flag word, as in the header and in gossip entries. kMeet and kMigrateTo are
// local to a node but travel, because the word is copied raw. SOURCE: bus spec section 5.
namespace flag {
inline constexpr uint16_t kPrimary = 0x0001;
inline constexpr uint16_t kReplica = 0x0002;
inline constexpr uint16_t kPfail = 0x0004;
inline constexpr uint16_t kFail = 0x0008;
inline constexpr uint16_t kMyself = 0x0010;
inline constexpr uint16_t kHandshake = 0x0020;
inline constexpr uint16_t kNoAddr = 0x0040;
inline constexpr uint16_t kMeet = 0x0080;
inline constexpr uint16_t kMigrateTo = 0x0100;
inline constexpr uint16_t kNoFailover = 0x0200;
inline constexpr uint16_t kExtensions = 0x0400;
inline constexpr uint16_t kLightPublish = 0x0800;
inline constexpr uint16_t kLightModule = 0x1000;  // also: tolerates repeated MEETs
inline constexpr uint16_t kMyPrimaryFail = 0x2000;
}  // namespace flag

// Bits of mflags[0]. SOURCE: bus spec section 6.
namespace mflag {
inline constexpr uint8_t kPaused = 0x01;
inline constexpr uint8_t kForceAck = 0x02;
inline constexpr uint8_t kExtData = 0x04;
}  // namespace mflag

// The 46 bytes of an IP text field, exactly as on the wire: NUL padded, possibly without NUL in
// hostile input.
struct IpText {
  static constexpr size_t kBytes = 46;
  std::array<char, kBytes> bytes{};

  // Truncates to 45 characters, so that a NUL always follows.
  static IpText From(std::string_view text) {
    IpText ip;
    std::memcpy(ip.bytes.data(), text.data(), text.size() < kBytes ? text.size() : kBytes - 1);
    return ip;
  }
  // Up to the first NUL, at most 45 characters.
  std::string_view view() const { return {bytes.data(), strnlen(bytes.data(), kBytes - 1)}; }
  bool empty() const { return bytes[0] == '\0'; }
  friend bool operator==(const IpText& a, const IpText& b) {
    return std::memcmp(a.bytes.data(), b.bytes.data(), kBytes) == 0;
  }
};

// Where a node is reached. `port` is the sender's primary client port (TLS when it runs
// tls-cluster), `pport` the other client port or 0, `cport` the bus port.
struct Endpoint {
  IpText ip;
  uint16_t port = 0;
  uint16_t pport = 0;
  uint16_t cport = 0;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_BUS_TYPES_H_
