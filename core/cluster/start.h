// Start: how a member comes up, fresh or from its nodes.conf, and how it announces itself.
//
// SOURCE: bus spec sections 8 and 12, semantics spec section 1.
#ifndef GOSSAMER_CORE_CLUSTER_START_H_
#define GOSSAMER_CORE_CLUSTER_START_H_

#include "core/cluster/nodes_conf.h"
#include "core/cluster/state.h"

namespace gossamer {

// A random id and shard, primary without slots; to be saved at once.
void StartFresh(Turn& t);
// From a parsed file. REQUIRES: exactly one node is `myself`, names are distinct.
void StartFrom(Turn& t, const NodesConf& conf);
// Puts what the options announce into my own row.
void AnnounceOptions(Turn& t);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_START_H_
