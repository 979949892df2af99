// EventCounter: how often each event happened, and how often about a live node or a victim. Feeds
// EventCounts of RunFacts.
//
// Thread safety: none.
#ifndef GOSSAMER_SIM_REPORT_EVENT_COUNTER_H_
#define GOSSAMER_SIM_REPORT_EVENT_COUNTER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/cluster/event.h"
#include "sim/check/cluster_probe.h"
#include "sim/check/reach.h"
#include "sim/model/observer.h"
#include "sim/scenario/expectations.h"

namespace gossamer::sim {

class EventCounter : public Observer {
 public:
  void OnStart(const World& world) override { Attach(ProbeOf(world)); }
  void Attach(std::shared_ptr<const ClusterProbe> probe);

  void OnEvent(Instant at, NodeIndex node, const Event& event) override;
  void OnIncident(Instant at, const Incident& incident) override;
  void OnIncidentEnd(Instant at, const Incident& incident) override;
  void OnRestart(Instant at, NodeIndex node, bool with_disk) override;

  // By EventType.
  const std::array<EventCounts, kEventTypes>& counts() const { return counts_; }
  const EventCounts& counts(EventType type) const { return counts_[static_cast<size_t>(type)]; }

 private:
  std::shared_ptr<const ClusterProbe> probe_;
  Reach reach_;
  Duration timeout_;
  std::vector<uint32_t> victim_of_;  // by node: incidents that hold it
  std::array<EventCounts, kEventTypes> counts_;
};

// A fault whose victims stay victims until it ends or the node restarts. Actions pass at once.
bool HoldsVictims(const Incident& incident);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_EVENT_COUNTER_H_
