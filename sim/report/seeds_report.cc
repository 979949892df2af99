#include "sim/report/seeds_report.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/check.h"
#include "core/base/strings.h"
#include "nlohmann/json.hpp"
#include "sim/report/json_report.h"
#include "sim/report/phases.h"
#include "sim/report/processor_load.h"
#include "sim/report/stage_text.h"
#include "sim/report/text_format.h"
#include "sim/report/text_report.h"
#include "sim/scenario/schema_table.h"

namespace gossamer::sim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<const char*, uint32_t>, 5> kStatistics = {
    {{"min", 0}, {"p50", 50}, {"p90", 90}, {"p99", 99}, {"max", 100}}};

SeedPhase Collect(std::span<const RunReport> runs, size_t incident, const Phase& phase) {
  SeedPhase out;
  out.incident = incident;
  out.key = phase.key;
  out.label = phase.label;
  Duration least;
  Duration greatest;
  for (const RunReport& run : runs) {
    std::optional<Duration> value;
    if (incident < run.incidents.size()) value = phase.of_incident(run.incidents[incident]);
    if (!value) {
      ++out.missing;
      if (incident < run.incidents.size() && Lacks(phase, run.incidents[incident])) {
        out.lacking.push_back(run.seed);
      }
      continue;
    }
    if (out.values.empty() || *value < least) {
      least = *value;
      out.min_seed = run.seed;
    }
    if (out.values.empty() || *value > greatest) {
      greatest = *value;
      out.max_seed = run.seed;
    }
    out.values.push_back(*value);
  }
  std::sort(out.values.begin(), out.values.end());
  return out;
}

std::string PhaseTable(const SeedsReport& summary, size_t index, size_t runs) {
  TextTable table({"from the injection, seconds", absl::StrCat("of ", runs), "min", "p50", "p90",
                   "p99", "max", "min at", "max at"});
  for (const SeedPhase& phase : summary.phases) {
    if (phase.incident != index) continue;
    std::vector<std::string> row = {std::string(phase.label), absl::StrCat(phase.values.size())};
    for (const auto& [name, percent] : kStatistics) {
      row.push_back(phase.values.empty() ? "-" : SecondsText(Quantile(phase.values, percent)));
    }
    if (!phase.values.empty()) {
      row.push_back(absl::StrCat(phase.min_seed));
      row.push_back(absl::StrCat(phase.max_seed));
    }
    table.Add(std::move(row));
  }
  return table.Render(2);
}

// "60.000 s", or "31.204 to 45.870 s" where the seeds drew the moment.
std::string InjectedText(std::span<const RunReport> runs, size_t index) {
  std::optional<Instant> first;
  std::optional<Instant> last;
  for (const RunReport& run : runs) {
    if (index >= run.incidents.size()) continue;
    const Instant at = run.incidents[index].at;
    first = std::min(first.value_or(at), at);
    last = std::max(last.value_or(at), at);
  }
  if (!first) return "-";
  const std::string from = SecondsText(*first - Instant{});
  if (first == last) return from + " s";
  return absl::StrCat(from, " to ", SecondsText(*last - Instant{}), " s");
}

std::string IncidentTable(const SeedsReport& summary, const IncidentTimes& incident, size_t index,
                          std::span<const RunReport> runs, const Paint& paint) {
  return absl::StrCat(paint(Tone::kTitle, absl::StrCat("Incident ", incident.number)), " at ",
                      InjectedText(runs, index), ": ", ToAbsl(Clip(incident.text, 65)), "\n",
                      PhaseTable(summary, index, runs.size()));
}

// Of an incident, a victim that was not taken care of, or any.
NodeIndex WorstVictim(const IncidentTimes& incident) {
  const auto rank = [](const VictimTimes& v) {
    const bool stayed = !v.returned;
    return std::tuple(v.first_fail.has_value() + (v.covered || !v.was_primary) + !stayed,
                      !v.was_primary);
  };
  return std::min_element(
             incident.victims.begin(), incident.victims.end(),
             [&](const VictimTimes& a, const VictimTimes& b) { return rank(a) < rank(b); })
      ->node;
}

