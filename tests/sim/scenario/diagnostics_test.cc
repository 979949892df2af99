#include "sim/scenario/diagnostics.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gossamer::sim {
namespace {

std::vector<Diagnostic> Finish(DiagnosticSink* sink) {
  std::vector<Diagnostic> out;
  sink->Finish(&out);
  return out;
}

TEST(DiagnosticsTest, RendersLikeACompiler) {
  DiagnosticSink sink("a: 1\n  b: {at: 60}\r\n", "dir/x.yaml");
  sink.Add(Severity::kError, {2, 11}, 2, "no unit", "write 60s");
  EXPECT_EQ(Render(Finish(&sink)),
            "dir/x.yaml:2:11: error: no unit\n"
            "  2 |   b: {at: 60}\n"
            "    |           ^~\n"
            "    = help: write 60s\n");
}

TEST(DiagnosticsTest, TabsAndWideCharactersKeepTheCaretInPlace) {
  DiagnosticSink sink("\té: zwölf\n", "x");
  sink.Add(Severity::kWarning, {1, 6}, 6, "w");
  EXPECT_EQ(Render(Finish(&sink)),
            "x:1:6: warning: w\n"
            "  1 | \té: zwölf\n"
            "    | \t   ^~~~~\n");
}

TEST(DiagnosticsTest, ColorsOnlyWhenAsked) {
  DiagnosticSink sink("a\n", "x");
  sink.Add(Severity::kError, {1, 1}, 1, "e");
  const std::vector<Diagnostic> all = Finish(&sink);
  EXPECT_EQ(Render(all, false).find('\x1b'), std::string::npos);
  EXPECT_NE(Render(all, true).find("\x1b[1;31merror"), std::string::npos);
}

TEST(DiagnosticsTest, ControlCharactersNeverReachTheTerminal) {
  DiagnosticSink sink("a: \x1b[2J\n", "x");
  sink.Add(Severity::kError, {1, 4}, 1, "bad '\x1b[2J'", "\x1b");
  EXPECT_EQ(Render(Finish(&sink)).find('\x1b'), std::string::npos);
}

TEST(DiagnosticsTest, SortsByPlaceAndCapsErrorsNotWarnings) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "line\n";
  DiagnosticSink sink(text, "x");
  for (int line = 40; line >= 1; --line) sink.Add(Severity::kError, {line, 1}, 4, "e");
  sink.Add(Severity::kWarning, {39, 1}, 4, "w");
  const std::vector<Diagnostic> all = Finish(&sink);
  ASSERT_EQ(all.size(), kMaxDiagnostics + 2);
  EXPECT_EQ(all.front().line, 1);
  EXPECT_EQ(all[kMaxDiagnostics - 1].line, 20);
  EXPECT_EQ(all[kMaxDiagnostics].severity, Severity::kWarning);
  EXPECT_EQ(Render(all.back()), "x: note: 20 more errors are not shown\n");
  EXPECT_TRUE(HasErrors(all));
}

TEST(DiagnosticsTest, LongLinesAreCutAroundThePlace) {
  std::string text(10'001, 'a');
  text[5'000] = 'X';
  DiagnosticSink sink(text, "x");
  sink.Add(Severity::kError, {1, 5'001}, 100'000, "e");
  const std::vector<Diagnostic> all = Finish(&sink);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].column, 5'001);
  EXPECT_LT(all[0].excerpt.size(), 200u);
  EXPECT_EQ(all[0].excerpt[static_cast<size_t>(all[0].caret)], 'X');
}

TEST(DiagnosticsTest, LongMessagesAreCut) {
  DiagnosticSink sink("a\n", "x");
  sink.Add(Severity::kError, {1, 1}, 1, std::string(100'000, 'm'), std::string(100'000, 'h'));
  EXPECT_LT(Render(Finish(&sink)).size(), 1'000u);
}

TEST(DiagnosticsTest, PlacesOutsideOfTheTextAreHarmless) {
  DiagnosticSink sink("a\n", "x");
  sink.Add(Severity::kError, {9, 9}, 3, "beyond");
  sink.Add(Severity::kError, {}, 1, "no place");
  sink.Add(Severity::kError, {1, 50}, 3, "past the line");
  const std::vector<Diagnostic> all = Finish(&sink);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(Render(all[0]), "x: error: no place\n");
  EXPECT_FALSE(Render(all).empty());
}

}  // namespace
}  // namespace gossamer::sim
