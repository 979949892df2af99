// Process: a child process that does not outlive its object, nor this program however it ends.
//
// A child has a process group of its own, so that Ctrl-C reaches only this program, and is killed
// by the kernel when this program dies. It runs in UTC and the C locale. Thread safety: none; to be
// started on the main thread, as the kernel watches the starting thread.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_PROCESS_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace gossamer::real {

class Process {
 public:
  // Starts `path` with `words`; what it writes goes to the file `output`. Null, with one line in
  // *error, when there can be no process; a program that cannot be run ends at once.
  static std::unique_ptr<Process> Start(const std::string& path,
                                        const std::vector<std::string>& words,
                                        const std::string& output, std::string* error);
  // Kills it if it still runs, and waits for its end.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void Signal(int number) const;
  // Whether it has ended; looks again at each call.
  bool Ended();
  // Waits for its end. False when it does not come in time.
  bool WaitForEnd(Duration timeout);
  // "ended with 1", "was killed by signal 9". REQUIRES: it has ended.
  std::string EndText() const;

 private:
  explicit Process(pid_t pid) : pid_(pid) {}

  pid_t pid_;
  std::optional<int> status_;
};

// What a program that ends soon writes to its standard output, at most 64 KiB.
std::optional<std::string> OutputOf(const std::string& path, const std::vector<std::string>& words,
                                    std::string* error);

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_PROCESS_H_
