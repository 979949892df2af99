// Tree: the text of a scenario file as plain maps, lists and scalars, each with its place.
//
// YAML and JSON give the same tree. What the language does not have (tags, merge keys, several
// documents) is refused here, and so is what only a hostile file has: depth, size, aliases that
// multiply. Internal to the loader.
#ifndef GOSSAMER_SIM_SCENARIO_TREE_H_
#define GOSSAMER_SIM_SCENARIO_TREE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostics.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

inline constexpr size_t kMaxFileBytes = 1 << 20;
inline constexpr size_t kMaxNesting = 32;
// After aliases are replaced by what they stand for.
inline constexpr size_t kMaxValues = 100'000;
inline constexpr size_t kMaxExpandedBytes = 4 << 20;

struct TreeNode {
  enum class Kind : uint8_t { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  bool quoted = false;   // a scalar in quotes or a block scalar: text, never a number
  bool refused = false;  // reported already: readers pass over it in silence
  SourcePlace place;
  int length = 1;               // bytes in the file that messages underline
  std::string text;             // of a scalar
  std::vector<TreeNode> keys;   // of a map: scalars, no two alike
  std::vector<TreeNode> items;  // of a list, or the values of a map beside `keys`

  // The value under `key`, or null.
  const TreeNode* Find(std::string_view key) const;
};

// The only document in `text`, or nothing when it cannot be read at all. Errors that leave a usable
// tree (a key that appears twice) go to the sink too, so that the caller can go on and find more.
std::optional<TreeNode> ReadTree(std::string_view text, DiagnosticSink* sink);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_TREE_H_
