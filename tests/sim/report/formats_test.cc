// The reports for machines: what they say is read back from what they write.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/strings.h"
#include "sim/report/csv_report.h"
#include "sim/report/escape.h"
#include "sim/report/github_annotations.h"
#include "sim/report/junit_report.h"
#include "sim/report/markdown_report.h"
#include "sim/report/prometheus_report.h"
#include "sim/report/text_report.h"
#include "tests/sim/report/example_report.h"
#include "tests/sim/report/xml_check.h"

namespace gossamer::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kHostile = "a\"b'<c>&,|\\d\n%\r]]>\x01\xff`$(x)`::error::";

RunReport HostileReport() {
  RunReport report = HappyReport();
  report.scenario.name = kHostile;
  report.scenario.file = kHostile;
  report.scenario.about = kHostile;
  report.scenario.expect[0].text = kHostile;
  report.scenario.expect[0].place = {12, 5};
  report.expectations[0] = {0, Verdict::kFail, kHostile};
  report.incidents[0].text = kHostile;
  report.violations = {{kHostile, Millis(1500), kHostile}};
  report.violation_count = 1;
  DecideVerdict(true, &report);
  return report;
}

std::vector<RunReport> One(const RunReport& report) { return {report}; }

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  for (const std::string_view line : SplitWords(text, "\n")) lines.emplace_back(line);
  return lines;
}

// RFC 4180, strictly.
std::vector<std::vector<std::string>> ParseCsv(std::string_view text) {
  std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    std::string& field = rows.back().back();
    if (quoted) {
      if (text[i] != '"') {
        field += text[i];
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        field += text[++i];
      } else {
        quoted = false;
        EXPECT_TRUE(text[i + 1] == ',' || text[i + 1] == '\r') << i;
      }
    } else if (text[i] == '"') {
      EXPECT_EQ(field, "");
      quoted = true;
    } else if (text[i] == ',') {
      rows.back().emplace_back();
    } else if (text[i] == '\r') {
      EXPECT_EQ(text[++i], '\n');
      rows.emplace_back(1);
    } else {
      EXPECT_NE(text[i], '\n');
      field += text[i];
    }
  }
  EXPECT_FALSE(quoted);
  EXPECT_THAT(rows.back(), ElementsAre(""));
  rows.pop_back();
  return rows;
}

TEST(EscapeTest, NothingInAScriptEndsIt) {
  EXPECT_EQ(ScriptEscape("{\"a\":\"</script><!-- &\"}"),
            "{\"a\":\"\\u003c/script\\u003e\\u003c!-- \\u0026\"}");
}

