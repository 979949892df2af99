#include "sim/scenario/study.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "core/base/hash.h"
#include "core/base/strings.h"
#include "sim/scenario/load_parts.h"
#include "sim/scenario/matrix.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/tree.h"
#include "sim/scenario/units.h"

namespace gossamer::sim {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view WithoutMark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

std::vector<StudyAxis> AxesOf(const Matrix& matrix) {
  std::vector<StudyAxis> axes;
  for (const Axis& axis : matrix.axes) axes.push_back({axis.name, axis.labels});
  return axes;
}

std::vector<std::string> LabelsOf(const Matrix& matrix, const std::vector<size_t>& cell) {
  std::vector<std::string> labels;
  for (size_t a = 0; a < cell.size(); ++a) labels.push_back(matrix.axes[a].labels[cell[a]]);
  return labels;
}

std::vector<std::string_view> Views(const std::vector<std::string>& words) {
  return {words.begin(), words.end()};
}

// A file's tree and the cells that it stands for.
struct Plan {
  TreeNode tree;  // without what belongs to the study
  Matrix matrix;
  std::vector<std::vector<size_t>> cells;
};

std::optional<Plan> ReadPlan(std::string_view text, DiagnosticSink* sink) {
  std::optional<TreeNode> tree = ReadTree(text, sink);
  if (!tree) return std::nullopt;
  Plan plan;
  plan.matrix = TakeMatrix(&*tree, sink);
  plan.tree = *std::move(tree);
  RefuseUnusedAxes(plan.tree, plan.matrix, sink);
  const auto refuse = [&](std::string message) {
    sink->Add(Severity::kError, plan.matrix.place, plan.matrix.length, std::move(message));
  };
  plan.cells = CellsOf(plan.matrix);
  if (CountCombinations(plan.matrix) > kMaxCells) {
    refuse("the matrix has more than " + std::to_string(kMaxCells) + " cells");
  } else if (plan.cells.empty() && !sink->has_errors()) {
    refuse("every cell is excluded");
  }
  size_t values = CountValues(plan.tree);
  for (const Axis& axis : plan.matrix.axes) {
    for (const TreeNode& value : axis.values) values += CountValues(value);
  }
  if (values * plan.cells.size() > kMaxStudyValues && plan.matrix.present) {
    refuse("the cells stand for more than " + std::to_string(kMaxStudyValues) + " values");
    plan.cells.clear();
  }
  return plan;
}

struct LoadedCell {
  Scenario scenario;
  uint64_t hash = 0;
};

LoadedCell LoadCell(const Plan& plan, const std::vector<size_t>& cell, std::string_view file,
                    const TextReader& read, DiagnosticSink* sink) {
  LoadedCell loaded;
  const TreeNode tree = ExpandCell(plan.tree, plan.matrix, cell, sink);
  loaded.scenario.file = file;
  loaded.scenario.cell = CellText(AxesOf(plan.matrix), LabelsOf(plan.matrix, cell));
  loaded.hash = HashOf(tree);
  const TextReader reader = [&](const std::string& path) {
    std::optional<std::string> text = read(path);
    if (text) loaded.hash = HashText(*text, loaded.hash);
    return text;
  };
  LoadTree(tree, file, read ? reader : read, sink, &loaded.scenario);
  return loaded;
}

// The diagnostics of all cells, each once. What only some cells have says in which it was met
// first.
class Merged {
 public:
  explicit Merged(size_t cells) : cells_(cells) {}

  // `not_shown`: errors beside these.
  void Add(const std::string& cell, std::vector<Diagnostic> diagnostics, size_t not_shown) {
    not_shown_ = std::max(not_shown_, not_shown);
    for (Diagnostic& d : diagnostics) {
      if (d.severity == Severity::kNote) continue;  // how many are not shown: counted below
      auto key = std::make_tuple(d.line, d.column, d.message);
      Entry& entry = entries_[std::move(key)];
      if (entry.cells++ == 0) {
        entry.diagnostic = std::move(d);
        entry.cell = cell;
      }
    }
  }

  void Finish(std::string_view file, std::vector<Diagnostic>* out) {
    size_t errors = 0;
    for (auto& [key, entry] : entries_) {
      Diagnostic& d = entry.diagnostic;
      if (d.severity == Severity::kError && ++errors > kMaxDiagnostics) continue;
      if (entry.cells < cells_) {
        d.message += "; in cell " + entry.cell;
        if (entry.cells > 1) d.message += " and " + std::to_string(entry.cells - 1) + " more";
      }
      out->push_back(std::move(d));
    }
    not_shown_ += errors - std::min(errors, kMaxDiagnostics);
    if (not_shown_ == 0) return;
    Diagnostic& note = out->emplace_back();
    note.severity = Severity::kNote;
    note.file = file;
    note.message = std::to_string(not_shown_) + " more errors are not shown";
  }

