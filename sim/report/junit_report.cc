#include "sim/report/junit_report.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "core/base/strings.h"
#include "sim/report/escape.h"
#include "sim/report/seeds_report.h"
#include "sim/report/text_format.h"
#include "sim/report/text_report.h"

namespace gossamer::sim {
namespace {

constexpr size_t kRangesShown = 100;

struct Totals {
  size_t tests = 0;
  size_t failures = 0;
  size_t errors = 0;
  size_t skipped = 0;
  uint64_t wall_us = 0;

  void Add(const Totals& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
    wall_us += other.wall_us;
  }
};

std::string WallText(uint64_t wall_us) {
  return SecondsText(Micros(static_cast<int64_t>(wall_us)));
}

std::string TotalsText(const Totals& totals) {
  return absl::StrCat(" tests=\"", totals.tests, "\" failures=\"", totals.failures, "\" errors=\"",
                      totals.errors, "\" skipped=\"", totals.skipped, "\" time=\"",
                      WallText(totals.wall_us), "\"");
}

struct TestCase {
  std::string name;
  int line = 0;  // 0: unknown
  Verdict verdict = Verdict::kPass;
  std::string type;    // of a failure
  std::string reason;  // empty: none
  std::string output;
  uint64_t wall_us = 0;
};

void Append(const RunReport& run, const TestCase& test, Totals* totals, std::string* out) {
  ++totals->tests;
  totals->wall_us += test.wall_us;
  absl::StrAppend(out, "    <testcase classname=\"", XmlEscape(run.scenario.name),
                  "\" name=\"seed ", run.seed, ": ", XmlEscape(test.name), "\" file=\"",
                  XmlEscape(run.scenario.file), "\"");
  if (test.line > 0) absl::StrAppend(out, " line=\"", test.line, "\"");
  absl::StrAppend(out, " time=\"", WallText(test.wall_us), "\"");
  if (test.verdict == Verdict::kPass && test.output.empty()) {
    absl::StrAppend(out, "/>\n");
    return;
  }
  absl::StrAppend(out, ">\n");
  const std::string message = XmlEscape(absl::StrCat(ReproduceCommand(run), "  # ", test.reason));
  if (test.verdict == Verdict::kFail) {
    ++totals->failures;
    absl::StrAppend(out, "      <failure message=\"", message, "\" type=\"", test.type, "\">",
                    XmlEscape(test.reason), "</failure>\n");
  } else if (test.verdict == Verdict::kInconclusive) {
    ++totals->skipped;
    absl::StrAppend(out, "      <skipped message=\"", message, "\"/>\n");
  }
  if (!test.output.empty()) {
    absl::StrAppend(out, "      <system-out>", XmlEscape(test.output), "</system-out>\n");
  }
  absl::StrAppend(out, "    </testcase>\n");
}

std::string RunOutput(const RunReport& run) {
  std::string out = absl::StrCat("digest ", DigestText(run.result.digest));
  for (const Violation& violation : run.violations) {
    absl::StrAppend(&out, "\n", violation.invariant, " violated at ", SecondsText(violation.at),
                    " s: ", violation.text);
  }
  return out;
}

void AppendRun(const RunReport& run, Totals* totals, std::string* out) {
  const RunCheck check = CheckRun(run);
  TestCase whole;
  whole.name = "run";
  whole.verdict = check.verdict;
  whole.type = "run";
  for (const std::string& reason : check.reasons) {
    absl::StrAppend(&whole.reason, whole.reason.empty() ? "" : "\n", reason);
  }
  whole.output = RunOutput(run);
  whole.wall_us = run.environment.wall_us;
  Append(run, whole, totals, out);
  for (const ExpectationResult& result : run.expectations) {
    const Expectation& expectation = run.scenario.expect[result.index];
    TestCase test;
    test.name = expectation.text;
    test.line = expectation.place.line;
    test.verdict = result.verdict;
    test.type = "expectation";
    test.reason = result.reason;
    Append(run, test, totals, out);
  }
}

std::string Suite(std::span<const RunReport> runs, Totals* all) {
  Totals totals;
  std::string cases;
  for (const RunReport& run : runs) AppendRun(run, &totals, &cases);
  all->Add(totals);
  const RunReport& first = runs.front();
  std::string out = absl::StrCat("  <testsuite name=\"", XmlEscape(first.scenario.file), "\"",
                                 TotalsText(totals), ">\n    <properties>\n");
  const auto property = [&](std::string_view name, std::string_view value) {
    absl::StrAppend(&out, "      <property name=\"", ToAbsl(name), "\" value=\"", XmlEscape(value),
                    "\"/>\n");
  };
  property("scenario", first.scenario.name);
  property("scenario_hash", first.environment.scenario_hash);
  property("rules", RulesText(first));
  property("cpu", CpuText(first.cpu));
  property("transport", TransportName(first.transport));
  property("version", first.environment.version);
  property("build", first.environment.build);
  const SeedsReport summary = SummarizeSeeds(runs);
  if (!summary.failed.empty()) property("failed_seeds", RangesText(summary.failed, kRangesShown));
  if (!summary.inconclusive.empty()) {
    property("inconclusive_seeds", RangesText(summary.inconclusive, kRangesShown));
  }
  return absl::StrCat(out, "    </properties>\n", cases, "  </testsuite>\n");
}

std::string FailedSuite(std::span<const FailedRun> failed, Totals* all) {
  Totals totals;
  std::string cases;
  for (const FailedRun& run : failed) {
    ++totals.tests;
    ++(run.error.empty() ? totals.skipped : totals.errors);
    absl::StrAppend(&cases, "    <testcase classname=\"", XmlEscape(run.scenario),
                    "\" name=\"seed ", run.seed, ": run\" file=\"", XmlEscape(run.file),
                    "\" time=\"0.000\">\n");
    if (run.error.empty()) {
      absl::StrAppend(&cases, "      <skipped message=\"", XmlEscape(run.command),
                      "  # not started: interrupted\"/>\n");
    } else {
      absl::StrAppend(&cases, "      <error message=\"", XmlEscape(run.command), "  # ",
                      XmlEscape(run.error), "\" type=\"run\">", XmlEscape(run.error), "</error>\n");
    }
    absl::StrAppend(&cases, "    </testcase>\n");
  }
  all->Add(totals);
  return absl::StrCat("  <testsuite name=\"runs without a report\"", TotalsText(totals), ">\n",
                      cases, "  </testsuite>\n");
}

}  // namespace

std::string JunitReport(std::span<const RunReport> runs, std::span<const FailedRun> failed) {
  Totals all;
  std::string suites;
  while (!runs.empty()) suites += Suite(TakeFile(&runs), &all);
  if (!failed.empty()) suites += FailedSuite(failed, &all);
  return absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"gossamer-sim\"",
      TotalsText(all), ">\n", suites, "</testsuites>\n");
}

}  // namespace gossamer::sim
