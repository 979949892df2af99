#include "sim/export/perfetto_writer.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "core/base/strings.h"
#include "core/cluster/cluster_node.h"
#include "sim/scenario/schema_table.h"

namespace gossamer::sim {
namespace {

// Numbers of tracks.
enum class Kind : uint64_t {
  kCluster = 1,  // the process, its thread and its counters
  kShard,
  kNode,
  kFault,
  kPartition,
  kSeen,
  kView,
};
constexpr uint64_t Track(Kind kind, uint64_t a = 0, uint64_t b = 0) {
  return (static_cast<uint64_t>(kind) << 56) | (a << 28) | b;
}
constexpr uint64_t NodeTrack(NodeIndex node) { return Track(Kind::kNode, node.value); }

constexpr uint64_t kCluster = Track(Kind::kCluster);
constexpr uint64_t kTimeline = Track(Kind::kCluster, 1);
constexpr uint64_t kPfailHolders = Track(Kind::kCluster, 2);
constexpr uint64_t kFailHolders = Track(Kind::kCluster, 3);
constexpr uint64_t kSayingFail = Track(Kind::kCluster, 4);
constexpr uint64_t kMessages = Track(Kind::kCluster, 5);

// Processes and threads share one space of numbers in Perfetto's tables.
constexpr int32_t kFirstPid = 1'000'000;

std::string Text(std::string_view text) { return std::string(text); }

PerfettoNote Number(std::string_view key, int64_t number) { return {key, "", number}; }
PerfettoNote EpochNote(Epoch epoch) { return Number("epoch", static_cast<int64_t>(epoch.value)); }

}  // namespace

PerfettoWriter::PerfettoWriter(std::ostream* out, OutputFilter filter)
    : stream_(out, filter.from(), filter.until()), filter_(std::move(filter)) {}

// ---- Tracks ----

void PerfettoWriter::DescribeTracks() {
  stream_.AddProcess(kCluster, kFirstPid, "cluster");
  stream_.AddThread(kTimeline, kFirstPid, kFirstPid, "timeline");
  stream_.AddCounter(kPfailHolders, kCluster, "nodes that hold a PFAIL");
  stream_.AddCounter(kFailHolders, kCluster, "nodes that hold a FAIL");
  stream_.AddCounter(kSayingFail, kCluster, "nodes that say cluster_state:fail");
  stream_.AddCounter(kMessages, kCluster, "messages in the last second");
  std::set<int64_t> shards;
  for (uint32_t i = 0; i < world_->node_count(); ++i) {
    const NodeInfo& info = world_->info(NodeIndex{i});
    if (!Shows(info.index)) continue;
    const auto pid = static_cast<int32_t>(kFirstPid + 1 + info.shard);
    if (shards.insert(info.shard).second) {
      stream_.AddProcess(Track(Kind::kShard, static_cast<uint64_t>(info.shard)), pid,
                         "shard " + std::to_string(info.shard));
    }
    stream_.AddThread(NodeTrack(info.index), pid, static_cast<int32_t>(i + 1),
                      absl::StrCat("node ", i, " ", info.ip));
  }
}

void PerfettoWriter::Lane(uint64_t track, uint64_t parent, std::string_view name) {
  if (lanes_.insert(track).second) stream_.AddLane(track, parent, name);
}

std::string PerfettoWriter::Name(NodeKey key) const {
  const NodeIndex node = key.valid() ? world_->IndexOf(key) : NodeIndex{};
  return node == NodeIndex{} ? "?" : std::to_string(node.value);
}

void PerfettoWriter::OnStart(const World& world) {
  world_ = &world;
  nodes_.resize(world.node_count());
  size_t shown = 0;
  for (uint32_t i = 0; i < world.node_count(); ++i) {
    if (Shows(NodeIndex{i})) ++shown;
    const ClusterNode* node = world.node(NodeIndex{i});
    if (node == nullptr) continue;
    newest_epoch_ = std::max(newest_epoch_, node->state().current_epoch);
    SaysFail(NodeIndex{i}, !node->state().health.ok);
  }
  views_ = shown <= kViewNodes;
  DescribeTracks();
  flags_.Begin(ProbeOf(world));
  ShowChanges(world.now());
  CountHolders(world.now());
  CountStates(world.now());
}

// ---- Faults and processes ----

void PerfettoWriter::OnIncident(Instant at, const Incident& incident) {
  if (!ShowsIncidents()) return;
  const TimelineItem& item = *incident.item;
  PerfettoMark mark{item.is_fault ? "fault" : "action",
                    item.text.empty()
                        ? Text(item.is_fault ? FaultName(item.fault) : ActionName(item.action))
                        : item.text,
                    {Number("nodes", static_cast<int64_t>(incident.victims.size()))}};
  if (!item.is_fault || !item.length) stream_.AddInstant(at, kTimeline, mark);
  std::vector<uint64_t>& tracks = faults_[incident.number];
  if (item.is_fault && item.length) {
    tracks.push_back(Track(Kind::kFault, incident.number));
    Lane(tracks.back(), kCluster, absl::StrCat("fault ", incident.number + 1));
    stream_.Begin(at, tracks.back(), std::move(mark));
  }
  if (!item.is_fault || item.fault != FaultKind::kPartition) return;
  for (const NodeIndex node : incident.victims) {
    if (!Shows(node)) continue;
    tracks.push_back(Track(Kind::kPartition, node.value, incident.number));
    Lane(tracks.back(), NodeTrack(node), absl::StrCat("partition ", incident.number + 1));
    stream_.Begin(at, tracks.back(), {"fault", "partition"});
  }
}

void PerfettoWriter::OnIncidentEnd(Instant at, const Incident& incident) {
  for (const uint64_t track : std::exchange(faults_[incident.number], {})) stream_.End(at, track);
}

void PerfettoWriter::OnProcess(Instant at, NodeIndex node, ProcessChange change) {
  Node& n = nodes_[node.value];
  const uint64_t track = NodeTrack(node);
  const bool shown = Shows(node) && ShowsIncidents();
  flags_.OnProcess(node, change);
  switch (change) {
    case ProcessChange::kStarted:
      if (shown) stream_.EndAll(at, track);
      SaysFail(node, !world_->node(node)->state().health.ok);
      break;
    case ProcessChange::kKilled:
    case ProcessChange::kHostLost:
      EndPhase(at, node);
      n.paused = false;
      n.votes.clear();
      SaysFail(node, false);
      if (!shown) break;
      stream_.EndAll(at, track);
      stream_.Begin(
          at, track,
          {"process",
           "down",
           {{"by", change == ProcessChange::kKilled ? "end of process" : "loss of host"}}});
      break;
    case ProcessChange::kPaused:
      n.paused = true;
      if (shown) stream_.Begin(at, track, {"process", "paused"});
      break;
    case ProcessChange::kResumed:
      if (std::exchange(n.paused, false) && shown) stream_.End(at, track);
      break;
  }
  ShowChanges(at);
  CountStates(at);
  if (change == ProcessChange::kPaused || change == ProcessChange::kResumed) return;
  // "Everywhere" is now another number of nodes.
  for (uint32_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].seen != Seen::kWell) ShowSeen(at, NodeIndex{i});
  }
}

