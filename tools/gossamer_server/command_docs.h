// COMMAND: what a client may ask about commands. SOURCE: server spec 2. Pure functions.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_COMMAND_DOCS_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_COMMAND_DOCS_H_

#include <string>
#include <string_view>
#include <vector>

#include "core/resp/reply_writer.h"

namespace gossamer::server {

// A command of the server itself, without keys.
struct ServedCommand {
  std::string_view name;
  int arity = 0;
  std::string_view summary;
};

// Runs COMMAND `words[1]...`; key commands are those of key_commands.h.
void RunCommandCommand(const std::vector<std::string>& words,
                       const std::vector<ServedCommand>& served, ReplyWriter* reply);

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_COMMAND_DOCS_H_
