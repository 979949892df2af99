#include "sim/report/prometheus_report.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/strings.h"
#include "sim/report/escape.h"
#include "sim/report/phases.h"
#include "sim/scenario/schema_table.h"

namespace gossamer::sim {
namespace {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

std::string LabelText(Labels labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    absl::StrAppend(&text, text.empty() ? "" : ",", ToAbsl(name), "=\"", PrometheusLabel(value),
                    "\"");
  }
  return text;
}

// "22.410000", exact.
std::string Seconds6(int64_t us) {
  if (us < 0) return "-" + Seconds6(-us);
  return absl::StrFormat("%d.%06d", us / 1000000, us % 1000000);
}

std::string MessageName(size_t type) {
  return type == kMessageTypes ? "unknown"
                               : std::string(MessageTypeName(static_cast<MessageType>(type)));
}

struct Run {
  const RunReport* report;
  std::string labels;  // common to all its samples
};

// One metric of all runs: HELP and TYPE, then the samples that `add` writes.
class Writer {
 public:
  explicit Writer(const std::vector<Run>& runs) : runs_(runs) {}

  // Begins a metric family; those without a sample are left out.
  template <class Of>
  void Family(std::string_view name, std::string_view type, std::string_view help, Of samples) {
    name_ = name;
    std::string before;
    before.swap(out_);
    for (const Run& run : runs_) {
      labels_ = run.labels;
      samples(*run.report);
    }
    if (!out_.empty()) {
      before += absl::StrCat("# HELP ", ToAbsl(name), " ", ToAbsl(help), "\n# TYPE ", ToAbsl(name),
                             " ", ToAbsl(type), "\n", out_);
    }
    out_ = std::move(before);
  }
  void Sample(Labels labels, std::string_view value) {
    const std::string more = LabelText(labels);
    absl::StrAppend(&out_, ToAbsl(name_), "{", labels_, more.empty() ? "" : ",", more, "} ",
                    ToAbsl(value), "\n");
  }
  void Sample(Labels labels, uint64_t value) { Sample(labels, std::string(absl::StrCat(value))); }
  void Sample(uint64_t value) { Sample({}, value); }

  std::string Take() { return std::move(out_); }

