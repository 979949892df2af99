// `compare`: two settings over the same seeds, run now or taken from the results of a sweep.

#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "nlohmann/json.hpp"
#include "sim/scenario/diagnostics.h"
#include "sim/scenario/paint.h"
#include "tools/gossamer_sim/commands.h"
#include "tools/gossamer_sim/progress.h"
#include "tools/gossamer_sim/run_pool.h"
#include "tools/gossamer_sim/scenario_file.h"
#include "tools/sweep/compare.h"
#include "tools/sweep/figures.h"
#include "tools/sweep/results.h"
#include "tools/sweep/run_figures.h"

namespace gossamer::tool {
namespace {

constexpr uint64_t kDefaultSeeds = 20;

ExitCode Usage(const std::string& error) {
  std::fprintf(stderr, "gossamer-sim: %s\n", error.c_str());
  return ExitCode::kUsage;
}

// The figures that tell most; of results that have none of them all that they have.
std::vector<std::string> DefaultsAmong(const std::vector<std::string>& known) {
  std::vector<std::string> out;
  for (const char* name : {"first_pfail_us", "all_fail_us", "covered_us", "cluster_ok_us",
                           "false_fails", "bytes_per_s_node"}) {
    if (std::find(known.begin(), known.end(), name) != known.end()) out.emplace_back(name);
  }
  return out.empty() ? known : out;
}

// The figures that were asked for, or the default ones.
std::string ReadFigures(const Arguments& arguments, const std::vector<std::string>& known,
                        std::vector<SweepFigure>* out) {
  const std::vector<std::string>& asked = arguments.study.figures;
  const bool all = asked == std::vector<std::string>{"all"};
  const bool named = !asked.empty() && !all;
  for (const std::string& text : all ? known : named ? asked : DefaultsAmong(known)) {
    std::string error;
    auto figure = ResolveFigure(text, known, &error);
    if (!figure) return "--figure: " + error;
    out->push_back(*std::move(figure));
  }
  return "";
}

ExitCode Print(const Arguments& arguments, const Comparison& comparison) {
  const sim::Paint paint(WantsColor(arguments.color, STDOUT_FILENO));
  std::fputs(CompareText(comparison, paint).c_str(), stdout);
  const std::string& path = arguments.study.json;
  ExitCode code = ExitCode::kPass;
  for (const NotPassed& runs : {comparison.not_passed_a, comparison.not_passed_b}) {
    if (runs.failed > 0) code = Worse(code, ExitCode::kFinding);
    if (runs.inconclusive > 0) code = Worse(code, ExitCode::kInconclusive);
  }
  if (path.empty()) return code;
  std::ofstream out(path);
  out << CompareJson(comparison)
             .dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
      << '\n';
  if (out.flush().good()) return code;
  std::fprintf(stderr, "gossamer-sim: cannot write %s\n", path.c_str());
  return ExitCode::kEnvironment;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

// A results file, read. The error, or empty; a file that cannot be read has been told of.
std::string ReadResults(const std::string& path, std::optional<SweepResults>* out) {
  const auto text = ReadWholeFile(path, kMaxResultsBytes);
  if (!text) return "";
  std::string error;
  *out = ParseResults(*text, path, &error);
  if (*out && (*out)->torn) {
    std::fprintf(stderr, "gossamer-sim: %s: the last line is cut off, left out\n", path.c_str());
  }
  return error;
}

// The figures that both have; those that only one has, as of two builds, are told of.
std::vector<std::string> FiguresOfBoth(const SweepResults& a, const SweepResults& b) {
  std::vector<std::string> both;
  std::vector<std::string> one;
  const auto has = [](const SweepResults& results, const std::string& figure) {
    const auto& known = results.figures;
    return std::find(known.begin(), known.end(), figure) != known.end();
  };
  for (const std::string& figure : a.figures) (has(b, figure) ? both : one).push_back(figure);
  for (const std::string& figure : b.figures) {
    if (!has(a, figure)) one.push_back(figure);
  }
  if (!one.empty()) {
    std::fprintf(stderr, "gossamer-sim: only one of the files has %s\n", Joined(one).c_str());
  }
  return both;
}

// Cells of one results file, or equal cells of two.
ExitCode CompareResults(const Arguments& arguments) {
  const StudyArguments& study = arguments.study;
  std::optional<SweepResults> read[2];
  std::string error;
  for (size_t i = 0; i < arguments.files.size(); ++i) {
    error = ReadResults(arguments.files[i], &read[i]);
    if (!read[i]) return error.empty() ? ExitCode::kEnvironment : Usage(error);
  }
  const SweepResults& a = *read[0];
  const SweepResults& b = read[1] ? *read[1] : a;
  CellFilter filters[2];
  for (const auto& [option, words, results, filter] :
       {std::tuple{"--cell-a: ", &study.cell_a, &a, &filters[0]},
        std::tuple{"--cell-b: ", &study.cell_b, &b, &filters[1]}}) {
    for (const std::string& word : *words) {
      if (error = AddToFilter(word, *results, filter); !error.empty()) return Usage(option + error);
    }
  }
  if (!NameTheSameAxes(filters[0], filters[1])) {
    return Usage("--cell-a and --cell-b name different axes, expected one label each of the same");
  }
  std::vector<SweepFigure> figures;
  if (error = ReadFigures(arguments, FiguresOfBoth(a, b), &figures); !error.empty()) {
    return Usage(error);
  }
  if (a.sweep != b.sweep) {
    std::fprintf(stderr, "gossamer-sim: A is of '%s', B of '%s'\n", a.sweep.c_str(),
                 b.sweep.c_str());
  }
  size_t unpaired = 0;
  const std::vector<RunPair> pairs = PairCells({a, filters[0]}, {b, filters[1]}, &unpaired);
  if (pairs.empty()) {
    return Usage(Joined(arguments.files) + ": no two runs have equal seeds and equal cells" +
                 (filters[0].empty() ? "" : " but for the axes of --cell-a and --cell-b"));
  }
  Comparison comparison = Compare(pairs, figures);
  const auto name = [](const std::string& path, const std::vector<std::string>& cells) {
    return cells.empty() ? path : path + ", " + Joined(cells);
  };
  comparison.name_a = name(arguments.files.front(), study.cell_a);
  comparison.name_b = name(arguments.files.back(), study.cell_b);
  comparison.unpaired = unpaired;
  return Print(arguments, comparison);
}

// One side of the comparison.
struct Side {
  std::string name;
  sim::Scenario scenario;
  std::string hash;
  std::optional<std::string> rules;
  std::optional<std::string> cpu;
};

// Options as a scenario's `config` takes them, read by the scenario's own reader. The error, or
// empty.
std::string AddConfig(const std::string& text, sim::Scenario* scenario) {
  std::string options = text;
  for (char& c : options) {
    if (c == '=') c = ':';
  }
  std::string yaml = "version: 1\nname: options\ncluster:\n  shards: 3\n  config:\n";
  for (size_t at = 0; at <= options.size();) {
    const size_t end = std::min(options.find(',', at), options.size());
    const std::string one = options.substr(at, end - at);
    const size_t colon = one.find(':');
    if (colon == std::string::npos) {
      return "--config: '" + one + "' is no option, expected NAME=VALUE";
    }
    yaml += "    " + one.substr(0, colon) + ": " + one.substr(colon + 1) + "\n";
    at = end + 1;
  }
  std::vector<sim::Diagnostic> diagnostics;
  const auto read = ParseScenario(yaml, "options.yaml", &diagnostics);
  if (!read) {
    if (diagnostics.empty()) return "--config: '" + text + "' cannot be read";
    const sim::Diagnostic& first = diagnostics.front();
    return "--config: " + first.message + (first.help.empty() ? "" : "; " + first.help);
  }
  for (const auto& [name, value] : read->config) scenario->config[name] = value;
  return "";
}

std::string MakeSide(const Arguments& arguments, const std::vector<ScenarioFile>& files,
                     size_t index, Side* side) {
  const StudyArguments& study = arguments.study;
  const ScenarioFile& file = files.size() == 1 ? files.front() : files[index];
  side->name = file.path;
  side->scenario = *file.scenario;
  side->hash = file.hash;
  if (!study.rules.empty()) {
    side->rules = study.rules[index];
    side->name += ", rules " + *side->rules;
  }
  if (!study.cpus.empty()) {
    side->cpu = study.cpus[index];
    side->name += ", cpu " + *side->cpu;
  }
  if (study.configs.empty()) return "";
  side->name += ", " + study.configs[index];
  return AddConfig(study.configs[index], &side->scenario);
}

std::vector<RunRequest> RequestsOf(const Arguments& arguments, const Side (&sides)[2],
                                   std::vector<std::string>* seeds) {
  std::vector<RunRequest> requests;
  const uint64_t first = arguments.seed_range ? arguments.first_seed : 1;
  const uint64_t last = arguments.seed_range ? arguments.last_seed : kDefaultSeeds;
  for (uint64_t seed = first;; ++seed) {
    for (const Side& side : sides) {
      RunRequest& request = requests.emplace_back();
      request.scenario = &side.scenario;
      request.options.seed = seed;
      request.options.digest = false;
      request.options.rules = side.rules;
      if (side.cpu) {
        request.options.cpu = side.scenario.cpu;
        request.options.cpu->preset = *side.cpu;
      }
      request.scenario_hash = side.hash;
    }
    seeds->push_back(std::to_string(seed));
    if (seed == last) return requests;
  }
}

// Keeps the figures of each run; reports are large.
class FigureListener : public RunListener {
 public:
  explicit FigureListener(size_t runs) : figures_(runs), verdicts_(runs) {}
  bool Wanted(size_t) override { return true; }
  void OnDone(size_t index, RunOutcome* outcome) override {
    const bool ended = outcome->report && outcome->code != ExitCode::kInterrupted;
    if (ended) {
      figures_[index] = FiguresOf(*outcome->report);
      verdicts_[index] = sim::VerdictName(outcome->report->verdict);
    }
    outcome->report.reset();
  }
  // Of the run with that index; nothing if it did not end.
  const std::optional<FigureValues>& Of(size_t index) const { return figures_[index]; }
  const std::string& VerdictOf(size_t index) const { return verdicts_[index]; }

 private:
  std::vector<std::optional<FigureValues>> figures_;
  std::vector<std::string> verdicts_;
};

ExitCode CompareRuns(const Arguments& arguments) {
  std::vector<ScenarioFile> files;
  const ExitCode read =
      ReadScenarioFiles(arguments.files, WantsColor(arguments.color, STDERR_FILENO), &files);
  if (read != ExitCode::kPass) return read;
  Side sides[2];
  for (const size_t i : {0, 1}) {
    const std::string error = MakeSide(arguments, files, i, &sides[i]);
    if (!error.empty()) return Usage(error);
  }
  std::vector<SweepFigure> figures;
  const std::string error = ReadFigures(arguments, FigureKeys(), &figures);
  if (!error.empty()) return Usage(error);
  std::vector<std::string> seeds;
  const std::vector<RunRequest> requests = RequestsOf(arguments, sides, &seeds);
  const int64_t pair_us = sides[0].scenario.duration.us + sides[1].scenario.duration.us;
  Progress progress(arguments.progress, arguments.quiet, requests.size(),
                    pair_us * static_cast<int64_t>(seeds.size()));
  FigureListener listener(requests.size());
  const std::vector<RunOutcome> outcomes =
      RunAll(requests, static_cast<size_t>(arguments.jobs), &progress, &listener);
  std::vector<RunPair> pairs;
  for (size_t i = 0; i + 1 < outcomes.size(); i += 2) {
    if (listener.Of(i) && listener.Of(i + 1)) {
      pairs.push_back(
          {*listener.Of(i), *listener.Of(i + 1), listener.VerdictOf(i), listener.VerdictOf(i + 1)});
      continue;
    }
    if (Interrupted()) continue;
    const RunOutcome& failed = outcomes[listener.Of(i) ? i + 1 : i];
    std::fprintf(stderr, "gossamer-sim: a run with seed %s failed: %s\n", seeds[i / 2].c_str(),
                 failed.error.c_str());
    return failed.code;
  }
  if (Interrupted()) {
    std::fprintf(stderr, "gossamer-sim: interrupted, %zu of %zu pairs are done\n", pairs.size(),
                 seeds.size());
  }
  if (pairs.empty()) return ExitCode::kInterrupted;
  Comparison comparison = Compare(pairs, figures);
  comparison.name_a = sides[0].name;
  comparison.name_b = sides[1].name;
  const ExitCode printed = Print(arguments, comparison);
  return Interrupted() ? ExitCode::kInterrupted : printed;
}

}  // namespace

ExitCode CompareCommand(const Arguments& arguments) {
  const bool results = !arguments.study.cell_a.empty() || IsResultsFile(arguments.files.front());
  return results ? CompareResults(arguments) : CompareRuns(arguments);
}

}  // namespace gossamer::tool
