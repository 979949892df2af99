#include "tools/sweep/run_figures.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/report/phases.h"

namespace gossamer::tool {
namespace {

// In millionths. Thousandths are enough for rates, and keep the lines short.
int64_t Thousandths(double value) { return std::llround(value * 1000) * 1000; }

int64_t Whole(uint64_t count) { return static_cast<int64_t>(count) * kMillionths; }

// The phase's name among reports is longer: here it is what a study is mostly about.
std::string KeyOf(const sim::Phase& phase) {
  return phase.key == "slots_covered" ? "covered_us" : std::string(phase.key) + "_us";
}

std::optional<Duration> WorstOf(const sim::Phase& phase, const sim::RunReport& report) {
  std::optional<Duration> worst;
  for (const sim::IncidentTimes& incident : report.incidents) {
    if (sim::Lacks(phase, incident)) return std::nullopt;
    const std::optional<Duration> value = phase.of_incident(incident);
    if (value) worst = std::max(worst.value_or(Duration{}), *value);
  }
  return worst;
}

struct Load {
  double messages = 0;
  double bytes = 0;
  double cpu_us = 0;
  double seconds = 0;
};

void AddLoad(const std::string& prefix, const Load& load, const sim::RunReport& report,
             FigureValues* out) {
  if (load.seconds <= 0) return;
  const double node_seconds = static_cast<double>(report.scenario.node_count()) * load.seconds;
  (*out)[prefix + "messages_per_s_node"] = Thousandths(load.messages / node_seconds);
  (*out)[prefix + "bytes_per_s_node"] = Thousandths(load.bytes / node_seconds);
  if (report.load.cpu.empty()) return;
  (*out)[prefix + "cpu_percent_node"] = Thousandths(load.cpu_us / 1e4 / node_seconds);
}

Load WholeOf(const sim::RunReport& report) {
  Load load;
  load.seconds = static_cast<double>(report.virtual_us()) / 1e6;
  for (const uint64_t messages : report.result.traffic.messages) {
    load.messages += static_cast<double>(messages);
  }
  for (const uint64_t bytes : report.result.traffic.bytes) load.bytes += static_cast<double>(bytes);
  for (const sim::NodeCpu& node : report.load.cpu) load.cpu_us += static_cast<double>(node.busy_us);
  return load;
}

// Whole steps of the samples before the first line of the timeline; without one all whole steps.
Load RestOf(const sim::RunReport& report) {
  Load load;
  int64_t until_us = static_cast<int64_t>(report.virtual_us());
  for (const sim::TimelineStep& step : report.steps) until_us = std::min(until_us, step.at.us);
  const auto& traffic = report.load.traffic;
  const auto& cpu = report.load.cpu_over_time;
  const auto step_s = static_cast<int64_t>(traffic.step_seconds());
  const size_t steps =
      std::min(traffic.steps().size(), static_cast<size_t>(until_us / 1'000'000 / step_s));
  for (size_t i = 0; i < steps; ++i) {
    for (const uint32_t messages : traffic.steps()[i].messages) load.messages += messages;
    load.bytes += static_cast<double>(traffic.steps()[i].bytes);
    if (i < cpu.steps().size()) load.cpu_us += static_cast<double>(cpu.steps()[i].sum_us);
  }
  load.seconds = static_cast<double>(static_cast<int64_t>(steps) * step_s);
  return load;
}

void AddLoadInfos(const std::string& prefix, const std::string& when,
                  std::vector<FigureInfo>* out) {
  const auto add = [&](const std::string& key, FigureUnit unit, const std::string& about) {
    out->push_back({prefix + key, unit, about + when});
  };
  add("messages_per_s_node", FigureUnit::kRate, "bus messages per second and node");
  add("bytes_per_s_node", FigureUnit::kRate, "bus bytes per second and node");
  add("cpu_percent_node", FigureUnit::kPercent, "mean utilisation of a node's processor");
}

std::vector<FigureInfo> MakeInfos() {
  std::vector<FigureInfo> out;
  for (const sim::Phase& phase : sim::Phases()) {
    if (phase.of_incident == nullptr) continue;
    out.push_back(
        {KeyOf(phase), FigureUnit::kMicros, std::string(phase.label) + ", of the worst incident"});
  }
  out.push_back({"injected_us", FigureUnit::kMicros,
                 "when the first incident began, from the start of the run"});
  const auto count = [&](const char* name, const char* about) {
    out.push_back({name, FigureUnit::kCount, about});
  };
  count("false_fails", "live, reachable nodes that were marked FAIL");
  count("false_pfails", "suspicions of live, reachable nodes");
  count("elections", "elections that were started");
  out.push_back({"votes_us", FigureUnit::kMicros,
                 "from a request to its quorum: the median of the won elections"});
  count("lost_shards", "shards without any survivor");
  AddLoadInfos("", "", &out);
  AddLoadInfos("rest_", ", before the first line of the timeline", &out);
  return out;
}

}  // namespace

const std::vector<FigureInfo>& FigureInfos() {
  static const std::vector<FigureInfo> kInfos = MakeInfos();
  return kInfos;
}

FigureValues FiguresOf(const sim::RunReport& report) {
  FigureValues figures;
  for (const sim::Phase& phase : sim::Phases()) {
    if (phase.of_incident == nullptr) continue;
    if (const auto worst = WorstOf(phase, report)) figures[KeyOf(phase)] = worst->us;
  }
  std::set<int64_t> lost;
  for (const sim::IncidentTimes& incident : report.incidents) {
    const int64_t at_us = incident.at.us;
    const auto [first, added] = figures.try_emplace("injected_us", at_us);
    if (!added) first->second = std::min(first->second, at_us);
    lost.insert(incident.lost_shards.begin(), incident.lost_shards.end());
  }
  figures["false_fails"] = Whole(report.false_fails);
  figures["false_pfails"] = Whole(report.false_pfails);
  figures["elections"] = Whole(report.elections.started);
  if (const auto votes_us = report.elections.VotesUs(500)) figures["votes_us"] = *votes_us;
  figures["lost_shards"] = Whole(lost.size());
  AddLoad("", WholeOf(report), report, &figures);
  AddLoad("rest_", RestOf(report), report, &figures);
  return figures;
}

const std::vector<std::string>& FigureKeys() {
  static const std::vector<std::string> kKeys = [] {
    std::vector<std::string> keys;
    for (const FigureInfo& info : FigureInfos()) keys.push_back(info.key);
    return keys;
  }();
  return kKeys;
}

}  // namespace gossamer::tool
