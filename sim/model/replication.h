// ReplicationModel: the data side of every node, as far as the cluster core asks for it.
//
// The offset of a primary with slots grows with the write rate, as clients write to slots; a
// replica with an established link is `lag` behind it. A node has keys if its offset is above zero.
// When the primary's process dies the link goes down at once, as the kernel tells; behind a blocked
// path it goes silent and times out. A replica looks for its primary every second. There is no
// data, only offsets. Thread safety: none.
#ifndef GOSSAMER_SIM_MODEL_REPLICATION_H_
#define GOSSAMER_SIM_MODEL_REPLICATION_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/time.h"
#include "core/cluster/state.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

class ReplicationModel {
 public:
  static constexpr uint32_t kNone = 0xffffffff;
  // A source that no node is.
  static constexpr uint32_t kUnknown = 0xfffffffe;
  // Until a replica's link is up: connect and partial or full resynchronisation.
  static constexpr Duration kPartialSync = Millis(5);
  static constexpr Duration kFullSync = Millis(500);
  static constexpr Duration kRetry = Seconds(1);
  static constexpr Duration kTimeout = Seconds(60);

  // `reachable`: both nodes' processes run and packets get through.
  ReplicationModel(const ReplicationSpec& spec, size_t nodes,
                   std::function<bool(uint32_t, uint32_t)> reachable);

  // What the node's data side says now; ages are on the virtual clock.
  DataFacts Facts(uint32_t node, Instant now);

  // A start: the node has `offset`, and a replica its link.
  void Begin(uint32_t node, uint32_t source, int64_t offset, Instant now);
  // Clients write to somebody: owners of slots are to be told by SetServing.
  bool written() const { return spec_.write_bytes_per_s != 0; }
  // The node is a primary with slots from now on, or no longer.
  void SetServing(uint32_t node, bool serving, Instant now);
  // The node serves as a primary from now on.
  void Promote(uint32_t node, Instant now);
  // The node follows `source`, which may be kUnknown. Returns when to call Sync with the attempt's
  // number.
  Instant Follow(uint32_t node, uint32_t source, bool full_sync, Instant now);
  // The number of the node's current attempt.
  uint32_t attempt(uint32_t node) const { return rows_[node].attempt; }
  // The link of the attempt is due. Returns when to try again, or kNever when it is up or another
  // attempt counts.
  Instant Sync(uint32_t node, uint32_t attempt, Instant now);
  // True once after a link timed out behind a blocked path: a Sync is to be called for the current
  // attempt.
  bool TakeRetry(uint32_t node) {
    const bool lost = rows_[node].lost;
    rows_[node].lost = false;
    return lost;
  }
  // The node's process died. Calls retry(replica, when) for each of its replicas, which lost their
  // link.
  void Stop(uint32_t node, Instant now, const std::function<void(uint32_t, Instant)>& retry);
  // A new process: `offset` is what its disk gave back.
  void Restart(uint32_t node, int64_t offset, Instant now);
  void PauseWrites(uint32_t node, Instant now, Instant until);
  void Unpause(uint32_t node, Instant now);
  void Flush(uint32_t node, Instant now);
  uint32_t source(uint32_t node) const { return rows_[node].source; }

 private:
  struct Row {
    uint32_t source = kNone;  // kNone: a primary
    uint32_t attempt = 0;
    bool up = false;
    bool full_sync = false;
    bool running = false;
    bool serving = false;  // a primary with slots
    bool lost = false;
    int64_t offset = 0;  // at `at`
    Instant at;
    Instant paused_until;  // writes stand still until then
    Instant fresh;
  };

  int64_t PrimaryOffset(const Row& row, Instant now) const;
  int64_t Offset(uint32_t node, Instant now) const;
  void Settle(uint32_t node, Instant now);

  ReplicationSpec spec_;
  std::function<bool(uint32_t, uint32_t)> reachable_;
  std::vector<Row> rows_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_REPLICATION_H_
