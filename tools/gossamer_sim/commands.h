// The subcommands of gossamer-sim. Each prints its result to stdout, everything else to stderr, and
// returns the exit code.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_COMMANDS_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_COMMANDS_H_

#include <cstdint>
#include <vector>

#include "tools/gossamer_sim/arguments.h"
#include "tools/gossamer_sim/exit_code.h"
#include "tools/gossamer_sim/scenario_file.h"

namespace gossamer::tool {

ExitCode RunCommand(const Arguments& arguments);
// run --real, with a scenario that was read.
ExitCode RealCommand(const Arguments& arguments, const ScenarioFile& file,
                     const std::vector<uint64_t>& seeds);
ExitCode CheckCommand(const Arguments& arguments);
ExitCode ListCommand(const Arguments& arguments);
ExitCode SchemaCommand(const Arguments& arguments);
ExitCode DigestsCommand(const Arguments& arguments);
ExitCode ReplayCommand(const Arguments& arguments);
ExitCode ReplayNodeCommand(const Arguments& arguments);
ExitCode DiffCommand(const Arguments& arguments);
ExitCode ExplainCommand(const Arguments& arguments);
ExitCode SweepCommand(const Arguments& arguments);
ExitCode FidelityCommand(const Arguments& arguments);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_COMMANDS_H_
