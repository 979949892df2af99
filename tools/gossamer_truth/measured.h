// Rows of tests/fidelity/measured.csv, and the simulated cluster that stands for each.
#ifndef GOSSAMER_TOOLS_GOSSAMER_TRUTH_MEASURED_H_
#define GOSSAMER_TOOLS_GOSSAMER_TRUTH_MEASURED_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/scenario.h"

namespace gossamer::tool {

// Medians over `runs` measured runs, in milliseconds from the injection.
struct MeasuredRow {
  std::string kind;  // single: kill one primary; multi: kill several; stop: SIGSTOP one
  int64_t nodes = 0;
  int64_t timeout_ms = 0;
  int64_t victims = 0;
  int64_t runs = 0;
  int64_t saturated_runs = 0;  // with the machine's processors busy
  int64_t first_pfail_ms = 0;
  int64_t first_fail_ms = 0;
  int64_t state_ok_ms = 0;  // of the last live node
};

// The rows of the file. Nothing, with *error set, when it cannot be read or a line is not as
// expected.
std::optional<std::vector<MeasuredRow>> ReadMeasured(const std::string& path, std::string* error);

// Half of the nodes primaries with one replica each, on loopback, and the fault of `row`. `cpu`:
// none, or a preset on a machine with two cores that all nodes share, as it was measured.
// `seed` chooses the moment.
sim::Scenario ScenarioOf(const MeasuredRow& row, const std::string& cpu, uint64_t seed);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_TRUTH_MEASURED_H_
