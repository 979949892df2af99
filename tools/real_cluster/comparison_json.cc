#include <array>
#include <utility>

#include "nlohmann/json.hpp"
#include "sim/report/phases.h"
#include "tools/real_cluster/comparison.h"

namespace gossamer::real {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<const char*, uint32_t>, 5> kStatistics = {
    {{"min_us", 0}, {"p5_us", 5}, {"p50_us", 50}, {"p95_us", 95}, {"max_us", 100}}};

Json PhaseJson(const ComparedPhase& phase) {
  Json real = Json::array();
  Json rank = Json::array();
  for (const std::optional<Duration>& value : phase.real) {
    real.push_back(value ? Json(value->us) : Json(nullptr));
    const bool both = value && !phase.simulated.empty();
    rank.push_back(both ? Json(RankAmong(phase.simulated, *value) / 10.0) : Json(nullptr));
  }
  Json simulated = {{"runs", phase.simulated.size()},
                    {"missing", phase.simulated_runs - phase.simulated.size()}};
  for (const auto& [name, percent] : kStatistics) {
    simulated[name] =
        phase.simulated.empty() ? Json(nullptr) : Json(sim::Quantile(phase.simulated, percent).us);
  }
  return {{"phase", phase.key},
          {"real_us", std::move(real)},
          {"simulated", std::move(simulated)},
          {"real_rank_percent", std::move(rank)}};
}

Json IncidentJson(const ComparedIncident& incident) {
  Json phases = Json::array();
  for (const ComparedPhase& phase : incident.phases) phases.push_back(PhaseJson(phase));
  Json at = Json::array();
  for (const auto& instant : incident.at) at.push_back(instant ? Json(instant->us) : Json(nullptr));
  Json victims = Json::array();
  for (const auto& nodes : incident.victims) {
    Json& row = victims.emplace_back(Json::array());
    for (const sim::NodeIndex node : nodes) row.push_back(node.value);
  }
  return {{"incident", incident.position},
          {"text", incident.text},
          {"at_us", std::move(at)},
          {"victims", std::move(victims)},
          {"phases", std::move(phases)}};
}

Json StepsJson(const sim::RunReport& report) {
  Json steps = Json::array();
  for (const sim::TimelineStep& step : report.steps) {
    Json nodes = Json::array();
    for (const sim::NodeIndex node : step.nodes) nodes.push_back(node.value);
    steps.push_back({{"at_us", step.at.us},
                     {"what", step.word},
                     {"text", step.text},
                     {"nodes", std::move(nodes)},
                     {"refusals", step.refusals}});
  }
  return steps;
}

Json RunJson(const RealResult& run) {
  const auto& expect = run.report.scenario.expect;
  Json expectations = Json::array();
  for (const sim::ExpectationResult& result : run.report.expectations) {
    expectations.push_back({{"text", expect[result.index].text},
                            {"verdict", sim::VerdictName(result.verdict)},
                            {"reason", result.reason}});
  }
  for (const size_t index : run.not_judged) {
    expectations.push_back(
        {{"text", expect[index].text}, {"verdict", "not judged"}, {"reason", ""}});
  }
  return {{"seed", run.report.seed},
          {"verdict", sim::VerdictName(run.report.verdict)},
          {"reasons", run.report.reasons},
          {"steps", StepsJson(run.report)},
          {"expectations", std::move(expectations)},
          {"notes", run.notes}};
}

}  // namespace

nlohmann::ordered_json ComparisonJson(const ComparisonHead& head, std::span<const RealResult> real,
                                      std::span<const sim::RunReport> simulated) {
  Json runs = Json::array();
  for (const RealResult& run : real) runs.push_back(RunJson(run));
  Json seeds = Json::array();
  if (!simulated.empty()) seeds = {simulated.front().seed, simulated.back().seed};
  Json incidents = Json::array();
  for (const ComparedIncident& incident : Compare(real, simulated)) {
    incidents.push_back(IncidentJson(incident));
  }
  return {{"comparison_version", kComparisonVersion},
          {"scenario", real.front().report.scenario.name},
          {"node_timeout_us", real.front().report.node_timeout.us},
          {"real",
           {{"programs", head.programs},
            {"settle_us", head.settle ? Json(head.settle->us) : Json(nullptr)},
            {"runs", std::move(runs)}}},
          {"simulated",
           {{"rules", head.rules},
            {"cpu", head.cpu},
            {"seeds", std::move(seeds)},
            {"text", head.simulated}}},
          {"incidents", std::move(incidents)},
          {"passed_over", head.passed_over},
          {"verdict", sim::VerdictName(VerdictOf(real))}};
}

}  // namespace gossamer::real
