// RunPool: carries out simulation runs on threads, one world per run, and gives their reports in
// the order of the requests.
//
// Worlds share nothing, so that the number of threads changes no result. SIGINT and SIGTERM end all
// worlds cleanly: those that ran report what they saw, those that waited never start; a second
// signal ends the process.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_RUN_POOL_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_RUN_POOL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/world.h"
#include "sim/report/run_report.h"
#include "sim/scenario/scenario.h"
#include "tools/gossamer_sim/exit_code.h"
#include "tools/gossamer_sim/progress.h"

namespace gossamer::tool {

struct RunRequest {
  const sim::Scenario* scenario = nullptr;  // must outlive the run
  sim::RunOptions options;
  std::string scenario_hash;
  std::vector<sim::Observer*> extras;  // called after all others
};

struct RunOutcome {
  std::unique_ptr<sim::RunReport> report;  // null: not started, or it failed
  ExitCode code = ExitCode::kInterrupted;
  std::string error;  // of a run that failed
};

// Makes the signals set Interrupted(). To be called once, before any thread exists.
void CatchInterrupts();
bool Interrupted();

// What a long series does as its runs end. Called by one thread at a time.
class RunListener {
 public:
  virtual ~RunListener() = default;
  // The run is still wanted; asked just before it starts.
  virtual bool Wanted(size_t index) = 0;
  // May take the report, to save memory.
  virtual void OnDone(size_t index, RunOutcome* outcome) = 0;
};

// `progress` and `listener` may be null. REQUIRES: jobs > 0.
std::vector<RunOutcome> RunAll(const std::vector<RunRequest>& requests, size_t jobs,
                               Progress* progress, RunListener* listener = nullptr);

// The code of a report by itself: its verdict.
ExitCode CodeOf(const sim::RunReport& report);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_RUN_POOL_H_
