// ServerConfig: what a configuration file in Valkey's grammar and the command line say.
//
// The file has a directive a line, words as in an inline request; the command line's
// `--directive word...` overrides it. Every cluster-* option is a directive (core/cluster/
// config_options.h). Errors name file:line or the argument, and the nearest directive. Pure
// functions of text.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_SERVER_CONFIG_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_SERVER_CONFIG_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/options.h"
#include "tools/gossamer_server/log.h"

namespace gossamer::server {

struct ServerConfig {
  std::string file;  // empty: none
  uint16_t port = 6379;
  uint16_t bus_port = 0;  // 0: port + 10000
  std::vector<std::string> bind = {"0.0.0.0"};
  std::string directory = ".";
  std::string nodes_conf = "nodes.conf";
  std::string log_file;
  LogLevel log_level = LogLevel::kNotice;
  std::string rules = "gossamer";  // directive gossamer-rules
  std::string requirepass;
  std::string primary_user;  // directives primaryuser and primaryauth, or by their old names
  std::string primary_auth;
  int64_t max_clients = 10000;
  // For tests: a replica may win elections although this build keeps no data.
  bool failover_without_data = false;
  // A log of what the node is told, for gossamer-sim replay-node; empty: none. It ends at its
  // limit.
  std::string record_inputs;
  uint64_t record_bytes = uint64_t{256} << 20;
  ClusterOptions cluster;
  // Directives of Valkey that are read and have no effect in this build, as they were given.
  std::vector<std::string> ignored;

  uint16_t actual_bus_port() const {
    return bus_port != 0 ? bus_port : static_cast<uint16_t>(port + 10000);
  }
};

// Applies the directives in `text`. False with one line in *error.
bool ApplyConfigText(std::string_view text, std::string_view file, ServerConfig* config,
                     std::string* error);
// Applies one directive. False with one line in *error, without a place.
bool ApplyDirective(const std::vector<std::string>& words, ServerConfig* config,
                    std::string* error);
// Sets the announced ports from the server's own where nothing else is announced, and checks what
// only the whole can show.
bool FinishConfig(ServerConfig* config, std::string* error);
// The value of a directive as CONFIG GET shows it; false for one that is not known.
bool DirectiveText(std::string_view name, const ServerConfig& config, std::string* text);
// All directives with a value, in alphabetical order.
std::vector<std::string> DirectiveNames();

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_SERVER_CONFIG_H_
