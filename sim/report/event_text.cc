#include "sim/report/event_text.h"

#include "core/cluster/event.h"

namespace gossamer::sim {

std::string_view CantFailoverText(int64_t reason) {
  switch (static_cast<CantFailover>(reason)) {
    case CantFailover::kDataAge:
      return "its data is too old";
    case CantFailover::kWaitingDelay:
      return "its delay is not over";
    case CantFailover::kExpired:
      return "its election expired";
    case CantFailover::kWaitingVotes:
      return "it waits for votes";
    case CantFailover::kNone:
      break;
  }
  return "nothing hinders it";
}

std::string_view RefusalText(int64_t reason) {
  switch (static_cast<VoteRefusal>(reason)) {
    case VoteRefusal::kNotSafeToJoin:
      return "the voter has just restarted";
    case VoteRefusal::kOldEpoch:
      return "the request's epoch is old";
    case VoteRefusal::kAlreadyVoted:
      return "the voter has voted in this epoch";
    case VoteRefusal::kNotReplica:
      return "the candidate is no replica to the voter";
    case VoteRefusal::kPrimaryUp:
      return "its primary is not FAIL to the voter";
    case VoteRefusal::kRevoteLock:
      return "the voter voted for this shard a moment ago";
    case VoteRefusal::kStaleSlots:
      return "a newer owner has one of its slots";
    case VoteRefusal::kNoLink:
      return "the voter has no link to it";
  }
  return "unknown";
}

}  // namespace gossamer::sim
