#include "tools/gossamer_server/info_text.h"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>

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
    for (char& c : lower) c = (c >= 'A' && c <= 'Z') ? static_cast<char>(c + ('a' - 'A')) : c;
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
  void Count(std::string_view key, uint64_t value) { Add(key, std::to_string(value)); }
  std::string& text() { return out_; }

 private:
  const std::vector<std::string>& wanted_;
  std::string out_;
};

// Bytes of the process that are in memory. 0 where the system does not tell.
uint64_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  uint64_t total = 0;
  uint64_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::string Human(uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "K", "M", "G", "T"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f%s" : "%.2f%s", value, kUnits[unit]);
  return text.data();
}

std::string SecondsText(const timeval& time) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%lld.%06lld", static_cast<long long>(time.tv_sec),
                static_cast<long long>(time.tv_usec));  // NOLINT(google-runtime-int): printf's
  return text.data();
}

void AddServer(const ServerFacts& facts, const ServerConfig& config, Sections* out) {
  constexpr int64_t kSecondsPerDay = 86400;
  utsname system{};
  ::uname(&system);
  out->Add("redis_version", facts.version);
  out->Add("redis_git_sha1", "00000000");
  out->Add("redis_git_dirty", 0);
  out->Add("redis_build_id", "0");
  out->Add("redis_mode", "cluster");
  out->Add("server_name", "gossamer");
  out->Add("os", std::string(system.sysname) + " " + system.release + " " + system.machine);
  out->Add("arch_bits", static_cast<int64_t>(sizeof(void*) * 8));
  out->Add("multiplexing_api", "epoll");
  out->Add("process_id", getpid());
  out->Add("run_id", facts.run_id);
  out->Add("tcp_port", config.port);
  out->Add("server_time_usec", (facts.started_s + facts.uptime_s) * 1'000'000);
  out->Add("uptime_in_seconds", facts.uptime_s);
  out->Add("uptime_in_days", facts.uptime_s / kSecondsPerDay);
  out->Add("hz", 10);
  out->Add("configured_hz", 10);
  out->Add("config_file", config.file);
  out->Add("io_threads_active", 0);
  out->Add("availability_zone", config.cluster.availability_zone);
}

void AddClients(const ServerFacts& facts, const ServerConfig& config, Sections* out) {
  out->Count("connected_clients", facts.clients);
  out->Count("cluster_connections", facts.bus.links);
  out->Add("maxclients", config.max_clients);
  out->Count("client_recent_max_input_buffer", facts.most_input);
  out->Count("client_recent_max_output_buffer", facts.most_output);
  out->Add("blocked_clients", 0);
  out->Add("tracking_clients", 0);
  out->Add("pubsub_clients", 0);
  out->Add("watching_clients", 0);
  out->Add("clients_in_timeout_table", 0);
}

void AddMemory(const ServerFacts& facts, Sections* out) {
  const uint64_t resident = ResidentBytes();
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const uint64_t peak = std::max(resident, static_cast<uint64_t>(usage.ru_maxrss) << 10);
  out->Count("used_memory", resident);
  out->Add("used_memory_human", Human(resident));
  out->Count("used_memory_rss", resident);
  out->Add("used_memory_rss_human", Human(resident));
  out->Count("used_memory_peak", peak);
  out->Add("used_memory_peak_human", Human(peak));
  out->Count("used_memory_overhead", resident);
  out->Add("used_memory_dataset", 0);
  out->Add("maxmemory", 0);
  out->Add("maxmemory_human", "0B");
  out->Add("maxmemory_policy", "noeviction");
  out->Add("mem_fragmentation_ratio", "1.00");
  out->Add("mem_replication_backlog", 0);
  out->Add("mem_clients_slaves", 0);
  out->Count("mem_clients_normal", facts.client_bytes);
  out->Count("mem_cluster_links", facts.bus.link_bytes);
  out->Add("mem_aof_buffer", 0);
  out->Add("mem_allocator", "libc");
  out->Add("lazyfree_pending_objects", 0);
}