// ---- Failure flags ----

void PerfettoWriter::ShowChanges(Instant at) {
  const std::vector<FailureFlags::Change> changes = flags_.TakeChanges();
  if (changes.empty()) return;
  for (const FailureFlags::Change& change : changes) {
    if (views_ && Shows(change.observer)) ShowView(at, change);
    ShowSeen(at, change.subject);
  }
  CountHolders(at);
}

void PerfettoWriter::CountHolders(Instant at) {
  if (filter_.Shows(EventType::kPfailSet)) {
    stream_.Count(at, kPfailHolders, flags_.Holders(Suspicion::kPfail));
  }
  if (filter_.Shows(EventType::kFailSet)) {
    stream_.Count(at, kFailHolders, flags_.Holders(Suspicion::kFail));
  }
}

void PerfettoWriter::ShowView(Instant at, const FailureFlags::Change& change) {
  const uint64_t track = Track(Kind::kView, change.observer.value, change.subject.value);
  stream_.EndAll(at, track);
  if (change.to == Suspicion::kNone) return;
  const bool fail = change.to == Suspicion::kFail;
  if (!filter_.Shows(fail ? EventType::kFailSet : EventType::kPfailSet)) return;
  Lane(track, NodeTrack(change.observer), absl::StrCat("view of node ", change.subject.value));
  stream_.Begin(at, track,
                {"failure", absl::StrCat(fail ? "FAIL(" : "PFAIL(", change.subject.value, ")")});
}

