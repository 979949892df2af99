// replay-node: runs the node of a server's input log again and says whether it did the same.
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>

#include "tools/gossamer_sim/commands.h"
#include "tools/gossamer_sim/scenario_file.h"
#include "tools/input_log/input_log.h"
#include "tools/input_log/input_replay.h"

namespace gossamer::tool {
namespace {

using Count = unsigned long long;  // NOLINT(google-runtime-int): what printf takes

double SecondsOf(Duration d) { return static_cast<double>(d.us) / 1e6; }

void PrintDifference(const ReplayedNode& node) {
  std::printf("different from input %llu on (%s, after %.6f s); here it led to\n",
              static_cast<Count>(*node.difference), node.difference_input.c_str(),
              SecondsOf(node.end - node.begin));
  for (const std::string& effect : node.difference_effects) {
    std::printf("  %s\n", effect.c_str());
  }
  if (node.difference_effects.empty()) std::puts("  nothing");
}

}  // namespace

ExitCode ReplayNodeCommand(const Arguments& arguments) {
  const std::string& path = arguments.files.front();
  const std::optional<std::string> bytes = ReadWholeFile(path, kMaxInputLogBytes);
  if (!bytes) return ExitCode::kUsage;
  ReplayLines lines;
  if (arguments.show_events) {
    lines = [](Duration since, const std::string& line) {
      std::printf("%12.6f  %s\n", SecondsOf(since), line.c_str());
    };
  }
  const std::string before = PreviousSegment(path);
  std::optional<std::string> previous = std::string();
  if (std::filesystem::exists(before)) previous = ReadWholeFile(before, kMaxInputLogBytes);
  if (!previous) return ExitCode::kUsage;
  std::string error;
  const std::optional<ReplayedNode> node = ReplayNode(*previous, *bytes, lines, &error);
  if (!node) {
    std::fprintf(stderr, "gossamer-sim: %s: %s\n", path.c_str(), error.c_str());
    return ExitCode::kUsage;
  }
  if (!arguments.quiet) {
    std::printf("%s, recorded by %s, rules %s\n", node->name.c_str(), node->program.c_str(),
                node->rules.c_str());
    if (!node->unused_segment.empty()) {
      std::printf("%s is left out: %s\n", before.c_str(), node->unused_segment.c_str());
    }
  }
  if (node->difference) {
    PrintDifference(*node);
    return ExitCode::kNonDeterminism;
  }
  std::printf("the same: %llu inputs, %llu of them messages, over %.3f s from %s%s\n",
              static_cast<Count>(node->inputs), static_cast<Count>(node->messages),
              SecondsOf(node->end - node->begin), node->from_start ? "the start" : "a snapshot",
              node->complete ? "" : "; there the log breaks off");
  return ExitCode::kPass;
}

}  // namespace gossamer::tool
