#include "tools/sweep/figures.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace gossamer::tool {
namespace {

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

FigureUnit UnitOf(std::string_view name) {
  if (EndsWith(name, "_us")) return FigureUnit::kMicros;
  if (Has(name, "percent")) return FigureUnit::kPercent;
  return Has(name, "_per_s") ? FigureUnit::kRate : FigureUnit::kCount;
}

}  // namespace

std::string_view WithoutUnit(std::string_view name) {
  return EndsWith(name, "_us") ? name.substr(0, name.size() - 3) : name;
}

namespace {

// The name in `known` that `text` means; empty when it means none.
std::string Resolve(std::string_view text, const std::vector<std::string>& known) {
  // Reports call it slots_covered.
  const std::string word(text == "slots_covered" ? "covered" : text);
  for (const std::string& name : {std::string(text), word, word + "_us"}) {
    if (std::find(known.begin(), known.end(), name) != known.end()) return name;
  }
  return "";
}

std::string Unknown(std::string_view text, const std::vector<std::string>& known) {
  std::vector<std::string> names;
  for (const std::string& name : known) names.emplace_back(WithoutUnit(name));
  return "unknown figure '" + std::string(text) + "'" + NearestOf(text, names);
}

void Replace(std::string* text, std::string_view what, std::string_view with) {
  for (size_t at = text->find(what); at != std::string::npos; at = text->find(what, at)) {
    text->replace(at, what.size(), with);
    at += with.size();
  }
}

// "first PFAIL" for first_pfail_us.
std::string TitleOf(std::string_view name) {
  std::string out(WithoutUnit(name));
  for (const auto& [what, with] : {std::pair<std::string_view, std::string_view>{"_", " "},
                                   {"pfail", "PFAIL"},
                                   {" fail", " FAIL"},
                                   {" per s node", " per node"},
                                   {"cpu percent node", "CPU of a node"}}) {
    Replace(&out, what, with);
  }
  return out;
}

}  // namespace

int DecimalsOfSeconds(double seconds) { return seconds != 0 && std::abs(seconds) < 0.01 ? 6 : 3; }

std::optional<int64_t> SweepFigure::ValueIn(const FigureValues& values) const {
  const auto value = values.find(first);
  if (value == values.end()) return std::nullopt;
  if (subtracted.empty()) return value->second;
  const auto less = values.find(subtracted);
  if (less == values.end()) return std::nullopt;
  return value->second - less->second;
}

std::string SweepFigure::Title() const {
  return subtracted.empty() ? TitleOf(first) : TitleOf(first) + " \u2212 " + TitleOf(subtracted);
}

std::string SweepFigure::UnitText() const {
  switch (unit) {
    case FigureUnit::kMicros:
      return "s";
    case FigureUnit::kPercent:
      return "%";
    case FigureUnit::kRate:
      return Has(first, "bytes") ? "bytes/s" : Has(first, "messages") ? "messages/s" : "/s";
    case FigureUnit::kCount:
      break;
  }
  return "";
}

std::string SweepFigure::Number(double value) const {
  const double shown = value / kMillionthsPerUnit;
  const bool whole = std::abs(shown - std::round(shown)) < 1e-9;
  int decimals = unit == FigureUnit::kMicros ? DecimalsOfSeconds(shown) : 3;
  if (unit == FigureUnit::kRate && std::abs(shown) >= 10) decimals = std::abs(shown) < 1000 ? 1 : 0;
  if (unit == FigureUnit::kCount) decimals = whole ? 0 : 1;
  char digits[64];
  std::snprintf(digits, sizeof(digits), "%.*f", decimals, shown);
  // No "-0.000".
  if (std::string_view(digits).find_first_not_of("-0.") == std::string_view::npos) {
    std::snprintf(digits, sizeof(digits), "%.*f", decimals, 0.0);
  }
  return digits;
}

std::optional<SweepFigure> ResolveFigure(std::string_view text,
                                         const std::vector<std::string>& known,
                                         std::string* error) {
  const size_t minus = text.find('-');
  SweepFigure figure;
  const std::string_view first = text.substr(0, minus);
  figure.first = Resolve(first, known);
  if (figure.first.empty()) {
    *error = Unknown(first, known);
    return std::nullopt;
  }
  figure.unit = UnitOf(figure.first);
  figure.text = WithoutUnit(figure.first);
  if (minus == std::string_view::npos) return figure;
  const std::string_view subtracted = text.substr(minus + 1);
  figure.subtracted = Resolve(subtracted, known);
  if (figure.subtracted.empty()) {
    *error = Unknown(subtracted, known);
    return std::nullopt;
  }
  figure.text += "-" + std::string(WithoutUnit(figure.subtracted));
  if (UnitOf(figure.subtracted) != figure.unit) {
    *error = "'" + figure.text + "' is a difference of two units, expected one unit";
    return std::nullopt;
  }
  return figure;
}

}  // namespace gossamer::tool
