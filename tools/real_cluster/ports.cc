#include "tools/real_cluster/ports.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gossamer::real {
namespace {

constexpr int kFirst = 10000;
constexpr int kCount = 12768;  // up to 22767, with the bus at 32767

bool IsFree(int port) {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool bound = bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(probe);
  return bound;
}

}  // namespace

Ports::Ports()
    : next_(static_cast<uint16_t>(kFirst + static_cast<int>(getpid()) * 251 % kCount)),
      left_(kCount) {}

std::optional<uint16_t> Ports::Next() {
  for (; left_ > 0; --left_) {
    const uint16_t port = next_;
    next_ = next_ + 1 == kFirst + kCount ? kFirst : static_cast<uint16_t>(next_ + 1);
    if (IsFree(port) && IsFree(port + kBusPortOffset)) {
      --left_;
      return port;
    }
  }
  return std::nullopt;
}

}  // namespace gossamer::real
