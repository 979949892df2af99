// replication_tree: in every live node's table, following replicaof ends at a node that is no
// replica, after few steps.
//
// A replica of a replica is a passing state: a failover is heard of before the siblings have moved.
// A cycle is never one: the rules that find a node's primary would run for ever, and no slot of
// that shard would have an owner. So a claim that would close a cycle must be recognised as stale,
// or as the failover that it is. SOURCE: semantics spec sections 7.2 and 18 (I4; bugs 2, 3, 7, 8,
// 9).
//
// Looked at once a virtual second, for the nodes whose table changed a role since, and at the end
// for all. A table that changed in any other way is looked at every kSlowLook seconds, in case no
// event told of it.
#ifndef GOSSAMER_SIM_CHECK_REPLICATION_TREE_H_
#define GOSSAMER_SIM_CHECK_REPLICATION_TREE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/check/checker.h"

namespace gossamer::sim {

class ReplicationTree : public Checker {
 public:
  // Steps from a replica to a primary. Each needs a failover of the same shard that the observer
  // has not heard of in full.
  static constexpr int kMaxDepth = 4;
  static constexpr uint64_t kSlowLook = 16;

  std::string_view name() const override { return "replication_tree"; }
  std::string_view rule() const override {
    return "in every live node's view, replicaof is acyclic and its chains are short";
  }
  void OnEvent(Instant at, NodeIndex node, const Event& event) override;
  void OnSecond(Instant at) override;
  void OnEnd(Instant at) override;

 private:
  void Begin() override;
  void Look(Instant at, NodeIndex node);
  // True when the chain from `replica` is sound.
  bool CheckChain(Instant at, NodeIndex node, const PeerTable& peers, NodeKey replica);

  uint64_t seconds_ = 0;
  std::vector<uint64_t> version_;  // by node: PeerTable::version at the last look
  std::vector<bool> role_event_;   // by node: a role changed since then
  std::vector<bool> broken_;       // by node: at the last look, so that it is said once
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_CHECK_REPLICATION_TREE_H_
