#include "sim/scenario/schema_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostics.h"
#include "sim/scenario/loader.h"
#include "sim/scenario/units.h"

namespace gossamer::sim {
namespace {

constexpr Section AllSections(size_t i) { return static_cast<Section>(i); }

TEST(SchemaTableTest, RowsAreComplete) {
  for (size_t i = 1; i < kSectionCount; ++i) {
    const SectionInfo& section = SchemaSection(AllSections(i));
    EXPECT_FALSE(section.name.empty());
    EXPECT_FALSE(section.about.empty());
    std::set<std::string_view> keys;
    for (const KeyInfo& row : section.keys) {
      SCOPED_TRACE(std::string(section.name) + "." + std::string(row.key));
      EXPECT_TRUE(keys.insert(row.key).second);
      EXPECT_FALSE(row.about.empty());
      EXPECT_LE(row.min, row.max);
      const bool has_child = row.type == ValueType::kSection || row.type == ValueType::kSections ||
                             row.type == ValueType::kWordOrSection;
      EXPECT_EQ(row.child != Section::kNone, has_child);
      const bool has_words = row.type == ValueType::kWord || row.type == ValueType::kWordOrSection;
      EXPECT_TRUE(row.words != nullptr ? has_words || row.type == ValueType::kNames : !has_words);
      EXPECT_TRUE(!has_words || !row.words().empty());
      if (has_words && !row.default_text.empty()) {
        const std::vector<std::string_view> words = row.words();
        EXPECT_NE(std::find(words.begin(), words.end(), row.default_text), words.end());
      }
      EXPECT_FALSE(row.required && !row.default_text.empty());
    }
  }
}

// Lists, editors and the reference explain every word that does not speak for itself.
TEST(SchemaTableTest, WordsAreExplained) {
  for (size_t i = 1; i < kSectionCount; ++i) {
    for (const KeyInfo& row : SchemaSection(AllSections(i)).keys) {
      if (row.words == nullptr) continue;
      for (const std::string_view word : row.words()) {
        EXPECT_FALSE(WordAbout(row.key, word).empty()) << row.key << ": " << word;
      }
    }
  }
  EXPECT_TRUE(WordAbout("fault", "partion").empty());
}

TEST(SchemaTableTest, EverySectionIsReachable) {
  std::set<Section> reached = {Section::kNone, Section::kScenario};
  for (size_t i = 1; i < kSectionCount; ++i) {
    for (const KeyInfo& row : SchemaSection(AllSections(i)).keys) reached.insert(row.child);
  }
  EXPECT_EQ(reached.size(), kSectionCount);
}

TEST(SchemaTableTest, DefaultsAreValuesOfTheirType) {
  for (size_t i = 1; i < kSectionCount; ++i) {
    for (const KeyInfo& row : SchemaSection(AllSections(i)).keys) {
      if (row.default_text.empty()) continue;
      SCOPED_TRACE(row.key);
      switch (row.type) {
        case ValueType::kDuration:
        case ValueType::kLatency:
          EXPECT_TRUE(ParseDuration(row.default_text).ok());
          break;
        case ValueType::kShare:
          EXPECT_TRUE(ParseShare(row.default_text).ok());
          break;
        case ValueType::kInteger:
        case ValueType::kSeed:
          EXPECT_TRUE(ParseInteger(row.default_text).ok());
          break;
        case ValueType::kBoolean:
          EXPECT_TRUE(ParseBoolean(row.default_text).ok());
          break;
        case ValueType::kFactor:
          EXPECT_TRUE(ParseFactor(row.default_text).ok());
          break;
        default:
          EXPECT_NE(row.words, nullptr);
      }
    }
  }
}

TEST(SchemaTableTest, KindsTakeKeysOfTheirSection) {
  const auto check = [](std::span<const KindInfo> kinds, Section section) {
    std::set<std::string_view> used;
    for (const KindInfo& kind : kinds) {
      EXPECT_FALSE(kind.about.empty()) << kind.word;
      for (const std::string_view key : KeysOf(kind)) {
        EXPECT_NE(SchemaSection(section).Find(key), nullptr) << kind.word << " " << key;
        used.insert(key);
      }
    }
    return used;
  };
  std::set<std::string_view> used = check(FaultKinds(), Section::kTimelineItem);
  used.merge(check(ActionKinds(), Section::kTimelineItem));
  // No key of the section is without a kind that takes it.
  for (const KeyInfo& row : SchemaSection(Section::kTimelineItem).keys) {
    constexpr std::string_view kCommon[] = {"at", "every", "times", "fault", "action"};
    if (std::find(std::begin(kCommon), std::end(kCommon), row.key) != std::end(kCommon)) continue;
    EXPECT_EQ(used.count(row.key), 1u) << row.key;
  }
  check(ExpectKinds(), Section::kExpectation);
}

// Where each section's map begins in a scenario, and what has to follow.
struct Frame {
  Section section;
  std::string_view before;
  std::string_view after;
};
constexpr Frame kFrames[] = {
    {Section::kScenario, "{", "}"},
    {Section::kRules, "{version: 1, name: x, rules: {", "}}"},
    {Section::kCpu, "{version: 1, name: x, cpu: {", "}}"},
    {Section::kCluster, "{version: 1, name: x, cluster: {", "}}"},
    {Section::kStart, "{version: 1, name: x, cluster: {start: {", "}}}"},
    {Section::kNodeOverride, "{version: 1, name: x, cluster: {nodes: [{", "}]}}"},
    {Section::kNetwork, "{version: 1, name: x, network: {", "}}"},
    {Section::kBetweenZones, "{version: 1, name: x, network: {between_zones: {", "}}}"},
    {Section::kDisk, "{version: 1, name: x, disk: {", "}}"},
    {Section::kReplication, "{version: 1, name: x, replication: {", "}}"},
    {Section::kTarget, "{version: 1, name: x, timeline: [{at: 40s, fault: kill, target: {", "}}]}"},
};

// A value of the wrong kind: a list in a list in a list fits nowhere.
std::vector<Diagnostic> WithNonsense(const Frame& frame, std::string_view key) {
  std::string text(frame.before);
  text += key;
  text += ": [[[1]]], ";
  for (const KeyInfo& row : SchemaSection(frame.section).keys) {
    if (!row.required || row.key == key) continue;
    if (row.key == "version") text += "version: 1, ";
    if (row.key == "name") text += "name: x, ";
    if (row.key == "base") text += "base: gossamer, ";
    if (row.key == "preset") text += "preset: none, ";
    if (row.key == "target") text += "target: {node: 0}, ";
  }
  text += std::string(frame.after) + "\n";
  std::vector<Diagnostic> all;
  EXPECT_FALSE(LoadScenario(text, "x.yaml", &all)) << text;
  return all;
}

// No row of the table is ignored by the loader.
TEST(SchemaTableTest, TheLoaderReadsEveryKey) {
  for (const Frame& frame : kFrames) {
    for (const KeyInfo& row : SchemaSection(frame.section).keys) {
      SCOPED_TRACE(std::string(SchemaSection(frame.section).name) + "." + std::string(row.key));
      const std::vector<Diagnostic> all = WithNonsense(frame, row.key);
      const auto at_value = std::find_if(all.begin(), all.end(), [&](const Diagnostic& d) {
        return d.severity == Severity::kError &&
               d.column >= static_cast<int>(frame.before.size() + row.key.size());
      });
      EXPECT_NE(at_value, all.end()) << Render(all);
    }
  }
}

TEST(SchemaTableTest, TheLoaderReadsEveryKeyOfItemsAndExpectations) {
  const auto check = [](std::string_view before, std::string_view key, std::string_view after) {
    const std::string text =
        std::string(before) + std::string(key) + ": [[[1]]]" + std::string(after) + "\n";
    std::vector<Diagnostic> all;
    EXPECT_FALSE(LoadScenario(text, "x.yaml", &all)) << text;
    const bool found = std::any_of(all.begin(), all.end(), [&](const Diagnostic& d) {
      return d.column >= static_cast<int>(before.size() + key.size()) &&
             d.message.find("has no") == std::string::npos;
    });
    EXPECT_TRUE(found) << text << Render(all);
  };
  for (const KindInfo& kind : FaultKinds()) {
    const std::string before =
        "{version: 1, name: x, timeline: [{at: 40s, fault: " + std::string(kind.word) + ", ";
    for (const std::string_view key : KeysOf(kind)) check(before, key, "}]}");
  }
  for (const KindInfo& kind : ActionKinds()) {
    const std::string before =
        "{version: 1, name: x, timeline: [{at: 40s, action: " + std::string(kind.word) + ", ";
    for (const std::string_view key : KeysOf(kind)) check(before, key, "}]}");
  }
  constexpr std::string_view kNames[] = {"ok", "promoted", "fail.p99", "all"};
  for (size_t i = 0; i < ExpectKinds().size(); ++i) {
    const KindInfo& kind = ExpectKinds()[i];
    const std::string before = "{version: 1, name: x, expect: [{" + std::string(kind.word) + ": " +
                               std::string(kNames[i]) + ", ";
    for (const std::string_view key : KeysOf(kind)) check(before, key, "}]}");
  }
}

}  // namespace
}  // namespace gossamer::sim
