#include "tools/sweep/compare.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "core/base/rng.h"
#include "nlohmann/json.hpp"
#include "sim/report/text_format.h"

namespace gossamer::tool {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kDraws = 2000;
constexpr int kCompareSchemaVersion = 1;

double MedianOf(std::vector<int64_t> values) {
  std::sort(values.begin(), values.end());
  return static_cast<double>(sim::TwiceMedian(values)) / 2;
}

FigureComparison CompareFigure(std::span<const RunPair> pairs, const SweepFigure& figure) {
  FigureComparison out;
  out.figure = figure;
  std::vector<int64_t> of_a;
  std::vector<int64_t> of_b;
  std::vector<int64_t> differences;
  for (const RunPair& pair : pairs) {
    const auto a = figure.ValueIn(pair.a);
    const auto b = figure.ValueIn(pair.b);
    if (a && !b) ++out.only_a;
    if (b && !a) ++out.only_b;
    if (!a || !b) continue;
    of_a.push_back(*a);
    of_b.push_back(*b);
    differences.push_back(*b - *a);
    out.equal += *a == *b ? 1 : 0;
    out.smaller += *b < *a ? 1 : 0;
  }
  out.pairs = differences.size();
  if (differences.empty()) return out;
  out.median_a = MedianOf(of_a);
  out.median_b = MedianOf(of_b);
  out.difference = MedianOf(differences);
  Rng rng(1, "compare");
  out.interval = sim::BootstrapMedian(differences, kDraws, &rng);
  out.test = sim::WilcoxonSignedRank(differences);
  return out;
}

std::string PText(double p) {
  if (p < 0.0001) return "<0.0001";
  char text[32];
  std::snprintf(text, sizeof(text), "%.4f", p);
  return text;
}

std::string Signed(const SweepFigure& figure, double value) {
  const std::string text = figure.Number(value);
  return value > 0 && text.find_first_not_of("0.") != std::string::npos ? "+" + text : text;
}

std::string Share(size_t part, size_t whole) {
  return std::to_string((100 * part + whole / 2) / whole) + " %";
}

std::string WithUnit(const SweepFigure& figure, const std::string& number) {
  const std::string unit = figure.UnitText();
  return unit.empty() ? number : number + " " + unit;
}

// "; in 2 more pairs only A has it": of the pairs that cannot be compared.
std::string OneSidedText(const FigureComparison& figure) {
  std::string out;
  const auto add = [&](size_t count, const char* who) {
    if (count > 0) out += "; in " + sim::Plural(count, "pair") + " it happened only in " + who;
  };
  add(figure.only_a, "A");
  add(figure.only_b, "B");
  return out;
}

// The smallest p-value that so many pairs can have: both extremes of 2^n choices of signs.
double SmallestP(const FigureComparison& figure) {
  return std::ldexp(2.0, -static_cast<int>(std::min<size_t>(figure.test.pairs, 1000)));
}

Json FigureJson(const FigureComparison& one) {
  const bool time = one.figure.unit == FigureUnit::kMicros;
  const auto number = [&](double value) {
    if (one.pairs == 0) return Json(nullptr);
    return Json(time ? value : value / kMillionthsPerUnit);
  };
  return {{"figure", one.figure.text},
          {"unit", time ? "us" : one.figure.UnitText()},
          {"pairs", one.pairs},
          {"only_a", one.only_a},
          {"only_b", one.only_b},
          {"equal", one.equal},
          {"b_smaller", one.smaller},
          {"median_a", number(one.median_a)},
          {"median_b", number(one.median_b)},
          {"median_difference", number(one.difference)},
          {"low", number(one.interval.low)},
          {"high", number(one.interval.high)},
          {"p_value", one.test.p_value},
          {"p_exact", one.test.exact},
          {"p_holm", one.adjusted_p},
          {"shown", one.shown()},
          {"verdict", VerdictText(one)}};
}

void Count(std::string_view verdict, NotPassed* out) {
  if (verdict == "fail") ++out->failed;
  if (verdict == "inconclusive") ++out->inconclusive;
}

Json NotPassedJson(const NotPassed& runs) {
  return {{"failed", runs.failed}, {"inconclusive", runs.inconclusive}};
}

// "; of A 2 runs failed, 1 run was inconclusive": what they say of times is to be taken with care.
std::string NotPassedText(const char* who, const NotPassed& runs) {
  if (!runs.any()) return "";
  std::string out;
  if (runs.failed > 0) out += sim::Plural(runs.failed, "run") + " failed";
  if (runs.inconclusive > 0) {
    out += (out.empty() ? "" : ", ") + std::to_string(runs.inconclusive) + " inconclusive";
  }
  return std::string("; of ") + who + " " + out;
}

// What the two runs of a pair share: the seed, and each other axis with its label.
using PairKey = std::pair<uint64_t, std::map<std::string, std::string>>;

PairKey KeyOf(const SweepRun& run, const CellFilter& filter) {
  PairKey key(run.seed, {run.cell.begin(), run.cell.end()});
  for (const auto& [axis, label] : filter) key.second.erase(axis);
  return key;
}

}  // namespace

bool FigureComparison::shown() const {
  return adjusted_p <= kCompareAlpha && (interval.low > 0 || interval.high < 0);
}

