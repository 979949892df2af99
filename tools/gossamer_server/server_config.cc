#include "tools/gossamer_server/server_config.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/strings.h"
#include "core/cluster/config_options.h"
#include "core/cluster/rules.h"
#include "core/resp/request_parser.h"

namespace gossamer::server {
namespace {

using Words = std::vector<std::string>;

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = (c >= 'A' && c <= 'Z') ? static_cast<char>(c + 32) : c;
  return out;
}

bool ReadInteger(const std::string& text, int64_t min, int64_t max, int64_t* value,
                 std::string* error) {
  const char* end = text.data() + text.size();
  const auto got = std::from_chars(text.data(), end, *value);
  if (got.ec == std::errc() && got.ptr == end && *value >= min && *value <= max) return true;
  *error = "argument must be between " + std::to_string(min) + " and " + std::to_string(max) +
           " inclusive";
  return false;
}

constexpr std::array<std::string_view, 5> kLevels = {"debug", "verbose", "notice", "warning",
                                                     "nothing"};

// A directive of the server itself. `set` gets the words after the name.
struct Directive {
  std::string_view name;
  size_t least_words;
  size_t most_words;
  bool (*set)(const Words& words, ServerConfig* config, std::string* error);
  std::string (*get)(const ServerConfig& config);
};

bool SetPort(const std::string& text, uint16_t* port, std::string* error) {
  int64_t number = 0;
  if (!ReadInteger(text, 0, 65535, &number, error)) return false;
  *port = static_cast<uint16_t>(number);
  return true;
}

bool SetBind(const Words& words, ServerConfig* config, std::string* /*error*/) {
  config->bind.clear();
  // A leading '-' lets an address be missing; `*` stands for all.
  for (const std::string& word : words) {
    const std::string address = word.starts_with("-") ? word.substr(1) : word;
    config->bind.push_back(address == "*" ? "0.0.0.0" : address);
  }
  return true;
}

bool SetLevel(const Words& words, ServerConfig* config, std::string* error) {
  const auto found = std::find(kLevels.begin(), kLevels.end(), Lower(words[0]));
  if (found == kLevels.end()) {
    *error = "argument(s) must be one of the following: debug, verbose, notice, warning, nothing";
    return false;
  }
  config->log_level = static_cast<LogLevel>(found - kLevels.begin());
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

bool SetPrimaryAuth(const Words& words, ServerConfig* config, std::string* /*error*/) {
  config->primary_auth = words[0];
  return true;
}

bool SetPrimaryUser(const Words& words, ServerConfig* config, std::string* /*error*/) {
  config->primary_user = words[0];
  return true;
}

constexpr Directive kDirectives[] = {
    {"bind", 1, 16, SetBind,
     [](const ServerConfig& c) {
       std::string all;
       for (const std::string& address : c.bind) all += (all.empty() ? "" : " ") + address;
       return all;
     }},
    {"cluster-config-file", 1, 1,
     [](const Words& w, ServerConfig* c, std::string*) {
       c->nodes_conf = w[0];
       return true;
     },
     [](const ServerConfig& c) { return c.nodes_conf; }},
    {"cluster-enabled", 1, 1, SetClusterEnabled,
     [](const ServerConfig&) { return std::string("yes"); }},
    {"cluster-port", 1, 1,
     [](const Words& w, ServerConfig* c, std::string* e) { return SetPort(w[0], &c->bus_port, e); },
     [](const ServerConfig& c) { return std::to_string(c.bus_port); }},
    {"dir", 1, 1,
     [](const Words& w, ServerConfig* c, std::string*) {
       c->directory = w[0];
       return true;
     },
     [](const ServerConfig& c) { return c.directory; }},
    {"gossamer-failover-without-data", 1, 1,
     [](const Words& w, ServerConfig* c, std::string* e) {
       const std::string word = Lower(w[0]);
       c->failover_without_data = word == "yes";
       if (word != "yes" && word != "no") *e = "argument must be 'yes' or 'no'";
       return word == "yes" || word == "no";
     },
     [](const ServerConfig& c) { return std::string(c.failover_without_data ? "yes" : "no"); }},
    {"gossamer-record-inputs", 1, 1,
     [](const Words& w, ServerConfig* c, std::string*) {
       c->record_inputs = w[0];
       return true;
     },
     [](const ServerConfig& c) { return c.record_inputs; }},
    {"gossamer-record-megabytes", 1, 1,
     [](const Words& w, ServerConfig* c, std::string* e) {
       int64_t megabytes = 0;
       if (!ReadInteger(w[0], 1, 1'000'000, &megabytes, e)) return false;
       c->record_bytes = static_cast<uint64_t>(megabytes) << 20;
       return true;
     },
     [](const ServerConfig& c) { return std::to_string(c.record_bytes >> 20); }},
    {"gossamer-rules", 1, 1, SetRules, [](const ServerConfig& c) { return c.rules; }},
    {"logfile", 1, 1,
     [](const Words& w, ServerConfig* c, std::string*) {
       c->log_file = w[0];
       return true;
     },
     [](const ServerConfig& c) { return c.log_file; }},
    {"loglevel", 1, 1, SetLevel,
     [](const ServerConfig& c) { return std::string(kLevels[static_cast<size_t>(c.log_level)]); }},
    {"masterauth", 1, 1, SetPrimaryAuth, [](const ServerConfig& c) { return c.primary_auth; }},
    {"masteruser", 1, 1, SetPrimaryUser, [](const ServerConfig& c) { return c.primary_user; }},
    {"maxclients", 1, 1,
     [](const Words& w, ServerConfig* c, std::string* e) {
       return ReadInteger(w[0], 1, 1'000'000, &c->max_clients, e);
     },
     [](const ServerConfig& c) { return std::to_string(c.max_clients); }},
    {"port", 1, 1,
     [](const Words& w, ServerConfig* c, std::string* e) { return SetPort(w[0], &c->port, e); },
     [](const ServerConfig& c) { return std::to_string(c.port); }},
    {"primaryauth", 1, 1, SetPrimaryAuth, [](const ServerConfig& c) { return c.primary_auth; }},
    {"primaryuser", 1, 1, SetPrimaryUser, [](const ServerConfig& c) { return c.primary_user; }},
    {"requirepass", 1, 1,
     [](const Words& w, ServerConfig* c, std::string*) {
       c->requirepass = w[0];
       return true;
     },
     [](const ServerConfig& c) { return c.requirepass; }},
};

// What start scripts of real servers pass and what has no meaning without a keyspace.
constexpr std::string_view kIgnored[] = {"activerehashing",
                                         "appendfilename",
                                         "appendfsync",
                                         "appendonly",
                                         "daemonize",
                                         "databases",
                                         "dbfilename",
                                         "enable-debug-command",
                                         "io-threads",
                                         "maxmemory",
                                         "maxmemory-policy",
                                         "protected-mode",
                                         "rdbcompression",
                                         "repl-diskless-sync",
                                         "repl-diskless-sync-delay",
                                         "repl-backlog-size",
                                         "repl-timeout",
                                         "save",
                                         "stop-writes-on-bgsave-error",
                                         "tcp-backlog",
                                         "tcp-keepalive",
                                         "timeout"};

const Directive* FindDirective(std::string_view name) {
  const auto found = std::find_if(std::begin(kDirectives), std::end(kDirectives),
                                  [name](const Directive& d) { return d.name == name; });
  return found == std::end(kDirectives) ? nullptr : found;
}

bool UnknownDirective(const std::string& name, std::string* error) {
  std::vector<std::string_view> names;
  for (const Directive& directive : kDirectives) names.push_back(directive.name);
  for (const OptionInfo& option : OptionInfos()) names.push_back(option.name);
  const std::string_view nearest = NearestWord(name, names);
  *error = "unknown directive '" + name + "'";
  if (!nearest.empty()) *error += ", nearest is '" + std::string(nearest) + "'";
  return false;
}

}  // namespace

bool ApplyDirective(const std::vector<std::string>& words, ServerConfig* config,
                    std::string* error) {
  const std::string name = Lower(words[0]);
  const Words values(words.begin() + 1, words.end());
  if (const Directive* directive = FindDirective(name)) {
    if (values.size() >= directive->least_words && values.size() <= directive->most_words) {
      return directive->set(values, config, error);
    }
    *error = "'" + name + "' has a wrong number of arguments";
    return false;
  }
  if (FindOption(name) != nullptr) {
    if (values.size() == 1) return ApplyOption(name, values[0], &config->cluster, error);
    *error = "'" + name + "' takes one argument";
    return false;
  }
  if (std::find(std::begin(kIgnored), std::end(kIgnored), name) != std::end(kIgnored)) {
    config->ignored.push_back(name);
    return true;
  }
  return UnknownDirective(name, error);
}

bool ApplyConfigText(std::string_view text, std::string_view file, ServerConfig* config,
                     std::string* error) {
  size_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    Words words;
    const bool split = SplitInline(line, &words);
    if (words.empty() || words[0].starts_with("#")) continue;
    if (split && ApplyDirective(words, config, error)) continue;
    if (!split) *error = "unbalanced quotes";
    *error = std::string(file) + ":" + std::to_string(number) + ": " + *error;
    return false;
  }
  return true;
}

bool FinishConfig(ServerConfig* config, std::string* error) {
  if (config->bus_port == 0 && config->port > 55535) {
    *error = "port " + std::to_string(config->port) +
             " leaves no room for the bus at port + 10000: set cluster-port";
    return false;
  }
  // Who keeps no data says so, and no election counts it among the candidates.
  if (!config->failover_without_data) config->cluster.replica_no_failover = true;
  if (config->cluster.port == ClusterOptions().port) config->cluster.port = config->port;
  if (config->cluster.cport == ClusterOptions().cport) {
    config->cluster.cport = config->actual_bus_port();
  }
  return true;
}

bool DirectiveText(std::string_view name, const ServerConfig& config, std::string* text) {
  if (const Directive* directive = FindDirective(name)) {
    *text = directive->get(config);
    return true;
  }
  if (FindOption(name) == nullptr) return false;
  *text = OptionText(name, config.cluster);
  return true;
}

std::vector<std::string> DirectiveNames() {
  std::vector<std::string> names;
  for (const Directive& directive : kDirectives) names.emplace_back(directive.name);
  for (const OptionInfo& option : OptionInfos()) names.emplace_back(option.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace gossamer::server