// Phases that seeds lack, and the command that looks at the first of them: "2 of 20 seeds without
// cluster ok on 100 %: 3, 17".
std::string LackingText(std::span<const RunReport> runs, const SeedsReport& summary, size_t index,
                        const Paint& paint) {
  const std::vector<LackingPhases> all = LackingOf(summary, index);
  if (all.empty()) return {};
  std::string out;
  for (const LackingPhases& phases : all) {
    const std::vector<uint64_t>& seeds = phases.first->lacking;
    std::string text = absl::StrCat(seeds.size(), " of ", Plural(runs.size(), "seed"),
                                    " without \"", ToAbsl(phases.first->label), "\"");
    if (phases.more > 0) absl::StrAppend(&text, " and ", Plural(phases.more, "later phase"));
    absl::StrAppend(&text, ": ", RangesText(seeds));
    out += paint.First(Tone::kDoubt, "without", Wrap(text, 2));
  }
  const auto run = std::find_if(runs.begin(), runs.end(), [&](const RunReport& report) {
    return report.seed == all.front().first->lacking.front();
  });
  return absl::StrCat(out, "  To look at one:\n    ",
                      ExplainCommand(*run, WorstVictim(run->incidents[index])), "\n");
}

// How many runs met each expectation, and whatever else the verdict asks for.
std::string ExpectationTable(std::span<const RunReport> runs, const Paint& paint) {
  std::string out = paint(Tone::kTitle, "Expectations") + "\n";
  const auto line = [&](const std::string& text, const std::vector<uint64_t>& missed,
                        const std::vector<uint64_t>& open) {
    const size_t met = runs.size() - missed.size() - open.size();
    const Verdict verdict = !missed.empty() ? Verdict::kFail
                            : !open.empty() ? Verdict::kInconclusive
                                            : Verdict::kPass;
    const std::string word(VerdictName(verdict));
    std::string row =
        absl::StrCat(word, " ", text, ": met by ", met, " of ", Plural(runs.size(), "seed"));
    if (!missed.empty()) absl::StrAppend(&row, "; not by ", RangesText(missed));
    if (!open.empty()) absl::StrAppend(&row, "; not decided: ", RangesText(open));
    out += paint.First(ToneOf(verdict), word, Wrap(row, 2));
  };
  for (size_t i = 0; i < runs.front().expectations.size(); ++i) {
    std::vector<uint64_t> missed;
    std::vector<uint64_t> open;
    for (const RunReport& run : runs) {
      const bool known = i < run.expectations.size();
      const Verdict verdict = known ? run.expectations[i].verdict : Verdict::kInconclusive;
      if (verdict == Verdict::kFail) missed.push_back(run.seed);
      if (verdict == Verdict::kInconclusive) open.push_back(run.seed);
    }
    line(runs.front().scenario.expect[i].text, missed, open);
  }
  std::vector<uint64_t> incomplete;
  for (const RunReport& run : runs) {
    if (CheckRun(run).verdict == Verdict::kFail) incomplete.push_back(run.seed);
  }
  if (!incomplete.empty()) line("every phase of every incident happened", incomplete, {});
  return out + "\n";
}

// The verdict, the seeds that did not pass, and how to repeat the first of them.
std::string SeedsVerdict(std::span<const RunReport> runs, const SeedsReport& summary,
                         const Paint& paint) {
  std::string out = absl::StrCat(paint(Tone::kTitle, "Verdict:"), " ",
                                 paint(ToneOf(summary.verdict), VerdictName(summary.verdict)), " (",
                                 runs.size() - summary.failed.size() - summary.inconclusive.size(),
                                 " passed, ", summary.failed.size(), " failed, ",
                                 summary.inconclusive.size(), " inconclusive)\n");
  for (const auto& [what, seeds] :
       {std::pair{"failed", &summary.failed}, std::pair{"inconclusive", &summary.inconclusive}}) {
    if (!seeds->empty()) out += Wrap(absl::StrCat(what, ": seeds ", RangesText(*seeds)), 2);
  }
  for (const RunReport& run : runs) {
    if (run.verdict == Verdict::kPass) continue;
    out += Wrap(absl::StrCat("seed ", run.seed, ": ",
                             run.reasons.empty() ? std::string("-") : run.reasons.front()),
                2);
    absl::StrAppend(&out, paint(Tone::kTitle, "To reproduce:"), "\n  ", ReproduceCommand(run),
                    "\n");
    break;
  }
  return out;
}

}  // namespace

std::vector<LackingPhases> LackingOf(const SeedsReport& report, size_t incident) {
  std::vector<LackingPhases> out;
  const SeedPhase* last = nullptr;
  for (const SeedPhase& phase : report.phases) {
    if (phase.incident != incident || phase.lacking.empty()) continue;
    if (last != nullptr && last->lacking == phase.lacking) {
      ++out.back().more;
    } else {
      out.push_back({&phase, 0});
    }
    last = &phase;
  }
  return out;
}

