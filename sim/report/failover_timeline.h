// FailoverTimeline: when a failure was noticed, agreed on and repaired, for every victim of every
// incident.
//
// It listens to a run and keeps, per fault that takes nodes away and per node taken, the instants
// of the phases below. What it keeps is small: a bit per (victim, observer). Terms:
//
//   observers   the live nodes that are not victims of the same incident; shares of them are
//   rounded up first PFAIL, first FAIL   the first observer to set the flag on the victim FAIL
//   known  the share of observers that hold FAIL on the victim election    the first replica asked
//   for votes to replace the victim promoted    a replica won, or took over covered     all slots
//   of the victim are served again in a node's view: their owner is a live primary without FAIL.
//   First
//               in the view of that owner, then in the view of a share of the observers. A victim
//               that returns covers its own slots.
//   cluster ok  cluster_state is ok on a share of the observers, once every victim whose shard has
//   a survivor is covered
//
// Phases of one incident: first_* are minima over its victims, the others maxima over the victims
// whose shard has a survivor. Victims that were replicas have detection phases only. SOURCE:
// semantics spec sections 4, 5, 8 and 17. All instants are virtual time; the world's clock starts
// at zero. Thread safety: none.
#ifndef GOSSAMER_SIM_REPORT_FAILOVER_TIMELINE_H_
#define GOSSAMER_SIM_REPORT_FAILOVER_TIMELINE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/base/time.h"
#include "core/slots/slot_set.h"
#include "sim/check/cluster_probe.h"
#include "sim/check/reach.h"
#include "sim/model/observer.h"

namespace gossamer::sim {

// The shares of observers that are reported, in per cent.
inline constexpr std::array<uint32_t, 3> kShares = {50, 99, 100};
// When each of them was reached.
using ShareTimes = std::array<std::optional<Instant>, kShares.size()>;

struct VictimTimes {
  NodeIndex node;
  int64_t shard = 0;          // of the start
  bool was_primary = false;   // with slots, in its own view, when it was hit
  bool has_survivor = false;  // a live node of its shard is left
  uint32_t slots = 0;         // that it owned

  std::optional<Instant> first_pfail;
  std::optional<Instant> first_fail;
  NodeIndex fail_by;            // who set it first
  uint32_t quorum_markers = 0;  // observers that found the quorum themselves
  ShareTimes fail_known;
  std::optional<Instant> election;          // the first one
  uint32_t elections = 0;                   // attempts
  std::optional<Instant> winning_election;  // the start of the one that was won
  std::optional<Instant> promoted;
  NodeIndex winner;
  int64_t votes = 0;               // that the winner counted
  std::optional<Instant> covered;  // in the view of whoever serves the slots
  ShareTimes covered_known;
  std::optional<Instant> returned;  // the victim itself is live (or reachable) again
};

struct IncidentTimes {
  uint32_t number = 0;  // position in the scenario's timeline
  Instant at;
  FaultKind fault = FaultKind::kKill;
  std::string text;
  std::vector<VictimTimes> victims;
  std::vector<int64_t> lost_shards;
  uint32_t observers = 0;  // when it happened; 0: nobody was left to measure phases
  // Voting primaries that the cluster counts, and those of them that were live, uncut and no
  // victims just after the fault.
  uint32_t voters = 0;
  uint32_t voters_left = 0;
  std::optional<Instant> state_failed;  // the first observer whose cluster_state left ok
  ShareTimes ok;
  std::optional<Instant> ended;

  uint32_t quorum() const { return voters / 2 + 1; }
  bool has_quorum() const { return voters_left >= quorum(); }
  size_t primaries() const;

  std::optional<Instant> FirstPfail() const;
  std::optional<Instant> FirstFail() const;
  // Null as long as one victim that counts lacks it; of shards that are lost as a whole, when no
  // others were hit.
  std::optional<Instant> AllFail(size_t share) const;
  // Null as long as one victim that counts lacks it. Without any victim that counts: `at`.
  std::optional<Instant> Covered() const;
  // For reports: null also where nothing had to be covered.
  std::optional<Instant> SlotsCovered() const;
  std::optional<Instant> ClusterOk() const;
  // It took a primary whose shard has a survivor: else nothing had to be covered.
  bool NeedsCover() const;
  std::optional<Instant> CoveredKnown(size_t share) const;
  // Every victim that counts was failed over or came back.
  bool AllReturned() const;
};

// Totals over the whole run, whatever the failed primary.
struct ElectionTotals {
  uint64_t scheduled = 0;
  uint64_t started = 0;
  uint64_t manual = 0;  // of those started
  uint64_t won = 0;
  uint64_t expired = 0;
  uint64_t restarted = 0;
  uint64_t retried = 0;  // starts of a node for a primary beyond its first
  uint64_t votes_granted = 0;
  std::array<uint64_t, 8> votes_refused{};  // by VoteRefusal
  uint64_t takeovers = 0;                   // promotions without a won election
  std::vector<int64_t> votes_us;            // of each one won: from the request to the quorum

  // The nearest-rank quantile of votes_us, `per_mille` of 1000; nothing when none was won.
  std::optional<int64_t> VotesUs(uint32_t per_mille) const;

