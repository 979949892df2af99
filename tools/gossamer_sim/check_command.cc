#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nlohmann/json.hpp"
#include "tools/gossamer_sim/commands.h"
#include "tools/gossamer_sim/progress.h"
#include "tools/gossamer_sim/scenario_file.h"

namespace gossamer::tool {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kCheckSchemaVersion = 1;

// A file of one scenario, or of a study: then its first cell stands for all in what is printed.
struct CheckedFile : ScenarioFile {
  size_t cells = 0;
  bool was_read = false;
};

std::optional<CheckedFile> ReadChecked(const std::string& path) {
  std::optional<std::string> text = ReadWholeFile(path, kMaxScenarioBytes);
  if (!text) return std::nullopt;
  CheckedFile file;
  file.path = path;
  file.was_read = true;
  std::optional<sim::Study> study = ParseStudy(*text, path, &file.diagnostics);
  if (!study) return file;
  file.cells = study->cells.size();
  file.scenario = std::move(study->cells.front().scenario);
  return file;
}

// All files, in the order of the command line. One that cannot be read has a diagnostic of its own.
std::vector<CheckedFile> ReadAll(const std::vector<std::string>& paths) {
  std::vector<CheckedFile> files;
  for (const std::string& path : paths) {
    std::optional<CheckedFile> file = ReadChecked(path);
    if (!file) {
      file.emplace();
      file->path = path;
      sim::Diagnostic& d = file->diagnostics.emplace_back();
      d.file = path;
      d.message = "the file cannot be read";
    }
    files.push_back(std::move(*file));
  }
  return files;
}

Json DiagnosticJson(const sim::Diagnostic& d) {
  return {{"severity", sim::SeverityName(d.severity)},
          {"file", d.file},
          {"line", d.line},
          {"column", d.column},
          {"length", d.length},
          {"message", d.message},
          {"help", d.help},
          {"excerpt", d.excerpt}};
}

Json FileJson(const CheckedFile& file) {
  Json diagnostics = Json::array();
  for (const sim::Diagnostic& d : file.diagnostics) diagnostics.push_back(DiagnosticJson(d));
  Json out = {{"file", file.path},
              {"ok", file.scenario.has_value()},
              {"diagnostics", std::move(diagnostics)}};
  if (!file.scenario) return out;
  out["scenario"] = file.scenario->name;
  out["cells"] = file.cells;
  out["nodes"] = file.scenario->node_count();
  out["timeline"] = file.scenario->timeline.size();
  out["expectations"] = file.scenario->expect.size();
  return out;
}

void PrintJson(const std::vector<CheckedFile>& files) {
  Json all = Json::array();
  for (const CheckedFile& file : files) all.push_back(FileJson(file));
  const Json out = {{"schema_version", kCheckSchemaVersion}, {"files", std::move(all)}};
  // Of an unreadable text, whatever it holds, valid JSON is made.
  std::puts(out.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

// Text of a workflow command, in which line ends and, in a property, its separators would end it.
std::string Escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    char code[4] = {c, 0, 0, 0};
    if (special) std::snprintf(code, sizeof(code), "%%%02X", static_cast<unsigned>(c));
    out += code;
  }
  return out;
}

// ::error file=a.yaml,line=5,col=11,endColumn=18::unknown fault 'partion'%0Ahelp: nearest is ...
void PrintGithub(const std::vector<CheckedFile>& files) {
  for (const CheckedFile& file : files) {
    for (const sim::Diagnostic& d : file.diagnostics) {
      const bool note = d.severity == sim::Severity::kNote;
      std::string line = note ? "::notice" : "::" + std::string(sim::SeverityName(d.severity));
      line += " file=" + Escaped(d.file, true);
      if (d.line > 0) {
        line += ",line=" + std::to_string(d.line) + ",col=" + std::to_string(d.column);
        line += ",endColumn=" + std::to_string(d.column + std::max(d.length, 1));
      }
      line += "::" + Escaped(d.message, false);
      if (!d.help.empty()) line += "%0Ahelp: " + Escaped(d.help, false);
      std::puts(line.c_str());
    }
  }
}

void PrintText(const std::vector<CheckedFile>& files, bool color) {
  for (const CheckedFile& file : files) {
    if (file.was_read)  // else reading it has said why
      std::fputs(sim::Render(file.diagnostics, color).c_str(), stderr);
    if (!file.scenario) continue;
    const sim::Scenario& scenario = *file.scenario;
    const std::string cells =
        scenario.cell.empty() ? "" : ", " + std::to_string(file.cells) + " cells, of the first";
    std::printf("%s: ok, %s%s, %" PRId64 " nodes, %zu timeline items, %zu expectations\n",
                file.path.c_str(), scenario.name.c_str(), cells.c_str(), scenario.node_count(),
                scenario.timeline.size(), scenario.expect.size());
  }
}

}  // namespace

ExitCode CheckCommand(const Arguments& arguments) {
  const std::vector<CheckedFile> files = ReadAll(arguments.files);
  switch (arguments.check_format) {
    case CheckFormat::kText:
      PrintText(files, WantsColor(arguments.color, STDERR_FILENO));
      break;
    case CheckFormat::kJson:
      PrintJson(files);
      break;
    case CheckFormat::kGithub:
      PrintGithub(files);
      break;
  }
  const bool good = std::all_of(files.begin(), files.end(),
                                [](const CheckedFile& file) { return file.scenario.has_value(); });
  const bool read = std::all_of(files.begin(), files.end(),
                                [](const CheckedFile& file) { return file.was_read; });
  return good ? ExitCode::kPass : read ? ExitCode::kUsage : ExitCode::kEnvironment;
}

}  // namespace gossamer::tool
