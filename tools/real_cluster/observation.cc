#include "tools/real_cluster/observation.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "sim/check/cluster_probe.h"

namespace gossamer::real {
namespace {

using sim::IncidentTimes;
using sim::NodeIndex;
using sim::VictimTimes;

constexpr size_t kNone = SIZE_MAX;

// What is seen of one victim.
struct Watch {
  size_t incident = 0;
  size_t victim = 0;
  NodeName name;
  std::vector<bool> fail;  // by node: holds FAIL on it
  bool waits = false;      // for its slots to be served
};

// Something that happened: a log line, a change of a process, an incident or its end.
struct Happening {
  enum class Kind : uint8_t { kIncident, kChange, kIncidentEnd, kLog };
  Instant at;
  Kind kind = Kind::kLog;
  size_t index = 0;  // of the incident or change, or of the node that logged
  size_t line = 0;   // of its log
};

class Player {
 public:
  Player(const Journal& journal, const std::vector<ObservedNode>& nodes, Duration timeout)
      : journal_(journal),
        nodes_(nodes),
        timeout_(timeout),
        live_(nodes.size(), true),
        sound_since_(nodes.size(), Instant{INT64_MIN / 2}),
        ok_(nodes.size(), true),
        victim_of_(nodes.size(), 0),
        watch_of_(nodes.size(), kNone),
        follows_(nodes.size(), kNone),
        started_(nodes.size()) {
    out_.uncovered.push_back({Instant{}, 0});
    out_.not_ok.push_back({Instant{}, 0});
  }

  Observation Play() {
    for (const Happening& happening : InOrder()) Handle(happening);
    std::set<int64_t> shards;
    std::set<int64_t> alive;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      shards.insert(nodes_[i].shard);
      if (!live_[i]) continue;
      ++out_.live_nodes;
      alive.insert(nodes_[i].shard);
    }
    out_.lost_shards = static_cast<int64_t>(shards.size() - alive.size());
    return std::move(out_);
  }

 private:
  std::vector<Happening> InOrder() const {
    using Kind = Happening::Kind;
    std::vector<Happening> all;
    for (size_t i = 0; i < journal_.incidents.size(); ++i) {
      const RealIncident& incident = journal_.incidents[i];
      all.push_back({incident.at, Kind::kIncident, i});
      if (incident.ended) all.push_back({*incident.ended, Kind::kIncidentEnd, i});
    }
    for (size_t i = 0; i < journal_.changes.size(); ++i) {
      all.push_back({journal_.changes[i].at, Kind::kChange, i});
    }
    for (size_t i = 0; i < nodes_.size(); ++i) {
      for (size_t k = 0; k < nodes_[i].log.size(); ++k) {
        const Instant at = Instant{} + (nodes_[i].log[k].at - journal_.origin);
        // What the start logged is not of the scenario.
        if (at >= Begin()) all.push_back({at, Kind::kLog, i, k});
      }
    }
    std::stable_sort(all.begin(), all.end(), [](const Happening& a, const Happening& b) {
      return std::pair(a.at, a.kind) < std::pair(b.at, b.kind);
    });
    return all;
  }

  // The first instant at which the timeline was looked at.
  Instant Begin() const { return journal_.began_at; }

  void Handle(const Happening& happening) {
    switch (happening.kind) {
      case Happening::Kind::kIncident:
        return OnIncident(journal_.incidents[happening.index]);
      case Happening::Kind::kIncidentEnd:
        return OnIncidentEnd(journal_.incidents[happening.index]);
      case Happening::Kind::kChange:
        return OnChange(journal_.changes[happening.index]);
      case Happening::Kind::kLog:
        return OnLog(happening.at, happening.index, nodes_[happening.index].log[happening.line]);
    }
  }

