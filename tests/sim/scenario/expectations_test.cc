#include "sim/scenario/expectations.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gossamer::sim {
namespace {

Expectation State(std::string name, std::optional<Duration> within, std::optional<Duration> after,
                  std::optional<Duration> by) {
  Expectation e;
  e.kind = ExpectKind::kState;
  e.name = std::move(name);
  e.within = within;
  e.after = after;
  e.by = by;
  return e;
}

Expectation Other(ExpectKind kind, std::string name, std::optional<int64_t> min = {},
                  std::optional<int64_t> max = {}) {
  Expectation e;
  e.kind = kind;
  e.name = std::move(name);
  e.min = min;
  e.max = max;
  return e;
}

RunFacts Complete() {
  RunFacts facts;
  facts.ended_at = Seconds(120);
  facts.complete = true;
  facts.first_incident = Seconds(60);
  return facts;
}

ExpectationResult Judge(const Expectation& e, const RunFacts& facts) {
  Scenario scenario;
  scenario.duration = Seconds(120);
  scenario.expect = {e};
  return Evaluate(scenario, facts).at(0);
}

// Covered but for [61 s, 82.5 s).
RunFacts Outage() {
  RunFacts facts = Complete();
  facts.states["covered"].changes = {{Seconds(0), true, ""},
                                     {Seconds(61), false, "1 of 3 shards without an owner: 2"},
                                     {Millis(82'500), true, ""}};
  return facts;
}

TEST(ExpectationsTest, AStateIsJudgedAtItsDeadline) {
  const auto judge = [](Duration within) {
    return Judge(State("covered", within, Seconds(60), {}), Outage());
  };
  EXPECT_EQ(judge(Seconds(25)).verdict, Verdict::kPass);
  EXPECT_EQ(judge(Seconds(25)).reason, "covered 22.5s after 60s, at most 25s");
  EXPECT_EQ(judge(Millis(22'500)).verdict, Verdict::kPass);
  EXPECT_EQ(judge(Seconds(22)).verdict, Verdict::kFail);
  EXPECT_EQ(judge(Seconds(22)).reason,
            "not covered at 82s: 1 of 3 shards without an owner: 2; reached 22.5s after 60s, at "
            "most 22s");
}

TEST(ExpectationsTest, WithinCountsFromTheFirstIncidentByDefault) {
  EXPECT_EQ(Judge(State("covered", Seconds(23), {}, {}), Outage()).verdict, Verdict::kPass);
  EXPECT_EQ(Judge(State("covered", Seconds(10), {}, {}), Outage()).verdict, Verdict::kFail);
  RunFacts facts = Outage();
  facts.first_incident.reset();
  EXPECT_EQ(Judge(State("covered", Seconds(23), {}, {}), facts).verdict, Verdict::kInconclusive);
}

TEST(ExpectationsTest, ByLooksAtOneInstant) {
  EXPECT_EQ(Judge(State("covered", {}, {}, Seconds(120)), Outage()).verdict, Verdict::kPass);
  EXPECT_EQ(Judge(State("covered", {}, {}, Seconds(61)), Outage()).verdict, Verdict::kFail);
  EXPECT_EQ(Judge(State("covered", {}, {}, Seconds(30)), Outage()).reason, "covered all the time");
}

TEST(ExpectationsTest, AnUnobservedStateIsInconclusive) {
  EXPECT_EQ(Judge(State("ok", {}, {}, Seconds(120)), Outage()).verdict, Verdict::kInconclusive);
}

TEST(ExpectationsTest, ARunThatEndedEarlyDecidesOnlyWhatCannotChange) {
  RunFacts facts = Outage();
  facts.complete = false;
  facts.ended_at = Seconds(84);
  EXPECT_EQ(Judge(State("covered", Seconds(23), {}, {}), facts).verdict, Verdict::kPass);
  EXPECT_EQ(Judge(State("covered", Seconds(10), {}, {}), facts).verdict, Verdict::kFail);
  EXPECT_EQ(Judge(State("covered", Seconds(30), {}, {}), facts).verdict, Verdict::kInconclusive);
  EXPECT_EQ(Judge(Other(ExpectKind::kInvariant, "all"), facts).verdict, Verdict::kInconclusive);
  facts.metrics["fail.p99"] = 1;
  EXPECT_EQ(Judge(Other(ExpectKind::kMetric, "fail.p99", {}, 5), facts).verdict,
            Verdict::kInconclusive);
}

TEST(ExpectationsTest, EventsAreCountedByWhomTheyAreAbout) {
  RunFacts facts = Complete();
  facts.events["fail-set"] = {1, 4, 7, "12.5 s: node 7 about node 3", "", ""};
  Expectation e = Other(ExpectKind::kEvent, "fail-set");
  e.never = true;
  e.about = "live";
  EXPECT_EQ(Judge(e, facts).verdict, Verdict::kFail);
  EXPECT_EQ(Judge(e, facts).reason,
            "fail-set about live happened 1 time, first 12.5 s: node 7 about node 3; at most 0");
  e.never = false;
  EXPECT_EQ(Judge(e, facts).verdict, Verdict::kPass);
  e.about = "victims";
  e.min = 5;
  EXPECT_EQ(Judge(e, facts).verdict, Verdict::kFail);
  e.about = "any";
  EXPECT_EQ(Judge(e, facts).verdict, Verdict::kPass);
  e.max = 6;
  EXPECT_EQ(Judge(e, facts).verdict, Verdict::kFail);
}

TEST(ExpectationsTest, AnEventWithoutBoundsMustHappen) {
  EXPECT_EQ(Judge(Other(ExpectKind::kEvent, "promoted"), Complete()).verdict, Verdict::kFail);
  EXPECT_EQ(Judge(Other(ExpectKind::kEvent, "promoted", {}, 1), Complete()).verdict,
            Verdict::kPass);
}

TEST(ExpectationsTest, CountsOfAnUnfinishedRunOnlyGrow) {
  RunFacts facts = Complete();
  facts.complete = false;
  facts.events["promoted"].any = 2;
  const auto judge = [&](std::optional<int64_t> min, std::optional<int64_t> max) {
    return Judge(Other(ExpectKind::kEvent, "promoted", min, max), facts).verdict;
  };
  EXPECT_EQ(judge(2, {}), Verdict::kPass);
  EXPECT_EQ(judge(3, {}), Verdict::kInconclusive);
  EXPECT_EQ(judge({}, 1), Verdict::kFail);
  EXPECT_EQ(judge({}, 2), Verdict::kInconclusive);
}

TEST(ExpectationsTest, MetricsAreComparedInTheirUnit) {
  RunFacts facts = Complete();
  facts.metrics["fail.p99"] = 22'000'000;
  facts.metrics["victims"] = 200;
  facts.metrics["votes.p50"] = std::nullopt;
  EXPECT_EQ(Judge(Other(ExpectKind::kMetric, "fail.p99", {}, 23'000'000), facts).reason,
            "fail.p99 is 22s, at most 23s");
  EXPECT_EQ(Judge(Other(ExpectKind::kMetric, "fail.p99", {}, 21'000'000), facts).verdict,
            Verdict::kFail);
  EXPECT_EQ(Judge(Other(ExpectKind::kMetric, "fail.p99", 23'000'000, {}), facts).verdict,
            Verdict::kFail);
  EXPECT_EQ(Judge(Other(ExpectKind::kMetric, "victims", 200, 200), facts).verdict, Verdict::kPass);
  EXPECT_EQ(Judge(Other(ExpectKind::kMetric, "votes.p50", {}, 1), facts).verdict, Verdict::kFail);
  EXPECT_EQ(Judge(Other(ExpectKind::kMetric, "bytes", {}, 1), facts).verdict,
            Verdict::kInconclusive);
}

TEST(ExpectationsTest, AllLeavesOutWhatTheProtocolDoesNotPromise) {
  RunFacts facts = Complete();
  EXPECT_EQ(Judge(Other(ExpectKind::kInvariant, "all"), facts).verdict, Verdict::kPass);
  facts.violations = {{"false_fail", Seconds(5), "slow"}};
  EXPECT_EQ(Judge(Other(ExpectKind::kInvariant, "all"), facts).verdict, Verdict::kPass);
  EXPECT_EQ(Judge(Other(ExpectKind::kInvariant, "false_fail"), facts).verdict, Verdict::kFail);
  facts.violations.push_back({"vote_once", Seconds(70), "later"});
  facts.violations.push_back({"vote_once", Seconds(63), "node 4 voted twice"});
  EXPECT_EQ(Judge(Other(ExpectKind::kInvariant, "all"), facts).reason,
            "2 violations, first of vote_once at 63s: node 4 voted twice");
  EXPECT_EQ(Judge(Other(ExpectKind::kInvariant, "quorum_win"), facts).verdict, Verdict::kPass);
}

TEST(ExpectationsTest, FailureOutweighsDoubt) {
  EXPECT_EQ(Combined({{0, Verdict::kPass, ""}, {1, Verdict::kInconclusive, ""}}),
            Verdict::kInconclusive);
  EXPECT_EQ(Combined({{0, Verdict::kInconclusive, ""}, {1, Verdict::kFail, ""}}), Verdict::kFail);
  EXPECT_EQ(Combined({{0, Verdict::kPass, ""}}), Verdict::kPass);
  EXPECT_EQ(VerdictName(Verdict::kInconclusive), "inconclusive");
}

TEST(ExpectationsTest, MetricNamesHaveUnits) {
  EXPECT_EQ(MetricUnitOf("fail.p99"), MetricUnit::kMicroseconds);
  EXPECT_EQ(MetricUnitOf("fail.count"), MetricUnit::kCount);
  EXPECT_EQ(MetricUnitOf("victims"), MetricUnit::kCount);
  EXPECT_EQ(MetricUnitOf("fail"), std::nullopt);
  EXPECT_EQ(MetricUnitOf("fail.p98"), std::nullopt);
  EXPECT_EQ(MetricUnitOf("victims.p50"), std::nullopt);
}

TEST(Expectations, LoadIsBoundedByTimesAndShares) {
  EXPECT_EQ(MetricUnitOf("queue-delay.p99"), MetricUnit::kMicroseconds);
  EXPECT_EQ(MetricUnitOf("queue-delay.count"), MetricUnit::kCount);
  EXPECT_EQ(MetricUnitOf("utilisation"), MetricUnit::kShare);
  EXPECT_FALSE(MetricUnitOf("queue-delay").has_value());
  EXPECT_EQ(FormatMetric("queue-delay.p99", 5000), "5ms");
  EXPECT_EQ(FormatMetric("utilisation-peak", 125'000), "12.5%");
  EXPECT_EQ(FormatMetric("elections", 3), "3");
}

}  // namespace
}  // namespace gossamer::sim
