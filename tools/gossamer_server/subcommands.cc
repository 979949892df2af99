#include "tools/gossamer_server/subcommands.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "core/base/strings.h"

namespace gossamer::server {
namespace {

constexpr size_t kShown = 128;  // of a word that is quoted

constexpr Subcommand kTable[] = {
    {"client", "caching", 3, "", ""},
    {"client", "capa", -3, "CAPA <option> ...", "Tell what the client can do."},
    {"client", "getname", 2, "GETNAME", "The name of this connection."},
    {"client", "getredir", 2, "GETREDIR", "Where invalidations go: nowhere."},
    {"client", "help", 2, "HELP", "This text."},
    {"client", "id", 2, "ID", "The id of this connection."},
    {"client", "info", 2, "INFO", "This connection, in one line."},
    {"client", "kill", -3, "KILL <ip:port>|(<filter> <value> ...)",
     "Close connections. Filters: ID, TYPE, USER, ADDR, LADDR, MAXAGE, SKIPME."},
    {"client", "list", -2, "LIST [<filter> <value> ...]",
     "All connections, a line each, or those that the filters choose."},
    {"client", "no-evict", 3, "NO-EVICT (ON|OFF)", "Protect this connection from eviction."},
    {"client", "no-touch", 3, "NO-TOUCH (ON|OFF)", "Leave the age of keys as it is."},
    {"client", "pause", -3, "", ""},
    {"client", "reply", 3, "REPLY (ON|OFF|SKIP)", "Which commands are answered."},
    {"client", "setinfo", 4, "SETINFO (LIB-NAME|LIB-VER) <text>", "Name the client's library."},
    {"client", "setname", 3, "SETNAME <name>", "Name this connection."},
    {"client", "tracking", -3, "TRACKING OFF", "Only OFF: there are no keys to track."},
    {"client", "trackinginfo", 2, "TRACKINGINFO", "The state of tracking: off."},
    {"client", "unblock", -3, "UNBLOCK <id> [TIMEOUT|ERROR]", "Nobody is ever blocked: 0."},
    {"client", "unpause", 2, "UNPAUSE", "Nobody is ever paused."},
    {"command", "count", 2, "COUNT", "Number of commands."},
    {"command", "docs", -2, "DOCS [<name> ...]", "What commands do; all without a name."},
    {"command", "getkeys", -3, "GETKEYS <command> [<arg> ...]", "The keys of a command."},
    {"command", "getkeysandflags", -3, "GETKEYSANDFLAGS <command> [<arg> ...]",
     "The keys of a command and how it uses them."},
    {"command", "help", 2, "HELP", "This text."},
    {"command", "info", -2, "INFO [<name> ...]", "The shape of commands; all without a name."},
    {"command", "list", -2, "LIST [FILTERBY (MODULE|ACLCAT|PATTERN) <value>]",
     "The names of commands."},
    {"config", "get", -3, "GET <pattern> ...", "Directives and their values."},
    {"config", "help", 2, "HELP", "This text."},
    {"config", "resetstat", 2, "RESETSTAT", "Set the counters of INFO to 0."},
    {"config", "rewrite", 2, "REWRITE", "Write the values of now into the file."},
    {"config", "set", -4, "SET <directive> <value> ...", "Set directives, all or none."},
    {"debug", "assert", 2, "ASSERT", "End the process as a failed check does."},
    {"debug", "close-cluster-link-on-packet-drop", 3, "CLOSE-CLUSTER-LINK-ON-PACKET-DROP (0|1)",
     "End the link of a message that the filter drops."},
    {"debug", "clusterlink", 5, "CLUSTERLINK KILL (TO|FROM|ALL) <node-id>",
     "End bus links to a node, from it, or both."},
    {"debug", "drop-cluster-packet-filter", 3, "DROP-CLUSTER-PACKET-FILTER <type>",
     "Drop messages of a type that arrive; -1 none, -2 all."},
    {"debug", "help", 2, "HELP", "This text."},
    {"debug", "log", 3, "LOG <text>", "Write a line into the log."},
    {"debug", "panic", 2, "PANIC", "End the process with a crash report, by SIGABRT."},
    {"debug", "segfault", 2, "SEGFAULT", "End the process with a crash report, by SIGSEGV."},
    {"debug", "sleep", 3, "SLEEP <seconds>", "Stop the server for so long. Decimals allowed."},
    {"function", "delete", 3, "", ""},
    {"function", "dump", 2, "", ""},
    {"function", "flush", -2, "", ""},
    {"function", "help", 2, "HELP", "This text."},
    {"function", "kill", 2, "", ""},
    {"function", "list", -2, "LIST", "The functions: there are none."},
    {"function", "load", -3, "", ""},
    {"function", "restore", -3, "", ""},
    {"function", "stats", 2, "", ""},
    {"latency", "doctor", 2, "", ""},
    {"latency", "graph", 3, "", ""},
    {"latency", "help", 2, "HELP", "This text."},
    {"latency", "histogram", -2, "", ""},
    {"latency", "history", 3, "HISTORY <event>", "Samples of an event: none are kept."},
    {"latency", "latest", 2, "LATEST", "The last sample of each event: none are kept."},
    {"latency", "reset", -2, "RESET [<event> ...]", "Forget samples: there are none."},
    {"memory", "doctor", 2, "DOCTOR", "Says that there are no data."},
    {"memory", "help", 2, "HELP", "This text."},
    {"memory", "malloc-stats", 2, "", ""},
    {"memory", "purge", 2, "PURGE", "Nothing is held back to be given up."},
    {"memory", "stats", 2, "", ""},
    {"memory", "usage", -3, "", ""},
    {"slowlog", "get", -2, "GET [<count>]", "Slow commands: none are kept."},
    {"slowlog", "help", 2, "HELP", "This text."},
    {"slowlog", "len", 2, "LEN", "Number of slow commands kept: 0."},
    {"slowlog", "reset", 2, "RESET", "Forget them: there are none."},
};

const Subcommand* Find(std::string_view command, std::string_view name) {
  const auto found = std::find_if(
      std::begin(kTable), std::end(kTable),
      [&](const Subcommand& entry) { return entry.command == command && entry.name == name; });
  return found == std::end(kTable) ? nullptr : found;
}

bool HasSubcommands(std::string_view command) {
  return std::any_of(std::begin(kTable), std::end(kTable),
                     [&](const Subcommand& entry) { return entry.command == command; });
}

std::string Upper(std::string_view text) { return absl::AsciiStrToUpper(ToAbsl(text)); }

}  // namespace

std::span<const Subcommand> Subcommands() { return kTable; }

std::string SubcommandError(const std::vector<std::string>& words) {
  const std::string command = Lower(words[0]);
  if (!HasSubcommands(command)) return "";
  const Subcommand* entry = Find(command, Lower(words[1]));
  if (entry == nullptr) {
    return "ERR unknown subcommand '" + words[1].substr(0, kShown) + "'. Try " + Upper(command) +
           " HELP.";
  }
  const auto size = static_cast<int>(words.size());
  if (entry->arity < 0 ? size >= -entry->arity : size == entry->arity) return "";
  return "ERR wrong number of arguments for '" + command + "|" + std::string(entry->name) +
         "' command";
}

std::string SubcommandSyntaxError(const std::vector<std::string>& words) {
  return "ERR unknown subcommand or wrong number of arguments for '" + words[1].substr(0, kShown) +
         "'. Try " + Upper(words[0]) + " HELP.";
}

bool AsksForHelp(const std::vector<std::string>& words) {
  return words.size() == 2 && Lower(words[1]) == "help";
}

void WriteHelp(const std::string& command, ReplyWriter* reply) {
  std::vector<std::string> lines = {Upper(command) +
                                    " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"};
  for (const Subcommand& entry : kTable) {
    if (entry.command != command || entry.usage.empty()) continue;
    lines.emplace_back(entry.usage);
    lines.push_back("    " + std::string(entry.help));
  }
  reply->Array(lines.size());
  for (const std::string& line : lines) reply->Simple(line);
}

}  // namespace gossamer::server
