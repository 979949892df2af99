#include "sim/report/explain.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/strings.h"
#include "sim/report/event_text.h"
#include "sim/report/text_format.h"
#include "sim/scenario/schema_table.h"

namespace gossamer::sim {
namespace {

constexpr int kTimeWidth = 10;

std::string MillisText(int64_t ms) { return SecondsText(Millis(ms)) + " s"; }

}  // namespace

// ---- Steps ----

void Explainer::OnStart(const World& world) {
  world_ = &world;
  node_count_ = world.node_count();
  names_ = NodeNames(world.scenario());
}

void Explainer::Say(Instant at, std::string text) {
  groups_.clear();
  steps_.push_back({at, at, 1, std::move(text), ""});
}

void Explainer::SayMore(Instant at, std::string_view kind, std::string text, std::string more) {
  const auto group = std::find_if(groups_.begin(), groups_.end(),
                                  [kind](const Group& g) { return g.kind == kind; });
  if (group == groups_.end()) {
    groups_.push_back({kind, steps_.size()});
    steps_.push_back({at, at, 1, std::move(text), std::move(more)});
    return;
  }
  Step& step = steps_[group->step];
  ++step.count;
  step.last = at;
}

// ---- Names and views ----

std::string Explainer::Name(NodeKey key) const {
  const NodeIndex index = key.valid() ? world_->IndexOf(key) : NodeIndex{};
  if (index == node_) return "it";
  return index == NodeIndex{} ? "an unknown node" : Who(index);
}

bool Explainer::IsVoter(NodeIndex node) const {
  const ClusterNode* core = world_->node(node);
  return core != nullptr && core->state().i_am_voting();
}

uint32_t Explainer::Quorum(NodeIndex node) const {
  const ClusterNode* core = world_->node(node);
  return core == nullptr ? 0 : core->state().quorum();
}

std::string Explainer::Asks(NodeIndex who) {
  return ++asked_[who.value] == 1 ? "asks for votes" : "has a rival and asks for votes again";
}

std::string Explainer::View() const {
  const ClusterNode* mine = world_->node(node_);
  const NodeKey key = mine != nullptr ? mine->state().myself : kNoKey;
  uint64_t live = 0;
  uint64_t pfail = 0;
  uint64_t fail = 0;
  for (uint32_t i = 0; i < world_->node_count(); ++i) {
    if (i == node_.value || !world_->live(NodeIndex{i})) continue;
    const PeerTable& peers = world_->node(NodeIndex{i})->state().peers;
    const NodeKey known = key.valid() ? key : peers.Find(world_->info(node_).name);
    ++live;
    if (!known.valid() || !peers.Contains(known)) continue;
    pfail += peers.Has(known, flag::kPfail) ? 1 : 0;
    fail += peers.Has(known, flag::kFail) ? 1 : 0;
  }
  std::string text = absl::StrCat("of ", CountText(live), " other live nodes ", CountText(pfail),
                                  " hold PFAIL on it and ", CountText(fail), " FAIL; ");
  if (!world_->live(node_)) return text + "it does not run";
  const State& s = mine->state();
  if (s.i_am_primary()) {
    absl::StrAppend(&text, "it is a primary with ", s.peers.slot_count(s.myself), " slots");
  } else {
    absl::StrAppend(&text, "it is a replica of ", Name(s.my_primary()));
  }
  return absl::StrCat(text, ", cluster_state ", s.health.ok ? "ok" : "fail");
}

// ---- Events ----

void Explainer::OnEvent(Instant at, NodeIndex node, const Event& event) {
  if (!Listens(at)) return;
  if (node == node_) return ByIt(at, event);
  if (event.subject.valid() && world_->IndexOf(event.subject) == node_) AboutIt(at, node, event);
}

void Explainer::Suspected(Instant at, NodeIndex who, const Event& event) {
  SayMore(at, "pfail",
          absl::StrCat(Who(who), " suspects it (PFAIL): no answer for ", MillisText(event.value)),
          "more suspect it");
  if (IsVoter(who)) suspects_.insert(who.value);
  if (majority_ || suspects_.size() < Quorum(who)) return;
  majority_ = true;
  Say(at, absl::StrCat("with ", Who(who), " a majority of the voting primaries suspects it: ",
                       suspects_.size(), " of them"));
}

void Explainer::Failed(Instant at, NodeIndex who, const Event& event) {
  if (event.other.valid()) {
    SayMore(at, "fail-told", absl::StrCat(Who(who), " is told of the FAIL by ", Name(event.other)),
            "more are told");
    return;
  }
  const uint32_t quorum = Quorum(who);
  SayMore(at, "fail",
          absl::StrCat(Who(who),
                       " marks it FAIL: ", Plural(static_cast<uint64_t>(event.value), "report"),
                       " of voting primaries", IsVoter(who) ? " and its own suspicion" : "", ", ",
                       quorum, " are a majority"),
          "more find the majority by themselves");
}

void Explainer::AboutIt(Instant at, NodeIndex who, const Event& event) {
  switch (event.type) {
    case EventType::kPfailSet:
      return Suspected(at, who, event);
    case EventType::kPfailCleared:
      suspects_.erase(who.value);
      return SayMore(at, "pfail-cleared", Who(who) + " hears from it and takes PFAIL back",
                     "more take it back");
    case EventType::kFailSet:
      return Failed(at, who, event);
    case EventType::kFailCleared:
      suspects_.clear();
      majority_ = false;
      return SayMore(at, "fail-cleared", Who(who) + " takes FAIL back", "more take it back");
    case EventType::kRoleChanged:
      return SayMore(at, "role",
                     event.other.valid()
                         ? absl::StrCat(Who(who), " sees it as a replica of ", Name(event.other))
                         : Who(who) + " sees it as a primary",
                     "more see the change");
    case EventType::kSlotsChanged:
      return SayMore(at, "slots",
                     absl::StrCat(Who(who), " sees ", event.value, " slots move to it"),
                     "more see slots move to it");
    case EventType::kNodeRemoved:
      return SayMore(at, "forgotten", Who(who) + " forgets it", "more forget it");
    case EventType::kNodeAdded:
    case EventType::kHandshakeDone:
      return SayMore(at, "known", Who(who) + " comes to know it", "more come to know it");
    case EventType::kBecameReplica:
      return SayMore(at, "follows", Who(who) + " follows it from now on", "more follow it");
    case EventType::kIdMismatch:
      return SayMore(at, "mismatch", Who(who) + " finds another node at its address", "more do");
    case EventType::kLinkReset:
      return SayMore(at, "reset", Who(who) + " resets a silent link to it", "more resets");
    default:
      return ElectionAboutIt(at, who, event);
  }
}

void Explainer::ElectionAboutIt(Instant at, NodeIndex who, const Event& event) {
  switch (event.type) {
    case EventType::kElectionScheduled:
      asked_[who.value] = 0;
      return Say(
          at, absl::StrCat(Who(who), " wants to replace it and waits ", MillisText(event.value)));
    case EventType::kElectionStarted:
      return Say(
          at, absl::StrCat(Who(who), " ", Asks(who), " to replace it, epoch ", event.epoch.value));
    case EventType::kElectionExpired:
      return Say(at, absl::StrCat(Who(who), " gives up replacing it with ", event.value,
                                  " votes, epoch ", event.epoch.value));
    case EventType::kElectionWon:
      return Say(at, absl::StrCat(Who(who), " wins its place with ", event.value, " votes, epoch ",
                                  event.epoch.value));
    case EventType::kPromoted:
      return Say(at,
                 absl::StrCat(Who(who), " takes its slots over, config epoch ", event.epoch.value));
    case EventType::kVoteGranted:
      return SayMore(at, "votes", absl::StrCat(Who(who), " votes for it"), "more vote for it");
    case EventType::kVoteRefused: {
      const std::string_view reason = RefusalText(event.value);
      return SayMore(at, reason, absl::StrCat(Who(who), " refuses it its vote: ", ToAbsl(reason)),
                     "more refuse for that reason");
    }
    default:
      return;
  }
}

void Explainer::ByIt(Instant at, const Event& event) {
  switch (event.type) {
    case EventType::kVoteGranted:
      return Say(at,
                 absl::StrCat("it votes for ", Name(event.subject), ", epoch ", event.epoch.value));
    case EventType::kVoteRefused:
      return Say(at, absl::StrCat("it refuses ", Name(event.subject), " its vote, epoch ",
                                  event.epoch.value, ": ", ToAbsl(RefusalText(event.value))));
    case EventType::kPfailSet:
      return SayMore(at, "it-pfail", "it suspects " + Name(event.subject), "more suspicions");
    case EventType::kPfailCleared:
      return SayMore(at, "it-alive", "it hears from " + Name(event.subject) + " again",
                     "more are back");
    case EventType::kFailSet:
      if (event.other.valid()) {
        return SayMore(at, "it-told",
                       absl::StrCat("it is told by ", Name(event.other), " that ",
                                    Name(event.subject), " is FAIL"),
                       "more FAILs that it is told of");
      }
      return SayMore(at, "it-fail",
                     absl::StrCat("it marks ", Name(event.subject), " FAIL with ",
                                  Plural(static_cast<uint64_t>(event.value), "report")),
                     "more FAILs that it finds");
    case EventType::kStateChanged:
      return Say(
          at,
          event.value != 0
              ? std::string("its cluster_state is ok")
              : absl::StrCat("its cluster_state is fail: ",
                             ToAbsl(StateReasonName(static_cast<StateReason>(event.epoch.value)))));
    case EventType::kPromoted:
      return Say(at, absl::StrCat("it is a primary now, config epoch ", event.epoch.value));
    case EventType::kBecameReplica:
      return Say(at, "it follows " + Name(event.subject) + " from now on");
    case EventType::kReplicaMigrated:
      return Say(at, absl::StrCat("it moves to ", Name(event.subject), ", which has no replica"));
    case EventType::kEpochCollision:
      return Say(at, absl::StrCat("it takes config epoch ", event.epoch.value, ": ",
                                  Name(event.subject), " had the same as it"));
    case EventType::kPersistFailed:
      return SayMore(at, "disk", "its disk fails", "more failed writes");
    case EventType::kSlotsLost:
      return Say(at, absl::StrCat("it loses ", event.value, " slots with keys"));
    default:
      return ElectionByIt(at, event);
  }
}

void Explainer::ElectionByIt(Instant at, const Event& event) {
  switch (event.type) {
    case EventType::kElectionScheduled:
      asked_[node_.value] = 0;
      return Say(at, absl::StrCat("it wants to replace ", Name(event.subject), " and waits ",
                                  MillisText(event.value)));
    case EventType::kElectionDelayed:
      return Say(at, absl::StrCat("its rank changes: it waits ",
                                  MillisText(event.value < 0 ? -event.value : event.value),
                                  event.value < 0 ? " less" : " more"));
    case EventType::kElectionStarted:
      majority_ = false;
      return Say(at, absl::StrCat("it ", Asks(node_), ", epoch ", event.epoch.value));
    case EventType::kVoteReceived:
      return SayMore(at, "vote-in", "it has the vote of " + Name(event.subject), "more votes");
    case EventType::kElectionWon:
      return Say(at, absl::StrCat("it wins with ", event.value, " votes of ", Quorum(node_),
                                  " that are needed, epoch ", event.epoch.value));
    case EventType::kElectionExpired:
      return Say(at, absl::StrCat("its election expires with ", event.value, " votes of ",
                                  Quorum(node_), " that are needed, epoch ", event.epoch.value,
                                  asked_[node_.value] > 1
                                      ? "; it had rivals, so the next one is due soon"
                                      : "; the next one waits until 4 T after this one was due"));
    case EventType::kElectionRestarted:
      return Say(at, "it starts over: " + Name(event.other) + " claims its epoch or a newer one");
    case EventType::kCantFailover:
      return SayMore(
          at, CantFailoverText(event.value),
          absl::StrCat("it does not fail over yet: ", ToAbsl(CantFailoverText(event.value))),
          "more times");
    case EventType::kManualFailoverStarted:
      return Say(at, "a manual failover begins for " + Name(event.subject));
    case EventType::kManualFailoverReady:
      return Say(at, "the manual failover may go on: it has all data");
    case EventType::kManualFailoverTimedOut:
      return Say(at, "the manual failover times out");
    default:
      return;
  }
}

// ---- What is done to it ----

void Explainer::OnIncident(Instant at, const Incident& incident) {
  if (!Listens(at)) return;
  const bool named =
      std::find(incident.victims.begin(), incident.victims.end(), node_) != incident.victims.end();
  if (!named) return;
  const TimelineItem& item = *incident.item;
  Say(at, absl::StrCat(item.is_fault ? "fault " : "action ", incident.number, ": ",
                       ToAbsl(WordOf(item)),
                       incident.victims.size() > 1
                           ? absl::StrCat(" of it and ", incident.victims.size() - 1, " more")
                           : " of it"));
}

void Explainer::OnIncidentEnd(Instant at, const Incident& incident) {
  if (!Listens(at)) return;
  const bool named =
      std::find(incident.victims.begin(), incident.victims.end(), node_) != incident.victims.end();
  if (!named) return;
  Say(at, absl::StrCat("fault ", incident.number, " ends: the ", ToAbsl(WordOf(*incident.item)),
                       " that began at ", SecondsText(incident.at - Instant{}), " s"));
}

void Explainer::OnRestart(Instant at, NodeIndex node, bool with_disk) {
  if (node != node_ || !Listens(at)) return;
  Say(at, with_disk ? "it starts again" : "it starts again, without its disk");
}

// A second is exact enough for a view: --at is a moment that a person chose.
void Explainer::OnSecond(Instant at) {
  if (!known() || viewed_ || !until_ || at < *until_) return;
  viewed_ = true;
  view_ = absl::StrCat("at ", SecondsText(at - Instant{}), " s ", View());
}

void Explainer::OnEnd(Instant at) {
  if (known() && !viewed_) view_ = absl::StrCat("at ", SecondsText(at - Instant{}), " s ", View());
}

std::string Explainer::Text() const {
  std::string out;
  for (const Step& step : steps_) {
    std::string text = step.text;
    if (step.count > 1) {
      absl::StrAppend(&text, "; ", CountText(step.count - 1), " ", step.more, " until ",
                      SecondsText(step.last - Instant{}), " s");
    }
    std::string lines = Wrap(text, kTimeWidth + 2);
    lines.replace(0, kTimeWidth,
                  absl::StrFormat("%*s", kTimeWidth, SecondsText(step.at - Instant{})));
    out += lines;
  }
  if (steps_.empty()) out += "  nothing happened to it or by it\n";
  return out + "\n" + Wrap(view_, 2);
}

}  // namespace gossamer::sim
