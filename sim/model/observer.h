// Observer: how checkers, reports and exporters watch a simulated cluster.
//
// The world calls every observer in the order of registration, on its own thread, for everything
// that happens, in the total order of events. Observers change nothing. SOURCE: architecture
// sections 2 and 6.
#ifndef GOSSAMER_SIM_MODEL_OBSERVER_H_
#define GOSSAMER_SIM_MODEL_OBSERVER_H_

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/bus/message.h"
#include "core/cluster/event.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

class World;
struct LinkFault;

// A node of the scenario, by its position: shard s's first primary is node s; its replicas follow
// after all primaries.
struct NodeIndex {
  uint32_t value = 0xffffffff;
  constexpr auto operator<=>(const NodeIndex&) const = default;
};

// A fault or an action that was carried out.
struct Incident {
  uint32_t number = 0;  // position in the scenario's timeline
  Instant at;
  const TimelineItem* item = nullptr;
  std::vector<NodeIndex> victims;        // nodes that the target selected
  std::shared_ptr<const LinkFault> cut;  // of a partition: the links that carry nothing
  std::vector<NodeIndex>
      primaries;  // those victims that were primaries with slots, in their own view
  std::vector<int64_t> lost_shards;   // shards of which no live node is left after it
  std::vector<std::string> refusals;  // what could not be done, as "node 3: ERR ..."
};

// What became of a node's process.
enum class ProcessChange : uint8_t { kStarted, kKilled, kHostLost, kPaused, kResumed };

// What a node's disk holds for certain, as far as votes and epochs go.
struct DurableEpochs {
  Epoch current_epoch;
  Epoch last_vote_epoch;
  Epoch config_epoch;
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void OnStart(const World&) {}
  // A core event of `node`.
  virtual void OnEvent(Instant, NodeIndex /*node*/, const Event&) {}
  // An AUTH_REQUEST or AUTH_ACK left `from` for `to`; `durable` is what from's disk held at that
  // moment.
  virtual void OnVoteSent(Instant, NodeIndex /*from*/, NodeIndex /*to*/, const Message&,
                          const DurableEpochs&) {}
  // The incident lives as long as the run, and may be refused more until the end.
  virtual void OnIncident(Instant, const Incident&) {}
  // A fault with a length was undone.
  virtual void OnIncidentEnd(Instant, const Incident&) {}
  // A node started again (`with_disk` or blank). Not called for the first start.
  virtual void OnRestart(Instant, NodeIndex, bool /*with_disk*/) {}
  // A process came or went. Not called for the first start. `kStarted` comes before what the new
  // process does and before OnRestart.
  virtual void OnProcess(Instant, NodeIndex, ProcessChange) {}
  // Each full virtual second, after the events of that instant.
  virtual void OnSecond(Instant) {}
  virtual void OnEnd(Instant) {}
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_OBSERVER_H_
