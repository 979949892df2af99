#include "tools/gossamer_sim/report_files.h"

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

}  // namespace

ReportFiles::~ReportFiles() {
  for (const File& file : files_) {
    if (file.stream == nullptr) continue;
    std::fclose(file.stream);
    if (!file.partial.empty()) std::remove(file.partial.c_str());
  }
}

bool ReportFiles::Open(const Arguments& arguments) {
  const std::pair<const std::string&, decltype(File::make)> asked[] = {
      {arguments.junit, sim::JunitReport},
      {arguments.markdown, sim::MarkdownReport},
      {arguments.csv, sim::CsvReport},
      {arguments.prometheus, sim::PrometheusReport},
      {arguments.html, sim::HtmlReport}};
  for (const auto& [path, make] : asked) {
    if (path.empty()) continue;
    File file;
    file.path = path;
    file.make = make;
    if (!OpenOne(&file)) return false;
    files_.push_back(std::move(file));
  }
  return true;
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

bool ReportFiles::Write(std::span<const sim::RunReport> runs) {
  bool all = true;
  for (File& file : files_) all = WriteOne(file.make(runs), &file) && all;
  return all;
}

}  // namespace gossamer::tool