void PerfettoWriter::ShowSeen(Instant at, NodeIndex subject) {
  const size_t others = flags_.running() - (flags_.running(subject) ? 1 : 0);
  Seen seen = Seen::kWell;
  if (flags_.Holders(subject, Suspicion::kPfail) > 0) seen = Seen::kPfail;
  const uint32_t fails = flags_.Holders(subject, Suspicion::kFail);
  if (fails > 0) seen = fails >= others ? Seen::kFailEverywhere : Seen::kFail;
  Node& n = nodes_[subject.value];
  if (n.seen == seen) return;
  n.seen = seen;
  if (!Shows(subject)) return;
  const uint64_t track = Track(Kind::kSeen, subject.value);
  stream_.EndAll(at, track);
  if (seen == Seen::kWell) return;
  if (!filter_.Shows(seen == Seen::kPfail ? EventType::kPfailSet : EventType::kFailSet)) return;
  Lane(track, NodeTrack(subject), "as the others see it");
  const std::string_view name = seen == Seen::kPfail  ? "PFAIL somewhere"
                                : seen == Seen::kFail ? "FAIL somewhere"
                                                      : "FAIL everywhere";
  stream_.Begin(at, track, {"failure", Text(name)});
}

void PerfettoWriter::SaysFail(NodeIndex node, bool fail) {
  bool& says = nodes_[node.value].says_fail;
  saying_fail_ += static_cast<int64_t>(fail) - static_cast<int64_t>(says);
  says = fail;
}

void PerfettoWriter::CountStates(Instant at) {
  if (filter_.Shows(EventType::kStateChanged)) stream_.Count(at, kSayingFail, saying_fail_);
}

// ---- Events ----

void PerfettoWriter::OnEvent(Instant at, NodeIndex node, const Event& event) {
  flags_.OnEvent(node, event);
  ShowChanges(at);
  MarkElection(at, node, event);
  if (event.type == EventType::kStateChanged) {
    SaysFail(node, event.value == 0);
    CountStates(at);
  }
  if (filter_.Shows(event.type)) Mark(at, node, event);
}

void PerfettoWriter::Put(Instant at, NodeIndex node, std::string_view category, std::string name,
                         std::vector<PerfettoNote> notes) {
  if (!Shows(node)) return;
  stream_.AddInstant(at, NodeTrack(node), {category, std::move(name), std::move(notes)});
}

void PerfettoWriter::Mark(Instant at, NodeIndex node, const Event& event) {
  switch (event.type) {
    case EventType::kVoteRefused:
      return Put(at, node, "vote", "vote refused",
                 {{"candidate", Name(event.subject)},
                  EpochNote(event.epoch),
                  {"because", Text(VoteRefusalName(static_cast<VoteRefusal>(event.value)))}});
    case EventType::kElectionWon:
      return Put(at, node, "election", "election won",
                 {EpochNote(event.epoch), Number("votes", event.value)});
    case EventType::kElectionExpired:
      return Put(at, node, "election", "election expired",
                 {EpochNote(event.epoch), Number("votes", event.value)});
    case EventType::kElectionRestarted:
      return Put(at, node, "election", "election restarted", {{"newer claim", Name(event.other)}});
    case EventType::kBecameReplica:
      return Put(at, node, "role", "becomes a replica", {{"primary", Name(event.subject)}});
    case EventType::kReplicaMigrated:
      return Put(at, node, "role", "migrates", {{"primary", Name(event.subject)}});
    case EventType::kStateChanged:
      return Put(at, node, "state", event.value != 0 ? "cluster_state:ok" : "cluster_state:fail",
                 {});
    case EventType::kManualFailoverStarted:
    case EventType::kManualFailoverReady:
    case EventType::kManualFailoverTimedOut:
    case EventType::kPersistFailed:
    case EventType::kSlotsLost:
      return Put(at, node, "other", Text(EventTypeName(event.type)), {});
    default:
      return NoteEpoch(at, node, event);
  }
}

// Own config epochs, and the first node to come to each current epoch: what the others learn of
// them would be the square of it.
void PerfettoWriter::NoteEpoch(Instant at, NodeIndex node, const Event& event) {
  const bool own = event.subject.valid() && world_->IndexOf(event.subject) == node;
  if (event.type == EventType::kCurrentEpochChanged && event.epoch > newest_epoch_) {
    newest_epoch_ = event.epoch;
    Put(at, node, "epoch", absl::StrCat("current epoch ", event.epoch.value), {});
  } else if (event.type == EventType::kEpochCollision ||
             (event.type == EventType::kConfigEpochChanged && own)) {
    Put(at, node, "epoch", absl::StrCat("config epoch ", event.epoch.value), {});
  }
}

// ---- Elections ----

