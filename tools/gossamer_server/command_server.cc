#include "tools/gossamer_server/command_server.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <random>
#include <thread>
#include <utility>

#include "core/cluster/config_options.h"
#include "core/cluster/node_view.h"
#include "core/slots/key_slot.h"
#include "tools/gossamer_server/info_text.h"
#include "tools/gossamer_server/key_commands.h"
#include "tools/gossamer_server/redirect.h"
#include "tools/gossamer_server/server_clock.h"

namespace gossamer::server {
namespace {

// What clients gate features on.
constexpr std::string_view kRedisVersion = "7.2.4";

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = (c >= 'A' && c <= 'Z') ? static_cast<char>(c + 32) : c;
  return out;
}

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

void UnknownSubcommand(std::string_view command, const std::string& given, ReplyWriter* w) {
  w->Error("ERR unknown subcommand '" + given.substr(0, 128) + "'. Try " + std::string(command) +
           " HELP.");
}

std::string UnknownCommand(const std::vector<std::string>& words) {
  std::string text =
      "ERR unknown command '" + words[0].substr(0, 128) + "', with args beginning with: ";
  for (size_t i = 1; i < words.size() && text.size() < 256; ++i) {
    text += "'" + words[i].substr(0, 128) + "' ";
  }
  return text;
}

bool IsPrintableName(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return c >= '!' && c <= '~'; });
}

// `*`, `?` and plain characters, without case, as CONFIG GET takes them.
bool Matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*') {
    return Matches(pattern.substr(1), name) || (!name.empty() && Matches(pattern, name.substr(1)));
  }
  return !name.empty() && (pattern[0] == '?' || pattern[0] == name[0]) &&
         Matches(pattern.substr(1), name.substr(1));
}

// One entry of COMMAND: name, arity, flags, first key, last key, step, and what is left empty.
void WriteCommandEntry(std::string_view name, int arity, std::string_view flag, int first, int last,
                       int step, ReplyWriter* w) {
  w->Array(10);
  w->Bulk(name);
  w->Integer(arity);
  w->Set(1);
  w->Simple(flag);
  w->Integer(first);
  w->Integer(last);
  w->Integer(step);
  w->Set(0);
  w->Array(0);
  w->Array(0);
  w->Array(0);
}

// What a transaction does not queue.
bool RunsInsideMulti(std::string_view name) {
  return name == "multi" || name == "exec" || name == "discard" || name == "reset" ||
         name == "quit";
}

void WriteCommandEntry(const KeyCommand& c, ReplyWriter* w) {
  WriteCommandEntry(c.name, c.arity,
                    c.first == 0 ? "movablekeys"
                    : c.write    ? "write"
                                 : "readonly",
                    c.first, c.last, c.first == 0 ? 0 : c.step, w);
}

}  // namespace

CommandServer::CommandServer(ServerConfig* config, BusHost* bus, Log* log,
                             std::function<void()> shutdown)
    : config_(config),
      bus_(bus),
      log_(log),
      shutdown_(std::move(shutdown)),
      started_(SampleClocks().mono),
      run_id_(RandomHex(40)) {}

const CommandServer::Command* CommandServer::Find(const std::string& name) {
  static constexpr Command kCommands[] = {
      {"asking", 1, &CommandServer::Asking, false},
      {"auth", -2, &CommandServer::Auth, true},
      {"client", -2, &CommandServer::Client, false},
      {"cluster", -2, &CommandServer::Cluster, false},
      {"command", -1, &CommandServer::CommandInfo, false},
      {"config", -2, &CommandServer::Config, false},
      {"dbsize", 1, &CommandServer::DbSize, false},
      {"debug", -2, &CommandServer::Debug, false},
      {"discard", 1, &CommandServer::Discard, false},
      {"echo", 2, &CommandServer::Echo, false},
      {"exec", 1, &CommandServer::Exec, false},
      {"hello", -1, &CommandServer::Hello, true},
      {"info", -1, &CommandServer::Info, false},
      {"latency", -2, &CommandServer::Latency, false},
      {"multi", 1, &CommandServer::Multi, false},
      {"ping", -1, &CommandServer::Ping, false},
      {"quit", -1, &CommandServer::Quit, true},
      {"readonly", 1, &CommandServer::Readonly, false},
      {"readwrite", 1, &CommandServer::Readwrite, false},
      {"reset", 1, &CommandServer::Reset, true},
      {"role", 1, &CommandServer::Role, false},
      {"select", 2, &CommandServer::Select, false},
      {"shutdown", -1, &CommandServer::Shutdown, false},
      {"slowlog", -2, &CommandServer::Slowlog, false},
      {"time", 1, &CommandServer::Time, false},
  };
  const auto found = std::find_if(std::begin(kCommands), std::end(kCommands),
                                  [&name](const Command& c) { return name == c.name; });
  return found == std::end(kCommands) ? nullptr : found;
}

