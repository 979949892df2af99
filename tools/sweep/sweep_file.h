// The file of a sweep: a line per run, in the order in which they ended. Thread safety: none.
#ifndef GOSSAMER_TOOLS_SWEEP_SWEEP_FILE_H_
#define GOSSAMER_TOOLS_SWEEP_SWEEP_FILE_H_

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/sweep/sweep_line.h"

namespace gossamer::tool {

struct SweepFile {
  std::vector<SweepLine> lines;  // the n-th stands on line n + 1
  uint64_t whole_bytes = 0;      // before a last line that was torn by an interruption
};

// Reads the lines of a file that stands at `path`. What follows the last newline was torn and does
// not count. Nothing, with *error set to "path:line: …", when another line is none.
std::optional<SweepFile> ReadSweepText(std::string_view text, const std::string& path,
                                       std::string* error);

// Whether the file at `path` is empty, or begins as a line of a sweep does.
bool MayBeSweepFile(const std::string& path);

// Appends lines to a file, each complete on disk's side of the process when it was added.
class SweepWriter {
 public:
  SweepWriter() = default;
  ~SweepWriter();
  SweepWriter(const SweepWriter&) = delete;
  SweepWriter& operator=(const SweepWriter&) = delete;

  // To be called before the file is read: as long as this lives, no other writer has it. False: it
  // cannot be made, or another one has it.
  bool Lock(const std::string& path);
  // Keeps the first bytes of the file. False: cannot be written.
  bool Open(const std::string& path, uint64_t keep_bytes);
  bool Add(const SweepLine& line);

 private:
  int lock_ = -1;  // file descriptor
  std::ofstream out_;
};

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_SWEEP_SWEEP_FILE_H_
