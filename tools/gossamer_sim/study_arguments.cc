#include "tools/gossamer_sim/study_arguments.h"

#include <algorithm>
#include <filesystem>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "core/cluster/rules.h"
#include "tools/gossamer_sim/arguments.h"
#include "tools/gossamer_sim/command_line.h"
#include "tools/gossamer_sim/completion.h"

namespace gossamer::tool {
namespace {

void AddCompare(CLI::App* app, Raw* raw, Arguments* out) {
  StudyArguments* study = &out->study;
  CLI::App* compare =
      app->add_subcommand("compare", "What B changes against A, over runs with equal seeds");
  compare
      ->add_option("A B", out->files,
                   "Two scenario files; one with two settings; cells of a sweep's results; or two "
                   "files of results (.jsonl), by equal cells")
      ->required()
      ->expected(1, 2);
  const std::pair<const char*, std::pair<std::vector<std::string>*, const char*>> pairs[] = {
      {"--rules", {&study->rules, "Two words: the protocol rules of A and of B"}},
      {"--cpu", {&study->cpus, "Two words: the CPU presets of A and of B"}},
      {"--config",
       {&study->configs, "Two words, cluster-* options of A and of B: NAME=VALUE,..."}}};
  for (const auto& [name, target] : pairs) {
    compare->add_option(name, *target.first, target.second)->expected(2)->group("What differs");
  }
  compare
      ->add_option("--cell-a", study->cell_a,
                   "Of results, the cells of A; several narrow them: a=1,b=2")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group("What differs");
  compare
      ->add_option("--cell-b", study->cell_b,
                   "Of results, the cells of B; several narrow them: a=1,b=2")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group("What differs");
  compare->add_option("--seeds", raw->seeds, "From A to B; default: 1..20")->group("What runs");
  compare->add_option("--jobs", raw->jobs, "Runs at the same time")->group("What runs");
  compare
      ->add_option("--figure,--figures", study->figures,
                   "Only this figure, or a difference of two: covered-first_fail; may be repeated; "
                   "all: every one")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group("Output");
  compare->add_option("--json", study->json, "The same as JSON to a file")->group("Output");
}

void AddPlot(CLI::App* app, Arguments* out) {
  StudyArguments* study = &out->study;
  CLI::App* plot = app->add_subcommand("plot", "Draw the results of a sweep as an SVG picture");
  plot->add_option("RESULTS", out->files, "What sweep wrote")->required()->expected(1);
  plot->add_option("--out", study->out, "The picture")->required();
  plot->add_option("--x", study->x, "A figure; with --as lines an axis with numbers as labels")
      ->required();
  plot->add_option("--y", study->y, "A figure, or a difference of two: covered-first_fail")
      ->required();
  plot->add_option("--as", study->as, "One mark a cell, or lines over an axis");
  plot->add_option("--panel", study->panel, "One panel a label of this axis");
  plot->add_option("--series", study->series, "One mark or line a label; default: every cell");
  plot->add_option("--where", study->where,
                   "Only runs of these cells; several narrow them: a=1,b=2")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  plot->add_flag("--trace", study->trace, "Join the marks of a panel in the order of the results");
  plot->add_option("--points", study->points, "Of lines: measured points beside them, x,y a line");
}

}  // namespace

void AddStudies(CLI::App* app, Raw* raw, Arguments* out) {
  AddCompare(app, raw, out);
  AddPlot(app, out);
}

bool IsResultsFile(const std::string& path) { return path.ends_with(".jsonl"); }

void CheckCompare(const Arguments& arguments) {
  const StudyArguments& study = arguments.study;
  for (const std::string& word : study.rules) OneOf("--rules", word, RuleNames());
  for (const std::string& word : study.cpus) OneOf("--cpu", word, CpuWords());
  const bool settings = !study.rules.empty() || !study.cpus.empty() || !study.configs.empty();
  const bool cells = !study.cell_a.empty() || !study.cell_b.empty();
  if (!cells && !settings && arguments.files.size() == 1) {
    throw UsageError(
        "compare: one file and nothing that differs; expected a second file, --rules A B, --cpu A "
        "B, --config A B, or --cell-a and --cell-b of results");
  }
  const auto results = std::count_if(arguments.files.begin(), arguments.files.end(), IsResultsFile);
  if (arguments.files.size() == 2 && results == 1) {
    throw UsageError(
        "compare: one file is results (.jsonl) and the other is not; expected two of a kind");
  }
  if (!cells && results == 0) return;
  if (cells && study.cell_a.empty()) throw UsageError("--cell-b without --cell-a");
  if (cells && study.cell_b.empty()) throw UsageError("--cell-a without --cell-b");
  if (cells && arguments.files.size() == 2 && results == 0) {
    throw UsageError("--cell-a and --cell-b take cells of results (.jsonl), not of scenarios");
  }
  if (settings || arguments.seed_range) {
    throw UsageError(
        "compare: results of a sweep run nothing; expected no --rules, --cpu, "
        "--config or --seeds");
  }
}

void CheckPlot(const Arguments& arguments) {
  const StudyArguments& study = arguments.study;
  OneOf("--as", study.as, {"scatter", "lines"});
  const std::string ending = std::filesystem::path(study.out).extension();
  if (!ending.empty() && ending != ".svg") {
    throw UsageError("--out: the picture is an SVG file, expected a name that ends in .svg, not " +
                     ending);
  }
  if (!study.points.empty() && study.as != "lines") throw UsageError("--points without --as lines");
  if (study.trace && study.as == "lines") throw UsageError("--trace beside --as lines");
}

}  // namespace gossamer::tool
