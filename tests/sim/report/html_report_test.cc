// The HTML page: well formed, self-contained, the same bytes for the same run, and every chart of
// it holds data.

#include "sim/report/html_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "nlohmann/json.hpp"
#include "sim/report/html_script.h"
#include "sim/report/html_style.h"
#include "sim/report/svg.h"
#include "tests/sim/report/example_report.h"
#include "tests/sim/report/xml_check.h"

namespace gossamer::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

RunReport WithLoad(RunReport report) {
  for (uint32_t i = 0; i < 150; ++i) {
    TrafficSample traffic;
    traffic.messages[0] = i % 7 + 3;
    if (i == 82) traffic.messages[1] = 9;
    traffic.bytes = 2000 + i;
    report.load.traffic.Add(i, traffic);
    report.load.cpu_over_time.Add(i, {6000, 3000 + i, 2000});
    const bool failed = i >= 82 && i < 100;
    report.views.Add(i, {i == 80 ? 400u : 0u, failed ? 1000u : 0u, 0, i >= 60 && i < 83 ? 1u : 0u});
  }
  report.load.cpu.resize(6);
  for (size_t i = 0; i < 6; ++i) report.load.cpu[i] = {1000000 + i * 70000, 20000 + i * 900};
  DecideVerdict(true, &report);
  return report;
}

// 500 shards of four, every primary and a few replicas hit.
RunReport BigReport() {
  RunReport report = WithLoad(HappyReport());
  report.scenario.shards = 500;
  report.scenario.replicas_per_shard = 3;
  IncidentTimes& incident = report.incidents[0];
  const VictimTimes primary = incident.victims[0];
  const VictimTimes replica = incident.victims[1];
  incident.victims.clear();
  for (uint32_t i = 0; i < 500; ++i) {
    VictimTimes victim = primary;
    victim.node = NodeIndex{i};
    victim.winner = NodeIndex{500 + i * 3};
    victim.shard = i;
    victim.covered = victim.promoted = At(82410 + i * 10);
    victim.covered_known.back() = At(82500 + i * 10);
    if (i % 50 == 0) victim.has_survivor = false;
    if (i % 51 == 0) victim.covered.reset();
    incident.victims.push_back(victim);
    if (i % 10 != 0) continue;
    victim = replica;
    victim.node = NodeIndex{501 + i * 3};
    victim.shard = i;
    incident.victims.push_back(victim);
  }
  DecideVerdict(true, &report);
  return report;
}

// Ids are unique, what refers to one finds it, nothing comes from elsewhere.
void ExpectSound(const XmlNode& node, std::set<std::string>* ids,
                 std::vector<std::string>* references) {
  if (node.attributes.count("id") == 1) {
    EXPECT_TRUE(ids->insert(node.Attribute("id")).second) << node.Attribute("id");
  }
  for (const char* key : {"aria-labelledby", "href"}) {
    std::string value = node.Attribute(key);
    if (value.rfind("data:", 0) == 0) continue;
    for (size_t at = 0; !value.empty(); at = 0) {
      at = value.find(' ');
      references->push_back(value.substr(0, at));
      value = at == std::string::npos ? std::string() : value.substr(at + 1);
    }
  }
  EXPECT_EQ(node.attributes.count("src"), 0u);
  for (const XmlNode& child : node.children) ExpectSound(child, ids, references);
}

XmlNode ParsePage(const std::string& html) {
  const XmlNode root = ParseXml(html);
  std::set<std::string> ids;
  std::vector<std::string> references;
  ExpectSound(root, &ids, &references);
  for (std::string reference : references) {
    if (reference.front() == '#') reference.erase(0, 1);
    EXPECT_EQ(ids.count(reference), 1u) << reference;
  }
  // Every drawing says what it is and draws something besides its grid.
  for (const XmlNode* svg : root.All("svg")) {
    EXPECT_NE(svg->All("title").size(), 0u);
    EXPECT_NE(svg->All("desc").size(), 0u);
    size_t marks = svg->All("rect").size();
    for (const XmlNode* path : svg->All("path")) {
      const std::string css = path->Attribute("class");
      for (const char* drawn : {"area", "curve", "tail"}) marks += css.rfind(drawn, 0) == 0 ? 1 : 0;
    }
    EXPECT_GT(marks, 0u) << svg->All("title")[0]->text;
  }
  return root;
}

