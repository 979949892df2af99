// FormedStart: states of members of a cluster that has been running for long, made without running
// it.
//
// For hosts that begin with a steady state: simulators, benchmarks, tests. The description is
// shared by all members, so that N members of N rows each cost N² small writes and no more. A
// spread start draws what is spread in a steady state (pong ages per pair or, where gossip sets
// them, per member; phases of the crons, table orders); an even one gives every pair the same age.
#ifndef GOSSAMER_CORE_CLUSTER_FORMED_START_H_
#define GOSSAMER_CORE_CLUSTER_FORMED_START_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/ids.h"
#include "core/base/rng.h"
#include "core/base/time.h"
#include "core/cluster/state.h"

namespace gossamer {

// One member as all members know it.
struct FormedMember {
  NodeKey key;
  PeerFactsRef facts;
  uint16_t flags = 0;  // role, MIGRATE_TO, capabilities; without MYSELF
  int64_t repl_offset = 0;
  // How long ago the others, but for a few, heard of its last pong by gossip, which has whole
  // seconds of the wall clock. Nothing: each of them heard a pong of its own.
  std::optional<Duration> pong_age;
};

struct FormedCluster {
  std::vector<FormedMember> members;  // every primary before the first of its replicas
  SlotMap slots;                      // in agreement with the members' facts
  Epoch current_epoch;
  bool linked =
      true;  // all pairs have their links, the state is ok; else links are yet to be opened
  // Pong ages of members without one: uniform in a ping interval; else zero.
  bool spread = true;
};

// The ids under which member `self` knows its links to and from member `peer`: slots by rising
// index of the peer. REQUIRES: self != peer.
LinkId FormedOutLink(size_t self, size_t peer);
LinkId FormedInLink(size_t self, size_t peer);

// Turns *state into that of member `self`. REQUIRES: *state is fresh, knows only itself, and is
// called as the member.
void FillFormedState(const FormedCluster& cluster, size_t self, Now now, Rng rng, State* state);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_FORMED_START_H_
