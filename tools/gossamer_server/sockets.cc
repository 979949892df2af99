#include "tools/gossamer_server/sockets.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "asio/ip/v6_only.hpp"
#include "asio/steady_timer.hpp"

namespace gossamer::server {
namespace {

using asio::ip::tcp;

constexpr int kBacklog = 511;
constexpr int kProbes = 3;
constexpr auto kPause = std::chrono::milliseconds(100);

void KeepAlive(int descriptor, int seconds) {
  const int on = 1;
  const int between = std::max(seconds / kProbes, 1);
  const int probes = kProbes;
  ::setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof(seconds));
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &between, sizeof(between));
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
}

std::error_code Open(const BindAddress& address, uint16_t port, tcp::acceptor* acceptor) {
  std::error_code code;
  const asio::ip::address ip = asio::ip::make_address(address.ip, code);
  const tcp::endpoint endpoint(ip, port);
  if (!code) acceptor->open(endpoint.protocol(), code);
  if (!code && ip.is_v6()) acceptor->set_option(asio::ip::v6_only(true), code);
  if (!code) acceptor->set_option(tcp::acceptor::reuse_address(true), code);
  if (!code) acceptor->bind(endpoint, code);
  if (!code) acceptor->listen(kBacklog, code);
  return code;
}

}  // namespace

bool PrepareSocket(tcp::socket* socket, int64_t keepalive_s) {
  std::error_code error;
  socket->non_blocking(true, error);
  if (error) return false;
  socket->set_option(tcp::no_delay(true), error);
  if (error) return false;
  if (keepalive_s > 0) {
    KeepAlive(socket->native_handle(), static_cast<int>(std::min<int64_t>(keepalive_s, 32767)));
  }
  return true;
}

bool ListenOn(const std::vector<BindAddress>& addresses, uint16_t port, const std::string& what,
              asio::io_context* io, std::deque<tcp::acceptor>* acceptors, std::string* error) {
  for (const BindAddress& address : addresses) {
    const std::error_code code = Open(address, port, &acceptors->emplace_back(*io));
    if (!code) continue;
    acceptors->pop_back();
    *error = "cannot listen for " + what + " on " + address.ip + ":" + std::to_string(port) + ": " +
             code.message();
    // In use is no kind of missing.
    const bool missing =
        code == std::errc::address_not_available || code == std::errc::address_family_not_supported;
    if (!address.optional || !missing) return false;
  }
  return !acceptors->empty();
}

void AcceptAll(tcp::acceptor* acceptor, std::function<bool()> running,
               std::function<void(tcp::socket)> taken) {
  acceptor->async_accept([acceptor, running = std::move(running), taken = std::move(taken)](
                             const std::error_code& error, tcp::socket socket) mutable {
    if (!running()) return;
    if (!error) {
      taken(std::move(socket));
      return AcceptAll(acceptor, std::move(running), std::move(taken));
    }
    // Out of descriptors, most likely: other work may free some.
    auto pause = std::make_shared<asio::steady_timer>(acceptor->get_executor(), kPause);
    pause->async_wait([acceptor, pause, running = std::move(running),
                       taken = std::move(taken)](const std::error_code&) mutable {
      if (running()) AcceptAll(acceptor, std::move(running), std::move(taken));
    });
  });
}

}  // namespace gossamer::server
