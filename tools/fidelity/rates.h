// Traffic and processor time of real clusters at rest (tests/fidelity/rates.csv), and how near the
// simulated ones come.
//
// SOURCE: the file's head says what was measured and how. Thread safety: values, pure functions.
#ifndef GOSSAMER_TOOLS_FIDELITY_RATES_H_
#define GOSSAMER_TOOLS_FIDELITY_RATES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/report/run_report.h"
#include "sim/scenario/scenario.h"

namespace gossamer::tool {

// How far messages and bytes of a node may be off.
inline constexpr double kRatePercent = 5;

struct Rates {
  double messages_per_s = 0;  // sent by a node
  double bytes_per_s = 0;
  double cores = 0;  // that the cluster took
};

struct RateRow {
  std::string server;
  int64_t nodes = 0;
  int64_t timeout_ms = 0;
  int64_t util_percent = 0;  // of the machine
  Rates measured;
};

// The rows of the file, in its order. Nothing, with *error set to "file:line: …", when it cannot be
// read or a line is not as expected.
std::optional<std::vector<RateRow>> ReadRates(const std::string& path, std::string* error);

// The cluster at rest, on one machine with two cores, beside what else the machine did. Of `cpu`
// the preset and the scale count.
sim::Scenario RestOf(const RateRow& row, const sim::CpuSpec& cpu);

// What a run of that scenario shows.
Rates RatesOf(const sim::RunReport& report);

// How fast the measured machine was: its processor time as a percentage of the simulated one, the
// median of all rows; at least 1.
uint32_t ScalePercent(const std::vector<RateRow>& rows, const std::vector<Rates>& simulated);

// Rows whose messages or bytes are off by more than kRatePercent. `simulated` by row.
size_t RatesOff(const std::vector<RateRow>& rows, const std::vector<Rates>& simulated);

// The table and the verdict, in lines of at most 100 columns.
std::string RatesText(const std::vector<RateRow>& rows, const std::vector<Rates>& simulated);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_FIDELITY_RATES_H_
