// Counters of the client port, for INFO.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_SERVER_STATS_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_SERVER_STATS_H_

#include <cstdint>

namespace gossamer::server {

struct ServerStats {
  uint64_t connections = 0;
  uint64_t rejected = 0;  // above maxclients
  uint64_t commands = 0;
  uint64_t errors = 0;
  uint64_t net_in = 0;  // bytes
  uint64_t net_out = 0;
  uint64_t reads = 0;
  uint64_t writes = 0;
  uint64_t query_limit_closed = 0;
  uint64_t output_limit_closed = 0;
  uint64_t auth_refused = 0;
};

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_SERVER_STATS_H_
