// The summary of one scenario over several seeds: a distribution per incident and phase, with the
// seeds of its extremes.
//
// The value of a seed is the incident's own figure (see failover_timeline.h). A seed whose phase
// did not happen has no value and is counted as missing; it is named where the incident called for
// that phase. The digest of digests covers the seeds and
// their digests, by rising seed. Thread safety: values.
#ifndef GOSSAMER_SIM_REPORT_SEEDS_REPORT_H_
#define GOSSAMER_SIM_REPORT_SEEDS_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/hash.h"
#include "nlohmann/json_fwd.hpp"
#include "sim/report/run_report.h"
#include "sim/scenario/paint.h"

namespace gossamer::sim {

struct SeedPhase {
  size_t incident = 0;   // position in the timeline's incidents
  std::string_view key;  // of the phase
  std::string_view label;
  std::vector<Duration> values;  // rising
  size_t missing = 0;
  std::vector<uint64_t> lacking;  // of those, the seeds whose incident called for the phase; rising
  uint64_t min_seed = 0;          // the first seed that had the least, the greatest value
  uint64_t max_seed = 0;
};

struct SeedsReport {
  std::vector<SeedPhase> phases;
  Digest digest;
  Verdict verdict = Verdict::kInconclusive;
  std::vector<uint64_t> failed;  // seeds, rising
  std::vector<uint64_t> inconclusive;
};

// Phases of one incident that the same seeds lack: the first of them, and how many follow.
struct LackingPhases {
  const SeedPhase* first = nullptr;
  size_t more = 0;
};
std::vector<LackingPhases> LackingOf(const SeedsReport& report, size_t incident);

// REQUIRES: `runs` are of one scenario, by rising seed, and at least one.
SeedsReport SummarizeSeeds(std::span<const RunReport> runs);

std::string SeedsText(std::span<const RunReport> runs, const Paint& paint = Paint());
nlohmann::ordered_json SeedsJson(std::span<const RunReport> runs);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_SEEDS_REPORT_H_
