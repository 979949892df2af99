#include <algorithm>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cluster/bugs.h"
#include "core/cluster/config_options.h"
#include "sim/check/checkers.h"
#include "sim/scenario/expectations.h"
#include "sim/scenario/reference.h"
#include "sim/scenario/schema_table.h"
#include "tools/gossamer_sim/commands.h"
#include "tools/sweep/figures.h"
#include "tools/sweep/run_figures.h"

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

// The words that `key` takes in a section, with what they mean.
Rows WordRows(sim::Section section, std::string_view key) {
  Rows rows;
  const sim::KeyInfo* row = sim::SchemaSection(section).Find(key);
  if (row == nullptr || row->words == nullptr) return rows;
  for (const std::string_view word : row->words()) {
    rows.emplace_back(word, sim::WordAbout(key, word));
  }
  return rows;
}

Rows KeyRows(sim::Section section) {
  Rows rows;
  for (const sim::KeyInfo& row : sim::SchemaSection(section).keys) {
    rows.emplace_back(row.key, row.about);
  }
  return rows;
}

Rows OptionRows() {
  Rows rows;
  for (const OptionInfo& info : OptionInfos()) {
    rows.emplace_back(info.name, sim::OptionAbout(info));
  }
  return rows;
}

Rows BugRows() {
  Rows rows;
  for (const std::string_view name : BugNames()) {
    const BugInfo& info = InfoOf(*FindBug(name));
    rows.emplace_back(name, std::string(info.about) + " (" + std::string(info.source) + ")");
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

// What sweep, compare and plot take.
Rows FigureRows() {
  Rows rows;
  for (const FigureInfo& info : FigureInfos()) {
    rows.emplace_back(WithoutUnit(info.key), info.about);
  }
  return rows;
}

Rows RowsOf(std::string_view what) {
  using sim::Section;
  if (what == "rules") return WordRows(Section::kRules, "base");
  if (what == "bugs") return BugRows();
  if (what == "faults") return KindRows(sim::FaultKinds());
  if (what == "actions") return KindRows(sim::ActionKinds());
  if (what == "targets") return KeyRows(Section::kTarget);
  if (what == "expectations") return KindRows(sim::ExpectKinds());
  if (what == "events") return WordRows(Section::kExpectation, "event");
  if (what == "invariants") return InvariantRows();
  if (what == "metrics") return MetricRows();
  if (what == "states") return WordRows(Section::kExpectation, "state");
  if (what == "starts") return WordRows(Section::kCluster, "start");
  if (what == "options") return OptionRows();
  if (what == "figures") return FigureRows();
  return WordRows(Section::kCpu, "preset");  // cpus
}

}  // namespace

ExitCode ListCommand(const Arguments& arguments) {
  const std::string& what = arguments.files.front();
  if (what == "reference") {
    std::fputs(sim::LanguageReference().c_str(), stdout);
  } else {
    Print(RowsOf(what));
  }
  return ExitCode::kPass;
}

}  // namespace gossamer::tool
