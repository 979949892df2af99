#include "tools/gossamer_sim/arguments.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "core/base/strings.h"
#include "core/cluster/rules.h"
#include "sim/report/output_filter.h"
#include "sim/scenario/schema_table.h"
#include "sim/scenario/units.h"
#include "tools/gossamer_sim/build_info.h"
#include "tools/gossamer_sim/completion.h"
#include "tools/gossamer_sim/man_page.h"

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
  gossamer-sim run scenarios/quickstart.yaml --real redis-server --settle 10s
  gossamer-sim run scenarios/*/*.yaml --junit results.xml --annotations github
  gossamer-sim check scenarios/*/*.yaml
  gossamer-sim explain scenarios/quickstart.yaml --seed 7 --node 1
  gossamer-sim run scenarios/quickstart.yaml --record run.rec && gossamer-sim replay run.rec
  gossamer-sim list faults
  gossamer-sim digests --check scenarios/digests.txt --transport wire

)";

// What was typed, before it is checked.
struct Raw {
  std::string seed;
  std::string seeds;
  std::string jobs = "1";
  std::string transport = "typed";
  std::string rules;
  std::string bugs;
  std::string cpu;
  std::string stop_at;
  std::string annotations;
  std::string only_types;
  std::string window;
  std::string max_events = "0";
  std::string min_nodes;
  std::string max_nodes;
  std::string progress = "auto";
  std::string color = "auto";
  std::string format = "text";  // of check
  std::string word;
  std::string node;
  std::string at;
};

