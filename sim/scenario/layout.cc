#include "sim/scenario/layout.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "core/base/strings.h"
#include "core/bus/types.h"
#include "sim/scenario/schema_table.h"

namespace gossamer::sim {
namespace {

constexpr size_t kLeastOfId = 4;
constexpr std::string_view kBlanks = " \t\r";

std::string_view Trimmed(std::string_view line) {
  const size_t first = line.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
}

// "$1549" and "=1548" stand before a reply on the wire, "txt:" before its text.
bool IsLength(std::string_view line) {
  return line.size() > 1 && (line[0] == '$' || line[0] == '=') &&
         line.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

// The same lines without what surrounds them. An empty line within stays, so that errors name the
// right one.
std::string Cleaned(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = Trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (out.empty() && (line.empty() || IsLength(line))) continue;
    if (out.empty() && line.starts_with("txt:")) line.remove_prefix(4);
    out += std::string(line) + "\n";
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

bool HasVars(std::string_view text) {
  return text.starts_with("vars ") || text.find("\nvars ") != std::string_view::npos;
}

bool Runs(const NodesConfNode& node) { return (node.flags & flag::kNoAddr) == 0; }

// Of the benchmarking range (RFC 2544), which no cluster uses.
IpText SpareIp(size_t index) {
  return IpText::From("198.18." + std::to_string(index / 256 % 256) + "." +
                      std::to_string(index % 256));
}

std::string AddressOf(const NodesConfNode& node) {
  return std::string(node.address.endpoint.ip.view()) + ":" +
         std::to_string(node.address.endpoint.port);
}

absl::Status Check(const NodesConf& layout, std::string_view file) {
  std::map<std::pair<std::string, uint16_t>, NodeName> buses;
  size_t running = 0;
  for (const NodesConfNode& node : layout.nodes) {
    if (!Runs(node)) continue;
    ++running;
    const auto bus =
        std::pair(std::string(node.address.endpoint.ip.view()), node.address.endpoint.cport);
    const auto [other, added] = buses.emplace(bus, node.name);
    if (added) continue;
    return absl::InvalidArgumentError(ToAbsl(std::string(file) + ": nodes " + other->second.str() +
                                             " and " + node.name.str() + " have one address, " +
                                             bus.first + "@" + std::to_string(bus.second)));
  }
  if (running == 0) return absl::InvalidArgumentError(ToAbsl(std::string(file) + ": no node"));
  if (running > static_cast<size_t>(kMaxScenarioNodes)) {
    return absl::InvalidArgumentError(ToAbsl(std::string(file) + ": " + std::to_string(running) +
                                             " nodes, at most " +
                                             std::to_string(kMaxScenarioNodes)));
  }
  return absl::OkStatus();
}

// Lines of primaries by their first slot.
std::vector<size_t> Primaries(const NodesConf& layout) {
  std::vector<size_t> lines;
  for (size_t i = 0; i < layout.nodes.size(); ++i) {
    if (!layout.nodes[i].replicaof.has_value()) lines.push_back(i);
  }
  const auto rank = [&](size_t line) {
    const NodesConfNode& node = layout.nodes[line];
    uint32_t first = kSlots;
    for (const SlotRange& range : node.slots) first = std::min<uint32_t>(first, range.first);
    return std::pair(first, node.name);
  };
  std::sort(lines.begin(), lines.end(), [&](size_t a, size_t b) { return rank(a) < rank(b); });
  return lines;
}

}  // namespace

absl::StatusOr<NodesConf> ParseLayout(std::string_view text, std::string_view file) {
  const std::string lines = Cleaned(text);
  auto layout = HasVars(lines) ? ParseNodesConf(lines, file) : ParseClusterNodesText(lines, file);
  if (!layout.ok()) return layout;
  std::erase_if(layout->nodes,
                [](const NodesConfNode& node) { return (node.flags & flag::kHandshake) != 0; });
  for (size_t i = 0; i < layout->nodes.size(); ++i) {
    NodesConfNode& node = layout->nodes[i];
    if (Runs(node) && node.address.endpoint.ip.view().empty()) {
      node.address.endpoint.ip = SpareIp(i);
    }
  }
  if (absl::Status status = Check(*layout, file); !status.ok()) return status;
  return layout;
}

std::vector<LayoutNode> RunningNodes(const NodesConf& layout) {
  std::map<NodeName, int64_t> shards;
  std::vector<LayoutNode> nodes;
  for (const size_t line : Primaries(layout)) {
    const auto shard = static_cast<int64_t>(shards.size());
    shards.emplace(layout.nodes[line].name, shard);
    if (Runs(layout.nodes[line])) nodes.push_back({line, shard, true});
  }
  const size_t primaries = nodes.size();
  for (size_t i = 0; i < layout.nodes.size(); ++i) {
    const NodesConfNode& node = layout.nodes[i];
    if (!node.replicaof.has_value() || !Runs(node)) continue;
    // A replica of a replica, as while roles change, counts to that one's shard.
    NodeName primary = *node.replicaof;
    for (const NodesConfNode& other : layout.nodes) {
      if (other.name == primary && other.replicaof.has_value()) primary = *other.replicaof;
    }
    const auto shard = shards.emplace(primary, static_cast<int64_t>(shards.size())).first;
    nodes.push_back({i, shard->second, false});
  }
  std::stable_sort(nodes.begin() + static_cast<std::ptrdiff_t>(primaries), nodes.end(),
                   [](const LayoutNode& a, const LayoutNode& b) { return a.shard < b.shard; });
  return nodes;
}

int64_t ShardCount(const NodesConf& layout) {
  int64_t shards = static_cast<int64_t>(Primaries(layout).size());
  for (const LayoutNode& node : RunningNodes(layout)) shards = std::max(shards, node.shard + 1);
  return shards;
}

SlotSet OwnedSlots(const NodesConf& layout) {
  SlotSet owned;
  for (const NodesConfNode& node : layout.nodes) {
    for (const SlotRange& range : node.slots) owned.SetRange(range);
  }
  return owned;
}

std::optional<size_t> FindLayoutNode(const NodesConf& layout, const std::vector<LayoutNode>& nodes,
                                     std::string_view text) {
  std::optional<size_t> found;
  for (size_t i = 0; i < nodes.size(); ++i) {
    const NodesConfNode& node = layout.nodes[nodes[i].line];
    const bool by_id = text.size() >= kLeastOfId && node.name.view().starts_with(text);
    const bool means =
        by_id || text == AddressOf(node) ||
        (!text.empty() && (text == node.address.hostname || text == node.address.human_nodename));
    if (!means) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

}  // namespace gossamer::sim
