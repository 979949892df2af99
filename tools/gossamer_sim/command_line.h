// The commands and options of gossamer-sim, as CLI11 knows them: what may be typed. What it means
// is checked in arguments.cc.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_COMMAND_LINE_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_COMMAND_LINE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "CLI/App.hpp"
#include "tools/gossamer_sim/arguments.h"

namespace gossamer::tool {

// What was typed, before it is checked.
struct Raw {
  std::string seed;
  std::string seeds;
  std::string jobs;  // empty: 1, of sweep all cores
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
  std::string min_seeds;
  std::string runs = "1000";
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

// "a, b, c".
std::string Joined(const std::vector<std::string_view>& words);

// `text` with the nearest of `known`, or with all of them.
std::string WithNearest(std::string text, std::string_view word,
                        const std::vector<std::string_view>& known);

// The position of `text` in `words`. Throws UsageError when it is none of them.
size_t OneOf(std::string_view option, const std::string& text,
             const std::vector<std::string_view>& words);

// Adds all commands. What is typed goes to *raw, or to *out if nothing is to be checked.
void AddCommands(CLI::App* app, Raw* raw, Arguments* out);

// Throws UsageError for a word that is no command, and for an option that its command has not:
// CLI11's own messages for these do not help. The command, or `app` when none
// is named.
const CLI::App& CheckWords(const CLI::App& app, int argc, const char* const* argv);

// The command that was parsed.
Command CommandOf(const CLI::App& app);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_COMMAND_LINE_H_
