#include "sim/scenario/diagnostics.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "sim/scenario/paint.h"

namespace gossamer::sim {
namespace {

// Longer source lines are cut around the caret, longer messages at their end.
constexpr size_t kMaxShown = 160;
constexpr size_t kMaxMessage = 400;

Tone ToneOf(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return Tone::kBad;
    case Severity::kWarning:
      return Tone::kDoubt;
    case Severity::kNote:
      break;
  }
  return Tone::kNote;
}

bool Continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Blanks as wide as `text`: one per character, tabs kept.
std::string BlanksFor(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!Continues(c)) out += c == '\t' ? '\t' : ' ';
  }
  return out;
}

std::string Underline(std::string_view text) {
  std::string out = "^";
  for (size_t i = 1; i < text.size(); ++i) {
    if (!Continues(text[i])) out += '~';
  }
  return out;
}

// The two lines that show the place: the source line, and the caret below it.
std::string Excerpt(const Diagnostic& d, const Paint& paint) {
  const std::string number = std::to_string(d.line);
  const std::string_view line = d.excerpt;
  const size_t caret = std::min(line.size(), static_cast<size_t>(std::max(d.caret, 0)));
  const size_t length = static_cast<size_t>(std::max(d.length, 1));
  std::string out = "  " + number + " | " + Printable(line) + "\n";
  out += "  " + std::string(number.size(), ' ') + " | " + BlanksFor(line.substr(0, caret));
  out += paint(ToneOf(d.severity), Underline(line.substr(caret, length))) + "\n";
  return out;
}

// Sets the excerpt, the caret and the length within it.
void Locate(std::string_view line, int length, Diagnostic* d) {
  const size_t column = std::min(line.size(), static_cast<size_t>(d->column - 1));
  size_t from = 0;
  if (line.size() > kMaxShown) {
    from = column > kMaxShown / 2 ? column - kMaxShown / 2 : 0;
    while (from > 0 && Continues(line[from])) --from;
    line = line.substr(from, kMaxShown);
  }
  d->excerpt = line;
  d->caret = static_cast<int>(column - from);
  d->length = std::clamp(length, 1, std::max(static_cast<int>(line.size()) - d->caret, 1));
}

std::string Shortened(std::string text) {
  if (text.size() <= kMaxMessage) return text;
  size_t end = kMaxMessage;
  while (end > 0 && Continues(text[end])) --end;
  text.resize(end);
  return text + "...";
}

size_t CountErrors(const std::vector<Diagnostic>& diagnostics) {
  return static_cast<size_t>(
      std::count_if(diagnostics.begin(), diagnostics.end(),
                    [](const Diagnostic& d) { return d.severity == Severity::kError; }));
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += (byte < 0x20 && c != '\t') || byte == 0x7f ? '?' : c;
  }
  return out;
}

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      break;
  }
  return "note";
}

std::string Render(const Diagnostic& d, bool color) {
  const Paint paint(color);
  std::string place = d.file;
  if (d.line > 0) place += ":" + std::to_string(d.line) + ":" + std::to_string(d.column);
  std::string out = paint(Tone::kTitle, place + ":") + " " +
                    paint(ToneOf(d.severity), std::string(SeverityName(d.severity)) + ":") + " " +
                    Printable(d.message) + "\n";
  if (d.line > 0) out += Excerpt(d, paint);
  if (!d.help.empty()) {
    out += "  " + std::string(std::to_string(std::max(d.line, 1)).size(), ' ') + " = " +
           paint(Tone::kNote, "help:") + " " + Printable(d.help) + "\n";
  }
  return out;
}

std::string Render(const std::vector<Diagnostic>& diagnostics, bool color) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) out += Render(diagnostic, color);
  return out;
}

bool HasErrors(const std::vector<Diagnostic>& diagnostics) { return CountErrors(diagnostics) > 0; }

DiagnosticSink::DiagnosticSink(std::string_view text, std::string_view file)
    : text_(text), file_(file), line_starts_{0} {
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n') line_starts_.push_back(at + 1);
  }
}

void DiagnosticSink::Add(Severity severity, SourcePlace place, int length, std::string message,
                         std::string help) {
  if (severity == Severity::kError) ++errors_;
  if (items_.size() >= kMaxStored) return;
  Diagnostic d;
  d.severity = severity;
  d.file = file_;
  d.line = place.line;
  d.column = place.line > 0 ? std::max(place.column, 1) : 0;
  d.message = Shortened(std::move(message));
  d.help = Shortened(std::move(help));
  if (d.line > 0 && static_cast<size_t>(d.line) <= line_starts_.size()) {
    const size_t begin = line_starts_[static_cast<size_t>(d.line) - 1];
    std::string_view line = text_.substr(begin, text_.find('\n', begin) - begin);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    Locate(line, length, &d);
  }
  items_.push_back(std::move(d));
}

void DiagnosticSink::Finish(std::vector<Diagnostic>* out) {
  const auto order = [](const Diagnostic& d) { return std::tie(d.line, d.column, d.message); };
  const auto same = [&](const Diagnostic& a, const Diagnostic& b) { return order(a) == order(b); };
  std::stable_sort(items_.begin(), items_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  // Two readers may stumble over one mistake.
  const size_t stored = CountErrors(items_);
  items_.erase(std::unique(items_.begin(), items_.end(), same), items_.end());
  errors_ -= stored - CountErrors(items_);
  size_t shown = 0;
  for (Diagnostic& d : items_) {
    if (d.severity == Severity::kError && shown++ >= kMaxDiagnostics) continue;
    out->push_back(std::move(d));
  }
  if (errors_ > kMaxDiagnostics) {
    Diagnostic note;
    note.severity = Severity::kNote;
    note.file = file_;
    note.message = std::to_string(errors_ - kMaxDiagnostics) + " more errors are not shown";
    out->push_back(std::move(note));
  }
  items_.clear();
}

}  // namespace gossamer::sim
