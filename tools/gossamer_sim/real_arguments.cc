#include "tools/gossamer_sim/real_arguments.h"

#include <utility>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "sim/scenario/units.h"
#include "tools/gossamer_sim/arguments.h"

namespace gossamer::tool {
namespace {

constexpr uint64_t kMostRealSeeds = 1000;
constexpr uint64_t kMostSimulatedSeeds = 100'000;

// An option that shows a simulated run and was given, or null.
const char* OnlySimulated(const Arguments& a) {
  const std::pair<const char*, bool> options[] = {
      {"--events", !a.events.empty()},
      {"--record", !a.record.empty()},
      {"--perfetto", !a.perfetto.empty()},
      {"--pcap", !a.pcap.empty()},
      {"--node-log", !a.node_log.empty()},
      {"--junit", !a.junit.empty()},
      {"--markdown", !a.markdown.empty()},
      {"--csv", !a.csv.empty()},
      {"--html", !a.html.empty()},
      {"--prometheus", !a.prometheus.empty()},
      {"--digest-only", a.digest_only},
      {"--annotations", a.github_annotations},
      {"--max-events", a.max_events != 0},
      {"--bugs", !a.bugs.empty()},
      {"--transport", a.transport != sim::Transport::kTyped}};
  for (const auto& [name, given] : options) {
    if (given) return name;
  }
  return nullptr;
}

std::string CheckUnused(const RealArguments& real) {
  const std::pair<const char*, bool> options[] = {
      {"--settle", !real.settle_text.empty()},
      {"--real-dir", !real.directory.empty()},
      {"--simulated-seeds", real.simulated_seeds_text != "200"}};
  for (const auto& [name, given] : options) {
    if (given) return std::string(name) + " without --real";
  }
  return {};
}

}  // namespace

void AddRealOptions(CLI::App* run, RealArguments* out) {
  run->add_option("--real", out->programs,
                  "Run the timeline against real processes too, and compare: redis-server, "
                  "valkey-server, gossamer-server or paths, A,B: in turn by shard")
      ->group("Real servers");
  run->add_option("--settle", out->settle_text,
                  "With --real: time from readiness to the first fault; default: the scenario's")
      ->group("Real servers");
  run->add_option("--simulated-seeds", out->simulated_seeds_text,
                  "With --real: compare with seeds 1 to so many; default 200")
      ->group("Real servers");
  run->add_option("--real-dir", out->directory,
                  "With --real: a directory for the nodes' files and logs, which are kept")
      ->group("Real servers");
}

std::string CheckRealArguments(Arguments* arguments) {
  RealArguments& real = arguments->real;
  if (real.programs.empty()) return CheckUnused(real);
  if (arguments->files.size() > 1) return "--real takes one scenario";
  if (const char* option = OnlySimulated(*arguments)) {
    return std::string(option) + " beside --real: it concerns simulated runs alone";
  }
  if (arguments->seed_range && arguments->last_seed - arguments->first_seed >= kMostRealSeeds) {
    return "--seeds: with --real at most " + std::to_string(kMostRealSeeds);
  }
  if (!real.settle_text.empty()) {
    const sim::Parsed<Duration> settle = sim::ParseDuration(real.settle_text);
    if (!settle.ok()) return "--settle: " + settle.error().message;
    real.settle = settle.value();
  }
  const sim::Parsed<uint64_t> seeds = sim::ParseUnsigned(real.simulated_seeds_text);
  if (!seeds.ok()) return "--simulated-seeds: " + seeds.error().message;
  if (seeds.value() == 0 || seeds.value() > kMostSimulatedSeeds) {
    return "--simulated-seeds: expected 1 to " + std::to_string(kMostSimulatedSeeds);
  }
  real.simulated_seeds = seeds.value();
  return {};
}

}  // namespace gossamer::tool
