#include "tools/real_cluster/check_scenario.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>

#include "sim/scenario/schema_table.h"

namespace gossamer::real {
namespace {

using sim::FaultKind;

// Why a fault needs a simulated world; empty for those that a signal makes.
std::string_view NeedOf(FaultKind kind) {
  switch (kind) {
    case FaultKind::kKill:
    case FaultKind::kPause:
    case FaultKind::kShutdown:
      return "";
    case FaultKind::kHostLoss:
      return "a simulated network: a lost host is silent, the kernel of a killed process answers";
    case FaultKind::kSlow:
      return "a simulated processor";
    case FaultKind::kDiskStall:
    case FaultKind::kDiskFull:
    case FaultKind::kDiskCorrupt:
      return "a simulated disk";
    case FaultKind::kClockSkew:
      return "simulated clocks: all processes share the machine's";
    default:
      return "a simulated network";
  }
}

// Options that the cluster itself sets, so that many nodes fit on one machine.
constexpr std::string_view kOwnOptions[] = {"cluster-announce-bus-port",
                                            "cluster-announce-ip",
                                            "cluster-announce-port",
                                            "cluster-announce-tls-port",
                                            "cluster-config-file",
                                            "cluster-enabled",
                                            "cluster-port"};

void CheckConfig(const std::map<std::string, std::string>& config, sim::SourcePlace place,
                 sim::DiagnosticSink* sink) {
  for (const auto& [name, text] : config) {
    if (std::find(std::begin(kOwnOptions), std::end(kOwnOptions), name) == std::end(kOwnOptions)) {
      continue;
    }
    sink->Add(sim::Severity::kError, place, 1,
              "option '" + name + "' cannot be set with --real, which sets it for each process");
  }
}

}  // namespace

void CheckScenario(const sim::Scenario& scenario, sim::DiagnosticSink* sink) {
  for (const sim::TimelineItem& item : scenario.timeline) {
    CheckConfig(item.config, item.place, sink);
    const std::string_view need = item.is_fault ? NeedOf(item.fault) : std::string_view();
    if (need.empty()) continue;
    sink->Add(sim::Severity::kError, item.place, 1,
              "fault '" + std::string(sim::FaultName(item.fault)) + "' needs " + std::string(need),
              "with --real the faults are kill, pause and shutdown; without it this file runs");
  }
  CheckConfig(scenario.config, {}, sink);
  bool bugs = !scenario.bugs.empty();
  for (const sim::NodeOverride& entry : scenario.overrides) {
    CheckConfig(entry.config, entry.target.place, sink);
    bugs = bugs || !entry.bugs.empty();
  }
  if (bugs) {
    sink->Add(sim::Severity::kError, {}, 1, "bugs can be planted in simulated nodes only");
  }
  if (scenario.node_count() > static_cast<int64_t>(kMaxRealNodes)) {
    sink->Add(sim::Severity::kError, {}, 1,
              std::to_string(scenario.node_count()) + " nodes, with --real at most " +
                  std::to_string(kMaxRealNodes));
  }
}

std::vector<std::string> PassedOver(const sim::Scenario& scenario) {
  std::vector<std::string> lines;
  if (!scenario.zones.empty()) {
    lines.emplace_back("zones: names for targets only, all nodes are on this machine");
  }
  if (scenario.replication.write_bytes_per_s > 0) {
    lines.emplace_back("replication.write_rate: nobody writes");
  }
  if (scenario.start == sim::StartKind::kMeet) {
    lines.emplace_back("start: meet: the time begins when the cluster has formed");
  }
  return lines;
}

}  // namespace gossamer::real
