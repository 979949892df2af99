#include "tools/gossamer_sim/command_line.h"

#include <algorithm>

#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "core/base/strings.h"
#include "tools/gossamer_sim/build_info.h"
#include "tools/gossamer_sim/completion.h"

namespace gossamer::tool {
namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 pass, 1 finding, 2 usage or scenario error, 3 inconclusive, 4 not "
    "deterministic,\n"
    "            5 environment, 70 internal error, 130 interrupted";

constexpr const char* kExamples = R"(Examples:
  gossamer-sim run scenarios/quickstart.yaml
  gossamer-sim run scenarios/storm/ten_percent_2000.yaml --seeds 1..20 --jobs 2 --json > storm.json
  gossamer-sim run scenarios/quickstart.yaml --seed 0x2a --events - --quiet | grep fail-set
  gossamer-sim run scenarios/quickstart.yaml --rules valkey-8.0 --cpu redis-7
  gossamer-sim run scenarios/quickstart.yaml --bugs no-fail-broadcast
  gossamer-sim run scenarios/quickstart.yaml --seeds 1..20 --html report.html
  gossamer-sim run scenarios/quickstart.yaml --perfetto run.pftrace --pcap run.pcapng --node-log logs
  gossamer-sim run scenarios/*/*.yaml --junit results.xml --annotations github
  gossamer-sim check scenarios/*/*.yaml
  gossamer-sim explain scenarios/quickstart.yaml --seed 7 --node 1
  gossamer-sim run scenarios/quickstart.yaml --record run.rec && gossamer-sim replay run.rec
  gossamer-sim list faults
  gossamer-sim digests --check scenarios/digests.txt --transport wire

)";

void AddOutput(CLI::App* app, Raw* raw, Arguments* out) {
  app->add_flag("-q,--quiet", out->quiet, "No progress and no first line")->group("Output");
  app->add_option("--progress", raw->progress, "auto, plain (a line every 10 s), none")
      ->group("Output");
  app->add_option("--color", raw->color, "auto, always, never (NO_COLOR is honoured)")
      ->group("Output");
}

void AddReportFiles(CLI::App* run, Raw* raw, Arguments* out) {
  run->add_option("--html", out->html, "One self-contained page with charts to a file")
      ->group("Output");
  run->add_option("--junit", out->junit, "JUnit XML to a file")->group("Output");
  run->add_option("--markdown", out->markdown, "A Markdown summary to a file")->group("Output");
  run->add_option("--csv", out->csv, "A row per run and incident to a file")->group("Output");
  run->add_option("--prometheus", out->prometheus, "Metrics in Prometheus's text format to a file")
      ->group("Output");
  run->add_option("--annotations", raw->annotations,
                  "github: what did not pass as workflow commands on stderr; none")
      ->group("Output");
}

void AddTraces(CLI::App* run, Raw* raw, Arguments* out) {
  run->add_option("--events", out->events, "Every event as JSON lines to a file, or - for stdout")
      ->group("Output");
  run->add_option("--perfetto", out->perfetto, "A trace for ui.perfetto.dev to a file")
      ->group("Output");
  run->add_option("--pcap", out->pcap, "The bus's messages as a capture for Wireshark to a file")
      ->group("Output");
  run->add_option("--node-log", out->node_log, "A log per node, as Valkey's, to a directory")
      ->group("Output");
  run->add_option("--only-nodes", out->only_nodes,
                  "Of these four, only some nodes: 0-9,17, or names as in the scenario")
      ->group("Output");
  run->add_option("--only-types", raw->only_types,
                  "Of these four, only some types: events (list events), messages such as auth-req")
      ->group("Output");
  run->add_option("--window", raw->window,
                  "Of these four, only a stretch of virtual time: A..B, A.. or ..B")
      ->group("Output");
}