class UsageError {
 public:
  explicit UsageError(std::string text) : text_(std::move(text)) {}
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

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

uint64_t Number(std::string_view option, const std::string& text) {
  const sim::Parsed<uint64_t> number = sim::ParseUnsigned(text);
  if (!number.ok()) throw UsageError(std::string(option) + ": " + number.error().message);
  return number.value();
}

uint64_t SeedNumber(std::string_view option, const std::string& text) {
  if (text.rfind("0x", 0) != 0 && text.rfind("0X", 0) != 0) return Number(option, text);
  const std::string digits = text.substr(2);
  const bool hex = !digits.empty() && digits.size() <= 16 &&
                   digits.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  if (!hex) {
    throw UsageError(std::string(option) + ": '" + text +
                     "' is no seed, expected a number, 0x and up to 16 hex digits, or random");
  }
  return std::strtoull(digits.c_str(), nullptr, 16);
}

void ReadSeeds(const Raw& raw, Arguments* out) {
  if (!raw.seed.empty() && !raw.seeds.empty()) throw UsageError("--seed beside --seeds");
  if (raw.seed == "random") {
    out->random_seed = true;
  } else if (!raw.seed.empty()) {
    out->seed = SeedNumber("--seed", raw.seed);
  }
  if (raw.seeds.empty()) return;
  const size_t dots = raw.seeds.find("..");
  if (dots == std::string::npos) {
    throw UsageError("--seeds: '" + raw.seeds + "' is no range, expected one like 1..20");
  }
  out->seed_range = true;
  out->first_seed = SeedNumber("--seeds", raw.seeds.substr(0, dots));
  out->last_seed = SeedNumber("--seeds", raw.seeds.substr(dots + 2));
  if (out->first_seed > out->last_seed) throw UsageError("--seeds: the first is above the last");
  if (out->last_seed - out->first_seed >= 1000000) throw UsageError("--seeds: more than a million");
}

void ReadRules(const Raw& raw, Arguments* out) {
  if (!raw.rules.empty()) {
    OneOf("--rules", raw.rules, RuleNames());
    out->rules = raw.rules;
  }
  if (raw.bugs.empty()) return;
  for (const std::string_view name : SplitWords(raw.bugs, ",")) {
    out->bugs.push_back(static_cast<Bug>(OneOf("--bugs", std::string(name), BugNames())));
  }
}

std::vector<std::string_view> CpuPresets() {
  const sim::KeyInfo* preset = sim::SchemaSection(sim::Section::kCpu).Find("preset");
  return preset != nullptr && preset->words != nullptr ? preset->words()
                                                       : std::vector<std::string_view>{"none"};
}

// Each report needs a file of its own.
void CheckReportFiles(const Arguments& arguments) {
  const std::pair<const char*, const std::string&> files[] = {
      {"--events", arguments.events},         {"--junit", arguments.junit},
      {"--markdown", arguments.markdown},     {"--csv", arguments.csv},
      {"--prometheus", arguments.prometheus}, {"--html", arguments.html},
      {"--perfetto", arguments.perfetto},     {"--pcap", arguments.pcap}};
  for (const auto& [option, path] : files) {
    const bool events = &path == &arguments.events;
    if (path == "-" && !events) {
      throw UsageError(std::string(option) + ": expected a file; stdout holds the report");
    }
    for (const auto& [other, other_path] : files) {
      if (&path == &other_path) break;
      if (!path.empty() && path == other_path) {
        throw UsageError(std::string(other) + " and " + option + " name the same file");
      }
    }
  }
}

void ReadWindow(const Raw& raw, Arguments* out) {
  if (raw.window.empty()) return;
  const size_t dots = raw.window.find("..");
  if (dots == std::string::npos) {
    throw UsageError("--window: '" + raw.window + "' is no range, expected one like 20s..30s");
  }
  const std::string ends[] = {raw.window.substr(0, dots), raw.window.substr(dots + 2)};
  std::pair<Duration, Duration> window{Duration{}, kNever - Instant{}};
  for (const size_t i : {0, 1}) {
    if (ends[i].empty()) continue;
    const sim::Parsed<Duration> time = sim::ParseDuration(ends[i]);
    if (!time.ok()) throw UsageError("--window: " + time.error().message);
    (i == 0 ? window.first : window.second) = time.value();
  }
  if (window.first > window.second) throw UsageError("--window: the first is after the last");
  out->window = window;
}

// Types are of two kinds, and outputs heed those of theirs. One that no output heeds is a mistake.
void ReadTypes(const Raw& raw, Arguments* out) {
  const bool events = !out->events.empty() || !out->perfetto.empty() || !out->node_log.empty();
  for (const std::string_view word : SplitWords(raw.only_types, ",")) {
    sim::OutputFilter filter;
    const std::string type(word);
    if (!filter.AddType(word)) {
      throw UsageError(WithNearest("--only-types: unknown type '" + type + "'", word, TypeWords()));
    }
    if (filter.some_events() && !events) {
      throw UsageError("--only-types: '" + type + "' is an event, which --pcap does not show");
    }
    if (filter.some_packets() && out->pcap.empty()) {
      throw UsageError("--only-types: '" + type + "' is a message, which only --pcap shows");
    }
    out->only_types.push_back(type);
  }
}

// Outputs of one run that are written while it goes on, and what they show.
void CheckTraces(const Raw& raw, Arguments* out) {
  const std::pair<const char*, const std::string&> traces[] = {{"--events", out->events},
                                                               {"--record", out->record},
                                                               {"--perfetto", out->perfetto},
                                                               {"--pcap", out->pcap},
                                                               {"--node-log", out->node_log}};
  bool filtered = false;
  for (const auto& [option, path] : traces) {
    if (path.empty()) continue;
    if (out->seed_range || out->files.size() > 1) {
      throw UsageError(std::string(option) + " takes one scenario and one seed");
    }
    filtered = filtered || &path != &out->record;
  }
  const std::pair<const char*, bool> filters[] = {{"--only-nodes", !out->only_nodes.empty()},
                                                  {"--only-types", !raw.only_types.empty()},
                                                  {"--window", !raw.window.empty()}};
  for (const auto& [option, given] : filters) {
    if (!given || filtered) continue;
    throw UsageError(std::string(option) +
                     " without --events, --perfetto, --pcap or --node-log shows nothing");
  }
  ReadTypes(raw, out);
  ReadWindow(raw, out);
}

void CheckRun(const Raw& raw, Arguments* out) {
  ReadSeeds(raw, out);
  out->jobs = Number("--jobs", raw.jobs);
  if (out->jobs == 0 || out->jobs > 1024) throw UsageError("--jobs: expected 1 to 1024");
  out->transport =
      static_cast<sim::Transport>(OneOf("--transport", raw.transport, {"typed", "wire", "shadow"}));
  ReadRules(raw, out);
  if (!raw.cpu.empty()) {
    OneOf("--cpu", raw.cpu, CpuPresets());
    out->cpu = raw.cpu;
  }
  if (!raw.stop_at.empty()) {
    const sim::Parsed<Duration> stop = sim::ParseDuration(raw.stop_at);
    if (!stop.ok()) throw UsageError("--stop-at: " + stop.error().message);
    out->stop_at = stop.value();
  }
  out->max_events = Number("--max-events", raw.max_events);
  CheckTraces(raw, out);
  if (out->record_full && out->record.empty()) throw UsageError("--record-full without --record");
  if (out->events == "-" && out->json)
    throw UsageError("--events - beside --json: both want stdout");
  if (!raw.annotations.empty()) {
    OneOf("--annotations", raw.annotations, {"github", "none"});
    out->github_annotations = raw.annotations == "github";
  }
  CheckReportFiles(*out);
  if (out->digest_only && out->json) throw UsageError("--digest-only beside --json");
  if (std::string wrong = CheckRealArguments(out); !wrong.empty()) throw UsageError(wrong);
}

void Check(const Raw& raw, Arguments* out) {
  switch (out->command) {
    case Command::kRun:
      CheckRun(raw, out);
      break;
    case Command::kDigests:
      CheckRun(raw, out);
      if (!raw.min_nodes.empty()) {
        out->min_nodes = static_cast<int64_t>(Number("--min-nodes", raw.min_nodes));
      }
      if (!raw.max_nodes.empty()) {
        out->max_nodes = static_cast<int64_t>(Number("--max-nodes", raw.max_nodes));
      }
      break;
    case Command::kList:
      OneOf("list", raw.word, ListWords());
      out->files = {raw.word};
      break;
    case Command::kDiff:
      ReadSeeds(raw, out);
      ReadRules(raw, out);
      break;
    case Command::kExplain:
      CheckRun(raw, out);
      out->node = raw.node;
      if (!raw.at.empty()) {
        const sim::Parsed<Duration> at = sim::ParseDuration(raw.at);
        if (!at.ok()) throw UsageError("--at: " + at.error().message);
        out->at = at.value();
      }
      break;
    case Command::kSchema:
      OneOf("schema", raw.word, SchemaWords());
      out->files = {raw.word};
      break;
    case Command::kCheck:
      out->check_format =
          static_cast<CheckFormat>(OneOf("--format", raw.format, {"text", "json", "github"}));
      break;
    case Command::kReplay:
    case Command::kReplayNode:
    case Command::kPrint:
      break;
  }
  out->progress =
      static_cast<ProgressMode>(OneOf("--progress", raw.progress, {"auto", "plain", "none"}));
  out->color = static_cast<ColorMode>(OneOf("--color", raw.color, {"auto", "always", "never"}));
}

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
  AddRealOptions(run, &out->real);
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

// The first word that is no option must be a subcommand, and every option one of that subcommand:
// CLI11's own messages for these do not help.
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

// What `completion` and `man` print.
std::string GeneratedText(const CLI::App& app, const Raw& raw) {
  if (app.got_subcommand("man")) return ManPage(app);
  OneOf("completion", raw.word, CompletionShells());
  return CompletionScript(app, raw.word);
}

Command CommandOf(const CLI::App& app) {
  if (app.got_subcommand("completion") || app.got_subcommand("man")) return Command::kPrint;
  if (app.got_subcommand("check")) return Command::kCheck;
  if (app.got_subcommand("list")) return Command::kList;
  if (app.got_subcommand("schema")) return Command::kSchema;
  if (app.got_subcommand("digests")) return Command::kDigests;
  if (app.got_subcommand("replay")) return Command::kReplay;
  if (app.got_subcommand("replay-node")) return Command::kReplayNode;
  if (app.got_subcommand("diff")) return Command::kDiff;
  if (app.got_subcommand("explain")) return Command::kExplain;
  return Command::kRun;
}

}  // namespace

