// PerfettoWriter: a run as a Perfetto trace, for ui.perfetto.dev.
//
// A process per shard, a thread in it per node, in which the node is down, paused, waits for an
// election or holds one, votes, takes a config epoch, is promoted. A vote's flow leads from its
// grant over its count to the promotion. Under a node: how the others see it (PFAIL somewhere, FAIL
// somewhere, FAIL everywhere), its partitions, and with at most kViewNodes nodes shown, its own
// view of every other one. The process "cluster" has the timeline's faults and actions and the
// counters. Views are left out of larger clusters because their number is the square of the
// cluster's. Names of event types in the filter hide what they are about; incidents hide down and
// paused nodes too. Thread safety: none.
#ifndef GOSSAMER_SIM_EXPORT_PERFETTO_WRITER_H_
#define GOSSAMER_SIM_EXPORT_PERFETTO_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/export/failure_flags.h"
#include "sim/export/perfetto_stream.h"
#include "sim/model/observer.h"
#include "sim/model/world.h"
#include "sim/report/output_filter.h"

namespace gossamer::sim {

class PerfettoWriter : public Observer {
 public:
  static constexpr size_t kViewNodes = 64;

  PerfettoWriter(std::ostream* out, OutputFilter filter);

  void OnStart(const World& world) override;
  void OnEvent(Instant at, NodeIndex node, const Event& event) override;
  void OnIncident(Instant at, const Incident& incident) override;
  void OnIncidentEnd(Instant at, const Incident& incident) override;
  void OnProcess(Instant at, NodeIndex node, ProcessChange change) override;
  void OnSecond(Instant at) override;
  void OnEnd(Instant at) override;

 private:
  // How the others see a node.
  enum class Seen : uint8_t { kWell, kPfail, kFail, kFailEverywhere };
  struct Vote {
    NodeIndex voter;
    uint64_t flow = 0;  // 0: its grant is not shown
    bool counted = false;
  };
  struct Node {
    Seen seen = Seen::kWell;
    bool paused = false;
    bool says_fail = false;    // cluster_state
    bool in_election = false;  // a slice of waiting or of the election is open
    NodeIndex failed;          // whom that election would replace
    Epoch vote_epoch;          // of votes
    std::vector<Vote> votes;   // that it was granted in vote_epoch
  };

  bool Shows(NodeIndex node) const { return filter_.Shows(node); }
  bool ShowsIncidents() const { return filter_.Shows(ExtraEvent::kIncident); }
  std::string Name(NodeKey key) const;
  void DescribeTracks();
  void Lane(uint64_t track, uint64_t parent, std::string_view name);

  // Election slices, and marks on nodes' tracks.
  void Mark(Instant at, NodeIndex node, const Event& event);
  void MarkElection(Instant at, NodeIndex node, const Event& event);
  void BeginPhase(Instant at, NodeIndex node, const Event& event, std::string_view name);
  void EndPhase(Instant at, NodeIndex node);
  void Put(Instant at, NodeIndex node, std::string_view category, std::string name,
           std::vector<PerfettoNote> notes);
  void NoteEpoch(Instant at, NodeIndex node, const Event& event);

  void GrantVote(Instant at, NodeIndex voter, const Event& event);
  void CountVote(Instant at, NodeIndex candidate, const Event& event);
  void Promote(Instant at, NodeIndex node, const Event& event);

  // Failure flags.
  void ShowChanges(Instant at);
  void ShowView(Instant at, const FailureFlags::Change& change);
  void ShowSeen(Instant at, NodeIndex subject);
  void CountHolders(Instant at);
  void CountStates(Instant at);
  void SaysFail(NodeIndex node, bool fail);

  PerfettoStream stream_;
  OutputFilter filter_;
  const World* world_ = nullptr;
  FailureFlags flags_;
  bool views_ = false;
  std::vector<Node> nodes_;
  std::set<uint64_t> lanes_;                          // described
  std::map<uint32_t, std::vector<uint64_t>> faults_;  // tracks of faults that last, by incident
  uint64_t flows_ = 0;
  Epoch newest_epoch_;
  int64_t saying_fail_ = 0;
  uint64_t messages_ = 0;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_EXPORT_PERFETTO_WRITER_H_
