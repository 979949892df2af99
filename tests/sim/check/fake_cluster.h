// FakeCluster: node tables without nodes, for checkers and reports that are fed events by hand.
//
// Node s is the primary of shard s, its replicas follow after all primaries, as in a world. Every
// node starts with the same, formed view. Tests then change single views and call the observer
// under test.
#ifndef GOSSAMER_TESTS_SIM_CHECK_FAKE_CLUSTER_H_
#define GOSSAMER_TESTS_SIM_CHECK_FAKE_CLUSTER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/rng.h"
#include "core/bus/message_pool.h"
#include "core/cluster/peer_facts.h"
#include "core/cluster/peer_table.h"
#include "sim/check/cluster_probe.h"
#include "sim/model/observer.h"

namespace gossamer::sim {

class FakeCluster : public ClusterProbe {
 public:
  struct Node {
    NodeKey key;
    int64_t shard = 0;
    bool live = true;
    bool runs = true;
    bool ok = true;
    Epoch current{100};
    Epoch last_vote;
    std::unique_ptr<PeerTable> peers;
  };

  FakeCluster(uint32_t shards, uint32_t replicas_per_shard)
      : shards_(shards), nodes_(shards * (1 + replicas_per_shard)) {
    for (uint32_t i = 0; i < nodes_.size(); ++i) {
      const std::string digits = std::to_string(1000 + i);
      NodeName name = *NodeName::Parse(std::string(40 - digits.size(), 'a') + digits);
      nodes_[i].key = pool_.names().Intern(name);
      nodes_[i].shard = i < shards ? i : (i - shards) / replicas_per_shard;
    }
    for (uint32_t i = 0; i < nodes_.size(); ++i) {
      nodes_[i].peers = std::make_unique<PeerTable>(&pool_.names(), &facts_, true, Rng(i), 0);
      for (uint32_t j = 0; j < nodes_.size(); ++j) {
        nodes_[i].peers->Add(nodes_[j].key, InitialFacts(j),
                             j < shards ? flag::kPrimary : flag::kReplica, 0);
      }
      nodes_[i].peers->SetMyself(nodes_[i].key);
    }
  }
  ~FakeCluster() override { nodes_.clear(); }

  Node& at(uint32_t node) { return nodes_[node]; }
  PeerTable& peers(uint32_t node) { return *nodes_[node].peers; }
  NodeKey key(uint32_t node) const { return nodes_[node].key; }
  MessagePool& pool() { return pool_; }

  SlotSetRef SlotsOfShard(uint32_t shard) {
    SlotSet slots;
    slots.SetRange({static_cast<Slot>(shard * kSlots / shards_),
                    static_cast<Slot>((shard + 1) * kSlots / shards_ - 1)});
    return pool_.slot_sets().Intern(slots);
  }
  // In `observer`'s view, `replica` replicates from `primary` and owns nothing.
  void MakeReplica(uint32_t observer, uint32_t replica, uint32_t primary) {
    PeerTable& table = peers(observer);
    table.EditFacts(key(replica), [&](PeerFacts* facts) {
      facts->replicaof = key(primary);
      facts->slots = pool_.slot_sets().empty();
    });
    table.ClearFlags(key(replica), flag::kPrimary);
    table.SetFlags(key(replica), flag::kReplica);
  }
  // In `observer`'s view, `winner` took over from `old`, which becomes its replica, with config
  // epoch `epoch`.
  void FailOver(uint32_t observer, uint32_t old, uint32_t winner, uint64_t epoch) {
    PeerTable& table = peers(observer);
    const SlotSetRef slots = table.facts(key(old)).slots;
    table.EditFacts(key(winner), [&](PeerFacts* facts) {
      facts->replicaof = kNoKey;
      facts->slots = slots;
      facts->config_epoch = Epoch{epoch};
    });
    table.ClearFlags(key(winner), flag::kReplica);
    table.SetFlags(key(winner), flag::kPrimary);
    table.EditFacts(key(old), [&](PeerFacts* facts) { facts->slots = pool_.slot_sets().empty(); });
  }

  size_t node_count() const override { return nodes_.size(); }
  bool live(NodeIndex node) const override { return nodes_[node.value].live; }
  NodeIndex IndexOf(NodeKey key) const override {
    for (uint32_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].key == key) return NodeIndex{i};
    }
    return {};
  }
  Duration node_timeout() const override { return Seconds(15); }
  int64_t shard(NodeIndex node) const override { return nodes_[node.value].shard; }
  const PeerTable* peers(NodeIndex node) const override {
    return nodes_[node.value].runs ? nodes_[node.value].peers.get() : nullptr;
  }
  OwnEpochs epochs(NodeIndex node) const override {
    const Node& n = nodes_[node.value];
    return {n.current, n.last_vote, n.peers->facts(n.key).config_epoch, n.peers->IsPrimary(n.key)};
  }
  uint32_t size(NodeIndex node) const override {
    uint32_t voting = 0;
    for (const Node& n : nodes_) voting += nodes_[node.value].peers->IsVoting(n.key) ? 1 : 0;
    return voting;
  }
  bool state_ok(NodeIndex node) const override { return nodes_[node.value].ok; }
  NodeKey slot_owner(NodeIndex node, Slot slot) const override {
    const PeerTable& table = *nodes_[node.value].peers;
    for (const Node& n : nodes_) {
      if (table.Contains(n.key) && table.facts(n.key).slots->set().test(slot)) return n.key;
    }
    return kNoKey;
  }

 private:
  PeerFacts InitialFacts(uint32_t node) {
    PeerFacts facts;
    facts.slots = node < shards_ ? SlotsOfShard(node) : pool_.slot_sets().empty();
    facts.config_epoch = Epoch{node < shards_ ? node + 1 : 0};
    if (node >= shards_) {
      facts.replicaof = nodes_[static_cast<size_t>(nodes_[node].shard)].key;
    }
    return facts;
  }

  uint32_t shards_;
  MessagePool pool_;
  PeerFactsTable facts_;
  std::vector<Node> nodes_;
};

// Instants in the tests are written in seconds.
constexpr Instant At(int64_t seconds) { return Instant{seconds * 1000000}; }

// A vote or a request for one, as OnVoteSent sees it.
inline MessageRef VoteMessage(FakeCluster& cluster, MessageType type, uint32_t sender,
                              uint64_t epoch) {
  Message* message = cluster.pool().Make(type);
  message->header.sender = cluster.key(sender);
  message->header.current_epoch = Epoch{epoch};
  return cluster.pool().Seal(message);
}

}  // namespace gossamer::sim

#endif  // GOSSAMER_TESTS_SIM_CHECK_FAKE_CLUSTER_H_
