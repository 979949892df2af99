// `fidelity`: every measured row of real clusters, simulated many times, and how well they fit.

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <deque>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "sim/report/phases.h"
#include "tools/fidelity/fidelity.h"
#include "tools/fidelity/measured.h"
#include "tools/gossamer_sim/commands.h"
#include "tools/gossamer_sim/progress.h"
#include "tools/gossamer_sim/run_pool.h"

namespace gossamer::tool {
namespace {

// Timestamps in logs are whole milliseconds, cut off.
int64_t MillisOf(Duration length) { return length.us / 1000; }

void AddSamples(const sim::RunReport& report, Samples* samples) {
  if (report.incidents.empty()) return;
  for (size_t f = 0; f < kFigures.size(); ++f) {
    const auto phases = sim::Phases();
    const auto phase = std::find_if(phases.begin(), phases.end(), [&](const sim::Phase& p) {
      return p.key == kFigures[f].phase;
    });
    const auto value = phase->of_incident(report.incidents.front());
    if (value) (*samples)[f].push_back(MillisOf(*value));
  }
}

// "valkey-30-5000-single".
std::string NameOf(const MeasuredRow& row) {
  return row.server + "-" + std::to_string(row.nodes) + "-" + std::to_string(row.timeout_ms) + "-" +
         row.kind;
}

class Study {
 public:
  Study(const Arguments& arguments, std::vector<MeasuredRow> rows, size_t sets)
      : arguments_(arguments),
        rows_(std::move(rows)),
        progress_(arguments.progress, arguments.quiet, rows_.size() * sets * arguments.runs,
                  TotalUs() * static_cast<int64_t>(sets)) {}

  const std::vector<MeasuredRow>& rows() const { return rows_; }

  // Runs every row that has such runs. False: interrupted, or a run failed.
  bool Simulate(const sim::CpuSpec& cpu, bool saturated, std::vector<Samples>* out) {
    for (const MeasuredRow& row : rows_) {
      Samples& samples = out->emplace_back();
      if ((saturated ? row.saturated : row.runs).empty()) continue;
      if (!SimulateRow(row, cpu, &samples)) return false;
    }
    return true;
  }

 private:
  int64_t TotalUs() const {
    int64_t total_us = 0;
    for (const MeasuredRow& row : rows_) {
      total_us += ScenarioOf(row, {}, 1).duration.us * static_cast<int64_t>(arguments_.runs);
    }
    return total_us;
  }

  bool SimulateRow(const MeasuredRow& row, const sim::CpuSpec& cpu, Samples* samples) {
    std::deque<sim::Scenario> scenarios;
    std::vector<RunRequest> requests;
    for (uint64_t seed = 1; seed <= arguments_.runs; ++seed) {
      RunRequest& request = requests.emplace_back();
      request.scenario = &scenarios.emplace_back(ScenarioOf(row, cpu, seed));
      request.options.seed = seed;
      request.options.digest = false;
    }
    for (const RunOutcome& outcome :
         RunAll(requests, static_cast<size_t>(arguments_.jobs), &progress_)) {
      if (!outcome.report || Interrupted()) return false;
      AddSamples(*outcome.report, samples);
    }
    for (std::vector<int64_t>& values : *samples) {
      std::sort(values.begin(), values.end());
      if (values.empty()) return false;
    }
    return true;
  }

  const Arguments& arguments_;
  std::vector<MeasuredRow> rows_;
  Progress progress_;
};

bool WriteSamples(const std::string& path, const std::vector<MeasuredRow>& rows,
                  const std::vector<Samples>& samples) {
  std::ofstream out(path);
  out << "row,figure,values_ms\n";
  for (size_t r = 0; r < rows.size(); ++r) {
    for (size_t f = 0; f < kFigures.size(); ++f) {
      out << NameOf(rows[r]) << ',' << kFigures[f].column << ',';
      for (size_t i = 0; i < samples[r][f].size(); ++i) {
        out << (i == 0 ? "" : " ") << samples[r][f][i];
      }
      out << '\n';
    }
  }
  return out.flush().good();
}

}  // namespace

ExitCode FidelityCommand(const Arguments& arguments) {
  const std::string path = arguments.files.empty() ? "tests/fidelity/runs.csv" : arguments.files[0];
  std::string error;
  auto rows = ReadMeasured(path, &error);
  if (!rows) {
    std::fprintf(stderr, "gossamer-sim: %s\n", error.c_str());
    return ExitCode::kUsage;
  }
  std::erase_if(*rows, [&](const MeasuredRow& row) {
    return NameOf(row).find(arguments.only_rows) == std::string::npos;
  });
  if (rows->empty()) {
    std::fprintf(stderr, "gossamer-sim: no row of %s is called like '%s'\n", path.c_str(),
                 arguments.only_rows.c_str());
    return ExitCode::kUsage;
  }
  sim::CpuSpec cpu;
  cpu.preset = arguments.cpu.value_or("redis-7");
  Study study(arguments, std::move(*rows), 1);
  std::vector<Samples> samples;
  if (!study.Simulate(cpu, arguments.saturated, &samples)) {
    return Interrupted() ? ExitCode::kInterrupted : ExitCode::kInternal;
  }
  if (!arguments.samples.empty() && !WriteSamples(arguments.samples, study.rows(), samples)) {
    std::fprintf(stderr, "gossamer-sim: cannot write %s\n", arguments.samples.c_str());
    return ExitCode::kEnvironment;
  }
  const Fit fit = Judge(study.rows(), arguments.saturated, samples);
  std::printf("%" PRIu64 " simulated runs a row, rules valkey-8.0, cpu %s, %s runs of %s\n\n%s",
              arguments.runs, cpu.preset.c_str(), arguments.saturated ? "saturated" : "unsaturated",
              path.c_str(), FitText(fit).c_str());
  return fit.fits() ? ExitCode::kPass : ExitCode::kFinding;
}

}  // namespace gossamer::tool
