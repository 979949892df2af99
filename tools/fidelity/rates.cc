#include "tools/fidelity/rates.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string_view>

#include "core/base/strings.h"
#include "sim/report/text_format.h"
#include "tools/fidelity/measured.h"

namespace gossamer::tool {
namespace {

constexpr uint64_t kMostOfANumber = 1'000'000'000;
constexpr int64_t kCores = 2;

bool ParseRow(std::string_view text, RateRow* row) {
  const std::vector<std::string_view> cells = SplitWords(text, ",");
  if (cells.size() != 7) return false;
  row->server = std::string(cells[0]);
  int64_t numbers[6] = {};
  for (size_t i = 0; i < 6; ++i) {
    uint64_t value = 0;
    if (!ParseU64(cells[i + 1], &value) || value > kMostOfANumber) return false;
    numbers[i] = static_cast<int64_t>(value);
  }
  row->nodes = numbers[0];
  row->timeout_ms = numbers[1];
  row->measured = {static_cast<double>(numbers[2]) / 10, static_cast<double>(numbers[3]),
                   static_cast<double>(numbers[4]) / 1000};
  row->util_percent = numbers[5];
  return IsServer(row->server) && row->nodes >= 4 && row->nodes <= 10000 && row->timeout_ms > 0 &&
         numbers[2] > 0 && numbers[3] > 0 && numbers[4] > 0 && row->util_percent <= 100;
}

double Percent(double simulated, double measured) {
  return 100 * (simulated - measured) / measured;
}

bool IsOff(const Rates& simulated, const Rates& measured) {
  return std::abs(Percent(simulated.messages_per_s, measured.messages_per_s)) > kRatePercent ||
         std::abs(Percent(simulated.bytes_per_s, measured.bytes_per_s)) > kRatePercent;
}

std::string Signed(double percent) { return (percent < 0 ? "" : "+") + Rounded(percent, 1); }

std::string ErrorAt(const std::string& path, int number, const std::string& what) {
  return path + ":" + std::to_string(number) + ": " + what;
}

}  // namespace

std::optional<std::vector<RateRow>> ReadRates(const std::string& path, std::string* error) {
  std::ifstream in(path);
  if (!in) {
    *error = "cannot read " + path;
    return std::nullopt;
  }
  std::vector<RateRow> rows;
  std::string text;
  for (int number = 1; std::getline(in, text); ++number) {
    if (text.empty() || text.front() == '#') continue;
    if (ParseRow(text, &rows.emplace_back())) continue;
    *error = ErrorAt(path, number, "not measured rates: " + text);
    return std::nullopt;
  }
  if (rows.empty()) {
    *error = path + ": holds no row";
    return std::nullopt;
  }
  return rows;
}

sim::Scenario RestOf(const RateRow& row, const sim::CpuSpec& cpu) {
  sim::Scenario scenario;
  scenario.name = "rest-" + std::to_string(row.nodes) + "-" + std::to_string(row.timeout_ms);
  scenario.cpu.preset = cpu.preset;
  scenario.cpu.scale_percent = cpu.scale_percent;
  const double others = static_cast<double>(row.util_percent) / 100 - row.measured.cores / kCores;
  scenario.cpu.background.value = static_cast<uint32_t>(std::clamp(others, 0.0, 0.95) * 1'000'000);
  SetMachine(row.nodes, row.timeout_ms, &scenario);
  scenario.duration = Seconds(30) + Millis(row.timeout_ms) * 10;
  return scenario;
}

Rates RatesOf(const sim::RunReport& report) {
  const auto nodes = static_cast<double>(report.scenario.node_count());
  const double seconds = static_cast<double>(report.virtual_us()) / 1e6;
  Rates rates;
  const sim::TrafficTotals& traffic = report.result.traffic;
  for (const uint64_t messages : traffic.messages) {
    rates.messages_per_s += static_cast<double>(messages);
  }
  for (const uint64_t bytes : traffic.bytes) rates.bytes_per_s += static_cast<double>(bytes);
  rates.messages_per_s /= nodes * seconds;
  rates.bytes_per_s /= nodes * seconds;
  for (const sim::NodeCpu& node : report.load.cpu) {
    rates.cores += static_cast<double>(node.busy_us) / 1e6 / seconds;
  }
  return rates;
}

uint32_t ScalePercent(const std::vector<RateRow>& rows, const std::vector<Rates>& simulated) {
  std::vector<double> percents;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (simulated[i].cores > 0) {
      percents.push_back(100 * rows[i].measured.cores / simulated[i].cores);
    }
  }
  if (percents.empty()) return 100;
  const auto middle = percents.begin() + static_cast<std::ptrdiff_t>(percents.size() / 2);
  std::nth_element(percents.begin(), middle, percents.end());
  return static_cast<uint32_t>(std::clamp(std::round(*middle), 1.0, 10'000.0));
}

size_t RatesOff(const std::vector<RateRow>& rows, const std::vector<Rates>& simulated) {
  size_t off = 0;
  for (size_t i = 0; i < rows.size(); ++i) off += IsOff(simulated[i], rows[i].measured) ? 1 : 0;
  return off;
}

std::string RatesText(const std::vector<RateRow>& rows, const std::vector<Rates>& simulated) {
  sim::TextTable table({"server", "N", "T s", "messages/s", "measured", "", "bytes/s", "measured",
                        "", "cores", "measured"});
  for (size_t i = 0; i < rows.size(); ++i) {
    const Rates& measured = rows[i].measured;
    const Rates& mine = simulated[i];
    table.Add({rows[i].server, std::to_string(rows[i].nodes),
               std::to_string(rows[i].timeout_ms / 1000), Rounded(mine.messages_per_s, 1),
               Rounded(measured.messages_per_s, 1),
               Signed(Percent(mine.messages_per_s, measured.messages_per_s)) + " %",
               Rounded(mine.bytes_per_s, 0), Rounded(measured.bytes_per_s, 0),
               Signed(Percent(mine.bytes_per_s, measured.bytes_per_s)) + " %",
               Rounded(mine.cores, 3), Rounded(measured.cores, 3)});
  }
  const size_t off = RatesOff(rows, simulated);
  return table.Render(0) + "Sent by a node of a cluster at rest; cores: of the whole cluster.\n" +
         "Messages and bytes within " + Rounded(kRatePercent, 0) +
         " %: " + std::to_string(rows.size() - off) + " of " + std::to_string(rows.size()) + ": " +
         (off == 0 ? "met" : "MISSED") + "\n";
}

}  // namespace gossamer::tool
