// ClientHost: the client port: accepts connections, cuts requests, sends replies in order.
//
// Bounded: connections by maxclients, what one sends ahead by the parser's limits and by reading no
// further while replies wait, what waits for one by kMostReplyBytes. Thread safety: the
// io_context's thread.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_CLIENT_HOST_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_CLIENT_HOST_H_

#include <memory>
#include <string>

#include "asio/io_context.hpp"
#include "tools/gossamer_server/command_server.h"
#include "tools/gossamer_server/server_config.h"

namespace gossamer::server {

class ClientHost {
 public:
  // Replies that a client does not take; above it the connection is ended.
  static constexpr size_t kMostReplyBytes = size_t{64} << 20;

  // All of them outlive the host.
  ClientHost(const ServerConfig& config, CommandServer* commands, asio::io_context* io);
  ~ClientHost();
  ClientHost(const ClientHost&) = delete;
  ClientHost& operator=(const ClientHost&) = delete;

  // False with one line in *error.
  bool Listen(std::string* error);
  void Stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_CLIENT_HOST_H_
