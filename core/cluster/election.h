// Election: a replica of a failed primary asks the voting primaries to take its place.
//
// SOURCE: semantics spec section 8. Votes and election starts leave only after the epoch they use
// is durable.
#ifndef GOSSAMER_CORE_CLUSTER_ELECTION_H_
#define GOSSAMER_CORE_CLUSTER_ELECTION_H_

#include <cstdint>

#include "core/cluster/state.h"

namespace gossamer {

// One step of the replica's side; safe to call at any time.
void ElectionStep(Turn& t);
// The voter's side: an AUTH_REQUEST.
void HandleVoteRequest(Turn& t, NodeKey candidate, const Header& header);
// The candidate's side: an AUTH_ACK.
void HandleVote(Turn& t, NodeKey voter, const Header& header);
// Drops a running or scheduled election, so that the next step schedules a new one at once.
void RestartElection(Turn& t);
// I take my primary's place: slots, role, epoch (if `epoch` is above mine), broadcast.
void PromoteMyself(Turn& t, Epoch epoch);

// The delays' unit D in milliseconds: the option, or as the rules say. SOURCE: semantics spec
// section 16.
int64_t ElectionDelayBaseMs(const State& s);
int64_t ReplicaRank(const State& s);
int64_t FailedPrimaryRank(Turn& t);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_ELECTION_H_
