#include "sim/report/load_sampler.h"

#include <algorithm>

#include "core/bus/types.h"
#include "sim/model/world.h"

namespace gossamer::sim {
namespace {

MessageGroup GroupOf(size_t type) {
  switch (static_cast<MessageType>(type)) {
    case MessageType::kPing:
    case MessageType::kPong:
    case MessageType::kMeet:
      return MessageGroup::kHeartbeat;
    case MessageType::kFail:
      return MessageGroup::kFail;
    case MessageType::kAuthRequest:
    case MessageType::kAuthAck:
      return MessageGroup::kVote;
    default:
      return MessageGroup::kOther;
  }
}

}  // namespace

std::string_view MessageGroupName(MessageGroup group) {
  switch (group) {
    case MessageGroup::kHeartbeat:
      return "heartbeats (ping, pong, meet)";
    case MessageGroup::kFail:
      return "FAIL messages";
    case MessageGroup::kVote:
      return "votes (requests and answers)";
    case MessageGroup::kOther:
      break;
  }
  return "others (update, publish, ...)";
}

void TrafficSample::Merge(const TrafficSample& later) {
  for (size_t i = 0; i < kMessageGroups; ++i) messages[i] += later.messages[i];
  bytes += later.bytes;
}

void CpuSample::Merge(const CpuSample& later) {
  sum_us += later.sum_us;
  max_us = std::max(max_us, later.max_us);
  p99_us = std::max(p99_us, later.p99_us);
}

void LoadSampler::OnStart(const World& world) { world_ = &world; }

void LoadSampler::OnIncident(Instant at, const Incident&) {
  if (history_.disturbed_at) return;
  history_.disturbed_at = at;
  history_.cpu_before_us = CpuOfWorld();
}

void LoadSampler::OnSecond(Instant at) { AddWorld(at); }

void LoadSampler::OnEnd(Instant at) {
  AddWorld(at);
  history_.delay = world_->queue_delay();
  const bool none = std::all_of(history_.cpu.begin(), history_.cpu.end(),
                                [](const NodeCpu& cpu) { return cpu.busy_us == 0; });
  if (!none) return;
  history_.cpu.clear();
  history_.cpu_over_time = {};
}

std::vector<uint64_t> LoadSampler::CpuOfWorld() const {
  std::vector<uint64_t> cpu_us(world_->node_count());
  for (uint32_t i = 0; i < cpu_us.size(); ++i) cpu_us[i] = world_->cpu_nanos(NodeIndex{i}) / 1000;
  return cpu_us;
}

void LoadSampler::AddWorld(Instant at) { Add(at, world_->traffic(), CpuOfWorld()); }

void LoadSampler::Add(Instant at, const TrafficTotals& totals,
                      const std::vector<uint64_t>& cpu_us) {
  if (at <= last_at_) return;
  last_at_ = at;
  // The second that ends at `at` began before it.
  const auto second = static_cast<uint64_t>((at - Instant{}).us - 1) / 1000000;
  AddTraffic(second, totals);
  AddCpu(second, cpu_us);
}

void LoadSampler::AddTraffic(uint64_t second, const TrafficTotals& totals) {
  TrafficSample sample;
  for (size_t i = 0; i <= kMessageTypes; ++i) {
    const size_t group = static_cast<size_t>(GroupOf(i));
    sample.messages[group] += static_cast<uint32_t>(totals.messages[i] - last_.messages[i]);
    sample.bytes += totals.bytes[i] - last_.bytes[i];
  }
  last_ = totals;
  history_.traffic.Add(second, sample);
}

void LoadSampler::AddCpu(uint64_t second, const std::vector<uint64_t>& cpu_us) {
  if (cpu_us.empty()) return;
  history_.cpu.resize(cpu_us.size());
  second_us_.clear();
  CpuSample sample;
  for (size_t i = 0; i < cpu_us.size(); ++i) {
    NodeCpu& cpu = history_.cpu[i];
    const uint64_t used_us = cpu_us[i] - cpu.busy_us;
    if (used_us > cpu.peak_us) {
      cpu.peak_us = used_us;
      cpu.peak_second = second;
    }
    cpu.busy_us = cpu_us[i];
    sample.sum_us += used_us;
    second_us_.push_back(static_cast<uint32_t>(used_us));
  }
  const size_t rank = (second_us_.size() * 99 + 99) / 100 - 1;
  const auto p99 = second_us_.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(second_us_.begin(), p99, second_us_.end());
  sample.p99_us = *p99;
  sample.max_us = *std::max_element(p99, second_us_.end());
  history_.cpu_over_time.Add(second, sample);
}

}  // namespace gossamer::sim
