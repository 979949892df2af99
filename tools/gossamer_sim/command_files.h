// The files that a command line names, looked at before anything is run.
//
// Thread safety: a pure function of the command line and the files.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_COMMAND_FILES_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_COMMAND_FILES_H_

#include <string>
#include <utility>
#include <vector>

#include "tools/gossamer_sim/arguments.h"
#include "tools/gossamer_sim/exit_code.h"

namespace gossamer::tool {

// The options that name a report of a run, with their paths; empty: not asked for.
std::vector<std::pair<const char*, const std::string*>> ReportsOf(const Arguments& arguments);

// Says on stderr which inputs cannot be read (kEnvironment) and which outputs would overwrite an
// input (kUsage); kPass when none.
ExitCode CheckCommandFiles(const Arguments& arguments);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_COMMAND_FILES_H_
