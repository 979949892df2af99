// PcapngWriter: a capture file in the pcapng format, block by block to a stream.
//
// One section, one interface of raw IP packets (link type 101), times in nanoseconds. SOURCE: the
// pcapng format, draft-ietf-opsawg-pcapng. A failed stream is left for the caller to notice.
// Thread safety: none.
#ifndef GOSSAMER_SIM_EXPORT_PCAPNG_H_
#define GOSSAMER_SIM_EXPORT_PCAPNG_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/export/tcp_packet.h"

namespace gossamer::sim {

class PcapngWriter {
 public:
  explicit PcapngWriter(std::ostream* out) : out_(out) {}

  // Writes what stands before the packets. To be called first. `application` wrote the file.
  void Begin(std::string_view comment, std::string_view application);
  // Names for addresses.
  void Names(const std::vector<std::pair<Ipv4, std::string>>& names);
  // One packet, `unix_ns` after 1970. An empty comment is left out.
  void Packet(int64_t unix_ns, std::string_view packet, std::string_view comment);

 private:
  void BeginBlock(uint32_t type);
  void U16(uint16_t value);
  void U32(uint32_t value);
  void Padded(std::string_view bytes);
  void Option(uint16_t code, std::string_view value);
  void EndOfOptions() { U32(0); }
  void EndBlock();

  std::ostream* out_;
  std::string block_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_EXPORT_PCAPNG_H_
