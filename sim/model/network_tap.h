// NetworkTap: sees every packet at the moment at which it reaches a host, as a capture on all
// hosts' interfaces would.
//
// A packet that never arrives is not seen. Bytes are made only when the tap asks for them. The
// network does not know of acknowledgements without data, so that none are seen. Thread safety:
// none.
#ifndef GOSSAMER_SIM_MODEL_NETWORK_TAP_H_
#define GOSSAMER_SIM_MODEL_NETWORK_TAP_H_

#include <cstdint>
#include <string>

#include "core/base/time.h"
#include "core/bus/message.h"
#include "core/bus/types.h"
#include "sim/model/transport.h"

namespace gossamer::sim {

// kRefusal: the reset that answers a SYN where no process listens. kAck: the handshake's last
// packet.
enum class PacketKind : uint8_t { kSyn, kSynAck, kRefusal, kAck, kMessage, kFin, kReset };

struct NetworkPacket {
  PacketKind kind = PacketKind::kMessage;
  bool from_opener = true;
  // The connection: its row and the opener's link, both of which later connections use again. A SYN
  // begins one; before an answer to it has come it is the same one, sent again.
  uint32_t row = 0;
  uint32_t link = 0;
  uint32_t opener = 0;
  uint32_t acceptor = 0;
  const IpText* opener_ip = nullptr;
  const IpText* acceptor_ip = nullptr;
  uint16_t acceptor_port = 0;

  // Of kMessage.
  bool taken = true;  // false: no process has the socket any more, the kernel answers with a reset
  const TransportModel* carrier = nullptr;
  TransportModel::Packet cargo = 0;

  MessageRef message() const { return carrier->Original(cargo); }
  // Appends the bytes as they arrive; false when a fault changed them on the way.
  bool AppendBytes(std::string* out) const { return carrier->AppendBytes(cargo, out); }
};

class NetworkTap {
 public:
  virtual ~NetworkTap() = default;
  // `at` is now, but for a SYN: it is told of when it leaves, with the instant of its arrival. What
  // `packet` points to lives as long as the call.
  virtual void OnPacket(Instant at, const NetworkPacket& packet) = 0;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_NETWORK_TAP_H_
