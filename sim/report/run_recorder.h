// RunRecorder: the checkers, the timeline and the counters of one run, and the report made from
// them.
//
//   RunRecorder recorder;
//   World world(scenario, options, recorder.observers());
//   const RunResult result = world.Run();
//   const RunReport report = recorder.Finish(scenario, options, result, environment);
//
// Thread safety: none; one recorder for one run.
#ifndef GOSSAMER_SIM_REPORT_RUN_RECORDER_H_
#define GOSSAMER_SIM_REPORT_RUN_RECORDER_H_

#include <memory>
#include <optional>
#include <vector>

#include "sim/check/checkers.h"
#include "sim/model/observer.h"
#include "sim/model/world.h"
#include "sim/report/event_counter.h"
#include "sim/report/failover_timeline.h"
#include "sim/report/load_sampler.h"
#include "sim/report/run_report.h"
#include "sim/report/view_sampler.h"
#include "sim/scenario/expectations.h"

namespace gossamer::sim {

// What is known of a run before it begins: its scenario, seed, rules, bugs and transport.
RunReport ReportHead(const Scenario& scenario, const RunOptions& options);

class RunRecorder {
 public:
  RunRecorder();
  ~RunRecorder();

  // To be given to the world, in this order. They live as long as the recorder.
  std::vector<Observer*> observers();

  // REQUIRES: the run is over (OnEnd was called).
  RunReport Finish(const Scenario& scenario, const RunOptions& options, const RunResult& result,
                   const RunEnvironment& environment) const;

  const FailoverTimeline& timeline() const { return timeline_; }

 private:
  class Frame;  // what no other observer keeps: the first incident, who lives at the end

  RunFacts Facts(const Scenario& scenario, const RunResult& result) const;
  void AddStates(RunFacts* facts) const;
  void AddMetrics(const RunResult& result, RunFacts* facts) const;

  Checkers checkers_;
  FailoverTimeline timeline_;
  EventCounter counter_;
  LoadSampler load_;
  ViewSampler views_{&timeline_};
  std::unique_ptr<Frame> frame_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_RUN_RECORDER_H_
