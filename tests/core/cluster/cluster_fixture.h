// One cluster member in a test's hands: a table filled by hand, messages made by hand, effects to
// look at.
//
// The member under test is c.me(), named "m" unless the setup says otherwise; other nodes are added
// with a name, a role and slots, as if it had known them for long: linked both ways, answered a
// moment ago. Nothing happens by itself: the test moves the clock, calls inputs of the ClusterNode
// (Tick, Deliver, EndBatch, Run) or rule functions on c.turn(), and reads what came out.
//
//   Cluster c;                                             // rules "gossamer", T = 15 s, at 1000 s
//   const NodeKey b = c.AddPrimary("b", {{0, 8191}});
//   const NodeKey r = c.AddReplica("r", b);
//   c.GiveSlots(c.me(), {{8192, 16383}});
//   c.Deliver(b, MessageType::kPing);
//   EXPECT_EQ(c.SentTo(b, MessageType::kPong).size(), 1u);
#ifndef GOSSAMER_TESTS_CORE_CLUSTER_CLUSTER_FIXTURE_H_
#define GOSSAMER_TESTS_CORE_CLUSTER_CLUSTER_FIXTURE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/cluster_node.h"

namespace gossamer {

// `label` followed by zeros, so that names sort as their labels do. REQUIRES: [0-9a-z], at most 40
// characters.
NodeName NameOf(std::string_view label);
ShardId ShardOf(std::string_view label);
SlotSet SlotsOf(const std::vector<SlotRange>& ranges);
// The rules of that name. REQUIRES: they exist.
Rules RulesNamed(std::string_view name);

struct ClusterSetup {
  Rules rules = RulesNamed("gossamer");
  ClusterOptions options;
  std::string my_label = "m";
  uint64_t seed = 1;
  Now start = {Instant{1000 * 1000000ll}, WallTime{1700000000 * 1000000ll}};
};

class Cluster {
 public:
  using Edit = std::function<void(Message*)>;

  explicit Cluster(const ClusterSetup& setup = {});
  explicit Cluster(std::string_view rules);
  ~Cluster();

  ClusterNode& node() { return *node_; }
  State& s() { return node_->mutable_state(); }
  PeerTable& peers() { return s().peers; }
  const PeerFacts& facts(NodeKey key) { return s().peers.facts(key); }
  HostTables& tables() { return tables_; }
  NodeKey me() { return s().myself; }
  // The key of the node labelled `label`, known to the member or not. Stays valid for the life of
  // the fixture.
  NodeKey Key(std::string_view label);
  // The label of a key that the fixture made, else its name without trailing zeros.
  std::string Label(NodeKey key);

  // ---- The table. These change it directly: no event, no effect, no todo. ----

  NodeKey AddPrimary(std::string_view label, const std::vector<SlotRange>& slots = {},
                     uint64_t config_epoch = 0);
  // In its primary's shard; `offset` is what its headers say.
  NodeKey AddReplica(std::string_view label, NodeKey primary, int64_t offset = 100);
  void GiveSlots(NodeKey owner, const std::vector<SlotRange>& slots);
  void MakeMeReplicaOf(NodeKey primary, int64_t offset = 100);
  void SetEpochs(NodeKey node, uint64_t config_epoch);
  // What the options of both ends would announce.
  void SetAddress(NodeKey node, const PeerAddress& address);
  void Link(NodeKey node);
  void Unlink(NodeKey node);
  // `node` was silent for `age`: unanswered ping, old pong, no data.
  void Silence(NodeKey node, Duration age);
  // Counts voters as the member's own bookkeeping does, so that the quorum is right, and declares
  // the state ok.
  void SettleHealth();

  // ---- Time ----

  Now now() const { return now_; }
  MonoMs ms() const { return now_.mono.us / 1000; }
  void Advance(Duration d);
  // Runs the cron at each of its deadlines until `d` has passed, ends each batch, and reports every
  // save as done.
  void Run(Duration d);

  // ---- Inputs ----

  // A turn over the state, for calling rules directly.
  Turn turn() { return Turn(s(), now_, &effects_); }
  void Tick() { node_->Tick(now_, &effects_); }
  void EndBatch() { node_->EndBatch(now_, &effects_); }
  // Reports the Persist effects that were not reported yet as done.
  void FinishSaves();
  CommandReply Command(const std::vector<std::string>& words,
                       const std::vector<SlotKeys>& keys = {});

  // A message whose header says of `from` what the member believes of it; `edit` may change all of
  // it.
  MessageRef Make(NodeKey from, MessageType type, const Edit& edit = nullptr);
  // Hands over a message on the link where its type belongs: a PONG on the member's own link, the
  // rest on the peer's.
  void Deliver(NodeKey from, MessageType type, const Edit& edit = nullptr);
  void DeliverOn(LinkId link, const MessageRef& message);
  LinkId out_link(NodeKey node) { return peers().out_link(node); }
  LinkId in_link(NodeKey node) { return peers().in_link(node); }
  // An accepted connection that nobody has spoken on.
  LinkId Accept();

  // ---- Effects since the last ClearEffects ----

  Effects& effects() { return effects_; }
  void ClearEffects() { effects_.Clear(); }
  // All effects of one kind, in order.
  template <class T>
  std::vector<T> All() const {
    std::vector<T> found;
    for (const Effect& effect : effects_.list()) {
      if (const T* one = std::get_if<T>(&effect)) found.push_back(*one);
    }
    return found;
  }
  std::vector<Event> Events(EventType type) const;
  bool HasEvent(EventType type) const { return !Events(type).empty(); }
  // Names of all events, in order.
  std::vector<std::string> EventNames() const;
  std::vector<Send> Sends(MessageType type) const;
  // Messages of that type on links that belong (or belonged when made here) to `node`.
  std::vector<MessageRef> SentTo(NodeKey node, MessageType type);

 private:
  NodeKey AddPeer(std::string_view label, PeerFacts facts, uint16_t flags);
  PeerFacts NewFacts(std::string_view label);
  LinkPeer PeerOf(NodeKey node);
  void FillHeartbeat(NodeKey from, Message* message);

  HostTables tables_;
  ClusterOptions options_;
  Now now_;
  Effects effects_;
  std::map<std::string, NodeKey, std::less<>> keys_;
  std::map<uint32_t, NodeKey> link_peers_;  // by link id
  uint32_t next_inbound_ = 0;
  uint16_t next_port_ = 7000;
  Ticket reported_;
  std::unique_ptr<ClusterNode> node_;
};

}  // namespace gossamer

#endif  // GOSSAMER_TESTS_CORE_CLUSTER_CLUSTER_FIXTURE_H_
