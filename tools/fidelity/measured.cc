#include "tools/fidelity/measured.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <utility>

#include "core/base/rng.h"
#include "core/base/strings.h"

namespace gossamer::tool {
namespace {

// Long enough for a retried election, which waits 4 T.
constexpr int64_t kTimeoutsAfter = 8;
constexpr size_t kColumns = 6 + kFigures.size();
constexpr uint64_t kMostMs = 1'000'000;

struct Line {
  MeasuredRow row;  // without runs
  int64_t util_percent = 0;
  Figures figures{};
};

bool ParseLine(std::string_view text, Line* line) {
  const std::vector<std::string_view> cells = SplitWords(text, ",");
  if (cells.size() != kColumns) return false;
  line->row.server = std::string(cells[0]);
  line->row.kind = std::string(cells[3]);
  std::vector<std::pair<size_t, int64_t*>> numbers = {{1, &line->row.nodes},
                                                      {2, &line->row.timeout_ms},
                                                      {4, &line->row.victims},
                                                      {5, &line->util_percent}};
  for (size_t i = 0; i < kFigures.size(); ++i) numbers.emplace_back(6 + i, &line->figures[i]);
  for (const auto& [cell, number] : numbers) {
    uint64_t value = 0;
    if (!ParseU64(cells[cell], &value) || value > kMostMs) return false;
    *number = static_cast<int64_t>(value);
  }
  const MeasuredRow& row = line->row;
  return IsServer(row.server) &&
         (row.kind == "single" || row.kind == "multi" || row.kind == "stop") && row.nodes >= 4 &&
         row.nodes <= 10000 && row.timeout_ms > 0 && row.victims > 0 && row.victims < row.nodes / 2;
}

MeasuredRow* RowOf(const MeasuredRow& key, std::vector<MeasuredRow>* rows) {
  const auto found = std::find_if(rows->begin(), rows->end(), [&](const MeasuredRow& row) {
    return row.server == key.server && row.kind == key.kind && row.nodes == key.nodes &&
           row.timeout_ms == key.timeout_ms && row.victims == key.victims;
  });
  return found == rows->end() ? &rows->emplace_back(key) : &*found;
}

std::string ErrorAt(const std::string& path, int number, const std::string& what) {
  return path + ":" + std::to_string(number) + ": " + what;
}

}  // namespace

bool IsServer(std::string_view name) { return name == "valkey" || name == "redis7"; }

std::string Rounded(double value, int decimals) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.*f", decimals, value);
  return text;
}

void SetMachine(int64_t nodes, int64_t timeout_ms, sim::Scenario* scenario) {
  scenario->rules = "valkey-8.0";
  if (scenario->cpu.preset != "none") {
    scenario->cpu.cores_per_machine = 2;
    scenario->cpu.nodes_per_machine = static_cast<uint32_t>(nodes);
  }
  scenario->shards = nodes / 2;
  scenario->replicas_per_shard = 1;
  scenario->config["cluster-node-timeout"] = std::to_string(timeout_ms);
  scenario->config["cluster-allow-replica-migration"] = "no";
  scenario->latency.quantiles = {{500000, Micros(50)}};
  // The data directories lay in memory.
  scenario->fsync = Micros(20);
}

std::optional<std::vector<MeasuredRow>> ReadMeasured(const std::string& path, std::string* error) {
  std::ifstream in(path);
  if (!in) {
    *error = "cannot read " + path;
    return std::nullopt;
  }
  std::vector<MeasuredRow> rows;
  std::string text;
  for (int number = 1; std::getline(in, text); ++number) {
    if (text.empty() || text.front() == '#') continue;
    Line line;
    if (!ParseLine(text, &line)) {
      *error = ErrorAt(path, number, "not a measured run: " + text);
      return std::nullopt;
    }
    MeasuredRow* const row = RowOf(line.row, &rows);
    const bool saturated = line.util_percent >= kSaturatedPercent;
    (saturated ? row->saturated : row->runs).Add(line.figures, line.util_percent);
  }
  return rows;
}

sim::Scenario ScenarioOf(const MeasuredRow& row, const sim::CpuSpec& cpu, uint64_t seed) {
  sim::Scenario scenario;
  scenario.name = row.kind + "-" + std::to_string(row.nodes) + "-" + std::to_string(row.timeout_ms);
  scenario.cpu = cpu;
  SetMachine(row.nodes, row.timeout_ms, &scenario);
  const Duration timeout = Millis(row.timeout_ms);
  sim::TimelineItem item;
  Rng when(seed, "injection");
  item.at = Seconds(30) + timeout * 4 + Micros(when.Between(0, 2 * timeout.us));
  item.fault = row.kind == "stop" ? sim::FaultKind::kPause : sim::FaultKind::kKill;
  item.target.role = sim::Target::Role::kPrimary;
  item.target.count = row.victims;
  item.text = row.kind;
  scenario.duration = item.at + timeout * kTimeoutsAfter + Seconds(5);
  scenario.timeline = {std::move(item)};
  return scenario;
}

}  // namespace gossamer::tool
