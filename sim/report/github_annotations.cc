#include "sim/report/github_annotations.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/strings.h"
#include "sim/report/escape.h"
#include "sim/report/text_format.h"
#include "sim/report/text_report.h"

namespace gossamer::sim {
namespace {

// One thing that may have gone wrong, and the runs in which it did.
struct Finding {
  bool error = false;
  int line = 0;
  std::string title;
  std::vector<uint64_t> seeds;
  const RunReport* first = nullptr;
  std::string reason;  // of the first
};

void Note(const RunReport& run, bool error, int line, const std::string& title,
          const std::string& reason, std::vector<Finding>* findings) {
  auto found = std::find_if(findings->begin(), findings->end(), [&](const Finding& f) {
    return f.error == error && f.line == line && f.title == title;
  });
  if (found == findings->end()) {
    findings->push_back({error, line, title, {}, &run, reason});
    found = findings->end() - 1;
  }
  if (found->seeds.empty() || found->seeds.back() != run.seed) found->seeds.push_back(run.seed);
}

void NoteRun(const RunReport& run, std::vector<Finding>* findings) {
  for (const ExpectationResult& result : run.expectations) {
    if (result.verdict == Verdict::kPass) continue;
    const Expectation& expectation = run.scenario.expect[result.index];
    const bool failed = result.verdict == Verdict::kFail;
    Note(
        run, failed, expectation.place.line,
        absl::StrCat(run.scenario.name, failed ? ": not met: " : ": undecided: ", expectation.text),
        result.reason, findings);
  }
  const RunCheck check = CheckRun(run);
  if (check.verdict != Verdict::kPass) {
    Note(run, check.verdict == Verdict::kFail, 0, run.scenario.name,
         check.reasons.empty() ? std::string() : check.reasons.front(), findings);
  }
  for (const Violation& violation : run.violations) {
    Note(run, true, 0, absl::StrCat(run.scenario.name, ": violated: ", violation.invariant),
         absl::StrCat(SecondsText(violation.at), " s: ", violation.text), findings);
  }
}

std::string Command(const Finding& finding, size_t runs) {
  const RunReport& run = *finding.first;
  std::string properties = absl::StrCat("title=", GithubProperty(finding.title));
  if (run.scenario.file != "-") {
    std::string place = absl::StrCat("file=", GithubProperty(run.scenario.file));
    if (finding.line > 0) absl::StrAppend(&place, ",line=", finding.line);
    properties = absl::StrCat(place, ",", properties);
  }
  std::string message = absl::StrCat("seed ", run.seed, ": ", finding.reason);
  if (runs > 1) {
    absl::StrAppend(&message, "\n", finding.seeds.size(), " of ", runs,
                    " seeds: ", RangesText(finding.seeds));
  }
  absl::StrAppend(&message, "\nTo reproduce: ", ReproduceCommand(run));
  return absl::StrCat("::", finding.error ? "error " : "warning ", properties,
                      "::", GithubMessage(message), "\n");
}

}  // namespace

std::string GithubAnnotations(std::span<const RunReport> runs) {
  std::string out;
  while (!runs.empty()) {
    const std::span<const RunReport> file = TakeFile(&runs);
    std::vector<Finding> findings;
    for (const RunReport& run : file) NoteRun(run, &findings);
    std::stable_sort(findings.begin(), findings.end(),
                     [](const Finding& a, const Finding& b) { return a.error && !b.error; });
    for (const Finding& finding : findings) out += Command(finding, file.size());
  }
  return out;
}

}  // namespace gossamer::sim
