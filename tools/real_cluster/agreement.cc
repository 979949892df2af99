#include "tools/real_cluster/agreement.h"

#include <map>

#include "core/bus/types.h"

namespace gossamer::real {
namespace {

const NodesConfNode* Myself(const NodeView& view) {
  const size_t at = view.conf.myself();
  return at < view.conf.nodes.size() ? &view.conf.nodes[at] : nullptr;
}

const NodesConfNode* Find(const NodeView& view, NodeName name) {
  for (const NodesConfNode& node : view.conf.nodes) {
    if (node.name == name) return &node;
  }
  return nullptr;
}

std::string What(const NodeView& view, const NodeView& other, const char* what) {
  return "node " + std::to_string(view.node) + " sees " + what + " of node " +
         std::to_string(other.node) + " otherwise than itself";
}

// A replica's epoch is shown as its primary's by some and as its own by others.
std::string Compare(const NodeView& view, const NodeView& other, const NodesConfNode& own) {
  const NodesConfNode* seen = Find(view, own.name);
  if (seen == nullptr) {
    return "node " + std::to_string(view.node) + " does not know node " +
           std::to_string(other.node);
  }
  const bool primary = !own.replicaof.has_value();
  if (seen->replicaof != own.replicaof) return What(view, other, "the role");
  if (seen->slots != own.slots) return What(view, other, "the slots");
  if (primary && seen->config_epoch != own.config_epoch) return What(view, other, "the epoch");
  return {};
}

std::string TroubleWith(const NodeView& view, const NodeView& other, const NodesConfNode& own) {
  constexpr uint16_t kTrouble = flag::kPfail | flag::kFail | flag::kHandshake | flag::kNoAddr;
  const NodesConfNode* seen = Find(view, own.name);
  const std::string nodes =
      "node " + std::to_string(view.node) + " and node " + std::to_string(other.node);
  if (seen == nullptr) return nodes + " do not know each other";
  if ((seen->flags & kTrouble) != 0) return nodes + " do not trust each other yet";
  if (&view != &other && !seen->connected) return nodes + " are not connected";
  return {};
}

template <class Check>
std::string FirstOf(const std::vector<NodeView>& views, Check check) {
  for (const NodeView& other : views) {
    const NodesConfNode* own = Myself(other);
    if (own == nullptr) return "node " + std::to_string(other.node) + " does not know itself";
    for (const NodeView& view : views) {
      std::string text = check(view, other, *own);
      if (!text.empty()) return text;
    }
  }
  return {};
}

}  // namespace

std::string Disagreement(const std::vector<NodeView>& views) { return FirstOf(views, Compare); }

std::string Unrest(const std::vector<NodeView>& views) { return FirstOf(views, TroubleWith); }

}  // namespace gossamer::real
