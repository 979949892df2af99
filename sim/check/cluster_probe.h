// ClusterProbe: what checkers and reports may ask about a simulated cluster.
//
// A narrow window on World, so that a test can stand in for one with hand-made tables. Answers are
// those of the moment of the call: inside OnEvent, the node has finished the input that made the
// event. Thread safety: none.
#ifndef GOSSAMER_SIM_CHECK_CLUSTER_PROBE_H_
#define GOSSAMER_SIM_CHECK_CLUSTER_PROBE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/cluster/peer_table.h"
#include "core/slots/slot_set.h"
#include "sim/model/observer.h"

namespace gossamer::sim {

// A node's own opinion about epochs and its role.
struct OwnEpochs {
  Epoch current;
  Epoch last_vote;
  Epoch config;  // its own record's; means something while it is a primary only
  bool is_primary = false;
};

class ClusterProbe {
 public:
  virtual ~ClusterProbe() = default;

  virtual size_t node_count() const = 0;
  // The process runs and is neither paused nor on a lost host.
  virtual bool live(NodeIndex node) const = 0;
  // The node whose current name is `key`, or an invalid index.
  virtual NodeIndex IndexOf(NodeKey key) const = 0;
  virtual Duration node_timeout() const = 0;
  // The shard in which the node started.
  virtual int64_t shard(NodeIndex node) const = 0;

  // The node's own tables, or null while its process does not run. What follows REQUIRES that it
  // does.
  virtual const PeerTable* peers(NodeIndex node) const = 0;
  virtual OwnEpochs epochs(NodeIndex node) const = 0;
  // Voting primaries that it knows, and its cluster state.
  virtual uint32_t size(NodeIndex node) const = 0;
  virtual bool state_ok(NodeIndex node) const = 0;
  // Who serves `slot` in its view, or kNoKey.
  virtual NodeKey slot_owner(NodeIndex node, Slot slot) const = 0;
};

// A probe of `world`, which must outlive it.
std::unique_ptr<ClusterProbe> ProbeOf(const World& world);

// "node 17", or "an unknown node" for an invalid index.
std::string NodeText(NodeIndex node);
// "12.503 s".
std::string TimeText(Instant at);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_CHECK_CLUSTER_PROBE_H_
