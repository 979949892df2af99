#include "tools/gossamer_sim/command_line.h"

#include <algorithm>

#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "core/base/strings.h"
#include "tools/gossamer_sim/build_info.h"
#include "tools/gossamer_sim/completion.h"
#include "tools/gossamer_sim/help.h"
#include "tools/gossamer_sim/real_arguments.h"
#include "tools/gossamer_sim/study_arguments.h"

namespace gossamer::tool {
namespace {

// What every command takes, before or after its name.
void AddGlobal(CLI::App* app, Raw* raw, Arguments* out) {
  app->set_version_flag("--version", VersionText(), "Print version, build and digest version")
      ->group("Everywhere");
  app->add_flag("-q,--quiet", out->quiet, "No progress and no first line")->group("Everywhere");
  app->add_option("--progress", raw->progress,
                  "auto: one line on a terminal, else plain: a line every 10 s; none")
      ->group("Everywhere");
  app->add_option("--color", raw->color,
                  "auto: on a terminal, unless NO_COLOR is set; CLICOLOR_FORCE demands them")
      ->group("Everywhere");
}

void AddReportFiles(CLI::App* run, Raw* raw, Arguments* out) {
  run->add_option("--html", out->html, "One self-contained page with charts to a file")
      ->group("Reports");
  run->add_option("--junit", out->junit, "JUnit XML to a file")->group("Reports");
  run->add_option("--markdown", out->markdown, "A Markdown summary to a file")->group("Reports");
  run->add_option("--csv", out->csv, "A row per run and incident to a file")->group("Reports");
  run->add_option("--prometheus", out->prometheus, "Metrics in Prometheus's text format to a file")
      ->group("Reports");
  run->add_option("--annotations", raw->annotations,
                  "github: what did not pass as workflow commands on stderr; none")
      ->group("Reports");
}

void AddTraces(CLI::App* run, Raw* raw, Arguments* out) {
  run->add_option("--events", out->events, "Every event as JSON lines to a file, or - for stdout")
      ->group("Traces of one run");
  run->add_option("--perfetto", out->perfetto, "A trace for ui.perfetto.dev to a file")
      ->group("Traces of one run");
  run->add_option("--pcap", out->pcap, "The bus's messages as a capture for Wireshark to a file")
      ->group("Traces of one run");
  run->add_option("--node-log", out->node_log, "A log per node, as Valkey's, to a directory")
      ->group("Traces of one run");
  run->add_option("--only-nodes", out->only_nodes,
                  "Of these four, only some nodes: 0-9,17, or names as in the scenario")
      ->group("Traces of one run");
  run->add_option("--only-types", raw->only_types,
                  "Of these four, only some types: events (list events), messages such as auth-req")
      ->group("Traces of one run");
  run->add_option("--window", raw->window,
                  "Of these four, only a stretch of virtual time: A..B, A.. or ..B")
      ->group("Traces of one run");
}

void AddRunOptions(CLI::App* run, Raw* raw) {
  const std::pair<const char*, std::pair<std::string*, const char*>> options[] = {
      {"--seed", {&raw->seed, "A number, 0xHEX or random; default: the scenario's own"}},
      {"--seeds", {&raw->seeds, "Many seeds, from A to B: a summary over them"}},
      {"--jobs", {&raw->jobs, "Runs at the same time, with --seeds or several files"}},
      {"--rules", {&raw->rules, "Protocol rules instead of the scenario's (list rules)"}},
      {"--bugs", {&raw->bugs, "Bugs to plant beside the scenario's (list bugs)"}},
      {"--cpu", {&raw->cpu, "CPU preset instead of the scenario's (list cpus)"}},
      {"--transport", {&raw->transport, "Messages as objects, as bytes, or as both, compared"}},
      {"--stop-at", {&raw->stop_at, "End at this virtual time, such as 90s"}},
      {"--max-events", {&raw->max_events, "End after so many simulator events"}}};
  for (const auto& [name, target] : options) {
    run->add_option(name, *target.first, target.second)->group("What runs");
  }
}

void AddCell(CLI::App* command, Arguments* out, const char* about) {
  command->add_option("--cell", out->cells, about)->allow_extra_args(false)->group("What runs");
}

void AddRun(CLI::App* app, Raw* raw, Arguments* out) {
  CLI::App* run = app->add_subcommand("run", "Run scenarios and report what happened");
  run->add_option("FILE", out->files, "Scenario files (YAML or JSON; - is standard input)")
      ->required();
  AddRunOptions(run, raw);
  AddCell(run, out, "The cell of a file with a matrix: victims=100,knob=ping_2s");
  run->add_flag("--json", out->json, "One JSON object on stdout, nothing else")->group("Reports");
  AddTraces(run, raw, out);
  run->add_option("--record", out->record, "A recording for replay and diff")
      ->group("Traces of one run");
  run->add_flag("--record-full", out->record_full, "With the records themselves: a larger file")
      ->group("Traces of one run");
  AddReportFiles(run, raw, out);
  AddRealOptions(run, &out->real);
  run->add_flag("--digest-only", out->digest_only, "Print file, seed and digest only")
      ->group("Reports");
}

void AddOthers(CLI::App* app, Raw* raw, Arguments* out) {
  CLI::App* check = app->add_subcommand("check", "Read scenarios and say what is wrong with them");
  check->add_option("FILE", out->files, "Scenario files")->required();
  check->add_option("--format", raw->format, "How: as a compiler does, objects, or annotations")
      ->group("Output");

  CLI::App* list = app->add_subcommand("list", "List what scenarios and options may name");
  list->add_option("WHAT", raw->word, Joined(ListWords()))->required();

  CLI::App* schema = app->add_subcommand("schema", "Print a JSON Schema, for editors and readers");
  schema->add_option("WHAT", raw->word, Joined(SchemaWords()))->required();

  CLI::App* completion = app->add_subcommand("completion", "Print a shell's completion script");
  completion->add_option("SHELL", raw->word, Joined(CompletionShells()))->required();
  app->add_subcommand("man", "Print the manual page: gossamer-sim man | man -l -");

  CLI::App* digests = app->add_subcommand("digests", "Hold the digests of shipped scenarios");
  digests->add_option("--check", out->digests_file, "The file: scenario, seed, digest a line")
      ->required();
  digests->add_flag(
      "--update", out->update,
      "Write it instead: seeds 1 to 3 of every scenario beside and below it, 1 above 1000 nodes");
  digests->add_option("--transport", raw->transport, "typed, wire or shadow");
  digests->add_option("--jobs", raw->jobs, "Runs at the same time");
  digests->add_option("--min-nodes", raw->min_nodes, "Only scenarios with at least so many nodes");
  digests->add_option("--max-nodes", raw->max_nodes, "Only scenarios with at most so many nodes");
}

void AddFidelity(CLI::App* app, Raw* raw, Arguments* out) {
  CLI::App* fidelity =
      app->add_subcommand("fidelity", "Simulated times against those of real clusters");
  fidelity->add_option("DIR", out->files, "Of runs.csv and rates.csv; default: tests/fidelity")
      ->expected(0, 1);
  fidelity->add_option("--runs", raw->runs, "Simulated runs a row; default: 1000");
  fidelity->add_option("--rows", out->only_rows,
                       "Only runs of rows with this in their name: 30-5000");
  fidelity->add_flag("--saturated", out->saturated, "The runs on a saturated machine instead");
  fidelity->add_option("--jobs", raw->jobs, "Runs at the same time");
  fidelity->add_option("--cpu", raw->cpu, "CPU preset; default: redis-7-debug");
  fidelity->add_option("--samples", out->samples, "Every simulated value to a CSV file")
      ->group("Output");
}

void AddComparisons(CLI::App* app, Raw* raw, Arguments* out) {
  CLI::App* replay = app->add_subcommand("replay", "Run a recording again: is it the same?");
  replay->add_option("FILE", out->files, "What run --record wrote")->required()->expected(1);

  CLI::App* node = app->add_subcommand(
      "replay-node", "Run a server's node again, from its log of inputs: does it do the same?");
  node->add_option("FILE", out->files, "What gossamer-server --gossamer-record-inputs wrote")
      ->required()
      ->expected(1);
  node->add_flag("--events", out->show_events, "Print the node's events with their times");

  CLI::App* diff = app->add_subcommand("diff", "Where two runs part, and what followed in each");
  diff->add_option("A B", out->files, "Two recordings or scenario files")->required()->expected(2);
  AddCell(diff, out, "For scenario files with a matrix: victims=100,knob=ping_2s");
  diff->add_option("--seed", raw->seed, "For scenario files; default: the scenario's own");
  diff->add_option("--rules", raw->rules, "For scenario files");
  diff->add_option("--bugs", raw->bugs, "For scenario files");
}

void AddExplain(CLI::App* app, Raw* raw, Arguments* out) {
  CLI::App* explain = app->add_subcommand("explain", "What happened to one node, and why");
  explain->add_option("FILE", out->files, "A scenario file")->required()->expected(1);
  explain
      ->add_option(
          "--node", raw->node,
          "The node: its number from 0; in a cluster from a layout also its id, address or name")
      ->required();
  explain->add_option("--at", raw->at, "Explain what led to this virtual time; default: all");
  explain->add_option("--seed", raw->seed, "A number or 0xHEX; default: the scenario's own");
  explain->add_option("--rules", raw->rules, "Protocol rules instead of the scenario's");
  explain->add_option("--bugs", raw->bugs, "Bugs to plant beside the scenario's");
  explain->add_option("--cpu", raw->cpu, "CPU preset instead of the scenario's");
  AddCell(explain, out, "The cell of a file with a matrix: victims=100,knob=ping_2s");
}

void AddSweep(CLI::App* app, Raw* raw, Arguments* out) {
  CLI::App* sweep = app->add_subcommand("sweep", "Run every cell of a study over many seeds");
  sweep->add_option("FILE", out->files, "A scenario file, with a matrix or without")
      ->required()
      ->expected(1);
  sweep->add_option("--seeds", raw->seeds, "From A to B; default: the file's own")
      ->group("What runs");
  AddCell(sweep, out, "Only cells with these labels: victims=100; of several options, any");
  sweep->add_option("--jobs", raw->jobs, "Runs at the same time; default: all cores")
      ->group("What runs");
  sweep->add_option("--rules", raw->rules, "Protocol rules instead of the scenario's (list rules)")
      ->group("What runs");
  sweep->add_option("--cpu", raw->cpu, "CPU preset instead of the scenario's (list cpus)")
      ->group("What runs");
  sweep
      ->add_option("--until", out->until,
                   "A cell ends when this figure's median is known to so many per cent: covered 5")
      ->group("What runs");
  sweep->add_option("--min-seeds", raw->min_seeds, "With --until: not before so many; default: 5")
      ->group("What runs");
  sweep
      ->add_option("--out", out->sweep_file,
                   "A JSON line per run; runs that it has are not repeated; default: "
                   "NAME.sweep.jsonl")
      ->group("Output");
  sweep->add_flag("--fresh", out->fresh, "Start this file anew")->group("Output");
  sweep->add_flag("--report", out->report_only, "Run nothing: the table of what the file has")
      ->group("Output");
  sweep
      ->add_option("--figure", out->figures,
                   "A figure of the table: covered, or a difference: covered-first_fail")
      ->allow_extra_args(false)
      ->group("Output");
}

}  // namespace

std::string Joined(const std::vector<std::string_view>& words) {
  std::string out;
  for (const std::string_view word : words) {
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

std::string WithNearest(std::string text, std::string_view word,
                        const std::vector<std::string_view>& known) {
  const std::string_view nearest = NearestWord(word, known);
  if (!nearest.empty()) return text + "; did you mean '" + std::string(nearest) + "'?";
  return text + "; expected one of " + Joined(known);
}

// The position of `text` in `words`.
size_t OneOf(std::string_view option, const std::string& text,
             const std::vector<std::string_view>& words) {
  const auto found = std::find(words.begin(), words.end(), text);
  if (found == words.end()) {
    throw UsageError(
        WithNearest(std::string(option) + ": unknown value '" + text + "'", text, words));
  }
  return static_cast<size_t>(found - words.begin());
}

void AddCommands(CLI::App* app, Raw* raw, Arguments* out) {
  app->require_subcommand(1);
  AddGlobal(app, raw, out);
  AddRun(app, raw, out);
  AddOthers(app, raw, out);
  AddSweep(app, raw, out);
  AddFidelity(app, raw, out);
  AddStudies(app, raw, out);
  AddComparisons(app, raw, out);
  AddExplain(app, raw, out);
  for (CLI::App* command : app->get_subcommands({})) command->fallthrough();
}

namespace {

const CLI::App& CommandNamed(const CLI::App& app, std::string_view word) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands({})) names.push_back(sub->get_name());
  const std::vector<std::string_view> known(names.begin(), names.end());
  if (std::find(known.begin(), known.end(), word) == known.end()) {
    throw UsageError(WithNearest("unknown command '" + std::string(word) + "'", word, known));
  }
  return *app.get_subcommand(std::string(word));
}

// The option of `command` that `word` ("--seed", "--seed=3", "-q") names.
const CLI::Option& OptionNamed(const CLI::App& command, std::string_view word) {
  const bool is_long = word.substr(0, 2) == "--";
  const std::string_view name = is_long ? word.substr(2, word.find('=') - 2) : word.substr(1, 1);
  std::vector<std::string> names;
  for (const CLI::Option* option : OptionsOf(command)) {
    for (const std::string& known : is_long ? option->get_lnames() : option->get_snames()) {
      if (known == name) return *option;
      names.push_back(known);
    }
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::string_view nearest = is_long ? NearestWord(name, known) : "";
  const std::string_view of = command.get_parent() == nullptr ? "" : " ";
  throw UsageError("unknown option '" + std::string(is_long ? "--" : "-") + std::string(name) +
                   "'" +
                   (nearest.empty() ? "; see gossamer-sim" + std::string(of) +
                                          (of.empty() ? "" : command.get_name()) + " --help"
                                    : "; did you mean '--" + std::string(nearest) + "'?"));
}

}  // namespace

// The first word that is no option must be a command, and every option one of that command or of
// all: CLI11's own messages for these do not help.
const CLI::App& CheckWords(const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App* scope = &app;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--") break;
    if (word.size() < 2 || word.front() != '-') {
      if (scope == &app) scope = &CommandNamed(app, word);
      continue;
    }
    if (word == "--version") continue;
    const CLI::Option& option = OptionNamed(*scope, word);
    // Its value is the next word, whatever that looks like.
    if (option.get_expected_max() > 0 && word.find('=') == std::string_view::npos) ++i;
  }
  return *scope;
}

Command CommandOf(const CLI::App& app) {
  if (app.got_subcommand("completion") || app.got_subcommand("man")) return Command::kPrint;
  if (app.got_subcommand("check")) return Command::kCheck;
  if (app.got_subcommand("list")) return Command::kList;
  if (app.got_subcommand("schema")) return Command::kSchema;
  if (app.got_subcommand("digests")) return Command::kDigests;
  if (app.got_subcommand("sweep")) return Command::kSweep;
  if (app.got_subcommand("fidelity")) return Command::kFidelity;
  if (app.got_subcommand("compare")) return Command::kCompare;
  if (app.got_subcommand("plot")) return Command::kPlot;
  if (app.got_subcommand("replay")) return Command::kReplay;
  if (app.got_subcommand("replay-node")) return Command::kReplayNode;
  if (app.got_subcommand("diff")) return Command::kDiff;
  if (app.got_subcommand("explain")) return Command::kExplain;
  return Command::kRun;
}

}  // namespace gossamer::tool
