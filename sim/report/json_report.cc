#include "sim/report/json_report.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "nlohmann/json.hpp"
#include "sim/report/phases.h"
#include "sim/report/processor_load.h"
#include "sim/scenario/schema_table.h"

namespace gossamer::sim {
namespace {

using Json = nlohmann::ordered_json;

Json SinceOrNull(Instant start, std::optional<Instant> at) {
  return at ? Json((*at - start).us) : Json(nullptr);
}

Json NodeOrNull(NodeIndex node) { return node == NodeIndex{} ? Json(nullptr) : Json(node.value); }

Json Shares(Instant start, const ShareTimes& times) {
  Json out = Json::object();
  for (size_t i = 0; i < kShares.size(); ++i) {
    out[std::to_string(kShares[i])] = SinceOrNull(start, times[i]);
  }
  return out;
}

Json VictimJson(const IncidentTimes& incident, const VictimTimes& v, const NodeNames& names) {
  Json out = {{"node", v.node.value},
              {"name", names.Of(v.node.value)},
              {"shard", v.shard},
              {"role", v.was_primary ? "primary" : "replica"},
              {"shard_survives", v.has_survivor},
              {"slots", v.slots},
              {"first_pfail_us", SinceOrNull(incident.at, v.first_pfail)},
              {"first_fail_us", SinceOrNull(incident.at, v.first_fail)},
              {"first_fail_by", NodeOrNull(v.fail_by)},
              {"quorum_markers", v.quorum_markers},
              {"fail_known_us", Shares(incident.at, v.fail_known)},
              {"returned_us", SinceOrNull(incident.at, v.returned)}};
  if (!v.was_primary) return out;
  out["election_us"] = SinceOrNull(incident.at, v.election);
  out["elections"] = v.elections;
  out["promoted_us"] = SinceOrNull(incident.at, v.promoted);
  out["promoted"] = NodeOrNull(v.winner);
  out["votes"] = v.votes;
  out["slots_covered_us"] = SinceOrNull(incident.at, v.covered);
  out["covered_known_us"] = Shares(incident.at, v.covered_known);
  return out;
}

Json IncidentJson(const IncidentTimes& incident, const NodeNames& names) {
  Json victims = Json::array();
  Json victim_times = Json::array();
  for (const VictimTimes& victim : incident.victims) {
    victims.push_back(victim.node.value);
    victim_times.push_back(VictimJson(incident, victim, names));
  }
  Json out = {{"injected_us", incident.at.us},
              {"fault", FaultName(incident.fault)},
              {"victims", std::move(victims)},
              {"lost_shards", incident.lost_shards},
              {"first_pfail_us", SinceOrNull(incident.at, incident.FirstPfail())},
              {"first_fail_us", SinceOrNull(incident.at, incident.FirstFail())},
              {"all_fail_us", SinceOrNull(incident.at, incident.AllFail(2))},
              {"slots_covered_us", SinceOrNull(incident.at, incident.SlotsCovered())},
              {"cluster_ok_us", SinceOrNull(incident.at, incident.ClusterOk())},
              {"number", incident.number},
              {"text", incident.text},
              {"ended_us", SinceOrNull(incident.at, incident.ended)},
              {"primaries", incident.primaries()},
              {"observers", incident.observers},
              {"voting_primaries", incident.voters},
              {"voting_primaries_left", incident.voters_left},
              {"quorum", incident.quorum()},
              {"state_failed_us", SinceOrNull(incident.at, incident.state_failed)}};
  Json phases = Json::object();
  for (const Phase& phase : Phases()) {
    if (phase.of_incident == nullptr) continue;
    const std::optional<Duration> value = phase.of_incident(incident);
    phases[std::string(phase.key) + "_us"] = value ? Json(value->us) : Json(nullptr);
  }
  out["phases"] = std::move(phases);
  out["victim_times"] = std::move(victim_times);
  return out;
}

Json StepJson(const TimelineStep& step) {
  Json nodes = Json::array();
  for (const NodeIndex node : step.nodes) nodes.push_back(node.value);
  return {{"at_us", step.at.us},
          {"what", step.word},
          {"text", step.text},
          {"nodes", std::move(nodes)},
          {"refusals", step.refusals}};
}

Json ElectionsJson(const ElectionTotals& e) {
  Json refused = Json::object();
  for (size_t i = 0; i < e.votes_refused.size(); ++i) {
    refused[std::string(VoteRefusalName(static_cast<VoteRefusal>(i)))] = e.votes_refused[i];
  }
  const auto votes = [&](uint32_t per_mille) {
    const std::optional<int64_t> us = e.VotesUs(per_mille);
    return us ? Json(*us) : Json();
  };
  return {{"scheduled", e.scheduled},
          {"started", e.started},
          {"manual", e.manual},
          {"won", e.won},
          {"lost", e.lost()},
          {"retried", e.retried},
          {"expired", e.expired},
          {"restarted", e.restarted},
          {"takeovers", e.takeovers},
          {"votes_granted", e.votes_granted},
          {"votes", {{"median_us", votes(500)}, {"p99_us", votes(990)}, {"max_us", votes(1000)}}},
          {"votes_refused", std::move(refused)}};
}

struct TrafficJson {
  uint64_t messages = 0;
  uint64_t bytes = 0;
  uint64_t entries = 0;
  Json by_type = Json::object();
};

TrafficJson MakeTraffic(const TrafficTotals& traffic) {
  TrafficJson out;
  for (size_t i = 0; i <= kMessageTypes; ++i) {
    out.messages += traffic.messages[i];
    out.bytes += traffic.bytes[i];
    out.entries += traffic.entries[i];
    if (traffic.messages[i] == 0) continue;
    const std::string name =
        i == kMessageTypes ? "unknown" : std::string(MessageTypeName(static_cast<MessageType>(i)));
    out.by_type[name] = {{"messages", traffic.messages[i]},
                         {"bytes", traffic.bytes[i]},
                         {"entries", traffic.entries[i]}};
  }
  return out;
}

Json ExpectationsJson(const RunReport& report) {
  Json out = Json::array();
  for (const ExpectationResult& result : report.expectations) {
    out.push_back({{"expect", report.scenario.expect[result.index].text},
                   {"verdict", VerdictName(result.verdict)},
                   {"reason", result.reason}});
  }
  return out;
}

Json MemoryJson(const MemoryByKind& m) {
  return {{"peer_tables", m.peer_tables},
          {"failure_reports", m.failure_reports},
          {"slot_maps", m.slot_maps},
          {"connections", m.connections},
          {"messages", m.messages},
          {"shared_facts", m.shared_facts},
          {"names", m.names},
          {"events", m.events}};
}

}  // namespace

Json BugsJson(const RunReport& report) {
  Json bugs = Json::array();
  for (const Bug bug : report.bugs) bugs.push_back(InfoOf(bug).name);
  return bugs;
}

Json JsonReport(const RunReport& report) {
  TrafficJson traffic = MakeTraffic(report.result.traffic);
  Json incidents = Json::array();
  for (const IncidentTimes& incident : report.incidents) {
    incidents.push_back(IncidentJson(incident, report.names));
  }
  Json steps = Json::array();
  for (const TimelineStep& step : report.steps) steps.push_back(StepJson(step));
  Json violations = Json::array();
  for (const Violation& violation : report.violations) {
    violations.push_back(
        {{"invariant", violation.invariant}, {"at_us", violation.at.us}, {"text", violation.text}});
  }
  return {{"schema_version", kReportSchemaVersion},
          {"scenario", report.scenario.name},
          {"seed", report.seed},
          {"rules", report.rules},
          {"cpu", CpuText(report.cpu)},
          {"transport", TransportName(report.transport)},
          {"build", report.environment.build},
          {"digest", DigestText(report.result.digest)},
          {"verdict", VerdictName(report.verdict)},
          {"virtual_us", report.virtual_us()},
          {"wall_us", report.environment.wall_us},
          {"peak_rss_bytes", report.environment.peak_rss_bytes},
          {"messages", traffic.messages},
          {"entries", traffic.entries},
          {"incidents", std::move(incidents)},
          {"expectations", ExpectationsJson(report)},
          {"violations", std::move(violations)},
          {"violation_count", report.violation_count},
          {"bugs", BugsJson(report)},
          {"reasons", report.reasons},
          {"timeline", std::move(steps)},
          {"end", RunEndName(report.result.end)},
          {"version", report.environment.version},
          {"file", report.scenario.file},
          {"scenario_hash", report.environment.scenario_hash},
          {"nodes", report.scenario.node_count()},
          {"node_names", report.names.all()},
          {"live_nodes", report.live_nodes},
          {"node_timeout_us", report.node_timeout.us},
          {"bytes", traffic.bytes},
          {"traffic", std::move(traffic.by_type)},
          {"events", report.result.traffic.events},
          {"connects", report.result.traffic.connects},
          {"shadow_checked", report.result.traffic.shadow_checked},
          {"codec_mismatches", report.result.codec_mismatches},
          {"elections", ElectionsJson(report.elections)},
          {"false_fails", report.false_fails},
          {"false_pfails", report.false_pfails},
          {"unavailable_slot_us", report.unavailability.survivors},
          {"lost_slot_us", report.unavailability.lost},
          {"memory", MemoryJson(report.result.memory)},
          {"processors", ProcessorJson(report)}};
}

}  // namespace gossamer::sim
