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

void AddTo(const TrafficBucket& more, TrafficBucket* bucket) {
  for (size_t i = 0; i < kMessageGroups; ++i) bucket->messages[i] += more.messages[i];
  bucket->bytes += more.bytes;
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

void LoadSampler::OnStart(const World& world) {
  world_ = &world;
  last_cpu_us_.assign(world.node_count(), 0);
  history_.cpu.assign(world.node_count(), {});
}

void LoadSampler::OnSecond(Instant at) {
  AddTraffic(at, world_->traffic());
  AddCpu();
}

void LoadSampler::OnEnd(Instant at) {
  AddTraffic(at, world_->traffic());
  AddCpu();
  const bool none = std::all_of(history_.cpu.begin(), history_.cpu.end(),
                                [](const NodeCpu& cpu) { return cpu.busy_us == 0; });
  if (none) history_.cpu.clear();
}

void LoadSampler::AddTraffic(Instant at, const TrafficTotals& totals) {
  if (at <= last_at_) return;
  TrafficBucket bucket;
  for (size_t i = 0; i <= kMessageTypes; ++i) {
    const size_t group = static_cast<size_t>(GroupOf(i));
    bucket.messages[group] += static_cast<uint32_t>(totals.messages[i] - last_.messages[i]);
    bucket.bytes += totals.bytes[i] - last_.bytes[i];
  }
  last_ = totals;
  last_at_ = at;
  // The second that ends at `at` began before it.
  const auto second = static_cast<size_t>((at - Instant{}).us - 1) / 1000000;
  while (second / history_.bucket_seconds >= kMaxBuckets) Halve();
  const size_t index = second / history_.bucket_seconds;
  if (history_.traffic.size() <= index) history_.traffic.resize(index + 1);
  AddTo(bucket, &history_.traffic[index]);
}

void LoadSampler::Halve() {
  std::vector<TrafficBucket>& buckets = history_.traffic;
  for (size_t i = 1; i < buckets.size(); ++i) {
    if (i % 2 == 0) buckets[i / 2] = {};
    AddTo(buckets[i], &buckets[i / 2]);
  }
  buckets.resize((buckets.size() + 1) / 2);
  history_.bucket_seconds *= 2;
}

void LoadSampler::AddCpu() {
  for (uint32_t i = 0; i < history_.cpu.size(); ++i) {
    const uint64_t busy_us = world_->cpu_nanos(NodeIndex{i}) / 1000;
    NodeCpu& cpu = history_.cpu[i];
    cpu.peak_us = std::max(cpu.peak_us, busy_us - last_cpu_us_[i]);
    cpu.busy_us = last_cpu_us_[i] = busy_us;
  }
}

}  // namespace gossamer::sim
