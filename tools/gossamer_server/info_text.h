// The text of INFO. SOURCE: server spec 6. Reads the process's own memory and CPU time; no state.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_INFO_TEXT_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_INFO_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/state.h"
#include "tools/gossamer_server/bus_host.h"
#include "tools/gossamer_server/server_config.h"
#include "tools/gossamer_server/server_stats.h"

namespace gossamer::server {

struct ServerFacts {
  std::string_view version;  // as Redis's
  std::string_view run_id;
  int64_t uptime_s = 0;
  int64_t started_s = 0;  // Unix time
  size_t clients = 0;
  uint64_t client_bytes = 0;
  uint64_t most_input = 0;  // of one client, now
  uint64_t most_output = 0;
  ServerStats stats;
  BusFacts bus;
};

// The sections that are asked for, by their names in lower case, or all; unknown ones are left out.
std::string InfoText(const ServerFacts& facts, const ServerConfig& config, const State& state,
                     const std::vector<std::string>& sections);

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_INFO_TEXT_H_
