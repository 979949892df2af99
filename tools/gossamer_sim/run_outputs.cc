#include "tools/gossamer_sim/run_outputs.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <optional>
#include <system_error>
#include <utility>

#include "sim/export/node_log.h"
#include "sim/export/perfetto_writer.h"
#include "sim/report/event_writer.h"
#include "sim/scenario/node_list.h"
#include "sim/scenario/units.h"
#include "tools/gossamer_sim/build_info.h"

namespace gossamer::tool {
namespace {

// What the options ask for; nothing, and a line on stderr, for nodes that the cluster lacks.
std::optional<sim::OutputFilter> FilterOf(const Arguments& arguments,
                                          const sim::Scenario& scenario) {
  sim::OutputFilter filter;
  for (const std::string& type : arguments.only_types) filter.AddType(type);
  if (arguments.window) {
    filter.OnlyWindow(Instant{} + arguments.window->first, Instant{} + arguments.window->second);
  }
  if (arguments.only_nodes.empty()) return filter;
  const auto nodes = sim::ParseNodeList(arguments.only_nodes, scenario);
  if (!nodes.ok()) {
    const sim::UnitError& error = nodes.error();
    std::fprintf(stderr, "gossamer-sim: --only-nodes: %s%s%s\n", error.message.c_str(),
                 error.help.empty() ? "" : "; ", error.help.c_str());
    return std::nullopt;
  }
  filter.OnlyNodes(nodes.value());
  return filter;
}

// What a capture says about itself.
std::string SectionComment(const Arguments& arguments, const ScenarioFile& file,
                           const sim::RunOptions& options) {
  const sim::Scenario& scenario = *file.scenario;
  std::string text = "scenario " + file.path + " (" + file.hash + "), seed " +
                     std::to_string(options.seed) + ", rules " +
                     options.rules.value_or(scenario.rules) + ", digest version " +
                     std::to_string(sim::kDigestVersion) +
                     "\nvirtual time 0 is 2026-01-01 00:00:00 UTC; captured where packets arrive";
  if (!arguments.only_nodes.empty()) text += "\nonly nodes " + arguments.only_nodes;
  for (size_t i = 0; i < arguments.only_types.size(); ++i) {
    text += (i == 0 ? "\nonly types " : ", ") + arguments.only_types[i];
  }
  if (arguments.window) {
    text += "\nonly from " + sim::FormatDuration(arguments.window->first);
    if (arguments.window->second < kNever - Instant{}) {
      text += " to " + sim::FormatDuration(arguments.window->second);
    }
  }
  return text;
}

}  // namespace

// ---- OutputStream ----

bool OutputStream::Open(const std::string& path) {
  path_ = path;
  if (path != "-") file_.open(path, std::ios::binary | std::ios::trunc);
  return Check();
}

bool OutputStream::Close() {
  stream()->flush();
  return Check();
}

std::ostream* OutputStream::stream() { return path_ == "-" ? &std::cout : &file_; }

bool OutputStream::Check() {
  if (*stream()) return true;
  std::fprintf(stderr, "gossamer-sim: cannot write %s\n", path_.c_str());
  return false;
}

// ---- LogDirectory ----

bool LogDirectory::Fail(const std::string& path, std::string_view why) {
  if (good_) {
    std::fprintf(stderr, "gossamer-sim: cannot write %s: %s\n", path.c_str(),
                 std::string(why).c_str());
  }
  good_ = false;
  return false;
}

bool LogDirectory::Open(const std::string& path) {
  namespace fs = std::filesystem;
  path_ = path;
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return Fail(path, error.message());
  std::vector<fs::path> old;
  for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    const bool log = name.size() > 9 && name.rfind("node-", 0) == 0 &&
                     name.find_first_not_of("0123456789", 5) == name.size() - 4 &&
                     name.substr(name.size() - 4) == ".log";
    if (log) old.push_back(it->path());
  }
  for (const fs::path& file : old) {
    if (!error) fs::remove(file, error);
  }
  return !error || Fail(path, error.message());
}

