// Small scenarios in code, and an observer that keeps what tests ask for.
#ifndef GOSSAMER_TESTS_SIM_MODEL_WORLD_FIXTURE_H_
#define GOSSAMER_TESTS_SIM_MODEL_WORLD_FIXTURE_H_

#include <algorithm>
#include <string>
#include <vector>

#include "sim/model/world.h"

namespace gossamer::sim {

struct SeenEvent {
  Instant at;
  NodeIndex node;
  NodeIndex subject;
  Event event;
};

class Watcher : public Observer {
 public:
  void OnStart(const World& world) override { world_ = &world; }
  void OnEvent(Instant at, NodeIndex node, const Event& event) override {
    const NodeIndex subject = event.subject.valid() ? world_->IndexOf(event.subject) : NodeIndex{};
    events.push_back({at, node, subject, event});
    rising = rising && at >= last_;
    last_ = at;
  }
  void OnVoteSent(Instant at, NodeIndex from, NodeIndex, const Message& message,
                  const DurableEpochs& durable) override {
    votes.push_back({message.type, at, from, message.header.current_epoch, durable});
  }
  void OnIncident(Instant, const Incident& incident) override { incidents.push_back(incident); }
  void OnIncidentEnd(Instant, const Incident&) override { ++ended; }
  void OnRestart(Instant, NodeIndex node, bool) override { restarts.push_back(node); }
  void OnSecond(Instant at) override { seconds.push_back(at); }

  std::vector<SeenEvent> Of(EventType type) const {
    std::vector<SeenEvent> found;
    std::copy_if(events.begin(), events.end(), std::back_inserter(found),
                 [type](const SeenEvent& e) { return e.event.type == type; });
    return found;
  }
  size_t Count(EventType type) const { return Of(type).size(); }

  struct Vote {
    MessageType type;
    Instant at;
    NodeIndex from;
    Epoch epoch;
    DurableEpochs durable;
  };
  std::vector<SeenEvent> events;
  std::vector<Vote> votes;
  std::vector<Incident> incidents;
  std::vector<NodeIndex> restarts;
  std::vector<Instant> seconds;
  int ended = 0;
  bool rising = true;

 private:
  const World* world_ = nullptr;
  Instant last_;
};

// Three shards with one replica each: nodes 0 to 2 are primaries, 3 to 5 their replicas. T is one
// second.
inline Scenario SixNodes() {
  Scenario scenario;
  scenario.name = "six-nodes";
  scenario.shards = 3;
  scenario.replicas_per_shard = 1;
  scenario.config["cluster-node-timeout"] = "1000";
  scenario.latency.quantiles = {{500'000, Micros(300)}, {990'000, Millis(2)}};
  scenario.duration = Seconds(20);
  return scenario;
}

inline TimelineItem Fault(FaultKind kind, Duration at, std::vector<int64_t> nodes) {
  TimelineItem item;
  item.at = at;
  item.fault = kind;
  item.target.nodes = std::move(nodes);
  return item;
}

inline TimelineItem Action(ActionKind kind, Duration at, std::vector<int64_t> nodes) {
  TimelineItem item;
  item.at = at;
  item.is_fault = false;
  item.action = kind;
  item.target.nodes = std::move(nodes);
  return item;
}

// Nodes that run and see the cluster's state as ok.
inline size_t NodesOk(const World& world) {
  size_t ok = 0;
  for (uint32_t i = 0; i < world.node_count(); ++i) {
    const ClusterNode* node = world.node(NodeIndex{i});
    if (node != nullptr && node->state().health.ok) ++ok;
  }
  return ok;
}

}  // namespace gossamer::sim

#endif  // GOSSAMER_TESTS_SIM_MODEL_WORLD_FIXTURE_H_
