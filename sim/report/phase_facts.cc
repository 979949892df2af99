#include "sim/report/phase_facts.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/strings.h"
#include "sim/report/phases.h"
#include "sim/report/processor_load.h"

namespace gossamer::sim {
namespace {

// A metric of the scenario language that has one sample per victim primary, and the phase that
// measures it.
struct SampledMetric {
  std::string_view name;
  std::string_view phase;
};
constexpr SampledMetric kSampledMetrics[] = {
    {"pfail", "first_pfail"},    {"fail", "first_fail"},
    {"fail-known", "all_fail"},  {"election", "election"},
    {"votes", "votes"},          {"won", "promoted"},
    {"outage", "slots_covered"}, {"owner-known", "covered_100"},
};

constexpr std::array<std::pair<std::string_view, uint32_t>, 5> kStatistics = {
    {{"min", 0}, {"p50", 50}, {"p90", 90}, {"p99", 99}, {"max", 100}}};

std::vector<Duration> PrimarySamples(const Phase& phase,
                                     const std::vector<IncidentTimes>& incidents) {
  std::vector<Duration> values;
  for (const IncidentTimes& incident : incidents) {
    for (const VictimTimes& victim : incident.victims) {
      if (!victim.was_primary) continue;
      if (const auto value = phase.of_victim(incident, victim)) values.push_back(*value);
    }
  }
  std::sort(values.begin(), values.end());
  return values;
}

void AddSampled(const SampledMetric& metric, const std::vector<IncidentTimes>& incidents,
                RunFacts* facts) {
  const auto phases = Phases();
  const auto phase = std::find_if(phases.begin(), phases.end(),
                                  [&](const Phase& p) { return p.key == metric.phase; });
  const std::vector<Duration> values = PrimarySamples(*phase, incidents);
  for (const auto& [statistic, percent] : kStatistics) {
    std::optional<int64_t>& fact =
        facts->metrics[std::string(metric.name) + "." + std::string(statistic)];
    if (!values.empty()) fact = Quantile(values, percent).us;
  }
  facts->metrics[std::string(metric.name) + ".count"] = static_cast<int64_t>(values.size());
}

}  // namespace

void AddSampledMetrics(const std::vector<IncidentTimes>& incidents, RunFacts* facts) {
  for (const SampledMetric& metric : kSampledMetrics) AddSampled(metric, incidents, facts);
}

void AddLoadMetrics(const LoadHistory& history, Instant ended_at, RunFacts* facts) {
  const std::optional<ProcessorLoad> load = LoadOf(history, ended_at);
  if (!load) return;
  auto& metrics = facts->metrics;
  metrics["utilisation"] = static_cast<int64_t>(load->whole.mean_ppm);
  metrics["utilisation-max"] = static_cast<int64_t>(load->whole.max_ppm);
  metrics["utilisation-peak"] = static_cast<int64_t>(load->busiest_us);
  for (const auto& [statistic, percent] : kStatistics) {
    metrics["queue-delay." + std::string(statistic)] =
        static_cast<int64_t>(load->delay.QuantileUs(percent));
  }
  metrics["queue-delay.count"] = static_cast<int64_t>(load->delay.count());
}

StateHistory HistoryOf(const std::vector<FailoverTimeline::CountChange>& changes,
                       std::string_view what) {
  StateHistory history;
  for (const FailoverTimeline::CountChange& change : changes) {
    StateChange& state = history.changes.emplace_back();
    state.at = change.at - Instant{};
    state.holds = change.count == 0;
    if (!state.holds) state.detail = absl::StrCat(change.count, " ", ToAbsl(what));
  }
  return history;
}

}  // namespace gossamer::sim
