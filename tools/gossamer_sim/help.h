// Help: what --help prints for the program and for each command: purpose, usage, options in groups,
// examples, exit codes, where more stands. The manual is made from the same parts.
//
// At most 100 columns. Thread safety: pure functions.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_HELP_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_HELP_H_

#include <string>
#include <string_view>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"

namespace gossamer::tool {

// What the command line and the environment say about colours on stdout, before anything is parsed.
bool HelpInColor(int argc, const char* const* argv);

// Makes `app` and its commands print our help, painted or not. To be called when all is added.
void SetHelp(CLI::App* app, bool color);

// A command's options, positionals first, then those that every command takes.
std::vector<const CLI::Option*> OptionsOf(const CLI::App& command);

// What stands for an option's value: "A..B", "auto|plain|none"; empty for a flag.
std::string ValueName(const CLI::App& command, const CLI::Option& option);

// Lines of examples of a command, or of the program for "gossamer-sim".
std::string_view ExamplesOf(std::string_view command);

struct ExitCodeInfo {
  std::string_view code;
  std::string_view about;
};
const std::vector<ExitCodeInfo>& ExitCodes();

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_HELP_H_
