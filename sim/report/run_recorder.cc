#include "sim/report/run_recorder.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/strings.h"
#include "core/cluster/cluster_node.h"
#include "sim/report/phase_facts.h"
#include "sim/scenario/schema_table.h"

namespace gossamer::sim {
namespace {

Duration SinceStart(Instant at) { return at - Instant{}; }

// Checkers, the timeline and the model know nodes by their indexes.
void NameNodes(RunReport* report) {
  const NodeNames& names = report->names = NodeNames(report->scenario);
  if (names.empty()) return;
  for (TimelineStep& step : report->steps) {
    step.text = names.Named(step.text);
    for (std::string& refusal : step.refusals) refusal = names.Named(refusal);
  }
  for (IncidentTimes& incident : report->incidents) incident.text = names.Named(incident.text);
  for (ExpectationResult& result : report->expectations) result.reason = names.Named(result.reason);
  for (Violation& violation : report->violations) violation.text = names.Named(violation.text);
}

}  // namespace

class RunRecorder::Frame : public Observer {
 public:
  void OnStart(const World& world) override {
    world_ = &world;
    const ProbeRef probe = ProbeOf(world);
    node_timeout = probe->node_timeout();
  }
  void OnIncident(Instant at, const Incident& incident) override {
    if (!first_incident) first_incident = at;
    const TimelineItem& item = *incident.item;
    steps.push_back({at, std::string(WordOf(item)), item.text, incident.victims, {}});
    incidents_.push_back(&incident);
  }
  void OnEnd(Instant) override {
    // Restarts at a fault's end and rolling restarts are refused long after the incident.
    for (size_t i = 0; i < steps.size(); ++i) steps[i].refusals = incidents_[i]->refusals;
    std::vector<bool> shard_lives(static_cast<size_t>(world_->scenario().shards), false);
    for (uint32_t i = 0; i < world_->node_count(); ++i) {
      if (!world_->live(NodeIndex{i})) continue;
      ++live_nodes;
      shard_lives[static_cast<size_t>(world_->info(NodeIndex{i}).shard)] = true;
    }
    lost_shards = std::count(shard_lives.begin(), shard_lives.end(), false);
  }

  std::optional<Instant> first_incident;
  std::vector<TimelineStep> steps;
  Duration node_timeout;
  size_t live_nodes = 0;
  int64_t lost_shards = 0;

