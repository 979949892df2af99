// LoadSampler: how busy the bus and the nodes were, second by second. Thread safety: none.
#ifndef GOSSAMER_SIM_REPORT_LOAD_SAMPLER_H_
#define GOSSAMER_SIM_REPORT_LOAD_SAMPLER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "sim/model/delay_histogram.h"
#include "sim/model/observer.h"
#include "sim/model/run_options.h"
#include "sim/report/sample_series.h"

namespace gossamer::sim {

// Kinds of bus messages that mean the same to an operator.
enum class MessageGroup : uint8_t { kHeartbeat, kFail, kVote, kOther };
inline constexpr size_t kMessageGroups = 4;
// "heartbeats (ping, pong, meet)".
std::string_view MessageGroupName(MessageGroup group);

struct TrafficSample {
  std::array<uint32_t, kMessageGroups> messages{};  // delivered, by MessageGroup
  uint64_t bytes = 0;

  void Merge(const TrafficSample& later);
};

// CPU time of the nodes. The two figures of a second are, of a longer step, those of its greatest
// second, each by itself.
struct CpuSample {
  uint64_t sum_us = 0;  // of all nodes
  uint32_t max_us = 0;  // of the busiest node, in a second
  uint32_t p99_us = 0;  // what 99 % of the nodes did not exceed in a second, nearest rank

  void Merge(const CpuSample& later);
};

struct NodeCpu {
  uint64_t busy_us = 0;      // in all
  uint64_t peak_us = 0;      // in its busiest virtual second
  uint64_t peak_second = 0;  // the first such second; 0 is the first of the run
};

struct LoadHistory {
  SampleSeries<TrafficSample> traffic;
  // Both empty when nothing took CPU time.
  SampleSeries<CpuSample> cpu_over_time;
  std::vector<NodeCpu> cpu;  // by node
  // When the timeline began, and the CPU time that each node had taken until then.
  std::optional<Instant> disturbed_at;
  std::vector<uint64_t> cpu_before_us;
  QueueDelay delay;
};

class LoadSampler : public Observer {
 public:
  void OnStart(const World& world) override;
  void OnIncident(Instant at, const Incident& incident) override;
  void OnSecond(Instant at) override;
  void OnEnd(Instant at) override;

  // What OnSecond does with the world's: adds what came since the last call. `cpu_us`: the time
  // that each node took so far, as many nodes at every call. Nothing happens unless `at` is later.
  void Add(Instant at, const TrafficTotals& totals, const std::vector<uint64_t>& cpu_us);

  // Valid after OnEnd.
  const LoadHistory& history() const { return history_; }

 private:
  void AddWorld(Instant at);
  std::vector<uint64_t> CpuOfWorld() const;
  void AddTraffic(uint64_t second, const TrafficTotals& totals);
  void AddCpu(uint64_t second, const std::vector<uint64_t>& cpu_us);

  const World* world_ = nullptr;
  LoadHistory history_;
  TrafficTotals last_;
  Instant last_at_;
  std::vector<uint32_t> second_us_;  // scratch of AddCpu
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_LOAD_SAMPLER_H_
