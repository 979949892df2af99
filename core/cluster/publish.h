// Publish: pub/sub messages to other nodes, with the light header where the peer is known to take
// it.
//
// SOURCE: bus spec sections 3 and 4.
#ifndef GOSSAMER_CORE_CLUSTER_PUBLISH_H_
#define GOSSAMER_CORE_CLUSTER_PUBLISH_H_

#include <string_view>

#include "core/cluster/state.h"

namespace gossamer {

// PUBLISH goes to every known node past its handshake, PUBLISHSHARD to the nodes of my shard.
void PublishToNodes(Turn& t, bool sharded, std::string_view channel, std::string_view message);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_PUBLISH_H_
