// Reports filled by hand: a primary and a replica of six nodes killed at 60 s, everything over at
// 84 s.
#ifndef GOSSAMER_TESTS_SIM_REPORT_EXAMPLE_REPORT_H_
#define GOSSAMER_TESTS_SIM_REPORT_EXAMPLE_REPORT_H_

#include <cstdint>
#include <vector>

#include "sim/report/run_report.h"

namespace gossamer::sim {

inline Instant At(int64_t ms) { return Instant{ms * 1000}; }

// A primary and a replica killed at 60 s and everything over by 84 s.
inline IncidentTimes HappyIncident() {
  IncidentTimes incident;
  incident.at = At(60000);
  incident.text = "kill 10% of nodes";
  incident.observers = 7;
  incident.voters = 3;
  incident.voters_left = 2;
  VictimTimes primary;
  primary.node = NodeIndex{0};
  primary.was_primary = primary.has_survivor = true;
  primary.slots = 5461;
  primary.first_pfail = At(75012);
  primary.first_fail = At(81500);
  primary.fail_by = NodeIndex{1};
  primary.fail_known = {At(81600), At(81700), At(81800)};
  primary.election = primary.winning_election = At(82400);
  primary.elections = 1;
  primary.promoted = primary.covered = At(82410);
  primary.winner = NodeIndex{3};
  primary.votes = 2;
  primary.covered_known = {At(82500), At(82600), At(82700)};
  VictimTimes replica;
  replica.node = NodeIndex{5};
  replica.shard = 1;
  replica.has_survivor = true;
  replica.first_pfail = At(76000);
  replica.first_fail = At(82000);
  replica.fail_known = {At(82100), At(82200), At(82300)};
  incident.victims = {primary, replica};
  incident.ok = {At(83000), At(83500), At(84000)};
  return incident;
}

inline RunReport HappyReport() {
  RunReport report;
  report.environment = {"0.1.0", "abc", "0123456789abcdef", 2000000, 50 << 20};
  report.scenario.file = "scenarios/quickstart.yaml";
  report.scenario.name = "quickstart";
  report.scenario.duration = Seconds(150);
  Expectation covered;
  covered.name = "covered";
  covered.text = "covered within 25s";
  report.scenario.expect = {covered};
  report.expectations = {{0, Verdict::kPass, "covered 22.41s after 60s"}};
  report.seed = 42;
  report.rules = report.scenario.rules;
  report.node_timeout = Seconds(15);
  report.result.ended_at = At(150000);
  report.result.traffic.messages[0] = 1000;
  report.result.traffic.bytes[0] = 2616000;
  report.result.traffic.entries[0] = 3000;
  report.incidents = {HappyIncident()};
  return report;
}

// Seeds 1 to 3 with first FAILs at 22, 24 and 21 s; the cluster of the third is never ok again.
inline std::vector<RunReport> ThreeSeeds() {
  std::vector<RunReport> runs;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    RunReport report = HappyReport();
    report.seed = seed;
    report.result.digest.Add(seed);
    for (VictimTimes& victim : report.incidents[0].victims) {
      victim.first_fail = At(80000 + static_cast<int64_t>(seed * 7 % 5) * 1000);
    }
    if (seed == 3) report.incidents[0].ok = {};
    DecideVerdict(true, &report);
    runs.push_back(report);
  }
  return runs;
}

}  // namespace gossamer::sim

#endif  // GOSSAMER_TESTS_SIM_REPORT_EXAMPLE_REPORT_H_
