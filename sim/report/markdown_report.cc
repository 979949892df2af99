#include "sim/report/markdown_report.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/strings.h"
#include "sim/report/escape.h"
#include "sim/report/phases.h"
#include "sim/report/processor_load.h"
#include "sim/report/seeds_report.h"
#include "sim/report/text_format.h"
#include "sim/report/text_report.h"

namespace gossamer::sim {
namespace {

constexpr size_t kIncidentsShown = 10;
constexpr size_t kReasonsShown = 5;
constexpr size_t kCommandsShown = 3;
constexpr size_t kVictimsShown = 12;
constexpr size_t kRangesShown = 100;

std::string Row(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) absl::StrAppend(&row, " ", cell, " |");
  return row + "\n";
}

// The head of a table whose first column is text and the others are numbers.
std::string Head(const std::vector<std::string>& cells) {
  std::string rule = "|---|";
  for (size_t i = 1; i < cells.size(); ++i) rule += "---:|";
  return Row(cells) + rule + "\n";
}

std::string PhaseRow(std::string_view label, const std::vector<Duration>& values, size_t expected) {
  std::vector<std::string> cells = {MarkdownEscape(label), CountText(values.size())};
  if (values.size() < expected) absl::StrAppend(&cells.back(), " of ", CountText(expected));
  for (const uint32_t percent : {0, 50, 90, 99, 100}) {
    cells.push_back(values.empty() ? "-" : SecondsText(Quantile(values, percent)));
  }
  return Row(cells);
}

std::string VictimPhases(const RunReport& run) {
  if (run.incidents.empty()) return {};
  std::string out =
      Head({"from the injection, seconds", "samples", "min", "p50", "p90", "p99", "max"});
  for (const Phase& phase : Phases()) {
    const PhaseSamples samples = SamplesOf(phase, run.incidents);
    if (samples.expected > 0) out += PhaseRow(phase.label, samples.values, samples.expected);
  }
  return out + "\n";
}

// Which seeds lack a phase of that incident.
std::string LackingLines(const SeedsReport& summary, size_t incident) {
  std::string out;
  for (const LackingPhases& lacking : LackingOf(summary, incident)) {
    absl::StrAppend(&out, "- without \"", MarkdownEscape(lacking.first->label), "\"",
                    lacking.more > 0 ? absl::StrCat(" and ", Plural(lacking.more, "later phase"))
                                     : std::string(),
                    ": seeds ", RangesText(lacking.first->lacking, kRangesShown), "\n");
  }
  return out.empty() ? out : out + "\n";
}

// "1, 4" or "1 (a3a5545f 10.0.0.7:6379), ...", the first few.
std::string VictimsText(const RunReport& run, const IncidentTimes& incident) {
  std::string out;
  for (size_t i = 0; i < incident.victims.size() && i < kVictimsShown; ++i) {
    const size_t node = incident.victims[i].node.value;
    absl::StrAppend(&out, i == 0 ? "" : ", ", run.names.Text(node));
  }
  if (incident.victims.size() > kVictimsShown) {
    absl::StrAppend(&out, " and ", incident.victims.size() - kVictimsShown, " more");
  }
  return MarkdownEscape(out);
}

// Who was hit, where the nodes have names.
std::string Victims(const RunReport& run) {
  std::string out;
  if (run.names.empty()) return out;
  for (size_t i = 0; i < run.incidents.size() && i < kIncidentsShown; ++i) {
    const IncidentTimes& incident = run.incidents[i];
    absl::StrAppend(&out, "- incident ", incident.number, " at ",
                    SecondsText(incident.at - Instant{}), " s, ", MarkdownEscape(incident.text),
                    ": ", VictimsText(run, incident), "\n");
  }
  return out.empty() ? out : out + "\n";
}

std::string SeedPhases(std::span<const RunReport> runs, const SeedsReport& summary) {
  const auto fullest =
      std::max_element(runs.begin(), runs.end(), [](const RunReport& a, const RunReport& b) {
        return a.incidents.size() < b.incidents.size();
      });
  std::string out;
  const size_t shown = std::min(fullest->incidents.size(), kIncidentsShown);
  for (size_t i = 0; i < shown; ++i) {
    absl::StrAppend(&out, "Incident ", fullest->incidents[i].number, ": ",
                    MarkdownEscape(fullest->incidents[i].text), "\n\n");
    out += Head({"from the injection, seconds", "seeds", "min", "p50", "p90", "p99", "max"});
    for (const SeedPhase& phase : summary.phases) {
      if (phase.incident == i) out += PhaseRow(phase.label, phase.values, runs.size());
    }
    absl::StrAppend(&out, "\n", LackingLines(summary, i));
  }
  if (fullest->incidents.size() > shown) {
    absl::StrAppend(&out, "and ", fullest->incidents.size() - shown, " more incidents\n\n");
  }
  return out;
}

// Per expectation how many seeds passed, and what was measured by the first that did not.
std::string Expectations(std::span<const RunReport> runs) {
  const RunReport& first = runs.front();
  if (first.expectations.empty()) return {};
  std::string out = runs.size() == 1
                        ? "| expectation | verdict | measured |\n|---|---|---|\n"
                        : "| expectation | passed | first other seed |\n|---|---|---|\n";
  for (size_t i = 0; i < first.expectations.size(); ++i) {
    const std::string text =
        MarkdownEscape(first.scenario.expect[first.expectations[i].index].text);
    if (runs.size() == 1) {
      out += Row({text, std::string(VerdictName(first.expectations[i].verdict)),
                  MarkdownEscape(first.expectations[i].reason)});
      continue;
    }
    size_t passed = 0;
    std::string other;
    for (const RunReport& run : runs) {
      if (i >= run.expectations.size()) continue;
      const ExpectationResult& result = run.expectations[i];
      if (result.verdict == Verdict::kPass) {
        ++passed;
      } else if (other.empty()) {
        other = absl::StrCat(run.seed, ": ", MarkdownEscape(result.reason));
      }
    }
    out += Row({text, absl::StrCat(passed, " of ", runs.size()), other});
  }
  return out + "\n";
}

// A fence is longer than any row of backticks in it.
std::string CommandBlock(const RunReport& run) {
  const std::string command = ReproduceCommand(run);
  std::string fence = "```";
  while (command.find(fence) != std::string::npos) fence += '`';
  return absl::StrCat(fence, "sh\n", command, "\n", fence, "\n\n");
}

// All seeds that did not pass, by verdict.
std::string SeedsLine(const SeedsReport& summary) {
  std::string out;
  for (const auto& [what, seeds] :
       {std::pair{"Failed", &summary.failed}, std::pair{"Inconclusive", &summary.inconclusive}}) {
    if (seeds->empty()) continue;
    absl::StrAppend(&out, what, ": ", seeds->size() == 1 ? "seed " : "seeds ",
                    RangesText(*seeds, kRangesShown), "\n\n");
  }
  return out;
}

std::string Failures(std::span<const RunReport> runs, const SeedsReport& summary) {
  std::string out = runs.size() > 1 ? SeedsLine(summary) : std::string();
  size_t commands = 0;
  for (const RunReport& run : runs) {
    if (run.verdict == Verdict::kPass || ++commands > kCommandsShown) continue;
    absl::StrAppend(&out, "Seed ", run.seed, ": ", ToAbsl(VerdictName(run.verdict)), "\n\n");
    for (size_t i = 0; i < run.reasons.size() && i < kReasonsShown; ++i) {
      absl::StrAppend(&out, "- ", MarkdownEscape(run.reasons[i]), "\n");
    }
    for (size_t i = 0; i < run.violations.size() && i < kReasonsShown; ++i) {
      const Violation& v = run.violations[i];
      absl::StrAppend(&out, "- ", SecondsText(v.at), " s, ", MarkdownEscape(v.invariant), ": ",
                      MarkdownEscape(v.text), "\n");
    }
    absl::StrAppend(&out, "\n", CommandBlock(run));
  }
  if (commands > kCommandsShown) {
    absl::StrAppend(&out, "The other ", Plural(commands - kCommandsShown, "seed"),
                    ": the same command with their number.\n\n");
  }
  return out;
}

// Of the first seed.
std::string Processors(std::span<const RunReport> runs) {
  const std::string line = ProcessorLine(runs.front());
  if (line.empty()) return line;
  const std::string seed =
      runs.size() == 1 ? std::string() : absl::StrCat("Seed ", runs.front().seed, ": ");
  return seed + MarkdownEscape(line) + "\n\n";
}

std::string Section(std::span<const RunReport> runs) {
  const RunReport& first = runs.front();
  const SeedsReport summary = SummarizeSeeds(runs);
  std::string out = absl::StrCat("## ", MarkdownEscape(first.scenario.name), ": ",
                                 ToAbsl(VerdictName(summary.verdict)), "\n\n");
  const std::string about = MarkdownEscape(first.scenario.about);
  if (!about.empty()) absl::StrAppend(&out, about, "\n\n");
  absl::StrAppend(&out, MarkdownEscape(first.scenario.file), ", ",
                  CountText(static_cast<uint64_t>(first.scenario.node_count())),
                  " nodes, node timeout ", SecondsText(first.node_timeout), " s, rules ",
                  MarkdownEscape(RulesText(first)), ", ");
  if (runs.size() == 1) {
    absl::StrAppend(&out, "seed ", first.seed, ", digest ", DigestText(first.result.digest));
  } else {
    absl::StrAppend(&out, runs.size(), " seeds, ", first.seed, " to ", runs.back().seed, ": ",
                    runs.size() - summary.failed.size() - summary.inconclusive.size(), " passed, ",
                    summary.failed.size(), " failed, ", summary.inconclusive.size(),
                    " inconclusive");
  }
  return absl::StrCat(
      out, "\n\n",
      runs.size() == 1 ? Victims(first) + VictimPhases(first) : SeedPhases(runs, summary),
      Processors(runs), Expectations(runs), Failures(runs, summary));
}

}  // namespace

std::string MarkdownReport(std::span<const RunReport> runs) {
  std::string out;
  while (!runs.empty()) out += Section(TakeFile(&runs));
  while (out.size() > 1 && out[out.size() - 2] == '\n') out.pop_back();
  return out;
}

}  // namespace gossamer::sim
