// BusHost: hosts one ClusterNode on real sockets, a real clock and a real file.
//
// The counterpart of the simulator's host: it feeds the core with inputs and carries out its
// effects, and decides nothing about the cluster. One turn per wake-up of a socket or timer. What
// peers may make the host hold is bounded: a frame by the codec's limit and all unfinished ones by
// kMostInputBytes, a link's output by kMostOutputBytes, inbound links by kMostInboundLinks, of
// which those that have not shown whose they are give way to new ones. Saves happen on another
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

// What the INFO command tells of the bus.
struct BusFacts {
  size_t links = 0;
  uint64_t link_bytes = 0;  // held by links: output that waits, frames that are incomplete
  bool replica_in_sync = false;
  bool replica_loading = false;
  int64_t replica_silent_s = -1;  // since the primary's last byte; -1: no link
  uint64_t saves_failed = 0;
};

// Which messages that arrive a test wants lost: -1 none, -2 all, else those of this type.
struct PacketFilter {
  static constexpr int kNone = -1;
  static constexpr int kAll = -2;
  int type = kNone;
  bool close_link = false;  // and the link with it
};

class BusHost {
 public:
  static constexpr size_t kMostOutputBytes = size_t{256} << 20;
  static constexpr size_t kMostInboundLinks = 20000;
  // Bytes of unfinished frames of all links. Whoever exceeds it with more than kSmallInput of its
  // own is ended.
  static constexpr size_t kMostInputBytes = size_t{512} << 20;
  static constexpr size_t kSmallInput = size_t{64} << 10;

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
  BusFacts facts() const;
  // Ends the links that this member opened to `node`, and those that `node` opened.
  void KillLinks(NodeKey node, bool outbound, bool inbound);
  PacketFilter& packet_filter();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_BUS_HOST_H_
