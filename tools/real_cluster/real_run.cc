#include "tools/real_cluster/real_run.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "sim/model/moments.h"
#include "sim/report/phase_facts.h"
#include "sim/scenario/loader.h"
#include "sim/scenario/schema_table.h"
#include "tools/real_cluster/clocks.h"
#include "tools/real_cluster/cluster.h"
#include "tools/real_cluster/log_file.h"
#include "tools/real_cluster/observation.h"
#include "tools/real_cluster/timeline.h"

namespace gossamer::real {
namespace {

using sim::Expectation;
using sim::ExpectKind;
using sim::RunReport;

bool KnowsEvent(const std::string& name) {
  const auto& events = JudgedEvents();
  return std::find(events.begin(), events.end(), name) != events.end();
}

// Whether logs tell it. Convergence is looked at once, at the end.
bool CanJudge(const Expectation& e, const sim::RunFacts& facts) {
  switch (e.kind) {
    case ExpectKind::kState:
      return e.name != "converged" ||
             (!e.within && e.by.value_or(facts.ended_at) >= facts.ended_at);
    case ExpectKind::kEvent:
      return KnowsEvent(e.name);
    case ExpectKind::kMetric:
      return facts.metrics.contains(e.name);
    case ExpectKind::kInvariant:
      break;
  }
  return false;
}

void AddMetrics(const Observation& seen, sim::RunFacts* facts) {
  sim::AddSampledMetrics(seen.incidents, facts);
  // Logs do not tell in whose view slots are covered.
  std::erase_if(facts->metrics,
                [](const auto& metric) { return metric.first.starts_with("owner-known."); });
  const auto live = [&](const char* event) {
    const auto found = seen.events.find(event);
    return found == seen.events.end() ? 0 : static_cast<int64_t>(found->second.live);
  };
  auto& metrics = facts->metrics;
  metrics["elections"] = static_cast<int64_t>(seen.elections.started);
  metrics["elections-won"] = static_cast<int64_t>(seen.elections.won);
  metrics["elections-expired"] = static_cast<int64_t>(seen.elections.expired);
  metrics["false-pfails"] = live("pfail-set");
  metrics["false-fails"] = live("fail-set");
  metrics["lost-shards"] = seen.lost_shards;
  int64_t victims = 0;
  int64_t primaries = 0;
  for (const sim::IncidentTimes& incident : seen.incidents) {
    victims += static_cast<int64_t>(incident.victims.size());
    primaries += static_cast<int64_t>(incident.primaries());
  }
  metrics["victims"] = victims;
  metrics["primary-victims"] = primaries;
}

sim::RunFacts FactsOf(const Journal& journal, const Observation& seen, Duration duration) {
  sim::RunFacts facts;
  facts.complete = !journal.interrupted && journal.ended_at - Instant{} >= duration;
  // A few milliseconds later than the scenario's end is its end.
  facts.ended_at = facts.complete ? duration : journal.ended_at - Instant{};
  if (!journal.incidents.empty()) facts.first_incident = journal.incidents.front().at - Instant{};
  facts.states["covered"] = HistoryOf(seen.uncovered, "failed primaries' slots have no live owner");
  facts.states["ok"] = HistoryOf(seen.not_ok, "live nodes say cluster_state:fail");
  facts.states["converged"].changes = {
      {Duration{}, false, "not looked at before the end"},
      {facts.ended_at, journal.difference.empty(), journal.difference}};
  AddMetrics(seen, &facts);
  facts.events = seen.events;
  return facts;
}

void AddSteps(const Journal& journal, RunReport* report) {
  for (const RealIncident& incident : journal.incidents) {
    const sim::TimelineItem& item = *incident.item;
    sim::TimelineStep& step = report->steps.emplace_back();
    step.at = incident.at;
    step.word =
        std::string(item.is_fault ? sim::FaultName(item.fault) : sim::ActionName(item.action));
    step.text = item.text;
    step.refusals = incident.refusals;
    for (const RealVictim& victim : incident.victims) {
      step.nodes.push_back(sim::NodeIndex{static_cast<uint32_t>(victim.node)});
    }
  }
}

void Judge(const sim::RunFacts& facts, RealResult* result) {
  for (const sim::ExpectationResult& judged : Evaluate(result->report.scenario, facts)) {
    if (CanJudge(result->report.scenario.expect[judged.index], facts)) {
      result->report.expectations.push_back(judged);
    } else {
      result->not_judged.push_back(judged.index);
    }
  }
  DecideVerdict(facts.complete, &result->report);
}

RealResult ResultOf(const RealSpec& spec, const Journal& journal, const RealCluster& cluster) {
  std::vector<ObservedNode> nodes;
  for (size_t i = 0; i < cluster.size(); ++i) {
    nodes.push_back({cluster.node(i).info.shard, ReadLogFile(cluster.node(i).LogPath())});
  }
  const Duration timeout = NodeTimeoutOf(*spec.scenario);
  const Observation seen = Observe(journal, nodes, timeout);
  const sim::RunFacts facts = FactsOf(journal, seen, spec.scenario->duration);
  RealResult result;
  RunReport& report = result.report;
  report.scenario = *spec.scenario;
  report.seed = spec.seed;
  report.node_timeout = timeout;
  report.result.ended_at = Instant{} + facts.ended_at;
  report.result.end = journal.interrupted ? sim::RunEnd::kInterrupted
                      : facts.complete    ? sim::RunEnd::kDuration
                                          : sim::RunEnd::kStopAt;
  AddSteps(journal, &report);
  report.incidents = seen.incidents;
  sim::SortByNumber(&report.incidents);
  report.elections = seen.elections;
  report.false_pfails = static_cast<uint64_t>(facts.metrics.at("false-pfails").value_or(0));
  report.false_fails = static_cast<uint64_t>(facts.metrics.at("false-fails").value_or(0));
  report.live_nodes = seen.live_nodes;
  result.notes = journal.notes;
  Judge(facts, &result);
  return result;
}

// The scenario's time zero: the first line of the timeline comes when it should, or `settle` after
// now.
WallTime OriginOf(const RealSpec& spec) {
  const std::vector<Instant> moments = sim::DrawMoments(spec.scenario->timeline, spec.seed);
  const WallTime now = InMillis(WallNow());
  if (!spec.settle || moments.empty()) return now;
  return now + (*spec.settle - (*std::min_element(moments.begin(), moments.end()) - Instant{}));
}

}  // namespace

Duration NodeTimeoutOf(const sim::Scenario& scenario) {
  return sim::OptionsOf(scenario.config).node_timeout;
}

std::optional<RealResult> RunReal(const RealSpec& spec, std::string* error) {
  RealCluster cluster({.scenario = spec.scenario,
                       .programs = spec.programs,
                       .rules = spec.rules,
                       .seed = spec.seed,
                       .directory = spec.directory,
                       .interrupted = spec.interrupted});
  spec.say("starting " + std::to_string(cluster.size()) + " processes");
  const Instant begin = MonotonicNow();
  if (!cluster.Start(error)) return std::nullopt;
  spec.say("ready after " + std::to_string((MonotonicNow() - begin).ms()) + " ms");
  RealTimeline timeline(*spec.scenario, spec.seed, OriginOf(spec), &cluster, spec.interrupted,
                        spec.say);
  const Duration end = std::min(spec.stop_at.value_or(kNever - Instant{}), spec.scenario->duration);
  const Journal journal = timeline.Run(end);
  return ResultOf(spec, journal, cluster);
}

}  // namespace gossamer::real
