#include <unistd.h>

#include <cstdio>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "nlohmann/json.hpp"
#include "sim/model/start.h"
#include "sim/report/github_annotations.h"
#include "sim/report/json_report.h"
#include "sim/report/run_recorder.h"
#include "sim/report/seeds_report.h"
#include "sim/report/text_format.h"
#include "sim/report/text_report.h"
#include "tools/gossamer_sim/build_info.h"
#include "tools/gossamer_sim/commands.h"
#include "tools/gossamer_sim/progress.h"
#include "tools/gossamer_sim/report_files.h"
#include "tools/gossamer_sim/run_outputs.h"
#include "tools/gossamer_sim/run_pool.h"
#include "tools/gossamer_sim/scenario_file.h"

namespace gossamer::tool {
namespace {

uint64_t RandomSeed() {
  std::random_device device;
  const uint64_t high = device();
  return (high << 32) | device();
}

std::vector<uint64_t> SeedsFor(const Arguments& arguments, const sim::Scenario& scenario) {
  if (!arguments.seed_range) {
    if (arguments.random_seed) return {RandomSeed()};
    return {arguments.seed.value_or(scenario.seed)};
  }
  std::vector<uint64_t> seeds;
  for (uint64_t seed = arguments.first_seed;; ++seed) {
    seeds.push_back(seed);
    if (seed == arguments.last_seed) return seeds;
  }
}

std::string FirstLine(const RunRequest& first, size_t runs) {
  std::string line = "gossamer-sim " + Version() + " (" + BuildId() + ")  scenario " +
                     first.scenario_hash + "  seed " + std::to_string(first.options.seed);
  if (runs > 1) line += " and " + std::to_string(runs - 1) + " more";
  return line + "\n";
}

struct Plan {
  std::vector<RunRequest> requests;
  int64_t total_us = 0;
};

Plan MakePlan(const Arguments& arguments, const std::vector<ScenarioFile>& files) {
  Plan plan;
  for (const ScenarioFile& file : files) {
    const std::vector<uint64_t> seeds = SeedsFor(arguments, *file.scenario);
    for (const uint64_t seed : seeds) {
      RunRequest& request = plan.requests.emplace_back();
      request.scenario = &*file.scenario;
      request.options = OptionsFor(arguments, *file.scenario, seed);
      request.scenario_hash = file.hash;
      plan.total_us += file.scenario->duration.us;
    }
  }
  return plan;
}

struct Results {
  std::vector<sim::RunReport> reports;  // of all runs that have one
  std::vector<sim::FailedRun> failed;   // the others
};

// Says what became of the runs without a report.
Results TakeResults(const Plan& plan, std::vector<RunOutcome> outcomes, ExitCode* code) {
  Results results;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    RunOutcome& outcome = outcomes[i];
    *code = Worse(*code, outcome.code);
    if (outcome.report) {
      results.reports.push_back(std::move(*outcome.report));
      continue;
    }
    const RunRequest& request = plan.requests[i];
    const sim::RunReport head = sim::ReportHead(*request.scenario, request.options);
    results.failed.push_back({head.scenario.file, head.scenario.name, head.seed,
                              sim::ReproduceCommand(head), outcome.error});
    if (outcome.error.empty()) continue;
    std::fprintf(stderr, "gossamer-sim: a run failed: %s\n  to reproduce: %s\n",
                 outcome.error.c_str(), results.failed.back().command.c_str());
  }
  return results;
}

// `files`: how many there were.
void PrintResults(const Arguments& arguments, size_t files, std::span<const sim::RunReport> runs) {
  std::FILE* out = arguments.events == "-" ? stderr : stdout;
  const sim::Paint paint(WantsColor(arguments.color, fileno(out)));
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  const bool summary = arguments.seed_range && arguments.first_seed != arguments.last_seed;
  while (!runs.empty()) {
    std::span<const sim::RunReport> of_file = runs.first(1);
    if (summary) {
      of_file = sim::TakeFile(&runs);
    } else {
      runs = runs.subspan(1);
    }
    if (arguments.json) {
      all.push_back(summary ? sim::SeedsJson(of_file) : sim::JsonReport(of_file.front()));
    } else if (arguments.digest_only) {
      for (const sim::RunReport& report : of_file) {
        std::fprintf(out, "%s %llu %s\n", report.scenario.file.c_str(),
                     static_cast<unsigned long long>(report.seed),  // NOLINT(google-runtime-int)
                     sim::DigestText(report.result.digest).c_str());
      }
    } else {
      const std::string text =
          summary ? sim::SeedsText(of_file, paint) : sim::TextReport(of_file.front(), paint);
      std::fputs(text.c_str(), out);
    }
  }
  if (arguments.json) {
    const bool one = files == 1 && all.size() == 1;
    std::puts((one ? all.front() : all).dump(2).c_str());
  }
}

}  // namespace

ExitCode RunCommand(const Arguments& arguments) {
  std::vector<ScenarioFile> files;
  const ExitCode read = ReadScenarioFiles(
      arguments.files, WantsColor(arguments.color, STDERR_FILENO), &files, arguments.cell());
  if (read != ExitCode::kPass) return read;
  for (const ScenarioFile& file : files) {
    if (file.scenario->start != sim::StartKind::kNodesConf) continue;
    if (const auto conf = sim::ReadStartConf(*file.scenario); !conf.ok()) {
      std::fprintf(stderr, "%s: error: %s\n", file.path.c_str(),
                   std::string(conf.status().message()).c_str());
      return ExitCode::kUsage;
    }
  }
  if (!arguments.real.programs.empty()) {
    return RealCommand(arguments, files.front(), SeedsFor(arguments, *files.front().scenario));
  }
  Plan plan = MakePlan(arguments, files);
  RunOutputs outputs;
  const ExitCode opened = outputs.Open(arguments, files.front(), &plan.requests.front());
  if (opened != ExitCode::kPass) return opened;
  ReportFiles report_files;
  if (!report_files.Open(arguments)) return ExitCode::kEnvironment;
  if (!arguments.quiet && !arguments.digest_only) {
    std::FILE* out = arguments.json || arguments.events == "-" ? stderr : stdout;
    std::fputs(FirstLine(plan.requests.front(), plan.requests.size()).c_str(), out);
    std::fflush(out);
  }
  Progress progress(arguments.progress, arguments.quiet, plan.requests.size(), plan.total_us);
  std::vector<RunOutcome> outcomes =
      RunAll(plan.requests, static_cast<size_t>(arguments.jobs), &progress);
  ExitCode code = outputs.Close(outcomes) ? ExitCode::kPass : ExitCode::kEnvironment;
  const Results results = TakeResults(plan, std::move(outcomes), &code);
  PrintResults(arguments, files.size(), results.reports);
  if (!report_files.Write(results.reports, results.failed))
    code = Worse(code, ExitCode::kEnvironment);
  if (arguments.github_annotations) {
    std::fflush(stdout);
    std::fputs(sim::GithubAnnotations(results.reports).c_str(), stderr);
  }
  if (Interrupted()) {
    std::fprintf(stderr, "gossamer-sim: interrupted, %zu of %s begun\n", results.reports.size(),
                 sim::Plural(plan.requests.size(), "run").c_str());
  }
  return code;
}

}  // namespace gossamer::tool