TEST(EscapeTest, XmlReplacesWhatItCannotHold) {
  EXPECT_EQ(XmlEscape("a<b>&\"'\n"), "a&lt;b&gt;&amp;&quot;&#39;&#10;");
  EXPECT_EQ(XmlEscape("\x01\x7f\xff"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(XmlEscape("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"),
            "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  // Cut, overlong, a surrogate, beyond the end, and U+FFFE.
  for (const char* broken : {"\xE2\x82", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80"}) {
    EXPECT_THAT(XmlEscape(broken), StartsWith("\xEF\xBF\xBD")) << broken;
  }
  EXPECT_EQ(XmlEscape("\xEF\xBF\xBE"), "\xEF\xBF\xBD");
}

TEST(EscapeTest, ShellWordsSurvive) {
  EXPECT_EQ(ShellWord("scenarios/quickstart.yaml"), "scenarios/quickstart.yaml");
  EXPECT_EQ(ShellWord("it's $(x)"), "'it'\\''s $(x)'");
  EXPECT_EQ(ShellWord(""), "''");
}

TEST(EscapeTest, GithubPropertiesHideTheirSeparators) {
  EXPECT_EQ(GithubProperty("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
  EXPECT_EQ(GithubMessage("a:b,c%\r\n"), "a:b,c%25%0D%0A");
}

TEST(JunitReportTest, HasATestcasePerSeedAndExpectation) {
  const XmlNode root = ParseXml(JunitReport(ThreeSeeds()));
  EXPECT_EQ(root.name, "testsuites");
  const auto suites = root.All("testsuite");
  ASSERT_EQ(suites.size(), 1u);
  EXPECT_EQ(suites[0]->Attribute("name"), "scenarios/quickstart.yaml");
  EXPECT_EQ(suites[0]->Attribute("tests"), "6");
  EXPECT_EQ(suites[0]->Attribute("failures"), "1");
  EXPECT_EQ(suites[0]->Attribute("skipped"), "0");
  EXPECT_EQ(suites[0]->Attribute("time"), "6.000");
  const auto cases = root.All("testcase");
  ASSERT_EQ(cases.size(), 6u);
  std::set<std::string> names;
  for (const XmlNode* test : cases) names.insert(test->Attribute("name"));
  EXPECT_EQ(names.size(), 6u);
  EXPECT_TRUE(names.count("seed 2: covered within 25s") == 1);
  const auto failures = root.All("failure");
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_THAT(failures[0]->Attribute("message"),
              StartsWith("gossamer-sim run scenarios/quickstart.yaml --seed 3  # "));
  EXPECT_THAT(failures[0]->text, HasSubstr("no cluster ok"));
}

TEST(JunitReportTest, UndecidedIsSkippedAndFilesAreSuites) {
  std::vector<RunReport> runs = {HappyReport(), HappyReport()};
  runs[0].expectations[0].verdict = Verdict::kInconclusive;
  runs[1].scenario.file = "other.yaml";
  const XmlNode root = ParseXml(JunitReport(runs));
  EXPECT_EQ(root.All("testsuite").size(), 2u);
  EXPECT_EQ(root.All("skipped").size(), 1u);
  EXPECT_EQ(root.Attribute("tests"), "4");
  EXPECT_EQ(root.Attribute("skipped"), "1");
}

TEST(JunitReportTest, RunsWithoutAReportAreErrors) {
  const FailedRun failed[] = {
      {"a.yaml", "a", 7, "gossamer-sim run a.yaml --seed 7", "out of \"memory\""},
      {"a.yaml", "a", 8, "gossamer-sim run a.yaml --seed 8", ""}};
  const std::string text = JunitReport({}, failed);
  ParseXml(text);
  EXPECT_THAT(text, HasSubstr("tests=\"2\" failures=\"0\" errors=\"1\" skipped=\"1\""));
  EXPECT_THAT(text, HasSubstr("<error message=\"gossamer-sim run a.yaml --seed 7  # out of "
                              "&quot;memory&quot;\""));
  EXPECT_THAT(text,
              HasSubstr("<skipped message=\"gossamer-sim run a.yaml --seed 8  # not started"));
}

// Forty seeds of which 5, 10 and 21 to 40 fail.
std::vector<RunReport> ManySeeds() {
  std::vector<RunReport> runs;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    RunReport& run = runs.emplace_back(HappyReport());
    run.seed = seed;
    if (seed == 5 || seed == 10 || seed > 20) run.expectations[0].verdict = Verdict::kFail;
    DecideVerdict(true, &run);
  }
  return runs;
}

TEST(FormatsTest, NameAllFailingSeeds) {
  const std::vector<RunReport> runs = ManySeeds();
  const std::string markdown = MarkdownReport(runs);
  EXPECT_THAT(markdown, HasSubstr("Failed: seeds 5, 10, 21-40\n"));
  EXPECT_THAT(markdown, HasSubstr("--seed 5\n"));
  EXPECT_THAT(markdown, HasSubstr("The other 19 seeds: the same command with their number."));
  EXPECT_THAT(GithubAnnotations(runs), HasSubstr("22 of 40 seeds: 5, 10, 21-40%0ATo reproduce: "));
  EXPECT_THAT(JunitReport(runs),
              HasSubstr("<property name=\"failed_seeds\" value=\"5, 10, 21-40\"/>"));
}

TEST(JunitReportTest, HoldsHostileNames) {
  const XmlNode root = ParseXml(JunitReport(One(HostileReport())));
  const auto cases = root.All("testcase");
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_THAT(cases[1]->Attribute("name"), StartsWith("seed 42: a\"b'<c>&,|\\d\n%\r]]>"));
  EXPECT_EQ(cases[1]->Attribute("line"), "12");
  EXPECT_THAT(root.All("system-out").at(0)->text, HasSubstr("violated at 1.500 s"));
}

TEST(CsvReportTest, HasARowPerIncident) {
  std::vector<RunReport> runs = ThreeSeeds();
  runs[1].incidents.clear();
  const auto rows = ParseCsv(CsvReport(runs));
  ASSERT_EQ(rows.size(), 4u);
  std::map<std::string, size_t> column;
  for (size_t i = 0; i < rows[0].size(); ++i) column[rows[0][i]] = i;
  EXPECT_EQ(column.size(), rows[0].size());
  for (const auto& row : rows) EXPECT_EQ(row.size(), rows[0].size());
  EXPECT_EQ(rows[1][column.at("seed")], "1");
  EXPECT_EQ(rows[1][column.at("injected_us")], "60000000");
  EXPECT_EQ(rows[1][column.at("slots_covered_us")], "22410000");
  EXPECT_EQ(rows[1][column.at("cluster_ok_us")], "24000000");
  EXPECT_EQ(rows[2][column.at("incident")], "");
  EXPECT_EQ(rows[3][column.at("cluster_ok_us")], "");
  EXPECT_EQ(rows[3][column.at("messages")], "1000");
}

TEST(CsvReportTest, HoldsHostileNames) {
  const auto rows = ParseCsv(CsvReport(One(HostileReport())));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1][0], kHostile);
  EXPECT_EQ(rows[1][1], kHostile);
}

// The text format 0.0.4: each family has HELP and TYPE once, before its samples; no sample twice.
std::map<std::string, std::string> ParsePrometheus(const std::string& text) {
  std::map<std::string, std::string> samples;
  std::set<std::string> helps;
  std::set<std::string> families;
  std::string current;
  EXPECT_TRUE(text.empty() || text.back() == '\n');
  for (const std::string& line : LinesOf(text)) {
    const std::vector<std::string_view> words = SplitWords(line);
    if (words[0] == "#") {
      if (words[1] == "HELP") {
        EXPECT_TRUE(helps.insert(std::string(words[2])).second) << line;
        continue;
      }
      EXPECT_EQ(words[1], "TYPE") << line;
      current = std::string(words[2]);
      EXPECT_TRUE(helps.count(current) == 1 && families.insert(current).second) << line;
      EXPECT_TRUE(words[3] == "gauge" || words[3] == "counter") << line;
      continue;
    }
    const size_t brace = line.find('{');
    const size_t end = line.rfind("} ");
    if (brace == std::string::npos || end == std::string::npos) {
      ADD_FAILURE() << line;
      continue;
    }
    EXPECT_EQ(line.substr(0, brace), current);
    const std::string value = line.substr(end + 2);
    EXPECT_EQ(value.find_first_not_of("0123456789."), std::string::npos) << line;
    EXPECT_TRUE(samples.emplace(line.substr(0, end + 1), value).second) << line;
  }
  return samples;
}

TEST(PrometheusReportTest, HasHelpTypeAndEachSampleOnce) {
  std::vector<RunReport> runs = ThreeSeeds();
  runs.push_back(runs.front());
  const auto samples = ParsePrometheus(PrometheusReport(runs));
  const std::string labels = "{scenario=\"quickstart\",file=\"scenarios/quickstart.yaml\",seed=";
  EXPECT_EQ(samples.at("gossamer_run_passed" + labels + "\"1\"}"), "1");
  EXPECT_EQ(samples.at("gossamer_run_passed" + labels + "\"3\"}"), "0");
  const std::string phase = "\"2\",incident=\"0\",fault=\"kill\",phase=";
  EXPECT_EQ(samples.at("gossamer_phase_seconds" + labels + phase + "\"slots_covered\"}"),
            "22.410000");
  EXPECT_EQ(samples.at("gossamer_bus_messages_total" + labels + "\"1\",type=\"ping\"}"), "1000");
  EXPECT_EQ(samples.count("gossamer_phase_seconds" + labels +
                          "\"3\",incident=\"0\",fault=\"kill\",phase=\"cluster_ok\"}"),
            0u);
}

TEST(PrometheusReportTest, HoldsHostileNames) {
  const std::string text = PrometheusReport(One(HostileReport()));
  EXPECT_FALSE(ParsePrometheus(text).empty());
  EXPECT_THAT(text, HasSubstr("scenario=\"a\\\"b'<c>&,|\\\\d\\n%"));
}

TEST(MarkdownReportTest, ShowsPhasesExpectationsAndTheCommand) {
  const std::string one = MarkdownReport(One(HappyReport()));
  EXPECT_THAT(one, StartsWith("## quickstart: "));
  EXPECT_THAT(one, HasSubstr("| slots covered by the new owner | 1 | 22.410 |"));
  EXPECT_THAT(one, HasSubstr("| covered within 25s | pass | covered 22.41s after 60s |"));
  const std::string three = MarkdownReport(ThreeSeeds());
  EXPECT_THAT(three, HasSubstr("2 passed, 1 failed"));
  EXPECT_THAT(three,
              HasSubstr("\n```sh\ngossamer-sim run scenarios/quickstart.yaml --seed 3\n```\n"));
  EXPECT_THAT(three, HasSubstr("| first FAIL anywhere | 3 | 21.000 | 22.000 | 24.000 |"));
}

TEST(MarkdownReportTest, TablesKeepTheirColumnsWithHostileNames) {
  for (const std::string& line : LinesOf(MarkdownReport(One(HostileReport())))) {
    if (line.front() != '|') continue;
    size_t bars = 0;
    for (size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\\') {
        ++i;
      } else if (line[i] == '|') {
        ++bars;
      }
    }
    EXPECT_TRUE(bars == 8 || bars == 4) << line;
    EXPECT_EQ(line.find("<c>"), std::string::npos);
  }
}

TEST(GithubAnnotationsTest, SaysNothingWhenAllPassed) {
  EXPECT_THAT(GithubAnnotations(One(HappyReport())), IsEmpty());
}

TEST(GithubAnnotationsTest, NamesFileLineAndSeedsOnce) {
  std::vector<RunReport> runs = ThreeSeeds();
  for (RunReport& run : runs) {
    run.scenario.expect[0].place = {7, 3};
    if (run.seed != 2) run.expectations[0] = {0, Verdict::kFail, "covered 30s"};
  }
  const std::vector<std::string> lines = LinesOf(GithubAnnotations(runs));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[0], StartsWith("::error file=scenarios/quickstart.yaml,line=7,title="));
  EXPECT_THAT(lines[0], HasSubstr("::seed 1: covered 30s%0A2 of 3 seeds: 1, 3%0ATo reproduce: "));
  EXPECT_THAT(lines[1], StartsWith("::error file=scenarios/quickstart.yaml,title=quickstart::"));
  EXPECT_THAT(lines[1], HasSubstr("no cluster ok"));
}

TEST(GithubAnnotationsTest, UndecidedWarnsAndHostileNamesStayInTheirCommand) {
  RunReport early = HappyReport();
  early.result.end = RunEnd::kStopAt;
  EXPECT_THAT(GithubAnnotations(One(early)), StartsWith("::warning "));
  const std::string hostile = GithubAnnotations(One(HostileReport()));
  for (const std::string& line : LinesOf(hostile)) EXPECT_THAT(line, StartsWith("::error file="));
  EXPECT_THAT(hostile, Not(HasSubstr("\r")));
}

}  // namespace
}  // namespace gossamer::sim
