// All checkers of the simulator, by name.
#ifndef GOSSAMER_SIM_CHECK_CHECKERS_H_
#define GOSSAMER_SIM_CHECK_CHECKERS_H_

#include <memory>
#include <vector>

#include "sim/check/checker.h"
#include "sim/check/convergence.h"
#include "sim/check/false_fail.h"

namespace gossamer::sim {

// One fresh checker of each kind, for one run, in the order in which `list invariants` shows them.
struct Checkers {
  std::vector<std::unique_ptr<Checker>> all;
  // Those of `all` that reports ask for more than violations.
  const Convergence* convergence = nullptr;
  const FalseFail* false_fail = nullptr;
};
Checkers MakeCheckers();

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_CHECK_CHECKERS_H_
