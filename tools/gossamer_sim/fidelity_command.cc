// `fidelity`: measured rows of real clusters, simulated many times, and how well they fit.

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <deque>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "sim/report/phases.h"
#include "tools/fidelity/fidelity.h"
#include "tools/fidelity/measured.h"
#include "tools/fidelity/rates.h"
#include "tools/gossamer_sim/commands.h"
#include "tools/gossamer_sim/progress.h"
#include "tools/gossamer_sim/run_pool.h"

namespace gossamer::tool {
namespace {

// Below it the simulated distributions are too coarse for verdicts.
constexpr uint64_t kFewestRuns = 100;

// Timestamps in logs are whole milliseconds, cut off.
int64_t MillisOf(Duration length) { return length.us / 1000; }

// Of the last incident, the one that was measured.
void AddSamples(const sim::RunReport& report, Samples* samples) {
  if (report.incidents.empty()) return;
  SimulatedRun& run = samples->emplace_back();
  for (size_t f = 0; f < kFigures.size(); ++f) {
    const auto phases = sim::Phases();
    const auto phase = std::find_if(phases.begin(), phases.end(), [&](const sim::Phase& p) {
      return p.key == kFigures[f].phase;
    });
    const auto value = phase->of_incident(report.incidents.back());
    if (value) run[f] = MillisOf(*value);
  }
}

// "valkey-30-5000-single".
std::string NameOf(const MeasuredRow& row) {
  return row.server + "-" + std::to_string(row.nodes) + "-" + std::to_string(row.timeout_ms) + "-" +
         row.kind;
}

// What others took of the machine: its measured utilisation without the cluster's own part, which
// one simulated run tells.
sim::Ppm BackgroundOf(const sim::RunReport& alone, const sim::CpuSpec& cpu, int64_t util_percent) {
  uint64_t busy_us = 0;
  for (const sim::NodeCpu& node : alone.load.cpu) busy_us += node.busy_us;
  const uint64_t cores_us = alone.virtual_us() * cpu.cores_per_machine;
  const auto own = static_cast<int64_t>(busy_us * 1'000'000 / std::max<uint64_t>(cores_us, 1));
  const int64_t others = util_percent * 10'000 - own;
  return {static_cast<uint32_t>(std::clamp<int64_t>(others, 0, 950'000))};
}

class Study {
 public:
  Study(const Arguments& arguments, std::vector<MeasuredRow> rows)
      : arguments_(arguments),
        rows_(std::move(rows)),
        progress_(arguments.progress, arguments.quiet, rows_.size() * arguments.runs, TotalUs()) {}

  const std::vector<MeasuredRow>& rows() const { return rows_; }

  // Runs every row that has such runs. False: interrupted, or a run failed.
  bool Simulate(sim::CpuSpec cpu, bool saturated, std::vector<Samples>* out) {
    for (const MeasuredRow& row : rows_) {
      Samples& samples = out->emplace_back();
      const MeasuredRuns& runs = saturated ? row.saturated : row.runs;
      if (runs.empty()) continue;
      if (cpu.preset != "none") {
        cpu.background = {};
        const sim::Scenario scenario = ScenarioOf(row, cpu, 1);
        const std::vector<RunOutcome> alone = RunAll({{&scenario, {}, "", {}}}, 1, nullptr);
        if (!alone[0].report) return Failed(row, alone[0].error);
        cpu.background = BackgroundOf(*alone[0].report, scenario.cpu, runs.util_percent());
      }
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
      if (Interrupted()) return false;
      if (!outcome.report) return Failed(row, outcome.error);
      AddSamples(*outcome.report, samples);
    }
    for (size_t f = 0; f < kFigures.size(); ++f) {
      if (ValuesOf(*samples, f).empty()) {
        return Failed(row, std::string(kFigures[f].column) + " happened in no simulated run");
      }
    }
    return true;
  }

  static bool Failed(const MeasuredRow& row, const std::string& why) {
    std::fprintf(stderr, "gossamer-sim: row %s: %s\n", NameOf(row).c_str(), why.c_str());
    return false;
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
      const char* separator = "";
      for (const int64_t value : ValuesOf(samples[r], f)) {
        out << separator << value;
        separator = " ";
      }
      out << '\n';
    }
  }
  return out.flush().good();
}

ExitCode Usage(const std::string& error) {
  std::fprintf(stderr, "gossamer-sim: %s\n", error.c_str());
  return ExitCode::kUsage;
}

ExitCode Ended() { return Interrupted() ? ExitCode::kInterrupted : ExitCode::kInternal; }

// Traffic at rest: one run a row. False: interrupted, or a run failed.
bool SimulateRates(const Arguments& arguments, const std::vector<RateRow>& rows,
                   const sim::CpuSpec& cpu, std::vector<Rates>* rates) {
  std::deque<sim::Scenario> scenarios;
  std::vector<RunRequest> requests;
  int64_t total_us = 0;
  for (const RateRow& row : rows) {
    RunRequest& request = requests.emplace_back();
    request.scenario = &scenarios.emplace_back(RestOf(row, cpu));
    request.options.digest = false;
    total_us += request.scenario->duration.us;
  }
  Progress progress(arguments.progress, arguments.quiet, requests.size(), total_us);
  for (const RunOutcome& outcome :
       RunAll(requests, static_cast<size_t>(arguments.jobs), &progress)) {
    if (!outcome.report || Interrupted()) return false;
    rates->push_back(RatesOf(*outcome.report));
  }
  return true;
}

ExitCode CompareRates(const Arguments& arguments, const std::vector<RateRow>& rows,
                      const sim::CpuSpec& cpu) {
  std::vector<Rates> simulated;
  if (!SimulateRates(arguments, rows, cpu, &simulated)) return Ended();
  std::printf("\nTraffic at rest, one simulated run a row\n\n%s",
              RatesText(rows, simulated).c_str());
  return RatesOff(rows, simulated) == 0 ? ExitCode::kPass : ExitCode::kFinding;
}

// The rows of the file whose names have `only` in them.
std::optional<std::vector<MeasuredRow>> ReadRows(const std::string& path, const std::string& only,
                                                 std::string* error) {
  auto rows = ReadMeasured(path, error);
  if (!rows) {
    *error += "; DIR is tests/fidelity of the sources";
    return std::nullopt;
  }
  std::erase_if(
      *rows, [&](const MeasuredRow& row) { return NameOf(row).find(only) == std::string::npos; });
  if (!rows->empty()) return rows;
  *error = "no row of " + path + " has '" + only +
           "' in its name, expected a part of one such as valkey-30-5000-single";
  return std::nullopt;
}

// Detection and failover times. `path`: where the rows are from.
ExitCode CompareTimes(const Arguments& arguments, const std::string& path,
                      std::vector<MeasuredRow> rows, const sim::CpuSpec& cpu) {
  Study study(arguments, std::move(rows));
  std::vector<Samples> samples;
  if (!study.Simulate(cpu, arguments.saturated, &samples)) return Ended();
  if (!arguments.samples.empty() && !WriteSamples(arguments.samples, study.rows(), samples)) {
    std::fprintf(stderr, "gossamer-sim: cannot write %s\n", arguments.samples.c_str());
    return ExitCode::kEnvironment;
  }
  const Fit fit = Judge(study.rows(), arguments.saturated, samples);
  std::printf("%" PRIu64
              " simulated runs a row, rules valkey-8.0, cpu %s x%u %%, %s runs of %s\n"
              "The scale is the measured processor time at rest over what the preset needs: the "
              "machine's speed.\n\n%s",
              arguments.runs, cpu.preset.c_str(), cpu.scale_percent,
              arguments.saturated ? "saturated" : "unsaturated", path.c_str(),
              FitText(fit).c_str());
  if (arguments.runs < kFewestRuns) {
    std::printf("%" PRIu64 " runs a row are too few to decide anything; the default is 1000.\n",
                arguments.runs);
    return ExitCode::kInconclusive;
  }
  if (fit.runs == 0) {
    std::printf("No row has such runs%s.\n",
                arguments.saturated ? "" : "; --saturated takes the others");
    return ExitCode::kInconclusive;
  }
  return fit.fits() ? ExitCode::kPass : ExitCode::kFinding;
}

}  // namespace

ExitCode FidelityCommand(const Arguments& arguments) {
  const std::string directory = arguments.files.empty() ? "tests/fidelity" : arguments.files[0];
  const std::string path = directory + "/runs.csv";
  std::string error;
  auto rows = ReadRows(path, arguments.only_rows, &error);
  if (!rows) return Usage(error);
  const auto rates = ReadRates(directory + "/rates.csv", &error);
  if (!rates) return Usage(error);
  sim::CpuSpec cpu;
  cpu.preset = arguments.cpu.value_or("redis-7-debug");
  std::vector<Rates> unscaled;
  if (!SimulateRates(arguments, *rates, cpu, &unscaled)) return Ended();
  cpu.scale_percent = ScalePercent(*rates, unscaled);
  const ExitCode times = CompareTimes(arguments, path, std::move(*rows), cpu);
  const bool all = arguments.only_rows.empty() && !arguments.saturated;
  const bool ran =
      times == ExitCode::kPass || times == ExitCode::kFinding || times == ExitCode::kInconclusive;
  if (!all || !ran) return times;
  return Worse(times, CompareRates(arguments, *rates, cpu));
}

}  // namespace gossamer::tool
