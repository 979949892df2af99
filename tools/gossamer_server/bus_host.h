// BusHost: hosts one ClusterNode on real sockets, a real clock and a real file.
//
// The counterpart of the simulator's host: it feeds the core with inputs and carries out its
// effects, and decides nothing about the cluster. One turn per wake-up of a socket or timer. Links
// have TCP_NODELAY; what a peer may make the host hold is bounded: a frame by the codec's limit, a
// link's output by kMostOutputBytes, inbound links by kMostInboundLinks. Saves happen on another
// thread; a vote waits for its save, heartbeats never do. Thread safety: all calls on the thread
// that runs the io_context.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_BUS_HOST_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_BUS_HOST_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "asio/io_context.hpp"
#include "core/cluster/cluster_node.h"
#include "tools/gossamer_server/log.h"
#include "tools/gossamer_server/server_config.h"

namespace gossamer::server {

class BusHost {
 public:
  static constexpr size_t kMostOutputBytes = size_t{256} << 20;
  static constexpr size_t kMostInboundLinks = 20000;

  // `config`, `log` and `io` outlive the host.
  BusHost(const ServerConfig& config, Log* log, asio::io_context* io);
  ~BusHost();
  BusHost(const BusHost&) = delete;
  BusHost& operator=(const BusHost&) = delete;

  // Reads nodes.conf, listens, and starts the node. False with one line in *error.
  bool Start(std::string* error);
  // Saves and closes everything.
  void Stop();

  CommandReply Command(const ClusterCommand& command);
  void Configure(const ClusterOptions& options);
  const ClusterNode& node() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_BUS_HOST_H_
