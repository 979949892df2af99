#include "tools/gossamer_sim/arguments.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "CLI/App.hpp"
#include "core/base/strings.h"
#include "core/cluster/rules.h"
#include "sim/report/output_filter.h"
#include "sim/scenario/units.h"
#include "tools/gossamer_sim/command_files.h"
#include "tools/gossamer_sim/command_line.h"
#include "tools/gossamer_sim/completion.h"
#include "tools/gossamer_sim/help.h"
#include "tools/gossamer_sim/man_page.h"

namespace gossamer::tool {
namespace {

std::string TextOf(const sim::UnitError& error) {
  return error.help.empty() ? error.message : error.message + "; " + error.help;
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
    throw UsageError("--seeds: '" + raw.seeds + "' is no range, expected one like 1..20; of one " +
                     "seed " + raw.seeds + ".." + raw.seeds);
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

// Each report needs a file of its own.
void CheckReportFiles(const Arguments& arguments) {
  const auto files = ReportsOf(arguments);
  for (const auto& [option, path] : files) {
    if (*path == "-" && path != &arguments.events) {
      throw UsageError(std::string(option) + ": expected a file; stdout holds the report");
    }
    for (const auto& [other, other_path] : files) {
      if (path == other_path) break;
      if (!path->empty() && *path == *other_path) {
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
    if (!time.ok()) throw UsageError("--window: " + TextOf(time.error()));
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

void ReadJobs(const Raw& raw, Arguments* out) {
  // A sweep takes all cores by itself.
  const bool all_cores = raw.jobs.empty() && out->command == Command::kSweep;
  if (all_cores) out->jobs = std::max(std::thread::hardware_concurrency(), 1u);
  if (!raw.jobs.empty()) out->jobs = Number("--jobs", raw.jobs);
  if (out->jobs == 0 || out->jobs > 1024) throw UsageError("--jobs: expected 1 to 1024");
}

void CheckRun(const Raw& raw, Arguments* out) {
  ReadSeeds(raw, out);
  ReadJobs(raw, out);
  out->transport =
      static_cast<sim::Transport>(OneOf("--transport", raw.transport, {"typed", "wire", "shadow"}));
  ReadRules(raw, out);
  if (!raw.cpu.empty()) {
    OneOf("--cpu", raw.cpu, CpuWords());
    out->cpu = raw.cpu;
  }
  if (!raw.stop_at.empty()) {
    const sim::Parsed<Duration> stop = sim::ParseDuration(raw.stop_at);
    if (!stop.ok()) throw UsageError("--stop-at: " + TextOf(stop.error()));
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
  if (out->cells.size() > 1 && out->command != Command::kSweep) {
    throw UsageError("--cell: more than one; name all axes in one, such as a=1,b=2");
  }
  if (std::string wrong = CheckRealArguments(out); !wrong.empty()) throw UsageError(wrong);
}

void CheckDigests(const Raw& raw, Arguments* out) {
  if (!raw.min_nodes.empty()) {
    out->min_nodes = static_cast<int64_t>(Number("--min-nodes", raw.min_nodes));
  }
  if (!raw.max_nodes.empty()) {
    out->max_nodes = static_cast<int64_t>(Number("--max-nodes", raw.max_nodes));
  }
}

void CheckExplain(const Raw& raw, Arguments* out) {
  out->node = raw.node;
  if (raw.at.empty()) return;
  const sim::Parsed<Duration> at = sim::ParseDuration(raw.at);
  if (!at.ok()) throw UsageError("--at: " + TextOf(at.error()));
  out->at = at.value();
}

void Check(const Raw& raw, Arguments* out) {
  switch (out->command) {
    case Command::kRun:
      CheckRun(raw, out);
      break;
    case Command::kDigests:
      CheckRun(raw, out);
      CheckDigests(raw, out);
      break;
    case Command::kSweep:
      CheckRun(raw, out);
      if (!raw.min_seeds.empty()) {
        if (out->until.empty()) throw UsageError("--min-seeds without --until");
        out->min_seeds = Number("--min-seeds", raw.min_seeds);
      }
      if (out->min_seeds == 0) throw UsageError("--min-seeds: expected at least 1");
      break;
    case Command::kFidelity:
      CheckRun(raw, out);
      out->runs = Number("--runs", raw.runs);
      if (out->runs == 0 || out->runs > 100000) throw UsageError("--runs: expected 1 to 100000");
      break;
    case Command::kCompare:
      ReadSeeds(raw, out);
      ReadJobs(raw, out);
      CheckCompare(*out);
      break;
    case Command::kPlot:
      CheckPlot(*out);
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
      CheckExplain(raw, out);
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

// The command line as it can be typed again.
std::string TypedText(int argc, const char* const* argv) {
  std::string out = "gossamer-sim";
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool quote = word.empty() || word.find_first_of(" \t*?$&|;<>()\"") != std::string::npos;
    out += quote ? " '" + word + "'" : " " + word;
  }
  return out;
}

// What `completion` and `man` print.
std::string GeneratedText(const CLI::App& app, const Raw& raw) {
  if (app.got_subcommand("man")) return ManPage(app);
  OneOf("completion", raw.word, CompletionShells());
  return CompletionScript(app, raw.word);
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
      "rules",        "bugs",   "faults",  "actions", "targets",
      "expectations", "events", "metrics", "figures", "states",
      "invariants",   "starts", "options", "cpus",    "reference"};
  return kWords;
}

const std::vector<std::string_view>& SchemaWords() {
  static const std::vector<std::string_view> kWords = {"scenario", "report", "events", "real",
                                                       "sweep"};
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
  CLI::App app("Simulates Valkey clusters: the real bus and failover rules on a virtual clock",
               "gossamer-sim");
  AddCommands(&app, &raw, &out);
  SetHelp(&app, HelpInColor(argc, argv));
  *exit_code = ExitCode::kUsage;
  std::string help = "gossamer-sim";
  try {
    const CLI::App& command = CheckWords(app, argc, argv);
    if (&command != &app) help += " " + command.get_name();
    app.parse(argc, const_cast<char**>(argv));
    out.command = CommandOf(app);
    out.typed = TypedText(argc, argv);
    if (out.command == Command::kPrint) out.text = GeneratedText(app, raw);
    Check(raw, &out);
    return out;
  } catch (const CLI::Success& success) {
    app.exit(success);
    *exit_code = ExitCode::kPass;
  } catch (const CLI::ParseError& error) {
    std::string what = help == "gossamer-sim" ? "a command is required" : error.what();
    if (const size_t type = what.find(" TEXT "); type != std::string::npos) {
      what.replace(type, 6, " value ");
    }
    std::fprintf(stderr, "gossamer-sim: %s; see %s --help\n", what.c_str(), help.c_str());
  } catch (const UsageError& error) {
    std::fprintf(stderr, "gossamer-sim: %s\n", error.text().c_str());
  }
  return std::nullopt;
}

}  // namespace gossamer::tool
