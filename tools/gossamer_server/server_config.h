// ServerConfig: what a configuration file in Valkey's grammar and the command line say.
//
// The file has a directive a line, words as in an inline request; `include` takes more files, by a
// pattern, and `-` is standard input; the command line's `--directive word...` overrides all of it.
// Every cluster-* option is a directive (core/cluster/config_options.h), and so is every one of
// Valkey's (directives.h). Errors name file:line or the argument, and the nearest directive. Thread
// safety: values.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_SERVER_CONFIG_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_SERVER_CONFIG_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/options.h"
#include "tools/gossamer_server/log.h"

namespace gossamer::server {

// An address to listen on; an optional one may be missing on this machine.
struct BindAddress {
  std::string ip;
  bool optional = false;

  friend bool operator==(const BindAddress&, const BindAddress&) = default;
};

// Replies that wait for a client: above `hard_bytes` its connection ends at once, above
// `soft_bytes` after so many seconds without a fall below. 0: no limit.
struct OutputLimit {
  uint64_t hard_bytes = 0;
  uint64_t soft_bytes = 0;
  int64_t soft_s = 0;
};
inline constexpr size_t kClientClasses = 3;  // normal, replica, pubsub

enum class DebugAccess : uint8_t { kNo, kLocal, kYes };

struct ServerConfig {
  std::string file;  // absolute; empty: none, or standard input
  uint16_t port = 6379;
  uint16_t bus_port = 0;  // 0: port + 10000
  std::vector<BindAddress> bind = {{"0.0.0.0", false}};
  std::string directory = ".";
  std::string nodes_conf = "nodes.conf";
  std::string log_file;
  LogLevel log_level = LogLevel::kNotice;
  std::string rules = "gossamer";  // directive gossamer-rules
  std::string requirepass;
  std::string primary_user;
  std::string primary_auth;
  int64_t max_clients = 10000;
  int64_t tcp_keepalive_s = 300;
  int64_t idle_timeout_s = 0;  // 0: idle clients stay
  uint64_t query_limit_bytes = uint64_t{1} << 30;
  std::array<OutputLimit, kClientClasses> output_limits = {
      OutputLimit{},
      OutputLimit{uint64_t{256} << 20, uint64_t{64} << 20, 60},
      OutputLimit{uint64_t{32} << 20, uint64_t{8} << 20, 60},
  };
  DebugAccess debug_access = DebugAccess::kNo;
  // For tests: a replica may win elections although this build keeps no data.
  bool failover_without_data = false;
  // A log of what the node is told lately, for gossamer-sim replay-node; empty: none.
  std::string record_inputs;
  uint64_t record_bytes = uint64_t{256} << 20;
  ClusterOptions cluster;
  // Directives of Valkey that are kept and have no effect in this build, with their words.
  std::map<std::string, std::string, std::less<>> kept;

  uint16_t actual_bus_port() const {
    return bus_port != 0 ? bus_port : static_cast<uint16_t>(port + 10000);
  }
};

// Applies the directives in `text`. False with one line in *error.
bool ApplyConfigText(std::string_view text, std::string_view file, ServerConfig* config,
                     std::string* error);
// Applies the file at `path`, `-` being standard input, and what it includes.
bool ApplyConfigFile(const std::string& path, ServerConfig* config, std::string* error);
// Applies one directive. False with one line in *error, without a place.
bool ApplyDirective(const std::vector<std::string>& words, ServerConfig* config,
                    std::string* error);
// Sets the announced ports from the server's own where nothing else is announced, and checks what
// only the whole can show.
bool FinishConfig(ServerConfig* config, std::string* error);
// The value of a directive as CONFIG GET shows it; false for one that is not known.
bool DirectiveText(std::string_view name, const ServerConfig& config, std::string* text);
// The directive's own name, if `name` is another one of it; else `name`.
std::string_view CanonicalName(std::string_view name);
// True if CONFIG SET may change it.
bool IsSettable(std::string_view name);
// All directives with a value, without other names of them, in alphabetical order.
std::vector<std::string> DirectiveNames();

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_SERVER_CONFIG_H_
