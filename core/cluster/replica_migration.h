// Replica migration: a spare replica moves to a primary that has lost all of its own.
//
// SOURCE: semantics spec section 10 and section 2, step 4a.
#ifndef GOSSAMER_CORE_CLUSTER_REPLICA_MIGRATION_H_
#define GOSSAMER_CORE_CLUSTER_REPLICA_MIGRATION_H_

#include "core/cluster/state.h"

namespace gossamer {

// Cron: counts orphaned primaries and, if I am the chosen spare, migrates.
void ReplicaMigrationStep(Turn& t);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_REPLICA_MIGRATION_H_
