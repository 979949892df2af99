#include "sim/report/run_report.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/strings.h"

namespace gossamer::sim {
namespace {

bool DemandsRecovery(const Scenario& scenario) {
  return std::any_of(scenario.expect.begin(), scenario.expect.end(), [](const Expectation& e) {
    return e.kind == ExpectKind::kState && (e.name == "covered" || e.name == "ok");
  });
}

// The phases that an incident lacks because of a victim that stayed away: "cluster ok".
std::vector<std::string> MissingPhases(const IncidentTimes& incident) {
  std::vector<std::string> missing;
  const auto stayed = [&](auto lacks) {
    return std::any_of(incident.victims.begin(), incident.victims.end(), [&](const VictimTimes& v) {
      return v.has_survivor && !v.returned && lacks(v);
    });
  };
  const auto any = [](const VictimTimes&) { return true; };
  if (incident.observers == 0 || !stayed(any)) return missing;
  // Who answers under another name is FAIL at once.
  if (!incident.FirstPfail() && !incident.FirstFail()) missing.emplace_back("first PFAIL");
  if (!incident.FirstFail()) missing.emplace_back("first FAIL");
  if (stayed([](const VictimTimes& v) { return !v.fail_known.back(); })) {
    missing.emplace_back("FAIL known to all");
  }
  if (stayed([](const VictimTimes& v) { return v.was_primary && !v.covered; })) {
    missing.emplace_back("slots covered");
  }
  if (!incident.ok.back()) missing.emplace_back("cluster ok");
  return missing;
}

// "incident 0 (kill 10% of nodes): no slots covered, no cluster ok; ...", or empty.
std::string MissingText(const IncidentTimes& incident) {
  std::string text;
  for (const std::string& phase : MissingPhases(incident)) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", "no ", phase);
  }
  if (text.empty()) return text;
  const std::string quorum = QuorumText(incident);
  if (!quorum.empty()) absl::StrAppend(&text, "; only ", quorum, " are left");
  return absl::StrCat("incident ", incident.number, " (", incident.text, "): ", text);
}

}  // namespace

RunCheck CheckRun(bool complete, const RunReport& report) {
  RunCheck check;
  if (const uint64_t mismatches = report.result.codec_mismatches; mismatches > 0) {
    check.reasons.push_back(absl::StrCat("the codec changed ", mismatches, " messages"));
  }
  if (complete && DemandsRecovery(report.scenario)) {
    for (const IncidentTimes& incident : report.incidents) {
      const std::string missing = MissingText(incident);
      if (!missing.empty()) check.reasons.push_back(missing);
    }
  }
  if (!check.reasons.empty()) {
    check.verdict = Verdict::kFail;
  } else if (!complete) {
    check.verdict = Verdict::kInconclusive;
  }
  if (!complete) {
    check.reasons.push_back(
        absl::StrCat("the run ended early: ", ToAbsl(RunEndName(report.result.end))));
  }
  return check;
}

RunCheck CheckRun(const RunReport& report) {
  const bool complete = report.result.end == RunEnd::kDuration &&
                        report.result.ended_at - Instant{} >= report.scenario.duration;
  return CheckRun(complete, report);
}

void DecideVerdict(bool complete, RunReport* report) {
  const RunCheck check = CheckRun(complete, *report);
  bool failed = check.verdict == Verdict::kFail;
  bool undecided = !complete;
  for (const ExpectationResult& result : report->expectations) {
    if (result.verdict == Verdict::kPass) continue;
    (result.verdict == Verdict::kFail ? failed : undecided) = true;
    // What the early end left open needs no line each.
    if (!complete && result.verdict == Verdict::kInconclusive) continue;
    report->reasons.push_back(
        absl::StrCat(report->scenario.expect[result.index].text, ": ", result.reason));
  }
  report->reasons.insert(report->reasons.end(), check.reasons.begin(), check.reasons.end());
  report->verdict = failed ? Verdict::kFail : undecided ? Verdict::kInconclusive : Verdict::kPass;
}

void SortByNumber(std::vector<IncidentTimes>* incidents) {
  std::sort(incidents->begin(), incidents->end(),
            [](const IncidentTimes& a, const IncidentTimes& b) { return a.number < b.number; });
}

std::span<const RunReport> TakeFile(std::span<const RunReport>* runs) {
  const std::string& file = runs->front().scenario.file;
  size_t count = 1;
  while (count < runs->size() && (*runs)[count].scenario.file == file) ++count;
  const std::span<const RunReport> taken = runs->first(count);
  *runs = runs->subspan(count);
  return taken;
}

std::string DigestText(const Digest& digest) {
  return absl::StrFormat("%016x%016x", digest.high(), digest.low());
}

std::string_view TransportName(Transport transport) {
  switch (transport) {
    case Transport::kTyped:
      return "typed";
    case Transport::kWire:
      return "wire";
    case Transport::kShadow:
      break;
  }
  return "shadow";
}

std::string_view RunEndName(RunEnd end) {
  switch (end) {
    case RunEnd::kDuration:
      return "duration";
    case RunEnd::kStopAt:
      return "stop-at";
    case RunEnd::kMaxEvents:
      return "max-events";
    case RunEnd::kInterrupted:
      break;
  }
  return "interrupted";
}

std::string CpuText(const CpuSpec& cpu) {
  std::string text = cpu.preset;
  if (cpu.preset == "none") return text;
  if (cpu.scale_percent != 100) absl::StrAppend(&text, " x", cpu.scale_percent, " %");
  if (cpu.memory_scale_percent != 100) {
    absl::StrAppend(&text, ", memory x", cpu.memory_scale_percent, " %");
  }
  if (cpu.cores_per_machine != 0) {
    absl::StrAppend(&text, ", ", cpu.nodes_per_machine, " nodes on ", cpu.cores_per_machine,
                    " cores");
  }
  if (cpu.background.value != 0) {
    absl::StrAppend(&text, ", others take ", cpu.background.value / 10'000, " %");
  }
  return text;
}

std::string RulesText(const RunReport& report) {
  std::string text = report.rules;
  for (const Bug bug : report.bugs) absl::StrAppend(&text, "+", ToAbsl(InfoOf(bug).name));
  return text;
}

std::string QuorumText(const IncidentTimes& incident) {
  if (incident.voters == 0 || incident.has_quorum()) return {};
  return absl::StrCat(incident.voters_left, " of ", incident.quorum(), " voting primaries");
}

}  // namespace gossamer::sim
