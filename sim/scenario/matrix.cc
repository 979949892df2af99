#include "sim/scenario/matrix.h"

#include <algorithm>
#include <span>

#include "core/base/hash.h"
#include "core/base/strings.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/units.h"

namespace gossamer::sim {
namespace {

constexpr size_t kMaxLabel = 64;
constexpr std::string_view kForbidden[] = {"matrix", "exclude", "seed", "seeds", "name", "version"};

// What `axis` stands for in "${axis}"; nothing when the text is no variable.
std::optional<std::string_view> VariableIn(std::string_view text) {
  if (!text.starts_with("${") || !text.ends_with("}") || text.size() < 4) return std::nullopt;
  text = text.substr(2, text.size() - 3);
  if (text.find_first_of("${}") != std::string_view::npos) return std::nullopt;
  return text;
}

bool IsLabel(std::string_view text) {
  return !text.empty() && text.size() <= kMaxLabel &&
         std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) <= ' ' || c == ',' || c == '=' || c == '$';
         });
}

// Takes the value of `key` out of a map.
std::optional<std::pair<TreeNode, TreeNode>> Take(TreeNode* map, std::string_view key) {
  for (size_t i = 0; i < map->keys.size() && i < map->items.size(); ++i) {
    if (map->keys[i].text != key) continue;
    std::pair<TreeNode, TreeNode> taken(std::move(map->keys[i]), std::move(map->items[i]));
    map->keys.erase(map->keys.begin() + static_cast<ptrdiff_t>(i));
    map->items.erase(map->items.begin() + static_cast<ptrdiff_t>(i));
    return taken;
  }
  return std::nullopt;
}

template <class List>
std::optional<size_t> IndexOf(const List& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<size_t>(found - names.begin());
}

std::vector<std::string_view> Views(const std::vector<std::string>& words) {
  return {words.begin(), words.end()};
}

std::vector<std::string_view> NamesOf(const Matrix& matrix, bool scalars_only) {
  std::vector<std::string_view> names;
  for (const Axis& axis : matrix.axes) {
    if (!scalars_only || !axis.merges) names.push_back(axis.name);
  }
  return names;
}

// What `node` is instead: an empty map where one with entries is expected.
std::string NotText(const TreeNode& node) {
  const bool holds = node.kind == TreeNode::Kind::kMap || node.kind == TreeNode::Kind::kList;
  return holds && node.items.empty() ? "an empty one" : std::string(KindText(node));
}

// What stands between "${" and "}" anywhere, also where it may not.
void AddVariables(const TreeNode& node, std::vector<std::string_view>* out) {
  std::string_view text = node.text;
  for (size_t begin = text.find("${"); begin != std::string_view::npos; begin = text.find("${")) {
    text.remove_prefix(begin + 2);
    out->push_back(text.substr(0, text.find('}')));
  }
  for (const TreeNode& key : node.keys) AddVariables(key, out);
  for (const TreeNode& item : node.items) AddVariables(item, out);
}

class MatrixReader {
 public:
  MatrixReader(Matrix* matrix, DiagnosticSink* sink) : matrix_(matrix), sink_(sink) {}

  void ReadAxes(const TreeNode& key, const TreeNode& value) {
    matrix_->present = true;
    matrix_->place = key.place;
    matrix_->length = key.length;
    if (value.kind != TreeNode::Kind::kMap || value.keys.empty()) {
      ErrorAt(sink_, value, "matrix is a map of axes, not " + NotText(value),
              "write matrix: {victims: [1, 100]}");
      return;
    }
    for (size_t i = 0; i < value.keys.size(); ++i) ReadAxis(value.keys[i], value.items[i]);
  }

  void ReadExclusions(const TreeNode& value) {
    if (value.kind != TreeNode::Kind::kList) {
      ErrorAt(sink_, value, "exclude is a list of maps, not " + std::string(KindText(value)),
              "write - {axis: label}");
      return;
    }
    for (const TreeNode& item : value.items) ReadExclusion(item);
  }

