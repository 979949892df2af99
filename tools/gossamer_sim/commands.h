// The subcommands of gossamer-sim. Each prints its result to stdout, everything else to stderr, and
// returns the exit code.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_COMMANDS_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_COMMANDS_H_

#include "tools/gossamer_sim/arguments.h"
#include "tools/gossamer_sim/exit_code.h"

namespace gossamer::tool {

ExitCode RunCommand(const Arguments& arguments);
ExitCode CheckCommand(const Arguments& arguments);
ExitCode ListCommand(const Arguments& arguments);
ExitCode SchemaCommand(const Arguments& arguments);
ExitCode DigestsCommand(const Arguments& arguments);
ExitCode ReplayCommand(const Arguments& arguments);
ExitCode ReplayNodeCommand(const Arguments& arguments);
ExitCode DiffCommand(const Arguments& arguments);
ExitCode ExplainCommand(const Arguments& arguments);
ExitCode FidelityCommand(const Arguments& arguments);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_COMMANDS_H_
