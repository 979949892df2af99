#include "tools/gossamer_server/directives.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "core/base/strings.h"
#include "core/cluster/rules.h"

namespace gossamer::server {
namespace {

using Words = std::vector<std::string>;

constexpr int64_t kMostSeconds = INT32_MAX;
constexpr size_t kMostAddresses = 16;
constexpr size_t kWordsPerClass = 4;

constexpr std::array<std::string_view, 5> kLevels = {"debug", "verbose", "notice", "warning",
                                                     "nothing"};
constexpr std::array<std::string_view, 3> kDebugWords = {"no", "local", "yes"};
// As CONFIG GET has always shown them.
constexpr std::array<std::string_view, kClientClasses> kClasses = {"normal", "slave", "pubsub"};

bool ReadInteger(const std::string& text, int64_t min, int64_t max, int64_t* value,
                 std::string* error) {
  const char* end = text.data() + text.size();
  int64_t number = 0;
  const auto got = std::from_chars(text.data(), end, number);
  if (got.ec == std::errc() && got.ptr == end && number >= min && number <= max) {
    *value = number;
    return true;
  }
  *error = "argument must be between " + std::to_string(min) + " and " + std::to_string(max) +
           " inclusive";
  return false;
}

bool ReadYesNo(const std::string& text, bool* value, std::string* error) {
  const std::string word = Lower(text);
  *value = word == "yes";
  if (word == "yes" || word == "no") return true;
  *error = "argument must be 'yes' or 'no'";
  return false;
}

std::string YesNo(bool value) { return value ? "yes" : "no"; }

template <size_t N>
bool ReadChoice(const std::string& text, const std::array<std::string_view, N>& words,
                size_t* value, std::string* error) {
  const auto found = std::find(words.begin(), words.end(), Lower(text));
  *value = static_cast<size_t>(found - words.begin());
  if (found != words.end()) return true;
  *error = "argument(s) must be one of the following:";
  for (const std::string_view word : words) {
    *error += (word == words.front() ? " " : ", ") + std::string(word);
  }
  return false;
}

bool SetPort(const std::string& text, uint16_t* port, std::string* error) {
  int64_t number = 0;
  if (!ReadInteger(text, 0, 65535, &number, error)) return false;
  *port = static_cast<uint16_t>(number);
  return true;
}

template <std::string ServerConfig::*field>
bool SetText(const Words& words, ServerConfig* config, std::string* /*error*/) {
  config->*field = words[0];
  return true;
}

template <std::string ServerConfig::*field>
std::string GetText(const ServerConfig& config) {
  return config.*field;
}

bool SetBind(const Words& words, ServerConfig* config, std::string* /*error*/) {
  config->bind.clear();
  // A leading '-' lets an address be missing; `*` stands for all of IPv4, `::*` for all of IPv6.
  for (const std::string& word : words) {
    const bool optional = word.starts_with("-");
    std::string address = optional ? word.substr(1) : word;
    if (address == "*") address = "0.0.0.0";
    if (address == "::*") address = "::";
    config->bind.push_back({address, optional});
  }
  return true;
}

std::string GetBind(const ServerConfig& config) {
  std::string all;
  for (const BindAddress& address : config.bind) {
    all += (all.empty() ? "" : " ") + std::string(address.optional ? "-" : "") + address.ip;
  }
  return all;
}

bool SetLevel(const Words& words, ServerConfig* config, std::string* error) {
  size_t level = 0;
  if (!ReadChoice(words[0], kLevels, &level, error)) return false;
  config->log_level = static_cast<LogLevel>(level);
  return true;
}

bool SetRules(const Words& words, ServerConfig* config, std::string* error) {
  if (FindRules(words[0]).has_value()) {
    config->rules = words[0];
    return true;
  }
  *error = "argument(s) must be one of the following:";
  for (const std::string_view name : RuleNames()) *error += " " + std::string(name);
  return false;
}

bool SetClusterEnabled(const Words& words, ServerConfig* /*config*/, std::string* error) {
  if (Lower(words[0]) == "yes") return true;
  *error = "this build is a cluster member and nothing else: cluster-enabled must be yes";
  return false;
}

bool SetDebug(const Words& words, ServerConfig* config, std::string* error) {
  size_t access = 0;
  if (!ReadChoice(words[0], kDebugWords, &access, error)) return false;
  config->debug_access = static_cast<DebugAccess>(access);
  return true;
}

// `class hard soft seconds`, any number of times.
bool SetOutputLimits(const Words& words, ServerConfig* config, std::string* error) {
  if (words.size() % kWordsPerClass != 0) {
    *error = "wrong number of arguments: expected class, hard limit, soft limit, seconds";
    return false;
  }
  auto limits = config->output_limits;
  for (size_t i = 0; i < words.size(); i += kWordsPerClass) {
    std::string name = Lower(words[i]);
    if (name == "replica") name = "slave";
    size_t which = 0;
    if (!ReadChoice(name, kClasses, &which, error)) return false;
    OutputLimit& limit = limits[which];
    if (!ReadMemory(words[i + 1], &limit.hard_bytes) ||
        !ReadMemory(words[i + 2], &limit.soft_bytes)) {
      *error = "argument must be a memory value";
      return false;
    }
    if (!ReadInteger(words[i + 3], 0, kMostSeconds, &limit.soft_s, error)) return false;
  }
  config->output_limits = limits;
  return true;
}

std::string GetOutputLimits(const ServerConfig& config) {
  std::string all;
  for (size_t i = 0; i < kClientClasses; ++i) {
    const OutputLimit& limit = config.output_limits[i];
    all += (i == 0 ? "" : " ") + std::string(kClasses[i]) + " " + std::to_string(limit.hard_bytes) +
           " " + std::to_string(limit.soft_bytes) + " " + std::to_string(limit.soft_s);
  }
  return all;
}

bool SetQueryLimit(const Words& words, ServerConfig* config, std::string* error) {
  constexpr uint64_t kLeast = uint64_t{1} << 20;
  uint64_t bytes = 0;
  if (!ReadMemory(words[0], &bytes) || bytes < kLeast) {
    *error = "argument must be a memory value of at least " + std::to_string(kLeast) + " bytes";
    return false;
  }
  config->query_limit_bytes = bytes;
  return true;
}

template <int64_t ServerConfig::*field, int64_t min, int64_t max>
bool SetInteger(const Words& words, ServerConfig* config, std::string* error) {
  return ReadInteger(words[0], min, max, &(config->*field), error);
}

template <int64_t ServerConfig::*field>
std::string GetInteger(const ServerConfig& config) {
  return std::to_string(config.*field);
}

bool SetMegabytes(const Words& words, ServerConfig* config, std::string* error) {
  int64_t megabytes = 0;
  if (!ReadInteger(words[0], 1, 1'000'000, &megabytes, error)) return false;
  config->record_bytes = static_cast<uint64_t>(megabytes) << 20;
  return true;
}

using C = ServerConfig;

constexpr Directive kDirectives[] = {
    {"bind", 1, kMostAddresses, false, SetBind, GetBind},
    {"client-output-buffer-limit", kWordsPerClass, kWordsPerClass* kClientClasses, true,
     SetOutputLimits, GetOutputLimits},
    {"client-query-buffer-limit", 1, 1, true, SetQueryLimit,
     [](const C& c) { return std::to_string(c.query_limit_bytes); }},
    {"cluster-config-file", 1, 1, false, SetText<&C::nodes_conf>, GetText<&C::nodes_conf>},
    {"cluster-enabled", 1, 1, false, SetClusterEnabled,
     [](const C&) { return std::string("yes"); }},
    {"cluster-port", 1, 1, false,
     [](const Words& w, C* c, std::string* e) { return SetPort(w[0], &c->bus_port, e); },
     [](const C& c) { return std::to_string(c.bus_port); }},
    {"dir", 1, 1, false, SetText<&C::directory>, GetText<&C::directory>},
    {"enable-debug-command", 1, 1, false, SetDebug,
     [](const C& c) { return std::string(kDebugWords[static_cast<size_t>(c.debug_access)]); }},
    {"gossamer-failover-without-data", 1, 1, false,
     [](const Words& w, C* c, std::string* e) {
       return ReadYesNo(w[0], &c->failover_without_data, e);
     },
     [](const C& c) { return YesNo(c.failover_without_data); }},
    {"gossamer-record-inputs", 1, 1, false, SetText<&C::record_inputs>, GetText<&C::record_inputs>},
    {"gossamer-record-megabytes", 1, 1, false, SetMegabytes,
     [](const C& c) { return std::to_string(c.record_bytes >> 20); }},
    {"gossamer-rules", 1, 1, false, SetRules, GetText<&C::rules>},
    {"logfile", 1, 1, false, SetText<&C::log_file>, GetText<&C::log_file>},
    {"loglevel", 1, 1, true, SetLevel,
     [](const C& c) { return std::string(kLevels[static_cast<size_t>(c.log_level)]); }},
    {"maxclients", 1, 1, true, SetInteger<&C::max_clients, 1, UINT32_MAX>,
     GetInteger<&C::max_clients>},
    {"port", 1, 1, false,
     [](const Words& w, C* c, std::string* e) { return SetPort(w[0], &c->port, e); },
     [](const C& c) { return std::to_string(c.port); }},
    {"primaryauth", 1, 1, true, SetText<&C::primary_auth>, GetText<&C::primary_auth>},
    {"primaryuser", 1, 1, true, SetText<&C::primary_user>, GetText<&C::primary_user>},
    {"requirepass", 1, 1, true, SetText<&C::requirepass>, GetText<&C::requirepass>},
    {"tcp-keepalive", 1, 1, true, SetInteger<&C::tcp_keepalive_s, 0, kMostSeconds>,
     GetInteger<&C::tcp_keepalive_s>},
    {"timeout", 1, 1, true, SetInteger<&C::idle_timeout_s, 0, kMostSeconds>,
     GetInteger<&C::idle_timeout_s>},
};

constexpr KeptDirective kKept[] = {
    {"acl-pubsub-default", "resetchannels"},
    {"aclfile", "", true},
    {"acllog-max-len", "128"},
    {"active-defrag-cycle-max", "25"},
    {"active-defrag-cycle-min", "1"},
    {"active-defrag-ignore-bytes", "104857600"},
    {"active-defrag-max-scan-fields", "1000"},
    {"active-defrag-threshold-lower", "10"},
    {"active-defrag-threshold-upper", "100"},
    {"active-expire-effort", "1"},
    {"activedefrag", "no"},
    {"activerehashing", "yes"},
    {"always-show-logo", "no", true},
    {"aof-load-truncated", "yes"},
    {"aof-rewrite-cpulist", "", true},
    {"aof-rewrite-incremental-fsync", "yes"},
    {"aof-timestamp-enabled", "no"},
    {"aof-use-rdb-preamble", "yes"},
    {"appenddirname", "appendonlydir", true},
    {"appendfilename", "appendonly.aof", true},
    {"appendfsync", "everysec"},
    {"appendonly", "no"},
    {"auto-aof-rewrite-min-size", "67108864"},
    {"auto-aof-rewrite-percentage", "100"},
    {"bgsave-cpulist", "", true},
    {"bind-source-addr", ""},
    {"bio-cpulist", "", true},
    {"busy-reply-threshold", "5000"},
    {"crash-log-enabled", "yes"},
    {"crash-memcheck-enabled", "yes"},
    {"daemonize", "no", true},
    {"databases", "16", true},
    {"dbfilename", "dump.rdb"},
    {"disable-thp", "yes", true},
    {"dual-channel-replication-enabled", "no"},
    {"dynamic-hz", "yes"},
    {"enable-module-command", "no", true},
    {"enable-protected-configs", "no", true},
    {"events-per-io-thread", "2"},
    {"extended-redis-compatibility", "no"},
    {"hash-max-listpack-entries", "512"},
    {"hash-max-listpack-value", "64"},
    {"hide-user-data-from-log", "yes"},
    {"hll-sparse-max-bytes", "3000"},
    {"hz", "10"},
    {"ignore-warnings", ""},
    {"import-mode", "no"},
    {"io-threads", "1", true},
    {"io-threads-do-reads", "no", true},
    {"jemalloc-bg-thread", "yes"},
    {"latency-monitor-threshold", "0"},
    {"latency-tracking", "yes"},
    {"latency-tracking-info-percentiles", "50 99 99.9"},
    {"lazyfree-lazy-eviction", "yes"},
    {"lazyfree-lazy-expire", "yes"},
    {"lazyfree-lazy-server-del", "yes"},
    {"lazyfree-lazy-user-del", "yes"},
    {"lazyfree-lazy-user-flush", "yes"},
    {"lfu-decay-time", "1"},
    {"lfu-log-factor", "10"},
    {"list-compress-depth", "0"},
    {"list-max-listpack-size", "-2"},
    {"loadmodule", ""},
    {"locale-collate", ""},
    {"log-format", "legacy"},
    {"log-timestamp-format", "legacy"},
    {"max-new-connections-per-cycle", "10"},
    {"max-new-tls-connections-per-cycle", "1"},
    {"maxmemory", "0"},
    {"maxmemory-clients", "0"},
    {"maxmemory-eviction-tenacity", "10"},
    {"maxmemory-policy", "noeviction"},
    {"maxmemory-samples", "5"},
    {"min-replicas-max-lag", "10"},
    {"min-replicas-to-write", "0"},
    {"no-appendfsync-on-rewrite", "no"},
    {"notify-keyspace-events", ""},
    {"oom-score-adj", "no"},
    {"oom-score-adj-values", "0 200 800"},
    {"pidfile", "", true},
    {"prefetch-batch-max-size", "16"},
    {"proc-title-template", "{title} {listen-addr} {server-mode}"},
    {"protected-mode", "yes"},
    {"proto-max-bulk-len", "536870912"},
    {"rdb-del-sync-files", "no"},
    {"rdb-save-incremental-fsync", "yes"},
    {"rdb-version-check", "strict"},
    {"rdbchecksum", "yes", true},
    {"rdbcompression", "yes"},
    {"rename-command", ""},
    {"repl-backlog-size", "10485760"},
    {"repl-backlog-ttl", "3600"},
    {"repl-disable-tcp-nodelay", "no"},
    {"repl-diskless-load", "disabled"},
    {"repl-diskless-sync", "yes"},
    {"repl-diskless-sync-delay", "5"},
    {"repl-diskless-sync-max-replicas", "0"},
    {"repl-timeout", "60"},
    {"replica-announce-ip", ""},
    {"replica-announce-port", "0"},
    {"replica-announced", "yes"},
    {"replica-ignore-maxmemory", "yes"},
    {"replica-lazy-flush", "yes"},
    {"replica-priority", "100"},
    {"replica-read-only", "yes"},
    {"replica-serve-stale-data", "yes"},
    {"sanitize-dump-payload", "no"},
    {"save", ""},
    {"server-cpulist", "", true},
    {"set-max-intset-entries", "512"},
    {"set-max-listpack-entries", "128"},
    {"set-max-listpack-value", "64"},
    {"set-proc-title", "yes", true},
    {"shutdown-on-sigint", "default"},
    {"shutdown-on-sigterm", "default"},
    {"shutdown-timeout", "10"},
    {"slowlog-log-slower-than", "10000"},
    {"slowlog-max-len", "128"},
    {"socket-mark-id", "0", true},
    {"stop-writes-on-bgsave-error", "yes"},
    {"stream-node-max-bytes", "4096"},
    {"stream-node-max-entries", "100"},
    {"supervised", "no", true},
    {"syslog-enabled", "no", true},
    {"syslog-facility", "local0", true},
    {"syslog-ident", "valkey", true},
    {"tcp-backlog", "511", true},
    {"tracking-table-max-keys", "1000000"},
    {"unixsocket", "", true},
    {"unixsocketperm", "0", true},
    {"user", ""},
    {"zset-max-listpack-entries", "128"},
    {"zset-max-listpack-value", "64"},
};

constexpr DirectiveAlias kAliases[] = {
    {"cluster-slave-no-failover", "cluster-replica-no-failover"},
    {"cluster-slave-validity-factor", "cluster-replica-validity-factor"},
    {"hash-max-ziplist-entries", "hash-max-listpack-entries"},
    {"hash-max-ziplist-value", "hash-max-listpack-value"},
    {"list-max-ziplist-size", "list-max-listpack-size"},
    {"lua-time-limit", "busy-reply-threshold"},
    {"masterauth", "primaryauth"},
    {"masteruser", "primaryuser"},
    {"min-slaves-max-lag", "min-replicas-max-lag"},
    {"min-slaves-to-write", "min-replicas-to-write"},
    {"repl-ping-slave-period", "repl-ping-replica-period"},
    {"slave-announce-ip", "replica-announce-ip"},
    {"slave-announce-port", "replica-announce-port"},
    {"slave-announced", "replica-announced"},
    {"slave-ignore-maxmemory", "replica-ignore-maxmemory"},
    {"slave-lazy-flush", "replica-lazy-flush"},
    {"slave-priority", "replica-priority"},
    {"slave-read-only", "replica-read-only"},
    {"slave-serve-stale-data", "replica-serve-stale-data"},
    {"zset-max-ziplist-entries", "zset-max-listpack-entries"},
    {"zset-max-ziplist-value", "zset-max-listpack-value"},
};

template <class T, size_t N>
const T* FindIn(const T (&table)[N], std::string_view name) {
  const auto found = std::find_if(std::begin(table), std::end(table),
                                  [name](const T& entry) { return entry.name == name; });
  return found == std::end(table) ? nullptr : found;
}

}  // namespace

std::span<const Directive> Directives() { return kDirectives; }
std::span<const KeptDirective> KeptDirectives() { return kKept; }
std::span<const DirectiveAlias> DirectiveAliases() { return kAliases; }
const Directive* FindDirective(std::string_view name) { return FindIn(kDirectives, name); }
const KeptDirective* FindKept(std::string_view name) { return FindIn(kKept, name); }

bool ReadMemory(const std::string& text, uint64_t* bytes) {
  struct Unit {
    std::string_view name;
    uint64_t bytes;
  };
  constexpr Unit kUnits[] = {{"", 1},
                             {"b", 1},
                             {"k", 1000},
                             {"kb", uint64_t{1} << 10},
                             {"m", 1000 * 1000},
                             {"mb", uint64_t{1} << 20},
                             {"g", 1000 * 1000 * 1000},
                             {"gb", uint64_t{1} << 30}};
  const char* end = text.data() + text.size();
  uint64_t number = 0;
  const auto got = std::from_chars(text.data(), end, number);
  if (got.ec != std::errc()) return false;
  const std::string unit = Lower(std::string_view(got.ptr, static_cast<size_t>(end - got.ptr)));
  for (const Unit& known : kUnits) {
    if (known.name != unit) continue;
    if (number > UINT64_MAX / known.bytes) return false;
    *bytes = number * known.bytes;
    return true;
  }
  return false;
}

}  // namespace gossamer::server
