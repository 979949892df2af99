#include "tools/real_cluster/real_node.h"

#include <utility>

namespace gossamer::real {

std::vector<std::string> ArgumentsOf(const RealNode& node) {
  std::vector<std::string> words;
  const auto add = [&](std::string_view name, std::string value) {
    words.push_back("--" + std::string(name));
    words.push_back(std::move(value));
  };
  add("port", std::to_string(node.info.port));
  add("bind", "127.0.0.1");
  add("dir", node.directory);
  add("logfile", node.LogPath());
  add("loglevel", std::string(node.program->LogLevel()));
  add("cluster-enabled", "yes");
  add("cluster-config-file", "nodes.conf");
  if (node.program->ours()) {
    add("gossamer-rules", node.rules);
    // It keeps no keys: without this it would leave elections to replicas that do.
    add("gossamer-failover-without-data", "yes");
  } else {
    add("save", "");
    add("appendonly", "no");
    add("repl-diskless-sync", "yes");
    add("repl-diskless-sync-delay", "0");
  }
  for (const auto& [name, value] : node.options) add(name, value);
  return words;
}

}  // namespace gossamer::real