  void ReadSeeds(const TreeNode& value) {
    const size_t dots = value.text.find("..");
    const std::string_view text = value.text;
    const bool range = dots != std::string_view::npos;
    const Parsed<uint64_t> first = ParseUnsigned(range ? text.substr(0, dots) : text);
    const Parsed<uint64_t> last = range ? ParseUnsigned(text.substr(dots + 2)) : first;
    if (value.kind != TreeNode::Kind::kScalar || value.quoted || !first.ok() || !last.ok()) {
      ErrorAt(sink_, value, "seeds takes a range such as 1..30, or one seed");
    } else if (first.value() > last.value()) {
      ErrorAt(sink_, value, "seeds: the first is above the last");
    } else if (last.value() - first.value() >= kMaxSeeds) {
      ErrorAt(sink_, value, "seeds: more than a million");
    } else {
      matrix_->seeds = SeedRange{first.value(), last.value()};
    }
  }

 private:
  void ReadAxis(const TreeNode& key, const TreeNode& value) {
    if (key.refused) return;
    Axis axis;
    axis.name = key.text;
    axis.key = key;
    axis.merges = value.kind == TreeNode::Kind::kMap;
    if (!IsLabel(key.text)) {
      ErrorAt(sink_, key, "the name of an axis has no blanks, '$', ',' and '='");
      return;
    }
    const bool list = value.kind == TreeNode::Kind::kList;
    if ((!axis.merges && !list) || value.items.empty()) {
      ErrorAt(sink_, value.kind == TreeNode::Kind::kNull ? key : value,
              "axis " + Quoted(key.text) +
                  " takes a list of values or a map of partial scenarios, not " + NotText(value));
      return;
    }
    for (size_t i = 0; i < value.items.size(); ++i) {
      AddValue(axis.merges ? value.keys[i] : value.items[i], value.items[i], &axis);
    }
    matrix_->axes.push_back(std::move(axis));
  }

  void AddValue(const TreeNode& label, const TreeNode& value, Axis* axis) {
    if (label.refused) return;
    if (label.kind != TreeNode::Kind::kScalar || !IsLabel(label.text)) {
      ErrorAt(sink_, label,
              "axis " + Quoted(axis->name) +
                  ": a label is a single value without blanks, '$', ',' and '='");
      return;
    }
    if (IndexOf(axis->labels, label.text)) {
      // A map's key that appears twice was reported when the file was read.
      if (!axis->merges) ErrorAt(sink_, label, Quoted(label.text) + " stands in the axis already");
      return;
    }
    if (axis->merges && !CheckPartial(label, value)) return;
    axis->labels.push_back(label.text);
    axis->values.push_back(value);
  }

  bool CheckPartial(const TreeNode& label, const TreeNode& value) {
    if (value.kind != TreeNode::Kind::kMap) {
      ErrorAt(
          sink_, value.kind == TreeNode::Kind::kNull ? label : value,
          Quoted(label.text) + " is a partial scenario: a map, not " + std::string(KindText(value)),
          "write {} for the file as it is");
      return false;
    }
    bool good = true;
    for (const TreeNode& key : value.keys) {
      if (!IndexOf(std::span(kForbidden), key.text)) continue;
      ErrorAt(sink_, key, Quoted(key.text) + " cannot stand in an axis: it is the whole file's");
      good = false;
    }
    return good;
  }

  void ReadExclusion(const TreeNode& item) {
    if (item.kind != TreeNode::Kind::kMap || item.keys.empty()) {
      ErrorAt(sink_, item, "an exclusion is a map from axis to label, not " + NotText(item));
      return;
    }
    Exclusion exclusion;
    bool good = true;
    for (size_t i = 0; i < item.keys.size(); ++i) {
      const auto part = ReadAssignment(item.keys[i], item.items[i]);
      good = good && part.has_value();
      if (part) exclusion.push_back(*part);
    }
    if (good) matrix_->exclusions.push_back(std::move(exclusion));
  }

