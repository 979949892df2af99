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
// How long the victims of the run before stay away, with 2 s more: until they are replaced, after
// a retried election too where several elections can collide.
constexpr int64_t kTimeoutsAway = 2;
constexpr int64_t kTimeoutsAwayRetried = 7;
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

std::vector<int64_t> ShardsFrom(int64_t first, int64_t end) {
  std::vector<int64_t> shards;
  for (int64_t shard = first; shard < end; ++shard) shards.push_back(shard);
  return shards;
}

sim::TimelineItem FaultOf(const std::string& kind, int64_t victims) {
  sim::TimelineItem item;
  item.fault = kind == "stop" ? sim::FaultKind::kPause : sim::FaultKind::kKill;
  item.target.role = sim::Target::Role::kPrimary;
  item.target.count = victims;
  item.text = kind;
  return item;
}

// The run before on the same cluster: kinds took turns, single, multi, stop. Its victims are back,
// as replicas, at the returned time.
Duration AddEarlierFault(const MeasuredRow& row, Rng* rng, sim::Scenario* scenario) {
  const Duration timeout = Millis(row.timeout_ms);
  const std::string kind =
      row.kind == "single" ? "stop" : (row.kind == "multi" ? "single" : "multi");
  const int64_t victims = kind == "multi" ? (row.nodes + 9) / 10 : 1;
  const Duration away = timeout * (victims > 1 ? kTimeoutsAwayRetried : kTimeoutsAway) + Seconds(2);
  sim::TimelineItem fault = FaultOf(kind, victims);
  fault.at = Seconds(10) + timeout * 2 + Micros(rng->Between(0, 2 * timeout.us));
  fault.target.shards = ShardsFrom(0, victims);
  const Duration back = fault.at + away;
  if (kind == "stop") fault.length = away;
  scenario->timeline.push_back(std::move(fault));
  if (kind == "stop") return back;
  sim::TimelineItem restart;
  restart.at = back;
  restart.is_fault = false;
  restart.action = sim::ActionKind::kRestart;
  restart.target.killed = true;
  restart.text = "restart";
  scenario->timeline.push_back(std::move(restart));
  return back;
}

// From the return of the last victims to the next fault. SOURCE: 609 pairs of successive runs: from
// "all nodes ok" to the next signal they took 0.4 to 0.5 s and, evenly, 0.2 to 0.75 T. When in the
// former the victims returned was not written down; 0.1 s before its end is an estimate.
Duration LeadOf(Duration timeout, Rng* rng) {
  return Millis(100) + Micros(rng->Between(timeout.us / 5, timeout.us * 3 / 4));
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
  Rng when(seed, "injection");
  const Duration back = AddEarlierFault(row, &when, &scenario);
  const Duration timeout = Millis(row.timeout_ms);
  sim::TimelineItem item = FaultOf(row.kind, row.victims);
  item.at = back + LeadOf(timeout, &when);
  const int64_t hit_before = scenario.timeline.front().target.count.value_or(0);
  item.target.shards = ShardsFrom(hit_before, row.nodes / 2);
  scenario.duration = item.at + timeout * kTimeoutsAfter + Seconds(5);
  scenario.timeline.push_back(std::move(item));
  return scenario;
}

}  // namespace gossamer::tool
