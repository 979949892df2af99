// Units: the numbers of the scenario language, each with its unit, read strictly and without
// floating point.
//
// Every parser takes the text of one scalar, reads all of it, and returns the value or says what is
// wrong. Numbers that look octal (leading zero) are refused everywhere. Thread safety: pure
// functions.
#ifndef GOSSAMER_SIM_SCENARIO_UNITS_H_
#define GOSSAMER_SIM_SCENARIO_UNITS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/time.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

// What is wrong with a text, and what to write instead (may be empty).
struct UnitError {
  std::string message;
  std::string help;
};

template <class T>
class Parsed {
 public:
  Parsed(T value) : value_(std::move(value)) {}          // NOLINT(google-explicit-constructor)
  Parsed(UnitError error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)
  bool ok() const { return value_.has_value(); }
  // REQUIRES: ok().
  const T& value() const { return *value_; }
  // REQUIRES: not ok().
  const UnitError& error() const { return error_; }

 private:
  std::optional<T> value_;
  UnitError error_;
};

// "300us", "200ms", "1.5s", "1m30s", "2h", "1d": units falling, each at most once; the unit is
// mandatory, also for zero. At most 1000 days, never negative, in whole microseconds.
Parsed<Duration> ParseDuration(std::string_view text);
// The same with an optional sign: "-2s", "+500ms".
Parsed<Duration> ParseOffset(std::string_view text);
// "5%", "0.5%" or the ratio "0.05"; within 0 and 1, in whole parts per million. A bare "5" or "1"
// is ambiguous.
Parsed<Ppm> ParseShare(std::string_view text);
// "512B", "64KiB", "10MB": bytes.
Parsed<uint64_t> ParseSize(std::string_view text);
// "100Mbit", "1Gbit", "10MB/s", "64KiB/s": bytes per second. "mbps" and its kin are refused: some
// read bits, some bytes.
Parsed<uint64_t> ParseRate(std::string_view text);
// Decimal integer: no sign but '-', no leading zero, no other base, no separators.
Parsed<int64_t> ParseInteger(std::string_view text);
Parsed<uint64_t> ParseUnsigned(std::string_view text);
// "true" or "false".
Parsed<bool> ParseBoolean(std::string_view text);
// A factor with at most two decimals, in percent: "2" is 200, "1.5" is 150.
Parsed<uint32_t> ParseFactor(std::string_view text);

// A text in single quotes, cut when it is long, for messages.
std::string Quoted(std::string_view text);

// Exact forms, readable by the parsers above: "90s", "2.5ms", "1h30m", "0s"; "10%", "0.05%";
// "10MB/s".
std::string FormatDuration(Duration duration);
std::string FormatShare(Ppm share);
std::string FormatRate(uint64_t bytes_per_s);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_UNITS_H_
