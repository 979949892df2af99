#include "tools/sweep/results.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/strings.h"
#include "nlohmann/json.hpp"

namespace gossamer::tool {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostAxes = 32;
constexpr size_t kMostFigures = 512;
constexpr size_t kMostNameBytes = 256;
// A value of a figure, in its own unit: far above any, and far from what would overflow.
constexpr double kMostValue = 1e11;

bool IsTime(std::string_view figure) {
  constexpr std::string_view kEnd = "_us";
  return figure.size() > kEnd.size() && figure.substr(figure.size() - kEnd.size()) == kEnd;
}

// One line; the error says what was wrong and what was expected.
class LineReader {
 public:
  LineReader(const Json& line, SweepRun* run) : line_(line), run_(run) {}

  std::string Read(std::string* sweep, std::vector<std::string>* figures) {
    if (!line_.is_object()) return "no object, expected one run's result";
    const auto version = line_.find("schema_version");
    if (version == line_.end() || !version->is_number_integer() || *version != 1) {
      return "unknown schema_version, expected 1";
    }
    if (const auto name = line_.find("sweep"); name != line_.end()) {
      if (!name->is_string()) return "'sweep' is no string";
      *sweep = name->get<std::string>();
    }
    const auto seed = line_.find("seed");
    if (seed == line_.end() || !seed->is_number_unsigned()) {
      return "'seed' is missing or no whole number";
    }
    run_->seed = seed->get<uint64_t>();
    if (const auto index = line_.find("cell_index"); index != line_.end()) {
      if (!index->is_number_unsigned()) return "'cell_index' is no whole number";
      run_->cell_index = index->get<uint64_t>();
    }
    if (const auto verdict = line_.find("verdict"); verdict != line_.end()) {
      if (!verdict->is_string()) return "'verdict' is no string";
      run_->verdict = verdict->get<std::string>();
    }
    std::string error = ReadCell();
    return error.empty() ? ReadFigures(figures) : error;
  }

 private:
  std::string ReadCell() {
    const auto cell = line_.find("cell");
    if (cell == line_.end() || !cell->is_object()) return "'cell' is missing or no object";
    if (cell->size() > kMostAxes) return "'cell' has too many axes";
    for (const auto& [axis, label] : cell->items()) {
      if (!label.is_string()) return "the label of axis '" + axis + "' is no string";
      const auto& text = label.get_ref<const std::string&>();
      if (axis.size() > kMostNameBytes || text.size() > kMostNameBytes) {
        return "a name in 'cell' is too long";
      }
      run_->cell.emplace_back(axis, text);
    }
    return "";
  }

  std::string ReadFigures(std::vector<std::string>* names) {
    const auto figures = line_.find("figures");
    if (figures == line_.end() || !figures->is_object()) return "'figures' is missing or no object";
    if (figures->size() > kMostFigures) return "'figures' has too many entries";
    for (const auto& [name, value] : figures->items()) {
      if (name.size() > kMostNameBytes) return "a name in 'figures' is too long";
      if (!value.is_null() && !value.is_number()) continue;  // of a later version
      names->push_back(name);
      if (value.is_null()) continue;
      const std::optional<int64_t> millionths = FigureValueOf(name, value.get<double>());
      if (!millionths) return "figure '" + name + "' is out of range";
      run_->figures[name] = *millionths;
    }
    return "";
  }

  const Json& line_;
  SweepRun* run_;
};

template <typename T>
void AddOnce(const T& value, std::set<T>* seen, std::vector<T>* out) {
  if (seen->insert(value).second) out->push_back(value);
}

// Lines stand in a file as their runs ended.
void SortByCell(std::vector<SweepRun>* runs) {
  const auto has_index = [](const SweepRun& run) { return run.cell_index.has_value(); };
  if (!std::all_of(runs->begin(), runs->end(), has_index)) return;
  std::stable_sort(runs->begin(), runs->end(), [](const SweepRun& a, const SweepRun& b) {
    return std::pair(*a.cell_index, a.seed) < std::pair(*b.cell_index, b.seed);
  });
}

}  // namespace

