// Directives: the words of valkey.conf that are not cluster-* options, as data.
//
// Three kinds: those that this server obeys; those of Valkey that it keeps and shows without
// obeying them, because they concern keys, files or threads that it does not have; and other names
// of either. SOURCE: server spec 7. Thread safety: constants and pure functions.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_DIRECTIVES_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_DIRECTIVES_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/gossamer_server/server_config.h"

namespace gossamer::server {

struct Directive {
  std::string_view name;
  size_t least_words;
  size_t most_words;
  bool settable;  // by CONFIG SET
  // `words`: those after the name. False with one line in *error.
  bool (*set)(const std::vector<std::string>& words, ServerConfig* config, std::string* error);
  std::string (*get)(const ServerConfig& config);
};

// A directive without effect, and its value while nobody sets it.
struct KeptDirective {
  std::string_view name;
  std::string_view fallback;
  bool fixed = false;  // not by CONFIG SET
};

struct DirectiveAlias {
  std::string_view alias;
  std::string_view name;
};

std::span<const Directive> Directives();
std::span<const KeptDirective> KeptDirectives();
// Those of cluster-* options too.
std::span<const DirectiveAlias> DirectiveAliases();
// By their names in lower case; null for others.
const Directive* FindDirective(std::string_view name);
const KeptDirective* FindKept(std::string_view name);

// Bytes as configuration files write them: 64mb, 1gb, 1000. False for anything else.
bool ReadMemory(const std::string& text, uint64_t* bytes);

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_DIRECTIVES_H_
