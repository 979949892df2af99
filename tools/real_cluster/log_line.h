// LogLine: what a line of a server's log says about failures, elections and the cluster's state.
//
// Knows the lines of Redis 7, of Valkey 7.2 to 9 and of gossamer-server, which stamp them with
// milliseconds of the local time; the cluster runs its servers in UTC. Untrusted bytes: every
// line is bounded, what is not understood is nothing. SOURCE: logs of redis-server 7.0.15 and of
// gossamer-server; Valkey puts a node's name in parentheses behind its id. Thread safety: pure
// functions.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_LOG_LINE_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_LOG_LINE_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/time.h"

namespace gossamer::real {

enum class LogEventKind : uint8_t {
  kPfail,
  kFail,       // this node found the quorum
  kFailTold,   // it heard of it
  kFailClear,  // FAIL was taken back
  kElectionScheduled,
  kElectionStarted,
  kElectionWon,
  kElectionExpired,
  kTakenOver,  // promoted without an election
  kStateOk,
  kStateFail,
};

struct LogEvent {
  WallTime at;
  LogEventKind kind = LogEventKind::kPfail;
  NodeName subject;  // of kPfail to kFailClear; else zero

  friend bool operator==(const LogEvent&, const LogEvent&) = default;
};

// Longer lines say nothing of interest.
inline constexpr size_t kMaxLogLine = 1024;

// Nothing for a line about other things.
std::optional<LogEvent> ParseLogLine(std::string_view line);

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_LOG_LINE_H_
