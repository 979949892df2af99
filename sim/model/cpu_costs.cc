#include "sim/model/cpu_costs.h"

#include <array>
#include <charconv>
#include <utility>

#include "core/base/check.h"
#include "sim/model/cpu_presets.h"

namespace gossamer::sim {
namespace {

constexpr std::string_view kHead = "cost,value,unit,low,high,how";

constexpr std::array<CpuCostRow, 17> kRows = {{{"turn", "ns", &CpuCosts::turn},
                                               {"send", "ns", &CpuCosts::send},
                                               {"receive", "ns", &CpuCosts::receive},
                                               {"byte", "ps", &CpuCosts::byte_pico},
                                               {"entry", "ns", &CpuCosts::entry},
                                               {"report", "ns", &CpuCosts::report},
                                               {"report_list", "ps", &CpuCosts::report_list_pico},
                                               {"report_tree", "ps", &CpuCosts::report_tree_pico},
                                               {"connect", "ns", &CpuCosts::connect},
                                               {"accept", "ns", &CpuCosts::accept},
                                               {"close", "ns", &CpuCosts::close},
                                               {"cron", "ns", &CpuCosts::cron},
                                               {"cron_peer", "ns", &CpuCosts::cron_peer},
                                               {"save", "ns", &CpuCosts::save},
                                               {"save_peer", "ns", &CpuCosts::save_peer},
                                               {"sync", "ns", &CpuCosts::sync},
                                               {"sync_blocks", "flag", &CpuCosts::sync_blocks}}};

// What stands before the next `end`, which is taken away too; all of it if there is none.
std::string_view Take(std::string_view* text, char end) {
  const size_t at = text->find(end);
  const std::string_view taken = text->substr(0, at);
  text->remove_prefix(at == std::string_view::npos ? text->size() : at + 1);
  return taken;
}

// The next line that is no comment.
std::string_view TakeLine(std::string_view* text) {
  while (!text->empty()) {
    const std::string_view line = Take(text, '\n');
    if (!line.starts_with('#')) return line;
  }
  return {};
}

bool ReadRow(const CpuCostRow& row, std::string_view line, CpuCosts* costs) {
  if (Take(&line, ',') != row.name) return false;
  const std::string_view digits = Take(&line, ',');
  int64_t& value = costs->*row.field;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || value < 0) return false;
  return Take(&line, ',') == row.unit;
}

}  // namespace

std::span<const CpuCostRow> CpuCostRows() { return kRows; }

std::optional<CpuCosts> ParseCpuCosts(std::string_view csv) {
  if (TakeLine(&csv) != kHead) return std::nullopt;
  CpuCosts costs;
  for (const CpuCostRow& row : kRows) {
    if (!ReadRow(row, TakeLine(&csv), &costs)) return std::nullopt;
  }
  if (!TakeLine(&csv).empty()) return std::nullopt;
  return costs;
}

std::optional<CpuCosts> FindCpuCosts(std::string_view name) {
  if (name == "none") return CpuCosts{};
  for (const auto& [preset, csv] :
       {std::pair{"redis-7", kRedisCosts}, std::pair{"redis-7-debug", kRedisDebugCosts},
        std::pair{"gossamer", kGossamerCosts}}) {
    if (preset != name) continue;
    std::optional<CpuCosts> costs = ParseCpuCosts(csv);
    GOSSAMER_CHECK(costs.has_value());
    return costs;
  }
  return std::nullopt;
}

std::vector<std::string_view> CpuPresetNames() {
  return {"none", "redis-7", "redis-7-debug", "gossamer"};
}

}  // namespace gossamer::sim
