// Which program this is.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_BUILD_INFO_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_BUILD_INFO_H_

#include <string>

namespace gossamer::tool {

// "0.1.0".
std::string Version();
// What `git describe` said when it was built, or "unknown".
std::string BuildId();
// Several lines for --version: version, build, digest version, compiler.
std::string VersionText();

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_BUILD_INFO_H_
