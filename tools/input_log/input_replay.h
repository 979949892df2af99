// Runs the node of an input log again, input by input, and compares what follows from each.
//
// SOURCE: architecture section 3: equal inputs give equal effects, in whatever host. The log's
// bytes are not trusted.
#ifndef GOSSAMER_TOOLS_INPUT_LOG_INPUT_REPLAY_H_
#define GOSSAMER_TOOLS_INPUT_LOG_INPUT_REPLAY_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"

namespace gossamer {

struct ReplayedNode {
  std::string program;  // who wrote the log
  std::string rules;
  std::string name;  // the node's, at the end
  uint64_t inputs = 0;
  uint64_t messages = 0;
  Instant begin;
  Instant end;
  bool complete = true;  // the log ends between two inputs
  // The first input that had other effects, its number from 1 (0: the start) and the effects here.
  std::optional<uint64_t> difference;
  std::string difference_input;
  std::vector<std::string> difference_effects;
};

// Lines about what happens, with the time since the log's begin.
using ReplayLines = std::function<void(Duration since, const std::string& line)>;

// The log in `bytes`. Nothing, with one line in *error, if it is none. `events`, if given, is told
// of every event of the node.
std::optional<ReplayedNode> ReplayNode(std::string_view bytes, const ReplayLines& events,
                                       std::string* error);

}  // namespace gossamer

#endif  // GOSSAMER_TOOLS_INPUT_LOG_INPUT_REPLAY_H_
