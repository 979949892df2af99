#include "sim/model/cpu.h"

#include <algorithm>

namespace gossamer::sim {
namespace {

// Nanoseconds; a turn that waits for a stalled disk, times what slows it down.
constexpr int64_t kLongestTurn = kEndless.us * 1000;

int64_t Percent(int64_t nanos, int64_t percent) {
  return std::min(nanos, kLongestTurn * 100 / percent) * percent / 100;
}

}  // namespace

CpuModel::CpuModel(const CpuSpec& spec, size_t nodes, uint64_t seed)
    : free_(spec.preset == "none"),
      costs_(FindCpuCosts(spec.preset).value_or(CpuCosts{})),
      scale_percent_(spec.scale_percent),
      memory_scale_percent_(spec.memory_scale_percent),
      cores_per_machine_(spec.cores_per_machine),
      nodes_per_machine_(std::max<size_t>(spec.nodes_per_machine, 1)),
      factor_(nodes, 1),
      busy_until_(nodes),
      used_nanos_(nodes) {
  if (free_) costs_ = *FindCpuCosts("redis-7");
  const bool background = !free_ && spec.background.value != 0;
  if (background && cores_per_machine_ == 0) {
    cores_per_machine_ = 1;
    nodes_per_machine_ = 1;
  }
  if (cores_per_machine_ == 0) return;
  core_of_.resize(nodes);
  core_until_.resize((nodes / nodes_per_machine_ + 1) * cores_per_machine_);
  if (background) background_ = BackgroundLoad(seed, spec.background, core_until_.size());
}

Instant CpuModel::Ready(uint32_t node, Instant now) {
  const Instant ready = std::max(now, busy_until_[node]);
  if (core_until_.empty()) return ready;
  return std::max(ready, CoreFree(EarliestCore(node, now), now));
}

size_t CpuModel::EarliestCore(uint32_t node, Instant now) {
  size_t best = FirstCore(node);
  for (size_t core = best + 1; core < FirstCore(node) + cores_per_machine_; ++core) {
    if (CoreFree(core, now) < CoreFree(best, now)) best = core;
  }
  return best;
}

int64_t CpuModel::Scaled(int64_t nanos) const { return Percent(nanos, scale_percent_); }

int64_t CpuModel::MemoryScaled(int64_t nanos) const {
  return Percent(nanos, memory_scale_percent_);
}

int64_t CpuModel::Slowed(uint32_t node, int64_t nanos) const {
  const int64_t factor = factor_[node];
  return std::min(nanos, kLongestTurn / factor) * factor;
}

Duration CpuModel::Time(uint32_t node, int64_t nanos) const {
  return Micros((Slowed(node, nanos) + 999) / 1000);
}

Instant CpuModel::Run(uint32_t node, Instant start, int64_t nanos) {
  const Instant end = start + Time(node, nanos);
  busy_until_[node] = end;
  used_nanos_[node] += static_cast<uint64_t>(Slowed(node, nanos));
  if (!core_until_.empty()) {
    core_of_[node] = EarliestCore(node, start);
    core_until_[core_of_[node]] = end;
  }
  return end;
}

void CpuModel::Abort(uint32_t node, Instant now) {
  if (busy_until_[node] <= now) return;
  used_nanos_[node] = used_nanos(node, now);
  if (!core_until_.empty()) core_until_[core_of_[node]] = now;
  busy_until_[node] = now;
}

uint64_t CpuModel::used_nanos(uint32_t node, Instant now) const {
  const int64_t left_us = std::max<int64_t>((busy_until_[node] - now).us, 0);
  return used_nanos_[node] - std::min(used_nanos_[node], static_cast<uint64_t>(left_us) * 1000);
}

}  // namespace gossamer::sim
