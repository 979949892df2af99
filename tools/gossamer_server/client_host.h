// ClientHost: the client port: accepts connections, cuts requests, sends replies in order.
//
// Bounded, whatever clients do: connections by maxclients; what one sends ahead by
// client-query-buffer-limit, and what all of them send by kMostInputBytes; replies by reading no
// further while kPauseBytes of them wait, and by client-output-buffer-limit. Fair: a turn reads
// kReadBytes from a client and runs kCommandsPerTurn of its commands, then others are served.
// Thread safety: the io_context's thread.
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
  static constexpr size_t kReadBytes = size_t{16} << 10;
  static constexpr int kCommandsPerTurn = 64;
  // A client that takes nothing gets no further command run while this waits for it.
  static constexpr size_t kPauseBytes = size_t{256} << 10;
  // Bytes of unfinished requests of all clients. Whoever exceeds it with more than kSmallInput of
  // its own is ended.
  static constexpr size_t kMostInputBytes = size_t{512} << 20;
  static constexpr size_t kSmallInput = size_t{64} << 10;

  // All of them outlive the host.
  ClientHost(const ServerConfig& config, CommandServer* commands, Log* log, asio::io_context* io);
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
