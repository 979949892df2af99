// Snapshots: everything that decides what a ClusterNode does from now on, as bytes.
//
// A node that is restored from a snapshot answers every later input with the same effects as the
// node that was written, down to the random draws and the keys of names that it learns. For logs of
// inputs that begin in the midst of a node's life. Options and rules are not part of it: the caller
// has them. A snapshot is read by the program that wrote it, not by later ones: it has a format
// number, and no promise beyond that.
#ifndef GOSSAMER_CORE_CLUSTER_SNAPSHOT_H_
#define GOSSAMER_CORE_CLUSTER_SNAPSHOT_H_

#include <memory>
#include <string>

#include "core/base/bytes.h"
#include "core/cluster/cluster_node.h"

namespace gossamer {

// True between inputs, when the host holds no message: not one that waits for a save either.
bool CanSnapshot(const ClusterNode& node);
// REQUIRES: CanSnapshot(node), and the host has no other node.
std::string Snapshot(const ClusterNode& node);

// The node of a snapshot, for a host with blank `tables`, which outlive it. Null when the bytes are
// no snapshot or contradict themselves; `tables` are of no use then. The bytes are not trusted:
// whatever they are, the node that comes of them does not abort.
std::unique_ptr<ClusterNode> RestoreNode(ByteSpan bytes, const ClusterOptions& options,
                                         const Rules& rules, HostTables* tables);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_SNAPSHOT_H_
