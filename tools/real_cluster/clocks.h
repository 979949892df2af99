// The two clocks of this machine, and waiting.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_CLOCKS_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_CLOCKS_H_

#include <chrono>
#include <thread>

#include "core/base/time.h"

namespace gossamer::real {

inline Instant MonotonicNow() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(now).count()};
}

// What servers stamp their log lines with.
inline WallTime WallNow() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(now).count()};
}

// As a log line says it.
inline WallTime InMillis(WallTime time) { return {time.us / 1000 * 1000}; }

inline void SleepFor(Duration length) {
  if (length.us > 0) std::this_thread::sleep_for(std::chrono::microseconds(length.us));
}

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_CLOCKS_H_
