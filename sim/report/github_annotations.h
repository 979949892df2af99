// What did not pass, as GitHub workflow commands: ::error file=...,line=...,title=...::message.
//
// GitHub shows few of them per step, so there is one per scenario file and expectation, whatever
// the number of seeds; the same for what counts besides the expectations and for each broken
// invariant. Failures and violations are errors, what is inconclusive is a warning. The line is
// that of the expectation, where the file has one. Empty when everything passed. Thread safety:
// pure functions.
#ifndef GOSSAMER_SIM_REPORT_GITHUB_ANNOTATIONS_H_
#define GOSSAMER_SIM_REPORT_GITHUB_ANNOTATIONS_H_

#include <span>
#include <string>

#include "sim/report/run_report.h"

namespace gossamer::sim {

// REQUIRES: the runs of one file stand together.
std::string GithubAnnotations(std::span<const RunReport> runs);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_GITHUB_ANNOTATIONS_H_
