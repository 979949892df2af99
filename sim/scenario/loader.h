// Loader: turns the text of a scenario file into a Scenario, or says everything that is wrong with
// it.
//
// YAML and JSON alike. Untrusted input: bounded in size, depth, aliases and nodes; never throws.
// Performs no I/O: files that a scenario names are read by the caller's function. SOURCE:
// scenarios/README.md. Thread safety: a pure function.
#ifndef GOSSAMER_SIM_SCENARIO_LOADER_H_
#define GOSSAMER_SIM_SCENARIO_LOADER_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/options.h"
#include "sim/scenario/diagnostics.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

// The text of a file, or nothing when it cannot be read.
using TextReader = std::function<std::optional<std::string>(const std::string& path)>;

// The scenario in `text`. Nothing if it has errors; *diagnostics gets them all (see
// kMaxDiagnostics), and warnings also with a scenario. `file` is the path for messages; the
// scenario's name must be the file's name without its ending, where '-' and
// '_' are the same. An empty file or "-" (standard input) puts no demand on the name. `read` gets
// the paths of other files that the scenario names, relative to where `file` is; without it such a
// scenario is an error. `cell` chooses one cell of a file with a matrix:
// "victims=100,knob=ping_2s"; axes may be missing as long as one cell is left.
std::optional<Scenario> LoadScenario(std::string_view text, std::string_view file,
                                     std::vector<Diagnostic>* diagnostics, const TextReader& read,
                                     std::string_view cell);
std::optional<Scenario> LoadScenario(std::string_view text, std::string_view file,
                                     std::vector<Diagnostic>* diagnostics,
                                     const TextReader& read = {});

// The options of a node: the defaults, then `config`, which is a config of a loaded scenario.
ClusterOptions OptionsOf(const std::map<std::string, std::string>& config);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_LOADER_H_
