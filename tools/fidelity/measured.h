// Runs of real clusters (tests/fidelity/runs.csv), and the simulated cluster that stands for them.
//
// SOURCE: the file's head says what was measured and how. Thread safety: values, pure functions.
#ifndef GOSSAMER_TOOLS_FIDELITY_MEASURED_H_
#define GOSSAMER_TOOLS_FIDELITY_MEASURED_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.h"

namespace gossamer::tool {

// What was measured of each run, as columns of the file and phases of the simulator's reports
// (sim/report/phases.h).
struct Figure {
  std::string_view column;
  std::string_view phase;
  std::string_view title;
};
inline constexpr std::array<Figure, 6> kFigures = {{{"pfail", "first_pfail", "PFAIL"},
                                                    {"fail", "first_fail", "FAIL"},
                                                    {"fail_all", "all_fail", "FAIL all"},
                                                    {"election", "election", "election"},
                                                    {"won", "promoted", "won"},
                                                    {"ok", "cluster_ok", "ok"}}};

// Milliseconds from the injection, by figure.
using Figures = std::array<int64_t, kFigures.size()>;

struct MeasuredRuns {
  std::vector<Figures> figures;  // by run
  int64_t util_sum = 0;          // mean utilisations of the machine, per cent, added up

  bool empty() const { return figures.empty(); }
  void Add(const Figures& run, int64_t util_percent) {
    figures.push_back(run);
    util_sum += util_percent;
  }
  // REQUIRES: not empty.
  int64_t util_percent() const { return util_sum / static_cast<int64_t>(figures.size()); }
};

// One configuration and its runs.
struct MeasuredRow {
  std::string server;  // valkey, redis7
  std::string kind;    // single: kill one primary; multi: kill several; stop: SIGSTOP one
  int64_t nodes = 0;
  int64_t timeout_ms = 0;
  int64_t victims = 0;
  MeasuredRuns runs;       // on a machine with time to spare
  MeasuredRuns saturated;  // at or above kSaturatedPercent
};

// Mean utilisation of the machine from which on a run counts as saturated.
inline constexpr int64_t kSaturatedPercent = 85;

bool IsServer(std::string_view name);

// "1.25": a number in a table.
std::string Rounded(double value, int decimals);

// The machine and the cluster of every measurement: half of the nodes primaries with one replica
// each, on loopback, all of them on two cores unless no work takes time.
void SetMachine(int64_t nodes, int64_t timeout_ms, sim::Scenario* scenario);

// The rows of the file, in its order. Nothing, with *error set to "file:line: …", when it cannot be
// read or a line is not as expected.
std::optional<std::vector<MeasuredRow>> ReadMeasured(const std::string& path, std::string* error);

// The measured cluster and the fault of `row`, the last of the timeline. `cpu`: preset and
// background. The measured clusters were hit again and again, one fault after another, each soon
// after the victims of the last had come back: pings to all, and from all, were due in step with
// that. So another fault and the return of its victims come first. `seed` chooses the moments.
sim::Scenario ScenarioOf(const MeasuredRow& row, const sim::CpuSpec& cpu, uint64_t seed);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_FIDELITY_MEASURED_H_
