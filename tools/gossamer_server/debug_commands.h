// DEBUG: what tests need of a server. The caller has seen to it that it is enabled.
//
// SEGFAULT, PANIC and ASSERT do not return. SOURCE: server acceptance 1, 2. Thread safety: the
// bus's thread.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_DEBUG_COMMANDS_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_DEBUG_COMMANDS_H_

#include <string>
#include <vector>

#include "core/resp/reply_writer.h"
#include "tools/gossamer_server/bus_host.h"
#include "tools/gossamer_server/log.h"

namespace gossamer::server {

// Runs DEBUG `words[1]...`.
void RunDebugCommand(const std::vector<std::string>& words, BusHost* bus, Log* log,
                     ReplyWriter* reply);

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_DEBUG_COMMANDS_H_
