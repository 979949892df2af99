#include "sim/scenario/node_list.h"

#include <string>
#include <utility>

#include "core/base/strings.h"
#include "sim/scenario/diagnostics.h"
#include "sim/scenario/load_parts.h"
#include "sim/scenario/tree.h"

namespace gossamer::sim {
namespace {

TreeNode Scalar(std::string_view text) {
  TreeNode node;
  node.kind = TreeNode::Kind::kScalar;
  node.place = {1, 1};
  node.text = std::string(text);
  return node;
}

}  // namespace

Parsed<std::vector<int64_t>> ParseNodeList(std::string_view text, const Scenario& scenario) {
  // The target {node: [...]}, so that both know the same names.
  TreeNode list;
  list.kind = TreeNode::Kind::kList;
  list.place = {1, 1};
  for (const std::string_view item : SplitWords(text, ",")) list.items.push_back(Scalar(item));
  TreeNode map;
  map.kind = TreeNode::Kind::kMap;
  map.place = {1, 1};
  map.keys = {Scalar("node")};
  map.items = {std::move(list)};

  DiagnosticSink sink(text, "");
  Scenario copy = scenario;
  LoadContext context;
  context.sink = &sink;
  context.scenario = &copy;
  context.cluster_known = true;
  Target target;
  if (LoadTarget(map, &context, &target)) return std::move(target.nodes);
  std::vector<Diagnostic> diagnostics;
  sink.Finish(&diagnostics);
  if (diagnostics.empty()) return UnitError{"no list of nodes", ""};
  return UnitError{diagnostics.front().message, diagnostics.front().help};
}

}  // namespace gossamer::sim
