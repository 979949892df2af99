// MiniCluster: a handful of ClusterNodes joined by a perfect network without latency, stepped by
// hand.
//
// The smallest host that obeys the core's contract: effects in order, one input at a time, persists
// at once, messages delivered in the order in which they were sent. For tests that need several
// nodes and no simulator.
#ifndef GOSSAMER_TESTS_CORE_CLUSTER_MINI_CLUSTER_H_
#define GOSSAMER_TESTS_CORE_CLUSTER_MINI_CLUSTER_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/cluster/cluster_node.h"

namespace gossamer {

class MiniCluster {
 public:
  // `count` blank nodes under `rules`, all with `options` and addresses of their own.
  MiniCluster(int count, const Rules& rules, ClusterOptions options, uint64_t seed = 1);
  ~MiniCluster();

  // Moves the clocks by `step` at a time until `length` has passed, ticking every running node.
  void Run(Duration length, Duration step = Millis(20));
  // Runs until done() holds. False when `limit` passed first.
  bool RunUntil(const std::function<bool()>& done, Duration limit);

  // CLUSTER `words` on node `i`.
  CommandReply Command(int i, std::vector<std::string> words);
  // MEETs everybody, gives each of the first `primaries` nodes its share of slots, makes the others
  // their replicas, and waits until all agree. CHECKs that it works.
  void Form(int primaries);

  void Kill(int i);
  // Starts a killed node again from what it would have saved.
  void Restart(int i);
  // Replaces node `i`, which knows nobody yet, by one that starts from `conf`.
  void Load(int i, const NodesConf& conf);
  // Nothing passes between a and b, both ways; connections stay up and silent.
  void Cut(int a, int b) { cuts_[{std::min(a, b), std::max(a, b)}] = true; }
  void Heal() { cuts_.clear(); }
  void JumpWall(Duration jump) { now_.wall = now_.wall + jump; }
  // Delivers `message` to node `to` as if `from` had sent it: on the link that `from` opened, or,
  // as an answer, on the one that `to` opened. No effect without that link.
  void Inject(int from, int to, const MessageRef& message, bool answer = false);
  // Breaks the link that `from` opened to `to`, as both ends see it.
  void Break(int from, int to);

  ClusterNode& node(int i) { return *members_[i].node; }
  const State& state(int i) { return members_[i].node->state(); }
  bool running(int i) const { return members_[i].node != nullptr; }
  NodeKey key(int i) { return state(i).myself; }
  int size() const { return static_cast<int>(members_.size()); }
  Now now() const { return now_; }
  HostTables& tables() { return tables_; }
  // Every event so far, with the node that emitted it.
  const std::vector<std::pair<int, Event>>& events() const { return events_; }
  int CountEvents(EventType type) const;
  std::vector<std::pair<int, Effect>>& other_effects() { return other_effects_; }

 private:
  struct Connection {
    int a;  // who opened it
    int b;
    LinkId at_a;
    LinkId at_b;
    bool up = true;
  };
  struct Member {
    std::unique_ptr<ClusterNode> node;
    ClusterOptions options;
    std::optional<NodesConf> saved;
    uint32_t inbound_slots = 0;
    uint32_t generation = 0;
  };
  struct Delivery {
    int to;
    LinkId link;
    int from;
    MessageRef message;
  };

  void Start(int i, const std::optional<NodesConf>& conf);
  // Calls `input` on a running node, then executes its effects and those that follow from them.
  void Input(int i, const std::function<void(ClusterNode&, Effects*)>& input);
  void Execute(int i, Effects* effects);
  void Connect(int from, const Open& open);
  void CloseLink(int i, LinkId link);
  void Drain();
  Connection* Find(int i, LinkId link);
  LinkPeer PeerOf(int i, int other) const;
  bool IsCut(int a, int b) const { return cuts_.count({std::min(a, b), std::max(a, b)}) > 0; }
  static std::string IpOf(int i) { return "10.0.0." + std::to_string(i + 1); }

  HostTables tables_;
  Rules rules_;
  uint64_t seed_;
  Now now_;
  std::vector<Member> members_;
  std::vector<Connection> connections_;
  std::map<std::pair<int, int>, bool> cuts_;
  std::deque<Delivery> queue_;
  std::deque<std::function<void()>> later_;  // connects and closes, after the current input
  std::vector<std::pair<int, Event>> events_;
  std::vector<std::pair<int, Effect>> other_effects_;
};

}  // namespace gossamer

#endif  // GOSSAMER_TESTS_CORE_CLUSTER_MINI_CLUSTER_H_
