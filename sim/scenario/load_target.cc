#include <algorithm>
#include <utility>

#include "core/cluster/nodes_conf.h"
#include "sim/scenario/layout.h"
#include "sim/scenario/load_parts.h"
#include "sim/scenario/units.h"

namespace gossamer::sim {
namespace {

// Digits alone are an index, unless they are as long as the beginning of an id.
constexpr size_t kLeastIdLength = 12;

// The position of the word under `key` in the key's own list of words, which an enum mirrors; 0
// without the key.
template <class Enum>
bool ReadEnum(const MapReader& reader, Section section, std::string_view key, Enum* out) {
  std::string word;
  if (!reader.Read(key, &word)) return !reader.Has(key);
  const std::vector<std::string_view> words = SchemaSection(section).Find(key)->words();
  *out = static_cast<Enum>(std::find(words.begin(), words.end(), word) - words.begin());
  return true;
}

// `all: true` and `one: true`; the opposite would say nothing.
bool ReadFlag(const MapReader& reader, std::string_view key, bool* out) {
  bool value = false;
  if (!reader.Read(key, &value)) return !reader.Has(key);
  if (!value) {
    ErrorAt(reader.sink(), reader.KeyNode(key), std::string(key) + ": false says nothing",
            "leave it out");
    return false;
  }
  *out = true;
  return true;
}

// How many of the matches.
bool ReadAmount(const MapReader& reader, Target* target) {
  bool all = false;
  bool one = false;
  bool good = ReadFlag(reader, "all", &all) && ReadFlag(reader, "one", &one);
  for (const std::string_view key : {"percent", "count"}) {
    if (!reader.Has(key)) continue;
    good &=
        key == "percent" ? reader.Read(key, &target->percent) : reader.Read(key, &target->count);
  }
  std::string_view first;
  for (const std::string_view key : {"percent", "count", "all", "one"}) {
    if (!reader.Has(key)) continue;
    if (!first.empty()) {
      ErrorAt(reader.sink(), reader.KeyNode(key),
              "'" + std::string(key) + "' beside '" + std::string(first) + "'",
              "a target has one of percent, count, all, one");
      return false;
    }
    first = key;
  }
  if (one) target->count = 1;
  if (target->percent && target->percent->value == 0) {
    ErrorAt(reader.sink(), *reader.Value("percent"), "0% selects nothing");
    return false;
  }
  good &= ReadEnum(reader, Section::kTarget, "of", &target->of);
  if (good && reader.Has("of") && !target->percent && !target->count) {
    ErrorAt(reader.sink(), reader.KeyNode("of"), "'of' needs percent or count beside it");
    return false;
  }
  return good;
}

// `of: primaries` and `of: replicas` are short for a role.
bool ApplyOf(const MapReader& reader, Target* target) {
  Target::Role role = Target::Role::kAny;
  if (target->of == Target::Of::kPrimaries) role = Target::Role::kPrimary;
  if (target->of == Target::Of::kReplicas) role = Target::Role::kReplica;
  if (role == Target::Role::kAny) return true;
  if (target->role != Target::Role::kAny && target->role != role) {
    ErrorAt(reader.sink(), *reader.Value("of"), "'of' and 'role' contradict each other");
    return false;
  }
  target->role = role;
  return true;
}

bool IsNumberOrRange(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789-") == std::string_view::npos &&
         text.front() != '-' && text.size() < kLeastIdLength;
}

// Puts the index in place of a name that the cluster's layout knows. False, and reported, for a
// name that it does not know.
bool ReplaceName(const NodesConf& layout, const std::vector<LayoutNode>& nodes,
                 DiagnosticSink* sink, TreeNode* node) {
  if (node->kind != TreeNode::Kind::kScalar || node->refused) return true;
  if (IsNumberOrRange(node->text)) return true;
  const std::optional<size_t> index = FindLayoutNode(layout, nodes, node->text);
  if (!index) {
    ErrorAt(sink, *node, "no node, or more than one, is called " + Quoted(node->text),
            "write an index, or an id or its first characters, ip:port or a host name of the "
            "layout");
    return false;
  }
  node->text = std::to_string(*index);
  return true;
}

// `node` in a cluster whose nodes have names.
bool ReadNamedNodes(const MapReader& reader, const NodesConf& layout, Target* target) {
  const TreeNode* value = reader.Value("node");
  if (value == nullptr) return false;
  TreeNode copy;
  copy.kind = TreeNode::Kind::kMap;
  copy.keys = {reader.KeyNode("node")};
  copy.items = {*value};
  const std::vector<LayoutNode> nodes = RunningNodes(layout);
  bool good = true;
  for (TreeNode& item : copy.items.front().items) {
    good &= ReplaceName(layout, nodes, reader.sink(), &item);
  }
  good &= ReplaceName(layout, nodes, reader.sink(), &copy.items.front());
  return good && MapReader(copy, Section::kTarget, reader.sink()).Read("node", &target->nodes);
}

bool ReadNodes(const MapReader& reader, const Scenario& scenario, Target* target) {
  bool good = true;
  if (reader.Has("node")) {
    good = scenario.layout != nullptr ? ReadNamedNodes(reader, *scenario.layout, target)
                                      : reader.Read("node", &target->nodes);
  }
  if (reader.Has("nodes")) good &= reader.Read("nodes", &target->nodes);
  if (reader.Has("node") && reader.Has("nodes")) {
    ErrorAt(reader.sink(), reader.KeyNode("nodes"), "'nodes' beside 'node'", "put all into nodes");
    return false;
  }
  return good;
}

bool WithinLimit(const MapReader& reader, std::string_view key, int64_t value, int64_t limit,
                 std::string_view noun) {
  if (value < limit) return true;
  ErrorAt(reader.sink(), *reader.Value(key),
          std::string(key) + " " + std::to_string(value) + " does not exist: there are " +
              std::to_string(limit) + " " + std::string(noun) + ", from 0");
  return false;
}

// What the target refers to exists in this cluster.
bool CheckAgainst(const MapReader& reader, const Scenario& scenario, const Target& target) {
  bool good = true;
  if (!target.shards.empty()) {
    good &= WithinLimit(reader, "shard", target.shards.back(), scenario.shards, "shards");
  }
  if (!target.nodes.empty()) {
    good &= WithinLimit(reader, reader.Has("node") ? "node" : "nodes", target.nodes.back(),
                        scenario.node_count(), "nodes");
  }
  const bool of_shards = target.of == Target::Of::kShards;
  const int64_t most = of_shards ? scenario.shards : scenario.node_count();
  if (target.count && *target.count > most) {
    good = false;
    ErrorAt(reader.sink(), *reader.Value("count"),
            "count " + std::to_string(*target.count) + " is more than the " + std::to_string(most) +
                (of_shards ? " shards" : " nodes") + " of the cluster");
  }
  const std::vector<std::string_view> zones(scenario.zones.begin(), scenario.zones.end());
  for (size_t i = 0; i < target.zones.size(); ++i) {
    if (std::find(zones.begin(), zones.end(), target.zones[i]) != zones.end()) continue;
    good = false;
    const TreeNode& value = *reader.Value("zone");
    const TreeNode& place = value.kind == TreeNode::Kind::kList ? value.items[i] : value;
    ErrorAt(reader.sink(), place, "unknown zone '" + target.zones[i] + "'",
            zones.empty() ? "the cluster has no zones: add zones: [...] to it"
                          : NearestHelp(target.zones[i], zones));
  }
  return good;
}

}  // namespace

bool LoadTarget(const TreeNode& node, LoadContext* context, Target* target) {
  const MapReader reader(node, Section::kTarget, context->sink);
  target->place = node.place;
  if (!reader.ok()) return false;
  if (node.keys.empty()) {
    ErrorAt(context->sink, node, "an empty target", "for every node write {all: true}");
    return false;
  }
  bool good = ReadEnum(reader, Section::kTarget, "role", &target->role);
  if (reader.Has("shard")) good &= reader.Read("shard", &target->shards);
  if (reader.Has("zone")) good &= reader.Read("zone", &target->zones);
  if (reader.Has("killed")) good &= reader.Read("killed", &target->killed);
  if (reader.Has("keep_one_per_shard")) {
    good &= reader.Read("keep_one_per_shard", &target->keep_one_per_shard);
  }
  good &= ReadNodes(reader, *context->scenario, target);
  good &= ReadAmount(reader, target);
  good = good && ApplyOf(reader, target);
  if (good && context->cluster_known) good = CheckAgainst(reader, *context->scenario, *target);
  return good;
}

}  // namespace gossamer::sim
