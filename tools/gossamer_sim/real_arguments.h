// The options of `run --real`: the same scenario against real processes.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_REAL_ARGUMENTS_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_REAL_ARGUMENTS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/time.h"

namespace CLI {
class App;
}  // namespace CLI

namespace gossamer::tool {

struct Arguments;

struct RealArguments {
  std::string programs;  // separated by commas; empty: no real run
  std::optional<Duration> settle;
  std::string directory;           // kept; empty: a temporary one
  uint64_t simulated_seeds = 200;  // 1 to so many

  // As typed.
  std::string settle_text;
  std::string simulated_seeds_text = "200";
};

// Adds the options to `run`.
void AddRealOptions(CLI::App* run, RealArguments* out);

// Checks them, once all others were checked. What is wrong, or empty.
std::string CheckRealArguments(Arguments* arguments);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_REAL_ARGUMENTS_H_
