#include "sim/check/cluster_probe.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/cluster/cluster_node.h"
#include "sim/model/world.h"

namespace gossamer::sim {
namespace {

class WorldProbe : public ClusterProbe {
 public:
  explicit WorldProbe(const World& world) : world_(world) {}

  size_t node_count() const override { return world_.node_count(); }
  bool live(NodeIndex node) const override { return world_.live(node); }
  NodeIndex IndexOf(NodeKey key) const override {
    return key.valid() ? world_.IndexOf(key) : NodeIndex{};
  }
  Duration node_timeout() const override {
    for (uint32_t i = 0; i < world_.node_count(); ++i) {
      if (const ClusterNode* node = world_.node(NodeIndex{i})) {
        return node->state().options.node_timeout;
      }
    }
    return ClusterOptions{}.node_timeout;
  }
  int64_t shard(NodeIndex node) const override { return world_.info(node).shard; }

  const PeerTable* peers(NodeIndex node) const override {
    const ClusterNode* core = world_.node(node);
    return core == nullptr ? nullptr : &core->state().peers;
  }
  OwnEpochs epochs(NodeIndex node) const override {
    const State& s = world_.node(node)->state();
    return {s.current_epoch, s.last_vote_epoch, s.peers.facts(s.myself).config_epoch,
            s.i_am_primary()};
  }
  uint32_t size(NodeIndex node) const override { return world_.node(node)->state().health.size; }
  bool state_ok(NodeIndex node) const override { return world_.node(node)->state().health.ok; }
  NodeKey slot_owner(NodeIndex node, Slot slot) const override {
    return world_.node(node)->state().slots.owner(slot);
  }

 private:
  const World& world_;
};

}  // namespace

std::unique_ptr<ClusterProbe> ProbeOf(const World& world) {
  return std::make_unique<WorldProbe>(world);
}

std::string NodeText(NodeIndex node) {
  return node == NodeIndex{} ? "an unknown node" : absl::StrCat("node ", node.value);
}

std::string TimeText(Instant at) {
  return absl::StrFormat("%d.%03d s", at.us / 1000000, at.us / 1000 % 1000);
}

}  // namespace gossamer::sim
