// SweepLine: one run of a sweep, as a line of JSON. SOURCE: SweepSchema. Thread safety: values,
// pure functions.
#ifndef GOSSAMER_TOOLS_SWEEP_SWEEP_LINE_H_
#define GOSSAMER_TOOLS_SWEEP_SWEEP_LINE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nlohmann/json.hpp"
#include "sim/report/run_report.h"
#include "sim/scenario/study.h"
#include "tools/sweep/results.h"

namespace gossamer::tool {

inline constexpr int kSweepSchemaVersion = 1;

struct SweepLine {
  std::string sweep;
  std::vector<std::pair<std::string, std::string>> cell;  // axis, label
  uint64_t cell_index = 0;                                // in the scenario's order
  uint64_t seed = 0;
  std::string hash;  // of everything that the run depends on but the seed
  std::string build;
  std::string digest;
  std::string verdict;
  int64_t nodes = 0;
  uint64_t virtual_us = 0;
  uint64_t wall_us = 0;
  FigureValues figures;
};

// The hash that lines of a cell carry: of its scenario, and of options that change its runs.
std::string SweepHash(uint64_t cell_hash, const std::optional<std::string>& rules,
                      const std::optional<std::string>& cpu);

// Of a run of cell number `index`.
SweepLine LineOf(const sim::Study& study, size_t index, const std::string& hash,
                 const sim::RunReport& report);

// Without the newline.
std::string WriteLine(const SweepLine& line);
// Nothing when it is no such line. Untrusted input; never throws.
std::optional<SweepLine> ReadLine(std::string_view text);

// JSON Schema of a line.
nlohmann::ordered_json SweepSchema();

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_SWEEP_SWEEP_LINE_H_
