// ProcessorLoad: how busy the nodes' event loops were, and how long inputs waited for them.
//
// "Before" ends with the first fault or action of the timeline; without one it is the whole run.
// Shares are parts per million of one core, over the whole stretch, whether the node lived or not.
// A turn counts where it begins. Integers only. Thread safety: values and pure functions.
#ifndef GOSSAMER_SIM_REPORT_PROCESSOR_LOAD_H_
#define GOSSAMER_SIM_REPORT_PROCESSOR_LOAD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/time.h"
#include "nlohmann/json_fwd.hpp"
#include "sim/model/delay_histogram.h"
#include "sim/report/load_sampler.h"
#include "sim/report/run_report.h"

namespace gossamer::sim {

// Over the nodes.
struct Utilisation {
  uint64_t min_ppm = 0;
  uint64_t mean_ppm = 0;
  uint64_t max_ppm = 0;
};

struct ProcessorLoad {
  Utilisation whole;
  std::optional<Utilisation> before;  // none when the timeline begins with the run
  // The second of the run in which one node took most, the first of equal ones.
  size_t busiest_node = 0;
  uint64_t busiest_second = 0;
  uint64_t busiest_us = 0;
  DelayHistogram delay;  // of the whole run
};

// Nothing when no node's work took time.
std::optional<ProcessorLoad> LoadOf(const LoadHistory& history, Instant ended_at);

// The text report's lines; empty when there is nothing to tell.
std::string ProcessorText(const RunReport& report);
// "mean 0.4 %, ...": the same in one line, for formats that have no room.
std::string ProcessorLine(const RunReport& report);
// null when there is nothing to tell.
nlohmann::ordered_json ProcessorJson(const RunReport& report);

// "12.34 %" of parts per million.
std::string PpmText(uint64_t ppm);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_PROCESSOR_LOAD_H_
