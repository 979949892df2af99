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
  // The node's life is there from its start; else from a snapshot on.
  bool from_start = true;
  // The segment before was given and could not be used: why.
  std::string unused_segment;
  // The first input that had other effects, its number from 1 (0: the start) and the effects here.
  std::optional<uint64_t> difference;
  std::string difference_input;
  std::vector<std::string> difference_effects;
};

// Lines about what happens, with the time since the log's begin.
using ReplayLines = std::function<void(Duration since, const std::string& line)>;

// The log in `segment`, after the one in `previous`, which may be empty. Where the one goes over
// into the other the node must be in the state that the snapshot says. Nothing, with one line in
// *error, if `segment` is no log. `events`, if given, is told of every event of the node.
std::optional<ReplayedNode> ReplayNode(std::string_view previous, std::string_view segment,
                                       const ReplayLines& events, std::string* error);

}  // namespace gossamer

#endif  // GOSSAMER_TOOLS_INPUT_LOG_INPUT_REPLAY_H_