  VictimTimes& TimesOf(const Watch& watch) {
    return out_.incidents[watch.incident].victims[watch.victim];
  }
  size_t IndexOf(NodeName name) const {
    for (const auto& [known, node] : journal_.names) {
      if (known == name) return node;
    }
    return kNone;
  }
  Watch* WatchOf(size_t node) {
    return node == kNone || watch_of_[node] == kNone ? nullptr : &watches_[watch_of_[node]];
  }
  bool Observes(size_t incident, size_t node) const {
    const auto& victims = out_.incidents[incident].victims;
    return live_[node] && std::none_of(victims.begin(), victims.end(),
                                       [&](const VictimTimes& v) { return v.node.value == node; });
  }

  // ---- Incidents and processes ----

  void OnIncident(const RealIncident& incident) {
    for (const auto& [replica, primary] : incident.following) follows_[replica] = primary;
    const sim::TimelineItem& item = *incident.item;
    if (!item.is_fault || incident.victims.empty()) return;
    for (const RealVictim& victim : incident.victims) ++victim_of_[victim.node];
    if (!sim::TakesNodesAway(item.fault)) return;
    IncidentTimes& times = out_.incidents.emplace_back();
    times.number = incident.number;
    times.at = incident.at;
    times.fault = item.fault;
    times.text = item.text;
    times.lost_shards = incident.lost_shards;
    times.voters = incident.voters;
    times.voters_left = incident.voters_left;
    for (const RealVictim& victim : incident.victims) AddVictim(victim, &times);
    const size_t index = out_.incidents.size() - 1;
    for (size_t i = 0; i < nodes_.size(); ++i) times.observers += Observes(index, i) ? 1 : 0;
    NoteUncovered(incident.at);
  }

  void AddVictim(const RealVictim& real, IncidentTimes* times) {
    VictimTimes& victim = times->victims.emplace_back();
    victim.node = NodeIndex{static_cast<uint32_t>(real.node)};
    victim.shard = nodes_[real.node].shard;
    victim.was_primary = real.was_primary;
    victim.slots = real.slots;
    const auto& lost = times->lost_shards;
    victim.has_survivor = std::find(lost.begin(), lost.end(), victim.shard) == lost.end();
    Watch& watch = watches_.emplace_back();
    watch.incident = out_.incidents.size() - 1;
    watch.victim = times->victims.size() - 1;
    watch.name = real.name;
    watch.fail.assign(nodes_.size(), false);
    watch.waits = victim.was_primary && victim.has_survivor;
    watch_of_[real.node] = watches_.size() - 1;
  }

  void OnIncidentEnd(const RealIncident& incident) {
    for (const RealVictim& victim : incident.victims) {
      if (victim_of_[victim.node] > 0) --victim_of_[victim.node];
    }
    for (IncidentTimes& times : out_.incidents) {
      if (times.number == incident.number) times.ended = *incident.ended;
    }
  }

  void OnChange(const JournalChange& change) {
    const bool up = change.change == NodeChange::kResumed || change.change == NodeChange::kStarted;
    live_[change.node] = up;
    if (up) sound_since_[change.node] = change.at;
    if (change.change == NodeChange::kStarted) {
      ok_[change.node] = false;  // it says when it is
      victim_of_[change.node] = 0;
    }
    if (up) Returned(change.at, change.node);
    // Fewer observers may all know what more did not.
    for (Watch& watch : watches_) UpdateFailKnown(change.at, &watch);
    for (size_t i = 0; i < out_.incidents.size(); ++i) UpdateOk(change.at, i);
    NoteNotOk(change.at);
  }

  void Returned(Instant at, size_t node) {
    Watch* watch = WatchOf(node);
    if (watch == nullptr) return;
    // Who comes back under another name is somebody else.
    const auto last = std::find_if(journal_.names.rbegin(), journal_.names.rend(),
                                   [&](const auto& name) { return name.second == node; });
    if (last != journal_.names.rend() && last->first != watch->name) return;
    VictimTimes& victim = TimesOf(*watch);
    if (!victim.returned) victim.returned = at;
    // Nobody replaced it: it serves its own slots again.
    if (victim.was_primary) Cover(at, watch);
  }

