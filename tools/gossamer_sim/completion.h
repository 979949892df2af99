// Completion scripts for shells, made from the command line's own description.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_COMPLETION_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_COMPLETION_H_

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace gossamer::tool {

// "bash", "zsh", "fish".
std::vector<std::string_view> CompletionShells();

// REQUIRES: `shell` is one of CompletionShells(). `app` has the subcommands.
std::string CompletionScript(const CLI::App& app, std::string_view shell);

// The words that --cpu takes.
std::vector<std::string_view> CpuWords();

// The words that an option or a positional of a command takes; empty: anything.
std::vector<std::string_view> ValueWords(std::string_view command, const CLI::Option& option);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_COMPLETION_H_
