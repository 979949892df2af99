// CONFIG REWRITE: a configuration file with the values of now, and nothing else of it changed.
//
// Comments, blank lines and the order stay. The first line of a directive gets the value of now,
// further ones of it go; a directive that no line names and that is not at its default is appended
// under a marker. SOURCE: server spec 7.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_CONFIG_REWRITE_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_CONFIG_REWRITE_H_

#include <string>
#include <string_view>

#include "tools/gossamer_server/server_config.h"

namespace gossamer::server {

// What the file with `text` should say. A pure function.
std::string RewrittenConfig(std::string_view text, const ServerConfig& config);
// Rewrites config.file: a new file beside it, synced, renamed over it, and the directory synced.
// False with one line in *error.
bool RewriteConfigFile(const ServerConfig& config, std::string* error);

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_CONFIG_REWRITE_H_
