#include <algorithm>
#include <memory>
#include <utility>

#include "core/base/strings.h"
#include "core/cluster/bugs.h"
#include "core/cluster/config_options.h"
#include "core/cluster/nodes_conf.h"
#include "sim/scenario/layout.h"
#include "sim/scenario/load_parts.h"
#include "sim/scenario/units.h"

namespace gossamer::sim {
namespace {

// A duration in whole units of `unit` microseconds, as Valkey's configuration writes it.
bool TranslateDuration(const TreeNode& value, const OptionInfo& info, DiagnosticSink* sink,
                       std::string* text) {
  const Parsed<Duration> length = ParseDuration(value.text);
  const int64_t unit = info.type == OptionType::kSeconds ? 1'000'000 : 1'000;
  if (!length.ok()) {
    const bool bare = value.text.find_first_not_of("0123456789") == std::string::npos;
    const std::string valkey = unit == 1'000 ? "milliseconds: write " + value.text + "ms"
                                             : "seconds: write " + value.text + "s";
    ErrorAt(sink, value, std::string(info.name) + ": " + length.error().message,
            bare ? "Valkey counts it in " + valkey : length.error().help);
    return false;
  }
  if (length.value().us % unit != 0) {
    ErrorAt(sink, value,
            std::string(info.name) + ": '" + value.text + "' is not a whole number of " +
                (unit == 1'000 ? "milliseconds" : "seconds"));
    return false;
  }
  *text = std::to_string(length.value().us / unit);
  return true;
}

// The scenario's notation of an option's value in Valkey's notation.
bool Translate(const TreeNode& value, const OptionInfo& info, DiagnosticSink* sink,
               std::string* text) {
  const std::string name(info.name);
  switch (info.type) {
    case OptionType::kMillis:
    case OptionType::kSeconds:
      return TranslateDuration(value, info, sink, text);
    case OptionType::kYesNo: {
      // Valkey's own words are what an operator copies from a valkey.conf.
      if (value.text == "yes" || value.text == "no") break;
      const Parsed<bool> yes = ParseBoolean(value.text);
      if (!yes.ok()) {
        ErrorAt(sink, value, name + ": " + yes.error().message, yes.error().help);
        return false;
      }
      *text = yes.value() ? "yes" : "no";
      return true;
    }
    case OptionType::kBytes: {
      const Parsed<uint64_t> size = value.text == "0" ? Parsed<uint64_t>(0) : ParseSize(value.text);
      if (!size.ok()) {
        ErrorAt(sink, value, name + ": " + size.error().message, size.error().help);
        return false;
      }
      *text = std::to_string(size.value());
      return true;
    }
    case OptionType::kInteger:
    case OptionType::kPort: {
      const Parsed<int64_t> number = ParseInteger(value.text);
      if (!number.ok() || value.quoted) {
        ErrorAt(sink, value,
                name + ": " +
                    (number.ok() ? "a number without quotes goes here" : number.error().message));
        return false;
      }
      break;
    }
    case OptionType::kText:
    case OptionType::kWord:
      break;
  }
  *text = value.text;
  return true;
}

void LoadOption(const TreeNode& key, const TreeNode& value, bool running, DiagnosticSink* sink,
                std::map<std::string, std::string>* config) {
  if (key.refused || value.refused) return;
  const OptionInfo* info = FindOption(key.text);
  if (info == nullptr) {
    const std::string_view nearest = NearestOption(key.text);
    ErrorAt(sink, key, "unknown option '" + key.text + "'",
            nearest.empty() ? "" : "nearest is '" + std::string(nearest) + "'");
    return;
  }
  if (running && info->fixed) {
    ErrorAt(sink, key, "option '" + key.text + "' cannot change in a running node");
    return;
  }
  if (value.kind != TreeNode::Kind::kScalar) {
    ErrorAt(sink, value, key.text + " takes a single value, not " + std::string(KindText(value)));
    return;
  }
  std::string text;
  if (!Translate(value, *info, sink, &text)) return;
  ClusterOptions scratch;
  std::string error;
  if (!ApplyOption(key.text, text, &scratch, &error)) {
    ErrorAt(sink, value, std::move(error));
    return;
  }
  if (!info->used()) {
    sink->Add(Severity::kWarning, key.place, key.length,
              "option '" + key.text + "' has no effect on a simulated cluster");
  }
  (*config)[key.text] = std::move(text);
}

// The path of a file that the scenario names: relative to the scenario's own.
std::string Beside(const std::string& scenario, const std::string& path) {
  const size_t slash = scenario.rfind('/');
  if (path.starts_with('/') || slash == std::string::npos) return path;
  return scenario.substr(0, slash + 1) + path;
}

// Which text of a start the file has, and how errors call it; null, and reported, if it is not one.
const TreeNode* LayoutText(const MapReader& start, LoadContext* context, std::string* text,
                           std::string* name) {
  const bool pasted = start.Has("cluster_nodes");
  if (pasted == start.Has("nodes_conf")) {
    ErrorAt(context->sink, pasted ? start.KeyNode("cluster_nodes") : start.node(),
            "a start from a layout has either nodes_conf or cluster_nodes",
            "nodes_conf: FILE, or cluster_nodes: | and the reply of CLUSTER NODES below it");
    return nullptr;
  }
  const TreeNode* value = start.Scalar(pasted ? "cluster_nodes" : "nodes_conf");
  if (value == nullptr) return nullptr;
  if (pasted) {
    *text = value->text;
    *name = "cluster_nodes";
    return value;
  }
  context->scenario->nodes_conf_file = value->text;
  *name = Beside(context->scenario->file, value->text);
  const std::optional<std::string> read =
      *context->read ? (*context->read)(*name) : std::optional<std::string>();
  if (!read) {
    ErrorAt(context->sink, *value, "cannot read " + *name,
            "it is a nodes.conf or a reply of CLUSTER NODES, beside the scenario");
    return nullptr;
  }
  *text = *read;
  return value;
}

// The zones that the nodes of a layout announce, unless the scenario has its own.
void TakeZones(const NodesConf& layout, std::vector<std::string>* zones) {
  if (!zones->empty()) return;
  for (const NodesConfNode& node : layout.nodes) {
    if (!node.address.availability_zone.empty()) zones->push_back(node.address.availability_zone);
  }
  std::sort(zones->begin(), zones->end());
  zones->erase(std::unique(zones->begin(), zones->end()), zones->end());
}

// A cluster without all of its slots is one, but rarely what somebody means to simulate.
void WarnOfLostSlots(const NodesConf& layout, const TreeNode& source, DiagnosticSink* sink) {
  const size_t lost = kSlots - OwnedSlots(layout).count();
  if (lost == 0) return;
  sink->Add(Severity::kWarning, source.place, source.length,
            std::to_string(lost) + " of " + std::to_string(kSlots) + " slots have no owner in it",
            "such a cluster is down unless cluster-require-full-coverage is no");
}

bool LoadLayout(const MapReader& cluster, const TreeNode& value, LoadContext* context) {
  const MapReader start(value, Section::kStart, context->sink);
  Scenario* scenario = context->scenario;
  scenario->start = StartKind::kNodesConf;
  bool good = true;
  for (const std::string_view key : {"shards", "replicas_per_shard"}) {
    if (!cluster.Has(key)) continue;
    good = false;
    ErrorAt(context->sink, cluster.KeyNode(key), std::string(key) + " beside a start from a layout",
            "leave it out: the layout says how many nodes there are");
  }
  std::string text;
  std::string name;
  const TreeNode* source = LayoutText(start, context, &text, &name);
  if (source == nullptr) return false;
  auto layout = ParseLayout(text, name);
  if (!layout.ok()) {
    ErrorAt(context->sink, *source, std::string(ToStd(layout.status().message())));
    return false;
  }
  WarnOfLostSlots(*layout, *source, context->sink);
  const auto running = static_cast<int64_t>(RunningNodes(*layout).size());
  scenario->shards = ShardCount(*layout);
  scenario->layout_nodes = running;
  scenario->replicas_per_shard =
      std::max<int64_t>(0, (running + scenario->shards - 1) / scenario->shards - 1);
  TakeZones(*layout, &scenario->zones);
  scenario->layout = std::make_shared<const NodesConf>(*std::move(layout));
  return good;
}

// False if the cluster's size is unknown because of it.
bool LoadStart(const MapReader& cluster, LoadContext* context) {
  const TreeNode* value = cluster.Value("start");
  if (value == nullptr) return true;
  if (value->kind == TreeNode::Kind::kMap) return LoadLayout(cluster, *value, context);
  std::string word;
  if (!cluster.Read("start", &word)) return true;
  context->scenario->start = word == "cold"   ? StartKind::kCold
                             : word == "meet" ? StartKind::kMeet
                                              : StartKind::kFormed;
  return true;
}

// `value`: that of the key "rules", a release or a map.
void LoadRules(const MapReader& parent, const TreeNode& value, std::string* base,
               std::vector<Bug>* bugs) {
  if (value.kind != TreeNode::Kind::kMap) {
    parent.Read("rules", base);
    return;
  }
  const MapReader rules(value, Section::kRules, parent.sink());
  rules.Read("base", base);
  std::vector<std::string> names;
  if (!rules.Read("bugs", &names)) return;
  for (const std::string& name : names) bugs->push_back(*FindBug(name));
}

void LoadOverrides(const MapReader& cluster, LoadContext* context) {
  for (const TreeNode* item : cluster.List("nodes")) {
    const MapReader reader(*item, Section::kNodeOverride, context->sink);
    NodeOverride over;
    const TreeNode* target = reader.ok() ? reader.Value("target") : nullptr;
    if (target == nullptr || !LoadTarget(*target, context, &over.target)) continue;
    if (const TreeNode* config = reader.Value("config")) {
      LoadConfig(*config, false, context->sink, &over.config);
    }
    if (const TreeNode* rules = reader.Value("rules")) {
      std::string base;
      LoadRules(reader, *rules, &base, &over.bugs);
      if (!base.empty()) over.rules = std::move(base);
    }
    if (!reader.Has("config") && !reader.Has("rules")) {
      ErrorAt(context->sink, *item, "an override without config or rules changes nothing");
    }
    context->scenario->overrides.push_back(std::move(over));
  }
}

// Counts and zones that other parts refer to. False if one of them is wrong.
bool LoadSize(const MapReader& cluster, Scenario* scenario) {
  bool good = true;
  for (const auto& [key, field] :
       {std::pair{"shards", &scenario->shards},
        std::pair{"replicas_per_shard", &scenario->replicas_per_shard}}) {
    if (cluster.Has(key)) good &= cluster.Read(key, field);
  }
  if (cluster.Has("zones")) good &= cluster.Read("zones", &scenario->zones);
  if (good && scenario->node_count() > kMaxScenarioNodes) {
    good = false;
    ErrorAt(cluster.sink(),
            cluster.KeyNode(cluster.Has("shards") ? "shards" : "replicas_per_shard"),
            std::to_string(scenario->shards) + " shards with " +
                std::to_string(scenario->replicas_per_shard) + " replicas each are " +
                std::to_string(scenario->node_count()) + " nodes, at most " +
                std::to_string(kMaxScenarioNodes));
  }
  std::vector<std::string> sorted = scenario->zones;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) {
    ErrorAt(cluster.sink(), *cluster.Value("zones"), "zone '" + *twice + "' stands there twice");
  }
  return good;
}

// Beyond it nodes hardly ever run.
constexpr Ppm kMostBackground{950'000};

void LoadCpu(const MapReader& root, CpuSpec* spec) {
  const TreeNode* value = root.Value("cpu");
  if (value == nullptr) return;
  if (value->kind != TreeNode::Kind::kMap) {
    root.Read("cpu", &spec->preset);
    return;
  }
  const MapReader cpu(*value, Section::kCpu, root.sink());
  cpu.Read("preset", &spec->preset);
  cpu.Read("scale", &spec->scale_percent);
  cpu.Read("memory_scale", &spec->memory_scale_percent);
  const bool shares = cpu.Read("cores_per_machine", &spec->cores_per_machine)
                          ? spec->cores_per_machine > 0
                          : cpu.Has("cores_per_machine");
  if (cpu.Read("nodes_per_machine", &spec->nodes_per_machine) && spec->nodes_per_machine > 1 &&
      !shares) {
    ErrorAt(cpu.sink(), cpu.KeyNode("nodes_per_machine"),
            "nodes share a machine's cores: nodes_per_machine needs cores_per_machine");
  }
  if (!cpu.Read("background", &spec->background)) return;
  if (spec->background.value > kMostBackground.value) {
    ErrorAt(cpu.sink(), *cpu.Value("background"), "background is at most 95%");
  } else if (spec->preset == "none" && spec->background.value != 0) {
    ErrorAt(cpu.sink(), *cpu.Value("background"),
            "background delays work that takes time: it needs another preset than none");
  }
}

}  // namespace

void LoadConfig(const TreeNode& node, bool running, DiagnosticSink* sink,
                std::map<std::string, std::string>* config) {
  if (node.kind != TreeNode::Kind::kMap) {
    ErrorAt(sink, node,
            "config takes a map of cluster-* options, not " + std::string(KindText(node)));
    return;
  }
  for (size_t i = 0; i < node.keys.size(); ++i) {
    LoadOption(node.keys[i], node.items[i], running, sink, config);
  }
}

void LoadCluster(const MapReader& root, LoadContext* context) {
  const TreeNode* value = root.Value("cluster");
  context->cluster_known = value != nullptr || !root.Has("cluster");
  if (value == nullptr) return;
  const MapReader cluster(*value, Section::kCluster, context->sink);
  if (!cluster.ok()) {
    context->cluster_known = false;
    return;
  }
  context->cluster_known = LoadSize(cluster, context->scenario);
  if (!LoadStart(cluster, context)) context->cluster_known = false;
  if (const TreeNode* config = cluster.Value("config")) {
    LoadConfig(*config, false, context->sink, &context->scenario->config);
  }
  LoadOverrides(cluster, context);
}

void LoadNetwork(const MapReader& root, LoadContext* context) {
  Scenario* scenario = context->scenario;
  scenario->latency.quantiles = {{500'000, Micros(300)}};
  if (const TreeNode* value = root.Value("network")) {
    const MapReader network(*value, Section::kNetwork, context->sink);
    network.Read("latency", &scenario->latency);
    network.Read("loss", &scenario->loss);
    network.Read("bandwidth", &scenario->bandwidth_bytes_per_s);
    if (const TreeNode* zones = network.Value("between_zones")) {
      const MapReader between(*zones, Section::kBetweenZones, context->sink);
      between.Read("latency", &scenario->between_zones);
    }
  }
  if (const TreeNode* value = root.Value("disk")) {
    MapReader(*value, Section::kDisk, context->sink).Read("fsync", &scenario->fsync);
  }
  if (const TreeNode* value = root.Value("replication")) {
    const MapReader replication(*value, Section::kReplication, context->sink);
    replication.Read("write_rate", &scenario->replication.write_bytes_per_s);
    replication.Read("lag", &scenario->replication.lag);
  }
}

void LoadRulesAndCpu(const MapReader& root, LoadContext* context) {
  Scenario* scenario = context->scenario;
  if (const TreeNode* rules = root.Value("rules")) {
    LoadRules(root, *rules, &scenario->rules, &scenario->bugs);
  }
  LoadCpu(root, &scenario->cpu);
}

}  // namespace gossamer::sim
