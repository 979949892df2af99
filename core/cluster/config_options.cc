#include "core/cluster/config_options.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <type_traits>
#include <vector>

#include "core/base/strings.h"

namespace gossamer {
namespace {

using O = ClusterOptions;
using enum OptionType;

constexpr int64_t kMaxInt = std::numeric_limits<int32_t>::max();
constexpr int64_t kMaxNodes = 65534;  // keys are 16 bits, one means "none"
constexpr int64_t kMaxPort = 65535;
// What the bus carries: 46 bytes of address, 256 of hostname or name, each with a final zero.
constexpr int64_t kMaxAddress = 45;
constexpr int64_t kMaxHostname = 255;
constexpr std::string_view kEndpointWords = "ip hostname unknown-endpoint";

// DEVIATION: cluster-node-timeout 0 is refused; Valkey takes it and then suspects everybody at
// once.
constexpr OptionInfo kOptions[] = {
    {.name = "availability-zone",
     .type = kText,
     .field = &O::availability_zone,
     .max = kMaxHostname},
    {.name = "cluster-allow-pubsubshard-when-down",
     .type = kYesNo,
     .field = &O::allow_pubsubshard_when_down},
    {.name = "cluster-allow-reads-when-down", .type = kYesNo, .field = &O::allow_reads_when_down},
    {.name = "cluster-allow-replica-migration",
     .type = kYesNo,
     .field = &O::allow_replica_migration},
    {.name = "cluster-announce-bus-port",
     .type = kPort,
     .field = &O::cport,
     .max = kMaxPort,
     .zero_keeps = true},
    {.name = "cluster-announce-client-ipv4",
     .type = kText,
     .field = &O::announce_client_ipv4,
     .max = kMaxAddress,
     .text_rule = TextRule::kAddress},
    {.name = "cluster-announce-client-ipv6",
     .type = kText,
     .field = &O::announce_client_ipv6,
     .max = kMaxAddress,
     .text_rule = TextRule::kAddress},
    {.name = "cluster-announce-client-port",
     .type = kPort,
     .field = &O::announce_client_port,
     .max = kMaxPort},
    {.name = "cluster-announce-client-tls-port",
     .type = kPort,
     .field = &O::announce_client_tls_port,
     .max = kMaxPort},
    {.name = "cluster-announce-hostname",
     .type = kText,
     .field = &O::announce_hostname,
     .max = kMaxHostname,
     .text_rule = TextRule::kHostname},
    {.name = "cluster-announce-human-nodename",
     .type = kText,
     .field = &O::announce_human_nodename,
     .max = kMaxHostname,
     .text_rule = TextRule::kNodename},
    {.name = "cluster-announce-ip",
     .type = kText,
     .field = &O::announce_ip,
     .max = kMaxAddress,
     .text_rule = TextRule::kAddress},
    {.name = "cluster-announce-port",
     .type = kPort,
     .field = &O::port,
     .max = kMaxPort,
     .zero_keeps = true},
    {.name = "cluster-announce-tls-port",
     .type = kPort,
     .field = &O::tls_port,
     .max = kMaxPort,
     .zero_keeps = true},
    {.name = "cluster-blacklist-ttl", .type = kSeconds, .field = &O::blacklist_ttl, .max = kMaxInt},
    {.name = "cluster-config-file",
     .type = kText,
     .field = {},
     .max = 4096,
     .fixed = true,
     .fallback = "nodes.conf"},
    {.name = "cluster-config-save-behavior",
     .type = kWord,
     .field = {},
     .words = "sync best-effort",
     .fallback = "sync"},
    {.name = "cluster-databases",
     .type = kInteger,
     .field = {},
     .min = 1,
     .max = kMaxInt,
     .fixed = true,
     .fallback = "1"},
    {.name = "cluster-election-delay",
     .type = kMillis,
     .field = &O::election_delay,
     .max = kMaxInt},
    {.name = "cluster-enabled", .type = kYesNo, .field = {}, .fixed = true, .fallback = "no"},
    {.name = "cluster-link-sendbuf-limit",
     .type = kBytes,
     .field = &O::link_sendbuf_limit_bytes,
     .max = std::numeric_limits<int64_t>::max()},
    {.name = "cluster-manual-failover-timeout",
     .type = kMillis,
     .field = &O::manual_failover_timeout,
     .min = 1,
     .max = kMaxInt},
    {.name = "cluster-message-gossip-perc",
     .type = kInteger,
     .field = &O::gossip_percent,
     .min = 1,
     .max = 100},
    {.name = "cluster-migration-barrier",
     .type = kInteger,
     .field = &O::migration_barrier,
     .max = kMaxInt},
    {.name = "cluster-node-timeout",
     .type = kMillis,
     .field = &O::node_timeout,
     .min = 1,
     .max = kMaxInt},
    {.name = "cluster-ping-interval", .type = kMillis, .field = &O::ping_interval, .max = kMaxInt},
    {.name = "cluster-port",
     .type = kPort,
     .field = {},
     .max = kMaxPort,
     .fixed = true,
     .fallback = "0"},
    {.name = "cluster-preferred-endpoint-type",
     .type = kWord,
     .field = &O::preferred_endpoint_type,
     .words = kEndpointWords},
    {.name = "cluster-replica-no-failover", .type = kYesNo, .field = &O::replica_no_failover},
    {.name = "cluster-replica-validity-factor",
     .type = kInteger,
     .field = &O::replica_validity_factor,
     .max = kMaxInt},
    {.name = "cluster-require-full-coverage", .type = kYesNo, .field = &O::require_full_coverage},
    {.name = "cluster-slot-migration-log-max-len",
     .type = kInteger,
     .field = {},
     .max = kMaxInt,
     .fallback = "1000"},
    {.name = "cluster-slot-stats-enabled", .type = kYesNo, .field = {}, .fallback = "no"},
    {.name = "max-nodes", .type = kInteger, .field = &O::max_nodes, .min = 1, .max = kMaxNodes},
    {.name = "repl-ping-replica-period",
     .type = kSeconds,
     .field = &O::repl_ping_replica_period,
     .min = 1,
     .max = kMaxInt},
    {.name = "tls-cluster", .type = kYesNo, .field = &O::tls_cluster, .fixed = true},
};

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool AllowedIn(TextRule rule, char c) {
  constexpr std::string_view kHostnameMarks = "-.";
  constexpr std::string_view kNodenameMarks = "-._:/";
  constexpr std::string_view kAddressMarks = ".:%";
  switch (rule) {
    case TextRule::kHostname:
      return IsAlphanumeric(c) || kHostnameMarks.find(c) != std::string_view::npos;
    case TextRule::kNodename:
      return IsAlphanumeric(c) || kNodenameMarks.find(c) != std::string_view::npos;
    case TextRule::kAddress:
      return IsAlphanumeric(c) || kAddressMarks.find(c) != std::string_view::npos;
    case TextRule::kAny:
      break;
  }
  return c > ' ' && c != 0x7f && c != ',' && c != '=';
}

struct Reading {
  int64_t number = 0;
  std::string error;  // empty: fine
};

std::string RangeText(const OptionInfo& info) {
  std::string text = "expected " + std::to_string(info.min) + " to " + std::to_string(info.max);
  if (info.type == kMillis) text += " milliseconds";
  if (info.type == kSeconds) text += " seconds";
  return text;
}

// Valkey's memory sizes: k is 1000, kb is 1024, and so on.
std::optional<int64_t> ParseMemory(std::string_view text) {
  struct Suffix {
    std::string_view name;
    int64_t factor;
  };
  constexpr Suffix kSuffixes[] = {{"", 1},
                                  {"b", 1},
                                  {"k", 1000},
                                  {"kb", 1 << 10},
                                  {"m", 1000 * 1000},
                                  {"mb", 1 << 20},
                                  {"g", 1000 * 1000 * 1000},
                                  {"gb", 1 << 30}};
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  uint64_t value = 0;
  if (!ParseU64(text.substr(0, digits), &value)) return std::nullopt;
  const std::string suffix = Lower(text.substr(digits));
  for (const Suffix& candidate : kSuffixes) {
    if (suffix != candidate.name) continue;
    int64_t bytes = 0;
    if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) ||
        __builtin_mul_overflow(static_cast<int64_t>(value), candidate.factor, &bytes)) {
      return std::nullopt;
    }
    return bytes;
  }
  return std::nullopt;
}

