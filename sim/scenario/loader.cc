#include "sim/scenario/loader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "core/base/check.h"
#include "core/cluster/config_options.h"
#include "core/cluster/rules.h"
#include "sim/scenario/load_parts.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/tree.h"
#include "sim/scenario/units.h"

namespace gossamer::sim {
namespace {

constexpr size_t kMaxName = 64;

// "scenarios/storm/x.yaml" is "x".
std::string_view StemOf(std::string_view file) {
  const size_t slash = file.find_last_of("/\\");
  if (slash != std::string_view::npos) file.remove_prefix(slash + 1);
  for (const std::string_view ending : {".yaml", ".yml", ".json"}) {
    if (file.ends_with(ending)) file.remove_suffix(ending.size());
  }
  return file;
}

std::string WithUnderscores(std::string_view name) {
  std::string out(name);
  std::replace(out.begin(), out.end(), '-', '_');
  return out;
}

void LoadName(const MapReader& root, std::string_view file, Scenario* scenario) {
  if (!root.Read("name", &scenario->name)) return;
  const std::string& name = scenario->name;
  const TreeNode& node = *root.Value("name");
  const bool good =
      !name.empty() && name.size() <= kMaxName && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      });
  if (!good) {
    ErrorAt(root.sink(), node, "a name has 1 to 64 of a-z, 0-9, '-' and '_'");
    return;
  }
  const std::string_view stem = StemOf(file);
  const bool pipe = file.starts_with("/dev/") || file.starts_with("/proc/");
  if (stem.empty() || stem == "-" || pipe || WithUnderscores(stem) == WithUnderscores(name)) return;
  ErrorAt(root.sink(), node, "name '" + name + "' is not the file's name",
          "write name: " + std::string(stem));
}

// Bounds on faults are derived from a steady state, which a formed start reaches only after a few
// timeouts.
void WarnEarlyFault(const Scenario& scenario, DiagnosticSink* sink) {
  if (scenario.start != StartKind::kFormed) return;
  const auto first = std::find_if(scenario.timeline.begin(), scenario.timeline.end(),
                                  [](const TimelineItem& item) { return item.is_fault; });
  const Duration settled = OptionsOf(scenario.config).node_timeout * 2;
  if (first == scenario.timeline.end() || first->at >= settled) return;
  sink->Add(Severity::kWarning, first->place, 1,
            "the first fault comes at " + FormatDuration(first->at) +
                ", before 2 T = " + FormatDuration(settled) + ": the cluster may not have settled",
            "faults from 4 T = " + FormatDuration(settled * 2) + " on meet a settled cluster");
}

// cluster-message-gossip-perc under rules that do not know it.
void WarnIgnoredPercent(const TreeNode& root, const Scenario& scenario, DiagnosticSink* sink) {
  const std::optional<Rules> rules = FindRules(scenario.rules);
  if (!rules || rules->gossip_percent_option) return;
  const TreeNode* cluster = root.Find("cluster");
  const TreeNode* config = cluster == nullptr ? nullptr : cluster->Find("config");
  if (config == nullptr) return;
  for (const TreeNode& key : config->keys) {
    if (key.text != "cluster-message-gossip-perc") continue;
    sink->Add(Severity::kWarning, key.place, key.length,
              key.text + " has no effect by the rules of " + scenario.rules,
              "they gossip 10 %; valkey-9.1 and gossamer take the option");
  }
}

}  // namespace

void LoadTree(const TreeNode& tree, std::string_view file, const TextReader& read,
              DiagnosticSink* sink, Scenario* scenario) {
  const MapReader root(tree, Section::kScenario, sink);
  if (!root.ok()) return;
  LoadContext context;
  context.sink = sink;
  context.scenario = scenario;
  context.read = &read;
  int64_t version = 0;
  root.Read("version", &version);
  LoadName(root, file, scenario);
  root.Read("about", &scenario->about);
  root.Read("seed", &scenario->seed);
  context.duration_known = root.Read("duration", &scenario->duration) || !root.Has("duration");
  LoadRulesAndCpu(root, &context);
  LoadCluster(root, &context);
  LoadNetwork(root, &context);
  LoadTimeline(root, &context);
  LoadExpect(root, &context);
  WarnEarlyFault(*scenario, sink);
  WarnIgnoredPercent(tree, *scenario, sink);
}

ClusterOptions OptionsOf(const std::map<std::string, std::string>& config) {
  ClusterOptions options;
  for (const auto& [name, text] : config) {
    std::string error;
    GOSSAMER_CHECK(ApplyOption(name, text, &options, &error));
  }
  return options;
}

}  // namespace gossamer::sim
