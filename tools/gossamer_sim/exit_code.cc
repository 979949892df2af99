#include "tools/gossamer_sim/exit_code.h"

#include <algorithm>
#include <iterator>

namespace gossamer::tool {

ExitCode Worse(ExitCode a, ExitCode b) {
  static constexpr ExitCode kRising[] = {ExitCode::kPass,           ExitCode::kInconclusive,
                                         ExitCode::kFinding,        ExitCode::kUsage,
                                         ExitCode::kNonDeterminism, ExitCode::kEnvironment,
                                         ExitCode::kInterrupted,    ExitCode::kInternal};
  return std::find(std::begin(kRising), std::end(kRising), a) <
                 std::find(std::begin(kRising), std::end(kRising), b)
             ? b
             : a;
}

}  // namespace gossamer::tool
