// Expectations: whether a finished run did what its scenario's `expect` list demands. A pure
// function over RunFacts.
//
// The report fills RunFacts from what it observed; nothing here looks at a world. A verdict has
// three values: what a run that ended early could still have decided either way is inconclusive,
// never a pass. SOURCE: scenarios/README.md. Thread safety: values. Errors: none; every name was
// checked by the loader.
#ifndef GOSSAMER_SIM_SCENARIO_EXPECTATIONS_H_
#define GOSSAMER_SIM_SCENARIO_EXPECTATIONS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

// All times below are virtual times since the start of the run.

// One change of a state, with a few words for reports: "3 of 666 shards without an owner: 4, 17,
// 201".
struct StateChange {
  Duration at;
  bool holds = false;
  std::string detail;
};

// The history of one state. INVARIANT: `changes` rises in time and alternates; the first entry is
// the value at time zero.
struct StateHistory {
  std::vector<StateChange> changes;
};

// How often an event of one type happened, by whom it was about. One event may count in several
// columns.
struct EventCounts {
  // Events about a node that, at that instant, was live (running, neither paused nor on a lost
  // host, and reachable for most live voting primaries under the faults in force), and had been so
  // for the last node-timeout.
  uint64_t live = 0;
  // Events about a node that the target of some incident selected, from that incident until its end
  // or the node's restart.
  uint64_t victims = 0;
  // All of them, also those without a subject.
  uint64_t any = 0;
  // The first such event in words, for messages: "12.503 s: node 7 about node 3". May be empty.
  std::string first_live;
  std::string first_victims;
  std::string first_any;
};

struct Violation {
  std::string invariant;  // the checker's name
  Duration at;
  std::string text;
};

struct RunFacts {
  Duration ended_at;      // how far the run came
  bool complete = false;  // it reached the scenario's duration
  std::optional<Duration> first_incident;

  // By name. A state of StateNames() or a metric of MetricNames() that is absent was not measured:
  // inconclusive. A metric that is present but empty had no sample (no FAIL at all: no fail.p99): a
  // bound on nothing fails.
  std::map<std::string, StateHistory> states;
  std::map<std::string, std::optional<int64_t>> metrics;
  // By EventTypeName. A type that is absent never happened.
  std::map<std::string, EventCounts> events;
  // Of all checkers that ran.
  std::vector<Violation> violations;
};

enum class Verdict : uint8_t { kPass, kFail, kInconclusive };
std::string_view VerdictName(Verdict verdict);

struct ExpectationResult {
  size_t index = 0;  // in Scenario::expect
  Verdict verdict = Verdict::kInconclusive;
  std::string reason;  // one line, with the measured value: "covered 22.8 s after the first
                       // incident, at most 25 s"
};

// One result per entry of scenario.expect, in its order.
std::vector<ExpectationResult> Evaluate(const Scenario& scenario, const RunFacts& facts);

// Fail if any failed, else inconclusive if any is, else pass.
Verdict Combined(const std::vector<ExpectationResult>& results);

// A word of the language and what it stands for.
struct NameInfo {
  std::string_view name;
  std::string_view about;
};

// The states that `{state: …}` knows.
const std::vector<NameInfo>& StateNames();

// The quantities that `{metric: ...}` knows. A sampled one is counted in microseconds and written
// with a statistic: fail.p99; its samples are victims that were primaries with slots, those of
// queue-delay the nodes' inputs. The others are single numbers.
struct MetricInfo {
  std::string_view name;
  bool sampled = false;
  std::string_view about;
};
const std::vector<MetricInfo>& Metrics();
// "min", "p50", "p90", "p99", "max", and "count", the number of samples.
const std::vector<std::string_view>& MetricStatistics();

// kShare: parts per million, written as shares: 50%.
enum class MetricUnit : uint8_t { kMicroseconds, kCount, kShare };
// Every name that may stand after `metric:`, in the order of Metrics(): "pfail.min", "pfail.p50",
// ...
std::vector<std::string> MetricNames();
// The unit of such a name, or nothing for an unknown name.
std::optional<MetricUnit> MetricUnitOf(std::string_view name);
// A value of that metric or, if it is none, a count: "5ms", "12.5%", "3".
std::string FormatMetric(std::string_view name, int64_t value);

// "all", then each checker's name. "all" leaves out what the protocol does not promise: false_fail.
const std::vector<NameInfo>& InvariantNames();

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_EXPECTATIONS_H_
