// The scenarios of the repository and the page that explains the language.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/expectations.h"
#include "sim/scenario/loader.h"
#include "sim/scenario/reference.h"
#include "sim/scenario/schema_table.h"
#include "sim/scenario/study.h"

namespace gossamer::sim {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::map<std::string, std::string> ShippedFiles() {
  std::map<std::string, std::string> files;
  const fs::path root = fs::path(GOSSAMER_SOURCE_DIR) / "scenarios";
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".yaml") continue;
    files[fs::relative(entry.path(), root).string()] = ReadFile(entry.path());
  }
  return files;
}

TEST(ShippedScenariosTest, AllLoadWithoutAWarning) {
  const std::map<std::string, std::string> files = ShippedFiles();
  EXPECT_GE(files.size(), 14u);
  for (const auto& [path, text] : files) {
    std::vector<Diagnostic> diagnostics;
    EXPECT_TRUE(LoadStudy(text, path, &diagnostics).has_value());
    EXPECT_TRUE(diagnostics.empty()) << Render(diagnostics);
  }
}

TEST(ShippedScenariosTest, BeginWithTheSchemaLineAndSayWhatTheyShow) {
  for (const auto& [path, text] : ShippedFiles()) {
    const std::string up = path.find('/') == std::string::npos ? "../" : "../../";
    const std::string first =
        "# yaml-language-server: $schema=" + up + "tools/schema/scenario.schema.json\n#";
    EXPECT_EQ(text.substr(0, first.size()), first) << path;
    EXPECT_NE(text.find("\nabout: "), std::string::npos) << path;
    EXPECT_NE(text.find("\nexpect:\n"), std::string::npos) << path;
  }
}

const Scenario* Find(const std::map<std::string, Scenario>& all, const std::string& name) {
  const auto found = all.find(name);
  return found == all.end() ? nullptr : &found->second;
}

TEST(ShippedScenariosTest, TheStormsHaveTheirSizes) {
  std::map<std::string, Scenario> all;
  for (const auto& [path, text] : ShippedFiles()) {
    std::vector<Diagnostic> diagnostics;
    if (auto scenario = LoadScenario(text, path, &diagnostics)) all[scenario->name] = *scenario;
  }
  const Scenario* storm = Find(all, "ten_percent_2000");
  ASSERT_NE(storm, nullptr);
  EXPECT_EQ(storm->node_count(), 1998);
  EXPECT_EQ(storm->timeline.at(0).target.percent, Ppm{100'000});
  EXPECT_TRUE(storm->timeline.at(0).target.keep_one_per_shard);
  const std::map<std::string, int64_t> victims = {
      {"primaries_0_1pct", 1},  {"primaries_10pct", 100}, {"primaries_25pct", 250},
      {"primaries_33pct", 330}, {"primaries_50pct", 499}, {"half_dead", 500}};
  for (const auto& [name, count] : victims) {
    const Scenario* s = Find(all, name);
    ASSERT_NE(s, nullptr) << name;
    EXPECT_EQ(s->shards, 1000) << name;
    EXPECT_EQ(s->node_count(), 2000) << name;
    EXPECT_EQ(s->timeline.at(0).target.role, Target::Role::kPrimary) << name;
    EXPECT_EQ(s->timeline.at(0).target.count, count) << name;
  }
}

std::string Page() { return ReadFile(fs::path(GOSSAMER_SOURCE_DIR) / "scenarios" / "README.md"); }

// Blocks between ```yaml and ```.
std::vector<std::string> Examples(const std::string& page) {
  constexpr std::string_view kOpen = "```yaml\n";
  std::vector<std::string> blocks;
  for (size_t at = page.find(kOpen); at != std::string::npos; at = page.find(kOpen, at)) {
    at += kOpen.size();
    const size_t end = page.find("```", at);
    blocks.push_back(page.substr(at, end - at));
    at = end;
  }
  return blocks;
}

TEST(ScenarioPageTest, ItsExamplesLoad) {
  const std::vector<std::string> examples = Examples(Page());
  EXPECT_GE(examples.size(), 4u);
  for (const std::string& example : examples) {
    std::vector<Diagnostic> diagnostics;
    EXPECT_TRUE(LoadStudy(example, "example.yaml", &diagnostics).has_value());
    EXPECT_TRUE(diagnostics.empty()) << example << Render(diagnostics);
  }
}

TEST(ScenarioPageTest, ReferenceIsCurrent) {
  const std::string page = Page();
  const size_t mark = page.find("<!-- reference: begin");
  const size_t end = page.find("<!-- reference: end -->");
  ASSERT_TRUE(mark != std::string::npos && end != std::string::npos && mark < end);
  const size_t begin = page.find('\n', mark) + 1;
  EXPECT_TRUE(page.substr(begin, end - begin) == LanguageReference()) << "tools/dev generate";
}

TEST(ScenarioPageTest, NamesEveryWordOfTheLanguage) {
  const std::string page = Page();
  const auto names = [&](std::string_view word) {
    const bool found = page.find("`" + std::string(word)) != std::string::npos ||
                       page.find(std::string(word) + ":") != std::string::npos;
    EXPECT_TRUE(found) << word;
  };
  for (size_t i = 1; i < kSectionCount; ++i) {
    for (const KeyInfo& row : SchemaSection(static_cast<Section>(i)).keys) names(row.key);
  }
  for (const KindInfo& kind : FaultKinds()) names(kind.word);
  for (const KindInfo& kind : ActionKinds()) names(kind.word);
  for (const MetricInfo& metric : Metrics()) names(metric.name);
  for (const std::string_view statistic : MetricStatistics()) names("." + std::string(statistic));
  for (const NameInfo& invariant : InvariantNames()) names(invariant.name);
  for (const NameInfo& state : StateNames())
    EXPECT_NE(page.find("state: " + std::string(state.name)), std::string::npos);
}

}  // namespace
}  // namespace gossamer::sim
