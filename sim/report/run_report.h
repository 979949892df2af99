// RunReport: everything that is to be told about one finished run, as data. RunRecorder makes it.
//
// The verdict is the first of these that applies:
//   fail          an expectation failed, or the codec changed a message.
//   fail          the run came to its end, its expectations demand that the cluster recovers (a
//                 state `covered` or `ok`; the defaults do), and a phase of an incident did not
//                 happen although a victim stayed away. The phases are those of the JSON: first
//                 PFAIL, first FAIL, FAIL known to all, slots covered, cluster ok.
//   inconclusive  an expectation could not be decided, or the run ended early.
//   pass          otherwise.
// So a scenario that means to show that nobody fails over says so in `expect`, and its missing
// phases are what was expected. Phases of a victim that came back (a short pause, a healed
// partition) may be missing in any case.
//
// Times are virtual but for wall_us. Thread safety: values.
#ifndef GOSSAMER_SIM_REPORT_RUN_REPORT_H_
#define GOSSAMER_SIM_REPORT_RUN_REPORT_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/model/world.h"
#include "sim/report/failover_timeline.h"
#include "sim/report/load_sampler.h"
#include "sim/report/view_sampler.h"
#include "sim/scenario/expectations.h"
#include "sim/scenario/node_names.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

// What the host knows about a run and the simulator does not.
struct RunEnvironment {
  std::string version;        // "0.1.0"
  std::string build;          // "a1b2c3d"
  std::string scenario_hash;  // 16 hex digits over the file's bytes
  uint64_t wall_us = 0;
  uint64_t peak_rss_bytes = 0;  // of the whole process; 0: unknown
};

// One line of the timeline that was carried out, faults and actions alike.
struct TimelineStep {
  Instant at;
  std::string word;  // "kill", "restart"
  std::string text;
  std::vector<NodeIndex> nodes;
  std::vector<std::string> refusals;  // what could not be done: "node 3: ERR ..."
};

struct RunReport {
  RunEnvironment environment;
  Scenario scenario;  // the incidents of the timeline point nowhere into it
  // Of a cluster from a layout. The texts below have them already.
  NodeNames names;
  uint64_t seed = 0;
  std::string rules;
  std::vector<Bug> bugs;  // planted in all nodes without rules of their own
  CpuSpec cpu;
  Transport transport = Transport::kTyped;
  Duration node_timeout;

  RunResult result;
  std::vector<TimelineStep> steps;  // all of the timeline
  // The faults that took nodes away, by number: drawn moments may come in another order.
  std::vector<IncidentTimes> incidents;
  ElectionTotals elections;
  Unavailability unavailability;
  uint64_t false_pfails = 0;
  uint64_t false_fails = 0;
  size_t live_nodes = 0;  // at the end
  LoadHistory load;
  ViewHistory views;

  // One per entry of scenario.expect.
  std::vector<ExpectationResult> expectations;
  std::vector<Violation> violations;  // the first of each checker
  uint64_t violation_count = 0;       // all, but those that are only counted
  Verdict verdict = Verdict::kInconclusive;
  std::vector<std::string> reasons;  // why it is not pass, a line each

  uint64_t virtual_us() const { return static_cast<uint64_t>(result.ended_at.us); }
};

// Sets verdict and reasons from everything else. `complete`: the run came to its scenario's end.
void DecideVerdict(bool complete, RunReport* report);

// What counts for the verdict besides the expectations: an early end, a codec that changed
// messages, phases that are missing although recovery is demanded. REQUIRES: `expectations` are
// filled.
struct RunCheck {
  Verdict verdict = Verdict::kPass;
  std::vector<std::string> reasons;
};
RunCheck CheckRun(const RunReport& report);
// The same for a run that did, or did not, come to its scenario's end.
RunCheck CheckRun(bool complete, const RunReport& report);

void SortByNumber(std::vector<IncidentTimes>* incidents);

// Takes the runs of one scenario file from the front of *runs. REQUIRES: *runs is not empty.
std::span<const RunReport> TakeFile(std::span<const RunReport>* runs);

// 32 hex digits.
std::string DigestText(const Digest& digest);
std::string_view TransportName(Transport transport);
std::string_view RunEndName(RunEnd end);
std::string CpuText(const CpuSpec& cpu);
// "valkey-8.0", with what was planted: "valkey-8.0+R-7395+V-762".
std::string RulesText(const RunReport& report);

// "500 of 501 voting primaries": of those that a FAIL or a vote needs, how many are left. Empty
// while there is a quorum.
std::string QuorumText(const IncidentTimes& incident);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_RUN_REPORT_H_