Reading ReadNumber(const OptionInfo& info, std::string_view text) {
  Reading reading;
  uint64_t value = 0;
  if (info.type == kBytes) {
    const std::optional<int64_t> bytes = ParseMemory(text);
    if (!bytes) {
      reading.error = "expected bytes, or a size such as 64mb";
      return reading;
    }
    value = static_cast<uint64_t>(*bytes);
  } else if (!ParseU64(text, &value)) {
    reading.error = "not a whole number, " + RangeText(info);
    return reading;
  }
  if (value > static_cast<uint64_t>(info.max) || value < static_cast<uint64_t>(info.min)) {
    reading.error = "out of range, " + RangeText(info);
    return reading;
  }
  reading.number = static_cast<int64_t>(value);
  return reading;
}

// The number that the field takes: 0 or 1 for yes/no, the position of a word.
Reading ReadValue(const OptionInfo& info, std::string_view text) {
  Reading reading;
  if (info.type == kYesNo) {
    const std::string lower = Lower(text);
    reading.number = lower == "yes" ? 1 : 0;
    if (lower != "yes" && lower != "no") reading.error = "expected yes or no";
  } else if (info.type == kWord) {
    const std::vector<std::string_view> words = SplitWords(info.words);
    const auto word = std::find(words.begin(), words.end(), Lower(text));
    reading.number = word - words.begin();
    if (word == words.end()) reading.error = "expected one of: " + std::string(info.words);
  } else if (info.type == kText) {
    if (text.size() > static_cast<size_t>(info.max)) {
      reading.error = "longer than " + std::to_string(info.max) + " bytes";
    } else if (!std::all_of(text.begin(), text.end(),
                            [&](char c) { return AllowedIn(info.text_rule, c); })) {
      reading.error = "a character that is not allowed there";
    }
  } else {
    return ReadNumber(info, text);
  }
  return reading;
}