size_t Rows(const XmlNode& root, std::string_view prefix) {
  size_t rows = 0;
  for (const XmlNode* g : root.All("g")) {
    const std::string label = g->Attribute("aria-label");
    if (g->Attribute("tabindex") == "0" && label.rfind(prefix, 0) == 0) ++rows;
  }
  return rows;
}

// The data of each chart for the page's script, in order.
std::vector<nlohmann::json> ChartData(const XmlNode& root) {
  std::vector<nlohmann::json> all;
  for (const XmlNode* script : root.All("script")) {
    if (script->Attribute("type") != "application/json") continue;
    all.push_back(nlohmann::json::parse(script->text, nullptr, false));
    EXPECT_FALSE(all.back().is_discarded()) << script->text;
  }
  return all;
}

// The texts of the scripts that run.
std::vector<std::string> Scripts(const XmlNode& root) {
  std::vector<std::string> texts;
  for (const XmlNode* script : root.All("script")) {
    if (script->attributes.empty()) texts.push_back(script->text);
  }
  return texts;
}

TEST(HtmlReportTest, HasEveryPart) {
  const std::string html = HtmlReport(std::vector<RunReport>{WithLoad(HappyReport())});
  const XmlNode root = ParsePage(html);
  std::vector<std::string> titles;
  for (const XmlNode* h3 : root.All("h3")) titles.push_back(h3->text);
  EXPECT_THAT(titles, ElementsAre("Phases", "Distributions", "Incidents", "Shards",
                                  "What the nodes saw", "Bus traffic", "CPU", "Expectations"));
  EXPECT_THAT(root.All("pre").at(0)->AllText(),
              HasSubstr("gossamer-sim run scenarios/quickstart.yaml --seed 42"));
  EXPECT_EQ(root.All("svg").size(), 9u);
  EXPECT_EQ(Rows(root, "shard "), 2u);
  EXPECT_EQ(Rows(root, "FAIL messages: mean 0, peak 9"), 1u);
  EXPECT_EQ(Rows(root, "PFAIL: mean 0.00, peak 0.40"), 1u);
  EXPECT_EQ(Rows(root, "votes"), 0u);
  EXPECT_NE(html.find("PFAIL 15.012, FAIL 21.500, known to all 21.800, elections 1"),
            std::string::npos);
}

TEST(HtmlReportTest, IsTheSameForTheSameRun) {
  RunReport report = WithLoad(HappyReport());
  const std::string html = HtmlReport(std::vector<RunReport>{report});
  report.environment.wall_us = 77;
  report.environment.peak_rss_bytes = 88;
  report.result.memory.messages = 99;
  EXPECT_TRUE(HtmlReport(std::vector<RunReport>{report}) == html);
}

TEST(HtmlReportTest, NeedsNothingFromElsewhere) {
  const std::string html = HtmlReport(std::vector<RunReport>{WithLoad(HappyReport())});
  EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(html.find("url("), std::string::npos);
  EXPECT_EQ(kHtmlStyle.find_first_of("<&"), std::string_view::npos);
  for (const char* wanted :
       {"prefers-color-scheme: dark", "@media print", ":focus-visible", "max-height: none"}) {
    EXPECT_NE(kHtmlStyle.find(wanted), std::string_view::npos) << wanted;
  }
}

