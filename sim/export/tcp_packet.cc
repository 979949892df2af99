#include "sim/export/tcp_packet.h"

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/strings.h"
#include "core/cluster/ip_literal.h"

namespace gossamer::sim {
namespace {

constexpr size_t kIpBytes = 20;
constexpr size_t kTcpBytes = kTcpIpHeaderBytes - kIpBytes;
constexpr uint8_t kTcpProtocol = 6;
constexpr uint16_t kDontFragment = 0x4000;
constexpr uint8_t kTimeToLive = 64;
constexpr uint16_t kWindow = 65535;

// The sum of 16-bit words that the checksums of IP and TCP are made of.
class WordSum {
 public:
  void Add(const uint8_t* bytes, size_t size) {
    for (size_t i = 0; i + 1 < size; i += 2) sum_ += LoadBig16(bytes + i);
    if (size % 2 != 0) sum_ += uint64_t{bytes[size - 1]} << 8;
  }
  void Add(uint16_t word) { sum_ += word; }
  uint16_t Checksum() const {
    uint64_t folded = sum_;
    while ((folded >> 16) != 0) folded = (folded & 0xffff) + (folded >> 16);
    return static_cast<uint16_t>(~folded);
  }

 private:
  uint64_t sum_ = 0;
};

void WriteIp(const TcpHeader& header, size_t payload, uint8_t* ip) {
  ip[0] = 0x45;  // version 4, five words
  ip[1] = 0;
  StoreBig16(ip + 2, static_cast<uint16_t>(kTcpIpHeaderBytes + payload));
  StoreBig16(ip + 4, 0);
  StoreBig16(ip + 6, kDontFragment);
  ip[8] = kTimeToLive;
  ip[9] = kTcpProtocol;
  StoreBig16(ip + 10, 0);
  std::memcpy(ip + 12, header.from.ip.data(), 4);
  std::memcpy(ip + 16, header.to.ip.data(), 4);
  WordSum sum;
  sum.Add(ip, kIpBytes);
  StoreBig16(ip + 10, sum.Checksum());
}

void WriteTcp(const TcpHeader& header, const uint8_t* ip, size_t payload, uint8_t* segment) {
  StoreBig16(segment, header.from.port);
  StoreBig16(segment + 2, header.to.port);
  StoreBig32(segment + 4, header.sequence);
  StoreBig32(segment + 8, header.acknowledged);
  segment[12] = (kTcpBytes / 4) << 4;
  segment[13] = header.flags;
  StoreBig16(segment + 14, kWindow);
  StoreBig16(segment + 16, 0);
  StoreBig16(segment + 18, 0);
  WordSum sum;
  sum.Add(ip + 12, 8);  // both addresses
  sum.Add(kTcpProtocol);
  sum.Add(static_cast<uint16_t>(kTcpBytes + payload));
  sum.Add(segment, kTcpBytes + payload);
  StoreBig16(segment + 16, sum.Checksum());
}

}  // namespace

std::optional<Ipv4> ParseIpv4(std::string_view text) {
  if (text.find(':') != std::string_view::npos || !CanonicalIp(text)) return std::nullopt;
  Ipv4 ip = {};
  size_t i = 0;
  for (const std::string_view part : SplitWords(text, ".")) {
    uint64_t number = 0;
    ParseU64(part, &number);
    ip[i++] = static_cast<uint8_t>(number);
  }
  return ip;
}

void AppendTcpPacket(const TcpHeader& header, std::string_view payload, std::string* out) {
  GOSSAMER_CHECK(payload.size() <= kMaxTcpPayload);
  const size_t begin = out->size();
  out->resize(begin + kTcpIpHeaderBytes);
  out->append(payload);
  auto* ip = reinterpret_cast<uint8_t*>(out->data() + begin);
  WriteIp(header, payload.size(), ip);
  WriteTcp(header, ip, payload.size(), ip + kIpBytes);
}

}  // namespace gossamer::sim
