#include "sim/export/pcapng.h"

#include <cstddef>

namespace gossamer::sim {
namespace {

constexpr uint32_t kSectionHeader = 0x0a0d0d0a;
constexpr uint32_t kInterfaceDescription = 1;
constexpr uint32_t kNameResolution = 4;
constexpr uint32_t kEnhancedPacket = 6;
constexpr uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr uint16_t kRawIp = 101;
constexpr uint16_t kNameRecordIpv4 = 1;

// Options.
constexpr uint16_t kComment = 1;
constexpr uint16_t kApplication = 4;    // of a section
constexpr uint16_t kInterfaceName = 2;  // of an interface
constexpr uint16_t kResolution = 9;     // of an interface: 10 to the minus so many seconds

constexpr size_t kMaxOption = 65535;

}  // namespace

// Integers are little-endian; readers learn it from the section's magic number.
void PcapngWriter::U16(uint16_t value) {
  block_.push_back(static_cast<char>(value));
  block_.push_back(static_cast<char>(value >> 8));
}

void PcapngWriter::U32(uint32_t value) {
  U16(static_cast<uint16_t>(value));
  U16(static_cast<uint16_t>(value >> 16));
}

void PcapngWriter::Padded(std::string_view bytes) {
  block_ += bytes;
  block_.append((4 - bytes.size() % 4) % 4, '\0');
}

void PcapngWriter::Option(uint16_t code, std::string_view value) {
  value = value.substr(0, kMaxOption);
  U16(code);
  U16(static_cast<uint16_t>(value.size()));
  Padded(value);
}

void PcapngWriter::BeginBlock(uint32_t type) {
  block_.clear();
  U32(type);
  U32(0);  // the length, once it is known
}

void PcapngWriter::EndBlock() {
  const auto length = static_cast<uint32_t>(block_.size() + 4);
  U32(length);
  for (size_t i = 0; i < 4; ++i) block_[4 + i] = static_cast<char>(length >> (8 * i));
  out_->write(block_.data(), static_cast<std::streamsize>(block_.size()));
}

void PcapngWriter::Begin(std::string_view comment, std::string_view application) {
  BeginBlock(kSectionHeader);
  U32(kByteOrderMagic);
  U16(1);  // version 1.0
  U16(0);
  U32(0xffffffff);  // the section's length is not known
  U32(0xffffffff);
  Option(kComment, comment);
  Option(kApplication, application);
  EndOfOptions();
  EndBlock();

  BeginBlock(kInterfaceDescription);
  U16(kRawIp);
  U16(0);
  U32(0);  // packets are never cut
  Option(kInterfaceName, "simulated network");
  Option(kResolution, std::string_view("\x09", 1));
  EndOfOptions();
  EndBlock();
}

void PcapngWriter::Names(const std::vector<std::pair<Ipv4, std::string>>& names) {
  if (names.empty()) return;
  BeginBlock(kNameResolution);
  for (const auto& [ip, name] : names) {
    std::string record(ip.begin(), ip.end());
    record += name;
    record.push_back('\0');
    U16(kNameRecordIpv4);
    U16(static_cast<uint16_t>(record.size()));
    Padded(record);
  }
  U32(0);  // the end of the records
  EndBlock();
}

void PcapngWriter::Packet(int64_t unix_ns, std::string_view packet, std::string_view comment) {
  BeginBlock(kEnhancedPacket);
  U32(0);  // the interface
  U32(static_cast<uint32_t>(static_cast<uint64_t>(unix_ns) >> 32));
  U32(static_cast<uint32_t>(unix_ns));
  U32(static_cast<uint32_t>(packet.size()));
  U32(static_cast<uint32_t>(packet.size()));
  Padded(packet);
  if (!comment.empty()) {
    Option(kComment, comment);
    EndOfOptions();
  }
  EndBlock();
}

}  // namespace gossamer::sim
