#include "sim/scenario/expectations.h"

#include <algorithm>
#include <utility>

#include "sim/scenario/units.h"

namespace gossamer::sim {
namespace {

// Counted, and judged by expectations of their own.
constexpr std::string_view kNotInAll[] = {"false_fail"};

struct Outcome {
  Verdict verdict = Verdict::kInconclusive;
  std::string reason;
};

std::string EndedEarly(const RunFacts& facts) {
  return "the run ended early, at " + FormatDuration(facts.ended_at);
}

// "22.3s after 60s", or "at 82.3s" when there is nothing to count from.
std::string When(Duration at, std::optional<Duration> base) {
  if (!base) return "at " + FormatDuration(at);
  return FormatDuration(at - *base) + " after " + FormatDuration(*base);
}

// The index of the entry that says how things are at `at`.
size_t EntryAt(const StateHistory& history, Duration at) {
  const auto later = std::upper_bound(history.changes.begin(), history.changes.end(), at,
                                      [](Duration t, const StateChange& c) { return t < c.at; });
  const size_t index = static_cast<size_t>(later - history.changes.begin());
  return index == 0 ? 0 : index - 1;
}

Outcome JudgeHistory(const Expectation& e, const StateHistory& history, Duration deadline,
                     std::optional<Duration> base) {
  const std::string limit = base ? ", at most " + FormatDuration(deadline - *base) : "";
  const size_t index = EntryAt(history, deadline);
  const StateChange& then = history.changes[index];
  if (then.holds) {
    if (index == 0) return {Verdict::kPass, e.name + " all the time"};
    if (base && then.at <= *base) {
      return {Verdict::kPass, e.name + " from before " + FormatDuration(*base) + " on" + limit};
    }
    return {Verdict::kPass, e.name + " " + When(then.at, base) + limit};
  }
  std::string reason = "not " + e.name + " at " + FormatDuration(deadline);
  if (!then.detail.empty()) reason += ": " + then.detail;
  if (index + 1 < history.changes.size()) {
    reason += "; reached " + When(history.changes[index + 1].at, base) + limit;
  }
  return {Verdict::kFail, std::move(reason)};
}

Outcome JudgeState(const Expectation& e, const RunFacts& facts) {
  const auto history = facts.states.find(e.name);
  if (history == facts.states.end() || history->second.changes.empty()) {
    return {Verdict::kInconclusive, "state " + e.name + " was not observed"};
  }
  std::optional<Duration> base;
  Duration deadline;
  if (e.within) {
    base = e.after ? e.after : facts.first_incident;
    if (!base) return {Verdict::kInconclusive, "nothing happened to count from"};
    deadline = *base + *e.within;
  } else {
    deadline = e.by.value_or(facts.ended_at);
  }
  if (!facts.complete && deadline > facts.ended_at) {
    return {Verdict::kInconclusive, EndedEarly(facts) + ", before " + FormatDuration(deadline)};
  }
  return JudgeHistory(e, history->second, deadline, base);
}

struct Count {
  uint64_t value = 0;
  std::string first;
};

Count CountOf(const Expectation& e, const RunFacts& facts) {
  const auto counts = facts.events.find(e.name);
  if (counts == facts.events.end()) return {};
  const EventCounts& c = counts->second;
  if (e.about == "live") return {c.live, c.first_live};
  if (e.about == "victims") return {c.victims, c.first_victims};
  return {c.any, c.first_any};
}

// A count only grows: too many is final, enough is final, everything else needs the whole run.
Outcome JudgeEvent(const Expectation& e, const RunFacts& facts) {
  const Count count = CountOf(e, facts);
  const int64_t value = static_cast<int64_t>(std::min<uint64_t>(count.value, INT64_MAX));
  const std::optional<int64_t> max = e.never ? 0 : e.max;
  const int64_t min = e.never ? 0 : e.min.value_or(e.max ? 0 : 1);
  std::string reason = e.name + (e.about == "any" ? "" : " about " + e.about) + " happened " +
                       std::to_string(value) + (value == 1 ? " time" : " times");
  if (value > 0 && !count.first.empty()) reason += ", first " + count.first;
  if (max && value > *max) return {Verdict::kFail, reason + "; at most " + std::to_string(*max)};
  const bool decided = facts.complete || (value >= min && !max);
  if (!decided) return {Verdict::kInconclusive, reason + "; " + EndedEarly(facts)};
  if (value < min) return {Verdict::kFail, reason + "; at least " + std::to_string(min)};
  return {Verdict::kPass, std::move(reason)};
}

Outcome JudgeMetric(const Expectation& e, const RunFacts& facts) {
  const auto metric = facts.metrics.find(e.name);
  if (metric == facts.metrics.end()) {
    return {Verdict::kInconclusive, "metric " + e.name + " was not measured"};
  }
  const auto text = [&](int64_t v) { return FormatMetric(e.name, v); };
  std::string bounds;
  if (e.min) bounds += ", at least " + text(*e.min);
  if (e.max) bounds += ", at most " + text(*e.max);
  if (!facts.complete) {
    return {Verdict::kInconclusive, "metric " + e.name + ": " + EndedEarly(facts)};
  }
  if (!metric->second) return {Verdict::kFail, e.name + " has no sample" + bounds};
  const int64_t value = *metric->second;
  const bool holds = (!e.min || value >= *e.min) && (!e.max || value <= *e.max);
  return {holds ? Verdict::kPass : Verdict::kFail, e.name + " is " + text(value) + bounds};
}

Outcome JudgeInvariant(const Expectation& e, const RunFacts& facts) {
  const Violation* first = nullptr;
  size_t count = 0;
  for (const Violation& violation : facts.violations) {
    const bool left_out = std::find(std::begin(kNotInAll), std::end(kNotInAll),
                                    violation.invariant) != std::end(kNotInAll);
    if (e.name == "all" ? left_out : violation.invariant != e.name) continue;
    if (first == nullptr || violation.at < first->at) first = &violation;
    ++count;
  }
  if (first != nullptr) {
    return {Verdict::kFail, std::to_string(count) + " violations, first of " + first->invariant +
                                " at " + FormatDuration(first->at) + ": " + first->text};
  }
  if (!facts.complete) return {Verdict::kInconclusive, "no violation; " + EndedEarly(facts)};
  return {Verdict::kPass, "no violation"};
}

Outcome Judge(const Expectation& e, const RunFacts& facts) {
  switch (e.kind) {
    case ExpectKind::kState:
      return JudgeState(e, facts);
    case ExpectKind::kEvent:
      return JudgeEvent(e, facts);
    case ExpectKind::kMetric:
      return JudgeMetric(e, facts);
    case ExpectKind::kInvariant:
      break;
  }
  return JudgeInvariant(e, facts);
}

}  // namespace

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "pass";
    case Verdict::kFail:
      return "fail";
    case Verdict::kInconclusive:
      break;
  }
  return "inconclusive";
}

