#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "core/base/strings.h"
#include "sim/report/phases.h"
#include "sim/report/text_format.h"
#include "tools/real_cluster/comparison.h"

namespace gossamer::real {
namespace {

using sim::SecondsText;

// Shares between none and all tell little in small clusters, and logs do not tell in whose view
// slots are covered.
constexpr std::string_view kShown[] = {"first_pfail", "first_fail",    "all_fail",  "election",
                                       "promoted",    "slots_covered", "cluster_ok"};
// So many runs have a column each.
constexpr size_t kMostColumns = 4;

std::vector<std::string> Head(std::span<const RealResult> real) {
  std::vector<std::string> head = {"from the injection, seconds"};
  if (real.size() == 1) {
    head.emplace_back("real");
  } else if (real.size() <= kMostColumns) {
    for (const RealResult& run : real) head.push_back(absl::StrCat("real ", run.report.seed));
  } else {
    for (const char* name : {"real min", "p50", "max"}) head.emplace_back(name);
  }
  for (const char* name : {"simulated p5", "p50", "p95", "real is at"}) head.emplace_back(name);
  return head;
}

// "62 %": so many simulated runs were faster.
std::string RankText(const ComparedPhase& phase) {
  const std::vector<Duration> values = phase.RealValues();
  if (values.empty() || phase.simulated.empty()) return "-";
  const Duration value = sim::Quantile(values, 50);
  if (value < phase.simulated.front()) return "below all";
  if (value > phase.simulated.back()) return "above all";
  return absl::StrCat((RankAmong(phase.simulated, value) + 5) / 10, " %");
}

std::vector<std::string> Row(const ComparedPhase& phase, size_t runs) {
  std::vector<std::string> row = {std::string(phase.label)};
  const auto add = [&](const std::vector<Duration>& values, std::initializer_list<uint32_t> at) {
    for (const uint32_t percent : at) {
      row.push_back(values.empty() ? "-" : SecondsText(sim::Quantile(values, percent)));
    }
  };
  if (runs <= kMostColumns) {
    for (const std::optional<Duration>& value : phase.real) row.push_back(SecondsText(value));
  } else {
    add(phase.RealValues(), {0, 50, 100});
  }
  add(phase.simulated, {5, 50, 95});
  row.push_back(RankText(phase));
  return row;
}

std::string VictimsText(const ComparedIncident& incident) {
  std::set<std::vector<sim::NodeIndex>> sets(incident.victims.begin(), incident.victims.end());
  if (sets.size() > 1) return "other victims by seed";
  std::string text = incident.victims.front().size() == 1 ? "node" : "nodes";
  for (const sim::NodeIndex node : *sets.begin()) absl::StrAppend(&text, " ", node.value);
  return sets.begin()->empty() ? "no victim" : text;
}

std::string IncidentText(const ComparedIncident& incident, std::span<const RealResult> real) {
  std::string title = absl::StrCat("Incident ", incident.position);
  if (incident.at.front()) {
    absl::StrAppend(&title, " at ", SecondsText(*incident.at.front() - Instant{}), " s");
  }
  absl::StrAppend(&title, ": ", incident.text, " (", VictimsText(incident), ")");
  sim::TextTable table(Head(real));
  std::string missing;
  for (const ComparedPhase& phase : incident.phases) {
    if (std::find(std::begin(kShown), std::end(kShown), phase.key) == std::end(kShown)) continue;
    const size_t seen = phase.simulated.size();
    if (seen == 0 && phase.RealValues().empty()) continue;
    table.Add(Row(phase, real.size()));
    if (seen == phase.simulated_runs) continue;
    missing += sim::Wrap(absl::StrCat("simulated: ", seen, " of ", phase.simulated_runs,
                                      " seeds have '", ToAbsl(phase.label), "'"),
                         2);
  }
  return sim::Wrap(title, 0) + table.Render(2) + missing + "\n";
}

// What was done, and what was refused.
std::string StepsText(const sim::RunReport& run) {
  std::string out;
  for (const sim::TimelineStep& step : run.steps) {
    std::string line = absl::StrCat(SecondsText(step.at - Instant{}), " s  ", step.text);
    for (const sim::NodeIndex node : step.nodes) absl::StrAppend(&line, ", node ", node.value);
    for (const std::string& refusal : step.refusals) {
      absl::StrAppend(&line, "; refused: ", refusal);
    }
    out += sim::Wrap(line, 2);
  }
  return out.empty() ? out : absl::StrCat("Timeline of seed ", run.seed, "\n", out, "\n");
}

size_t Met(std::span<const sim::RunReport> runs, size_t index) {
  return static_cast<size_t>(std::count_if(runs.begin(), runs.end(), [&](const auto& run) {
    return index < run.expectations.size() &&
           run.expectations[index].verdict == sim::Verdict::kPass;
  }));
}

// The result of an expectation in one real run, or null where it was not judged.
const sim::ExpectationResult* ResultOf(const RealResult& run, size_t index) {
  for (const sim::ExpectationResult& result : run.report.expectations) {
    if (result.index == index) return &result;
  }
  return nullptr;
}

std::string ExpectationLine(size_t index, std::span<const RealResult> real,
                            std::span<const sim::RunReport> simulated) {
  size_t judged = 0;
  size_t met = 0;
  std::string reason;  // of the first that did not pass, else of the first
  for (const RealResult& run : real) {
    const sim::ExpectationResult* result = ResultOf(run, index);
    if (result == nullptr) continue;
    const bool passed = result->verdict == sim::Verdict::kPass;
    if (judged == 0 || (!passed && met == judged)) reason = result->reason;
    ++judged;
    met += passed ? 1 : 0;
  }
  std::string line = judged == 0 ? "not judged" : met == judged ? "pass" : "fail";
  if (real.size() > 1 && judged > 0) absl::StrAppend(&line, " ", met, " of ", judged);
  absl::StrAppend(&line, " (simulated ", Met(simulated, index), " of ", simulated.size(),
                  "): ", real.front().report.scenario.expect[index].text);
  if (!reason.empty()) absl::StrAppend(&line, ": ", reason);
  return sim::Wrap(line, 2);
}

std::string NotesText(const ComparisonHead& head, std::span<const RealResult> real) {
  std::string out;
  for (const std::string& line : head.passed_over) out += sim::Wrap(line, 2);
  for (const RealResult& run : real) {
    for (const std::string& note : run.notes) {
      out += sim::Wrap(absl::StrCat("seed ", run.report.seed, ": ", note), 2);
    }
  }
  return out.empty() ? out : "Not as in the simulated world\n" + out + "\n";
}

}  // namespace

std::string ComparisonText(const ComparisonHead& head, std::span<const RealResult> real,
                           std::span<const sim::RunReport> simulated) {
  const sim::RunReport& first = real.front().report;
  std::string out = first.scenario.name;
  if (!first.scenario.about.empty()) absl::StrAppend(&out, ": ", first.scenario.about);
  out += "\n";
  out += sim::Wrap("real:      " + head.real, 2, 11);
  out += sim::Wrap("simulated: " + head.simulated, 2, 11) + "\n";
  for (const ComparedIncident& incident : Compare(real, simulated)) {
    out += IncidentText(incident, real);
  }
  out += StepsText(first);
  if (!first.scenario.expect.empty()) out += "Expectations\n";
  for (size_t i = 0; i < first.scenario.expect.size(); ++i) {
    out += ExpectationLine(i, real, simulated);
  }
  out += "\n" + NotesText(head, real);
  absl::StrAppend(&out, "Verdict: ", ToAbsl(sim::VerdictName(VerdictOf(real))), "\n");
  for (const RealResult& run : real) {
    for (const std::string& reason : run.report.reasons) {
      out += sim::Wrap(absl::StrCat("seed ", run.report.seed, ": ", reason), 2);
    }
  }
  return out;
}

}  // namespace gossamer::real
