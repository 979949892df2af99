#include "tools/gossamer_server/command_server.h"

#include <algorithm>
#include <charconv>
#include <random>
#include <set>
#include <utility>

#include "core/base/strings.h"
#include "core/cluster/node_view.h"
#include "core/resp/request_parser.h"
#include "core/slots/key_slot.h"
#include "tools/gossamer_server/client_commands.h"
#include "tools/gossamer_server/command_docs.h"
#include "tools/gossamer_server/config_rewrite.h"
#include "tools/gossamer_server/debug_commands.h"
#include "tools/gossamer_server/directives.h"
#include "tools/gossamer_server/glob.h"
#include "tools/gossamer_server/info_text.h"
#include "tools/gossamer_server/key_commands.h"
#include "tools/gossamer_server/redirect.h"
#include "tools/gossamer_server/server_clock.h"
#include "tools/gossamer_server/subcommands.h"

namespace gossamer::server {
namespace {

// What clients gate features on.
constexpr std::string_view kRedisVersion = "7.2.4";

std::string RandomHex(size_t length) {
  std::random_device device;
  std::string out;
  for (size_t i = 0; i < length; ++i) out.push_back("0123456789abcdef"[device() & 15]);
  return out;
}

void WriteReply(const CommandReply& value, ReplyWriter* w) {
  switch (value.kind) {
    case CommandReply::Kind::kSimple:
      return w->Simple(value.text);
    case CommandReply::Kind::kError:
      return w->Error(value.text);
    case CommandReply::Kind::kInteger:
      return w->Integer(value.integer);
    case CommandReply::Kind::kBulk:
      return w->Bulk(value.text);
    case CommandReply::Kind::kVerbatim:
      return w->Verbatim(value.text);
    case CommandReply::Kind::kNull:
      return w->Null();
    case CommandReply::Kind::kArray:
      w->Array(value.items.size());
      break;
    case CommandReply::Kind::kMap:
      w->Map(value.items.size() / 2);
      break;
  }
  for (const CommandReply& item : value.items) WriteReply(item, w);
}

void WrongArity(const std::string& name, ReplyWriter* w) {
  w->Error("ERR wrong number of arguments for '" + name + "' command");
}

std::string UnknownCommand(const std::vector<std::string>& words) {
  std::string text =
      "ERR unknown command '" + words[0].substr(0, 128) + "', with args beginning with: ";
  for (size_t i = 1; i < words.size() && text.size() < 256; ++i) {
    text += "'" + words[i].substr(0, 128) + "' ";
  }
  return text;
}

// A subcommand that Valkey has and that this build has nothing to serve with.
void NotServed(const std::vector<std::string>& words, ReplyWriter* w) {
  w->Error("ERR " + Lower(words[0]) + "|" + Lower(words[1]) + " is not served by this build");
}

// What a transaction does not queue.
bool RunsInsideMulti(std::string_view name) {
  return name == "multi" || name == "exec" || name == "discard" || name == "reset" ||
         name == "quit";
}

// Commands of Valkey that this build knows to be commands, and has nothing to serve them with.
bool IsUnserved(std::string_view name) {
  static constexpr std::string_view kUnserved[] = {
      "acl",         "bgrewriteaof", "bgsave",    "bitop",        "fcall_ro", "lolwut",
      "migrate",     "module",       "monitor",   "move",         "object",   "psubscribe",
      "psync",       "publish",      "pubsub",    "punsubscribe", "replconf", "save",
      "script",      "sort",         "subscribe", "sunsubscribe", "swapdb",   "sync",
      "unsubscribe", "unwatch",      "waitaof",   "watch",        "xread",    "xreadgroup"};
  return std::find(std::begin(kUnserved), std::end(kUnserved), name) != std::end(kUnserved);
}

}  // namespace

CommandServer::CommandServer(ServerConfig* config, BusHost* bus, Log* log,
                             std::function<void()> shutdown)
    : config_(config),
      bus_(bus),
      log_(log),
      shutdown_(std::move(shutdown)),
      started_(SampleClocks()),
      run_id_(RandomHex(40)) {}

std::span<const CommandServer::Command> CommandServer::Commands() {
  using S = CommandServer;
  static constexpr Command kCommands[] = {
      {"asking", 1, &S::Asking, false, false, "Lets the next command use an importing slot."},
      {"auth", -2, &S::Auth, true, false, "Authenticates the connection."},
      {"client", -2, &S::Client, false, true, "Connections: names, list, kill, replies."},
      {"cluster", -2, &S::Cluster, false, true, "The cluster as this node sees it."},
      {"command", -1, &S::CommandInfo, false, true, "Describes commands."},
      {"config", -2, &S::Config, false, true, "Reads, sets and rewrites the configuration."},
      {"dbsize", 1, &S::DbSize, false, false, "Returns the number of keys."},
      {"debug", -2, &S::Debug, false, true, "What tests need, if it is enabled."},
      {"discard", 1, &S::Discard, false, false, "Ends a transaction without running it."},
      {"echo", 2, &S::Echo, false, false, "Returns the given string."},
      {"exec", 1, &S::Exec, false, false, "Runs what was queued since MULTI."},
      {"failover", -1, &S::Failover, false, false, "Not in a cluster: see CLUSTER FAILOVER."},
      {"flushall", -1, &S::Flush, false, false, "Removes all keys."},
      {"flushdb", -1, &S::Flush, false, false, "Removes all keys."},
      {"function", -2, &S::Function, false, true, "Lists functions: there are none."},
      {"hello", -1, &S::Hello, true, false, "Chooses the protocol, authenticates, names."},
      {"info", -1, &S::Info, false, false, "Facts and counters of the server."},
      {"keys", 2, &S::NoKeys, false, false, "Lists keys: there are none."},
      {"lastsave", 1, &S::LastSave, false, false, "Returns when the data were saved last."},
      {"latency", -2, &S::Latency, false, true, "Latency events: none are kept."},
      {"memory", -2, &S::Memory, false, true, "Memory of the server."},
      {"multi", 1, &S::Multi, false, false, "Queues the commands that follow, until EXEC."},
      {"ping", -1, &S::Ping, false, false, "Answers PONG."},
      {"quit", -1, &S::Quit, true, false, "Closes the connection."},
      {"randomkey", 1, &S::NoKeys, false, false, "Returns a key: there is none."},
      {"readonly", 1, &S::Readonly, false, false, "Lets this connection read from a replica."},
      {"readwrite", 1, &S::Readwrite, false, false, "Ends READONLY."},
      {"replicaof", 3, &S::ReplicaOf, false, false, "Not in a cluster: see CLUSTER REPLICATE."},
      {"reset", 1, &S::Reset, true, false, "Makes the connection like a new one."},
      {"role", 1, &S::Role, false, false, "Primary or replica, and of whom."},
      {"scan", -2, &S::NoKeys, false, false, "Iterates over keys: there are none."},
      {"select", 2, &S::Select, false, false, "Chooses database 0."},
      {"shutdown", -1, &S::Shutdown, false, false, "Ends the server."},
      {"slaveof", 3, &S::ReplicaOf, false, false, "Not in a cluster: see CLUSTER REPLICATE."},
      {"slowlog", -2, &S::Slowlog, false, true, "Slow commands: none are kept."},
      {"time", 1, &S::Time, false, false, "Returns the server's time."},
      {"wait", 3, &S::Wait, false, false, "Returns how many replicas have it: none."},
  };
  return kCommands;
}

const CommandServer::Command* CommandServer::Find(const std::string& name) {
  const auto all = Commands();
  const auto found =
      std::find_if(all.begin(), all.end(), [&name](const Command& c) { return name == c.name; });
  return found == all.end() ? nullptr : &*found;
}

void CommandServer::Run(std::vector<std::string>& words, Session* session, std::string* out) {
  ++stats_.commands;
  ++session->commands;
  session->last_command = SampleClocks().mono;
  ReplyWriter writer(session->protocol, out);
  const size_t before = out->size();
  Call call{words, *session, writer};
  Dispatch(call);
  if (out->size() > before && (*out)[before] == '-') ++stats_.errors;
  if (session->reply == ReplyMode::kOn) return;
  // CLIENT REPLY OFF, and SKIP with the command after it.
  out->resize(before);
  if (session->reply == ReplyMode::kSkip) session->reply = ReplyMode::kOn;
  if (session->reply == ReplyMode::kSkipNext) session->reply = ReplyMode::kSkip;
}

void CommandServer::Dispatch(Call& call) {
  const std::string name = Lower(call.words[0]);
  // A browser that was made to talk to us.
  if (name == "post" || name == "host:") {
    call.session.closing = true;
    return;
  }
  const auto fits = [&](int arity) {
    const auto size = static_cast<int>(call.words.size());
    return arity >= 0 ? size == arity : size >= -arity;
  };
  const Command* command = Find(name);
  const KeyCommand* keyed = command == nullptr ? FindKeyCommand(name) : nullptr;
  const bool known = command != nullptr || keyed != nullptr;
  if (!known && !IsUnserved(name)) {
    call.session.transaction.Fail();
    return call.reply.Error(UnknownCommand(call.words));
  }
  if (known && !fits(command != nullptr ? command->arity : keyed->arity)) {
    call.session.transaction.Fail();
    return WrongArity(name, &call.reply);
  }
  const bool subcommand = command != nullptr && command->subcommands && call.words.size() > 1;
  // DEBUG says nothing of its subcommands to who may not use it.
  const std::string error = subcommand && name != "debug" ? SubcommandError(call.words) : "";
  if (!error.empty()) {
    call.session.transaction.Fail();
    return call.reply.Error(error);
  }
  call.session.command = name;
  if (subcommand) {
    call.session.command += "|" + Lower(call.words[1].substr(0, 32));
  }
  const bool open = call.session.authenticated || config_->requirepass.empty();
  if (!open && !(command != nullptr && command->unauthenticated)) {
    return call.reply.Error("NOAUTH Authentication required.");
  }
  if (!known) {
    call.session.transaction.Fail();
    return call.reply.Error(
        "ERR '" + name +
        "' is not served by this build: it is a cluster member without a keyspace");
  }
  if (call.session.transaction.open() && !RunsInsideMulti(name)) {
    return Queue(call, keyed != nullptr);
  }
  const bool core = name == "cluster" || name == "debug";
  if (subcommand && !core && AsksForHelp(call.words)) return WriteHelp(name, &call.reply);
  if (command != nullptr) return (this->*command->handler)(call);
  RunKeyed(call);
}

// Why the keys of a command cannot be served here; empty when they can.
std::string CommandServer::RedirectionOf(const Call& call, bool asking) const {
  const KeyCommand& command = *FindKeyCommand(Lower(call.words[0]));
  std::vector<std::string_view> keys;
  if (!KeysOf(command, call.words, &keys) || keys.empty()) return "ERR syntax error";
  return Redirection(bus_->node().state(), keys, {command.write, call.session.readonly, asking},
                     {false, call.session.ipv6});
}

void CommandServer::RunKeyed(Call& call) {
  const std::string error = RedirectionOf(call, std::exchange(call.session.asking, false));
  call.reply.Error(error.empty() ? "ERR '" + Lower(call.words[0]) +
                                       "' is not served by this build: it has no keyspace"
                                 : error);
}

// ---- Connections ----

void CommandServer::Ping(Call& call) {
  if (call.words.size() > 2) return WrongArity("ping", &call.reply);
  call.words.size() == 2 ? call.reply.Bulk(call.words[1]) : call.reply.Simple("PONG");
}

void CommandServer::Echo(Call& call) { call.reply.Bulk(call.words[1]); }

bool CommandServer::Login(const std::string& user, const std::string& password, Session* session) {
  const bool right =
      user == "default" && (config_->requirepass.empty() || password == config_->requirepass);
  session->authenticated = session->authenticated || right;
  if (!right) ++stats_.auth_refused;
  return right;
}

void CommandServer::Auth(Call& call) {
  if (call.words.size() > 3) return call.reply.Error("ERR syntax error");
  if (call.words.size() == 2 && config_->requirepass.empty()) {
    return call.reply.Error(
        "ERR AUTH <password> called without any password configured for the default user. Are you "
        "sure your configuration is correct?");
  }
  const std::string user = call.words.size() == 3 ? call.words[1] : "default";
  if (Login(user, call.words.back(), &call.session)) return call.reply.Simple("OK");
  call.reply.Error("WRONGPASS invalid username-password pair or user is disabled.");
}

void CommandServer::Hello(Call& call) {
  int protocol = call.session.protocol;
  size_t at = 1;
  if (call.words.size() > 1) {
    const std::string& text = call.words[at++];
    const auto got = std::from_chars(text.data(), text.data() + text.size(), protocol);
    if (got.ec != std::errc() || got.ptr != text.data() + text.size()) {
      return call.reply.Error("ERR Protocol version is not an integer or out of range");
    }
    if (protocol != 2 && protocol != 3) {
      return call.reply.Error("NOPROTO unsupported protocol version");
    }
  }
  std::string name = call.session.name;
  while (at < call.words.size()) {
    const std::string option = Lower(call.words[at]);
    if (option == "auth" && at + 2 < call.words.size()) {
      if (!Login(call.words[at + 1], call.words[at + 2], &call.session)) {
        return call.reply.Error("WRONGPASS invalid username-password pair or user is disabled.");
      }
      at += 3;
    } else if (option == "setname" && at + 1 < call.words.size()) {
      name = call.words[at + 1];
      at += 2;
    } else {
      return call.reply.Error("ERR Syntax error in HELLO option '" + call.words[at] + "'");
    }
  }
  if (!call.session.authenticated && !config_->requirepass.empty()) {
    return call.reply.Error(
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO "
        "<proto> AUTH <user> <pass> option can be used to authenticate the client and select the "
        "RESP protocol version at the same time");
  }
  call.session.name = name;
  call.session.protocol = protocol;
  std::string body;
  ReplyWriter w(protocol, &body);
  w.Map(7);
  w.Bulk("server");
  w.Bulk("redis");
  w.Bulk("version");
  w.Bulk(kRedisVersion);
  w.Bulk("proto");
  w.Integer(protocol);
  w.Bulk("id");
  w.Integer(static_cast<int64_t>(call.session.id));
  w.Bulk("mode");
  w.Bulk("cluster");
  w.Bulk("role");
  w.Bulk(bus_->node().state().i_am_primary() ? "master" : "replica");
  w.Bulk("modules");
  w.Array(0);
  call.reply.Raw(body);
}

void CommandServer::Quit(Call& call) {
  call.session.closing = true;
  call.reply.Simple("OK");
}

void CommandServer::Reset(Call& call) {
  Session& s = call.session;
  s.protocol = 2;
  s.authenticated = false;
  s.readonly = s.asking = false;
  s.transaction.Take();
  s.no_evict = s.no_touch = false;
  s.reply = ReplyMode::kOn;
  s.name.clear();
  call.reply.Simple("RESET");
}

void CommandServer::Select(Call& call) {
  if (call.words[1] == "0") return call.reply.Simple("OK");
  int64_t number = 0;
  const std::string& text = call.words[1];
  const auto got = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool integer = got.ec == std::errc() && got.ptr == text.data() + text.size();
  call.reply.Error(integer ? "ERR SELECT is not allowed in cluster mode"
                           : "ERR value is not an integer or out of range");
}

void CommandServer::Client(Call& call) {
  RunClientCommand(call.words, SampleClocks().mono, sessions_, &call.session, &call.reply);
}

void CommandServer::Readonly(Call& call) {
  call.session.readonly = true;
  call.reply.Simple("OK");
}

void CommandServer::Readwrite(Call& call) {
  call.session.readonly = false;
  call.reply.Simple("OK");
}

void CommandServer::Asking(Call& call) {
  call.session.asking = true;
  call.reply.Simple("OK");
}

// ---- The server ----

void CommandServer::CommandInfo(Call& call) {
  std::vector<ServedCommand> served;
  for (const Command& command : Commands()) {
    served.push_back({command.name, command.arity, command.summary});
  }
  RunCommandCommand(call.words, served, &call.reply);
}

void CommandServer::Config(Call& call) {
  const std::string what = Lower(call.words[1]);
  if (what == "get") return ConfigGet(call);
  if (what == "set") return ConfigSet(call);
  if (what == "rewrite") return ConfigRewrite(call);
  stats_ = {};  // RESETSTAT
  call.reply.Simple("OK");
}

void CommandServer::ConfigRewrite(Call& call) {
  if (config_->file.empty()) {
    return call.reply.Error("ERR The server is running without a config file");
  }
  std::string error;
  if (RewriteConfigFile(*config_, &error)) {
    log_->Notice("CONFIG REWRITE executed with success.");
    return call.reply.Simple("OK");
  }
  log_->Warning("CONFIG REWRITE failed: " + error);
  call.reply.Error("ERR Rewriting config file: " + error);
}

// Other names of a directive are shown when a pattern asks for them.
void CommandServer::ConfigGet(Call& call) {
  std::vector<std::string> names = DirectiveNames();
  for (const DirectiveAlias& alias : DirectiveAliases()) names.emplace_back(alias.alias);
  std::vector<std::pair<std::string, std::string>> found;
  for (const std::string& name : names) {
    const bool wanted =
        std::any_of(call.words.begin() + 2, call.words.end(),
                    [&](const std::string& p) { return GlobMatches(Lower(p), name); });
    std::string text;
    if (wanted && DirectiveText(name, *config_, &text)) found.emplace_back(name, text);
  }
  call.reply.Map(found.size());
  for (const auto& [name, text] : found) {
    call.reply.Bulk(name);
    call.reply.Bulk(text);
  }
}

// All or nothing, as in Valkey.
void CommandServer::ConfigSet(Call& call) {
  if (call.words.size() % 2 != 0) return call.reply.Error("ERR syntax error");
  ServerConfig next = *config_;
  std::set<std::string> seen;
  for (size_t i = 2; i + 1 < call.words.size(); i += 2) {
    const std::string name = Lower(call.words[i]);
    std::string text;
    if (!DirectiveText(name, next, &text)) {
      return call.reply.Error("ERR Unknown option or number of arguments for CONFIG SET - '" +
                              call.words[i] + "'");
    }
    const std::string& given = call.words[i + 1];
    std::vector<std::string> values;
    const bool several = name == "client-output-buffer-limit";
    if (!several) values = {given};
    if (several && !SplitInline(given, &values)) values.clear();
    std::vector<std::string> directive = {name};
    directive.insert(directive.end(), values.begin(), values.end());
    next.kept.erase(std::string(CanonicalName(name)));
    std::string error = "can't set immutable config";
    const bool settable = IsSettable(name);
    const bool twice = settable && !seen.insert(std::string(CanonicalName(name))).second;
    if (twice) error = "duplicate parameter";
    if (settable && !twice && ApplyDirective(directive, &next, &error)) continue;
    return call.reply.Error("ERR CONFIG SET failed (possibly related to argument '" +
                            call.words[i] + "') - " + error);
  }
  *config_ = std::move(next);
  log_->SetLevel(config_->log_level);
  bus_->Configure(config_->cluster);
  call.reply.Simple("OK");
}

void CommandServer::Cluster(Call& call) {
  ClusterCommand command;
  command.words.assign(call.words.begin() + 1, call.words.end());
  command.ipv6_client = call.session.ipv6;
  WriteReply(bus_->Command(command), &call.reply);
}

void CommandServer::Info(Call& call) {
  ServerFacts facts;
  facts.version = kRedisVersion;
  facts.run_id = run_id_;
  facts.uptime_s = (SampleClocks().mono - started_.mono).us / 1'000'000;
  facts.started_s = started_.wall.ms() / 1000;
  facts.stats = stats_;
  for (const auto& [id, session] : sessions_) {
    ++facts.clients;
    facts.client_bytes += session->input_bytes + session->output_bytes + sizeof(Session);
    facts.most_input = std::max<uint64_t>(facts.most_input, session->input_bytes);
    facts.most_output = std::max<uint64_t>(facts.most_output, session->output_bytes);
  }
  facts.bus = bus_->facts();
  std::vector<std::string> sections;
  for (size_t i = 1; i < call.words.size(); ++i) sections.push_back(Lower(call.words[i]));
  call.reply.Verbatim(InfoText(facts, *config_, bus_->node().state(), sections));
}

void CommandServer::Role(Call& call) {
  const State& s = bus_->node().state();
  if (s.i_am_primary() || !s.my_primary().valid()) {
    call.reply.Array(3);
    call.reply.Bulk("master");
    call.reply.Integer(s.data.repl_offset);
    return call.reply.Array(0);
  }
  call.reply.Array(5);
  call.reply.Bulk("slave");
  call.reply.Bulk(ClientIp(s, s.my_primary(), {}));
  call.reply.Integer(ClientPort(s, s.my_primary(), false));
  call.reply.Bulk(s.data.link_up ? "connected" : "connect");
  call.reply.Integer(s.data.repl_offset);
}

void CommandServer::Time(Call& call) {
  const int64_t us = SampleClocks().wall.us;
  call.reply.Array(2);
  call.reply.Bulk(std::to_string(us / 1'000'000));
  call.reply.Bulk(std::to_string(us % 1'000'000));
}

void CommandServer::DbSize(Call& call) { call.reply.Integer(0); }

void CommandServer::Slowlog(Call& call) {
  const std::string what = Lower(call.words[1]);
  if (what == "len") return call.reply.Integer(0);
  if (what == "get") return call.reply.Array(0);
  if (what == "reset") return call.reply.Simple("OK");
  NotServed(call.words, &call.reply);
}

void CommandServer::Latency(Call& call) {
  const std::string what = Lower(call.words[1]);
  if (what == "latest" || what == "history") return call.reply.Array(0);
  if (what == "reset") return call.reply.Integer(0);
  NotServed(call.words, &call.reply);
}

bool CommandServer::MayDebug(const Session& session) const {
  return config_->debug_access == DebugAccess::kYes ||
         (config_->debug_access == DebugAccess::kLocal && session.local);
}

void CommandServer::Debug(Call& call) {
  if (!MayDebug(call.session)) {
    return call.reply.Error(
        "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", "
        "you "
        "can run it from a local connection, otherwise you need to set this option in the "
        "configuration file, and then restart the server.");
  }
  RunDebugCommand(call.words, bus_, log_, &call.reply);
}

void CommandServer::Shutdown(Call& call) {
  std::set<std::string> options;
  for (size_t i = 1; i < call.words.size(); ++i) options.insert(Lower(call.words[i]));
  static const std::set<std::string> kOptions = {"abort", "force", "nosave", "now", "safe", "save"};
  const bool known =
      std::includes(kOptions.begin(), kOptions.end(), options.begin(), options.end());
  const bool both = options.contains("save") && options.contains("nosave");
  const bool abort = options.contains("abort");
  if (!known || both || (abort && options.size() > 1)) return call.reply.Error("ERR syntax error");
  if (abort) return call.reply.Error("ERR No shutdown in progress.");
  log_->Notice("User requested shutdown...");
  call.session.closing = true;
  shutdown_();
}

// ---- What has an answer without keys ----

void CommandServer::Memory(Call& call) {
  const std::string what = Lower(call.words[1]);
  if (what == "purge") return call.reply.Simple("OK");
  if (what == "doctor") return call.reply.Verbatim("This build keeps no data.");
  NotServed(call.words, &call.reply);
}

// redis-cli --cluster add-node asks whether there are functions to copy.
void CommandServer::Function(Call& call) {
  if (Lower(call.words[1]) == "list") return call.reply.Array(0);
  NotServed(call.words, &call.reply);
}

}  // namespace gossamer::server
