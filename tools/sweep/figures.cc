#include "tools/sweep/figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "sim/report/phases.h"

namespace gossamer::tool {
namespace {

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

ValueUnit UnitOf(std::string_view name) {
  if (EndsWith(name, "_us")) return ValueUnit::kSeconds;
  if (Has(name, "percent")) return ValueUnit::kPercent;
  return Has(name, "_per_s") ? ValueUnit::kRate : ValueUnit::kCount;
}

std::string_view WithoutUnit(std::string_view name) {
  return EndsWith(name, "_us") ? name.substr(0, name.size() - 3) : name;
}

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

std::string KeyOf(const sim::Phase& phase) {
  return phase.key == "slots_covered" ? "covered_us" : std::string(phase.key) + "_us";
}

// Of several incidents the longest; nothing when one lacks it.
std::optional<int64_t> WorstOf(const sim::Phase& phase, const sim::RunReport& report) {
  std::optional<int64_t> worst;
  for (const sim::IncidentTimes& incident : report.incidents) {
    if (sim::Lacks(phase, incident)) return std::nullopt;
    const auto value = phase.of_incident(incident);
    if (value) worst = std::max(worst.value_or(0), value->us);
  }
  return worst;
}

constexpr std::array<const char*, 6> kOtherNames = {"messages_per_s_node", "bytes_per_s_node",
                                                    "cpu_percent_node",    "false_pfails",
                                                    "false_fails",         "elections"};

template <typename Range>
double Sum(const Range& values) {
  return static_cast<double>(std::accumulate(values.begin(), values.end(), uint64_t{0}));
}

int64_t Millionths(double value) { return std::llround(value * kMillionthsPerUnit); }

}  // namespace

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
    case ValueUnit::kSeconds:
      return "s";
    case ValueUnit::kPercent:
      return "%";
    case ValueUnit::kRate:
      return Has(first, "bytes") ? "bytes/s" : Has(first, "messages") ? "messages/s" : "/s";
    case ValueUnit::kCount:
      break;
  }
  return "";
}

std::string SweepFigure::Number(double value) const {
  const double shown = value / kMillionthsPerUnit;
  const bool whole = std::abs(shown - std::round(shown)) < 1e-9;
  int decimals = 3;
  if (unit == ValueUnit::kRate && std::abs(shown) >= 10) decimals = std::abs(shown) < 1000 ? 1 : 0;
  if (unit == ValueUnit::kCount) decimals = whole ? 0 : 1;
  char text[64];
  std::snprintf(text, sizeof(text), "%.*f", decimals, shown);
  // No "-0.000".
  if (std::string_view(text).find_first_not_of("-0.") == std::string_view::npos) {
    std::snprintf(text, sizeof(text), "%.*f", decimals, 0.0);
  }
  return text;
}

std::optional<SweepFigure> ResolveFigure(std::string_view text,
                                         const std::vector<std::string>& known,
                                         std::string* error) {
  const size_t minus = text.find('-');
  SweepFigure figure;
  figure.text = std::string(text);
  const std::string_view first = text.substr(0, minus);
  figure.first = Resolve(first, known);
  if (figure.first.empty()) {
    *error = Unknown(first, known);
    return std::nullopt;
  }
  figure.unit = UnitOf(figure.first);
  if (minus == std::string_view::npos) return figure;
  const std::string_view subtracted = text.substr(minus + 1);
  figure.subtracted = Resolve(subtracted, known);
  if (figure.subtracted.empty()) {
    *error = Unknown(subtracted, known);
    return std::nullopt;
  }
  if (UnitOf(figure.subtracted) != figure.unit) {
    *error = "'" + figure.text + "' is a difference of two units, expected one unit";
    return std::nullopt;
  }
  return figure;
}

FigureValues ValuesOf(const sim::RunReport& report) {
  FigureValues out;
  for (const sim::Phase& phase : sim::Phases()) {
    if (phase.of_incident == nullptr) continue;
    if (const auto value = WorstOf(phase, report)) out[KeyOf(phase)] = *value;
  }
  const double node_seconds = static_cast<double>(report.scenario.node_count()) *
                              static_cast<double>(report.virtual_us()) / 1e6;
  if (node_seconds > 0) {
    out["messages_per_s_node"] = Millionths(Sum(report.result.traffic.messages) / node_seconds);
    out["bytes_per_s_node"] = Millionths(Sum(report.result.traffic.bytes) / node_seconds);
  }
  if (node_seconds > 0 && !report.load.cpu.empty()) {
    double busy_us = 0;
    for (const sim::NodeCpu& node : report.load.cpu) busy_us += static_cast<double>(node.busy_us);
    out["cpu_percent_node"] = Millionths(100 * busy_us / 1e6 / node_seconds);
  }
  out["false_pfails"] = Millionths(static_cast<double>(report.false_pfails));
  out["false_fails"] = Millionths(static_cast<double>(report.false_fails));
  out["elections"] = Millionths(static_cast<double>(report.elections.started));
  return out;
}

const std::vector<std::string>& FigureNames() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const sim::Phase& phase : sim::Phases()) {
      if (phase.of_incident != nullptr) names.push_back(KeyOf(phase));
    }
    names.insert(names.end(), kOtherNames.begin(), kOtherNames.end());
    return names;
  }();
  return kNames;
}

}  // namespace gossamer::tool
