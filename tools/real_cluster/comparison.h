// Comparison: the phases of real runs beside those of simulated ones, in one table.
//
// The figures of both sides are those of sim/report/phases.h. Where a real value stands among the
// simulated ones is the share of simulated runs that were faster, ties counting half. Thread
// safety: values and pure functions.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_COMPARISON_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_COMPARISON_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "nlohmann/json_fwd.hpp"
#include "sim/report/run_report.h"
#include "tools/real_cluster/real_run.h"

namespace gossamer::real {

// Of the JSON; rises when a key goes or changes its meaning.
inline constexpr int kComparisonVersion = 1;

// What a reader has to know to believe the table.
struct ComparisonHead {
  std::string real;       // "redis-server 7.0.15, 6 processes on this machine"
  std::string simulated;  // "rules valkey-8.0 (nearest to redis-server 7.0.15), cpu redis-7, ..."
  std::string rules;
  std::string cpu;
  std::vector<std::string> programs;  // by shard, in turn
  std::optional<Duration> settle;
  std::vector<std::string> passed_over;
};

struct ComparedPhase {
  std::string_view key;
  std::string_view label;
  std::vector<std::optional<Duration>> real;  // by run
  std::vector<Duration> simulated;            // rising
  size_t simulated_runs = 0;                  // with or without a value

  // The real values that there are, rising.
  std::vector<Duration> RealValues() const;
};

struct ComparedIncident {
  size_t position = 0;  // among those that took nodes away
  std::string text;
  std::vector<std::optional<Instant>> at;            // by real run
  std::vector<std::vector<sim::NodeIndex>> victims;  // by real run
  std::vector<ComparedPhase> phases;
};

// REQUIRES: there is a real run. An interrupted comparison may lack the simulated ones.
std::vector<ComparedIncident> Compare(std::span<const RealResult> real,
                                      std::span<const sim::RunReport> simulated);

// The share of `simulated` below `value`, in parts per thousand. REQUIRES: it is not empty.
uint32_t RankAmong(std::span<const Duration> simulated, Duration value);

// Fail if any run failed, else inconclusive if any was, else pass.
sim::Verdict VerdictOf(std::span<const RealResult> real);

std::string ComparisonText(const ComparisonHead& head, std::span<const RealResult> real,
                           std::span<const sim::RunReport> simulated);
nlohmann::ordered_json ComparisonJson(const ComparisonHead& head, std::span<const RealResult> real,
                                      std::span<const sim::RunReport> simulated);

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_COMPARISON_H_
