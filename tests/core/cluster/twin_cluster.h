// TwinCluster: members on hosts of their own, each with a twin that was restored from a snapshot.
//
// Over a perfect network of bytes, stepped by hand. A twin is told whatever its member is told;
// where the effects differ the test fails. For tests of snapshots.
#ifndef GOSSAMER_TESTS_CORE_CLUSTER_TWIN_CLUSTER_H_
#define GOSSAMER_TESTS_CORE_CLUSTER_TWIN_CLUSTER_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/cluster/cluster_node.h"

namespace gossamer {

inline ByteSpan SpanOf(const std::string& bytes) {
  return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

// One process: a node with tables of its own.
struct OneNodeHost {
  HostTables tables;
  std::unique_ptr<ClusterNode> node;
};

class TwinCluster {
 public:
  TwinCluster(int count, const Rules& rules);
  ~TwinCluster();

  ClusterOptions OptionsOf(int i) const;
  ClusterNode& node(int i) { return *members_[static_cast<size_t>(i)].host->node; }
  std::string NameOf(int i);
  Now now() const { return now_; }

  void Run(Duration length);
  void Command(int i, const std::vector<std::string>& words);
  void Data(int i, const DataFacts& facts);
  void Kill(int i);
  // Six members or more: MEETs them, and makes the first three primaries of all slots and the next
  // three their replicas. `between` is called in the midst of the handshakes.
  void Form(const std::function<void()>& between);

  // New twins for everybody, compared from here on. False when a snapshot is not restored, or not
  // to the same bytes.
  bool Restore();
  // True when every twin is in the state of its member.
  bool TwinsAreAlike();
  // Inputs that a member and its twin had, and those of them that had different effects.
  uint64_t compared() const { return compared_; }
  uint64_t different() const { return different_; }
  // What member 0 was sent lately.
  const std::deque<std::pair<LinkId, std::string>>& heard() const { return heard_; }

 private:
  struct Member {
    std::unique_ptr<OneNodeHost> host;
    std::unique_ptr<OneNodeHost> twin;
    uint32_t inbound = 0;
  };
  struct Wire {
    int a;  // who opened it
    int b;
    LinkId at_a;
    LinkId at_b;
    bool up = true;
  };
  using Told = std::function<void(OneNodeHost&, Effects*)>;

  int size() const { return static_cast<int>(members_.size()); }
  static std::string IpOf(int i) { return "10.0.0." + std::to_string(i + 1); }
  LinkPeer PeerOf(int i, int other) const;
  void Input(int i, const Told& input);
  void Tell(OneNodeHost* host, const Told& input, Effects* effects);
  void Execute(int i, Effects* effects);
  void Deliver(int from, int to, LinkId link, const std::string& bytes);
  void Connect(int from, const Open& open);
  // The end that `by` does not hold hears of it.
  void Down(Wire* wire, int by);
  Wire* Find(int i, LinkId link);
  void Drain();

  Rules rules_;
  ClusterOptions options_;
  Now now_{Instant{Seconds(1000).us}, WallTime{1767225600LL * 1000000}};
  std::vector<Member> members_;
  std::deque<Wire> wires_;
  std::deque<std::function<void()>> later_;
  std::deque<std::pair<LinkId, std::string>> heard_;
  uint64_t compared_ = 0;
  uint64_t different_ = 0;
};

}  // namespace gossamer

#endif  // GOSSAMER_TESTS_CORE_CLUSTER_TWIN_CLUSTER_H_
