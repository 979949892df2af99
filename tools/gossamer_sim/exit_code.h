// What the simulator's exit codes mean. Below 64 for ordinary results, away from what shells and
// timeout(1) use.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_EXIT_CODE_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_EXIT_CODE_H_

namespace gossamer::tool {

enum class ExitCode {
  kPass = 0,
  kFinding = 1,         // an expectation failed or an invariant was broken
  kUsage = 2,           // wrong command line, or a scenario with errors
  kInconclusive = 3,    // the run ended before everything was decided
  kNonDeterminism = 4,  // same scenario and seed, another digest
  kEnvironment = 5,     // cannot read, cannot write, out of memory; worth another try
  kInternal = 70,       // a bug of the simulator
  kInterrupted = 130,   // SIGINT or SIGTERM; what is known was printed
};

// The one that says more about a set of runs.
ExitCode Worse(ExitCode a, ExitCode b);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_EXIT_CODE_H_
