#include "tools/gossamer_sim/scenario_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "core/base/hash.h"
#include "sim/scenario/loader.h"

namespace gossamer::tool {
namespace {

std::optional<std::string> ReadAll(const std::string& path) {
  return ReadWholeFile(path, kMaxScenarioBytes);
}

}  // namespace

std::optional<std::string> ReadWholeFile(const std::string& path, size_t most_bytes) {
  std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  std::string text;
  bool failed = file == nullptr;
  char buffer[1 << 16];
  while (!failed && text.size() < most_bytes) {
    const size_t got = std::fread(buffer, 1, sizeof(buffer), file);
    text.append(buffer, got);
    if (got == sizeof(buffer)) continue;
    failed = std::ferror(file) != 0;
    break;
  }
  const bool too_large = !failed && text.size() >= most_bytes;
  if (failed) {
    std::fprintf(stderr, "gossamer-sim: cannot read %s: %s\n", path.c_str(), std::strerror(errno));
  } else if (too_large) {
    std::fprintf(stderr, "gossamer-sim: cannot read %s: it has %zu bytes or more\n", path.c_str(),
                 most_bytes);
  }
  if (file != nullptr && file != stdin) std::fclose(file);
  if (failed || too_large) return std::nullopt;
  return text;
}

std::optional<sim::Scenario> ParseScenario(const std::string& text, const std::string& path,
                                           std::vector<sim::Diagnostic>* diagnostics,
                                           const std::string& cell) {
  return sim::LoadScenario(text, path, diagnostics, ReadAll, cell);
}

std::optional<sim::Study> ParseStudy(const std::string& text, const std::string& path,
                                     std::vector<sim::Diagnostic>* diagnostics) {
  return sim::LoadStudy(text, path, diagnostics, ReadAll);
}

std::optional<ScenarioFile> ReadScenarioFile(const std::string& path, const std::string& cell) {
  std::optional<std::string> text = ReadAll(path);
  if (!text) return std::nullopt;
  ScenarioFile file;
  file.path = path;
  file.text = *std::move(text);
  file.hash = absl::StrFormat("%016x", HashText(file.text));
  file.scenario = ParseScenario(file.text, path, &file.diagnostics, cell);
  return file;
}

ExitCode ReadScenarioFiles(const std::vector<std::string>& paths, bool color,
                           std::vector<ScenarioFile>* out, const std::string& cell) {
  ExitCode code = ExitCode::kPass;
  for (const std::string& path : paths) {
    std::optional<ScenarioFile> file = ReadScenarioFile(path, cell);
    if (!file) {
      code = Worse(code, ExitCode::kEnvironment);
      continue;
    }
    std::fputs(sim::Render(file->diagnostics, color).c_str(), stderr);
    if (!file->scenario) code = Worse(code, ExitCode::kUsage);
    out->push_back(std::move(*file));
  }
  return code;
}

}  // namespace gossamer::tool
