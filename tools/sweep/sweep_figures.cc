#include "tools/sweep/sweep_figures.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/strings.h"
#include "sim/report/phases.h"

namespace gossamer::tool {
namespace {

// Thousandths are enough for rates, and keep the lines short.
double Thousandths(double value) { return std::round(value * 1000) / 1000; }

// The phase's name among reports is longer: here it is what a study is mostly about.
std::string NameOf(const sim::Phase& phase) {
  return phase.key == "slots_covered" ? "covered" : std::string(phase.key);
}

std::optional<double> WorstOf(const sim::Phase& phase, const sim::RunReport& report) {
  std::optional<double> worst;
  for (const sim::IncidentTimes& incident : report.incidents) {
    if (sim::Lacks(phase, incident)) return std::nullopt;
    const std::optional<Duration> value = phase.of_incident(incident);
    if (value) worst = std::max(worst.value_or(0), static_cast<double>(value->us));
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
             SweepFigures* out) {
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

// Whole steps of the samples before the first incident; without one all whole steps.
Load RestOf(const sim::RunReport& report) {
  Load load;
  int64_t until_us = static_cast<int64_t>(report.virtual_us());
  for (const sim::IncidentTimes& incident : report.incidents) {
    until_us = std::min(until_us, incident.at.us);
  }
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
    out->push_back({prefix + key, prefix + key, unit, about + when});
  };
  add("messages_per_s_node", FigureUnit::kRate, "bus messages per second and node");
  add("bytes_per_s_node", FigureUnit::kRate, "bus bytes per second and node");
  add("cpu_percent_node", FigureUnit::kPercent, "mean utilisation of a node's processor");
}

std::vector<FigureInfo> MakeInfos() {
  std::vector<FigureInfo> out;
  for (const sim::Phase& phase : sim::Phases()) {
    if (phase.of_incident == nullptr) continue;
    out.push_back({NameOf(phase), NameOf(phase) + "_us", FigureUnit::kMicros,
                   std::string(phase.label) + ", of the worst incident"});
  }
  const auto count = [&](const char* name, const char* about) {
    out.push_back({name, name, FigureUnit::kCount, about});
  };
  count("false_fails", "live, reachable nodes that were marked FAIL");
  count("false_pfails", "suspicions of live, reachable nodes");
  count("elections", "elections that were started");
  count("lost_shards", "shards without any survivor");
  AddLoadInfos("", "", &out);
  AddLoadInfos("rest_", ", before the first incident", &out);
  return out;
}

const FigureInfo* Named(std::string_view name, std::string* error) {
  std::vector<std::string_view> names;
  for (const FigureInfo& info : FigureInfos()) {
    if (info.name == name) return &info;
    names.push_back(info.name);
  }
  *error = "unknown figure '" + std::string(name) + "'";
  const std::string_view nearest = NearestWord(name, names);
  if (!nearest.empty()) {
    *error += "; did you mean '" + std::string(nearest) + "'?";
    return nullptr;
  }
  *error += "; expected one of";
  for (const std::string_view known : names) *error += " " + std::string(known);
  return nullptr;
}

}  // namespace

const std::vector<FigureInfo>& FigureInfos() {
  static const std::vector<FigureInfo> kInfos = MakeInfos();
  return kInfos;
}

SweepFigures FiguresOf(const sim::RunReport& report) {
  SweepFigures figures;
  for (const FigureInfo& info : FigureInfos()) figures[info.key] = std::nullopt;
  for (const sim::Phase& phase : sim::Phases()) {
    if (phase.of_incident != nullptr) figures[NameOf(phase) + "_us"] = WorstOf(phase, report);
  }
  std::set<int64_t> lost;
  for (const sim::IncidentTimes& incident : report.incidents) {
    lost.insert(incident.lost_shards.begin(), incident.lost_shards.end());
  }
  figures["false_fails"] = static_cast<double>(report.false_fails);
  figures["false_pfails"] = static_cast<double>(report.false_pfails);
  figures["elections"] = static_cast<double>(report.elections.started);
  figures["lost_shards"] = static_cast<double>(lost.size());
  AddLoad("", WholeOf(report), report, &figures);
  AddLoad("rest_", RestOf(report), report, &figures);
  return figures;
}

std::optional<double> FigureTerm::Of(const SweepFigures& figures) const {
  const auto value = [&](const FigureInfo* info) -> std::optional<double> {
    const auto found = figures.find(info->key);
    return found == figures.end() ? std::nullopt : found->second;
  };
  const std::optional<double> first = value(plus);
  if (!first || minus == nullptr) return first;
  const std::optional<double> second = value(minus);
  if (!second) return std::nullopt;
  return *first - *second;
}

std::optional<FigureTerm> ParseFigure(std::string_view text, std::string* error) {
  FigureTerm term;
  term.text = text;
  const size_t dash = text.find('-');
  term.plus = Named(text.substr(0, dash), error);
  if (term.plus == nullptr) return std::nullopt;
  if (dash == std::string_view::npos) return term;
  term.minus = Named(text.substr(dash + 1), error);
  if (term.minus == nullptr) return std::nullopt;
  if (term.plus->unit == term.minus->unit) return term;
  *error = "'" + std::string(text) + "' is a difference of unlike units";
  return std::nullopt;
}

}  // namespace gossamer::tool
