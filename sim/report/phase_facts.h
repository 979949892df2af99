// What expectations ask of failovers, from their times: the sampled metrics and the histories of
// states. The same for simulated and for real clusters. Thread safety: pure functions.
#ifndef GOSSAMER_SIM_REPORT_PHASE_FACTS_H_
#define GOSSAMER_SIM_REPORT_PHASE_FACTS_H_

#include <string_view>
#include <vector>

#include "sim/report/failover_timeline.h"
#include "sim/report/load_sampler.h"
#include "sim/scenario/expectations.h"

namespace gossamer::sim {

// Every metric of the scenario language that has one sample per victim primary.
void AddSampledMetrics(const std::vector<IncidentTimes>& incidents, RunFacts* facts);

// utilisation and queue-delay; nothing when no work took time.
void AddLoadMetrics(const LoadHistory& history, Instant ended_at, RunFacts* facts);

// A state that holds while a count is 0. `what` is counted, in words: "live nodes say ...".
StateHistory HistoryOf(const std::vector<FailoverTimeline::CountChange>& changes,
                       std::string_view what);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_PHASE_FACTS_H_
