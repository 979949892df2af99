#include "sim/scenario/node_names.h"

#include <algorithm>
#include <cstdint>

#include "core/base/strings.h"
#include "sim/scenario/layout.h"

namespace gossamer::sim {
namespace {

constexpr size_t kIdShown = 8;
constexpr std::string_view kNode = "node ";

std::string NameOf(const NodesConfNode& node) {
  const PeerAddress& address = node.address;
  std::string name = address.human_nodename;
  if (name.empty()) {
    name = address.hostname.empty() ? std::string(address.endpoint.ip.view()) : address.hostname;
    name += ":" + std::to_string(address.endpoint.port);
  }
  // The file may hold any bytes.
  for (char& c : name) {
    if (c <= ' ' || c > '~') c = '?';
  }
  return std::string(node.name.view().substr(0, kIdShown)) + " " + name;
}

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

}  // namespace

NodeNames::NodeNames(const Scenario& scenario) {
  if (scenario.layout == nullptr) return;
  for (const LayoutNode& node : RunningNodes(*scenario.layout)) {
    names_.push_back(NameOf(scenario.layout->nodes[node.line]));
  }
}

std::string_view NodeNames::Of(size_t node) const {
  return node < names_.size() ? std::string_view(names_[node]) : std::string_view();
}

std::string NodeNames::Text(size_t node) const {
  const std::string text = std::string(kNode) + std::to_string(node);
  return Of(node).empty() ? text : text + " (" + std::string(Of(node)) + ")";
}

std::string NodeNames::Named(std::string_view text) const {
  std::string out;
  while (!names_.empty()) {
    const size_t at = text.find(kNode);
    if (at == std::string_view::npos) break;
    const bool word = at == 0 || !IsWordCharacter(text[at - 1]);
    const size_t digits = at + kNode.size();
    const size_t end = std::min(text.find_first_not_of("0123456789", digits), text.size());
    uint64_t node = 0;
    const bool named =
        word && ParseU64(text.substr(digits, end - digits), &node) && !Of(node).empty();
    out += named ? std::string(text.substr(0, at)) + Text(node) : std::string(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out + std::string(text);
}

}  // namespace gossamer::sim