  std::optional<std::pair<size_t, size_t>> ReadAssignment(const TreeNode& key,
                                                          const TreeNode& value) {
    const std::vector<std::string_view> names = NamesOf(*matrix_, false);
    const std::optional<size_t> axis = IndexOf(names, key.text);
    if (!axis) {
      ErrorAt(sink_, key, "unknown axis " + Quoted(key.text), NearestHelp(key.text, names));
      return std::nullopt;
    }
    const std::vector<std::string>& labels = matrix_->axes[*axis].labels;
    const std::optional<size_t> label = IndexOf(labels, value.text);
    if (!label || value.kind != TreeNode::Kind::kScalar) {
      ErrorAt(sink_, value, "axis " + Quoted(key.text) + " has no " + Quoted(value.text),
              NearestHelp(value.text, Views(labels)));
      return std::nullopt;
    }
    return std::make_pair(*axis, *label);
  }

  Matrix* matrix_;
  DiagnosticSink* sink_;
};

void Merge(const TreeNode& patch, TreeNode* base) {
  if (base->kind != TreeNode::Kind::kMap || patch.kind != TreeNode::Kind::kMap) {
    *base = patch;
    return;
  }
  for (size_t i = 0; i < patch.keys.size() && i < patch.items.size(); ++i) {
    const auto same = std::find_if(base->keys.begin(), base->keys.end(), [&](const TreeNode& key) {
      return key.text == patch.keys[i].text;
    });
    if (same == base->keys.end()) {
      base->keys.push_back(patch.keys[i]);
      base->items.push_back(patch.items[i]);
    } else {
      Merge(patch.items[i], &base->items[static_cast<size_t>(same - base->keys.begin())]);
    }
  }
}

class Substitution {
 public:
  Substitution(const Matrix& matrix, const std::vector<size_t>& cell, DiagnosticSink* sink)
      : matrix_(matrix), cell_(cell), sink_(sink), names_(NamesOf(matrix, true)) {}

  void Apply(TreeNode* node) {
    if (node->text.find("${") != std::string::npos) Replace(node);
    for (TreeNode& key : node->keys) {
      if (key.text.find("${") == std::string::npos) continue;
      ErrorAt(sink_, key, "a variable stands for a value, not for a key");
      key.refused = true;
    }
    for (TreeNode& item : node->items) Apply(&item);
  }

 private:
  void Replace(TreeNode* node) {
    const std::optional<std::string_view> name = VariableIn(node->text);
    for (size_t a = 0; name && a < matrix_.axes.size(); ++a) {
      if (matrix_.axes[a].merges || matrix_.axes[a].name != *name) continue;
      const TreeNode& value = matrix_.axes[a].values[cell_[a]];
      *node = value;
      return;
    }
    node->refused = true;
    if (!name) {
      ErrorAt(sink_, *node, "a variable is a whole value, such as ${victims}");
    } else if (!matrix_.present) {
      ErrorAt(sink_, *node, Quoted(node->text) + " names an axis, and the file has no matrix");
    } else {
      ErrorAt(sink_, *node, "no axis of values is named " + Quoted(*name),
              NearestHelp(*name, names_));
    }
  }

  const Matrix& matrix_;
  const std::vector<size_t>& cell_;
  DiagnosticSink* sink_;
  std::vector<std::string_view> names_;
};

bool IsExcluded(const Matrix& matrix, const std::vector<size_t>& cell) {
  return std::any_of(
      matrix.exclusions.begin(), matrix.exclusions.end(), [&](const Exclusion& exclusion) {
        return std::all_of(exclusion.begin(), exclusion.end(),
                           [&](const auto& part) { return cell[part.first] == part.second; });
      });
}

uint64_t HashNode(const TreeNode& node) {
  ProductSum sum;
  sum.Add(static_cast<uint64_t>(node.kind), node.quoted ? 1 : 0);
  sum.Add(HashText(node.text), node.items.size());
  for (const TreeNode& key : node.keys) sum.Add(HashText(key.text), 2);
  for (const TreeNode& item : node.items) sum.Add(HashNode(item), 3);
  return sum.Finish();
}