std::vector<ExpectationResult> Evaluate(const Scenario& scenario, const RunFacts& facts) {
  std::vector<ExpectationResult> results;
  for (size_t i = 0; i < scenario.expect.size(); ++i) {
    Outcome outcome = Judge(scenario.expect[i], facts);
    results.push_back({i, outcome.verdict, std::move(outcome.reason)});
  }
  return results;
}

Verdict Combined(const std::vector<ExpectationResult>& results) {
  const auto has = [&](Verdict verdict) {
    return std::any_of(results.begin(), results.end(),
                       [&](const ExpectationResult& r) { return r.verdict == verdict; });
  };
  if (has(Verdict::kFail)) return Verdict::kFail;
  return has(Verdict::kInconclusive) ? Verdict::kInconclusive : Verdict::kPass;
}

const std::vector<NameInfo>& StateNames() {
  static const std::vector<NameInfo> kNames = {
      {"covered",
       "every slot whose shard has a live node left is owned by a live primary, in the view of "
       "most "
       "live voting primaries and in that primary's own"},
      {"converged", "all live nodes have the same view of slots, epochs and roles"},
      {"ok", "every live node says cluster_state:ok"},
  };
  return kNames;
}

const std::vector<MetricInfo>& Metrics() {
  static const std::vector<MetricInfo> kMetrics = {
      {"pfail", true, "incident until the first node suspects the victim"},
      {"fail", true, "incident until the first node marks the victim FAIL"},
      {"fail-known", true, "incident until every live node has marked the victim FAIL"},
      {"election", true, "incident until the first election for the victim's shard starts"},
      {"votes", true, "start of the winning election until it is won"},
      {"won", true, "incident until an election for the victim's shard is won"},
      {"owner-known", true, "incident until every live node knows who owns the victim's slots now"},
      {"outage", true, "incident until the victim's slots are served again"},
      {"queue-delay", true,
       "arrival of an input at a node until its loop begins with it; needs a cpu preset"},
      {"utilisation", false,
       "share of a core that the mean node's loop took over the run; needs a cpu preset"},
      {"utilisation-max", false, "the same of the busiest node"},
      {"utilisation-peak", false, "the same of any node in its busiest second"},
      {"elections", false, "elections started"},
      {"elections-won", false, "elections won"},
      {"elections-expired", false, "elections that ran out of time"},
      {"elections-restarted", false, "elections given up for a newer epoch"},
      {"false-pfails", false, "PFAIL set on a live, reachable node"},
      {"false-fails", false, "FAIL set on a live, reachable node"},
      {"victims", false, "nodes that incidents took down"},
      {"primary-victims", false, "those that were primaries with slots"},
      {"lost-shards", false, "shards without any live node at the end"},
      {"live-voters", false, "live primaries with slots after the last incident"},
      {"quorum", false,
       "voting primaries that a FAIL or an election needed after the last incident"},
      {"messages", false, "messages delivered"},
      {"bytes", false, "bytes of these messages"},
  };
  return kMetrics;
}

