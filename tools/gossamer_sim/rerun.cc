#include "tools/gossamer_sim/rerun.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>

#include "sim/scenario/diagnostics.h"
#include "tools/gossamer_sim/scenario_file.h"

namespace gossamer::tool {

Witness::Witness(std::function<void()> enough) : enough_(std::move(enough)) {}

std::streamsize Witness::Lines::xsputn(const char* text, std::streamsize size) {
  owner_->Take(std::string(text, static_cast<size_t>(size)));
  return size;
}

void Witness::Take(std::string line) {
  if (!marked_) {
    before_.push_back(std::move(line));
    if (before_.size() > kBefore) before_.pop_front();
    return;
  }
  if (after_.size() == kAfter) return;
  after_.push_back(std::move(line));
  if (after_.size() == kAfter && enough_) enough_();
}

std::optional<sim::Scenario> ScenarioOf(const sim::RecordedRun& run) {
  std::vector<sim::Diagnostic> diagnostics;
  std::optional<sim::Scenario> scenario =
      ParseScenario(run.scenario_text, run.scenario_path, &diagnostics, run.cell);
  if (!scenario) std::fputs(sim::Render(diagnostics, false).c_str(), stderr);
  return scenario;
}

sim::RunOptions OptionsOf(const sim::RecordedRun& run, const sim::Scenario& scenario) {
  sim::RunOptions options = run.options;
  if (options.cpu) {
    const std::string preset = options.cpu->preset;
    options.cpu = scenario.cpu;
    options.cpu->preset = preset;
  }
  return options;
}

std::string DescribeRun(const sim::RecordedRun& run) {
  std::string text = run.scenario_path;
  if (!run.cell.empty()) text += ", cell " + run.cell;
  text += ", seed " + std::to_string(run.options.seed);
  if (run.options.rules) text += ", rules " + *run.options.rules;
  for (const Bug bug : run.options.bugs) text += ", bug " + std::string(InfoOf(bug).name);
  if (run.options.cpu) text += ", cpu " + run.options.cpu->preset;
  return text + ", recorded by " + run.version + " (" + run.build + ")";
}

std::optional<sim::Recording> ReadRecordingFile(const std::string& path, bool quiet) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    std::fprintf(stderr, "gossamer-sim: cannot read %s: %s\n", path.c_str(), std::strerror(errno));
    return std::nullopt;
  }
  absl::StatusOr<sim::Recording> recording = sim::ReadRecording(&in);
  if (!recording.ok()) {
    if (!quiet) {
      std::fprintf(stderr, "gossamer-sim: %s: %s\n", path.c_str(),
                   std::string(recording.status().message()).c_str());
    }
    return std::nullopt;
  }
  return *std::move(recording);
}

void PrintWitness(const Witness& witness) {
  for (const std::string& line : witness.before()) std::printf("    %s", line.c_str());
  std::puts("  > here");
  for (const std::string& line : witness.after()) std::printf("    %s", line.c_str());
}

}  // namespace gossamer::tool
