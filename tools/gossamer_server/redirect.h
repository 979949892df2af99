// Where a key command belongs. SOURCE: semantics spec section 13, server spec 1.4. Pure functions
// of the cluster's state.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_REDIRECT_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_REDIRECT_H_

#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/state.h"
#include "core/cluster/views.h"

namespace gossamer::server {

struct KeyAccess {
  bool write = false;
  bool readonly_client = false;  // it said READONLY
  bool asking = false;           // it said ASKING
};

// The error for a command on `keys` (at least one): MOVED, ASK, CROSSSLOT, CLUSTERDOWN; empty when
// the command is this node's to serve. No key is here, so a slot that migrates away is asked for at
// its target.
std::string Redirection(const State& s, const std::vector<std::string_view>& keys,
                        const KeyAccess& access, ViewClient client);

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_REDIRECT_H_
