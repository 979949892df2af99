// Events: the core's only voice. What a node decided or noticed, as data, in the order in which it
// happened.
//
// Reports, checkers, logs and digests are made from events; the core itself never reads one back.
#ifndef GOSSAMER_CORE_CLUSTER_EVENT_H_
#define GOSSAMER_CORE_CLUSTER_EVENT_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/ids.h"

namespace gossamer {

// The comment gives the meaning of Event::subject, other, epoch and value; unnamed ones are unset.
enum class EventType : uint8_t {
  kPfailSet,      // subject: suspect; value: silent for ms
  kPfailCleared,  // subject
  kFailSet,  // subject; other: sender of the FAIL message or kNoKey for a quorum; value: reports
             // counted
  kFailCleared,        // subject
  kStateChanged,       // value: 1 ok, 0 fail; epoch: StateReason as a number
  kElectionScheduled,  // subject: failed primary; value: delay in ms
  kElectionDelayed,  // subject: failed primary; value: ms added (as a signed number) after a change
                     // of rank
  kElectionStarted,  // subject: failed primary; epoch; value: 1 for a manual failover
  kElectionExpired,  // subject: failed primary; epoch; value: votes received
  kElectionRestarted,  // other: the node with the newer claim
  kElectionWon,        // subject: failed primary; epoch; value: votes received
  kCantFailover,       // subject: primary; value: CantFailover as a number
  kVoteGranted,        // subject: candidate; epoch
  kVoteRefused,        // subject: candidate; epoch: of the request; value: VoteRefusal as a number
  kVoteReceived,       // subject: voter; epoch: of the voter's header; value: votes so far
  kPromoted,           // subject: old primary or kNoKey; epoch: new config epoch
  kBecameReplica,      // subject: new primary; other: old primary or kNoKey
  kRoleChanged,        // subject: peer; other: its primary or kNoKey
  kSlotsChanged,       // subject: new owner; epoch: its config epoch; value: number of slots gained
  kConfigEpochChanged,      // subject (a peer or myself); epoch: new
  kCurrentEpochChanged,     // epoch: new
  kEpochCollision,          // subject: peer with my config epoch; epoch: my new one
  kEpochRefused,            // subject: sender; epoch: claimed, too far ahead
  kStaleIgnored,            // subject: sender of an outdated role claim
  kNodeAdded,               // subject; other: who introduced it or kNoKey
  kNodeRemoved,             // subject
  kNodeRefused,             // subject: known by gossip only, table full; other: introducer
  kHandshakeStarted,        // subject: temporary key
  kHandshakeDone,           // subject: final key; other: temporary key (gone)
  kHandshakeTimedOut,       // subject: temporary key
  kIdMismatch,              // subject: whom the link was for; other: who answered
  kAddressChanged,          // subject
  kLinkDown,                // subject: peer or kNoKey; value: 1 inbound, 0 outbound
  kLinkReset,               // subject: peer; half-timeout reset
  kLinkBufferExceeded,      // subject: peer or kNoKey
  kManualFailoverStarted,   // subject: primary; value: ManualFailoverMode as a number
  kManualFailoverReady,     // subject: primary; value: offset reached
  kManualFailoverTimedOut,  //
  kReplicaMigrated,         // subject: orphaned primary; other: primary left
  kBadFrame,                // subject: peer or kNoKey; value: FrameError as a number
  kUnknownSender,  // subject: sender of a message that only known nodes may send; value: message
                   // type
  kPersistFailed,  // value: ticket
  kSlotsLost,      // value: number of slots with keys that I no longer own
};
inline constexpr size_t kEventTypes = static_cast<size_t>(EventType::kSlotsLost) + 1;

// The event's name in reports and files: "pfail-set".
std::string_view EventTypeName(EventType type);

enum class StateReason : uint8_t { kNone, kNotFullCoverage, kMinority };
enum class CantFailover : uint8_t { kNone, kDataAge, kWaitingDelay, kExpired, kWaitingVotes };
enum class VoteRefusal : uint8_t {
  kNotSafeToJoin,  // I restarted less than the writable delay ago
  kOldEpoch,       // request.currentEpoch below mine
  kAlreadyVoted,   // lastVoteEpoch is the current epoch
  kNotReplica,     // candidate is a primary, or its primary is unknown to me
  kPrimaryUp,      // its primary is not FAIL and the request does not force
  kRevoteLock,     // voted for this shard less than 2 T ago
  kStaleSlots,     // a claimed slot has an owner with a newer config epoch
  kNoLink,         // granted and spent, but there is no outbound link to carry it
};
std::string_view StateReasonName(StateReason reason);
std::string_view CantFailoverName(CantFailover reason);
std::string_view VoteRefusalName(VoteRefusal reason);

struct Event {
  EventType type = EventType::kPfailSet;
  NodeKey subject = {};
  NodeKey other = {};
  Epoch epoch = {};
  int64_t value = 0;

  friend bool operator==(const Event&, const Event&) = default;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_EVENT_H_