void LogDirectory::Append(sim::NodeIndex node, std::string_view text) {
  if (!good_) return;
  const std::string path = path_ + "/node-" + std::to_string(node.value) + ".log";
  std::FILE* file = std::fopen(path.c_str(), "ab");
  if (file == nullptr) {
    Fail(path, std::strerror(errno));
    return;
  }
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const int error = written ? 0 : errno;
  if (std::fclose(file) != 0 || !written) Fail(path, std::strerror(written ? errno : error));
}

// ---- RunOutputs ----

std::ostream* RunOutputs::NewStream(const std::string& path) {
  OutputStream& output = streams_.emplace_back();
  if (output.Open(path)) return output.stream();
  streams_.pop_back();
  return nullptr;
}

void RunOutputs::Add(std::unique_ptr<sim::Observer> observer, RunRequest* request) {
  request->extras.push_back(observer.get());
  observers_.push_back(std::move(observer));
}

ExitCode RunOutputs::Open(const Arguments& arguments, const ScenarioFile& file,
                          RunRequest* request) {
  const std::optional<sim::OutputFilter> filter = FilterOf(arguments, *file.scenario);
  if (!filter) return ExitCode::kUsage;
  if (!arguments.events.empty()) {
    std::ostream* stream = NewStream(arguments.events);
    if (stream == nullptr) return ExitCode::kEnvironment;
    Add(std::make_unique<sim::EventWriter>(stream, *filter), request);
  }
  if (!arguments.perfetto.empty()) {
    std::ostream* stream = NewStream(arguments.perfetto);
    if (stream == nullptr) return ExitCode::kEnvironment;
    Add(std::make_unique<sim::PerfettoWriter>(stream, *filter), request);
  }
  if (!arguments.node_log.empty()) {
    if (!logs_.Open(arguments.node_log)) return ExitCode::kEnvironment;
    Add(std::make_unique<sim::NodeLog>(
            *filter,
            [this](sim::NodeIndex node, std::string_view text) { logs_.Append(node, text); }),
        request);
  }
  const bool open =
      OpenCapture(arguments, file, *filter, request) && OpenRecording(arguments, file, request);
  return open ? ExitCode::kPass : ExitCode::kEnvironment;
}

bool RunOutputs::OpenCapture(const Arguments& arguments, const ScenarioFile& file,
                             const sim::OutputFilter& filter, RunRequest* request) {
  if (arguments.pcap.empty()) return true;
  std::ostream* stream = NewStream(arguments.pcap);
  if (stream == nullptr) return false;
  auto writer = std::make_unique<sim::PcapWriter>(stream, filter,
                                                  SectionComment(arguments, file, request->options),
                                                  "gossamer-sim " + Version());
  request->options.tap = writer.get();
  Add(std::move(writer), request);
  return true;
}

bool RunOutputs::OpenRecording(const Arguments& arguments, const ScenarioFile& file,
                               RunRequest* request) {
  if (arguments.record.empty()) return true;
  std::ostream* stream = NewStream(arguments.record);
  if (stream == nullptr) return false;
  sim::RecordedRun run;
  run.version = Version();
  run.build = BuildId();
  run.scenario_path = file.path;
  run.scenario_text = file.text;
  run.cell = file.scenario->cell;
  run.options = request->options;
  run.full = arguments.record_full;
  recorder_ = std::make_unique<sim::Recorder>(run, stream);
  request->options.sink = recorder_.get();
  return true;
}

bool RunOutputs::Close(const std::vector<RunOutcome>& outcomes) {
  // A run without report leaves a recording that breaks off.
  if (recorder_ && !outcomes.empty() && outcomes.front().report) {
    recorder_->Finish(sim::DigestText(outcomes.front().report->result.digest));
  }
  bool all = logs_.good();
  for (OutputStream& stream : streams_) all = stream.Close() && all;
  return all;
}

}  // namespace gossamer::tool