 private:
  struct Entry {
    Diagnostic diagnostic;
    std::string cell;
    size_t cells = 0;
  };
  size_t cells_;
  size_t not_shown_ = 0;  // at least: cells can have others
  std::map<std::tuple<int, int, std::string>, Entry> entries_;
};

// The cell that `text` leaves, or nothing, which has been reported.
std::optional<std::vector<size_t>> ChooseCell(const Plan& plan, std::string_view text,
                                              DiagnosticSink* sink) {
  const std::vector<StudyAxis> axes = AxesOf(plan.matrix);
  std::string error;
  const std::optional<CellFilter> filter = ParseCellFilter(axes, text, &error);
  if (!filter) {
    sink->Add(Severity::kError, {}, 1, "cell " + Quoted(text) + ": " + error);
    return std::nullopt;
  }
  std::vector<const std::vector<size_t>*> left;
  for (const std::vector<size_t>& cell : plan.cells) {
    if (Matches(*filter, LabelsOf(plan.matrix, cell))) left.push_back(&cell);
  }
  if (left.size() == 1) return *left.front();
  if (sink->has_errors()) return std::nullopt;
  std::string names;
  for (const StudyAxis& axis : axes) names += (names.empty() ? "" : ", ") + axis.name;
  if (left.empty()) {
    sink->Add(Severity::kError, {}, 1, "cell " + Quoted(text) + " is excluded");
    return std::nullopt;
  }
  sink->Add(Severity::kError, plan.matrix.place, plan.matrix.length,
            "this is a study of " + std::to_string(left.size()) + " cells over " + names +
                ", where one scenario is needed",
            "choose one by --cell " + CellText(axes, LabelsOf(plan.matrix, *left.front())) +
                ", or run all by gossamer-sim sweep");
  return std::nullopt;
}

}  // namespace

std::optional<Scenario> LoadScenario(std::string_view text, std::string_view file,
                                     std::vector<Diagnostic>* diagnostics, const TextReader& read,
                                     std::string_view cell) {
  text = WithoutMark(text);
  DiagnosticSink sink(text, file);
  std::optional<Scenario> scenario;
  if (const std::optional<Plan> plan = ReadPlan(text, &sink)) {
    if (const auto chosen = ChooseCell(*plan, cell, &sink)) {
      scenario = LoadCell(*plan, *chosen, file, read, &sink).scenario;
    }
  }
  const bool failed = sink.has_errors();
  sink.Finish(diagnostics);
  if (failed) return std::nullopt;
  return scenario;
}

std::optional<Scenario> LoadScenario(std::string_view text, std::string_view file,
                                     std::vector<Diagnostic>* diagnostics, const TextReader& read) {
  return LoadScenario(text, file, diagnostics, read, "");
}

std::optional<Study> LoadStudy(std::string_view text, std::string_view file,
                               std::vector<Diagnostic>* diagnostics, const TextReader& read) {
  text = WithoutMark(text);
  DiagnosticSink sink(text, file);
  const std::optional<Plan> plan = ReadPlan(text, &sink);
  bool failed = sink.has_errors();
  if (!plan || plan->cells.empty()) {
    sink.Finish(diagnostics);
    return std::nullopt;
  }
  Study study;
  study.axes = AxesOf(plan->matrix);
  study.seeds = plan->matrix.seeds;
  Merged merged(plan->cells.size());
  for (const std::vector<size_t>& cell : plan->cells) {
    DiagnosticSink of_cell(text, file);
    LoadedCell loaded = LoadCell(*plan, cell, file, read, &of_cell);
    failed = failed || of_cell.has_errors();
    std::vector<Diagnostic> found;
    of_cell.Finish(&found);
    merged.Add(loaded.scenario.cell, std::move(found), of_cell.not_shown());
    study.cells.push_back({LabelsOf(plan->matrix, cell), std::move(loaded.scenario), loaded.hash});
  }
  study.name = study.cells.front().scenario.name;
  std::vector<Diagnostic> of_file;
  sink.Finish(&of_file);
  for (size_t i = 0; i < plan->cells.size(); ++i) merged.Add("", of_file, 0);
  merged.Finish(file, diagnostics);
  if (failed) return std::nullopt;
  return study;
}

std::string CellText(const std::vector<StudyAxis>& axes, const std::vector<std::string>& labels) {
  std::string text;
  for (size_t a = 0; a < axes.size(); ++a) {
    text += (a == 0 ? "" : ",") + axes[a].name + "=" + labels[a];
  }
  return text;
}

std::optional<CellFilter> ParseCellFilter(const std::vector<StudyAxis>& axes, std::string_view text,
                                          std::string* error) {
  CellFilter filter(axes.size());
  std::vector<std::string_view> names;
  for (const StudyAxis& axis : axes) names.push_back(axis.name);
  for (const std::string_view part : SplitWords(text, ",")) {
    const size_t equals = std::min(part.find('='), part.size());
    const std::string_view name = part.substr(0, equals);
    const std::string_view label = part.substr(std::min(equals + 1, part.size()));
    if (equals == part.size()) {
      *error = Quoted(part) + " is no cell, expected AXIS=LABEL";
      return std::nullopt;
    }
    const auto axis = std::find(names.begin(), names.end(), name);
    if (axes.empty()) {
      *error = "the file has no matrix";
    } else if (axis == names.end()) {
      *error = "unknown axis " + Quoted(name) + "; " + NearestHelp(name, names);
    } else {
      const auto at = static_cast<size_t>(axis - names.begin());
      const std::vector<std::string_view> labels = Views(axes[at].labels);
      if (std::find(labels.begin(), labels.end(), label) == labels.end()) {
        *error =
            "axis " + Quoted(name) + " has no " + Quoted(label) + "; " + NearestHelp(label, labels);
      } else if (filter[at] && *filter[at] != label) {
        *error = "axis " + Quoted(name) + " is named twice";
      }
      filter[at] = std::string(label);
    }
    if (!error->empty()) return std::nullopt;
  }
  return filter;
}

bool Matches(const CellFilter& filter, const std::vector<std::string>& labels) {
  for (size_t a = 0; a < filter.size(); ++a) {
    if (filter[a] && *filter[a] != labels[a]) return false;
  }
  return true;
}

}  // namespace gossamer::sim
