#include "tools/gossamer_sim/completion.h"

#include <utility>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "core/cluster/bugs.h"
#include "core/cluster/rules.h"
#include "sim/scenario/schema_table.h"
#include "tools/gossamer_sim/arguments.h"
#include "tools/gossamer_sim/help.h"

namespace gossamer::tool {
namespace {

using Words = std::vector<std::string_view>;

std::string Joined(const Words& words) {
  std::string out;
  for (const std::string_view word : words) out += (out.empty() ? "" : " ") + std::string(word);
  return out;
}

bool IsFlag(const CLI::Option& option) { return option.get_expected_max() == 0; }

// The first line of a description, fit for single quotes.
std::string Quotable(const std::string& text) {
  std::string out;
  for (const char c : text.substr(0, text.find('\n'))) {
    if (c != '\'') out += c;
  }
  return out;
}

std::vector<std::string> LongOptions(const CLI::App& app) {
  std::vector<std::string> out;
  for (const CLI::Option* option : OptionsOf(app)) {
    for (const std::string& name : option->get_lnames()) out.push_back("--" + name);
  }
  return out;
}

std::string AllOf(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

// What stands where a command takes no option: words, or nothing for files.
Words PositionalWords(const CLI::App& command) {
  for (const CLI::Option* option : OptionsOf(command)) {
    if (option->get_positional()) return ValueWords(command.get_name(), *option);
  }
  return {};
}

// ---- bash ----

std::string BashCommand(const CLI::App& command) {
  const std::string name = command.get_name();
  std::string out;
  for (const CLI::Option* option : OptionsOf(command)) {
    const Words words = ValueWords(name, *option);
    for (const std::string& option_name : option->get_lnames()) {
      if (words.empty() || option->get_positional()) continue;
      out += "    '" + name + " --" + option_name + "') words='" + Joined(words) + "' ;;\n";
    }
  }
  out += "    '" + name + " '*)\n      if [[ $cur == -* ]]; then\n        words='" +
         AllOf(LongOptions(command)) + "'\n      else\n        words='" +
         Joined(PositionalWords(command)) + "'\n      fi\n      ;;\n";
  return out;
}

std::string Bash(const CLI::App& app) {
  std::vector<std::string> commands;
  std::string cases;
  for (const CLI::App* command : app.get_subcommands({})) {
    commands.push_back(command->get_name());
    cases += BashCommand(*command);
  }
  return R"(# bash completion for gossamer-sim; source <(gossamer-sim completion bash)
_gossamer_sim() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} != -* ]]; then
      command=${COMP_WORDS[i]}
      break
    fi
  done
  case "$command $prev" in
)" + cases +
         "    *) words='" + AllOf(commands) + " " + AllOf(LongOptions(app)) + R"(' ;;
  esac
  # Without words bash offers files.
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -o default -F _gossamer_sim gossamer-sim
)";
}

// ---- zsh ----

// In brackets and before colons, zsh takes its own characters literally after a backslash.
std::string ZshText(const std::string& text) {
  std::string out;
  for (const char c : Quotable(text)) {
    if (c == '[' || c == ']' || c == ':') out += '\\';
    out += c;
  }
  return out;
}

std::string ZshAction(const Words& words) {
  return words.empty() ? "_files" : "(" + Joined(words) + ")";
}

std::string ZshCommand(const CLI::App& command) {
  const std::string name = command.get_name();
  std::string out = "        " + name + ")\n          _arguments";
  for (const CLI::Option* option : OptionsOf(command)) {
    const Words words = ValueWords(name, *option);
    if (option->get_positional()) {
      out +=
          " \\\n            '*:" + ZshText(option->get_name(true)) + ":" + ZshAction(words) + "'";
      continue;
    }
    for (const std::string& long_name : option->get_lnames()) {
      out += " \\\n            '--" + long_name + "[" + ZshText(option->get_description()) + "]";
      out += IsFlag(*option) ? "'" : ":value:" + ZshAction(words) + "'";
    }
  }
  return out + "\n          ;;\n";
}

