// Points in time and lengths of time, as distinct types over integer microseconds.
//
// Instant is monotonic time since the host's own epoch; WallTime is Unix time. Neither converts
// into the other: a host samples both once per input (Now), and only the code that reads or writes
// wall time uses `wall`. Thread safety: values. Errors: none; sums of more than 292 000 years
// overflow and are programmer errors.
#ifndef GOSSAMER_CORE_BASE_TIME_H_
#define GOSSAMER_CORE_BASE_TIME_H_

#include <compare>
#include <cstdint>
#include <limits>

namespace gossamer {

// A signed length of time.
struct Duration {
  int64_t us = 0;

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator+(Duration other) const { return {us + other.us}; }
  constexpr Duration operator-(Duration other) const { return {us - other.us}; }
  constexpr Duration operator-() const { return {-us}; }
  constexpr Duration operator*(int64_t factor) const { return {us * factor}; }
  constexpr Duration operator/(int64_t divisor) const { return {us / divisor}; }
  constexpr Duration& operator+=(Duration other) {
    us += other.us;
    return *this;
  }
  // Whole milliseconds, rounded towards zero.
  constexpr int64_t ms() const { return us / 1000; }
};

constexpr Duration Micros(int64_t n) { return {n}; }
constexpr Duration Millis(int64_t n) { return {n * 1000}; }
constexpr Duration Seconds(int64_t n) { return {n * 1000000}; }

// A point of the host's monotonic clock. Zero is wherever the host put it; the core never assumes
// it is the start.
struct Instant {
  int64_t us = 0;

  constexpr auto operator<=>(const Instant&) const = default;
  constexpr Instant operator+(Duration d) const { return {us + d.us}; }
  constexpr Instant operator-(Duration d) const { return {us - d.us}; }
  constexpr Duration operator-(Instant other) const { return {us - other.us}; }
};

inline constexpr Instant kNever{std::numeric_limits<int64_t>::max()};

// A point of wall-clock time: microseconds since 1970-01-01 UTC. May jump either way between two
// inputs.
struct WallTime {
  int64_t us = 0;

  constexpr auto operator<=>(const WallTime&) const = default;
  constexpr WallTime operator+(Duration d) const { return {us + d.us}; }
  constexpr Duration operator-(WallTime other) const { return {us - other.us}; }
  constexpr int64_t ms() const { return us / 1000; }
};

// Both clocks, sampled once per input by the host. INVARIANT: `mono` never falls from one input to
// the next.
struct Now {
  Instant mono;
  WallTime wall;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_BASE_TIME_H_