TEST(HtmlReportTest, RunsItsOwnScriptsAloneAndNamesTheirLicence) {
  const std::string html = HtmlReport(std::vector<RunReport>{WithLoad(HappyReport())});
  const XmlNode root = ParsePage(html);
  EXPECT_THAT(Scripts(root), ElementsAre(std::string(kUplotScript), std::string(kPageScript)));
  // Base64 of the SHA-256 that third_party/README.md tells.
  EXPECT_EQ(kUplotScriptSha256, "sha256-GcjUxq2Ikpp59K5J1vcWFWbf0Lo9FcxJXpdPeH63jx8=");
  for (const std::string_view hash : {kUplotScriptSha256, kPageScriptSha256}) {
    EXPECT_EQ(hash.size(), 7u + 44);
    EXPECT_NE(html.find("'" + std::string(hash) + "'"), std::string::npos);
  }
  EXPECT_EQ(html.find("script-src 'unsafe"), std::string::npos);
  EXPECT_NE(html.find("Copyright (c) 2022 Leon Sorokin"), std::string::npos);
  EXPECT_NE(html.find("THE SOFTWARE IS PROVIDED"), std::string::npos);
}

TEST(HtmlReportTest, ChartsOverTimeHoldWhatWasSampled) {
  RunReport report = WithLoad(HappyReport());
  report.result.ended_at = At(149500);  // the last second is half a second
  const auto data = ChartData(ParsePage(HtmlReport(std::vector<RunReport>{report})));
  std::vector<std::string> titles;
  for (const nlohmann::json& chart : data) titles.push_back(chart["title"]);
  EXPECT_THAT(titles,
              ElementsAre("Nodes flagged, as a live node sees it", "Cluster state",
                          "Bus messages per second", "Bus bytes per second", "CPU over time"));
  const nlohmann::json& messages = data[2];
  EXPECT_EQ(messages["step_s"], 1);
  EXPECT_EQ(messages["end_us"], 149500000);
  EXPECT_EQ(messages["marks"][0]["at_us"], 60000000);
  ASSERT_EQ(messages["lines"].size(), 2u);  // no votes, no others
  EXPECT_EQ(messages["lines"][0]["values"].size(), 150u);
  EXPECT_EQ(messages["lines"][0]["values"][4], 7);
  EXPECT_EQ(messages["lines"][0]["values"][149], 2 * (149 % 7 + 3));
  EXPECT_EQ(messages["lines"][1]["values"][82], 9);
  EXPECT_EQ(data[0]["lines"][0]["values"][80], 400);
  EXPECT_EQ(data[1]["lines"].size(), 1u);  // no node said that it is not ok
  EXPECT_EQ(data[4]["lines"][0]["values"][5], 3005);
  EXPECT_EQ(data[4]["lines"][2]["values"][5], 1000);
}

TEST(HtmlReportTest, CumulativeCurvesRiseToTheShareThatCameSoFar) {
  std::vector<RunReport> runs;
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    RunReport report = HappyReport();
    report.seed = seed;
    for (VictimTimes& victim : report.incidents[0].victims) {
      victim.first_fail = At(80000 + static_cast<int64_t>(seed));
    }
    if (seed % 4 == 0) report.incidents[0].ok = {};
    DecideVerdict(true, &report);
    runs.push_back(report);
  }
  const auto data = ChartData(ParsePage(HtmlReport(runs)));
  ASSERT_EQ(data.size(), 1u);
  const nlohmann::json& fail = data[0]["lines"][0];
  EXPECT_EQ(fail["label"], "first FAIL anywhere");
  EXPECT_EQ(fail["share_ppm"], 1000000);
  // 200 points stand for 500 seeds.
  ASSERT_EQ(fail["at_us"].size(), 200u);
  EXPECT_EQ(fail["at_us"][0], 20003000);
  EXPECT_EQ(fail["at_us"][199], 20500000);
  EXPECT_EQ(data[0]["lines"].back()["label"], "cluster ok on 100 %");
  EXPECT_EQ(data[0]["lines"].back()["share_ppm"], 750000);
}

