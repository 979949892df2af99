#include "sim/model/cpu.h"

#include <algorithm>
#include <array>

namespace gossamer::sim {
namespace {

struct Preset {
  std::string_view name;
  CpuCosts costs;
};

// Nanoseconds; a turn that waits for a stalled disk, times what slows it down.
constexpr int64_t kLongestTurn = kEndless.us * 1000;

constexpr CpuCosts kRedis7 = {.turn = 1000,
                              .message = 13000,
                              .byte_pico = 1000,
                              .entry = 500,
                              .connect = 40000,
                              .accept = 40000,
                              .cron = 120000,
                              .cron_peer = 1000,
                              .sync = 30000,
                              .sync_blocks = true};
constexpr CpuCosts kGossamer = {.turn = 1000,
                                .message = 8000,
                                .byte_pico = 500,
                                .entry = 20,
                                .connect = 40000,
                                .accept = 40000,
                                .cron = 10000,
                                .cron_peer = 10,
                                .sync = 30000,
                                .sync_blocks = false};
constexpr std::array<Preset, 3> kPresets = {
    {{"none", CpuCosts{}}, {"redis-7", kRedis7}, {"gossamer", kGossamer}}};

}  // namespace

std::optional<CpuCosts> FindCpuCosts(std::string_view name) {
  for (const Preset& preset : kPresets) {
    if (preset.name == name) return preset.costs;
  }
  return std::nullopt;
}

std::vector<std::string_view> CpuPresetNames() {
  std::vector<std::string_view> names;
  for (const Preset& preset : kPresets) names.push_back(preset.name);
  return names;
}

CpuModel::CpuModel(const CpuSpec& spec, size_t nodes)
    : free_(spec.preset == "none"),
      costs_(FindCpuCosts(spec.preset).value_or(CpuCosts{})),
      scale_percent_(spec.scale_percent),
      cores_per_machine_(spec.cores_per_machine),
      nodes_per_machine_(std::max<size_t>(spec.nodes_per_machine, 1)),
      factor_(nodes, 1),
      busy_until_(nodes),
      used_nanos_(nodes) {
  if (free_) costs_ = kRedis7;
  if (cores_per_machine_ != 0) {
    core_until_.resize((nodes / nodes_per_machine_ + 1) * cores_per_machine_);
  }
}

size_t CpuModel::EarliestCore(uint32_t node) const {
  const auto first = core_until_.begin() + static_cast<std::ptrdiff_t>(FirstCore(node));
  const auto last = first + static_cast<std::ptrdiff_t>(cores_per_machine_);
  return static_cast<size_t>(std::min_element(first, last) - core_until_.begin());
}

Instant CpuModel::Run(uint32_t node, Instant start, int64_t nanos) {
  const int64_t factor = factor_[node];
  const int64_t most = kLongestTurn / factor * 100 / scale_percent_;
  const int64_t scaled = std::min(nanos, most) * scale_percent_ / 100 * factor;
  const Instant end = start + Micros((scaled + 999) / 1000);
  busy_until_[node] = end;
  used_nanos_[node] += static_cast<uint64_t>(scaled);
  if (!core_until_.empty()) core_until_[EarliestCore(node)] = end;
  return end;
}

}  // namespace gossamer::sim