void PerfettoWriter::BeginPhase(Instant at, NodeIndex node, const Event& event,
                                std::string_view name) {
  EndPhase(at, node);
  if (!Shows(node) || !filter_.Shows(event.type)) return;
  Node& n = nodes_[node.value];
  n.in_election = true;
  n.failed = event.subject.valid() ? world_->IndexOf(event.subject) : NodeIndex{};
  std::vector<PerfettoNote> notes = {{"for", Name(event.subject)}};
  if (event.type == EventType::kElectionStarted) notes.push_back(EpochNote(event.epoch));
  stream_.Begin(at, NodeTrack(node), {"election", Text(name), std::move(notes)});
}

void PerfettoWriter::EndPhase(Instant at, NodeIndex node) {
  if (!std::exchange(nodes_[node.value].in_election, false)) return;
  // A paused process decides nothing, so that the election is the innermost slice but for its end.
  stream_.EndAll(at, NodeTrack(node));
}

void PerfettoWriter::MarkElection(Instant at, NodeIndex node, const Event& event) {
  const Node& n = nodes_[node.value];
  switch (event.type) {
    case EventType::kElectionScheduled:
      return BeginPhase(at, node, event, "waits to ask for votes");
    case EventType::kElectionStarted:
      return BeginPhase(at, node, event, "election");
    case EventType::kElectionExpired:
    case EventType::kElectionRestarted:
    case EventType::kBecameReplica:
      nodes_[node.value].votes.clear();
      return EndPhase(at, node);
    case EventType::kFailCleared:
      if (n.in_election && world_->IndexOf(event.subject) == n.failed) EndPhase(at, node);
      return;
    case EventType::kVoteGranted:
      return GrantVote(at, node, event);
    case EventType::kVoteReceived:
      return CountVote(at, node, event);
    case EventType::kPromoted:
      return Promote(at, node, event);
    default:
      return;
  }
}

void PerfettoWriter::GrantVote(Instant at, NodeIndex voter, const Event& event) {
  const NodeIndex candidate = world_->IndexOf(event.subject);
  if (candidate == NodeIndex{}) return;
  Node& n = nodes_[candidate.value];
  if (n.vote_epoch != event.epoch) n.votes.clear();
  n.vote_epoch = event.epoch;
  Vote vote{.voter = voter};
  if (Shows(voter) && filter_.Shows(event.type)) {
    const uint64_t flow = flows_ + 1;
    const PerfettoMark mark{
        "vote", absl::StrCat("vote for ", candidate.value), {EpochNote(event.epoch)}, {flow}};
    if (stream_.AddInstant(at, NodeTrack(voter), mark)) vote.flow = flows_ = flow;
  }
  n.votes.push_back(vote);
}

void PerfettoWriter::CountVote(Instant at, NodeIndex candidate, const Event& event) {
  const NodeIndex voter = event.subject.valid() ? world_->IndexOf(event.subject) : NodeIndex{};
  std::vector<Vote>& votes = nodes_[candidate.value].votes;
  const auto vote =
      std::find_if(votes.begin(), votes.end(), [voter](const Vote& v) { return v.voter == voter; });
  PerfettoMark mark{
      "vote", "vote counted", {{"voter", Name(event.subject)}, Number("votes", event.value)}};
  if (vote != votes.end()) {
    vote->counted = true;
    if (vote->flow != 0) mark.flows.push_back(vote->flow);
  }
  if (Shows(candidate) && filter_.Shows(event.type)) {
    stream_.AddInstant(at, NodeTrack(candidate), mark);
  }
}

void PerfettoWriter::Promote(Instant at, NodeIndex node, const Event& event) {
  EndPhase(at, node);
  Node& n = nodes_[node.value];
  PerfettoMark mark{
      "role", "promoted", {{"replaces", Name(event.subject)}, EpochNote(event.epoch)}};
  for (const Vote& vote : n.votes) {
    if (vote.counted && vote.flow != 0) mark.ends.push_back(vote.flow);
  }
  n.votes.clear();
  if (Shows(node) && filter_.Shows(event.type)) stream_.AddInstant(at, NodeTrack(node), mark);
}

// ---- The clock ----

void PerfettoWriter::OnSecond(Instant at) {
  const auto& counts = world_->traffic().messages;
  const uint64_t messages = std::accumulate(counts.begin(), counts.end(), uint64_t{0});
  if (!filter_.some_events()) {
    stream_.Count(at, kMessages, static_cast<int64_t>(messages - messages_));
  }
  messages_ = messages;
}

void PerfettoWriter::OnEnd(Instant at) { stream_.Finish(at); }

}  // namespace gossamer::sim
