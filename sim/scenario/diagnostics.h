// Diagnostics: what is wrong with a scenario file, where, and what to write instead.
//
// The loader fills them; the command line renders them as a compiler does, or as objects of its
// own. Thread safety: values.
#ifndef GOSSAMER_SIM_SCENARIO_DIAGNOSTICS_H_
#define GOSSAMER_SIM_SCENARIO_DIAGNOSTICS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.h"

namespace gossamer::sim {

enum class Severity : uint8_t { kError, kWarning, kNote };
std::string_view SeverityName(Severity severity);

struct Diagnostic {
  Severity severity = Severity::kError;
  std::string file;
  int line = 0;    // 1-based; 0: about the whole file
  int column = 0;  // 1-based, in bytes
  int length = 1;  // bytes underlined from the column, within the line
  std::string message;
  std::string help;  // what to write instead; may be empty
  std::string
      excerpt;    // the source line without its end; of a long line the part around the column
  int caret = 0;  // bytes of the excerpt before the column
};

// The most errors that one file reports. A note says how many more there are.
inline constexpr size_t kMaxDiagnostics = 20;

// storm.yaml:5:11: error: unknown fault 'partion'
//   5 |   - {fault: partion}
//     |             ^~~~~~~
//     = help: nearest is 'partition'
// `color` adds terminal colours. Ends with a newline.
std::string Render(const Diagnostic& diagnostic, bool color = false);
// All of them, in the order of the file.
std::string Render(const std::vector<Diagnostic>& diagnostics, bool color = false);

// `text` with '?' for bytes that a terminal might obey.
std::string Printable(std::string_view text);

bool HasErrors(const std::vector<Diagnostic>& diagnostics);

// Collects the diagnostics of one text. Sorts them by place and caps the errors when it hands them
// over.
class DiagnosticSink {
 public:
  // `text` must outlive the sink.
  DiagnosticSink(std::string_view text, std::string_view file);

  void Add(Severity severity, SourcePlace place, int length, std::string message,
           std::string help = "");
  bool has_errors() const { return errors_ > 0; }
  // Errors that Finish does not hand over.
  size_t not_shown() const { return errors_ > kMaxDiagnostics ? errors_ - kMaxDiagnostics : 0; }
  // Appends everything collected to *out. To be called once, at the end.
  void Finish(std::vector<Diagnostic>* out);

 private:
  // More than this many are counted but not stored: a hostile file has no use for them.
  static constexpr size_t kMaxStored = 500;

  std::string_view text_;
  std::string file_;
  std::vector<size_t> line_starts_;
  std::vector<Diagnostic> items_;
  size_t errors_ = 0;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_DIAGNOSTICS_H_
