#include "sim/report/csv_report.h"

#include <numeric>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/strings.h"
#include "sim/report/escape.h"
#include "sim/report/phases.h"
#include "sim/report/processor_load.h"
#include "sim/scenario/schema_table.h"

namespace gossamer::sim {
namespace {

constexpr std::string_view kRunColumns[] = {"file",
                                            "scenario",
                                            "seed",
                                            "rules",
                                            "cpu",
                                            "transport",
                                            "nodes",
                                            "digest",
                                            "verdict",
                                            "virtual_us",
                                            "live_nodes",
                                            "elections",
                                            "messages",
                                            "bytes",
                                            "entries",
                                            "violations",
                                            "false_fails",
                                            "false_pfails",
                                            "unavailable_slot_us"};
constexpr std::string_view kLoadColumns[] = {"utilisation_mean_ppm", "utilisation_max_ppm",
                                             "busiest_second_us",    "queue_delay_mean_us",
                                             "queue_delay_p99_us",   "queue_delay_max_us"};
constexpr std::string_view kIncidentColumns[] = {
    "incident", "fault", "injected_us", "victims", "primaries", "lost_shards", "observers"};

std::string Line(const std::vector<std::string>& fields) {
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    absl::StrAppend(&line, i == 0 ? "" : ",", CsvField(fields[i]));
  }
  return line + "\r\n";
}

// Empty when nothing took time.
void AddLoad(const RunReport& run, std::vector<std::string>* fields) {
  const std::optional<ProcessorLoad> load = LoadOf(run.load, run.result.ended_at);
  if (!load) return fields->resize(fields->size() + std::size(kLoadColumns));
  for (const uint64_t value :
       {load->whole.mean_ppm, load->whole.max_ppm, load->busiest_us, load->delay.mean_us(),
        load->delay.QuantileUs(99), load->delay.max_us()}) {
    fields->push_back(absl::StrCat(value));
  }
}

template <class Counts>
std::string Sum(const Counts& counts) {
  return absl::StrCat(std::accumulate(counts.begin(), counts.end(), uint64_t{0}));
}

std::vector<std::string> RunFields(const RunReport& run) {
  const TrafficTotals& traffic = run.result.traffic;
  return {run.scenario.file,
          run.scenario.name,
          absl::StrCat(run.seed),
          RulesText(run),
          CpuText(run.cpu),
          std::string(TransportName(run.transport)),
          absl::StrCat(run.scenario.node_count()),
          DigestText(run.result.digest),
          std::string(VerdictName(run.verdict)),
          absl::StrCat(run.virtual_us()),
          absl::StrCat(run.live_nodes),
          absl::StrCat(run.elections.started),
          Sum(traffic.messages),
          Sum(traffic.bytes),
          Sum(traffic.entries),
          absl::StrCat(run.violation_count),
          absl::StrCat(run.false_fails),
          absl::StrCat(run.false_pfails),
          absl::StrCat(run.unavailability.survivors)};
}

// "1 4", or "1 a3a5545f 10.0.0.7:6379; 4 ..." where nodes have names.
std::string VictimsText(const IncidentTimes& incident, const NodeNames& names) {
  std::string text;
  for (const VictimTimes& victim : incident.victims) {
    const std::string_view name = names.Of(victim.node.value);
    absl::StrAppend(&text,
                    text.empty()    ? ""
                    : names.empty() ? " "
                                    : "; ",
                    victim.node.value, name.empty() ? "" : " ", ToAbsl(name));
  }
  return text;
}

void AddIncident(const IncidentTimes& incident, const NodeNames& names,
                 std::vector<std::string>* fields) {
  fields->insert(fields->end(),
                 {absl::StrCat(incident.number), std::string(FaultName(incident.fault)),
                  absl::StrCat(incident.at.us), absl::StrCat(incident.victims.size()),
                  absl::StrCat(incident.primaries()), absl::StrCat(incident.lost_shards.size()),
                  absl::StrCat(incident.observers)});
  for (const Phase& phase : Phases()) {
    if (phase.of_incident == nullptr) continue;
    const std::optional<Duration> value = phase.of_incident(incident);
    fields->push_back(value ? absl::StrCat(value->us) : std::string());
  }
  fields->push_back(VictimsText(incident, names));
}

std::vector<std::string> Head() {
  std::vector<std::string> head(std::begin(kRunColumns), std::end(kRunColumns));
  head.insert(head.end(), std::begin(kIncidentColumns), std::end(kIncidentColumns));
  for (const Phase& phase : Phases()) {
    if (phase.of_incident != nullptr) head.push_back(absl::StrCat(ToAbsl(phase.key), "_us"));
  }
  head.emplace_back("victim_nodes");
  head.insert(head.end(), std::begin(kLoadColumns), std::end(kLoadColumns));
  return head;
}

}  // namespace

std::string CsvReport(std::span<const RunReport> runs) {
  const std::vector<std::string> head = Head();
  std::string out = Line(head);
  for (const RunReport& run : runs) {
    const std::vector<std::string> common = RunFields(run);
    for (const IncidentTimes& incident : run.incidents) {
      std::vector<std::string> fields = common;
      AddIncident(incident, run.names, &fields);
      AddLoad(run, &fields);
      out += Line(fields);
    }
    if (!run.incidents.empty()) continue;
    std::vector<std::string> fields = common;
    fields.resize(head.size() - std::size(kLoadColumns));
    AddLoad(run, &fields);
    out += Line(fields);
  }
  return out;
}

}  // namespace gossamer::sim