TEST(HtmlReportTest, HoldsARowForEachOf500Shards) {
  const std::string html = HtmlReport(std::vector<RunReport>{BigReport()});
  const XmlNode root = ParsePage(html);
  EXPECT_EQ(Rows(root, "shard "), 500u);
  EXPECT_LT(html.size(), 2u << 20);
  EXPECT_NE(html.find("the whole shard was lost"), std::string::npos);
  EXPECT_NE(html.find("primary node 10 and 1 more;"), std::string::npos);
}

TEST(HtmlReportTest, ShowsTheSeedThatFailedAndDistributionsOverAll) {
  const XmlNode root = ParsePage(HtmlReport(ThreeSeeds()));
  EXPECT_THAT(root.AllText(), HasSubstr("what is of one run below is seed 3, fail"));
  EXPECT_THAT(root.All("pre").at(0)->AllText(), HasSubstr("--seed 3"));
  EXPECT_EQ(Rows(root, "first FAIL anywhere: 3 samples, median 22.000 s"), 1u);
  EXPECT_EQ(Rows(root, "cluster ok on 100 %: 2 of 3 samples"), 1u);
}

TEST(HtmlReportTest, HoldsHostileNamesAndRunsWithoutIncidents) {
  RunReport report = WithLoad(HappyReport());
  const std::string hostile = "</style><script>alert(1)</script>\"'&\x01\xff ]]>";
  report.scenario.name = report.scenario.about = report.scenario.file = hostile;
  report.scenario.expect[0].text = report.incidents[0].text = hostile;
  report.expectations[0] = {0, Verdict::kFail, hostile};
  report.violations = {{hostile, Millis(1), hostile}};
  report.violation_count = 1;
  report.steps = {{At(60000), "kill", hostile, {NodeIndex{1}}, {hostile}}};
  DecideVerdict(true, &report);
  RunReport calm = HappyReport();
  calm.incidents.clear();
  const std::string html = HtmlReport(std::vector<RunReport>{report, calm});
  const XmlNode root = ParsePage(html);
  EXPECT_EQ(root.All("article").size(), 2u);
  EXPECT_THAT(Scripts(root), ElementsAre(std::string(kUplotScript), std::string(kPageScript)));
  // The data of the charts hold the name, and the script reads it back as it was.
  const nlohmann::json data = ChartData(root).at(0);
  EXPECT_THAT(data["marks"][0]["text"], HasSubstr("</style><script>alert(1)</script>\"'&\x01"));
  EXPECT_EQ(ParsePage(HtmlReport({})).name, "html");
}

TEST(SvgTest, StepsOfOneHeightAreOne) {
  StepPath path(0, 1000);
  path.Step(500, 100);
  path.Step(500, 200);
  path.Step(1000, 300);
  EXPECT_EQ(path.Line(), "M0 50H20V100H30");
  EXPECT_EQ(path.Area(), "M0 100V50H20V100H30V100Z");
}

TEST(SvgTest, TicksAreRoundAndFew) {
  EXPECT_THAT(Ticks(0, 26147000, 10),
              ElementsAre(0, 5000000, 10000000, 15000000, 20000000, 25000000));
  EXPECT_THAT(Ticks(3, 7, 10), ElementsAre(3, 4, 5, 6, 7));
  for (int64_t to = 1; to < 3000000000; to = to * 3 + 1) {
    const auto ticks = Ticks(to / 3, to, 10);
    EXPECT_GE(ticks.size(), 1u) << to;
    EXPECT_LE(ticks.size(), 10u) << to;
  }
  EXPECT_EQ(TickSeconds(12500000), "12.5");
  EXPECT_EQ(TickSeconds(0), "0");
  EXPECT_EQ(Px(-123), "-12.3");
}

}  // namespace
}  // namespace gossamer::sim
