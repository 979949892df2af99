// gossamer-truth: simulated against measured detection and failover times, row by row.
//
//   gossamer-truth [--seeds N] [--jobs N] [--measured FILE] [--tolerance PERCENT]
//
// Prints, for each measured row and CPU preset, the simulated median over the seeds, the measured
// median and the deviation. Exit code 1 when a deviation is above the tolerance.

#include <algorithm>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/report/phases.h"
#include "sim/report/text_format.h"
#include "sim/scenario/units.h"
#include "tools/gossamer_sim/exit_code.h"
#include "tools/gossamer_sim/progress.h"
#include "tools/gossamer_sim/run_pool.h"
#include "tools/gossamer_truth/measured.h"

namespace gossamer::tool {
namespace {

struct Settings {
  uint64_t seeds = 100;
  uint64_t jobs = 1;
  uint64_t tolerance = 10;
  std::string measured = "tests/fidelity/measured.csv";
};

bool ReadSettings(int argc, char** argv, Settings* out) {
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string_view value = i + 1 < argc ? argv[i + 1] : "";
    uint64_t* const number = name == "--seeds"       ? &out->seeds
                             : name == "--jobs"      ? &out->jobs
                             : name == "--tolerance" ? &out->tolerance
                                                     : nullptr;
    if (name == "--measured" && !value.empty()) {
      out->measured = std::string(value);
    } else if (number != nullptr) {
      const sim::Parsed<uint64_t> parsed = sim::ParseUnsigned(value);
      if (!parsed.ok() || parsed.value() == 0 || parsed.value() > 100000) return false;
      *number = parsed.value();
    } else {
      return false;
    }
  }
  return true;
}

// One measured row under one preset.
struct Case {
  const MeasuredRow* row = nullptr;
  std::string cpu;
  std::deque<sim::Scenario> scenarios;  // by seed
};

std::optional<Duration> Median(const std::vector<RunOutcome>& outcomes, size_t first, size_t count,
                               std::string_view key) {
  const auto phases = sim::Phases();
  const auto phase =
      std::find_if(phases.begin(), phases.end(), [&](const sim::Phase& p) { return p.key == key; });
  std::vector<Duration> values;
  for (size_t i = first; i < first + count; ++i) {
    if (!outcomes[i].report || outcomes[i].report->incidents.empty()) continue;
    const auto value = phase->of_incident(outcomes[i].report->incidents.front());
    if (value) values.push_back(*value);
  }
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  return sim::Quantile(values, 50);
}

// Appends simulated, measured and deviation; the deviation in tenths of a per cent, or nothing.
std::optional<int64_t> AddCells(std::optional<Duration> simulated, int64_t measured_ms,
                                std::vector<std::string>* cells) {
  cells->push_back(simulated ? std::to_string(simulated->ms()) : "-");
  cells->push_back(std::to_string(measured_ms));
  if (!simulated) {
    cells->emplace_back("-");
    return std::nullopt;
  }
  const int64_t tenths = (simulated->us - measured_ms * 1000) / measured_ms;
  char text[32];
  std::snprintf(text, sizeof(text), "%s%" PRId64 ".%" PRId64 "%%", tenths < 0 ? "-" : "+",
                std::abs(tenths) / 10, std::abs(tenths) % 10);
  cells->emplace_back(text);
  return tenths;
}

std::deque<Case> MakeCases(const std::vector<MeasuredRow>& rows, uint64_t seeds) {
  std::deque<Case> cases;
  for (const MeasuredRow& row : rows) {
    for (const char* cpu : {"none", "redis-7"}) {
      Case& c = cases.emplace_back(Case{&row, cpu, {}});
      for (uint64_t seed = 1; seed <= seeds; ++seed) {
        c.scenarios.push_back(ScenarioOf(row, cpu, seed));
      }
    }
  }
  return cases;
}

ExitCode Main(const Settings& settings) {
  std::string error;
  const auto rows = ReadMeasured(settings.measured, &error);
  if (!rows) {
    std::fprintf(stderr, "gossamer-truth: %s\n", error.c_str());
    return ExitCode::kUsage;
  }
  const std::deque<Case> cases = MakeCases(*rows, settings.seeds);
  std::vector<RunRequest> requests;
  int64_t total_us = 0;
  for (const Case& c : cases) {
    for (uint64_t seed = 1; seed <= settings.seeds; ++seed) {
      RunRequest& request = requests.emplace_back();
      request.scenario = &c.scenarios[seed - 1];
      request.options.seed = seed;
      request.options.digest = false;
      total_us += request.scenario->duration.us;
    }
  }
  Progress progress(ProgressMode::kAuto, false, requests.size(), total_us);
  const std::vector<RunOutcome> outcomes =
      RunAll(requests, static_cast<size_t>(settings.jobs), &progress);
  if (Interrupted()) return ExitCode::kInterrupted;

  sim::TextTable table({"kind", "N", "T s", "cpu", "PFAIL ms", "measured", "", "FAIL ms",
                        "measured", "", "ok ms", "measured", ""});
  table.Left(3);
  size_t beyond = 0;
  for (size_t i = 0; i < cases.size(); ++i) {
    const MeasuredRow& row = *cases[i].row;
    std::vector<std::string> cells = {row.kind, std::to_string(row.nodes),
                                      std::to_string(row.timeout_ms / 1000), cases[i].cpu};
    const std::pair<const char*, int64_t> figures[] = {{"first_pfail", row.first_pfail_ms},
                                                       {"first_fail", row.first_fail_ms},
                                                       {"cluster_ok", row.state_ok_ms}};
    for (const auto& [key, measured_ms] : figures) {
      const auto tenths =
          AddCells(Median(outcomes, i * settings.seeds, settings.seeds, key), measured_ms, &cells);
      if (!tenths || std::abs(*tenths) > static_cast<int64_t>(settings.tolerance) * 10) ++beyond;
    }
    table.Add(std::move(cells));
  }
  std::printf("Simulated medians over %" PRIu64
              " seeds, rules valkey-8.0, against measured ones\n%s",
              settings.seeds, table.Render(0).c_str());
  std::printf("%zu of %zu figures deviate by more than %" PRIu64 " %%\n", beyond, cases.size() * 3,
              settings.tolerance);
  return beyond == 0 ? ExitCode::kPass : ExitCode::kFinding;
}

}  // namespace
}  // namespace gossamer::tool

int main(int argc, char** argv) {
  gossamer::tool::Settings settings;
  if (!gossamer::tool::ReadSettings(argc, argv, &settings)) {
    std::fputs(
        "usage: gossamer-truth [--seeds N] [--jobs N] [--measured FILE] [--tolerance PERCENT]\n",
        stderr);
    return static_cast<int>(gossamer::tool::ExitCode::kUsage);
  }
  gossamer::tool::CatchInterrupts();
  return static_cast<int>(gossamer::tool::Main(settings));
}
