// CLIENT: what connections are called, who is connected, and ending them. SOURCE: server spec 1.5.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_CLIENT_COMMANDS_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_CLIENT_COMMANDS_H_

#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/resp/reply_writer.h"
#include "tools/gossamer_server/session.h"

namespace gossamer::server {

// Runs CLIENT `words[1]...` for `session`, one of `sessions`.
void RunClientCommand(const std::vector<std::string>& words, Instant now, const Sessions& sessions,
                      Session* session, ReplyWriter* reply);

// True for what a connection or a library may be called: no blanks, nothing unprintable.
bool IsClientName(const std::string& name);

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_CLIENT_COMMANDS_H_