  // ---- Log lines ----

  void OnLog(Instant at, size_t node, const LogEvent& event) {
    switch (event.kind) {
      case LogEventKind::kPfail:
      case LogEventKind::kFail:
      case LogEventKind::kFailTold:
      case LogEventKind::kFailClear:
        return OnDetection(at, node, event);
      case LogEventKind::kElectionScheduled:
      case LogEventKind::kElectionStarted:
      case LogEventKind::kElectionWon:
      case LogEventKind::kElectionExpired:
        return OnElection(at, node, event.kind);
      case LogEventKind::kTakenOver:
        return OnTakenOver(at, node);
      case LogEventKind::kStateOk:
      case LogEventKind::kStateFail:
        return OnState(at, node, event.kind == LogEventKind::kStateOk);
    }
  }

  void Count(Instant at, size_t node, size_t subject, std::string_view name) {
    sim::EventCounts& counts = out_.events[std::string(name)];
    const auto add = [&](uint64_t* count, std::string* first) {
      if (++*count > 1) return;
      *first = sim::TimeText(at) + ": node " + std::to_string(node);
      if (subject != kNone) *first += " about node " + std::to_string(subject);
    };
    add(&counts.any, &counts.first_any);
    if (subject == kNone) return;
    if (victim_of_[subject] > 0) add(&counts.victims, &counts.first_victims);
    if (live_[subject] && at - sound_since_[subject] >= timeout_) {
      add(&counts.live, &counts.first_live);
    }
  }

  void OnDetection(Instant at, size_t node, const LogEvent& event) {
    const size_t subject = IndexOf(event.subject);
    const bool suspects = event.kind == LogEventKind::kPfail;
    const bool clears = event.kind == LogEventKind::kFailClear;
    Count(at, node, subject, suspects ? "pfail-set" : clears ? "fail-cleared" : "fail-set");
    Watch* watch = WatchOf(subject);
    if (watch == nullptr || watch->name != event.subject) return;
    VictimTimes& victim = TimesOf(*watch);
    if (clears) {
      watch->fail[node] = false;
      return;
    }
    // Of a victim that came back undetected there is nothing left to detect.
    if (!Observes(watch->incident, node) || (victim.returned && !victim.first_fail)) return;
    if (suspects) {
      if (!victim.first_pfail) victim.first_pfail = at;
      return;
    }
    if (!victim.first_fail) {
      victim.first_fail = at;
      victim.fail_by = NodeIndex{static_cast<uint32_t>(node)};
    }
    if (event.kind == LogEventKind::kFail) ++victim.quorum_markers;
    watch->fail[node] = true;
    UpdateFailKnown(at, watch);
  }

  void OnElection(Instant at, size_t node, LogEventKind kind) {
    const size_t failed = follows_[node];
    Watch* watch = WatchOf(failed);
    VictimTimes* victim = watch == nullptr ? nullptr : &TimesOf(*watch);
    switch (kind) {
      case LogEventKind::kElectionScheduled:
        ++out_.elections.scheduled;
        return Count(at, node, failed, "election-scheduled");
      case LogEventKind::kElectionExpired:
        ++out_.elections.expired;
        return Count(at, node, failed, "election-expired");
      case LogEventKind::kElectionStarted:
        ++out_.elections.started;
        started_[node] = at;
        if (victim != nullptr) {
          ++victim->elections;
          if (!victim->election) victim->election = at;
        }
        return Count(at, node, failed, "election-started");
      default:
        break;
    }
    ++out_.elections.won;
    Count(at, node, failed, "election-won");
    if (victim != nullptr && !victim->promoted) victim->winning_election = started_[node];
    Promote(at, node, watch);
  }

  void OnTakenOver(Instant at, size_t node) {
    Watch* watch = WatchOf(follows_[node]);
    if (watch == nullptr) return;
    if (!TimesOf(*watch).promoted) ++out_.elections.takeovers;
    Promote(at, node, watch);
  }

