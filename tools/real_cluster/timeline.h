// RealTimeline: carries out a scenario's timeline on a real cluster, at the wall-clock times that
// it says.
//
// Selection and draws are the simulator's (sim/model/select.h, the same streams), so that a seed
// hits the same nodes in both worlds as long as their roles are the same. Faults are signals:
// SIGKILL, SIGSTOP, SIGTERM. Actions are commands. What cannot be done is put down in the incident
// and changes nothing else. Thread safety: none.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_TIMELINE_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_TIMELINE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/rng.h"
#include "tools/real_cluster/cluster.h"
#include "tools/real_cluster/journal.h"

namespace gossamer::real {

class RealTimeline {
 public:
  // `origin`: the scenario's time zero. `say` is told what is done, a line each. All must outlive
  // the timeline.
  RealTimeline(const sim::Scenario& scenario, uint64_t seed, WallTime origin, RealCluster* cluster,
               std::function<bool()> interrupted, std::function<void(const std::string&)> say);

  // Runs until `end`, or until it is interrupted.
  Journal Run(Duration end);

 private:
  static constexpr uint32_t kNoIncident = UINT32_MAX;
  // A rolling restart under way.
  struct Rolling {
    enum class Step : uint8_t { kFailover, kDown, kUp };
    RealIncident* incident = nullptr;
    size_t at = 0;  // of the incident's victims
    Step step = Step::kFailover;
    bool asked = false;
    Instant since;
    Instant next;
  };

  Instant Now() const;
  void Note(size_t node, NodeChange change, Instant at);
  void Refuse(RealIncident* incident, size_t node, const std::string& why);
  bool Ask(RealIncident* incident, size_t node, const std::vector<std::string>& words);

  // What is due now.
  void Step();
  void NoteCrashes();
  void Inject(const sim::TimelineItem& item, uint32_t number);
  void Undo(RealIncident* incident);
  void DescribeState(RealIncident* incident) const;
  void AddVictims(const std::vector<sim::NodeIndex>& nodes, RealIncident* incident) const;
  void NoteLeft(RealIncident* incident) const;

  void ApplyFault(const sim::TimelineItem& item, Rng* rng, RealIncident* incident);
  void NoteMissed(const sim::Target& target, bool down_too, RealIncident* incident);
  bool CanHit(sim::FaultKind kind, size_t node, RealIncident* incident);
  // Sends the signal.
  void Hit(const sim::TimelineItem& item, size_t node, RealIncident* incident);
  // Waits for the end of a process that was told to.
  void AwaitEnd(size_t node, RealIncident* incident);
  void End(size_t node, int signal, RealIncident* incident);

  void ApplyAction(const sim::TimelineItem& item, Rng* rng, RealIncident* incident);
  void ApplyToNode(const sim::TimelineItem& item, size_t node, const std::vector<size_t>& others,
                   RealIncident* incident);
  void ApplyToPair(const sim::TimelineItem& item, size_t node, size_t other,
                   RealIncident* incident);
  std::vector<size_t> SelectOther(const sim::Target& to, Rng* rng, RealIncident* incident);
  void Restart(RealIncident* incident, size_t node, bool with_disk);
  void ChangeAddress(RealIncident* incident, size_t node);
  void SetConfig(const sim::TimelineItem& item, size_t node, RealIncident* incident);
  void Replicate(size_t node, size_t primary, RealIncident* incident);
  void MigrateSlots(const sim::TimelineItem& item, size_t from, size_t to, RealIncident* incident);

  void Roll(Rolling* rolling);
  bool FailoverDone(Rolling* rolling, RealIncident* incident, size_t node);
  bool StateOk(size_t node);

  const sim::Scenario& scenario_;
  uint64_t seed_;
  RealCluster* cluster_;
  std::function<bool()> interrupted_;
  std::function<void(const std::string&)> say_;
  Journal journal_;
  std::vector<Instant> moments_;                         // by item
  std::vector<uint32_t> order_;                          // items by moment
  size_t next_ = 0;                                      // in order_
  std::vector<std::pair<Instant, RealIncident*>> ends_;  // of faults with a length
  std::vector<Rolling> rolling_;
  std::vector<uint32_t> ended_by_;  // by node: the fault that ended its process, or kNoIncident
};

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_TIMELINE_H_
