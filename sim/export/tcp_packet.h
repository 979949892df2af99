// TCP over IPv4 as bytes: what a capture file needs of it.
//
// Headers without options, checksums computed. SOURCE: RFC 791, RFC 9293. Thread safety: pure
// functions.
#ifndef GOSSAMER_SIM_EXPORT_TCP_PACKET_H_
#define GOSSAMER_SIM_EXPORT_TCP_PACKET_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gossamer::sim {

using Ipv4 = std::array<uint8_t, 4>;

// Nothing for anything but four decimal numbers.
std::optional<Ipv4> ParseIpv4(std::string_view text);

struct SocketAddress {
  Ipv4 ip = {};
  uint16_t port = 0;
};

namespace tcp {
inline constexpr uint8_t kFin = 0x01;
inline constexpr uint8_t kSyn = 0x02;
inline constexpr uint8_t kReset = 0x04;
inline constexpr uint8_t kPush = 0x08;
inline constexpr uint8_t kAck = 0x10;
}  // namespace tcp

struct TcpHeader {
  SocketAddress from;
  SocketAddress to;
  uint32_t sequence = 0;
  uint32_t acknowledged = 0;
  uint8_t flags = 0;
};

inline constexpr size_t kTcpIpHeaderBytes = 40;
// The most payload that the length field of an IPv4 packet allows.
inline constexpr size_t kMaxTcpPayload = 65535 - kTcpIpHeaderBytes;

// Appends one packet. REQUIRES: payload.size() <= kMaxTcpPayload.
void AppendTcpPacket(const TcpHeader& header, std::string_view payload, std::string* out);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_EXPORT_TCP_PACKET_H_
