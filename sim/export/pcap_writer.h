// PcapWriter: the simulated network as a capture file (pcapng), with the bytes of every bus message
// in TCP over IPv4.
//
// The capture is taken where packets arrive, so that a message stands at the moment of its delivery
// and what is lost does not appear; SYNs that nobody gets, acknowledgements without data and the
// end that a closed connection's other side would answer do not either. Times are virtual, from
// kWallEpoch on. Streams that were there before the run begin without a handshake. What the filter
// hides takes no sequence numbers: the streams that are shown are whole. A message longer than a
// packet is cut. A node without an IPv4 address stands under one of 10.255.0.0/16. The bytes are
// the same for the same run, in every transport. Thread safety: none.
#ifndef GOSSAMER_SIM_EXPORT_PCAP_WRITER_H_
#define GOSSAMER_SIM_EXPORT_PCAP_WRITER_H_

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "sim/export/pcapng.h"
#include "sim/export/tcp_packet.h"
#include "sim/model/network_tap.h"
#include "sim/model/observer.h"
#include "sim/model/world.h"
#include "sim/report/output_filter.h"

namespace gossamer::sim {

class PcapWriter : public Observer, public NetworkTap {
 public:
  // `comment` is the section's, `application` the program. To be given to the run both as observer
  // and as tap.
  PcapWriter(std::ostream* out, OutputFilter filter, std::string comment, std::string application);

  void OnStart(const World& world) override;
  void OnPacket(Instant at, const NetworkPacket& packet) override;
  void OnEnd(Instant at) override;

 private:
  // Addresses are numbered as they appear.
  struct Place {
    Ipv4 ip = {};
    uint16_t next_port = 0;  // of connections that it opens
  };
  struct Stream {
    uint32_t link = 0;
    uint32_t place[2] = {0, 0};  // of the opener, of the acceptor
    uint32_t next[2] = {1, 1};   // sequence number of what each sends next
    uint16_t opener = 0;
    uint16_t port[2] = {0, 0};
    bool begun = false;  // more than SYNs was shown of it
  };

  bool Shows(Instant at, const NetworkPacket& packet) const;
  uint32_t PlaceOf(uint32_t node, const IpText& ip);
  uint16_t NewPort(Place* place) const;
  Stream& StreamOf(const NetworkPacket& packet);
  // Appends a packet of `stream` that its end `from` sends to packet_.
  void Build(const Stream& stream, int from, uint8_t flags, uint32_t sequence,
             uint32_t acknowledged, std::string_view payload);
  void WriteMessage(Instant at, const NetworkPacket& packet, Stream* stream);
  void Write(Instant at, std::string_view comment);
  // Writes the SYNs that have arrived by then.
  void WriteArrived(Instant at);

  PcapngWriter file_;
  OutputFilter filter_;
  std::string comment_;
  std::string application_;
  std::vector<Place> places_;
  absl::flat_hash_map<std::string, uint32_t> place_of_;  // by the address's text; looked up only
  std::vector<uint16_t> listening_;                      // ports that no opener takes; sorted
  absl::flat_hash_map<uint32_t, Stream> streams_;        // by row; looked up only
  std::multimap<Instant, std::string> under_way_;        // SYNs
  std::string packet_;
  std::string bytes_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_EXPORT_PCAP_WRITER_H_
