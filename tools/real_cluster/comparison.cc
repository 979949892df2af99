#include "tools/real_cluster/comparison.h"

#include <algorithm>

#include "core/base/check.h"
#include "sim/report/phases.h"

namespace gossamer::real {
namespace {

ComparedPhase ComparePhase(const sim::Phase& phase, size_t position,
                           std::span<const RealResult> real,
                           std::span<const sim::RunReport> simulated) {
  const auto value_of = [&](const sim::RunReport& run) -> std::optional<Duration> {
    if (position >= run.incidents.size()) return std::nullopt;
    return phase.of_incident(run.incidents[position]);
  };
  ComparedPhase compared;
  compared.key = phase.key;
  compared.label = phase.label;
  for (const RealResult& run : real) compared.real.push_back(value_of(run.report));
  for (const sim::RunReport& run : simulated) {
    if (const auto value = value_of(run)) compared.simulated.push_back(*value);
  }
  std::sort(compared.simulated.begin(), compared.simulated.end());
  compared.simulated_runs = simulated.size();
  return compared;
}

}  // namespace

std::vector<Duration> ComparedPhase::RealValues() const {
  std::vector<Duration> values;
  for (const std::optional<Duration>& value : real) {
    if (value) values.push_back(*value);
  }
  std::sort(values.begin(), values.end());
  return values;
}

std::vector<ComparedIncident> Compare(std::span<const RealResult> real,
                                      std::span<const sim::RunReport> simulated) {
  size_t count = 0;
  for (const RealResult& run : real) count = std::max(count, run.report.incidents.size());
  for (const sim::RunReport& run : simulated) count = std::max(count, run.incidents.size());
  std::vector<ComparedIncident> incidents;
  for (size_t i = 0; i < count; ++i) {
    ComparedIncident& incident = incidents.emplace_back();
    incident.position = i;
    for (const RealResult& run : real) {
      auto& victims = incident.victims.emplace_back();
      auto& at = incident.at.emplace_back();
      if (i >= run.report.incidents.size()) continue;
      const sim::IncidentTimes& times = run.report.incidents[i];
      at = times.at;
      incident.text = times.text;
      for (const sim::VictimTimes& victim : times.victims) victims.push_back(victim.node);
    }
    for (const sim::RunReport& run : simulated) {
      if (incident.text.empty() && i < run.incidents.size()) incident.text = run.incidents[i].text;
    }
    for (const sim::Phase& phase : sim::Phases()) {
      if (phase.of_incident == nullptr) continue;
      incident.phases.push_back(ComparePhase(phase, i, real, simulated));
    }
  }
  return incidents;
}

uint32_t RankAmong(std::span<const Duration> simulated, Duration value) {
  GOSSAMER_CHECK(!simulated.empty());
  const auto [first, last] = std::equal_range(simulated.begin(), simulated.end(), value);
  const auto below = static_cast<uint64_t>(first - simulated.begin());
  const auto equal = static_cast<uint64_t>(last - first);
  return static_cast<uint32_t>((2 * below + equal) * 500 / simulated.size());
}

sim::Verdict VerdictOf(std::span<const RealResult> real) {
  const auto any = [&](sim::Verdict verdict) {
    return std::any_of(real.begin(), real.end(),
                       [&](const RealResult& run) { return run.report.verdict == verdict; });
  };
  if (any(sim::Verdict::kFail)) return sim::Verdict::kFail;
  return any(sim::Verdict::kInconclusive) ? sim::Verdict::kInconclusive : sim::Verdict::kPass;
}

}  // namespace gossamer::real
