// ReplicationLink: keeps a replica of this build in step with its primary: it follows the primary's
// command stream, counts and acknowledges it, and keeps none of the data.
//
// Tries again every second until told otherwise. Thread safety: the io_context's thread.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_REPLICATION_LINK_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_REPLICATION_LINK_H_

#include <functional>
#include <memory>
#include <string>

#include "asio/io_context.hpp"
#include "core/base/time.h"
#include "core/bus/types.h"
#include "core/cluster/state.h"
#include "core/replication/replica_session.h"
#include "tools/gossamer_server/log.h"
#include "tools/gossamer_server/server_config.h"

namespace gossamer::server {

class ReplicationLink {
 public:
  // Where the primary's client port is; an empty ip while nobody knows.
  using Resolve = std::function<Endpoint()>;

  // `config`, `log` and `io` outlive the link.
  ReplicationLink(const ServerConfig& config, Log* log, asio::io_context* io);
  ~ReplicationLink();
  ReplicationLink(const ReplicationLink&) = delete;
  ReplicationLink& operator=(const ReplicationLink&) = delete;

  // Follows the primary that `primary` finds. `full_sync`: not from where the last one ended.
  void Follow(Resolve primary, bool full_sync);
  // Ends the link; the offset stays.
  void Stop();

  bool up() const;
  bool receiving_payload() const;
  int64_t offset() const;
  // The last byte from the primary while the link is up, else when it went down; long ago if it was
  // never up.
  Instant fresh() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_REPLICATION_LINK_H_
