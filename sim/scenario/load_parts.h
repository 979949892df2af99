// The parts of the loader: each reads one section of a scenario file. Internal to the loader.
#ifndef GOSSAMER_SIM_SCENARIO_LOAD_PARTS_H_
#define GOSSAMER_SIM_SCENARIO_LOAD_PARTS_H_

#include <map>
#include <string>

#include "sim/scenario/diagnostics.h"
#include "sim/scenario/loader.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/tree.h"

namespace gossamer::sim {

struct LoadContext {
  DiagnosticSink* sink = nullptr;
  Scenario* scenario = nullptr;
  const TextReader* read = nullptr;
  // The cluster's size and zones, the duration, and when the first incident comes were read without
  // an error, so that what refers to them can be checked.
  bool cluster_known = false;
  bool duration_known = false;
  bool timeline_known = false;
};

// Options in a `config:` map, translated into Valkey's notation. `running`: only options that may
// change in a running node.
void LoadConfig(const TreeNode& node, bool running, DiagnosticSink* sink,
                std::map<std::string, std::string>* config);

// False if something is wrong with it, which has been reported.
bool LoadTarget(const TreeNode& node, LoadContext* context, Target* target);

// A whole scenario: the root map without what belongs to a study.
void LoadTree(const TreeNode& tree, std::string_view file, const TextReader& read,
              DiagnosticSink* sink, Scenario* scenario);

// Sections of the root map. LoadCluster comes before the others.
void LoadCluster(const MapReader& root, LoadContext* context);
void LoadNetwork(const MapReader& root, LoadContext* context);
void LoadRulesAndCpu(const MapReader& root, LoadContext* context);
void LoadTimeline(const MapReader& root, LoadContext* context);
// Fills in the defaults when the file has no `expect`.
void LoadExpect(const MapReader& root, LoadContext* context);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_LOAD_PARTS_H_