void CommandServer::Run(std::vector<std::string>& words, Session* session, std::string* out) {
  ++commands_processed_;
  ReplyWriter writer(session->protocol, out);
  Call call{words, *session, writer};
  const std::string name = Lower(words[0]);
  // A browser that was made to talk to us.
  if (name == "post" || name == "host:") {
    session->closing = true;
    return;
  }
  const auto fits = [&](int arity) {
    const auto size = static_cast<int>(words.size());
    return arity >= 0 ? size == arity : size >= -arity;
  };
  const Command* command = Find(name);
  const KeyCommand* keyed = command == nullptr ? FindKeyCommand(name) : nullptr;
  if (command == nullptr && keyed == nullptr) {
    session->transaction.Fail();
    return writer.Error(UnknownCommand(words));
  }
  if (!fits(command != nullptr ? command->arity : keyed->arity)) {
    session->transaction.Fail();
    return WrongArity(name, &writer);
  }
  const bool open = session->authenticated || config_->requirepass.empty();
  if (!open && !(command != nullptr && command->unauthenticated)) {
    return writer.Error("NOAUTH Authentication required.");
  }
  if (session->transaction.open() && !RunsInsideMulti(name)) return Queue(call, keyed != nullptr);
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

std::string CommandServer::ClientLine(const Session& s) const {
  const int64_t age = (SampleClocks().mono - s.since).us / 1'000'000;
  return "id=" + std::to_string(s.id) + " addr=" + s.address + " laddr=" + s.local_address +
         " fd=-1 name=" + s.name + " age=" + std::to_string(age) +
         " idle=0 flags=" + (s.readonly ? "r" : "N") +
         " db=0 sub=0 psub=0 ssub=0 multi=-1 watch=0 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 "
         "rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=0 events=r cmd=client user=default redir=-1 "
         "resp=" +
         std::to_string(s.protocol) + " lib-name=" + s.lib_name + " lib-ver=" + s.lib_version;
}

void CommandServer::Client(Call& call) {
  const std::string what = Lower(call.words[1]);
  const size_t size = call.words.size();
  Session& s = call.session;
  if (what == "setname" && size == 3) {
    if (!IsPrintableName(call.words[2])) {
      return call.reply.Error(
          "ERR Client names cannot contain spaces, newlines or special characters.");
    }
    s.name = call.words[2];
    return call.reply.Simple("OK");
  }
  if (what == "setinfo" && size == 4) {
    const std::string option = Lower(call.words[2]);
    if (option != "lib-name" && option != "lib-ver") {
      return call.reply.Error("ERR Unrecognized option '" + call.words[2] + "'");
    }
    if (!IsPrintableName(call.words[3])) {
      return call.reply.Error("ERR " + option +
                              " cannot contain spaces, newlines or special characters.");
    }
    (option == "lib-name" ? s.lib_name : s.lib_version) = call.words[3];
    return call.reply.Simple("OK");
  }
  if (what == "getname" && size == 2) return call.reply.Bulk(s.name);
  if (what == "id" && size == 2) return call.reply.Integer(static_cast<int64_t>(s.id));
  if (what == "info" && size == 2) return call.reply.Verbatim(ClientLine(s) + "\n");
  if (what == "list") {
    std::string text;
    for (const auto& [id, session] : sessions_) text += ClientLine(*session) + "\n";
    return call.reply.Verbatim(text);
  }
  if (what == "reply" || what == "no-evict" || what == "no-touch" || what == "capa") {
    return call.reply.Simple("OK");
  }
  UnknownSubcommand("CLIENT", call.words[1], &call.reply);
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
  const std::string what = call.words.size() > 1 ? Lower(call.words[1]) : "";
  const auto all = KeyCommands();
  if (what.empty()) {
    call.reply.Array(all.size());
    for (const KeyCommand& command : all) WriteCommandEntry(command, &call.reply);
  } else if (what == "count") {
    call.reply.Integer(static_cast<int64_t>(all.size()));
  } else if (what == "docs") {
    call.reply.Map(0);
  } else if (what == "info") {
    call.reply.Array(call.words.size() - 2);
    for (size_t i = 2; i < call.words.size(); ++i) {
      const std::string name = Lower(call.words[i]);
      if (const KeyCommand* keyed = FindKeyCommand(name)) {
        WriteCommandEntry(*keyed, &call.reply);
      } else if (const Command* command = Find(name)) {
        WriteCommandEntry(name, command->arity, "fast", 0, 0, 0, &call.reply);
      } else {
        call.reply.NullArray();
      }
    }
  } else if (what == "getkeys" && call.words.size() > 2) {
    const Words words(call.words.begin() + 2, call.words.end());
    const KeyCommand* keyed = FindKeyCommand(Lower(words[0]));
    std::vector<std::string_view> keys;
    if (keyed == nullptr) return call.reply.Error("ERR Invalid command specified");
    if (!KeysOf(*keyed, words, &keys) || keys.empty()) {
      return call.reply.Error("ERR The command has no key arguments");
    }
    call.reply.Array(keys.size());
    for (const std::string_view key : keys) call.reply.Bulk(key);
  } else {
    UnknownSubcommand("COMMAND", call.words[1], &call.reply);
  }
}

void CommandServer::Config(Call& call) {
  const std::string what = Lower(call.words[1]);
  if (what == "get" && call.words.size() > 2) return ConfigGet(call);
  if (what == "set" && call.words.size() > 3) return ConfigSet(call);
  if (what == "resetstat") return call.reply.Simple("OK");
  if (what == "rewrite") {
    return call.reply.Error("ERR CONFIG REWRITE is not served by this build");
  }
  UnknownSubcommand("CONFIG", call.words[1], &call.reply);
}

void CommandServer::ConfigGet(Call& call) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const std::string& name : DirectiveNames()) {
    const bool wanted = std::any_of(call.words.begin() + 2, call.words.end(),
                                    [&](const std::string& p) { return Matches(Lower(p), name); });
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
  ServerConfig next = *config_;
  for (size_t i = 2; i + 1 < call.words.size(); i += 2) {
    const std::string name = Lower(call.words[i]);
    const OptionInfo* option = FindOption(name);
    std::string text;
    if (option == nullptr && !DirectiveText(name, next, &text)) {
      return call.reply.Error("ERR Unknown option or number of arguments for CONFIG SET - '" +
                              call.words[i] + "'");
    }
    std::string error = "can't set immutable config";
    const bool settable = (option != nullptr && !option->fixed) || name == "loglevel" ||
                          name == "maxclients" || name == "requirepass";
    if (settable && ApplyDirective({name, call.words[i + 1]}, &next, &error)) continue;
    return call.reply.Error("ERR CONFIG SET failed (possibly related to argument '" +
                            call.words[i] + "') - " + error);
  }
  if (call.words.size() % 2 != 0) return WrongArity("config|set", &call.reply);
  *config_ = std::move(next);
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
  facts.uptime_s = (SampleClocks().mono - started_).us / 1'000'000;
  facts.clients = sessions_.size();
  facts.connections = connections_received;
  facts.commands = commands_processed_;
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
  UnknownSubcommand("SLOWLOG", call.words[1], &call.reply);
}

void CommandServer::Latency(Call& call) {
  const std::string what = Lower(call.words[1]);
  if (what == "latest") return call.reply.Array(0);
  if (what == "reset") return call.reply.Integer(0);
  UnknownSubcommand("LATENCY", call.words[1], &call.reply);
}

// DEBUG SLEEP stops the whole process, as the tests of others expect of it.
void CommandServer::Debug(Call& call) {
  const std::string what = Lower(call.words[1]);
  if (what == "sleep" && call.words.size() == 3) {
    double seconds = 0;
    const std::string& text = call.words[2];
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    std::this_thread::sleep_for(std::chrono::duration<double>(std::clamp(seconds, 0.0, 3600.0)));
    return call.reply.Simple("OK");
  }
  UnknownSubcommand("DEBUG", call.words[1], &call.reply);
}

void CommandServer::Shutdown(Call& call) {
  for (size_t i = 1; i < call.words.size(); ++i) {
    const std::string option = Lower(call.words[i]);
    if (option != "nosave" && option != "save" && option != "now" && option != "force" &&
        option != "safe") {
      return call.reply.Error("ERR syntax error");
    }
  }
  log_->Notice("User requested shutdown...");
  call.session.closing = true;
  shutdown_();
}

}  // namespace gossamer::server