  // Started and not won. One that still runs at the end counts as lost.
  uint64_t lost() const { return started > won ? started - won : 0; }
};

// Slots without a live server, integrated over time, in slot-microseconds.
struct Unavailability {
  uint64_t survivors = 0;  // slots of shards with a survivor: until covered in the new owner's view
  uint64_t lost = 0;       // slots of shards that were lost as a whole: until a member returned
};

class FailoverTimeline : public Observer {
 public:
  void OnStart(const World& world) override { Attach(ProbeOf(world)); }
  void Attach(std::shared_ptr<const ClusterProbe> probe);

  void OnEvent(Instant at, NodeIndex node, const Event& event) override;
  void OnIncident(Instant at, const Incident& incident) override;
  void OnIncidentEnd(Instant at, const Incident& incident) override;
  void OnRestart(Instant at, NodeIndex node, bool with_disk) override;
  void OnSecond(Instant at) override;
  void OnEnd(Instant at) override;

  const std::vector<IncidentTimes>& incidents() const { return incidents_; }
  const ElectionTotals& elections() const { return elections_; }
  // Valid after OnEnd.
  const Unavailability& unavailability() const { return unavailability_; }
  Instant ended_at() const { return ended_at_; }

  // From `at` on there are so many. Only changes between none and some are kept, each with the
  // first count.
  struct CountChange {
    Instant at;
    uint32_t count = 0;
  };
  // Victims whose shard has a live node left and whose slots are not served, or not in the view of
  // half of the observers. While slots are still unassigned after the start (a cluster that meets)
  // one more. The first entry is of the start.
  const std::vector<CountChange>& uncovered_history() const { return uncovered_history_; }
  // Live nodes whose cluster_state is not ok. The first entry is of the start.
  const std::vector<CountChange>& not_ok_history() const { return not_ok_history_; }
  // The same two counts as of the last call.
  uint32_t uncovered() const { return uncovered_; }
  uint32_t not_ok() const;

 private:
  using Bits = std::vector<uint64_t>;

  // What is being watched of one victim.
  struct Watch {
    size_t incident = 0;
    size_t victim = 0;  // position in IncidentTimes::victims
    NodeKey key;
    SlotSet slots;
    uint64_t slots_hash = 0;
    size_t first_word = 0;  // the words of `slots` that are not empty lie in [first_word, end_word)
    size_t end_word = 0;
    Bits fail;           // nodes that hold FAIL on it
    Bits covered;        // nodes that see its slots served
    bool waits = false;  // its shard has a live node, and its slots are not served
  };

  VictimTimes& TimesOf(const Watch& watch) {
    return incidents_[watch.incident].victims[watch.victim];
  }
  // The latest watch of the node that `key` names, or null.
  Watch* Find(NodeKey key);
  NodeIndex IndexOf(NodeKey key) const;
  bool Observes(size_t incident, NodeIndex node) const;

  // Looks which nodes are live and how they are called; recounts shares when that changed.
  void NoteNodes(Instant at);
  bool WasPrimary(const Incident& incident, NodeIndex node) const;
  void AddVictim(size_t incident, NodeIndex node, bool was_primary);
  void CountVoters(IncidentTimes* times) const;
  void Returned(Instant at, NodeIndex node);

  void OnDetection(Instant at, NodeIndex node, const Event& event);
  void OnElection(Instant at, NodeIndex node, const Event& event);
  void OnPromoted(Instant at, NodeIndex node, const Event& event);
  void OnState(Instant at, NodeIndex node, bool ok);
  // `node` saw slots move to `owner`: looks whether victims are covered by it.
  void OnSlots(Instant at, NodeIndex node, NodeKey owner);
  void LookAtCover(Instant at, NodeIndex node, Watch* watch);
  static bool SharesSlots(const Watch& watch, const SlotSet& slots);
  bool SeesServed(const PeerTable& peers, NodeIndex node, const Watch& watch) const;
  void SetWaits(Watch* watch, bool waits);
  // Live primaries claim all slots, each in its own view.
  bool AllSlotsClaimed() const;

  void UpdateShares(Instant at, const Bits& bits, size_t incident, ShareTimes* times) const;
  void UpdateOk(Instant at, size_t incident);
  void NoteUncovered(Instant at);
  void NoteNotOk(Instant at);

  std::shared_ptr<const ClusterProbe> probe_;
  Reach reach_;
  std::vector<NodeKey> key_;           // by node: last known
  std::vector<uint32_t> node_of_key_;  // by key
  Bits live_;
  Bits ok_;  // nodes whose cluster state is ok
  std::vector<IncidentTimes> incidents_;
  std::vector<Bits> victims_;    // by incident
  std::vector<Bits> observers_;  // by incident
  std::vector<Watch> watches_;
  std::vector<int32_t> watch_of_;  // by node: its latest watch, or -1
  // Hash of a slot set -> watches of victims that owned it. For lookups only.
  absl::flat_hash_map<uint64_t, std::vector<uint32_t>> by_slots_;
  uint32_t uncovered_ = 0;
  std::vector<CountChange> uncovered_history_;
  std::vector<CountChange> not_ok_history_;
  std::map<std::pair<uint32_t, uint16_t>, uint32_t> starts_;  // (candidate, failed primary)
  std::vector<Instant> started_;                              // by node: its last election
  std::vector<Instant> won_;                                  // by node: its last won election
  bool started_up_ = false;                                   // all slots were claimed once
  ElectionTotals elections_;
  Unavailability unavailability_;
  Instant ended_at_;
};

// A fault that makes its victims stop answering.
bool TakesNodesAway(FaultKind kind);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_FAILOVER_TIMELINE_H_