void Store(const OptionInfo& info, int64_t number, std::string_view text, ClusterOptions* options) {
  if (info.zero_keeps && number == 0) return;
  std::visit(
      [&](auto field) {
        using Field = decltype(field);
        if constexpr (std::is_same_v<Field, NoField>) {
          return;
        } else {
          auto& value = options->*field;
          using Value = std::remove_reference_t<decltype(value)>;
          if constexpr (std::is_same_v<Value, std::string>) {
            value = text;
          } else if constexpr (std::is_same_v<Value, Duration>) {
            value = info.type == kSeconds ? Seconds(number) : Millis(number);
          } else {
            value = static_cast<Value>(number);
          }
        }
      },
      info.field);
}

}  // namespace

std::span<const OptionInfo> OptionInfos() { return kOptions; }

const OptionInfo* FindOption(std::string_view name) {
  const auto* found = std::find_if(std::begin(kOptions), std::end(kOptions),
                                   [&](const OptionInfo& info) { return info.name == name; });
  return found == std::end(kOptions) ? nullptr : found;
}

std::string_view NearestOption(std::string_view name) {
  std::vector<std::string_view> names;
  for (const OptionInfo& info : kOptions) names.push_back(info.name);
  return NearestWord(name, names);
}

bool ApplyOption(std::string_view name, std::string_view text, ClusterOptions* options,
                 std::string* error) {
  const OptionInfo* info = FindOption(name);
  if (info == nullptr) {
    *error = "unknown option '" + std::string(name) + "'";
    const std::string_view nearest = NearestOption(name);
    if (!nearest.empty()) *error += ", nearest is '" + std::string(nearest) + "'";
    return false;
  }
  const Reading reading = ReadValue(*info, text);
  if (!reading.error.empty()) {
    *error = std::string(name) + ": '" + std::string(text) + "': " + reading.error;
    return false;
  }
  Store(*info, reading.number, text, options);
  return true;
}

std::string OptionText(std::string_view name, const ClusterOptions& options) {
  const OptionInfo* info = FindOption(name);
  if (info == nullptr) return "";
  return std::visit(
      [&](auto field) -> std::string {
        using Field = decltype(field);
        if constexpr (std::is_same_v<Field, NoField>) {
          return std::string(info->fallback);
        } else {
          const auto& value = options.*field;
          using Value = std::remove_cvref_t<decltype(value)>;
          if constexpr (std::is_same_v<Value, std::string>) {
            return value;
          } else if constexpr (std::is_same_v<Value, bool>) {
            return value ? "yes" : "no";
          } else if constexpr (std::is_same_v<Value, Duration>) {
            return std::to_string(info->type == kSeconds ? value.us / 1'000'000 : value.ms());
          } else if constexpr (std::is_same_v<Value, EndpointType>) {
            return std::string(SplitWords(info->words)[static_cast<size_t>(value)]);
          } else {
            return std::to_string(value);
          }
        }
      },
      info->field);
}

}  // namespace gossamer
