// run --real: one scenario, two worlds, one table.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>
#include <thread>
#include <utility>

#include "core/cluster/rules.h"
#include "nlohmann/json.hpp"
#include "sim/report/text_format.h"
#include "tools/gossamer_sim/build_info.h"
#include "tools/gossamer_sim/commands.h"
#include "tools/gossamer_sim/progress.h"
#include "tools/gossamer_sim/run_pool.h"
#include "tools/real_cluster/check_scenario.h"
#include "tools/real_cluster/comparison.h"
#include "tools/real_cluster/program.h"
#include "tools/real_cluster/real_run.h"

namespace gossamer::tool {
namespace {

using real::Program;

// One way between two processes of one machine; measured on loopback.
constexpr Duration kLoopback = Micros(50);
// Phases are read from what a server logs at loglevel debug, which costs Redis and Valkey as much
// again as their work.
std::string DefaultCpu(const std::vector<Program>& programs) {
  const bool all_ours =
      std::all_of(programs.begin(), programs.end(), [](const Program& p) { return p.ours(); });
  return all_ours ? "gossamer" : "redis-7-debug";
}

// ---- Where the nodes' files are ----

class RealDirectory {
 public:
  explicit RealDirectory(std::string wanted) : path_(std::move(wanted)), keep_(!path_.empty()) {}
  ~RealDirectory() {
    std::error_code ignored;
    if (!keep_ && !path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  RealDirectory(const RealDirectory&) = delete;
  RealDirectory& operator=(const RealDirectory&) = delete;

  // False, with a line on stderr, when there is no such directory or it is in use.
  bool Open() {
    std::error_code failure;
    if (path_.empty()) {
      const char* base = std::getenv("TMPDIR");
      std::string name = std::string(base != nullptr ? base : "/tmp") + "/gossamer-real-XXXXXX";
      if (mkdtemp(name.data()) == nullptr) return Fail(name, std::strerror(errno));
      path_ = name;
      return true;
    }
    std::filesystem::create_directories(path_, failure);
    if (failure) return Fail(path_, failure.message());
    // Servers write relative to their own directories.
    path_ = std::filesystem::absolute(path_).string();
    if (!std::filesystem::is_empty(path_, failure)) return Fail(path_, "is not empty");
    return true;
  }
  // Of one run.
  std::string Make(uint64_t seed) const {
    const std::string path = path_ + "/seed-" + std::to_string(seed);
    std::error_code ignored;
    std::filesystem::create_directories(path, ignored);
    return path;
  }
  void Keep() { keep_ = true; }
  const std::string& path() const { return path_; }

 private:
  static bool Fail(const std::string& path, const std::string& why) {
    std::fprintf(stderr, "gossamer-sim: --real-dir %s: %s\n", path.c_str(), why.c_str());
    return false;
  }

  std::string path_;
  bool keep_;
};

// ---- The simulated side ----

// The scenario as it is on one machine: loopback, no losses, all nodes on the machine's cores, each
// shard by the rules of its program, and nothing replicated where that keeps no data.
sim::Scenario Twin(const sim::Scenario& scenario, const std::vector<Program>& programs,
                   const Arguments& arguments) {
  sim::Scenario twin = scenario;
  twin.latency.quantiles = {{500'000, kLoopback}};
  twin.between_zones.reset();
  twin.loss = sim::Ppm{};
  twin.bandwidth_bytes_per_s = 0;
  twin.replication.write_bytes_per_s = 0;
  if (twin.cpu.preset == "none") twin.cpu.preset = DefaultCpu(programs);
  if (arguments.cpu) twin.cpu.preset = *arguments.cpu;
  if (twin.cpu.preset != "none") {
    twin.cpu.cores_per_machine = std::max(1u, std::thread::hardware_concurrency());
    twin.cpu.nodes_per_machine = static_cast<uint32_t>(twin.node_count());
  }
  for (int64_t shard = 0; shard < twin.shards; ++shard) {
    const Program& program = programs[static_cast<size_t>(shard) % programs.size()];
    sim::NodeOverride entry;
    entry.target.shards = {shard};
    if (!program.ours() && !arguments.rules) entry.rules = std::string(program.NearestRules());
    twin.overrides.push_back(std::move(entry));
  }
  return twin;
}

// "valkey-8.0 (nearest to redis-server 7.0.15), gossamer (gossamer-server 0.3.0)".
std::string RulesText(const sim::Scenario& scenario, const std::vector<Program>& programs,
                      const Arguments& arguments) {
  if (arguments.rules) return *arguments.rules + " (--rules)";
  std::string text;
  std::set<std::string> told;
  for (const Program& program : programs) {
    const std::string of_program =
        program.ours()
            ? scenario.rules + " (the scenario's, for " + program.Text() + ")"
            : std::string(program.NearestRules()) + " (nearest to " + program.Text() + ")";
    if (told.insert(of_program).second) text += (text.empty() ? "" : ", ") + of_program;
  }
  return text;
}

real::ComparisonHead HeadOf(const sim::Scenario& scenario, const sim::Scenario& twin,
                            const std::vector<Program>& programs, const Arguments& arguments) {
  real::ComparisonHead head;
  std::string names;
  for (const Program& program : programs) {
    head.programs.push_back(program.Text());
    names += (names.empty() ? "" : ", ") + program.Text();
  }
  if (programs.size() > 1) names += " in turn by shard";
  head.real = names + ", " + std::to_string(scenario.node_count()) + " processes on this machine";
  head.rules = RulesText(scenario, programs, arguments);
  head.cpu = sim::CpuText(twin.cpu);
  head.simulated = "rules " + head.rules + "; cpu " + head.cpu +
                   "; latency 50 us as on loopback; " + "seeds 1 to " +
                   std::to_string(arguments.real.simulated_seeds);
  head.settle = arguments.real.settle;
  head.passed_over = real::PassedOver(scenario);
  return head;
}

std::vector<sim::RunReport> Simulate(const sim::Scenario& twin, const Arguments& arguments) {
  std::vector<RunRequest> requests;
  for (uint64_t seed = 1; seed <= arguments.real.simulated_seeds; ++seed) {
    RunRequest& request = requests.emplace_back();
    request.scenario = &twin;
    request.options.seed = seed;
    request.options.rules = arguments.rules;
    request.options.stop_at = arguments.stop_at;
  }
  const auto total = static_cast<int64_t>(requests.size()) * twin.duration.us;
  Progress progress(arguments.progress, arguments.quiet, requests.size(), total);
  std::vector<sim::RunReport> reports;
  for (RunOutcome& outcome : RunAll(requests, static_cast<size_t>(arguments.jobs), &progress)) {
    if (outcome.report) reports.push_back(std::move(*outcome.report));
  }
  return reports;
}

// ---- The real side ----

bool CanRun(const ScenarioFile& file, bool color) {
  sim::DiagnosticSink sink(file.text, file.path);
  real::CheckScenario(*file.scenario, &sink);
  std::vector<sim::Diagnostic> diagnostics;
  sink.Finish(&diagnostics);
  std::fputs(sim::Render(diagnostics, color).c_str(), stderr);
  return !sim::HasErrors(diagnostics);
}

ExitCode RunAllReal(const sim::Scenario& scenario, const std::vector<Program>& programs,
                    const std::vector<uint64_t>& seeds, const Arguments& arguments,
                    RealDirectory* directory, std::vector<real::RealResult>* results) {
  for (const uint64_t seed : seeds) {
    real::RealSpec spec;
    spec.scenario = &scenario;
    spec.programs = &programs;
    spec.rules = arguments.rules;
    spec.seed = seed;
    spec.settle = arguments.real.settle;
    spec.stop_at = arguments.stop_at;
    spec.directory = directory->Make(seed);
    spec.interrupted = Interrupted;
    const bool tells = !arguments.quiet && arguments.progress != ProgressMode::kNone;
    spec.say = [seed, tells](const std::string& line) {
      if (tells)
        std::fprintf(stderr, "real, seed %s: %s\n", std::to_string(seed).c_str(), line.c_str());
    };
    std::string error;
    auto result = real::RunReal(spec, &error);
    if (!result && Interrupted()) return ExitCode::kInterrupted;
    if (!result) {
      directory->Keep();
      std::fprintf(stderr, "gossamer-sim: %s\ngossamer-sim: logs are kept in %s\n", error.c_str(),
                   spec.directory.c_str());
      return ExitCode::kEnvironment;
    }
    results->push_back(*std::move(result));
    if (Interrupted()) return ExitCode::kInterrupted;
  }
  return ExitCode::kPass;
}

ExitCode CodeOf(sim::Verdict verdict) {
  if (verdict == sim::Verdict::kFail) return ExitCode::kFinding;
  return verdict == sim::Verdict::kPass ? ExitCode::kPass : ExitCode::kInconclusive;
}

}  // namespace

ExitCode RealCommand(const Arguments& arguments, const ScenarioFile& file,
                     const std::vector<uint64_t>& seeds) {
  const sim::Scenario& scenario = *file.scenario;
  if (!CanRun(file, WantsColor(arguments.color, STDERR_FILENO))) return ExitCode::kUsage;
  std::string error;
  const auto programs = real::FindPrograms(arguments.real.programs, &error);
  if (!programs) {
    std::fprintf(stderr, "gossamer-sim: --real: %s\n", error.c_str());
    return ExitCode::kUsage;
  }
  RealDirectory directory(arguments.real.directory);
  if (!directory.Open()) return ExitCode::kEnvironment;
  std::vector<real::RealResult> results;
  ExitCode code = RunAllReal(scenario, *programs, seeds, arguments, &directory, &results);
  if (results.empty()) return code;
  // Afterwards: both worlds would want the same processors.
  const sim::Scenario twin = Twin(scenario, *programs, arguments);
  const std::vector<sim::RunReport> simulated = Simulate(twin, arguments);
  if (Interrupted()) code = ExitCode::kInterrupted;
  const real::ComparisonHead head = HeadOf(scenario, twin, *programs, arguments);
  if (arguments.json) {
    std::puts(real::ComparisonJson(head, results, simulated).dump(2).c_str());
  } else {
    std::fputs(real::ComparisonText(head, results, simulated).c_str(), stdout);
  }
  return Worse(code, CodeOf(real::VerdictOf(results)));
}

}  // namespace gossamer::tool
