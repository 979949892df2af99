#include "sim/model/select.h"

#include <algorithm>
#include <map>

namespace gossamer::sim {
namespace {

template <class T, class U>
bool Among(const std::vector<T>& list, const U& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool Meets(const Target& target, const SelectView& view, Selectable which, uint32_t node) {
  const NodeInfo& info = (*view.nodes)[node];
  if (!Among(target.shards, info.shard) || !Among(target.zones, info.zone)) return false;
  if (!Among(target.nodes, static_cast<int64_t>(node))) return false;
  if (target.killed.has_value()) {
    if (*target.killed != view.is_down(node)) return false;
  } else if (which == Selectable::kUp && view.is_down(node)) {
    return false;
  }
  if (target.role == Target::Role::kAny) return true;
  return view.is_primary(node) == (target.role == Target::Role::kPrimary);
}

// How many of `population` the target asks for.
size_t Wanted(const Target& target, size_t population) {
  if (target.percent.has_value()) {
    const uint64_t parts = uint64_t{target.percent->value} * population;
    return std::min<size_t>(population, (parts + 999'999) / 1'000'000);
  }
  if (target.count.has_value()) {
    return std::min<size_t>(population, static_cast<size_t>(std::max<int64_t>(*target.count, 0)));
  }
  return population;
}

// Nodes that are up, by shard.
std::map<int64_t, int64_t> UpByShard(const SelectView& view) {
  std::map<int64_t, int64_t> up;
  for (uint32_t i = 0; i < view.nodes->size(); ++i) {
    if (!view.is_down(i)) ++up[(*view.nodes)[i].shard];
  }
  return up;
}

// Whole shards of the matches, drawn.
std::vector<NodeIndex> SelectShards(const Target& target, const SelectView& view,
                                    const std::vector<NodeIndex>& matches, Rng* rng) {
  std::vector<int64_t> shards;
  for (const NodeIndex node : matches) shards.push_back((*view.nodes)[node.value].shard);
  std::sort(shards.begin(), shards.end());
  shards.erase(std::unique(shards.begin(), shards.end()), shards.end());
  const size_t wanted = Wanted(target, shards.size());
  if (wanted < shards.size()) {
    rng->Shuffle(&shards);
    shards.resize(wanted);
  }
  std::vector<NodeIndex> chosen;
  for (const NodeIndex node : matches) {
    const int64_t shard = (*view.nodes)[node.value].shard;
    if (std::find(shards.begin(), shards.end(), shard) != shards.end()) chosen.push_back(node);
  }
  return chosen;
}

}  // namespace

std::vector<NodeIndex> Matches(const Target& target, const SelectView& view, Selectable which) {
  std::vector<NodeIndex> matches;
  for (uint32_t i = 0; i < view.nodes->size(); ++i) {
    if (Meets(target, view, which, i)) matches.push_back(NodeIndex{i});
  }
  return matches;
}

std::vector<NodeIndex> Select(const Target& target, const SelectView& view, Selectable which,
                              Rng* rng) {
  std::vector<NodeIndex> matches = Matches(target, view, which);
  if (target.of == Target::Of::kPrimaries || target.of == Target::Of::kReplicas) {
    const bool primaries = target.of == Target::Of::kPrimaries;
    std::erase_if(matches,
                  [&](NodeIndex node) { return view.is_primary(node.value) != primaries; });
  }
  size_t wanted = Wanted(target, matches.size());
  if (target.of == Target::Of::kShards) {
    matches = SelectShards(target, view, matches, rng);
    wanted = matches.size();
  }
  if (wanted < matches.size() || target.keep_one_per_shard) rng->Shuffle(&matches);
  if (target.keep_one_per_shard) {
    std::map<int64_t, int64_t> up = UpByShard(view);
    std::erase_if(matches, [&](NodeIndex node) {
      if (view.is_down(node.value)) return false;
      int64_t& left = up[(*view.nodes)[node.value].shard];
      if (left <= 1) return true;
      --left;
      return false;
    });
  }
  if (wanted < matches.size()) matches.resize(wanted);
  std::sort(matches.begin(), matches.end());
  return matches;
}

}  // namespace gossamer::sim