const std::vector<std::string_view>& MetricStatistics() {
  static const std::vector<std::string_view> kStatistics = {"min", "p50", "p90",
                                                            "p99", "max", "count"};
  return kStatistics;
}

std::vector<std::string> MetricNames() {
  std::vector<std::string> names;
  for (const MetricInfo& metric : Metrics()) {
    if (!metric.sampled) {
      names.emplace_back(metric.name);
      continue;
    }
    for (const std::string_view statistic : MetricStatistics()) {
      names.push_back(std::string(metric.name) + "." + std::string(statistic));
    }
  }
  return names;
}

std::optional<MetricUnit> MetricUnitOf(std::string_view name) {
  const std::vector<std::string> names = MetricNames();
  if (std::find(names.begin(), names.end(), name) == names.end()) return std::nullopt;
  if (name.starts_with("utilisation")) return MetricUnit::kShare;
  const bool time = name.find('.') != std::string_view::npos && !name.ends_with(".count");
  return time ? MetricUnit::kMicroseconds : MetricUnit::kCount;
}

std::string FormatMetric(std::string_view name, int64_t value) {
  switch (MetricUnitOf(name).value_or(MetricUnit::kCount)) {
    case MetricUnit::kMicroseconds:
      return FormatDuration(Micros(value));
    case MetricUnit::kShare:
      return FormatShare(Ppm{static_cast<uint32_t>(value)});
    case MetricUnit::kCount:
      break;
  }
  return std::to_string(value);
}

const std::vector<NameInfo>& InvariantNames() {
  static const std::vector<NameInfo> kNames = {
      {"all", "every invariant below but false_fail"},
      {"vote_once", "a voter grants one vote per epoch, across restarts"},
      {"quorum_win", "an election is won with votes of a quorum in its own epoch"},
      {"epoch_owner", "an epoch won by election belongs to one node"},
      {"durable_vote", "votes and requests for votes leave only after the disk holds them"},
      {"epochs_monotonic", "epochs never fall, but for RESET HARD"},
      {"replication_tree",
       "in every view, replicas follow primaries, without cycles or long chains"},
      {"convergence", "after heal and quiet, live nodes agree on slots, roles and epochs"},
      {"false_fail", "FAIL is set on no node that is live and reachable"},
  };
  return kNames;
}

}  // namespace gossamer::sim