void AddPersistence(const ServerFacts& facts, Sections* out) {
  out->Add("loading", facts.bus.replica_loading ? 1 : 0);
  out->Add("async_loading", 0);
  out->Add("rdb_changes_since_last_save", 0);
  out->Add("rdb_bgsave_in_progress", 0);
  out->Add("rdb_last_save_time", facts.started_s);
  out->Add("rdb_last_bgsave_status", "ok");
  out->Add("rdb_last_bgsave_time_sec", -1);
  out->Add("rdb_current_bgsave_time_sec", -1);
  out->Add("rdb_saves", 0);
  out->Add("aof_enabled", 0);
  out->Add("aof_rewrite_in_progress", 0);
  out->Add("aof_rewrite_scheduled", 0);
  out->Add("aof_last_bgrewrite_status", "ok");
  out->Add("aof_last_write_status", "ok");
  out->Count("nodes_conf_saves_failed", facts.bus.saves_failed);
}

void AddStats(const ServerStats& stats, Sections* out) {
  out->Count("total_connections_received", stats.connections);
  out->Count("total_commands_processed", stats.commands);
  out->Count("total_net_input_bytes", stats.net_in);
  out->Count("total_net_output_bytes", stats.net_out);
  out->Count("rejected_connections", stats.rejected);
  for (const char* name :
       {"sync_full", "sync_partial_ok", "sync_partial_err", "expired_keys", "evicted_keys",
        "keyspace_hits", "keyspace_misses", "pubsub_channels", "pubsub_patterns",
        "pubsubshard_channels", "latest_fork_usec", "migrate_cached_sockets"}) {
    out->Add(name, 0);
  }
  out->Count("total_error_replies", stats.errors);
  out->Count("total_reads_processed", stats.reads);
  out->Count("total_writes_processed", stats.writes);
  out->Count("client_query_buffer_limit_disconnections", stats.query_limit_closed);
  out->Count("client_output_buffer_limit_disconnections", stats.output_limit_closed);
  out->Count("acl_access_denied_auth", stats.auth_refused);
}

void AddReplication(const ServerFacts& facts, const State& s, Sections* out) {
  out->Add("role", s.i_am_primary() ? "master" : "slave");
  if (s.i_am_replica() && s.my_primary().valid()) {
    out->Add("master_host", ClientIp(s, s.my_primary(), {}));
    out->Add("master_port", ClientPort(s, s.my_primary(), false));
    out->Add("master_link_status", facts.bus.replica_in_sync ? "up" : "down");
    out->Add("master_last_io_seconds_ago", facts.bus.replica_silent_s);
    out->Add("master_sync_in_progress", facts.bus.replica_loading ? 1 : 0);
    out->Add("slave_read_repl_offset", s.data.repl_offset);
    out->Add("slave_repl_offset", s.data.repl_offset);
    out->Add("slave_priority", 100);
    out->Add("slave_read_only", 1);
    out->Add("replica_announced", 1);
  }
  out->Add("connected_slaves", 0);
  out->Add("master_failover_state", "no-failover");
  out->Add("master_replid", facts.run_id);
  out->Add("master_replid2", std::string(kNameLength, '0'));
  out->Add("master_repl_offset", s.data.repl_offset);
  out->Add("second_repl_offset", -1);
  out->Add("repl_backlog_active", 0);
  out->Add("repl_backlog_size", 0);
  out->Add("repl_backlog_first_byte_offset", 0);
  out->Add("repl_backlog_histlen", 0);
}

void AddCpu(Sections* out) {
  rusage self{};
  rusage children{};
  ::getrusage(RUSAGE_SELF, &self);
  ::getrusage(RUSAGE_CHILDREN, &children);
  out->Add("used_cpu_sys", SecondsText(self.ru_stime));
  out->Add("used_cpu_user", SecondsText(self.ru_utime));
  out->Add("used_cpu_sys_children", SecondsText(children.ru_stime));
  out->Add("used_cpu_user_children", SecondsText(children.ru_utime));
}

}  // namespace

std::string InfoText(const ServerFacts& facts, const ServerConfig& config, const State& state,
                     const std::vector<std::string>& sections) {
  Sections out(sections);
  if (out.Begin("Server")) AddServer(facts, config, &out);
  if (out.Begin("Clients")) AddClients(facts, config, &out);
  if (out.Begin("Memory")) AddMemory(facts, &out);
  if (out.Begin("Persistence")) AddPersistence(facts, &out);
  if (out.Begin("Stats")) AddStats(facts.stats, &out);
  if (out.Begin("Replication")) AddReplication(facts, state, &out);
  if (out.Begin("CPU")) AddCpu(&out);
  if (out.Begin("Cluster")) out.Add("cluster_enabled", 1);
  out.Begin("Keyspace");
  return out.text();
}

}  // namespace gossamer::server
