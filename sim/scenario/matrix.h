// Matrix: the axes of a parameter study, taken out of a scenario's tree, and the tree of each cell.
//
// An axis of scalars gives `${axis}` its value; an axis of partial scenarios merges one of them
// over the file. Every node keeps the place in the file where it stands. Internal to the loader.
// SOURCE: scenarios/README.md. Thread safety: values.
#ifndef GOSSAMER_SIM_SCENARIO_MATRIX_H_
#define GOSSAMER_SIM_SCENARIO_MATRIX_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/scenario/diagnostics.h"
#include "sim/scenario/study.h"
#include "sim/scenario/tree.h"

namespace gossamer::sim {

inline constexpr size_t kMaxCells = 2000;
// Values of all cells together: checking a file must stay quick, whatever it holds.
inline constexpr size_t kMaxStudyValues = 1'000'000;

struct Axis {
  std::string name;
  TreeNode key;         // where it stands in the file
  bool merges = false;  // its values are partial scenarios
  std::vector<std::string> labels;
  std::vector<TreeNode> values;  // by label
};

// One entry of `exclude`: a cell with all of these is left out.
using Exclusion = std::vector<std::pair<size_t, size_t>>;  // axis, label

struct Matrix {
  bool present = false;
  SourcePlace place;  // of its key
  int length = 1;
  std::vector<Axis> axes;
  std::vector<Exclusion> exclusions;
  std::optional<SeedRange> seeds;
};

// Takes `matrix`, `exclude` and `seeds` out of the root map. What is wrong with them goes to the
// sink; what is not, is there nevertheless.
Matrix TakeMatrix(TreeNode* root, DiagnosticSink* sink);

// An axis of values whose name stands nowhere in the rest of the file would change nothing.
void RefuseUnusedAxes(const TreeNode& root, const Matrix& matrix, DiagnosticSink* sink);

// All combinations of labels, excluded ones too; kMaxCells + 1 for more.
size_t CountCombinations(const Matrix& matrix);

// The cells by their labels' positions, in the order of the file: the last axis changes first. One
// without axes; none when there are more than kMaxCells combinations.
std::vector<std::vector<size_t>> CellsOf(const Matrix& matrix);

// The tree of one cell. `${...}` that no axis explains goes to the sink, and is marked as refused.
TreeNode ExpandCell(const TreeNode& root, const Matrix& matrix, const std::vector<size_t>& cell,
                    DiagnosticSink* sink);

// Values of the tree, for bounds.
size_t CountValues(const TreeNode& node);

// Everything that makes one tree differ from another, but for places in the file, `about` and
// `seed`.
uint64_t HashOf(const TreeNode& root);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_MATRIX_H_
