// What both ports do with their sockets.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_SOCKETS_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_SOCKETS_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "asio/io_context.hpp"
#include "asio/ip/tcp.hpp"
#include "tools/gossamer_server/server_config.h"

namespace gossamer::server {

// Not blocking, without Nagle's delay, and with probes every `keepalive_s` seconds or so of silence
// (0: none). False when the other side is gone.
bool PrepareSocket(asio::ip::tcp::socket* socket, int64_t keepalive_s);

// Listens on every address that there is. False with one line in *error, which begins with "cannot
// listen for `what`", if one is missing that is not optional, or if there is none.
bool ListenOn(const std::vector<BindAddress>& addresses, uint16_t port, const std::string& what,
              asio::io_context* io, std::deque<asio::ip::tcp::acceptor>* acceptors,
              std::string* error);

// Accepts for as long as running() holds, one connection a turn of the loop, so that a flood of
// them keeps nobody waiting. `taken` is given each.
void AcceptAll(asio::ip::tcp::acceptor* acceptor, std::function<bool()> running,
               std::function<void(asio::ip::tcp::socket)> taken);

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_SOCKETS_H_
