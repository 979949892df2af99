#include "tools/gossamer_server/event_log.h"

#include <string>

#include "core/bus/codec.h"

namespace gossamer::server {
namespace {

// Puts names and numbers into texts.
class Words {
 public:
  Words(const ClusterNode& node, const Event& event) : node_(node), event_(event) {}

  std::string Name(NodeKey key) const {
    if (!key.valid()) return "nobody";
    const State& s = node_.state();
    std::string name = s.tables->pool.names().name(key).str();
    if (!s.peers.Contains(key)) return name;
    const PeerAddress& address = s.peers.facts(key).address;
    const std::string& called =
        address.human_nodename.empty() ? address.hostname : address.human_nodename;
    return called.empty() ? name : name + " (" + called + ")";
  }
  std::string Subject() const { return Name(event_.subject); }
  std::string Other() const { return Name(event_.other); }
  std::string Epoch() const { return std::to_string(event_.epoch.value); }
  std::string Value() const { return std::to_string(event_.value); }

 private:
  const ClusterNode& node_;
  const Event& event_;
};

std::string FailText(const Words& w, const Event& e) {
  if (e.other.valid()) return "FAIL message about " + w.Subject() + " from " + w.Other();
  return "Marking node " + w.Subject() + " as failing: " + w.Value() + " voters have reported it";
}

std::string StateText(const Event& e) {
  if (e.value != 0) return "Cluster state changed: ok";
  const auto reason = static_cast<StateReason>(e.epoch.value);
  return "Cluster state changed: fail (" + std::string(StateReasonName(reason)) + ")";
}

// Elections, votes and roles; empty for other events.
std::string FailoverText(const Words& w, const Event& e) {
  switch (e.type) {
    case EventType::kElectionScheduled:
      return "Election for the failed primary " + w.Subject() + " starts in " + w.Value() + " ms";
    case EventType::kElectionDelayed:
      return "Election delayed by " + w.Value() + " ms: the rank changed";
    case EventType::kElectionStarted:
      return "Asking for votes to replace " + w.Subject() + " in epoch " + w.Epoch();
    case EventType::kElectionExpired:
      return "Election of epoch " + w.Epoch() + " expired with " + w.Value() + " votes";
    case EventType::kElectionRestarted:
      return "Election restarted: " + w.Other() + " claims a newer epoch";
    case EventType::kElectionWon:
      return "Election won in epoch " + w.Epoch() + " with " + w.Value() + " votes";
    case EventType::kCantFailover:
      return "Cannot fail over: " +
             std::string(CantFailoverName(static_cast<CantFailover>(e.value)));
    case EventType::kVoteGranted:
      return "Vote granted to " + w.Subject() + " for epoch " + w.Epoch();
    case EventType::kVoteRefused:
      return "Vote refused to " + w.Subject() + " for epoch " + w.Epoch() + ": " +
             std::string(VoteRefusalName(static_cast<VoteRefusal>(e.value)));
    case EventType::kVoteReceived:
      return "Vote of " + w.Subject() + " received, " + w.Value() + " so far";
    case EventType::kPromoted:
      return "Promoted to primary with config epoch " + w.Epoch();
    case EventType::kBecameReplica:
      return "Now a replica of " + w.Subject();
    case EventType::kManualFailoverStarted:
      return "Manual failover of " + w.Subject() + " started";
    case EventType::kManualFailoverReady:
      return "Manual failover: caught up at offset " + w.Value();
    case EventType::kManualFailoverTimedOut:
      return "Manual failover timed out";
    case EventType::kReplicaMigrated:
      return "Migrating to the orphaned primary " + w.Subject() + " from " + w.Other();
    default:
      return "";
  }
}

std::string MembershipText(const Words& w, const Event& e) {
  switch (e.type) {
    case EventType::kRoleChanged:
      return e.other.valid() ? "Node " + w.Subject() + " is now a replica of " + w.Other()
                             : "Node " + w.Subject() + " is now a primary";
    case EventType::kSlotsChanged:
      return "Node " + w.Subject() + " took " + w.Value() + " slots with config epoch " + w.Epoch();
    case EventType::kConfigEpochChanged:
      return "Config epoch of " + w.Subject() + " is now " + w.Epoch();
    case EventType::kEpochCollision:
      return "Config epoch collision with " + w.Subject() + ": mine is now " + w.Epoch();
    case EventType::kNodeAdded:
      return "Node " + w.Subject() + " added" + (e.other.valid() ? ", told by " + w.Other() : "");
    case EventType::kNodeRemoved:
      return "Node " + w.Subject() + " removed";
    case EventType::kHandshakeStarted:
      return "Handshake with " + w.Subject() + " started";
    case EventType::kHandshakeDone:
      return "Handshake with " + w.Subject() + " completed";
    case EventType::kHandshakeTimedOut:
      return "Handshake with " + w.Subject() + " timed out";
    case EventType::kIdMismatch:
      return "Node " + w.Other() + " answers at the address of " + w.Subject();
    case EventType::kAddressChanged:
      return "Address of " + w.Subject() + " changed";
    case EventType::kStaleIgnored:
      return "Outdated message of " + w.Subject() + " ignored";
    case EventType::kUnknownSender:
      return "Message of type " + w.Value() + " from the unknown node " + w.Subject() + " ignored";
    case EventType::kBadFrame:
      return "Bad bytes on a bus link of " + w.Subject() + ": " +
             std::string(FrameErrorName(static_cast<FrameError>(e.value)));
    case EventType::kLinkReset:
      return "Link to " + w.Subject() + " given up: no answer for half the node timeout";
    case EventType::kLinkDown:
      return std::string(e.value != 0 ? "Inbound" : "Outbound") + " link of " + w.Subject() +
             " is down";
    default:
      return std::string(EventTypeName(e.type)) + " " + w.Subject();
  }
}

LogLevel LevelOf(EventType type) {
  switch (type) {
    case EventType::kLinkDown:
    case EventType::kStaleIgnored:
    case EventType::kCurrentEpochChanged:
    case EventType::kVoteReceived:
    case EventType::kElectionDelayed:
    case EventType::kHandshakeStarted:
      return LogLevel::kVerbose;
    case EventType::kEpochCollision:
    case EventType::kIdMismatch:
    case EventType::kBadFrame:
    case EventType::kNodeRefused:
    case EventType::kEpochRefused:
    case EventType::kLinkBufferExceeded:
    case EventType::kSlotsLost:
      return LogLevel::kWarning;
    default:
      return LogLevel::kNotice;
  }
}

}  // namespace

void LogEvent(const ClusterNode& node, const Event& event, Log* log) {
  const Words w(node, event);
  std::string text;
  switch (event.type) {
    case EventType::kPfailSet:
      text = "Node " + w.Subject() + " possibly failing: silent for " + w.Value() + " ms";
      break;
    case EventType::kPfailCleared:
      text = "Node " + w.Subject() + " answers again: no longer possibly failing";
      break;
    case EventType::kFailSet:
      text = FailText(w, event);
      break;
    case EventType::kFailCleared:
      text = "Clear FAIL state for node " + w.Subject() + ": it is reachable again";
      break;
    case EventType::kStateChanged:
      text = StateText(event);
      break;
    default:
      text = FailoverText(w, event);
      if (text.empty()) text = MembershipText(w, event);
  }
  log->Write(LevelOf(event.type), text);
}

}  // namespace gossamer::server
