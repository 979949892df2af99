#include "tools/gossamer_sim/build_info.h"

#include "sim/record/recording.h"

// In a generated source.
extern const char kGossamerBuildId[];

namespace gossamer::tool {
namespace {

#if defined(__clang__)
constexpr const char* kCompiler = "clang++ " __clang_version__;
#else
constexpr const char* kCompiler = "g++ " __VERSION__;
#endif

}  // namespace

std::string Version() { return GOSSAMER_VERSION; }
std::string BuildId() { return kGossamerBuildId; }

std::string VersionText() {
  return "gossamer-sim " + Version() + "\nbuild " + BuildId() + "\ndigest version " +
         std::to_string(sim::kDigestVersion) + "\ncompiler " + kCompiler;
}

}  // namespace gossamer::tool
