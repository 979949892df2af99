#include "sim/report/phases.h"

#include <algorithm>

#include "core/base/check.h"

namespace gossamer::sim {
namespace {

using Result = std::optional<Duration>;

Result Since(Instant start, std::optional<Instant> at) {
  if (!at) return std::nullopt;
  return *at - start;
}

Result Between(std::optional<Instant> start, std::optional<Instant> at) {
  if (!start) return std::nullopt;
  return Since(*start, at);
}

// Nothing for an incident that left no slots to be taken over.
Result IfNeeded(const IncidentTimes& incident, std::optional<Instant> at) {
  return incident.NeedsCover() ? Since(incident.at, at) : std::nullopt;
}

// The greatest sample over the victims that a phase per primary counts.
template <class Of>
Result GreatestOf(const IncidentTimes& incident, Of of) {
  Result greatest;
  for (const VictimTimes& victim : incident.victims) {
    if (!victim.was_primary || !victim.has_survivor) continue;
    const std::optional<Instant> value = of(victim);
    if (!value) return std::nullopt;
    const Duration length = *value - incident.at;
    if (!greatest || length > *greatest) greatest = length;
  }
  return greatest;
}

constexpr Phase kPhases[] = {
    {"first_pfail", "first PFAIL anywhere", PhasePer::kVictim,
     [](const IncidentTimes& i, const VictimTimes& v) { return Since(i.at, v.first_pfail); },
     [](const IncidentTimes& i) { return Since(i.at, i.FirstPfail()); }},
    {"first_fail", "first FAIL anywhere", PhasePer::kVictim,
     [](const IncidentTimes& i, const VictimTimes& v) { return Since(i.at, v.first_fail); },
     [](const IncidentTimes& i) { return Since(i.at, i.FirstFail()); }},
    {"fail_50", "FAIL known to 50 % of live nodes", PhasePer::kVictim,
     [](const IncidentTimes& i, const VictimTimes& v) { return Since(i.at, v.fail_known[0]); },
     [](const IncidentTimes& i) { return Since(i.at, i.AllFail(0)); }},
    {"fail_99", "FAIL known to 99 %", PhasePer::kVictim,
     [](const IncidentTimes& i, const VictimTimes& v) { return Since(i.at, v.fail_known[1]); },
     [](const IncidentTimes& i) { return Since(i.at, i.AllFail(1)); }},
    {"all_fail", "FAIL known to 100 %", PhasePer::kVictim,
     [](const IncidentTimes& i, const VictimTimes& v) { return Since(i.at, v.fail_known[2]); },
     [](const IncidentTimes& i) { return Since(i.at, i.AllFail(2)); }},
    {"election", "election started", PhasePer::kPrimary,
     [](const IncidentTimes& i, const VictimTimes& v) { return Since(i.at, v.election); },
     [](const IncidentTimes& i) {
       return GreatestOf(i, [](const VictimTimes& v) { return v.election; });
     }},
    {"votes", "votes: winning start to win", PhasePer::kPrimary,
     [](const IncidentTimes&, const VictimTimes& v) {
       return Between(v.winning_election, v.winning_election ? v.promoted : std::nullopt);
     },
     nullptr},
    {"promoted", "replica promoted", PhasePer::kPrimary,
     [](const IncidentTimes& i, const VictimTimes& v) { return Since(i.at, v.promoted); },
     [](const IncidentTimes& i) {
       return GreatestOf(i, [](const VictimTimes& v) { return v.promoted; });
     }},
    {"slots_covered", "slots covered by the new owner", PhasePer::kPrimary,
     [](const IncidentTimes& i, const VictimTimes& v) { return Since(i.at, v.covered); },
     [](const IncidentTimes& i) { return IfNeeded(i, i.Covered()); }},
    {"covered_50", "covered in the view of 50 %", PhasePer::kPrimary,
     [](const IncidentTimes& i, const VictimTimes& v) { return Since(i.at, v.covered_known[0]); },
     [](const IncidentTimes& i) { return IfNeeded(i, i.CoveredKnown(0)); }},
    {"covered_99", "covered in the view of 99 %", PhasePer::kPrimary,
     [](const IncidentTimes& i, const VictimTimes& v) { return Since(i.at, v.covered_known[1]); },
     [](const IncidentTimes& i) { return IfNeeded(i, i.CoveredKnown(1)); }},
    {"covered_100", "covered in the view of 100 %", PhasePer::kPrimary,
     [](const IncidentTimes& i, const VictimTimes& v) { return Since(i.at, v.covered_known[2]); },
     [](const IncidentTimes& i) { return IfNeeded(i, i.CoveredKnown(2)); }},
    {"ok_50", "cluster ok on 50 % of live nodes", PhasePer::kIncident, nullptr,
     [](const IncidentTimes& i) { return IfNeeded(i, i.ok[0]); }},
    {"ok_99", "cluster ok on 99 %", PhasePer::kIncident, nullptr,
     [](const IncidentTimes& i) { return IfNeeded(i, i.ok[1]); }},
    {"cluster_ok", "cluster ok on 100 %", PhasePer::kIncident, nullptr,
     [](const IncidentTimes& i) { return IfNeeded(i, i.ok[2]); }},
    {"pfail_to_covered", "first PFAIL -> all covered", PhasePer::kIncident, nullptr,
     [](const IncidentTimes& i) {
       return i.NeedsCover() ? Between(i.FirstPfail(), i.Covered()) : std::nullopt;
     }},
    {"pfail_to_ok", "first PFAIL -> cluster ok on 100 %", PhasePer::kIncident, nullptr,
     [](const IncidentTimes& i) {
       return i.NeedsCover() ? Between(i.FirstPfail(), i.ok[2]) : std::nullopt;
     }},
};

}  // namespace

std::span<const Phase> Phases() { return kPhases; }

bool Lacks(const Phase& phase, const IncidentTimes& incident) {
  const bool called_for =
      phase.per == PhasePer::kVictim ? !incident.victims.empty() : incident.NeedsCover();
  return called_for && incident.observers > 0 && !phase.of_incident(incident);
}

PhaseSamples SamplesOf(const Phase& phase, std::span<const IncidentTimes> incidents) {
  PhaseSamples samples;
  for (const IncidentTimes& incident : incidents) {
    if (phase.per == PhasePer::kIncident) {
      if (!incident.NeedsCover()) continue;
      ++samples.expected;
      if (const auto value = phase.of_incident(incident)) samples.values.push_back(*value);
      continue;
    }
    for (const VictimTimes& victim : incident.victims) {
      if (phase.per == PhasePer::kPrimary && !(victim.was_primary && victim.has_survivor)) continue;
      ++samples.expected;
      if (const auto value = phase.of_victim(incident, victim)) samples.values.push_back(*value);
    }
  }
  std::sort(samples.values.begin(), samples.values.end());
  return samples;
}

Duration Quantile(std::span<const Duration> sorted, uint32_t percent) {
  GOSSAMER_CHECK(!sorted.empty() && percent <= 100);
  const size_t rank = (sorted.size() * percent + 99) / 100;
  return sorted[rank == 0 ? 0 : rank - 1];
}

}  // namespace gossamer::sim