SeedsReport SummarizeSeeds(std::span<const RunReport> runs) {
  GOSSAMER_CHECK(!runs.empty());
  SeedsReport out;
  size_t incidents = 0;
  for (const RunReport& run : runs) {
    incidents = std::max(incidents, run.incidents.size());
    out.digest.Add(run.seed);
    out.digest.Add(run.result.digest.high(), run.result.digest.low());
    if (run.verdict == Verdict::kFail) out.failed.push_back(run.seed);
    if (run.verdict == Verdict::kInconclusive) out.inconclusive.push_back(run.seed);
  }
  for (size_t i = 0; i < incidents; ++i) {
    for (const Phase& phase : Phases()) {
      if (phase.of_incident != nullptr) out.phases.push_back(Collect(runs, i, phase));
    }
  }
  out.verdict = !out.failed.empty()         ? Verdict::kFail
                : !out.inconclusive.empty() ? Verdict::kInconclusive
                                            : Verdict::kPass;
  return out;
}

std::string SeedsText(std::span<const RunReport> runs, const Paint& paint) {
  const SeedsReport summary = SummarizeSeeds(runs);
  std::string out = ScenarioText(runs.front(), paint);
  absl::StrAppend(&out, "  ", Plural(runs.size(), "seed"), ", ", runs.front().seed, " to ",
                  runs.back().seed, "; min at, max at: the seed that has it\n\n");
  const auto fullest =
      std::max_element(runs.begin(), runs.end(), [](const RunReport& a, const RunReport& b) {
        return a.incidents.size() < b.incidents.size();
      });
  for (size_t i = 0; i < fullest->incidents.size(); ++i) {
    out += IncidentTable(summary, fullest->incidents[i], i, runs, paint) +
           StageBoxes(runs, i, paint) + LackingText(runs, summary, i, paint) + "\n";
  }
  const std::string processors = ProcessorLine(runs.front());
  if (!processors.empty()) {
    out += Wrap(absl::StrCat("Seed ", runs.front().seed, ": ", processors), 0) + "\n";
  }
  out += ExpectationTable(runs, paint);
  uint64_t wall_us = 0;
  uint64_t virtual_us = 0;
  for (const RunReport& run : runs) {
    wall_us += run.environment.wall_us;
    virtual_us += run.virtual_us();
  }
  absl::StrAppend(&out, "Runs: ", SecondsText(Micros(static_cast<int64_t>(virtual_us))),
                  " virtual s in ", SecondsText(Micros(static_cast<int64_t>(wall_us))),
                  " s of computing\nDigest of digests: ", DigestText(summary.digest), "\n");
  return out + SeedsVerdict(runs, summary, paint);
}

Json SeedsJson(std::span<const RunReport> runs) {
  const SeedsReport summary = SummarizeSeeds(runs);
  const RunReport& first = runs.front();
  Json phases = Json::array();
  for (const SeedPhase& phase : summary.phases) {
    Json row = {{"incident", phase.incident},
                {"phase", phase.key},
                {"runs", phase.values.size()},
                {"missing", phase.missing}};
    for (const auto& [name, percent] : kStatistics) {
      const std::string key = std::string(name) + "_us";
      row[key] = phase.values.empty() ? Json(nullptr) : Json(Quantile(phase.values, percent).us);
    }
    row["min_seed"] = phase.values.empty() ? Json(nullptr) : Json(phase.min_seed);
    row["max_seed"] = phase.values.empty() ? Json(nullptr) : Json(phase.max_seed);
    phases.push_back(std::move(row));
  }
  Json all = Json::array();
  uint64_t wall_us = 0;
  for (const RunReport& run : runs) {
    wall_us += run.environment.wall_us;
    all.push_back(JsonReport(run));
  }
  return {{"schema_version", kReportSchemaVersion},
          {"scenario", first.scenario.name},
          {"seeds", {first.seed, runs.back().seed}},
          {"rules", first.rules},
          {"bugs", BugsJson(first)},
          {"cpu", CpuText(first.cpu)},
          {"transport", TransportName(first.transport)},
          {"build", first.environment.build},
          {"digest", DigestText(summary.digest)},
          {"verdict", VerdictName(summary.verdict)},
          {"failed_seeds", summary.failed},
          {"inconclusive_seeds", summary.inconclusive},
          {"wall_us", wall_us},
          {"peak_rss_bytes", runs.back().environment.peak_rss_bytes},
          {"phases", std::move(phases)},
          {"runs", std::move(all)}};
}

}  // namespace gossamer::sim
