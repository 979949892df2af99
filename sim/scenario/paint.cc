#include "sim/scenario/paint.h"

namespace gossamer::sim {
namespace {

std::string_view CodeOf(Tone tone) {
  switch (tone) {
    case Tone::kTitle:
      return "\x1b[1m";
    case Tone::kGood:
      return "\x1b[1;32m";
    case Tone::kBad:
      return "\x1b[1;31m";
    case Tone::kDoubt:
      return "\x1b[1;33m";
    case Tone::kNote:
      return "\x1b[1;36m";
    case Tone::kBar:
      break;
  }
  return "\x1b[36m";
}

}  // namespace

std::string Paint::operator()(Tone tone, std::string_view text) const {
  if (!on_ || text.empty()) return std::string(text);
  return std::string(CodeOf(tone)) + std::string(text) + "\x1b[0m";
}

std::string Paint::First(Tone tone, std::string_view part, std::string text) const {
  const size_t at = on_ ? text.find(part) : std::string::npos;
  if (at != std::string::npos) text.replace(at, part.size(), (*this)(tone, part));
  return text;
}

}  // namespace gossamer::sim
