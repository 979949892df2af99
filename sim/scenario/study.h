// Study: a scenario file with a matrix, as one scenario a cell.
//
// A file without a matrix is a study of one cell. Bounded as the loader is; never throws. Thread
// safety: values, a pure function.
// SOURCE: scenarios/README.md.
#ifndef GOSSAMER_SIM_SCENARIO_STUDY_H_
#define GOSSAMER_SIM_SCENARIO_STUDY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostics.h"
#include "sim/scenario/loader.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

struct SeedRange {
  uint64_t first = 1;
  uint64_t last = 1;
};
inline constexpr uint64_t kMaxSeeds = 1'000'000;

struct StudyAxis {
  std::string name;
  std::vector<std::string> labels;
};

struct StudyCell {
  std::vector<std::string> labels;  // by axis
  Scenario scenario;
  // Of all that its runs depend on but for seed and options: its tree and the files that it names.
  uint64_t hash = 0;
};

struct Study {
  std::string name;
  std::vector<StudyAxis> axes;
  std::optional<SeedRange> seeds;
  std::vector<StudyCell> cells;  // in the order of the file, without the excluded ones
};

// The study in `text`, every cell of it checked. Nothing if one has errors; an error that only some
// cells have names the first of them. Otherwise as LoadScenario.
std::optional<Study> LoadStudy(std::string_view text, std::string_view file,
                               std::vector<Diagnostic>* diagnostics, const TextReader& read = {});

// "victims=100,knob=ping_2s"; empty without axes.
std::string CellText(const std::vector<StudyAxis>& axes, const std::vector<std::string>& labels);

// A choice of cells: by axis the label that it asks for, or nothing.
using CellFilter = std::vector<std::optional<std::string>>;
// Reads "victims=100,knob=ping_2s"; some axes may be missing. Nothing, with *error set, when it
// names what is not there.
std::optional<CellFilter> ParseCellFilter(const std::vector<StudyAxis>& axes, std::string_view text,
                                          std::string* error);
bool Matches(const CellFilter& filter, const std::vector<std::string>& labels);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_STUDY_H_
