#include "sim/scenario/units.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/strings.h"

namespace gossamer::sim {
namespace {

struct Unit {
  std::string_view name;
  int64_t size;
};

constexpr std::array<Unit, 6> kTimeUnits = {{{"d", 86'400'000'000},
                                             {"h", 3'600'000'000},
                                             {"m", 60'000'000},
                                             {"s", 1'000'000},
                                             {"ms", 1'000},
                                             {"us", 1}}};
constexpr std::array<Unit, 9> kSizeUnits = {{{"B", 1},
                                             {"kB", 1'000},
                                             {"KB", 1'000},
                                             {"MB", 1'000'000},
                                             {"GB", 1'000'000'000},
                                             {"TB", 1'000'000'000'000},
                                             {"KiB", 1 << 10},
                                             {"MiB", 1 << 20},
                                             {"GiB", 1 << 30}}};
constexpr std::array<Unit, 5> kBitUnits = {
    {{"bit", 1}, {"kbit", 1'000}, {"Kbit", 1'000}, {"Mbit", 1'000'000}, {"Gbit", 1'000'000'000}}};

constexpr int64_t kMaxDuration = 1000 * 86'400'000'000;
constexpr int64_t kMaxSize = int64_t{1} << 50;
constexpr std::string_view kDurationHelp =
    "write a number with us, ms, s, m, h or d, such as 15s or 1m30s";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// digits[.digits], cut from the front of a text.
struct Number {
  std::string_view whole;
  std::string_view fraction;
  std::string_view text;
  bool empty() const { return text.empty(); }
  bool looks_octal() const { return whole.size() > 1 && whole.front() == '0'; }
};

size_t Digits(std::string_view text) {
  return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin());
}

Number TakeNumber(std::string_view* text) {
  Number number;
  const size_t whole = Digits(*text);
  if (whole == 0) return number;
  size_t used = whole;
  number.whole = text->substr(0, whole);
  if (text->size() > whole + 1 && (*text)[whole] == '.') {
    const size_t fraction = Digits(text->substr(whole + 1));
    if (fraction > 0) {
      number.fraction = text->substr(whole + 1, fraction);
      used += 1 + fraction;
    }
  }
  number.text = text->substr(0, used);
  text->remove_prefix(used);
  return number;
}

// number * unit, if it is a whole number and at most `max`.
std::optional<int64_t> Scaled(const Number& number, int64_t unit, int64_t max) {
  uint64_t whole = 0;
  if (!ParseU64(number.whole, &whole) || whole > static_cast<uint64_t>(max / unit))
    return std::nullopt;
  int64_t result = static_cast<int64_t>(whole) * unit;
  std::string_view fraction = number.fraction;
  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  for (const char digit : fraction) {
    if (unit % 10 != 0) return std::nullopt;
    unit /= 10;
    result += (digit - '0') * unit;
  }
  if (result > max) return std::nullopt;
  return result;
}

UnitError Octal(std::string_view text) {
  return {"number " + Quoted(text) + " has a leading zero, which looks octal",
          "write it without the zero"};
}

template <size_t N>
const Unit* FindUnit(const std::array<Unit, N>& units, std::string_view name) {
  const auto unit = std::find_if(units.begin(), units.end(),
                                 [&](const Unit& candidate) { return candidate.name == name; });
  return unit == units.end() ? nullptr : &*unit;
}

void SkipOneBlank(std::string_view* text) {
  if (text->size() > 1 && text->front() == ' ') text->remove_prefix(1);
}

UnitError UnknownTimeUnit(std::string_view text, std::string_view number, std::string_view unit) {
  if (unit.empty()) {
    return {"duration " + Quoted(text) + " has no unit",
            "write " + std::string(number) + "s for seconds, or us, ms, m, h, d"};
  }
  struct Synonym {
    std::string_view wrong;
    std::string_view right;
  };
  constexpr Synonym kSynonyms[] = {
      {"sec", "s"},  {"secs", "s"},   {"second", "s"},  {"seconds", "s"}, {"min", "m"},
      {"mins", "m"}, {"minute", "m"}, {"minutes", "m"}, {"hour", "h"},    {"hours", "h"},
      {"day", "d"},  {"days", "d"},   {"msec", "ms"},   {"usec", "us"},   {"µs", "us"},
      {"S", "s"},    {"M", "m"},      {"H", "h"}};
  for (const Synonym& synonym : kSynonyms) {
    if (synonym.wrong == unit) {
      return {"duration " + Quoted(text) + " has the unknown unit " + Quoted(unit),
              "write " + std::string(number) + std::string(synonym.right)};
    }
  }
  return {"duration " + Quoted(text) + " has the unknown unit " + Quoted(unit),
          std::string(kDurationHelp)};
}

// A text that is no number with a unit: bits, sizes and rates share the message.
UnitError NotA(std::string_view what, std::string_view text, std::string_view help) {
  return {Quoted(text) + " is not a " + std::string(what), std::string(help)};
}

constexpr std::string_view kSizeHelp =
    "write a number with B, kB, MB, GB, KiB, MiB or GiB, such as 64KiB";
constexpr std::string_view kRateHelp = "write bits as 100Mbit or 1Gbit, bytes as 10MB/s or 64KiB/s";

template <size_t N>
Parsed<uint64_t> ParseScaled(std::string_view what, std::string_view text, std::string_view rest,
                             const std::array<Unit, N>& units, std::string_view help) {
  const Number number = TakeNumber(&rest);
  if (number.empty()) return NotA(what, text, help);
  if (number.looks_octal()) return Octal(text);
  SkipOneBlank(&rest);
  if (rest.empty())
    return UnitError{std::string(what) + " " + Quoted(text) + " has no unit", std::string(help)};
  const Unit* unit = FindUnit(units, rest);
  if (unit == nullptr) {
    return UnitError{
        std::string(what) + " " + Quoted(text) + " has the unknown unit " + Quoted(rest),
        std::string(help)};
  }
  const std::optional<int64_t> value = Scaled(number, unit->size, kMaxSize);
  if (!value) {
    return UnitError{std::string(what) + " " + Quoted(text) + " is too large or not a whole number",
                     ""};
  }
  return static_cast<uint64_t>(*value);
}

// tc and what is built on it read "mbps" as megabytes, people read megabits.
bool IsAmbiguousRate(std::string_view unit) {
  const std::string lower = Lower(unit);
  for (const std::string_view tail : {"bps", "ibps"}) {
    if (lower.size() <= tail.size() + 1 && lower.ends_with(tail)) return true;
  }
  return unit.ends_with("b/s");
}

}  // namespace

std::string Quoted(std::string_view text) {
  constexpr size_t kMax = 60;
  if (text.size() <= kMax) return "'" + std::string(text) + "'";
  return "'" + std::string(text.substr(0, kMax)) + "...'";
}

Parsed<Duration> ParseDuration(std::string_view text) {
  if (text.starts_with("-")) return UnitError{"duration " + Quoted(text) + " is negative", ""};
  std::string_view rest = text;
  int64_t total = 0;
  const Unit* last = nullptr;
  do {
    const Number number = TakeNumber(&rest);
    if (number.empty()) return NotA("duration", text, kDurationHelp);
    if (number.looks_octal()) return Octal(text);
    SkipOneBlank(&rest);
    const size_t letters =
        static_cast<size_t>(std::find_if(rest.begin(), rest.end(), IsDigit) - rest.begin());
    const std::string_view name = rest.substr(0, letters);
    const Unit* unit = FindUnit(kTimeUnits, name);
    if (unit == nullptr) return UnknownTimeUnit(text, number.text, name);
    if (last != nullptr && unit->size >= last->size) {
      return UnitError{"duration " + Quoted(text) + " has its units out of order",
                       "the largest comes first, each once: 1h30m15s"};
    }
    const std::optional<int64_t> part = Scaled(number, unit->size, kMaxDuration - total);
    if (!part) {
      return UnitError{"duration " + Quoted(text) +
                           " is not a whole number of microseconds between 0 and 1000 days",
                       ""};
    }
    total += *part;
    last = unit;
    rest.remove_prefix(letters);
  } while (!rest.empty());
  return Micros(total);
}

Parsed<Duration> ParseOffset(std::string_view text) {
  const bool negative = text.starts_with("-");
  const std::string_view rest = negative || text.starts_with("+") ? text.substr(1) : text;
  const Parsed<Duration> length = ParseDuration(rest);
  if (!length.ok()) return length.error();
  return negative ? -length.value() : length.value();
}

Parsed<Ppm> ParseShare(std::string_view text) {
  constexpr std::string_view kHelp = "write 5% or the ratio 0.05";
  constexpr int64_t kWhole = 1'000'000;
  std::string_view rest = text;
  if (text.starts_with("-")) return UnitError{"share " + Quoted(text) + " is negative", ""};
  const Number number = TakeNumber(&rest);
  if (number.empty()) return NotA("share", text, kHelp);
  if (number.looks_octal()) return Octal(text);
  if (rest.size() == 2 && rest.front() == ' ') rest.remove_prefix(1);
  if (rest.empty() && number.fraction.empty() && number.whole != "0") {
    return UnitError{"share " + Quoted(text) + " is ambiguous: a percentage or a ratio?",
                     "write " + std::string(number.text) + "%, or a ratio such as 0.05"};
  }
  if (!rest.empty() && rest != "%") return NotA("share", text, kHelp);
  const int64_t unit = rest.empty() ? kWhole : kWhole / 100;
  const std::optional<int64_t> value = Scaled(number, unit, INT64_MAX);
  if (!value) {
    return UnitError{"share " + Quoted(text) + " is finer than one in a million", ""};
  }
  if (*value > kWhole) return UnitError{"share " + Quoted(text) + " is above 100%", ""};
  return Ppm{static_cast<uint32_t>(*value)};
}

Parsed<uint64_t> ParseSize(std::string_view text) {
  return ParseScaled("size", text, text, kSizeUnits, kSizeHelp);
}

Parsed<uint64_t> ParseRate(std::string_view text) {
  std::string_view rest = text;
  const Number number = TakeNumber(&rest);
  if (number.empty()) return NotA("rate", text, kRateHelp);
  SkipOneBlank(&rest);
  if (IsAmbiguousRate(rest)) {
    return UnitError{"rate " + Quoted(text) + " is ambiguous: bits or bytes?",
                     std::string(kRateHelp)};
  }
  if (FindUnit(kSizeUnits, rest) != nullptr) {
    return UnitError{"rate " + Quoted(text) + " is a size, not a rate",
                     "write " + std::string(text) + "/s"};
  }
  if (rest.ends_with("bit/s")) text.remove_suffix(2);
  if (text.ends_with("bit")) {
    const Parsed<uint64_t> bits = ParseScaled("rate", text, text, kBitUnits, kRateHelp);
    if (!bits.ok()) return bits.error();
    if (bits.value() % 8 != 0) {
      return UnitError{"rate " + Quoted(text) + " is not a whole number of bytes per second", ""};
    }
    return bits.value() / 8;
  }
  if (rest.ends_with("/s")) {
    return ParseScaled("rate", text, text.substr(0, text.size() - 2), kSizeUnits, kRateHelp);
  }
  return ParseScaled("rate", text, text, kBitUnits, kRateHelp);
}

Parsed<uint64_t> ParseUnsigned(std::string_view text) {
  uint64_t value = 0;
  if (text.empty() || Digits(text) != text.size()) return NotA("whole number", text, "");
  if (text.size() > 1 && text.front() == '0') return Octal(text);
  if (!ParseU64(text, &value)) {
    return UnitError{"number " + Quoted(text) + " is above 18446744073709551615", ""};
  }
  return value;
}

Parsed<int64_t> ParseInteger(std::string_view text) {
  const bool negative = text.starts_with("-");
  const Parsed<uint64_t> magnitude = ParseUnsigned(negative ? text.substr(1) : text);
  if (!magnitude.ok()) {
    return negative ? NotA("whole number", text, "") : magnitude.error();
  }
  if (magnitude.value() > static_cast<uint64_t>(INT64_MAX)) {
    return UnitError{"number " + Quoted(text) + " is out of range", ""};
  }
  const auto value = static_cast<int64_t>(magnitude.value());
  return negative ? -value : value;
}

Parsed<bool> ParseBoolean(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  const std::string lower = Lower(text);
  for (const std::string_view yes : {"yes", "on", "y", "true", "1"}) {
    if (lower == yes) return UnitError{Quoted(text) + " is not true or false", "write true"};
  }
  for (const std::string_view no : {"no", "off", "n", "false", "0"}) {
    if (lower == no) return UnitError{Quoted(text) + " is not true or false", "write false"};
  }
  return UnitError{Quoted(text) + " is not true or false", ""};
}

Parsed<uint32_t> ParseFactor(std::string_view text) {
  std::string_view rest = text;
  const Number number = TakeNumber(&rest);
  if (number.empty() || !rest.empty())
    return NotA("factor", text, "write a number such as 2 or 1.5");
  if (number.looks_octal()) return Octal(text);
  const std::optional<int64_t> value = Scaled(number, 100, 1'000'000);
  if (!value || *value == 0) {
    return UnitError{"factor " + Quoted(text) + " is not between 0.01 and 10000 in steps of 0.01",
                     ""};
  }
  return static_cast<uint32_t>(*value);
}

namespace {

// value / 10^digits without trailing zeros: Decimal(25500000, 6) is "25.5".
std::string Decimal(uint64_t value, size_t digits) {
  uint64_t scale = 1;
  for (size_t i = 0; i < digits; ++i) scale *= 10;
  std::string fraction = std::to_string(scale + value % scale).substr(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  return std::to_string(value / scale) + (fraction.empty() ? "" : "." + fraction);
}

}  // namespace

std::string FormatDuration(Duration duration) {
  if (duration.us == 0) return "0s";
  std::string out = duration.us < 0 ? "-" : "";
  // Not negated as a signed number: the lowest one has no positive twin.
  uint64_t rest =
      duration.us < 0 ? 0 - static_cast<uint64_t>(duration.us) : static_cast<uint64_t>(duration.us);
  // Under an hour plain seconds read best beside the times of a timeline.
  if (rest >= 3'600'000'000) {
    for (const std::string_view name : {"d", "h", "m"}) {
      const auto size = static_cast<uint64_t>(FindUnit(kTimeUnits, name)->size);
      if (rest >= size) out += std::to_string(rest / size) + std::string(name);
      rest %= size;
    }
    return rest == 0 ? out : out + Decimal(rest, 6) + "s";
  }
  if (rest >= 1'000'000) return out + Decimal(rest, 6) + "s";
  if (rest >= 1'000) return out + Decimal(rest, 3) + "ms";
  return out + std::to_string(rest) + "us";
}

std::string FormatShare(Ppm share) { return Decimal(share.value, 4) + "%"; }

std::string FormatRate(uint64_t bytes_per_s) {
  for (const std::string_view name : {"GB", "MB", "kB"}) {
    const auto size = static_cast<uint64_t>(FindUnit(kSizeUnits, name)->size);
    if (bytes_per_s >= size && bytes_per_s % size == 0) {
      return std::to_string(bytes_per_s / size) + std::string(name) + "/s";
    }
  }
  return std::to_string(bytes_per_s) + "B/s";
}

}  // namespace gossamer::sim
