#include "tools/gossamer_truth/measured.h"

#include <fstream>
#include <utility>

#include "core/base/rng.h"
#include "core/base/strings.h"

namespace gossamer::tool {
namespace {

// Long enough for a retried election, which waits 4 T.
constexpr int64_t kTimeoutsAfter = 8;

bool ParseRow(std::string_view line, MeasuredRow* row) {
  const std::vector<std::string_view> cells = SplitWords(line, ",");
  if (cells.size() != 9) return false;
  row->kind = std::string(cells[0]);
  int64_t* const fields[] = {&row->nodes,         &row->timeout_ms,     &row->victims,
                             &row->runs,          &row->saturated_runs, &row->first_pfail_ms,
                             &row->first_fail_ms, &row->state_ok_ms};
  for (size_t i = 0; i < 8; ++i) {
    uint64_t value = 0;
    if (!ParseU64(cells[i + 1], &value) || value > 1000000000) return false;
    *fields[i] = static_cast<int64_t>(value);
  }
  return (row->kind == "single" || row->kind == "multi" || row->kind == "stop") &&
         row->nodes >= 4 && row->nodes <= 10000 && row->timeout_ms > 0 && row->victims > 0 &&
         row->victims < row->nodes / 2;
}

}  // namespace

std::optional<std::vector<MeasuredRow>> ReadMeasured(const std::string& path, std::string* error) {
  std::ifstream in(path);
  if (!in) {
    *error = "cannot read " + path;
    return std::nullopt;
  }
  std::vector<MeasuredRow> rows;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    if (!ParseRow(line, &rows.emplace_back())) {
      *error = path + ":" + std::to_string(number) + ": not a measured row: " + line;
      return std::nullopt;
    }
  }
  return rows;
}

sim::Scenario ScenarioOf(const MeasuredRow& row, const std::string& cpu, uint64_t seed) {
  sim::Scenario scenario;
  scenario.name = row.kind + "-" + std::to_string(row.nodes) + "-" + std::to_string(row.timeout_ms);
  scenario.rules = "valkey-8.0";
  scenario.cpu.preset = cpu;
  if (cpu != "none") {
    scenario.cpu.cores_per_machine = 2;
    scenario.cpu.nodes_per_machine = static_cast<uint32_t>(row.nodes);
  }
  scenario.shards = row.nodes / 2;
  scenario.replicas_per_shard = 1;
  scenario.config["cluster-node-timeout"] = std::to_string(row.timeout_ms);
  scenario.config["cluster-allow-replica-migration"] = "no";
  scenario.latency.quantiles = {{500000, Micros(50)}};
  // The data directories lay in memory.
  scenario.fsync = Micros(20);
  const Duration timeout = Millis(row.timeout_ms);
  sim::TimelineItem item;
  // The measured clusters had run for long, and were hit at any moment of their rhythm.
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
