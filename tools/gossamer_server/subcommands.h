// The subcommands of the commands that have some, as data: how many words each takes, and its
// lines of HELP. CLUSTER's are the core's.
//
// SOURCE: server spec 2 and 6; texts of errors as Redis 7.0 and later have them, compared with a
// live server by a test. Thread safety: constants and pure functions.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_SUBCOMMANDS_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_SUBCOMMANDS_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/resp/reply_writer.h"

namespace gossamer::server {

struct Subcommand {
  std::string_view command;  // lower case, as the next
  std::string_view name;
  int arity = 0;  // with both words; negative: at least
  // For HELP; no usage, no line.
  std::string_view usage;
  std::string_view help;
};

std::span<const Subcommand> Subcommands();

// Why `words`, a command with at least one more word, name no subcommand that takes so many words.
// Empty when they do, or when the command has none here.
std::string SubcommandError(const std::vector<std::string>& words);
// The same in the words of those that Valkey does not split into subcommands.
std::string SubcommandSyntaxError(const std::vector<std::string>& words);

// True for `command HELP`.
bool AsksForHelp(const std::vector<std::string>& words);
void WriteHelp(const std::string& command, ReplyWriter* reply);

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_SUBCOMMANDS_H_
