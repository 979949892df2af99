// The outputs of one run that are written while it goes on: --events, --record, --perfetto, --pcap,
// --node-log.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_RUN_OUTPUTS_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_RUN_OUTPUTS_H_

#include <cstdint>
#include <fstream>
#include <list>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "sim/export/pcap_writer.h"
#include "sim/model/observer.h"
#include "sim/record/recording.h"
#include "sim/report/output_filter.h"
#include "tools/gossamer_sim/arguments.h"
#include "tools/gossamer_sim/exit_code.h"
#include "tools/gossamer_sim/run_pool.h"
#include "tools/gossamer_sim/scenario_file.h"

namespace gossamer::tool {

// A stream to a file, or to stdout for "-".
class OutputStream {
 public:
  // False, with a line on stderr, when the file cannot be written; likewise Close.
  bool Open(const std::string& path);
  bool Close();
  std::ostream* stream();

 private:
  bool Check();

  std::string path_;
  std::ofstream file_;
};

// A directory with a file node-N.log per node. Files are open only while they are written: there
// may be more of them than a process may open.
class LogDirectory {
 public:
  // Makes the directory if need be and removes an earlier run's logs. False, with a line on stderr,
  // when that fails.
  bool Open(const std::string& path);
  void Append(sim::NodeIndex node, std::string_view text);
  // False when something could not be written; the first failure was named on stderr.
  bool good() const { return good_; }

 private:
  bool Fail(const std::string& path, std::string_view why);

  std::string path_;
  bool good_ = true;
};

class RunOutputs {
 public:
  // Opens all that `arguments` asks for and adds it to the request. Not kPass, with lines on
  // stderr, when that cannot be done.
  ExitCode Open(const Arguments& arguments, const ScenarioFile& file, RunRequest* request);
  // False, with a line on stderr, when something was not written.
  bool Close(const std::vector<RunOutcome>& outcomes);

 private:
  bool OpenRecording(const Arguments& arguments, const ScenarioFile& file, RunRequest* request);
  bool OpenCapture(const Arguments& arguments, const ScenarioFile& file,
                   const sim::OutputFilter& filter, RunRequest* request);
  // A stream to `path`, or null with a line on stderr.
  std::ostream* NewStream(const std::string& path);
  void Add(std::unique_ptr<sim::Observer> observer, RunRequest* request);

  std::list<OutputStream> streams_;
  LogDirectory logs_;
  std::vector<std::unique_ptr<sim::Observer>> observers_;
  std::unique_ptr<sim::Recorder> recorder_;
};

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_RUN_OUTPUTS_H_