std::string Zsh(const CLI::App& app) {
  std::string commands;
  std::string cases;
  for (const CLI::App* command : app.get_subcommands({})) {
    commands +=
        "        '" + command->get_name() + ":" + ZshText(command->get_description()) + "'\n";
    cases += ZshCommand(*command);
  }
  return R"(#compdef gossamer-sim
# zsh completion for gossamer-sim; put it into a directory of $fpath as _gossamer-sim.
_gossamer_sim() {
  local state
  local -a commands
  _arguments -C '--help[Print help]' '--version[Print the version]' '1: :->command' '*:: :->rest'
  case $state in
    command)
      commands=(
)" + commands +
         R"(      )
      _describe command commands
      ;;
    rest)
      case $words[1] in
)" + cases +
         R"(      esac
      ;;
  esac
}
if [[ $funcstack[1] == _gossamer-sim ]]; then
  _gossamer_sim "$@"
else
  compdef _gossamer_sim gossamer-sim
fi
)";
}

// ---- fish ----

std::string FishCommand(const CLI::App& command) {
  const std::string name = command.get_name();
  const std::string base = "complete -c gossamer-sim -n '__fish_seen_subcommand_from " + name + "'";
  std::string out = "complete -c gossamer-sim -n __fish_use_subcommand -f -a " + name + " -d '" +
                    Quotable(command.get_description()) + "'\n";
  for (const CLI::Option* option : OptionsOf(command)) {
    const Words words = ValueWords(name, *option);
    if (option->get_positional()) {
      if (!words.empty()) out += base + " -f -a '" + Joined(words) + "'\n";
      continue;
    }
    std::string names;
    for (const std::string& short_name : option->get_snames()) names += " -s " + short_name;
    for (const std::string& long_name : option->get_lnames()) names += " -l " + long_name;
    std::string value = IsFlag(*option) ? "" : " -r";
    if (!words.empty()) value = " -x -a '" + Joined(words) + "'";
    out += base + names + value + " -d '" + Quotable(option->get_description()) + "'\n";
  }
  return out;
}

std::string Fish(const CLI::App& app) {
  std::string out =
      "# fish completion for gossamer-sim\n"
      "complete -c gossamer-sim -n __fish_use_subcommand -f -l help -l version\n";
  for (const CLI::App* command : app.get_subcommands({})) out += FishCommand(*command);
  return out;
}

}  // namespace

std::vector<std::string_view> CpuWords() {
  const sim::KeyInfo* preset = sim::SchemaSection(sim::Section::kCpu).Find("preset");
  return preset != nullptr && preset->words != nullptr ? preset->words() : Words{};
}

std::vector<std::string_view> CompletionShells() { return {"bash", "zsh", "fish"}; }

std::string CompletionScript(const CLI::App& app, std::string_view shell) {
  if (shell == "zsh") return Zsh(app);
  return shell == "fish" ? Fish(app) : Bash(app);
}

std::vector<std::string_view> ValueWords(std::string_view command, const CLI::Option& option) {
  const std::string name = option.get_name();
  if (option.get_positional()) {
    if (command == "list") return ListWords();
    if (command == "schema") return SchemaWords();
    return command == "completion" ? CompletionShells() : Words{};
  }
  if (name == "--transport") return {"typed", "wire", "shadow"};
  if (name == "--rules") return RuleNames();
  if (name == "--bugs") return BugNames();
  if (name == "--cpu") return CpuWords();
  if (name == "--real") return {"redis-server", "valkey-server", "gossamer-server"};
  if (name == "--only-types") return TypeWords();
  if (name == "--progress") return {"auto", "plain", "none"};
  if (name == "--annotations") return {"github", "none"};
  if (name == "--as") return {"scatter", "lines"};
  if (name == "--color") return {"auto", "always", "never"};
  if (name == "--format" && command == "check") return {"text", "json", "github"};
  return {};
}

}  // namespace gossamer::tool
