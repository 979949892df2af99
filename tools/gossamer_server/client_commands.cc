#include "tools/gossamer_server/client_commands.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/strings.h"
#include "tools/gossamer_server/subcommands.h"

namespace gossamer::server {
namespace {

using Words = std::vector<std::string>;

constexpr int64_t kUsPerSecond = 1'000'000;

std::optional<uint64_t> Number(const std::string& text) {
  uint64_t value = 0;
  const auto got = std::from_chars(text.data(), text.data() + text.size(), value);
  if (got.ec != std::errc() || got.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string Flags(const Session& s) {
  std::string flags;
  if (s.closing) flags += 'c';
  if (s.readonly) flags += 'r';
  if (s.no_evict) flags += 'e';
  if (s.no_touch) flags += 'T';
  return flags.empty() ? "N" : flags;
}

std::string ClientLine(const Session& s, Instant now) {
  const auto number = [](uint64_t value) { return std::to_string(value); };
  const auto seconds = [now](Instant since) {
    return std::to_string((now - since).us / kUsPerSecond);
  };
  return "id=" + number(s.id) + " addr=" + s.address + " laddr=" + s.local_address +
         " fd=-1 name=" + s.name + " age=" + seconds(s.since) + " idle=" + seconds(s.last_command) +
         " flags=" + Flags(s) +
         " db=0 sub=0 psub=0 ssub=0 multi=-1 watch=0 qbuf=" + number(s.input_bytes) +
         " qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=" + number(s.output_bytes) +
         " oll=0 omem=0 tot-mem=" + number(sizeof(Session) + s.input_bytes + s.output_bytes) +
         " events=" + (s.output_bytes > 0 ? "rw" : "r") +
         " cmd=" + (s.command.empty() ? "NULL" : s.command) +
         " user=default redir=-1 resp=" + std::to_string(s.protocol) + " lib-name=" + s.lib_name +
         " lib-ver=" + s.lib_version + " tot-net-in=" + number(s.net_in) +
         " tot-net-out=" + number(s.net_out) + " tot-cmds=" + number(s.commands);
}

// What CLIENT LIST and CLIENT KILL choose clients by.
struct Filter {
  std::vector<uint64_t> ids;
  std::optional<std::string> type;
  std::optional<std::string> user;
  std::optional<std::string> address;
  std::optional<std::string> local_address;
  std::optional<uint64_t> max_age_s;
  bool skip_me = false;

  // Every client is a normal one here.
  bool Takes(const Session& s, const Session& me, Instant now) const {
    if (skip_me && s.id == me.id) return false;
    if (!ids.empty() && std::find(ids.begin(), ids.end(), s.id) == ids.end()) return false;
    if (type && *type != "normal") return false;
    if (user && *user != "default") return false;
    if (address && *address != s.address) return false;
    if (local_address && *local_address != s.local_address) return false;
    return !max_age_s || (now - s.since).us / kUsPerSecond >= static_cast<int64_t>(*max_age_s);
  }
};

// One filter with its value, at words[*at]. Empty, or the error.
std::string TakeFilter(const Words& words, size_t* at, Filter* filter) {
  const std::string name = Lower(words[*at]);
  if (*at + 1 >= words.size()) return "ERR syntax error";
  const std::string& value = words[*at + 1];
  *at += 2;
  if (name == "id") {
    const std::optional<uint64_t> id = Number(value);
    if (!id || *id == 0) return "ERR client-id should be greater than 0";
    filter->ids.push_back(*id);
    // LIST takes several in a row.
    for (; *at < words.size() && Number(words[*at]); ++*at) {
      filter->ids.push_back(*Number(words[*at]));
    }
    return "";
  }
  if (name == "type") {
    constexpr std::array<std::string_view, 5> kTypes = {"normal", "master", "replica", "slave",
                                                        "pubsub"};
    filter->type = Lower(value);
    if (*filter->type == "primary") filter->type = "master";
    const bool known = std::find(kTypes.begin(), kTypes.end(), *filter->type) != kTypes.end();
    return known ? "" : "ERR Unknown client type '" + value + "'";
  }
  if (name == "user") {
    filter->user = value;
    return value == "default" ? "" : "ERR No such user '" + value + "'";
  }
  if (name == "maxage") {
    filter->max_age_s = Number(value);
    return filter->max_age_s ? "" : "ERR maxage is not an integer or out of range";
  }
  if (name == "addr" || name == "laddr") {
    (name == "addr" ? filter->address : filter->local_address) = value;
    return "";
  }
  const std::string choice = Lower(value);
  if (name == "skipme" && (choice == "yes" || choice == "no")) {
    filter->skip_me = choice == "yes";
    return "";
  }
  return "ERR syntax error";
}

std::string TakeFilters(const Words& words, Filter* filter) {
  std::string error;
  for (size_t at = 2; at < words.size() && error.empty();) error = TakeFilter(words, &at, filter);
  return error;
}

// LIST speaks of ids in another way than KILL.
std::string ListError(const Words& words) {
  if (Lower(words[2]) != "id" || words.size() == 3) return "";
  const bool numbers = std::all_of(words.begin() + 3, words.end(), [](const std::string& word) {
    return Number(word).has_value();
  });
  return numbers ? "" : "ERR Invalid client ID";
}

// Who kills itself still gets its reply.
void End(Session* victim, Session* me) {
  if (victim == me) {
    me->closing = true;
  } else {
    victim->end();
  }
}

void Kill(const Words& words, Instant now, const Sessions& sessions, Session* me,
          ReplyWriter* reply) {
  Filter filter;
  const bool old_form = words.size() == 3;
  if (old_form) {
    filter.address = words[2];
  } else {
    filter.skip_me = true;
    const std::string error = TakeFilters(words, &filter);
    if (!error.empty()) return reply->Error(error);
  }
  int64_t killed = 0;
  for (const auto& [id, session] : sessions) {
    if (!filter.Takes(*session, *me, now)) continue;
    ++killed;
    End(session, me);
  }
  if (!old_form) return reply->Integer(killed);
  killed > 0 ? reply->Simple("OK") : reply->Error("ERR No such client");
}

void List(const Words& words, Instant now, const Sessions& sessions, const Session& me,
          ReplyWriter* reply) {
  Filter filter;
  std::string error = words.size() > 2 ? ListError(words) : "";
  if (error.empty()) error = TakeFilters(words, &filter);
  if (!error.empty()) return reply->Error(error);
  std::string text;
  for (const auto& [id, session] : sessions) {
    if (filter.Takes(*session, me, now)) text += ClientLine(*session, now) + "\n";
  }
  reply->Verbatim(text);
}

void SetInfo(const Words& words, Session* s, ReplyWriter* reply) {
  const std::string option = Lower(words[2]);
  if (option != "lib-name" && option != "lib-ver") {
    return reply->Error("ERR Unrecognized option '" + words[2] + "'");
  }
  if (!IsClientName(words[3])) {
    return reply->Error("ERR " + option +
                        " cannot contain spaces, newlines or special characters.");
  }
  (option == "lib-name" ? s->lib_name : s->lib_version) = words[3];
  reply->Simple("OK");
}

void SetReply(const Words& words, Session* s, ReplyWriter* reply) {
  const std::string mode = Lower(words[2]);
  if (mode == "on") {
    s->reply = ReplyMode::kOn;
    reply->Simple("OK");
  } else if (mode == "off") {
    s->reply = ReplyMode::kOff;
  } else if (mode == "skip") {
    if (s->reply == ReplyMode::kOn) s->reply = ReplyMode::kSkipNext;
  } else {
    reply->Error("ERR syntax error");
  }
}

void SetFlag(const Words& words, bool* flag, ReplyWriter* reply) {
  const std::string word = Lower(words[2]);
  if (word != "on" && word != "off") return reply->Error("ERR syntax error");
  *flag = word == "on";
  reply->Simple("OK");
}

// Nobody ever waits.
void Unblock(const Words& words, ReplyWriter* reply) {
  if (words.size() > 4) return reply->Error(SubcommandSyntaxError(words));
  const std::string reason = words.size() == 4 ? Lower(words[3]) : "timeout";
  if (reason != "timeout" && reason != "error") {
    return reply->Error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  }
  Number(words[2]) ? reply->Integer(0)
                   : reply->Error("ERR value is not an integer or out of range");
}

void Tracking(const Words& words, ReplyWriter* reply) {
  const std::string state = Lower(words[2]);
  if (state != "on" && state != "off") return reply->Error("ERR syntax error");
  if (words.size() == 3 && state == "off") return reply->Simple("OK");
  reply->Error("ERR CLIENT TRACKING is not served by this build: it has no keys to track");
}

void TrackingInfo(ReplyWriter* reply) {
  reply->Map(3);
  reply->Bulk("flags");
  reply->Set(1);
  reply->Bulk("off");
  reply->Bulk("redirect");
  reply->Integer(-1);
  reply->Bulk("prefixes");
  reply->Array(0);
}

}  // namespace

bool IsClientName(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return c >= '!' && c <= '~'; });
}

void RunClientCommand(const Words& words, Instant now, const Sessions& sessions, Session* session,
                      ReplyWriter* reply) {
  const std::string what = Lower(words[1]);
  Session& s = *session;
  if (what == "setname") {
    if (!IsClientName(words[2])) {
      return reply->Error(
          "ERR Client names cannot contain spaces, newlines or special characters.");
    }
    s.name = words[2];
    return reply->Simple("OK");
  }
  if (what == "setinfo") return SetInfo(words, session, reply);
  if (what == "getname") return s.name.empty() ? reply->Null() : reply->Bulk(s.name);
  if (what == "id") return reply->Integer(static_cast<int64_t>(s.id));
  if (what == "info") return reply->Verbatim(ClientLine(s, now) + "\n");
  if (what == "list") return List(words, now, sessions, s, reply);
  if (what == "kill") return Kill(words, now, sessions, session, reply);
  if (what == "reply") return SetReply(words, session, reply);
  if (what == "no-evict") return SetFlag(words, &s.no_evict, reply);
  if (what == "no-touch") return SetFlag(words, &s.no_touch, reply);
  if (what == "capa") return reply->Simple("OK");
  if (what == "tracking") return Tracking(words, reply);
  if (what == "trackinginfo") return TrackingInfo(reply);
  if (what == "getredir") return reply->Integer(-1);
  if (what == "unblock") return Unblock(words, reply);
  if (what == "unpause") return reply->Simple("OK");
  reply->Error("ERR CLIENT " + words[1].substr(0, 16) +
               " is not served by this build: it has no keyspace");
}

}  // namespace gossamer::server
