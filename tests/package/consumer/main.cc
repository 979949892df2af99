// Runs a scenario file through the installed libraries and prints the run's digest.
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/world.h"
#include "sim/scenario/loader.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream file(argv[1]);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<gossamer::sim::Diagnostic> diagnostics;
  const std::optional<gossamer::sim::Scenario> scenario =
      gossamer::sim::LoadScenario(text, argv[1], &diagnostics);
  if (!scenario) return 2;
  gossamer::sim::RunOptions options;
  options.seed = 1;
  gossamer::sim::World world(*scenario, options, {});
  const gossamer::Digest digest = world.Run().digest;
  std::printf("%016" PRIx64 "%016" PRIx64 "\n", digest.high(), digest.low());
}
