#include "tools/gossamer_server/info_text.h"

#include <unistd.h>

#include <algorithm>

#include "core/cluster/node_view.h"

namespace gossamer::server {
namespace {

// Lines of `key:value` under headings.
class Sections {
 public:
  explicit Sections(const std::vector<std::string>& wanted) : wanted_(wanted) {}

  // False when the section is not asked for.
  bool Begin(std::string_view name) {
    std::string lower(name);
    lower[0] = static_cast<char>(lower[0] + ('a' - 'A'));
    const bool shown =
        wanted_.empty() || std::any_of(wanted_.begin(), wanted_.end(), [&](const std::string& w) {
          return w == lower || w == "all" || w == "everything" || w == "default";
        });
    if (shown) out_ += (out_.empty() ? "# " : "\r\n# ") + std::string(name) + "\r\n";
    return shown;
  }
  void Add(std::string_view key, std::string_view value) {
    out_ += std::string(key) + ":" + std::string(value) + "\r\n";
  }
  void Add(std::string_view key, int64_t value) { Add(key, std::to_string(value)); }
  std::string& text() { return out_; }

 private:
  const std::vector<std::string>& wanted_;
  std::string out_;
};

void AddServer(const ServerFacts& facts, const ServerConfig& config, Sections* out) {
  out->Add("redis_version", facts.version);
  out->Add("server_name", "gossamer");
  out->Add("redis_mode", "cluster");
  out->Add("arch_bits", static_cast<int64_t>(sizeof(void*) * 8));
  out->Add("process_id", getpid());
  out->Add("run_id", facts.run_id);
  out->Add("tcp_port", config.port);
  out->Add("uptime_in_seconds", facts.uptime_s);
  out->Add("hz", 10);
  out->Add("config_file", config.file);
}

void AddReplication(const State& s, Sections* out) {
  out->Add("role", s.i_am_primary() ? "master" : "slave");
  if (s.i_am_replica() && s.my_primary().valid()) {
    out->Add("master_host", ClientIp(s, s.my_primary(), {}));
    out->Add("master_port", ClientPort(s, s.my_primary(), false));
    out->Add("master_link_status", s.data.link_up ? "up" : "down");
    out->Add("slave_repl_offset", s.data.repl_offset);
  }
  out->Add("connected_slaves", 0);
  out->Add("master_repl_offset", s.data.repl_offset);
}

}  // namespace

std::string InfoText(const ServerFacts& facts, const ServerConfig& config, const State& state,
                     const std::vector<std::string>& sections) {
  Sections out(sections);
  if (out.Begin("Server")) AddServer(facts, config, &out);
  if (out.Begin("Clients")) {
    out.Add("connected_clients", static_cast<int64_t>(facts.clients));
    out.Add("maxclients", config.max_clients);
    out.Add("blocked_clients", 0);
  }
  if (out.Begin("Persistence")) {
    out.Add("loading", 0);
    out.Add("rdb_bgsave_in_progress", 0);
    out.Add("aof_enabled", 0);
  }
  if (out.Begin("Stats")) {
    out.Add("total_connections_received", static_cast<int64_t>(facts.connections));
    out.Add("total_commands_processed", static_cast<int64_t>(facts.commands));
  }
  if (out.Begin("Replication")) AddReplication(state, &out);
  if (out.Begin("Cluster")) out.Add("cluster_enabled", 1);
  out.Begin("Keyspace");
  return out.text();
}

}  // namespace gossamer::server
