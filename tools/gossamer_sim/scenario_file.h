// Reads scenario files and shows what is wrong with them.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_SCENARIO_FILE_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_SCENARIO_FILE_H_

#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/diagnostics.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/study.h"
#include "tools/gossamer_sim/exit_code.h"

namespace gossamer::tool {

struct ScenarioFile {
  std::string path;
  std::string text;
  std::string hash;                       // 16 hex digits over the bytes
  std::optional<sim::Scenario> scenario;  // empty: it has errors
  std::vector<sim::Diagnostic> diagnostics;
};

// The beginning of `path` ("-": standard input), at most so much. Nothing, and a line on stderr,
// when it cannot be read.
std::optional<std::string> ReadWholeFile(const std::string& path, size_t most_bytes);
// Larger than any scenario that the loader takes; keeps a mistaken path to a huge file from filling
// the memory.
inline constexpr size_t kMaxScenarioBytes = size_t{64} << 20;
inline constexpr size_t kMaxInputLogBytes = size_t{2} << 30;

// The scenario in `text`, which stands at `path`, with the files that it names. `cell`: as
// LoadScenario takes it.
std::optional<sim::Scenario> ParseScenario(const std::string& text, const std::string& path,
                                           std::vector<sim::Diagnostic>* diagnostics,
                                           const std::string& cell = "");
// The study in it.
std::optional<sim::Study> ParseStudy(const std::string& text, const std::string& path,
                                     std::vector<sim::Diagnostic>* diagnostics);

// Reads `path` ("-": standard input). Nothing, and a line on stderr, when it cannot be read.
std::optional<ScenarioFile> ReadScenarioFile(const std::string& path, const std::string& cell = "");

// Reads all files and prints their diagnostics to stderr. kPass when every one is a scenario; *out
// then holds all of them.
ExitCode ReadScenarioFiles(const std::vector<std::string>& paths, bool color,
                           std::vector<ScenarioFile>* out, const std::string& cell = "");

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_SCENARIO_FILE_H_
