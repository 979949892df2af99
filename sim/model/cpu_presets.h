// The files of cpu_presets/ as they stand. The definitions are generated at build time.
#ifndef GOSSAMER_SIM_MODEL_CPU_PRESETS_H_
#define GOSSAMER_SIM_MODEL_CPU_PRESETS_H_

#include <string_view>

namespace gossamer::sim {

// Beside each its hash, which the generator makes for all texts.
extern const std::string_view kRedisCosts;
extern const std::string_view kRedisCostsSha256;
extern const std::string_view kRedisDebugCosts;
extern const std::string_view kRedisDebugCostsSha256;
extern const std::string_view kGossamerCosts;
extern const std::string_view kGossamerCostsSha256;

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_CPU_PRESETS_H_