// A study runs every cell with the same seeds.
void RefuseSeedVariable(const Matrix& matrix, DiagnosticSink* sink, TreeNode* tree) {
  const auto key = std::find_if(tree->keys.begin(), tree->keys.end(),
                                [](const TreeNode& node) { return node.text == "seed"; });
  if (key == tree->keys.end()) return;
  TreeNode& seed = tree->items[static_cast<size_t>(key - tree->keys.begin())];
  if (!matrix.present || !VariableIn(seed.text)) return;
  ErrorAt(sink, seed, "a seed is no axis", "seeds: 1..30 names those of all cells");
  seed.refused = true;
  seed.text.clear();
}

}  // namespace

Matrix TakeMatrix(TreeNode* root, DiagnosticSink* sink) {
  Matrix matrix;
  if (root->kind != TreeNode::Kind::kMap) return matrix;
  MatrixReader reader(&matrix, sink);
  const auto axes = Take(root, "matrix");
  const auto exclude = Take(root, "exclude");
  const auto seeds = Take(root, "seeds");
  if (axes) reader.ReadAxes(axes->first, axes->second);
  if (exclude) reader.ReadExclusions(exclude->second);
  if (seeds) reader.ReadSeeds(seeds->second);
  return matrix;
}

void RefuseUnusedAxes(const TreeNode& root, const Matrix& matrix, DiagnosticSink* sink) {
  if (sink->has_errors()) return;  // one of these may be why
  std::vector<std::string_view> used;
  AddVariables(root, &used);
  for (const Axis& axis : matrix.axes) {
    if (!axis.merges) continue;
    for (const TreeNode& value : axis.values) AddVariables(value, &used);
  }
  // A misspelt variable is an error of its own.
  const std::vector<std::string_view> known = NamesOf(matrix, true);
  const bool misspelt = std::any_of(used.begin(), used.end(),
                                    [&](std::string_view name) { return !IndexOf(known, name); });
  for (const Axis& axis : matrix.axes) {
    if (axis.merges || misspelt || IndexOf(used, axis.name)) continue;
    ErrorAt(sink, axis.key, "nothing uses axis " + Quoted(axis.name),
            "write ${" + axis.name + "} where its values belong");
  }
}

size_t CountCombinations(const Matrix& matrix) {
  size_t count = 1;
  for (const Axis& axis : matrix.axes) count = std::min(count * axis.labels.size(), kMaxCells + 1);
  return count;
}

std::vector<std::vector<size_t>> CellsOf(const Matrix& matrix) {
  std::vector<std::vector<size_t>> cells;
  const size_t combinations = CountCombinations(matrix);
  if (combinations == 0 || combinations > kMaxCells) return cells;
  std::vector<size_t> cell(matrix.axes.size(), 0);
  for (;;) {
    if (!IsExcluded(matrix, cell)) cells.push_back(cell);
    size_t axis = cell.size();
    while (axis > 0 && ++cell[axis - 1] == matrix.axes[axis - 1].labels.size()) cell[--axis] = 0;
    if (axis == 0) return cells;
  }
}

TreeNode ExpandCell(const TreeNode& root, const Matrix& matrix, const std::vector<size_t>& cell,
                    DiagnosticSink* sink) {
  TreeNode tree = root;
  for (size_t a = 0; a < matrix.axes.size(); ++a) {
    if (matrix.axes[a].merges) Merge(matrix.axes[a].values[cell[a]], &tree);
  }
  RefuseSeedVariable(matrix, sink, &tree);
  Substitution(matrix, cell, sink).Apply(&tree);
  return tree;
}

size_t CountValues(const TreeNode& node) {
  size_t values = 1 + node.keys.size();
  for (const TreeNode& item : node.items) values += CountValues(item);
  return values;
}

uint64_t HashOf(const TreeNode& root) {
  ProductSum sum;
  for (size_t i = 0; i < root.keys.size() && i < root.items.size(); ++i) {
    if (root.keys[i].text == "about" || root.keys[i].text == "seed") continue;
    sum.Add(HashText(root.keys[i].text), HashNode(root.items[i]));
  }
  return sum.Finish();
}

}  // namespace gossamer::sim
