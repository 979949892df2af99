// Figures of a run by name: its phases, its traffic and its mistakes; and
// differences of two, written "covered-first_fail". Of several incidents each of the two is the
// worst one, so a difference may be of none of them; pfail_to_covered and its like are of one.
//
// A name may leave out its unit ("promoted" for "promoted_us"). Values are millionths of the unit
// that is shown: microseconds for times, which are shown in seconds. Thread safety: values, pure
// functions.
#ifndef GOSSAMER_TOOLS_SWEEP_FIGURES_H_
#define GOSSAMER_TOOLS_SWEEP_FIGURES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/sweep/results.h"

namespace gossamer::tool {

inline constexpr int64_t kMillionths = 1'000'000;

enum class FigureUnit : uint8_t { kMicros, kCount, kRate, kPercent };

// How many are printed: votes take milliseconds.
int DecimalsOfSeconds(double seconds);

// "covered" for "covered_us".
std::string_view WithoutUnit(std::string_view name);

struct SweepFigure {
  std::string text;        // its name, without units: "covered-first_fail"
  std::string first;       // a name of the results
  std::string subtracted;  // empty: no difference
  FigureUnit unit = FigureUnit::kMicros;

  // Nothing when it, or a part of it, did not happen.
  std::optional<int64_t> ValueIn(const FigureValues& values) const;
  // "covered - first PFAIL".
  std::string Title() const;
  // "s", "%", "bytes/s", or empty.
  std::string UnitText() const;
  // "1.234": with as many decimals as its unit deserves.
  std::string Number(double value) const;
};

// Reads a name. Nothing, with *error set to what was wrong and the nearest of `known`.
std::optional<SweepFigure> ResolveFigure(std::string_view text,
                                         const std::vector<std::string>& known, std::string* error);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_SWEEP_FIGURES_H_