Comparison Compare(std::span<const RunPair> pairs, const std::vector<SweepFigure>& figures) {
  Comparison out;
  out.pairs = pairs.size();
  std::vector<double> p_values;
  for (const RunPair& pair : pairs) {
    Count(pair.verdict_a, &out.not_passed_a);
    Count(pair.verdict_b, &out.not_passed_b);
  }
  for (const SweepFigure& figure : figures) {
    FigureComparison one = CompareFigure(pairs, figure);
    if (one.pairs + one.only_a + one.only_b == 0) continue;
    p_values.push_back(one.test.p_value);
    out.figures.push_back(std::move(one));
  }
  const std::vector<double> adjusted = sim::HolmAdjusted(p_values);
  for (size_t i = 0; i < adjusted.size(); ++i) {
    out.figures[i].adjusted_p = adjusted[i];
    out.figures[i].figures = adjusted.size();
  }
  return out;
}

bool NameTheSameAxes(const CellFilter& a, const CellFilter& b) {
  const auto axes = [](const CellFilter& filter) {
    std::set<std::string> names;
    for (const auto& [axis, label] : filter) names.insert(axis);
    return names;
  };
  return axes(a) == axes(b);
}

std::vector<RunPair> PairCells(const CellsOf& a, const CellsOf& b, size_t* unpaired) {
  std::map<PairKey, std::pair<const SweepRun*, const SweepRun*>> by_key;
  for (const SweepRun& run : a.results.runs) {
    if (Matches(run, a.filter)) by_key[KeyOf(run, a.filter)].first = &run;
  }
  for (const SweepRun& run : b.results.runs) {
    if (Matches(run, b.filter)) by_key[KeyOf(run, b.filter)].second = &run;
  }
  std::vector<RunPair> pairs;
  *unpaired = 0;
  for (const auto& [key, pair] : by_key) {
    if (pair.first == nullptr || pair.second == nullptr) {
      ++*unpaired;
    } else {
      pairs.push_back(
          {pair.first->figures, pair.second->figures, pair.first->verdict, pair.second->verdict});
    }
  }
  return pairs;
}

std::string VerdictText(const FigureComparison& one) {
  const SweepFigure& figure = one.figure;
  const std::string rest = OneSidedText(one);
  if (one.pairs == 0) return "no pair has it in both runs" + rest;
  if (one.equal == one.pairs) return "identical in every pair" + rest;
  if (SmallestP(one) * static_cast<double>(one.figures) > kCompareAlpha) {
    const bool alone = SmallestP(one) > kCompareAlpha;
    return "no difference shown: " + sim::Plural(one.test.pairs, "pair") +
           (one.test.pairs == 1 ? " that differs is" : " that differ are") + " too few" +
           (alone ? "" : " to judge " + sim::Plural(one.figures, "figure")) + rest;
  }
  if (!one.shown()) return "no difference shown" + rest;
  const bool less = one.difference < 0;
  const bool time = figure.unit == FigureUnit::kMicros;
  const char* word = time ? (less ? "faster" : "slower") : (less ? "lower" : "higher");
  const double near = less ? -one.interval.high : one.interval.low;
  const double far = less ? -one.interval.low : one.interval.high;
  return "B is " + WithUnit(figure, figure.Number(std::abs(one.difference))) + " " + word + ", " +
         figure.Number(near) + " to " + figure.Number(far) + rest;
}

std::string CompareText(const Comparison& comparison, const sim::Paint& paint) {
  std::string out = sim::Wrap("A: " + comparison.name_a, 0, 3) +
                    sim::Wrap("B: " + comparison.name_b, 0, 3) +
                    sim::Plural(comparison.pairs, "pair") + " of runs with equal seeds";
  if (comparison.unpaired > 0) {
    out += ", " + sim::Plural(comparison.unpaired, "run") + " without a partner";
  }
  out += NotPassedText("A", comparison.not_passed_a) + NotPassedText("B", comparison.not_passed_b);
  sim::TextTable table(
      {"figure", "pairs", "median A", "median B", "B - A", "95 % interval", "B less", "p (Holm)"});
  bool identical = true;
  for (const FigureComparison& one : comparison.figures) {
    const SweepFigure& figure = one.figure;
    // The other names say their units.
    const std::string unit = figure.unit == FigureUnit::kMicros ? ", s" : "";
    identical = identical && one.equal == one.pairs && one.only_a + one.only_b == 0;
    std::vector<std::string> row = {figure.text + unit, std::to_string(one.pairs)};
    if (one.pairs > 0) {
      for (std::string& cell : std::vector<std::string>{
               figure.Number(one.median_a), figure.Number(one.median_b),
               Signed(figure, one.difference),
               Signed(figure, one.interval.low) + " .. " + Signed(figure, one.interval.high),
               Share(one.smaller, one.pairs), PText(one.adjusted_p)}) {
        row.push_back(std::move(cell));
      }
    }
    table.Add(std::move(row));
  }
  out += "\n\n" + table.Render(2) + "\n" + paint(sim::Tone::kTitle, "Verdicts") + "\n";
  if (comparison.figures.empty()) return out + "  none of the figures happened in any run\n";
  if (identical) return out + "  every pair is identical in every figure\n";
  for (const FigureComparison& one : comparison.figures) {
    out += paint.First(one.shown() ? sim::Tone::kGood : sim::Tone::kNote, one.figure.text,
                       sim::Wrap(one.figure.text + ": " + VerdictText(one), 2));
  }
  return out;
}

Json CompareJson(const Comparison& comparison) {
  Json figures = Json::array();
  for (const FigureComparison& one : comparison.figures) figures.push_back(FigureJson(one));
  return {{"schema_version", kCompareSchemaVersion},
          {"a", comparison.name_a},
          {"b", comparison.name_b},
          {"pairs", comparison.pairs},
          {"unpaired", comparison.unpaired},
          {"not_passed_a", NotPassedJson(comparison.not_passed_a)},
          {"not_passed_b", NotPassedJson(comparison.not_passed_b)},
          {"figures", std::move(figures)}};
}

}  // namespace gossamer::tool