sim::RunOptions OptionsFor(const Arguments& arguments, const sim::Scenario& scenario,
                           uint64_t seed) {
  sim::RunOptions options;
  options.seed = seed;
  options.transport = arguments.transport;
  options.rules = arguments.rules;
  options.bugs = arguments.bugs;
  if (arguments.cpu) {
    options.cpu = scenario.cpu;
    options.cpu->preset = *arguments.cpu;
  }
  options.stop_at = arguments.stop_at;
  options.max_events = arguments.max_events;
  return options;
}

const std::vector<std::string_view>& ListWords() {
  static const std::vector<std::string_view> kWords = {
      "rules",   "bugs",   "faults",     "actions", "targets", "expectations", "events",
      "metrics", "states", "invariants", "starts",  "options", "cpus",         "reference"};
  return kWords;
}

const std::vector<std::string_view>& SchemaWords() {
  static const std::vector<std::string_view> kWords = {"scenario", "report", "events"};
  return kWords;
}

std::vector<std::string_view> TypeWords() {
  std::vector<std::string_view> words = sim::EventWords();
  const std::vector<std::string_view> packets = sim::PacketWords();
  words.insert(words.end(), packets.begin(), packets.end());
  return words;
}

std::optional<Arguments> ReadArguments(int argc, const char* const* argv, ExitCode* exit_code) {
  Arguments out;
  Raw raw;
  CLI::App app("Simulates Valkey clusters: the real bus and failover rules on a virtual clock.",
               "gossamer-sim");
  app.require_subcommand(1);
  app.set_version_flag("--version", VersionText());
  app.footer(std::string(kExamples) + kExitCodes);
  AddRun(&app, &raw, &out);
  AddOthers(&app, &raw, &out);
  AddComparisons(&app, &raw, &out);
  AddExplain(&app, &raw, &out);
  *exit_code = ExitCode::kUsage;
  try {
    CheckWords(app, argc, argv);
    app.parse(argc, const_cast<char**>(argv));
    out.command = CommandOf(app);
    if (out.command == Command::kPrint) out.text = GeneratedText(app, raw);
    Check(raw, &out);
    return out;
  } catch (const CLI::Success& success) {
    app.exit(success);
    *exit_code = ExitCode::kPass;
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "gossamer-sim: %s; see gossamer-sim --help\n", error.what());
  } catch (const UsageError& error) {
    std::fprintf(stderr, "gossamer-sim: %s\n", error.text().c_str());
  }
  return std::nullopt;
}

}  // namespace gossamer::tool
