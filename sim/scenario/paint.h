// Paint: the few colours in which a terminal shows text, the same in reports, messages and help.
//
// Painted text has escape sequences in it and is wider in bytes than on the screen: lay lines out
// first, paint them then. Thread safety: values.
#ifndef GOSSAMER_SIM_SCENARIO_PAINT_H_
#define GOSSAMER_SIM_SCENARIO_PAINT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace gossamer::sim {

enum class Tone : uint8_t { kTitle, kGood, kBad, kDoubt, kNote, kBar };

class Paint {
 public:
  // Off: all text stays as it is.
  explicit Paint(bool on = false) : on_(on) {}
  std::string operator()(Tone tone, std::string_view text) const;
  // `text` with the first `part` in it painted.
  std::string First(Tone tone, std::string_view part, std::string text) const;
  bool on() const { return on_; }

 private:
  bool on_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_PAINT_H_