 private:
  using ProbeRef = std::unique_ptr<ClusterProbe>;
  const World* world_ = nullptr;
  std::vector<const Incident*> incidents_;  // by step
};

RunRecorder::RunRecorder() : checkers_(MakeCheckers()), frame_(std::make_unique<Frame>()) {}
RunRecorder::~RunRecorder() = default;

std::vector<Observer*> RunRecorder::observers() {
  std::vector<Observer*> all;
  for (const auto& checker : checkers_.all) all.push_back(checker.get());
  all.push_back(&timeline_);
  all.push_back(&counter_);
  all.push_back(&load_);
  all.push_back(&views_);
  all.push_back(frame_.get());
  return all;
}

void RunRecorder::AddStates(RunFacts* facts) const {
  facts->states["covered"] =
      HistoryOf(timeline_.uncovered_history(), "failed primaries' slots have no live owner");
  facts->states["ok"] = HistoryOf(timeline_.not_ok_history(), "live nodes say cluster_state:fail");
  StateHistory& converged = facts->states["converged"];
  for (const Convergence::Change& change : checkers_.convergence->history()) {
    converged.changes.push_back({SinceStart(change.at), change.agree, change.difference});
  }
}

void RunRecorder::AddMetrics(const RunResult& result, RunFacts* facts) const {
  const std::vector<IncidentTimes>& incidents = timeline_.incidents();
  AddSampledMetrics(incidents, facts);
  auto& metrics = facts->metrics;
  const ElectionTotals& elections = timeline_.elections();
  metrics["elections"] = static_cast<int64_t>(elections.started);
  metrics["elections-won"] = static_cast<int64_t>(elections.won);
  metrics["elections-expired"] = static_cast<int64_t>(elections.expired);
  metrics["elections-restarted"] = static_cast<int64_t>(elections.restarted);
  metrics["false-pfails"] = static_cast<int64_t>(counter_.counts(EventType::kPfailSet).live);
  metrics["false-fails"] = static_cast<int64_t>(counter_.counts(EventType::kFailSet).live);
  int64_t victims = 0;
  int64_t primaries = 0;
  for (const IncidentTimes& incident : incidents) {
    victims += static_cast<int64_t>(incident.victims.size());
    primaries += static_cast<int64_t>(incident.primaries());
  }
  metrics["victims"] = victims;
  metrics["primary-victims"] = primaries;
  metrics["lost-shards"] = frame_->lost_shards;
  if (!incidents.empty()) {
    metrics["live-voters"] = incidents.back().voters_left;
    metrics["quorum"] = incidents.back().quorum();
  }
  uint64_t messages = 0;
  uint64_t bytes = 0;
  for (size_t i = 0; i < result.traffic.messages.size(); ++i) {
    messages += result.traffic.messages[i];
    bytes += result.traffic.bytes[i];
  }
  AddLoadMetrics(load_.history(), result.ended_at, facts);
  metrics["messages"] = static_cast<int64_t>(messages);
  metrics["bytes"] = static_cast<int64_t>(bytes);
}

RunFacts RunRecorder::Facts(const Scenario& scenario, const RunResult& result) const {
  RunFacts facts;
  facts.ended_at = SinceStart(result.ended_at);
  facts.complete = result.end == RunEnd::kDuration && facts.ended_at >= scenario.duration;
  if (frame_->first_incident) facts.first_incident = SinceStart(*frame_->first_incident);
  AddStates(&facts);
  AddMetrics(result, &facts);
  for (size_t i = 0; i < kEventTypes; ++i) {
    const EventCounts& counts = counter_.counts()[i];
    if (counts.any == 0) continue;
    facts.events[std::string(EventTypeName(static_cast<EventType>(i)))] = counts;
  }
  for (const auto& checker : checkers_.all) {
    for (const Breach& breach : checker->violations()) {
      facts.violations.push_back(
          {std::string(checker->name()), SinceStart(breach.at), breach.text});
    }
  }
  return facts;
}

RunReport ReportHead(const Scenario& scenario, const RunOptions& options) {
  RunReport report;
  report.scenario = scenario;
  report.seed = options.seed;
  report.rules = options.rules.value_or(scenario.rules);
  report.bugs = scenario.bugs;
  for (const Bug bug : options.bugs) {
    const bool there = std::find(report.bugs.begin(), report.bugs.end(), bug) != report.bugs.end();
    if (!there) report.bugs.push_back(bug);
  }
  report.cpu = options.cpu.value_or(scenario.cpu);
  report.transport = options.transport;
  return report;
}

RunReport RunRecorder::Finish(const Scenario& scenario, const RunOptions& options,
                              const RunResult& result, const RunEnvironment& environment) const {
  RunReport report = ReportHead(scenario, options);
  report.environment = environment;
  report.node_timeout = frame_->node_timeout;
  report.result = result;
  report.steps = frame_->steps;
  report.incidents = timeline_.incidents();
  SortByNumber(&report.incidents);
  report.elections = timeline_.elections();
  report.unavailability = timeline_.unavailability();
  report.false_pfails = counter_.counts(EventType::kPfailSet).live;
  report.false_fails = checkers_.false_fail->violation_count();
  report.live_nodes = frame_->live_nodes;
  report.load = load_.history();
  report.views = views_.history();
  const RunFacts facts = Facts(scenario, result);
  report.expectations = Evaluate(scenario, facts);
  for (const auto& checker : checkers_.all) {
    if (checker->kind() == Checker::Kind::kQuality) continue;
    report.violation_count += checker->violation_count();
    for (const Breach& breach : checker->violations()) {
      report.violations.push_back(
          {std::string(checker->name()), SinceStart(breach.at), breach.text});
    }
  }
  NameNodes(&report);
  DecideVerdict(facts.complete, &report);
  return report;
}

}  // namespace gossamer::sim
