// The files that `run` writes besides what it prints: --junit, --markdown, --csv, --prometheus,
// --html.
//
// Each is written beside its place and renamed, so that nobody ever reads half a report; what
// exists and is no regular file (a link, a pipe, a device) is written in place.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_REPORT_FILES_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_REPORT_FILES_H_

#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "sim/report/junit_report.h"
#include "sim/report/run_report.h"
#include "tools/gossamer_sim/arguments.h"

namespace gossamer::tool {

class ReportFiles {
 public:
  ReportFiles() = default;
  ~ReportFiles();  // removes what was opened and not written
  ReportFiles(const ReportFiles&) = delete;
  ReportFiles& operator=(const ReportFiles&) = delete;

  // Opens all that `arguments` asks for, before hours of computing. False, with a line on stderr
  // that names the file, when one cannot be written; the same for Write, which writes all it can.
  bool Open(const Arguments& arguments);
  // `failed`: the runs without a report.
  bool Write(std::span<const sim::RunReport> runs, std::span<const sim::FailedRun> failed);
  // For the handler of SIGABRT: puts what Open wrote for the case that the program fails itself, a
  // JUnit file with one error, where the report would stand.
  static void KeepAfterAbort();

 private:
  using Format = std::string (*)(std::span<const sim::RunReport>, std::span<const sim::FailedRun>);
  struct File {
    std::string path;
    std::string partial;  // where it is written first; empty: in place
    Format make = nullptr;
    std::FILE* stream = nullptr;
  };
  static bool OpenOne(File* file);
  static bool WriteOne(const std::string& text, File* file);
  static void PrepareForAbort(const Arguments& arguments, File* file);

  std::vector<File> files_;
};

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_REPORT_FILES_H_
