// What the core's events say in the server's log: who suspected whom, who got a vote and why not.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_EVENT_LOG_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_EVENT_LOG_H_

#include "core/cluster/cluster_node.h"
#include "core/cluster/event.h"
#include "tools/gossamer_server/log.h"

namespace gossamer::server {

void LogEvent(const ClusterNode& node, const Event& event, Log* log);

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_EVENT_LOG_H_
