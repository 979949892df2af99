// LoadSampler: how busy the bus and the nodes were, second by second.
//
// It keeps at most kMaxBuckets samples of traffic: a run that is longer than so many seconds is
// kept in longer buckets of equal length, the last one maybe incomplete. Thread safety: none.
#ifndef GOSSAMER_SIM_REPORT_LOAD_SAMPLER_H_
#define GOSSAMER_SIM_REPORT_LOAD_SAMPLER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "sim/model/observer.h"
#include "sim/model/run_options.h"

namespace gossamer::sim {

// Kinds of bus messages that mean the same to an operator.
enum class MessageGroup : uint8_t { kHeartbeat, kFail, kVote, kOther };
inline constexpr size_t kMessageGroups = 4;
// "heartbeats (ping, pong, meet)".
std::string_view MessageGroupName(MessageGroup group);

struct TrafficBucket {
  std::array<uint32_t, kMessageGroups> messages{};  // delivered, by MessageGroup
  uint64_t bytes = 0;
};

struct NodeCpu {
  uint64_t busy_us = 0;  // in all
  uint64_t peak_us = 0;  // in its busiest virtual second
};

struct LoadHistory {
  uint32_t bucket_seconds = 1;
  std::vector<TrafficBucket> traffic;
  std::vector<NodeCpu> cpu;  // by node; empty when nothing took CPU time
};

class LoadSampler : public Observer {
 public:
  static constexpr size_t kMaxBuckets = 1024;

  void OnStart(const World& world) override;
  void OnSecond(Instant at) override;
  void OnEnd(Instant at) override;

  // Adds the totals of `at` to the history; what OnSecond does with the world's.
  void AddTraffic(Instant at, const TrafficTotals& totals);

  // Valid after OnEnd.
  const LoadHistory& history() const { return history_; }

 private:
  void Halve();
  void AddCpu();

  const World* world_ = nullptr;
  LoadHistory history_;
  TrafficTotals last_;
  Instant last_at_;
  std::vector<uint64_t> last_cpu_us_;  // by node
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_LOAD_SAMPLER_H_
