#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cluster/event.h"
#include "core/cluster/rules.h"
#include "sim/check/checkers.h"
#include "sim/report/text_format.h"
#include "sim/scenario/expectations.h"
#include "sim/scenario/schema_table.h"
#include "tools/gossamer_sim/commands.h"

namespace gossamer::tool {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

void Print(const Rows& rows) {
  size_t width = 0;
  for (const auto& [name, about] : rows) width = std::max(width, name.size());
  for (const auto& [name, about] : rows) {
    if (about.empty()) {
      std::printf("%s\n", name.c_str());
    } else {
      std::printf("%-*s  %s\n", static_cast<int>(width), name.c_str(), about.c_str());
    }
  }
}

Rows KindRows(std::span<const sim::KindInfo> kinds) {
  Rows rows;
  for (const sim::KindInfo& kind : kinds) rows.emplace_back(kind.word, kind.about);
  return rows;
}

Rows EventRows() {
  Rows rows;
  for (size_t i = 0; i < kEventTypes; ++i) {
    rows.emplace_back(EventTypeName(static_cast<EventType>(i)), "");
  }
  return rows;
}

Rows InvariantRows() {
  Rows rows;
  const sim::Checkers checkers = sim::MakeCheckers();
  for (const auto& checker : checkers.all) rows.emplace_back(checker->name(), checker->rule());
  return rows;
}

Rows MetricRows() {
  Rows rows;
  for (const sim::MetricInfo& metric : sim::Metrics()) {
    rows.emplace_back(std::string(metric.name) + (metric.sampled ? ".*" : ""), metric.about);
  }
  std::string statistics;
  for (const std::string_view name : sim::MetricStatistics()) {
    statistics += (statistics.empty() ? "" : ", ") + std::string(name);
  }
  rows.emplace_back("*", "one of " + statistics);
  return rows;
}

Rows WordRows(const std::vector<std::string_view>& words) {
  Rows rows;
  for (const std::string_view word : words) rows.emplace_back(word, "");
  return rows;
}

Rows CpuRows() {
  const sim::KeyInfo* preset = sim::SchemaSection(sim::Section::kCpu).Find("preset");
  if (preset == nullptr || preset->words == nullptr) return {};
  return WordRows(preset->words());
}

Rows StateRows() {
  Rows rows;
  for (const sim::NameInfo& state : sim::StateNames()) rows.emplace_back(state.name, state.about);
  return rows;
}

}  // namespace

ExitCode ListCommand(const Arguments& arguments) {
  const std::string& what = arguments.files.front();
  if (what == "rules") Print(WordRows(RuleNames()));
  if (what == "faults") Print(KindRows(sim::FaultKinds()));
  if (what == "actions") Print(KindRows(sim::ActionKinds()));
  if (what == "events") Print(EventRows());
  if (what == "invariants") Print(InvariantRows());
  if (what == "metrics") Print(MetricRows());
  if (what == "states") Print(StateRows());
  if (what == "cpus") Print(CpuRows());
  return ExitCode::kPass;
}

}  // namespace gossamer::tool
