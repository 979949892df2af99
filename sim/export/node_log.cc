#include "sim/export/node_log.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/strings.h"
#include "core/bus/codec.h"
#include "core/cluster/cluster_node.h"
#include "sim/model/start.h"
#include "sim/report/event_text.h"

namespace gossamer::sim {
namespace {

using absl::StrCat;

// What waits for one node before it is handed over.
constexpr size_t kMostText = 16 << 10;
// Of a node's name, as reports show it.
constexpr size_t kNameShown = 8;

struct Date {
  int64_t year = 0;
  int month = 0;  // from 0
  int day = 0;
};

bool IsLeap(int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

// `days` after 1970-01-01. Counted from there: runs are short and the epoch is near.
Date DateOf(int64_t days) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  Date date{1970, 0, 0};
  while (days >= (IsLeap(date.year) ? 366 : 365)) days -= IsLeap(date.year++) ? 366 : 365;
  for (;; ++date.month) {
    const int length =
        kDays[static_cast<size_t>(date.month)] + (date.month == 1 && IsLeap(date.year) ? 1 : 0);
    if (days < length) break;
    days -= length;
  }
  date.day = static_cast<int>(days) + 1;
  return date;
}

// "01 Jan 2026 00:00:15.712".
std::string TimeOf(Instant at) {
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const int64_t ms = (kWallEpoch.us + at.us) / 1000;
  const int64_t seconds = ms / 1000;
  const Date date = DateOf(seconds / 86400);
  return absl::StrFormat("%02d %s %d %02d:%02d:%02d.%03d", date.day,
                         kMonths[static_cast<size_t>(date.month)], date.year, seconds / 3600 % 24,
                         seconds / 60 % 60, seconds % 60, ms % 1000);
}

// How important a line is, as Valkey marks it: debug, verbose, notice, warning.
char LevelOf(const Event& event) {
  switch (event.type) {
    case EventType::kStaleIgnored:
    case EventType::kElectionDelayed:
      return '.';
    case EventType::kRoleChanged:
    case EventType::kSlotsChanged:
    case EventType::kConfigEpochChanged:
    case EventType::kCurrentEpochChanged:
    case EventType::kNodeAdded:
    case EventType::kNodeRemoved:
    case EventType::kHandshakeStarted:
    case EventType::kHandshakeDone:
    case EventType::kHandshakeTimedOut:
    case EventType::kAddressChanged:
    case EventType::kLinkDown:
    case EventType::kLinkReset:
      return '-';
    case EventType::kStateChanged:
      return event.value != 0 ? '*' : '#';
    case EventType::kCantFailover:
    case EventType::kElectionExpired:
    case EventType::kEpochCollision:
    case EventType::kEpochRefused:
    case EventType::kNodeRefused:
    case EventType::kIdMismatch:
    case EventType::kLinkBufferExceeded:
    case EventType::kManualFailoverTimedOut:
    case EventType::kBadFrame:
    case EventType::kUnknownSender:
    case EventType::kPersistFailed:
    case EventType::kSlotsLost:
      return '#';
    default:
      return '*';
  }
}

std::string InEpoch(const Event& event) { return StrCat("in epoch ", event.epoch.value); }

char RoleOf(const ClusterNode* node, char otherwise) {
  if (node == nullptr) return otherwise;
  return node->state().i_am_primary() ? 'M' : 'S';
}

}  // namespace

NodeLog::NodeLog(OutputFilter filter, Append append)
    : filter_(std::move(filter)), append_(std::move(append)) {}

// ---- Lines ----

void NodeLog::Say(Instant at, NodeIndex node, char level, std::string_view text) {
  if (!filter_.Shows(at) || !filter_.Shows(node)) return;
  Node& n = nodes_[node.value];
  n.role = RoleOf(world_->node(node), n.role);
  const uint64_t process = node.value + 1 + uint64_t{n.starts - 1} * nodes_.size();
  absl::StrAppend(&n.text, process, ":", absl::string_view(&n.role, 1), " ", TimeOf(at), " ",
                  absl::string_view(&level, 1), " ", ToAbsl(text), "\n");
  if (n.text.size() >= kMostText) HandOver(node);
}

void NodeLog::HandOver(NodeIndex node) {
  std::string& text = nodes_[node.value].text;
  if (text.empty()) return;
  append_(node, text);
  text.clear();
}

std::string NodeLog::Name(NodeKey key) const {
  if (!key.valid()) return "nobody";
  const NameTable& names = world_->tables().pool.names();
  const std::string id = names.valid_name(key)
                             ? std::string(names.name(key).view().substr(0, kNameShown))
                             : "an invalid name";
  const NodeIndex node = world_->IndexOf(key);
  return node == NodeIndex{} ? id : StrCat("node ", node.value, " (", id, ")");
}

std::string NodeLog::Introduction(NodeIndex node) const {
  const NodeInfo& info = world_->info(node);
  const State& s = world_->node(node)->state();
  const std::string role = s.i_am_primary()
                               ? StrCat("primary of ", s.peers.slot_count(s.myself), " slots")
                               : StrCat("replica of ", Name(s.my_primary()));
  return StrCat("node ", node.value, " of shard ", info.shard, ", id ",
                ToAbsl(s.peers.name(s.myself).view()), ", at ", info.ip, ":", info.port, "@",
                info.cport, "; a ", role, " that knows ", s.peers.size() - 1, " others");
}

// ---- What happens ----

void NodeLog::OnStart(const World& world) {
  world_ = &world;
  nodes_.resize(world.node_count());
  for (uint32_t i = 0; i < nodes_.size(); ++i) {
    const NodeIndex node{i};
    if (!filter_.Shows(node)) continue;
    append_(node, "");
    if (world.node(node) == nullptr || !filter_.Shows(ExtraEvent::kRestart)) continue;
    Say(world.now(), node, '*', "runs already: " + Introduction(node));
  }
}

void NodeLog::OnProcess(Instant at, NodeIndex node, ProcessChange change) {
  if (change == ProcessChange::kStarted) {
    ++nodes_[node.value].starts;
    return;
  }
  if (!filter_.Shows(ExtraEvent::kIncident)) return;
  switch (change) {
    case ProcessChange::kKilled:
      return Say(at, node, '#', "(simulator) the process ends");
    case ProcessChange::kHostLost:
      return Say(at, node, '#', "(simulator) the host is lost");
    case ProcessChange::kPaused:
      return Say(at, node, '#', "(simulator) the process is stopped");
    default:
      return Say(at, node, '#', "(simulator) the process goes on");
  }
}

void NodeLog::OnRestart(Instant at, NodeIndex node, bool with_disk) {
  if (!filter_.Shows(ExtraEvent::kRestart) || world_->node(node) == nullptr) return;
  Say(at, node, '*',
      StrCat("starts ",
             with_disk ? "with its nodes.conf: " : "without a nodes.conf: ", Introduction(node)));
}

void NodeLog::OnEvent(Instant at, NodeIndex node, const Event& event) {
  if (!filter_.Shows(event.type) || !filter_.Shows(node) || !filter_.Shows(at)) return;
  const std::string text = Text(node, event);
  if (!text.empty()) Say(at, node, LevelOf(event), text);
}

void NodeLog::OnEnd(Instant /*at*/) {
  for (uint32_t i = 0; i < nodes_.size(); ++i) HandOver(NodeIndex{i});
}

// ---- Words ----

std::string NodeLog::Text(NodeIndex node, const Event& event) const {
  const std::string subject = Name(event.subject);
  switch (event.type) {
    case EventType::kPfailSet:
      return StrCat(subject, " has not answered for ", event.value, " ms: PFAIL");
    case EventType::kPfailCleared:
      return StrCat(subject, " answers again: PFAIL no longer");
    case EventType::kFailSet:
      return event.other.valid()
                 ? StrCat(subject, " is FAIL, as ", Name(event.other), " says")
                 : StrCat(subject, " is FAIL: ", event.value, " reports make a quorum");
    case EventType::kFailCleared:
      return StrCat(subject, " is back: FAIL no longer");
    case EventType::kStateChanged: {
      if (event.value != 0) return "cluster state is ok";
      const auto reason = static_cast<StateReason>(event.epoch.value);
      return reason == StateReason::kMinority
                 ? "cluster state is fail: most primaries are out of reach"
                 : "cluster state is fail: not every slot is served";
    }
    case EventType::kPersistFailed:
      return "cannot save nodes.conf";
    case EventType::kSlotsLost:
      return StrCat("loses ", event.value, " slots that hold keys");
    default:
      break;
  }
  std::string text = ElectionText(event);
  if (text.empty()) text = MembershipText(node, event);
  return text.empty() ? LinkText(event) : text;
}

std::string NodeLog::ElectionText(const Event& event) const {
  const std::string subject = Name(event.subject);
  switch (event.type) {
    case EventType::kElectionScheduled:
      return StrCat("will ask for votes in ", event.value, " ms to replace ", subject);
    case EventType::kElectionDelayed:
      return StrCat("its rank among the replicas changed: waits ", event.value, " ms more");
    case EventType::kElectionStarted:
      return StrCat("asks for votes ", InEpoch(event), " to replace ", subject,
                    event.value != 0 ? " (manual failover)" : "");
    case EventType::kElectionExpired:
      return StrCat("gives up the election ", InEpoch(event), " with ", event.value, " votes");
    case EventType::kElectionRestarted:
      return StrCat("starts its election over: ", Name(event.other), " has a newer claim");
    case EventType::kElectionWon:
      return StrCat("wins the election ", InEpoch(event), " with ", event.value, " votes");
    case EventType::kCantFailover:
      return StrCat("cannot replace ", subject, " now: ", ToAbsl(CantFailoverText(event.value)));
    case EventType::kVoteGranted:
      return StrCat("votes for ", subject, " ", InEpoch(event));
    case EventType::kVoteRefused:
      return StrCat("refuses ", subject, " its vote ", InEpoch(event), ": ",
                    ToAbsl(RefusalText(event.value)));
    case EventType::kVoteReceived:
      return StrCat("has the vote of ", subject, ": ", event.value, " so far");
    case EventType::kPromoted:
      return StrCat("is a primary now, config epoch ", event.epoch.value, ", in place of ",
                    subject);
    case EventType::kManualFailoverStarted:
      return event.other.valid() ? StrCat("stops writes: ", Name(event.other), " asks to take over")
                                 : StrCat("begins a manual failover of ", subject);
    case EventType::kManualFailoverReady:
      return StrCat("has all data of ", subject, ", offset ", event.value);
    case EventType::kManualFailoverTimedOut:
      return "its manual failover ran out of time";
    default:
      return "";
  }
}

std::string NodeLog::MembershipText(NodeIndex node, const Event& event) const {
  const std::string subject = Name(event.subject);
  const std::string other = Name(event.other);
  const bool own = event.subject.valid() && world_->IndexOf(event.subject) == node;
  switch (event.type) {
    case EventType::kBecameReplica:
      return StrCat("is a replica of ", subject, " now",
                    event.other.valid() ? StrCat(", no longer of ", other) : "");
    case EventType::kReplicaMigrated:
      return StrCat("moves to ", subject, ", which has no replica, from ", other);
    case EventType::kRoleChanged:
      return event.other.valid() ? StrCat(subject, " is a replica of ", other, " now")
                                 : StrCat(subject, " is a primary now");
    case EventType::kSlotsChanged:
      return StrCat(own ? "owns " : StrCat(subject, " owns "), event.value, " slots more, ",
                    "config epoch ", event.epoch.value);
    case EventType::kConfigEpochChanged:
      return StrCat(own ? "its" : StrCat("the"), " config epoch ",
                    own ? "" : StrCat("of ", subject, " "), "is ", event.epoch.value, " now");
    case EventType::kCurrentEpochChanged:
      return StrCat("the current epoch is ", event.epoch.value, " now");
    case EventType::kEpochCollision:
      return StrCat("takes config epoch ", event.epoch.value, ": ", subject, " had the same as it");
    case EventType::kEpochRefused:
      return StrCat("passes over epoch ", event.epoch.value, " of ", subject, ": too far ahead");
    case EventType::kStaleIgnored:
      return StrCat("passes over an outdated claim of ", subject);
    case EventType::kNodeAdded:
      return StrCat("comes to know ", subject,
                    event.other.valid() ? StrCat(" through ", other) : "");
    case EventType::kNodeRemoved:
      return StrCat("forgets ", subject);
    case EventType::kNodeRefused:
      return StrCat("takes in no more nodes: one that ", other, " tells of");
    case EventType::kHandshakeStarted:
      return StrCat("begins a handshake with ", subject);
    case EventType::kHandshakeDone:
      return StrCat("has shaken hands with ", subject);
    case EventType::kHandshakeTimedOut:
      return StrCat("gives up the handshake with ", subject);
    case EventType::kAddressChanged:
      return own ? "has another address" : StrCat(subject, " has another address");
    default:
      return "";
  }
}

std::string NodeLog::LinkText(const Event& event) const {
  const std::string subject = Name(event.subject);
  switch (event.type) {
    case EventType::kIdMismatch:
      return StrCat(Name(event.other), " answers at the address of ", subject);
    case EventType::kLinkDown:
      return StrCat("the link ", event.value != 0 ? "from " : "to ", subject, " is down");
    case EventType::kLinkReset:
      return StrCat("connects to ", subject, " anew: its link is silent");
    case EventType::kLinkBufferExceeded:
      return StrCat("ends the link with ", subject, ": its send buffer is full");
    case EventType::kBadFrame:
      return StrCat("refuses a message of ", subject, ": ",
                    ToAbsl(FrameErrorName(static_cast<FrameError>(event.value))));
    case EventType::kUnknownSender:
      return StrCat("passes over a message (",
                    ToAbsl(MessageTypeName(static_cast<MessageType>(event.value))),
                    ") of a node that it does not know, ", subject);
    default:
      return "";
  }
}

}  // namespace gossamer::sim
