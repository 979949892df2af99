// Timeline: carries out a scenario's faults and actions, and undoes faults that have a length.
//
// Faults on one node add up: the end of one leaves the others in force, and of several slownesses
// the worst counts. Each item draws from a stream of its own, so that an item more shifts no
// other's victims; a moment out of a range is drawn before (moments.h). Nodes that are down are no
// targets of faults unless a target asks for them. What cannot be done (a command that a node
// refuses, a disk that cannot be read) is put down in the incident and changes nothing else. Thread
// safety: none.
#ifndef GOSSAMER_SIM_MODEL_TIMELINE_H_
#define GOSSAMER_SIM_MODEL_TIMELINE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/model/hosts.h"
#include "sim/model/select.h"

namespace gossamer::sim {

class Timeline {
 public:
  Timeline(const Scenario& scenario, const RunContext& run, Hosts* hosts, Network* network,
           CpuModel* cpu, std::vector<NodeInfo>* nodes);

  // Puts every item into the queue.
  void Schedule();
  void Handle(const TimedEvent& event);

  // How targets see the nodes now.
  const SelectView& view() const { return view_; }

 private:
  static constexpr uint32_t kNoIncident = UINT32_MAX;

  struct Entry {
    Incident incident;
    std::vector<uint32_t> link_faults;
    uint32_t blackhole = 0;
    bool over = false;
  };
  // A rolling restart under way.
  struct Rolling {
    enum class Step : uint8_t { kFailover, kDown, kUp };
    size_t incident = 0;
    size_t at = 0;  // of the incident's victims
    Step step = Step::kFailover;
    bool asked = false;
    Instant since;
  };

  Instant now() const { return run_.queue->now(); }
  void Inject(uint32_t number);
  void Undo(uint32_t number);
  void NoteLostShards(Incident* incident) const;
  void Refuse(Entry* entry, NodeIndex node, const std::string& why);

  void ApplyFault(const TimelineItem& item, Rng* rng, Entry* entry);
  void NoteMissed(const Target& target, bool down_too, Entry* entry);
  bool CanHit(FaultKind kind, NodeIndex node, Entry* entry);
  void ApplyNodeFault(const TimelineItem& item, NodeIndex node, Entry* entry);
  void ApplyLinkFault(const TimelineItem& item, Rng* rng, Entry* entry);
  void SetWorst(NodeIndex node);
  void UndoNodeFault(const TimelineItem& item, NodeIndex node, Entry* entry);
  void Divide(const TimelineItem& item, Rng* rng, Entry* entry, LinkFault* fault);
  std::vector<uint16_t> Sides(const TimelineItem& item, Rng* rng, Entry* entry);
  void ResetBetween(const std::vector<uint16_t>& side);

  void ApplyAction(const TimelineItem& item, Rng* rng, Entry* entry);
  void ApplyToNode(const TimelineItem& item, NodeIndex node, const std::vector<NodeIndex>& others,
                   Entry* entry);
  std::vector<NodeIndex> SelectOther(const Target& to, Rng* rng, Entry* entry);
  // False when the node refuses.
  bool Ask(Entry* entry, NodeIndex node, std::vector<std::string> words);
  void Restart(Entry* entry, NodeIndex node, bool with_disk);
  void ChangeAddress(Entry* entry, NodeIndex node);
  void SetConfig(const TimelineItem& item, Entry* entry, NodeIndex node);
  void MigrateSlots(const TimelineItem& item, NodeIndex from, NodeIndex to, Entry* entry);
  std::string NameOf(NodeIndex node) const;

  void Roll(uint32_t number);
  bool FailoverDone(Rolling* rolling, Entry* entry, NodeIndex node);
  NodeIndex LiveReplicaOf(NodeIndex primary) const;

  const Scenario& scenario_;
  RunContext run_;
  Hosts* hosts_;
  Network* network_;
  CpuModel* cpu_;
  std::vector<NodeInfo>* nodes_;
  SelectView view_;
  std::vector<Entry> entries_;  // by item; those to come have no incident's item yet
  std::vector<Rolling> rolling_;
  std::vector<uint32_t> moves_;     // address changes, by node
  std::vector<uint32_t> ended_by_;  // by node: the fault that ended its process, or kNoIncident
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_TIMELINE_H_