  void Promote(Instant at, size_t node, Watch* watch) {
    if (watch == nullptr) return;
    VictimTimes& victim = TimesOf(*watch);
    if (!victim.promoted) {
      victim.promoted = at;
      victim.winner = NodeIndex{static_cast<uint32_t>(node)};
    }
    Cover(at, watch);
  }

  void Cover(Instant at, Watch* watch) {
    VictimTimes& victim = TimesOf(*watch);
    watch->waits = false;
    if (!victim.covered) victim.covered = at;
    UpdateOk(at, watch->incident);
    NoteUncovered(at);
  }

  void OnState(Instant at, size_t node, bool ok) {
    ok_[node] = ok;
    for (size_t i = 0; i < out_.incidents.size(); ++i) {
      IncidentTimes& times = out_.incidents[i];
      if (!ok && !times.state_failed && Observes(i, node)) times.state_failed = at;
      if (ok) UpdateOk(at, i);
    }
    NoteNotOk(at);
  }

  // ---- Shares ----

  template <class Holds>
  void UpdateShares(Instant at, size_t incident, Holds holds, sim::ShareTimes* times) const {
    uint32_t all = 0;
    uint32_t count = 0;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (!Observes(incident, i)) continue;
      ++all;
      if (holds(i)) ++count;
    }
    for (size_t i = 0; i < sim::kShares.size(); ++i) {
      const uint32_t wanted = (all * sim::kShares[i] + 99) / 100;
      if (!(*times)[i] && all > 0 && count >= wanted) (*times)[i] = at;
    }
  }
  void UpdateFailKnown(Instant at, Watch* watch) {
    VictimTimes& victim = TimesOf(*watch);
    if (!victim.first_fail) return;
    UpdateShares(
        at, watch->incident, [&](size_t i) { return watch->fail[i]; }, &victim.fail_known);
  }
  void UpdateOk(Instant at, size_t incident) {
    IncidentTimes& times = out_.incidents[incident];
    if (!times.Covered()) return;
    UpdateShares(
        at, incident, [&](size_t i) { return ok_[i]; }, &times.ok);
  }
  void NoteUncovered(Instant at) {
    const auto waiting = static_cast<uint32_t>(std::count_if(
        watches_.begin(), watches_.end(), [](const Watch& watch) { return watch.waits; }));
    if (waiting != out_.uncovered.back().count) out_.uncovered.push_back({at, waiting});
  }
  void NoteNotOk(Instant at) {
    uint32_t not_ok = 0;
    for (size_t i = 0; i < nodes_.size(); ++i) not_ok += live_[i] && !ok_[i] ? 1 : 0;
    if (not_ok != out_.not_ok.back().count) out_.not_ok.push_back({at, not_ok});
  }

  const Journal& journal_;
  const std::vector<ObservedNode>& nodes_;
  Duration timeout_;
  Observation out_;
  std::vector<bool> live_;
  std::vector<Instant> sound_since_;  // by node: live without a break
  std::vector<bool> ok_;
  std::vector<int> victim_of_;  // by node: incidents that hold it
  std::vector<Watch> watches_;
  std::vector<size_t> watch_of_;  // by node: its latest watch
  std::vector<size_t> follows_;   // by node: its primary, when it was last asked
  std::vector<std::optional<Instant>> started_;
};

}  // namespace

const std::vector<std::string_view>& JudgedEvents() {
  static const std::vector<std::string_view> kEvents = {
      "pfail-set",        "fail-set",     "fail-cleared",    "election-scheduled",
      "election-started", "election-won", "election-expired"};
  return kEvents;
}

Observation Observe(const Journal& journal, const std::vector<ObservedNode>& nodes,
                    Duration timeout) {
  return Player(journal, nodes, timeout).Play();
}

}  // namespace gossamer::real
