// Finished runs as JUnit XML, for continuous integration.
//
// A testsuite per scenario file; in it, per seed, a testcase for each expectation and one named
// "run" for what counts besides them (see CheckRun). fail is a failure, inconclusive is skipped;
// each message begins with the command that repeats the run. Runs without
// a report stand in a testsuite of their own: as an error, or skipped when they were not started.
// `time` is the wall time of a run, on its "run" alone. Thread safety: pure functions.
#ifndef GOSSAMER_SIM_REPORT_JUNIT_REPORT_H_
#define GOSSAMER_SIM_REPORT_JUNIT_REPORT_H_

#include <cstdint>
#include <span>
#include <string>

#include "sim/report/run_report.h"

namespace gossamer::sim {

// A run of which there is no report.
struct FailedRun {
  std::string file;
  std::string scenario;
  uint64_t seed = 0;
  std::string command;  // that repeats it
  std::string error;    // why it failed; empty: it was never started
};

// REQUIRES: the runs of one file stand together.
std::string JunitReport(std::span<const RunReport> runs, std::span<const FailedRun> failed = {});

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_JUNIT_REPORT_H_
