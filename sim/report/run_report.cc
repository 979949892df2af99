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
  if (!incident.FirstPfail()) missing.emplace_back("first PFAIL");
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

}  // namespace

void DecideVerdict(bool complete, RunReport* report) {
  bool failed = false;
  bool undecided = !complete;
  for (const ExpectationResult& result : report->expectations) {
    if (result.verdict == Verdict::kPass) continue;
    (result.verdict == Verdict::kFail ? failed : undecided) = true;
    report->reasons.push_back(
        absl::StrCat(report->scenario.expect[result.index].text, ": ", result.reason));
  }
  if (report->result.codec_mismatches > 0) {
    failed = true;
    report->reasons.push_back(
        absl::StrCat(report->result.codec_mismatches,
                     " messages came out of the codec otherwise than they went in"));
  }
  if (DemandsRecovery(report->scenario)) {
    for (const IncidentTimes& incident : report->incidents) {
      for (const std::string& phase : MissingPhases(incident)) {
        (complete ? failed : undecided) = true;
        const std::string quorum = QuorumText(incident);
        report->reasons.push_back(absl::StrCat("incident ", incident.number, " (", incident.text,
                                               "): no ", phase, quorum.empty() ? "" : "; only ",
                                               quorum, quorum.empty() ? "" : " are left"));
      }
    }
  }
  if (!complete) {
    report->reasons.push_back(
        absl::StrCat("the run ended early: ", ToAbsl(RunEndName(report->result.end))));
  }
  report->verdict = failed ? Verdict::kFail : undecided ? Verdict::kInconclusive : Verdict::kPass;
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
  if (cpu.cores_per_machine != 0) {
    absl::StrAppend(&text, ", ", cpu.nodes_per_machine, " nodes on ", cpu.cores_per_machine,
                    " cores");
  }
  return text;
}

std::string QuorumText(const IncidentTimes& incident) {
  if (incident.voters == 0 || incident.has_quorum()) return {};
  return absl::StrCat(incident.voters_left, " of ", incident.quorum(), " voting primaries");
}

}  // namespace gossamer::sim
