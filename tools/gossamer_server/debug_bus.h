// DEBUG subcommands with which tests disturb the cluster bus of this member. SOURCE: server
// acceptance 1, 2.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_DEBUG_BUS_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_DEBUG_BUS_H_

#include <optional>
#include <string>
#include <vector>

#include "tools/gossamer_server/bus_host.h"

namespace gossamer::server {

// Runs DEBUG `words[1]...`: DROP-CLUSTER-PACKET-FILTER, CLOSE-CLUSTER-LINK-ON-PACKET-DROP and
// CLUSTERLINK KILL. Nothing if it is none of them; else the error, empty for success.
std::optional<std::string> DebugBus(const std::vector<std::string>& words, BusHost* bus);

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_DEBUG_BUS_H_
