// The command line of gossamer-sim, read and checked. CLI11 stays inside command_line.h and its
// users.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_ARGUMENTS_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_ARGUMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/time.h"
#include "core/cluster/bugs.h"
#include "sim/model/world.h"
#include "tools/gossamer_sim/exit_code.h"
#include "tools/gossamer_sim/real_arguments.h"

namespace gossamer::tool {

enum class Command {
  kRun,
  kCheck,
  kList,
  kSchema,
  kDigests,
  kReplay,
  kReplayNode,
  kDiff,
  kExplain,
  kFidelity,
  kSweep,
  kPrint
};
enum class ProgressMode { kAuto, kPlain, kNone };
enum class CheckFormat { kText, kJson, kGithub };
enum class ColorMode { kAuto, kAlways, kNever };

struct Arguments {
  Command command = Command::kRun;
  std::vector<std::string> files;  // of run, check, replay ...; for list and schema: the one word

  // run
  std::optional<uint64_t> seed;  // unset: the scenario's
  bool random_seed = false;
  bool seed_range = false;  // --seeds: from first_seed to last_seed
  uint64_t first_seed = 0;
  uint64_t last_seed = 0;
  uint64_t jobs = 1;
  sim::Transport transport = sim::Transport::kTyped;
  std::optional<std::string> rules;
  std::vector<Bug> bugs;  // beside the scenario's
  std::optional<std::string> cpu;
  bool json = false;
  std::string events;  // path, "-" for stdout, empty: none
  std::string record;  // path, empty: none
  bool record_full = false;
  // Paths of what other programs open; empty: none.
  std::string perfetto;
  std::string pcap;
  std::string node_log;  // a directory
  // What events and these show. Empty: everything.
  std::string only_nodes;  // as ParseNodeList takes it
  std::vector<std::string> only_types;
  std::optional<std::pair<Duration, Duration>> window;
  // Paths of reports besides the one on stdout; empty: none.
  std::string junit;
  std::string markdown;
  std::string csv;
  std::string prometheus;
  std::string html;
  bool github_annotations = false;
  std::optional<Duration> stop_at;
  uint64_t max_events = 0;
  bool digest_only = false;
  RealArguments real;

  // replay-node
  bool show_events = false;

  // run, explain: at most one; sweep
  std::vector<std::string> cells;
  std::string cell() const { return cells.empty() ? "" : cells.front(); }

  // sweep
  std::string sweep_file;  // empty: <name>.sweep.jsonl
  std::vector<std::string> figures;
  std::string until;
  uint64_t min_seeds = 5;
  bool fresh = false;
  bool report_only = false;

  // explain
  std::string node;  // as ParseNodeList takes it
  std::optional<Duration> at;

  // check
  CheckFormat check_format = CheckFormat::kText;

  // completion, man: what to print
  std::string text;

  // digests
  std::string digests_file;
  bool update = false;
  int64_t min_nodes = 0;
  int64_t max_nodes = INT64_MAX;

  // fidelity
  uint64_t runs = 1000;   // simulated, a row
  std::string only_rows;  // part of a row's name, empty: all
  std::string samples;    // path, empty: none
  bool saturated = false;

  bool quiet = false;
  ProgressMode progress = ProgressMode::kAuto;
  ColorMode color = ColorMode::kAuto;
};

// The options of a run of `scenario` that the command line asks for.
sim::RunOptions OptionsFor(const Arguments& arguments, const sim::Scenario& scenario,
                           uint64_t seed);

// The words that `list` takes.
const std::vector<std::string_view>& ListWords();

// The words that `schema` takes.
const std::vector<std::string_view>& SchemaWords();

// The words that --only-types takes.
std::vector<std::string_view> TypeWords();

// Reads the command line. Nothing when there is nothing to do after it: --help and --version were
// printed to stdout, or an error to stderr; *exit_code says which.
std::optional<Arguments> ReadArguments(int argc, const char* const* argv, ExitCode* exit_code);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_ARGUMENTS_H_