void AddRun(CLI::App* app, Raw* raw, Arguments* out) {
  CLI::App* run = app->add_subcommand("run", "Run scenarios and report what happened");
  run->add_option("FILE", out->files, "Scenario files (YAML or JSON; - is standard input)")
      ->required();
  run->add_option("--seed", raw->seed, "A number, 0xHEX or random; default: the scenario's own");
  run->add_option("--seeds", raw->seeds, "A range A..B: summary over these seeds");
  run->add_option("--jobs", raw->jobs, "Runs at the same time, with --seeds or several files");
  run->add_option("--transport", raw->transport, "typed, wire or shadow");
  run->add_option("--rules", raw->rules, "Protocol rules instead of the scenario's (list rules)");
  run->add_option("--bugs", raw->bugs, "Bugs to plant, A,B,..., beside the scenario's (list bugs)");
  run->add_option("--cpu", raw->cpu, "CPU preset instead of the scenario's");
  run->add_option("--stop-at", raw->stop_at, "End at this virtual time");
  run->add_option("--max-events", raw->max_events, "End after so many simulator events");
  run->add_flag("--json", out->json, "One JSON object on stdout, nothing else")->group("Output");
  AddTraces(run, raw, out);
  run->add_option("--record", out->record, "A recording for replay and diff")->group("Output");
  run->add_flag("--record-full", out->record_full, "With the records themselves: a larger file")
      ->group("Output");
  AddReportFiles(run, raw, out);
  run->add_flag("--digest-only", out->digest_only, "Print file, seed and digest only")
      ->group("Output");
  AddOutput(run, raw, out);
  run->footer(kExitCodes);
}

void AddOthers(CLI::App* app, Raw* raw, Arguments* out) {
  CLI::App* check = app->add_subcommand("check", "Read scenarios and say what is wrong with them");
  check->add_option("FILE", out->files, "Scenario files")->required();
  check->add_option("--format", raw->format, "text, json, github")->group("Output");
  AddOutput(check, raw, out);

  CLI::App* list = app->add_subcommand("list", "List what scenarios and options may name");
  list->add_option("WHAT", raw->word, Joined(ListWords()))->required();

  CLI::App* schema = app->add_subcommand("schema", "Print a JSON Schema, for editors and readers");
  schema->add_option("WHAT", raw->word, Joined(SchemaWords()))->required();

  CLI::App* completion = app->add_subcommand("completion", "Print a shell's completion script");
  completion->add_option("SHELL", raw->word, Joined(CompletionShells()))->required();
  completion->footer(
      "bash: source <(gossamer-sim completion bash)\n"
      "zsh:  gossamer-sim completion zsh > a directory of $fpath/_gossamer-sim\n"
      "fish: gossamer-sim completion fish > ~/.config/fish/completions/gossamer-sim.fish");
  app->add_subcommand("man", "Print the manual page: gossamer-sim man | man -l -");

  CLI::App* digests = app->add_subcommand("digests", "Hold the digests of shipped scenarios");
  digests->add_option("--check", out->digests_file, "The file: scenario, seed, digest a line")
      ->required();
  digests->add_flag("--update", out->update,
                    "Write it instead: seeds 1 to 3 of every scenario beside and below it");
  digests->add_option("--transport", raw->transport, "typed, wire or shadow");
  digests->add_option("--jobs", raw->jobs, "Runs at the same time");
  digests->add_option("--min-nodes", raw->min_nodes, "Only scenarios with at least so many nodes");
  digests->add_option("--max-nodes", raw->max_nodes, "Only scenarios with at most so many nodes");
  AddOutput(digests, raw, out);
  digests->footer(kExitCodes);
}

void AddFidelity(CLI::App* app, Raw* raw, Arguments* out) {
  CLI::App* fidelity =
      app->add_subcommand("fidelity", "Simulated times against those of real clusters");
  fidelity->add_option("FILE", out->files, "Measured runs; default: tests/fidelity/runs.csv")
      ->expected(0, 1);
  fidelity->add_option("--runs", raw->runs, "Simulated runs a row; default: 1000");
  fidelity->add_option("--rows", out->only_rows, "Only rows with this in their name: 30-5000");
  fidelity->add_flag("--saturated", out->saturated, "The runs on a saturated machine instead");
  fidelity->add_option("--jobs", raw->jobs, "Runs at the same time");
  fidelity->add_option("--cpu", raw->cpu, "CPU preset; default: redis-7");
  fidelity->add_option("--samples", out->samples, "Every simulated value to a CSV file")
      ->group("Output");
  AddOutput(fidelity, raw, out);
  fidelity->footer(kExitCodes);
}