std::optional<int64_t> FigureValueOf(std::string_view figure, double number) {
  const double value = number / (IsTime(figure) ? kMillionthsPerUnit : 1);
  if (!(std::abs(value) <= kMostValue)) return std::nullopt;
  return std::llround(value * kMillionthsPerUnit);
}

const std::string* SweepRun::LabelOf(std::string_view axis) const {
  const auto found =
      std::find_if(cell.begin(), cell.end(), [&](const auto& pair) { return pair.first == axis; });
  return found == cell.end() ? nullptr : &found->second;
}

std::vector<std::string> SweepResults::LabelsOf(std::string_view axis) const {
  std::set<std::string> seen;
  std::vector<std::string> out;
  for (const SweepRun& run : runs) {
    if (const std::string* label = run.LabelOf(axis)) AddOnce(*label, &seen, &out);
  }
  return out;
}

std::optional<SweepResults> ParseResults(std::string_view text, std::string_view path,
                                         std::string* error) {
  SweepResults results;
  std::set<std::string> axes;
  std::set<std::string> figures;
  std::set<std::pair<std::vector<std::pair<std::string, std::string>>, uint64_t>> seen;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const Json json = Json::parse(line, nullptr, false);
    // A writer that was stopped leaves half a line, without its end.
    if (json.is_discarded() && end == std::string_view::npos) {
      results.torn = true;
      break;
    }
    SweepRun& run = results.runs.emplace_back();
    std::vector<std::string> names;
    const std::string wrong = json.is_discarded()
                                  ? "no JSON, expected one object a line"
                                  : LineReader(json, &run).Read(&results.sweep, &names);
    if (!wrong.empty()) {
      *error = std::string(path) + ":" + std::to_string(number) + ": " + wrong;
      return std::nullopt;
    }
    if (!seen.emplace(run.cell, run.seed).second) {
      results.runs.pop_back();
      continue;
    }
    for (const auto& [axis, label] : run.cell) AddOnce(axis, &axes, &results.axes);
    for (const std::string& name : names) AddOnce(name, &figures, &results.figures);
  }
  if (results.runs.empty()) {
    *error = std::string(path) + ": holds no run, expected one JSON object a line";
    return std::nullopt;
  }
  SortByCell(&results.runs);
  return results;
}

bool Matches(const SweepRun& run, const CellFilter& filter) {
  return std::all_of(filter.begin(), filter.end(), [&](const auto& wanted) {
    const std::string* label = run.LabelOf(wanted.first);
    return label != nullptr && *label == wanted.second;
  });
}

namespace {

std::string AddOneToFilter(std::string_view text, const SweepResults& results, CellFilter* filter) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return "'" + std::string(text) + "' is no cell, expected AXIS=LABEL";
  }
  const std::string axis(text.substr(0, equals));
  const std::string label(text.substr(equals + 1));
  if (std::find(results.axes.begin(), results.axes.end(), axis) == results.axes.end()) {
    return "unknown axis '" + axis + "'" + NearestOf(axis, results.axes);
  }
  const std::vector<std::string> labels = results.LabelsOf(axis);
  if (std::find(labels.begin(), labels.end(), label) == labels.end()) {
    return "axis '" + axis + "' has no label '" + label + "'" + NearestOf(label, labels);
  }
  filter->emplace_back(axis, label);
  return "";
}

}  // namespace

std::string AddToFilter(std::string_view text, const SweepResults& results, CellFilter* filter) {
  const std::vector<std::string_view> parts = SplitWords(text, ",");
  if (parts.empty()) return AddOneToFilter(text, results, filter);  // which says what is wrong
  for (const std::string_view part : parts) {
    if (std::string error = AddOneToFilter(part, results, filter); !error.empty()) return error;
  }
  return "";
}

std::string NearestOf(std::string_view word, const std::vector<std::string>& known) {
  const std::vector<std::string_view> words(known.begin(), known.end());
  const std::string_view nearest = NearestWord(word, words);
  if (!nearest.empty()) return "; did you mean '" + std::string(nearest) + "'?";
  std::string out;
  for (const std::string& name : known) out += (out.empty() ? "; expected one of " : ", ") + name;
  return out;
}

}  // namespace gossamer::tool
