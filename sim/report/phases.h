// Phases: the figures of a failover by name, as samples over victims and as one value per incident.
//
// One table, so that the text, the JSON and the summary over seeds name and order them alike. All
// lengths run from the injection, but where the name says otherwise. Terms: failover_timeline.h.
// Thread safety: constants and values.
#ifndef GOSSAMER_SIM_REPORT_PHASES_H_
#define GOSSAMER_SIM_REPORT_PHASES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "sim/report/failover_timeline.h"

namespace gossamer::sim {

// What a phase has one sample of.
enum class PhasePer : uint8_t { kVictim, kPrimary, kIncident };

struct Phase {
  std::string_view key;    // "fail_99", for JSON
  std::string_view label;  // "FAIL known to 99 % of live nodes"
  PhasePer per = PhasePer::kVictim;
  // The length for one victim; null for phases per incident.
  std::optional<Duration> (*of_victim)(const IncidentTimes&, const VictimTimes&) = nullptr;
  // The incident's own figure: a minimum or a maximum, see failover_timeline.h.
  std::optional<Duration> (*of_incident)(const IncidentTimes&) = nullptr;
};
std::span<const Phase> Phases();

// The incident called for the phase, and it did not happen. REQUIRES: the phase has a figure per
// incident.
bool Lacks(const Phase& phase, const IncidentTimes& incident);

// The samples of one phase over several incidents, rising, and how many there should be.
struct PhaseSamples {
  std::vector<Duration> values;
  size_t expected = 0;
};
PhaseSamples SamplesOf(const Phase& phase, std::span<const IncidentTimes> incidents);

// The least value that `percent` of the sorted values do not exceed (nearest rank); 0 is the
// minimum. REQUIRES: `sorted` rises and is not empty, percent <= 100.
Duration Quantile(std::span<const Duration> sorted, uint32_t percent);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_PHASES_H_
