// The manual page, made from the command line's own description.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_MAN_PAGE_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_MAN_PAGE_H_

#include <string>

namespace CLI {
class App;
}  // namespace CLI

namespace gossamer::tool {

// gossamer-sim(1) in the man macros of roff. The same for the same version and options.
std::string ManPage(const CLI::App& app);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_MAN_PAGE_H_
