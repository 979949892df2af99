#include "sim/report/processor_load.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"
#include "sim/report/text_format.h"

namespace gossamer::sim {
namespace {

using Json = nlohmann::ordered_json;

Utilisation UtilisationOf(const std::vector<uint64_t>& busy_us, uint64_t of_us) {
  Utilisation out;
  out.min_ppm = UINT64_MAX;
  uint64_t sum_us = 0;
  for (const uint64_t us : busy_us) {
    const uint64_t ppm = us * 1000000 / of_us;
    out.min_ppm = std::min(out.min_ppm, ppm);
    out.max_ppm = std::max(out.max_ppm, ppm);
    sum_us += us;
  }
  out.mean_ppm = sum_us * 1000000 / of_us / busy_us.size();
  return out;
}

std::string UtilisationText(const Utilisation& u) {
  return absl::StrCat("min ", PpmText(u.min_ppm), ", mean ", PpmText(u.mean_ppm), ", max ",
                      PpmText(u.max_ppm));
}

std::string DelayText(const DelayHistogram& delay) {
  if (delay.count() == 0) return "no input";
  return absl::StrCat("mean ", ThousandthsText(delay.mean_us()), ", p99 ",
                      ThousandthsText(delay.QuantileUs(99)), ", max ",
                      ThousandthsText(delay.max_us()), " of ", Plural(delay.count(), "input"));
}

std::string BusiestText(const ProcessorLoad& load) {
  return absl::StrCat("busiest second ", PpmText(load.busiest_us), " (node ", load.busiest_node,
                      ", from ", load.busiest_second, " s on)");
}

Json UtilisationJson(const Utilisation& u) {
  return {{"min_ppm", u.min_ppm}, {"mean_ppm", u.mean_ppm}, {"max_ppm", u.max_ppm}};
}

Json DelayJson(const DelayHistogram& delay) {
  return {{"inputs", delay.count()},
          {"mean_us", delay.mean_us()},
          {"p99_us", delay.QuantileUs(99)},
          {"max_us", delay.max_us()}};
}

}  // namespace

std::string PpmText(uint64_t ppm) {
  return absl::StrFormat("%d.%02d %%", ppm / 10000, ppm % 10000 / 100);
}

std::optional<ProcessorLoad> LoadOf(const LoadHistory& history, Instant ended_at) {
  const auto run_us = static_cast<uint64_t>((ended_at - Instant{}).us);
  if (history.cpu.empty() || run_us == 0) return std::nullopt;
  ProcessorLoad out;
  std::vector<uint64_t> whole_us;
  for (size_t i = 0; i < history.cpu.size(); ++i) {
    const NodeCpu& cpu = history.cpu[i];
    whole_us.push_back(cpu.busy_us);
    if (std::pair(cpu.peak_us, out.busiest_second) <= std::pair(out.busiest_us, cpu.peak_second)) {
      continue;
    }
    out.busiest_node = i;
    out.busiest_second = cpu.peak_second;
    out.busiest_us = cpu.peak_us;
  }
  out.whole = UtilisationOf(whole_us, run_us);
  if (!history.disturbed_at) {
    out.before = out.whole;
  } else if (*history.disturbed_at > Instant{}) {
    out.before = UtilisationOf(history.cpu_before_us,
                               static_cast<uint64_t>((*history.disturbed_at - Instant{}).us));
  }
  out.delay = history.delay.before;
  out.delay.Merge(history.delay.after);
  return out;
}

std::string ProcessorText(const RunReport& report) {
  const std::optional<ProcessorLoad> load = LoadOf(report.load, report.result.ended_at);
  if (!load) return {};
  const bool disturbed = report.load.disturbed_at.has_value();
  std::string out = absl::StrCat("Processors: ", CpuText(report.cpu), "\n");
  out += Wrap("a node's loop: " + UtilisationText(load->whole) + "; " + BusiestText(*load), 2);
  if (disturbed && load->before) {
    out += Wrap("before the first step: " + UtilisationText(*load->before), 2);
  }
  if (!disturbed) return out + Wrap("waiting for it: " + DelayText(load->delay), 2);
  return out + Wrap("waiting for it, before: " + DelayText(report.load.delay.before), 2) +
         Wrap("from then on: " + DelayText(report.load.delay.after), 2);
}

std::string ProcessorLine(const RunReport& report) {
  const std::optional<ProcessorLoad> load = LoadOf(report.load, report.result.ended_at);
  if (!load) return {};
  return absl::StrCat("Processors (", CpuText(report.cpu),
                      "): a node's loop: ", UtilisationText(load->whole), "; ", BusiestText(*load),
                      "; waiting for it: ", DelayText(load->delay));
}

Json ProcessorJson(const RunReport& report) {
  const std::optional<ProcessorLoad> load = LoadOf(report.load, report.result.ended_at);
  if (!load) return nullptr;
  const CpuSpec& cpu = report.cpu;
  return {{"preset", cpu.preset},
          {"scale_percent", cpu.scale_percent},
          {"memory_scale_percent", cpu.memory_scale_percent},
          {"background_ppm", cpu.background.value},
          {"cores_per_machine", cpu.cores_per_machine},
          {"nodes_per_machine", cpu.nodes_per_machine},
          {"utilisation", UtilisationJson(load->whole)},
          {"utilisation_before", load->before ? UtilisationJson(*load->before) : Json(nullptr)},
          {"busiest_second",
           {{"node", load->busiest_node},
            {"second", load->busiest_second},
            {"busy_us", load->busiest_us}}},
          {"queue_delay", DelayJson(load->delay)},
          {"queue_delay_before", DelayJson(report.load.delay.before)},
          {"queue_delay_after", DelayJson(report.load.delay.after)}};
}

}  // namespace gossamer::sim