 private:
  const std::vector<Run>& runs_;
  std::string_view name_;
  std::string labels_;
  std::string out_;
};

void AddRuns(Writer* w) {
  w->Family("gossamer_run_info", "gauge", "A finished run; always 1.", [&](const RunReport& r) {
    const std::string digest = DigestText(r.result.digest);
    const std::string cpu = CpuText(r.cpu);
    const std::string rules = RulesText(r);
    w->Sample({{"rules", rules},
               {"cpu", cpu},
               {"transport", TransportName(r.transport)},
               {"version", r.environment.version},
               {"build", r.environment.build},
               {"digest", digest},
               {"verdict", VerdictName(r.verdict)}},
              1);
  });
  w->Family("gossamer_run_passed", "gauge", "1 when the verdict is pass, else 0.",
            [&](const RunReport& r) { w->Sample(r.verdict == Verdict::kPass ? 1 : 0); });
  w->Family("gossamer_expectations", "gauge", "Expectations of the scenario by verdict.",
            [&](const RunReport& r) {
              std::array<uint64_t, 3> counts{};
              for (const ExpectationResult& e : r.expectations) {
                ++counts[static_cast<size_t>(e.verdict)];
              }
              for (const Verdict v : {Verdict::kPass, Verdict::kFail, Verdict::kInconclusive}) {
                w->Sample({{"verdict", VerdictName(v)}}, counts[static_cast<size_t>(v)]);
              }
            });
  w->Family("gossamer_violations", "gauge", "Broken invariants.",
            [&](const RunReport& r) { w->Sample(r.violation_count); });
  w->Family(
      "gossamer_virtual_seconds", "gauge", "Virtual time at which the run ended.",
      [&](const RunReport& r) { w->Sample({}, Seconds6(static_cast<int64_t>(r.virtual_us()))); });
  w->Family("gossamer_nodes", "gauge", "Nodes of the scenario.",
            [&](const RunReport& r) { w->Sample(static_cast<uint64_t>(r.scenario.node_count())); });
  w->Family("gossamer_live_nodes", "gauge", "Nodes that were live at the end.",
            [&](const RunReport& r) { w->Sample(r.live_nodes); });
}

void AddFailover(Writer* w) {
  w->Family(
      "gossamer_phase_seconds", "gauge",
      "A phase of an incident, from its injection where the phase does not say otherwise.",
      [&](const RunReport& r) {
        for (const IncidentTimes& incident : r.incidents) {
          const std::string number = absl::StrCat(incident.number);
          for (const Phase& phase : Phases()) {
            if (phase.of_incident == nullptr) continue;
            const std::optional<Duration> value = phase.of_incident(incident);
            if (!value) continue;
            w->Sample(
                {{"incident", number}, {"fault", FaultName(incident.fault)}, {"phase", phase.key}},
                Seconds6(value->us));
          }
        }
      });
  w->Family("gossamer_elections", "gauge", "Elections by what became of them.",
            [&](const RunReport& r) {
              const ElectionTotals& e = r.elections;
              w->Sample({{"result", "started"}}, e.started);
              w->Sample({{"result", "won"}}, e.won);
              w->Sample({{"result", "lost"}}, e.lost());
              w->Sample({{"result", "expired"}}, e.expired);
              w->Sample({{"result", "retried"}}, e.retried);
            });
  w->Family(
      "gossamer_unavailable_slot_seconds", "gauge",
      "Slots times seconds without a server, of shards with a survivor or lost as a whole.",
      [&](const RunReport& r) {
        w->Sample({{"shards", "surviving"}},
                  Seconds6(static_cast<int64_t>(r.unavailability.survivors)));
        w->Sample({{"shards", "lost"}}, Seconds6(static_cast<int64_t>(r.unavailability.lost)));
      });
  w->Family("gossamer_false_fails", "gauge", "FAIL set on a node that was live and reachable.",
            [&](const RunReport& r) { w->Sample(r.false_fails); });
  w->Family("gossamer_false_pfails", "gauge", "PFAIL set on a node that was live and reachable.",
            [&](const RunReport& r) { w->Sample(r.false_pfails); });
}

void AddTraffic(Writer* w) {
  const auto by_type = [w](std::string_view name, std::string_view help, auto counts) {
    w->Family(name, "counter", help, [&](const RunReport& r) {
      for (size_t i = 0; i <= kMessageTypes; ++i) {
        if (r.result.traffic.messages[i] == 0) continue;
        w->Sample({{"type", MessageName(i)}}, counts(r.result.traffic)[i]);
      }
    });
  };
  by_type("gossamer_bus_messages_total", "Messages delivered on the cluster bus.",
          [](const TrafficTotals& t) { return t.messages; });
  by_type("gossamer_bus_bytes_total", "Their bytes on the wire.",
          [](const TrafficTotals& t) { return t.bytes; });
  by_type("gossamer_gossip_entries_total", "Gossip entries in them.",
          [](const TrafficTotals& t) { return t.entries; });
}

}  // namespace

std::string PrometheusReport(std::span<const RunReport> reports) {
  std::vector<Run> runs;
  std::set<std::string> seen;
  for (const RunReport& report : reports) {
    const std::string seed = absl::StrCat(report.seed);
    std::string labels = LabelText(
        {{"scenario", report.scenario.name}, {"file", report.scenario.file}, {"seed", seed}});
    if (seen.insert(labels).second) runs.push_back({&report, std::move(labels)});
  }
  Writer writer(runs);
  AddRuns(&writer);
  AddFailover(&writer);
  AddTraffic(&writer);
  return writer.Take();
}

}  // namespace gossamer::sim
