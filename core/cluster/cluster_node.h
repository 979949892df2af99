// ClusterNode: one cluster member as a state machine. Performs no I/O and reads no clock.
//
// The loop of a host: call one input, then execute the effects in order, then the next. EndBatch
// closes each turn of the host's event loop and does the protocol's deferred work (state,
// elections, the save, broadcasts). Tick is due at NextDeadline(); earlier it is a no-op: no draw,
// no effect.
//
// Promises: everything that a decision reads is an argument or earlier state; ages use `now.mono`,
// wall time is used only for what is written or read in wall time; equal inputs give equal effects.
// Nothing that a peer, a file or a client sends aborts. Not thread-safe. SOURCE: architecture
// section 3.
#ifndef GOSSAMER_CORE_CLUSTER_CLUSTER_NODE_H_
#define GOSSAMER_CORE_CLUSTER_CLUSTER_NODE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/bus/codec.h"
#include "core/bus/message.h"
#include "core/cluster/command.h"
#include "core/cluster/effects.h"
#include "core/cluster/nodes_conf.h"
#include "core/cluster/options.h"
#include "core/cluster/rules.h"
#include "core/cluster/state.h"

namespace gossamer {

// The two ends of a connection as the socket shows them. Both outlive the call only.
struct LinkPeer {
  IpText remote_ip;
  IpText local_ip;
};

// Why a link went down; for events only.
enum class LinkError : uint8_t { kRefused, kUnreachable, kReset, kClosed, kTimedOut };

enum class PersistResult : uint8_t { kDone, kFailed };

class ClusterNode {
 public:
  // A member that starts from `conf`, or fresh (random id, primary, no slots) without. `seed` and
  // `label_index` name its random streams. Effects of the start (the first save) are added to *out.
  // An inconsistent `conf` (as ParseNodesConf refuses it) is a programmer error.
  ClusterNode(const ClusterOptions& options, const Rules& rules, HostTables* tables,
              const std::optional<NodesConf>& conf, uint64_t seed, uint64_t label_index, Now now,
              Effects* out);
  // A member without anything, not even itself: for RestoreNode (snapshot.h), which fills it.
  ClusterNode(const ClusterOptions& options, const Rules& rules, HostTables* tables);
  ~ClusterNode();
  ClusterNode(const ClusterNode&) = delete;
  ClusterNode& operator=(const ClusterNode&) = delete;

  // The cron. A no-op before NextDeadline().
  void Tick(Now now, Effects* out);
  // An outbound connect succeeded, or an inbound connection was accepted.
  void OnLinkUp(Now now, LinkId link, const LinkPeer& peer, Effects* out);
  void OnMessage(Now now, LinkId link, const LinkPeer& peer, const MessageRef& message,
                 Effects* out);
  // A frame that the codec refused. Frees the link where the protocol does.
  void OnBadFrame(Now now, LinkId link, FrameError error, Effects* out);
  void OnLinkDown(Now now, LinkId link, LinkError error, Effects* out);
  // The send buffer of `link` holds `bytes`. To be told at least when the value passes the
  // configured limit, up or down.
  void OnQueue(Now now, LinkId link, uint64_t bytes, Effects* out);
  // No effect of its own; what it says counts from the next input on.
  void OnData(const DataFacts& data) { state_.data = data; }
  void OnConfig(Now now, const ClusterOptions& options, Effects* out);
  void OnPersisted(Now now, Ticket ticket, PersistResult result, Effects* out);
  CommandReply OnCommand(Now now, const ClusterCommand& command, const std::vector<SlotKeys>& keys,
                         Effects* out);
  // PUBLISH or PUBLISHSHARD from a local client, to the cluster's nodes or to the shard's.
  void OnPublish(Now now, bool sharded, std::string_view channel, std::string_view message,
                 Effects* out);
  // The end of one turn of the event loop.
  void EndBatch(Now now, Effects* out);

  Instant NextDeadline() const { return {state_.next_cron * 1000}; }

  // What nodes.conf should hold now.
  NodesConf Serialize(Now now) const;
  std::string SerializeState(Now now) const;

  const State& state() const { return state_; }
  // For building starts (see formed_start.h) and for tests.
  State& mutable_state() { return state_; }
  size_t memory_bytes() const;

 private:
  State state_;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_CLUSTER_NODE_H_