void AddComparisons(CLI::App* app, Raw* raw, Arguments* out) {
  CLI::App* replay = app->add_subcommand("replay", "Run a recording again: is it the same?");
  replay->add_option("FILE", out->files, "What run --record wrote")->required()->expected(1);
  AddOutput(replay, raw, out);
  replay->footer(kExitCodes);

  CLI::App* node = app->add_subcommand(
      "replay-node", "Run a server's node again, from its log of inputs: does it do the same?");
  node->add_option("FILE", out->files, "What gossamer-server --gossamer-record-inputs wrote")
      ->required()
      ->expected(1);
  node->add_flag("--events", out->show_events, "Print the node's events with their times");
  AddOutput(node, raw, out);
  node->footer(kExitCodes);

  CLI::App* diff = app->add_subcommand("diff", "Where two runs part, and what followed in each");
  diff->add_option("A B", out->files, "Two recordings or scenario files")->required()->expected(2);
  diff->add_option("--seed", raw->seed, "For scenario files; default: the scenario's own");
  diff->add_option("--rules", raw->rules, "For scenario files");
  diff->add_option("--bugs", raw->bugs, "For scenario files");
  AddOutput(diff, raw, out);
  diff->footer(kExitCodes);
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
  AddOutput(explain, raw, out);
  explain->footer(kExitCodes);
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
  app->set_version_flag("--version", VersionText());
  app->footer(std::string(kExamples) + kExitCodes);
  AddRun(app, raw, out);
  AddOthers(app, raw, out);
  AddFidelity(app, raw, out);
  AddComparisons(app, raw, out);
  AddExplain(app, raw, out);
}

// The first word that is no option must be a command, and every option one of that command.
void CheckWords(const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App* scope = &app;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--") return;
    const bool option = word.size() > 1 && word.front() == '-';
    if (!option && scope == &app) {
      std::vector<std::string> names;
      for (const CLI::App* sub : app.get_subcommands({})) names.push_back(sub->get_name());
      const std::vector<std::string_view> known(names.begin(), names.end());
      const auto found = std::find(known.begin(), known.end(), word);
      if (found == known.end()) {
        throw UsageError(WithNearest("unknown command '" + std::string(word) + "'", word, known));
      }
      scope = app.get_subcommand(std::string(word));
    }
    if (word.substr(0, 2) != "--") continue;
    const std::string_view name = word.substr(2, word.find('=') - 2);
    std::vector<std::string> names;
    for (const CLI::Option* known : scope->get_options({})) {
      for (const std::string& long_name : known->get_lnames()) names.push_back(long_name);
    }
    const std::vector<std::string_view> known(names.begin(), names.end());
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string_view nearest = NearestWord(name, known);
    throw UsageError(
        "unknown option '--" + std::string(name) + "'" +
        (nearest.empty() ? "; see --help" : "; did you mean '--" + std::string(nearest) + "'?"));
  }
}

Command CommandOf(const CLI::App& app) {
  if (app.got_subcommand("completion") || app.got_subcommand("man")) return Command::kPrint;
  if (app.got_subcommand("check")) return Command::kCheck;
  if (app.got_subcommand("list")) return Command::kList;
  if (app.got_subcommand("schema")) return Command::kSchema;
  if (app.got_subcommand("digests")) return Command::kDigests;
  if (app.got_subcommand("fidelity")) return Command::kFidelity;
  if (app.got_subcommand("replay")) return Command::kReplay;
  if (app.got_subcommand("replay-node")) return Command::kReplayNode;
  if (app.got_subcommand("diff")) return Command::kDiff;
  if (app.got_subcommand("explain")) return Command::kExplain;
  return Command::kRun;
}

}  // namespace gossamer::tool
