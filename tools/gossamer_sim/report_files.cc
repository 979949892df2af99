#include "tools/gossamer_sim/report_files.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "sim/report/csv_report.h"
#include "sim/report/html_report.h"
#include "sim/report/junit_report.h"
#include "sim/report/markdown_report.h"
#include "sim/report/prometheus_report.h"

namespace gossamer::tool {
namespace {

bool Failed(const std::string& path, int error) {
  std::fprintf(stderr, "gossamer-sim: cannot write %s: %s\n", path.c_str(), std::strerror(error));
  return false;
}

// Of files that tell of finished runs alone.
template <std::string (*kMake)(std::span<const sim::RunReport>)>
std::string Plain(std::span<const sim::RunReport> runs,
                  std::span<const sim::FailedRun> /*failed*/) {
  return kMake(runs);
}

// What a signal handler may read. `abort_from` is empty while there is nothing to keep.
std::array<char, 4096> abort_from;  // lint: allow(global) read by a signal handler
std::array<char, 4096> abort_to;    // lint: allow(global) read by a signal handler

}  // namespace

ReportFiles::~ReportFiles() {
  abort_from[0] = '\0';
  for (const File& file : files_) {
    if (file.stream == nullptr) continue;
    std::fclose(file.stream);
    if (!file.partial.empty()) std::remove(file.partial.c_str());
  }
}

bool ReportFiles::Open(const Arguments& arguments) {
  const std::pair<const std::string&, Format> asked[] = {
      {arguments.junit, sim::JunitReport},
      {arguments.markdown, Plain<sim::MarkdownReport>},
      {arguments.csv, Plain<sim::CsvReport>},
      {arguments.prometheus, Plain<sim::PrometheusReport>},
      {arguments.html, Plain<sim::HtmlReport>}};
  for (const auto& [path, make] : asked) {
    if (path.empty()) continue;
    File file;
    file.path = path;
    file.make = make;
    if (!OpenOne(&file)) return false;
    if (&path == &arguments.junit) PrepareForAbort(arguments, &file);
    files_.push_back(std::move(file));
  }
  return true;
}

void ReportFiles::PrepareForAbort(const Arguments& arguments, File* file) {
  const bool fits = file->partial.size() < abort_from.size();
  if (file->partial.empty() || !fits) return;
  sim::FailedRun run;
  run.file = run.scenario = arguments.files.front();
  run.command = "gossamer-sim run " + run.file;
  run.error = "internal error; standard error says where";
  const std::string text = sim::JunitReport({}, {&run, 1});
  std::fwrite(text.data(), 1, text.size(), file->stream);
  std::fflush(file->stream);
  std::strcpy(abort_to.data(), file->path.c_str());
  std::strcpy(abort_from.data(), file->partial.c_str());
}

void ReportFiles::KeepAfterAbort() {
  if (abort_from[0] != '\0') std::rename(abort_from.data(), abort_to.data());
}

bool ReportFiles::OpenOne(File* file) {
  // Not following links: to rename over one, /dev/stdout say, would replace the link itself.
  std::error_code ignored;
  const auto status = std::filesystem::symlink_status(file->path, ignored);
  const bool in_place =
      std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
  if (!in_place) file->partial = file->path + ".partial";
  file->stream = std::fopen(in_place ? file->path.c_str() : file->partial.c_str(), "wb");
  return file->stream != nullptr || Failed(file->path, errno);
}

bool ReportFiles::WriteOne(const std::string& text, File* file) {
  // A regular file may hold what was meant for the worst case.
  if (!file->partial.empty()) {
    std::rewind(file->stream);
    if (ftruncate(fileno(file->stream), 0) != 0) return Failed(file->path, errno);
  }
  const bool written = std::fwrite(text.data(), 1, text.size(), file->stream) == text.size();
  int error = written ? 0 : errno;
  if (std::fclose(std::exchange(file->stream, nullptr)) != 0 && error == 0) error = errno;
  if (error == 0 && !file->partial.empty() &&
      std::rename(file->partial.c_str(), file->path.c_str()) != 0) {
    error = errno;
  }
  if (error == 0) return true;
  if (!file->partial.empty()) std::remove(file->partial.c_str());
  return Failed(file->path, error);
}

bool ReportFiles::Write(std::span<const sim::RunReport> runs,
                        std::span<const sim::FailedRun> failed) {
  bool all = true;
  for (File& file : files_) all = WriteOne(file.make(runs, failed), &file) && all;
  return all;
}

}  // namespace gossamer::tool
