#include "tools/gossamer_server/command_docs.h"

#include <algorithm>

#include "core/base/strings.h"
#include "tools/gossamer_server/glob.h"
#include "tools/gossamer_server/key_commands.h"

namespace gossamer::server {
namespace {

using Words = std::vector<std::string>;

constexpr size_t kEntryItems = 10;

// One entry of COMMAND: name, arity, flags, first key, last key, step, and what is left empty.
void WriteEntry(std::string_view name, int arity, std::string_view flag, int first, int last,
                int step, ReplyWriter* w) {
  w->Array(kEntryItems);
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

std::string_view FlagOf(const KeyCommand& c) {
  if (c.first == 0) return "movablekeys";
  return c.write ? "write" : "readonly";
}

void WriteEntry(const KeyCommand& c, ReplyWriter* w) {
  WriteEntry(c.name, c.arity, FlagOf(c), c.first, c.last, c.first == 0 ? 0 : c.step, w);
}

void WriteEntry(const ServedCommand& c, ReplyWriter* w) {
  WriteEntry(c.name, c.arity, "fast", 0, 0, 0, w);
}

const ServedCommand* Find(const std::vector<ServedCommand>& served, std::string_view name) {
  const auto found = std::find_if(served.begin(), served.end(),
                                  [name](const ServedCommand& c) { return c.name == name; });
  return found == served.end() ? nullptr : &*found;
}

void Info(const Words& names, const std::vector<ServedCommand>& served, ReplyWriter* w) {
  w->Array(names.size());
  for (const std::string& given : names) {
    const std::string name = Lower(given);
    if (const KeyCommand* keyed = FindKeyCommand(name)) {
      WriteEntry(*keyed, w);
    } else if (const ServedCommand* command = Find(served, name)) {
      WriteEntry(*command, w);
    } else {
      w->NullArray();
    }
  }
}

void WriteDoc(std::string_view name, std::string_view summary, std::string_view group,
              ReplyWriter* w) {
  w->Bulk(name);
  w->Map(3);
  w->Bulk("summary");
  w->Bulk(summary);
  w->Bulk("since");
  w->Bulk("1.0.0");
  w->Bulk("group");
  w->Bulk(group);
}

// Of the named commands that there are, or of all.
void Docs(const Words& names, const std::vector<ServedCommand>& served, ReplyWriter* w) {
  constexpr std::string_view kKeyed = "Answered with where its key's slot is.";
  const auto wanted = [&names](std::string_view name) {
    return names.empty() || std::any_of(names.begin(), names.end(),
                                        [name](const std::string& n) { return Lower(n) == name; });
  };
  std::vector<std::string_view> keyed;
  for (const KeyCommand& c : KeyCommands()) {
    if (wanted(c.name)) keyed.push_back(c.name);
  }
  std::vector<const ServedCommand*> own;
  for (const ServedCommand& c : served) {
    if (wanted(c.name)) own.push_back(&c);
  }
  w->Map(keyed.size() + own.size());
  for (const std::string_view name : keyed) WriteDoc(name, kKeyed, "generic", w);
  for (const ServedCommand* c : own) WriteDoc(c->name, c->summary, "server", w);
}

void GetKeys(const Words& words, const std::vector<ServedCommand>& served, bool with_flags,
             ReplyWriter* w) {
  const std::string name = Lower(words[0]);
  const KeyCommand* keyed = FindKeyCommand(name);
  if (keyed == nullptr) {
    return w->Error(Find(served, name) == nullptr ? "ERR Invalid command specified"
                                                  : "ERR The command has no key arguments");
  }
  const auto size = static_cast<int>(words.size());
  const bool fits = keyed->arity >= 0 ? size == keyed->arity : size >= -keyed->arity;
  if (!fits) return w->Error("ERR Invalid number of arguments specified for command");
  std::vector<std::string_view> keys;
  const bool found = KeysOf(*keyed, words, &keys);
  // Of a command that may have no keys at all, words that make no sense have none either.
  if (!found && keyed->first != 0) {
    return w->Error("ERR Invalid arguments specified for command");
  }
  w->Array(keys.size());
  for (const std::string_view key : keys) {
    if (with_flags) w->Array(2);
    w->Bulk(key);
    if (!with_flags) continue;
    w->Set(2);
    w->Simple(keyed->write ? "RW" : "RO");
    w->Simple(keyed->write ? "UPDATE" : "ACCESS");
  }
}

// [FILTERBY MODULE|ACLCAT|PATTERN value]. There are neither modules nor categories.
void List(const Words& filter, const std::vector<ServedCommand>& served, ReplyWriter* w) {
  const bool filtered = filter.size() == 3 && Lower(filter[0]) == "filterby";
  const std::string kind = filtered ? Lower(filter[1]) : "";
  const bool pattern = kind == "pattern";
  if (!filter.empty() && !pattern && kind != "module" && kind != "aclcat") {
    return w->Error("ERR syntax error");
  }
  std::vector<std::string_view> names;
  const auto add = [&](std::string_view name) {
    const bool wanted = pattern ? GlobMatches(Lower(filter[2]), name) : filter.empty();
    if (wanted) names.push_back(name);
  };
  for (const KeyCommand& c : KeyCommands()) add(c.name);
  for (const ServedCommand& c : served) add(c.name);
  w->Array(names.size());
  for (const std::string_view name : names) w->Bulk(name);
}

}  // namespace

void RunCommandCommand(const Words& words, const std::vector<ServedCommand>& served,
                       ReplyWriter* reply) {
  const size_t all = KeyCommands().size() + served.size();
  const std::string what = words.size() > 1 ? Lower(words[1]) : "";
  const Words rest(
      words.begin() + static_cast<Words::difference_type>(std::min<size_t>(2, words.size())),
      words.end());
  if (what.empty() || (what == "info" && rest.empty())) {
    reply->Array(all);
    for (const KeyCommand& c : KeyCommands()) WriteEntry(c, reply);
    for (const ServedCommand& c : served) WriteEntry(c, reply);
  } else if (what == "count") {
    reply->Integer(static_cast<int64_t>(all));
  } else if (what == "list") {
    List(rest, served, reply);
  } else if (what == "docs") {
    Docs(rest, served, reply);
  } else if (what == "info") {
    Info(rest, served, reply);
  } else {
    GetKeys(rest, served, what == "getkeysandflags", reply);
  }
}

}  // namespace gossamer::server
