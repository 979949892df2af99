#include "tools/gossamer_sim/man_page.h"

#include <string_view>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "core/base/strings.h"
#include "tools/gossamer_sim/build_info.h"
#include "tools/gossamer_sim/completion.h"
#include "tools/gossamer_sim/help.h"

namespace gossamer::tool {
namespace {

// Hyphens that are typed, backslashes, and lines that roff would take for requests.
std::string Roff(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool begins = i == 0 || text[i - 1] == '\n';
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string Bold(std::string_view text) { return "\\fB" + Roff(text) + "\\fR"; }

// "-q, --quiet", "--seed VALUE", "FILE".
std::string OptionNames(const CLI::App& command, const CLI::Option& option) {
  if (option.get_positional()) return "\\fI" + Roff(option.get_name(true)) + "\\fR";
  std::string out;
  for (const std::string& name : option.get_snames()) out += Bold("-" + name) + ", ";
  for (const std::string& name : option.get_lnames()) out += Bold("--" + name) + ", ";
  out.resize(out.size() - 2);
  const std::string value = ValueName(command, option);
  return value.empty() ? out : out + " \\fI" + Roff(value) + "\\fR";
}

std::string Options(const CLI::App& app) {
  std::string out;
  for (const CLI::Option* option : app.get_options({})) {
    out += ".TP\n" + OptionNames(app, *option) + "\n" + Roff(option->get_description()) + "\n";
    const std::vector<std::string_view> words = ValueWords(app.get_name(), *option);
    std::string list;
    for (const std::string_view word : words) list += (list.empty() ? "" : ", ") + Bold(word);
    const bool said =
        words.empty() || option->get_description().find(words.front()) != std::string::npos;
    if (!said) out += "One of " + list + ".\n";
  }
  return out;
}

// `text` ends with a newline.
std::string Literal(std::string_view text) { return ".nf\n" + Roff(text) + ".fi\n"; }

std::string Commands(const CLI::App& app) {
  std::string out = ".SH COMMANDS\n";
  for (const CLI::App* command : app.get_subcommands({})) {
    out += ".SS " + Roff(command->get_name()) + "\n" + Roff(command->get_description()) + ".\n" +
           Options(*command);
    const std::string_view examples = ExamplesOf(command->get_name());
    if (!examples.empty()) out += ".PP\n" + Literal(examples);
  }
  return out;
}

std::string ExitStatus() {
  std::string out = ".SH EXIT STATUS\n";
  for (const ExitCodeInfo& code : ExitCodes()) {
    out += ".TP\n" + Bold(code.code) + "\n" + Roff(code.about) + "\n";
  }
  return out;
}

}  // namespace

std::string ManPage(const CLI::App& app) {
  std::string out = ".TH GOSSAMER\\-SIM 1 \"\" \"gossamer\\-sim " + Roff(Version()) +
                    "\" \"User Commands\"\n"
                    ".SH NAME\ngossamer\\-sim \\- simulate Valkey clusters\n"
                    ".SH SYNOPSIS\n.B gossamer\\-sim\n.I COMMAND\n[\\fIOPTION\\fR]... "
                    "[\\fIFILE\\fR]...\n"
                    ".SH DESCRIPTION\n" +
                    Roff(app.get_description()) +
                    ".\nA scenario, in YAML or JSON, describes a cluster, what happens to it and "
                    "what must hold.\nThe same scenario and seed give the same run, to the last "
                    "bit.\n.PP\nResults go to standard output, progress and messages to standard "
                    "error.\n";
  out += ".SH OPTIONS\n" + Options(app);
  return out + Commands(app) + ExitStatus() + ".SH EXAMPLES\n" +
         Literal(ExamplesOf("gossamer-sim"));
}

}  // namespace gossamer::tool
