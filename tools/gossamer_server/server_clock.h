// The clocks of a running server. SOURCE: architecture section 3.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_SERVER_CLOCK_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_SERVER_CLOCK_H_

#include <chrono>

#include "core/base/time.h"

namespace gossamer::server {

// Both clocks at one moment. Monotonic time counts from an arbitrary point in the past.
inline Now SampleClocks() {
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  const auto mono = std::chrono::steady_clock::now().time_since_epoch();
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return {Instant{duration_cast<microseconds>(mono).count()},
          WallTime{duration_cast<microseconds>(wall).count()}};
}

// The moment of steady_clock at which `at` comes.
inline std::chrono::steady_clock::time_point TimePointOf(Instant at) {
  return std::chrono::steady_clock::time_point(std::chrono::microseconds(at.us));
}

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_SERVER_CLOCK_H_
