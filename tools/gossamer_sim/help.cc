#include "tools/gossamer_sim/help.h"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "sim/report/text_format.h"
#include "sim/scenario/paint.h"
#include "tools/gossamer_sim/completion.h"
#include "tools/gossamer_sim/progress.h"

namespace gossamer::tool {
namespace {

constexpr size_t kNameColumns = 28;
constexpr size_t kMostWordsShown = 4;

struct Examples {
  std::string_view command;
  std::string_view lines;
};
constexpr Examples kExamples[] = {
    {"gossamer-sim", R"(  gossamer-sim run scenarios/quickstart.yaml
  gossamer-sim run scenarios/quickstart.yaml --seeds 1..20 --html report.html
  gossamer-sim check scenarios/*/*.yaml
  gossamer-sim explain scenarios/quickstart.yaml --seed 7 --node 1
  gossamer-sim list faults
)"},
    {"run", R"(  gossamer-sim run scenarios/quickstart.yaml
  gossamer-sim run scenarios/storm/ten_percent_2000.yaml --seeds 1..20 --jobs 2 --json > storm.json
  gossamer-sim run scenarios/quickstart.yaml --seed 0x2a --events - --quiet | grep fail-set
  gossamer-sim run scenarios/quickstart.yaml --rules valkey-8.0 --cpu redis-7
  gossamer-sim run scenarios/quickstart.yaml --bugs no-fail-broadcast
  gossamer-sim run scenarios/quickstart.yaml --real redis-server --settle 10s
  gossamer-sim run scenarios/quickstart.yaml --perfetto r.pftrace --pcap r.pcapng --node-log logs
  gossamer-sim run scenarios/*/*.yaml --junit results.xml --annotations github
)"},
    {"check", R"(  gossamer-sim check my-scenario.yaml
  gossamer-sim check scenarios/*/*.yaml --format github
)"},
    {"list", R"(  gossamer-sim list faults
  gossamer-sim list metrics
)"},
    {"schema", R"(  gossamer-sim schema scenario > scenario.schema.json
)"},
    {"completion", R"(  bash: source <(gossamer-sim completion bash)
  zsh:  gossamer-sim completion zsh > a directory of $fpath/_gossamer-sim
  fish: gossamer-sim completion fish > ~/.config/fish/completions/gossamer-sim.fish
)"},
    {"man", R"(  gossamer-sim man | man -l -
)"},
    {"digests",
     R"(  gossamer-sim digests --check scenarios/digests.txt --transport wire --max-nodes 300
)"},
    {"replay",
     R"(  gossamer-sim run scenarios/quickstart.yaml --record run.rec && gossamer-sim replay run.rec
)"},
    {"replay-node", R"(  gossamer-server --port 7004 --gossamer-record-inputs node.log
  gossamer-sim replay-node node.log --events
)"},
    {"diff", R"(  gossamer-sim diff monday.rec tuesday.rec
  gossamer-sim diff run.rec scenarios/quickstart.yaml --seed 1
)"},
    {"fidelity", R"(  gossamer-sim fidelity --jobs 2
  gossamer-sim fidelity --rows valkey-30-5000 --runs 200
)"},
    {"sweep", R"(  gossamer-sim sweep study.yaml --seeds 1..30
  gossamer-sim sweep study.yaml --cell victims=100 --until "covered 5" --figure covered
  gossamer-sim sweep study.yaml --report --figure pfail_to_covered --figure false_fails
)"},
    {"compare", R"(  gossamer-sim compare scenarios/quickstart.yaml --rules valkey-8.0 valkey-9.1
  gossamer-sim compare before.yaml after.yaml --seeds 1..100 --jobs 2 --json difference.json
  gossamer-sim compare results.jsonl --cell-a knob=default --cell-b knob=ring --figure promoted
  gossamer-sim compare before.jsonl after.jsonl
)"},
    {"plot",
     R"(  gossamer-sim plot results.jsonl --out plot.svg --x bytes_per_s_node --y covered --panel size
  gossamer-sim plot results.jsonl --out curve.svg --as lines --x victims --y pfail_to_covered
)"},
    {"explain", R"(  gossamer-sim explain scenarios/quickstart.yaml --node 1
  gossamer-sim explain scenarios/quickstart.yaml --seed 7 --node 4 --at 85s
)"},
};

constexpr std::pair<std::string_view, std::string_view> kValueNames[] = {
    {"--seed", "SEED"},
    {"--seeds", "A..B"},
    {"--jobs", "N"},
    {"--rules", "RULES"},
    {"--bugs", "BUG,..."},
    {"--cpu", "PRESET"},
    {"--cell", "AXIS=LABEL,..."},
    {"--figure", "FIGURE"},
    {"--until", "'FIGURE PERCENT'"},
    {"--min-seeds", "N"},
    {"--stop-at", "TIME"},
    {"--max-events", "N"},
    {"--node-log", "DIRECTORY"},
    {"--only-nodes", "NODES"},
    {"--only-types", "TYPE,..."},
    {"--window", "A..B"},
    {"--node", "NODE"},
    {"--at", "TIME"},
    {"--runs", "N"},
    {"--settle", "TIME"},
    {"--simulated-seeds", "N"},
    {"--real-dir", "DIRECTORY"},
    {"--real", "PROGRAM,..."},
    {"--rows", "TEXT"},
    {"--figure", "FIGURE"},
    {"--config", "OPTIONS"},
    {"--cell-a", "AXIS=LABEL"},
    {"--cell-b", "AXIS=LABEL"},
    {"--where", "AXIS=LABEL"},
    {"--x", "FIGURE"},
    {"--y", "FIGURE"},
    {"--panel", "AXIS"},
    {"--series", "AXIS"},
    {"--min-nodes", "N"},
    {"--max-nodes", "N"},
    {"--annotations", "github|none"}};

std::string Names(const CLI::App& command, const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true);
  std::string out;
  for (const std::string& name : option.get_snames()) out += "-" + name + ", ";
  for (const std::string& name : option.get_lnames()) out += "--" + name + ", ";
  out.resize(out.size() - 2);
  const std::string value = ValueName(command, option);
  return value.empty() ? out : out + " " + value;
}

// Name and text in two columns; a long name has a line of its own.
std::string Row(const std::string& name, const std::string& text) {
  std::string lines = sim::Wrap(text, kNameColumns, 0);
  const std::string left = "  " + name;
  if (left.size() + 2 > kNameColumns) return left + "\n" + lines;
  return lines.replace(0, left.size(), left);
}

class HelpFormatter : public CLI::FormatterBase {
 public:
  explicit HelpFormatter(bool color) : paint_(color) {}

  std::string make_help(const CLI::App* app, std::string /*name*/,
                        CLI::AppFormatMode /*mode*/) const override {
    std::string out = app->get_description() + ".\n\n" + Usage(*app);
    if (app->get_parent() == nullptr) out += Commands(*app);
    out += Options(*app);
    out += "\n" + Title("Examples:") + "\n" +
           std::string(ExamplesOf(app->get_parent() == nullptr ? "gossamer-sim" : app->get_name()));
    out += "\n" + Title("Exit codes:") + "\n";
    for (const ExitCodeInfo& code : ExitCodes()) {
      out += Row(std::string(code.code), std::string(code.about));
    }
    return out + "\n" + Title("More:") + " gossamer-sim man | man -l -\n";
  }

 private:
  std::string Title(std::string_view text) const { return paint_(sim::Tone::kTitle, text); }

  std::string Usage(const CLI::App& app) const {
    std::string out = Title("Usage:") + " gossamer-sim";
    if (app.get_parent() == nullptr) return out + " COMMAND [OPTION]... [FILE]...\n";
    out += " " + app.get_name() + " [OPTION]...";
    for (const CLI::Option* option : app.get_options({})) {
      if (!option->get_positional()) continue;
      const std::string name =
          option->get_name(true) + (option->get_expected_max() > 2 ? "..." : "");
      out += option->get_required() ? " " + name : " [" + name + "]";
    }
    return out + "\n";
  }

  std::string Commands(const CLI::App& app) const {
    std::string out = "\n" + Title("Commands:") + "\n";
    for (const CLI::App* command : app.get_subcommands({})) {
      out += Row(command->get_name(), command->get_description());
    }
    return out + "  gossamer-sim COMMAND --help says more about one.\n";
  }

  std::string Options(const CLI::App& app) const {
    std::vector<std::string> groups;
    for (const CLI::Option* option : OptionsOf(app)) {
      const std::string group = GroupOf(*option);
      if (std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(group);
    }
    std::string out;
    for (const std::string& group : groups) {
      out += "\n" + Title(group + ":") + "\n";
      for (const CLI::Option* option : OptionsOf(app)) {
        if (GroupOf(*option) != group) continue;
        const bool must = option->get_required() && !option->get_positional();
        out += Row(Names(app, *option), option->get_description() + (must ? " (required)" : ""));
      }
    }
    return out;
  }

  static std::string GroupOf(const CLI::Option& option) {
    return option.get_positional() ? "Arguments" : option.get_group();
  }

  sim::Paint paint_;
};

}  // namespace

bool HelpInColor(int argc, const char* const* argv) {
  ColorMode mode = ColorMode::kAuto;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const std::string_view next = i + 1 < argc ? argv[i + 1] : "";
    if (word == "--color=always" || (word == "--color" && next == "always"))
      mode = ColorMode::kAlways;
    if (word == "--color=never" || (word == "--color" && next == "never")) mode = ColorMode::kNever;
  }
  return WantsColor(mode, STDOUT_FILENO);
}

void SetHelp(CLI::App* app, bool color) {
  const auto formatter = std::make_shared<HelpFormatter>(color);
  app->formatter(formatter);
  app->get_help_ptr()->group("Everywhere")->description("Print this help");
  for (CLI::App* command : app->get_subcommands({})) {
    command->formatter(formatter);
    command->get_help_ptr()->group("Everywhere")->description("Print this help");
  }
}

std::vector<const CLI::Option*> OptionsOf(const CLI::App& command) {
  std::vector<const CLI::Option*> out;
  const auto add = [&](const CLI::App& app, auto wanted) {
    for (const CLI::Option* option : app.get_options({})) {
      if (wanted(*option)) out.push_back(option);
    }
  };
  const auto is = [](const CLI::Option& option, std::string_view name) {
    return option.get_name() == name;
  };
  add(command, [](const CLI::Option& o) { return o.get_positional(); });
  add(command,
      [&](const CLI::Option& o) { return !o.get_positional() && o.get_name() != "--help"; });
  add(command, [&](const CLI::Option& o) { return is(o, "--help"); });
  if (command.get_parent() == nullptr) return out;
  add(*command.get_parent(),
      [&](const CLI::Option& o) { return !is(o, "--help") && !is(o, "--version"); });
  return out;
}

std::string ValueName(const CLI::App& command, const CLI::Option& option) {
  if (option.get_expected_max() == 0) return "";
  const std::vector<std::string_view> words = ValueWords(command.get_name(), option);
  if (!words.empty() && words.size() <= kMostWordsShown) {
    std::string out;
    for (const std::string_view word : words) out += (out.empty() ? "" : "|") + std::string(word);
    return out;
  }
  const std::string name = option.get_name();
  for (const auto& [known, value] : kValueNames) {
    if (known == name) return std::string(value);
  }
  return "FILE";
}

std::string_view ExamplesOf(std::string_view command) {
  for (const Examples& examples : kExamples) {
    if (examples.command == command) return examples.lines;
  }
  return "";
}

const std::vector<ExitCodeInfo>& ExitCodes() {
  static const std::vector<ExitCodeInfo> kCodes = {
      {"0", "Pass."},
      {"1", "A finding: an expectation failed or an invariant was broken."},
      {"2", "Wrong command line, or a scenario with errors."},
      {"3", "Inconclusive: the run ended before everything was decided."},
      {"4", "Not deterministic: the same scenario and seed gave another digest."},
      {"5", "The environment: a file cannot be read or written, memory ran out."},
      {"70", "A bug of the simulator."},
      {"130", "Interrupted; what is known was printed."}};
  return kCodes;
}

}  // namespace gossamer::tool
