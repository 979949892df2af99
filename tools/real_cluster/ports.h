// Free ports of this machine for cluster nodes: a port for clients, and the bus's, 10000 above.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_PORTS_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_PORTS_H_

#include <cstdint>
#include <optional>

namespace gossamer::real {

inline constexpr uint16_t kBusPortOffset = 10000;

// Gives each port once. Both ports lie below those that Linux gives to clients (32768 and up), so
// that no connection takes one away meanwhile. Another program still may: then the server says so
// and ends. Thread safety: none.
class Ports {
 public:
  // Programs that run at the same time begin at different ports.
  Ports();
  // Nothing when none is left.
  std::optional<uint16_t> Next();

 private:
  uint16_t next_;
  int left_;
};

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_PORTS_H_
