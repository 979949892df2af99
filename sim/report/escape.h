// Text of unknown origin inside the formats that reports are written in.
//
// Names and descriptions come from scenario files and may hold anything: quotes, newlines, control
// characters, broken UTF-8. Thread safety: pure functions.
#ifndef GOSSAMER_SIM_REPORT_ESCAPE_H_
#define GOSSAMER_SIM_REPORT_ESCAPE_H_

#include <string>
#include <string_view>

namespace gossamer::sim {

// For XML and HTML, between tags as well as in quoted attributes. What XML 1.0 cannot hold (control
// characters, broken UTF-8) becomes U+FFFD; newlines and tabs are kept as references.
std::string XmlEscape(std::string_view text);

// JSON inside a script element, which only "</script" and "<!--" could end: '<', '>' and '&' as
// escapes. REQUIRES: `json` is JSON, so that these stand in strings alone.
std::string ScriptEscape(std::string_view json);

// One line of GitHub-flavoured Markdown, also within a table cell; newlines become blanks.
std::string MarkdownEscape(std::string_view text);

// One field of RFC 4180, quoted where it must be.
std::string CsvField(std::string_view text);

// The value of a label in Prometheus's text format, without its quotes. Broken UTF-8 becomes
// U+FFFD.
std::string PrometheusLabel(std::string_view text);

// The message, and a property's value, of a GitHub workflow command.
std::string GithubMessage(std::string_view text);
std::string GithubProperty(std::string_view text);

// One word of a POSIX shell's command line; quoted only where it must be.
std::string ShellWord(std::string_view text);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_ESCAPE_H_
