#include "sim/scenario/reference.h"

#include <cctype>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/strings.h"
#include "core/cluster/bugs.h"
#include "core/cluster/config_options.h"
#include "sim/scenario/expectations.h"
#include "sim/scenario/schema_table.h"
#include "sim/scenario/units.h"

namespace gossamer::sim {
namespace {

// Longer lists of words have a table of their own.
constexpr size_t kMaxWords = 6;

std::string Code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string Codes(const std::vector<std::string_view>& words) {
  std::string out;
  for (const std::string_view word : words) out += (out.empty() ? "" : ", ") + Code(word);
  return out;
}

// A line of a table; bars within a cell would end it.
std::string Row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& cell : cells) {
    out += ' ';
    for (const char c : cell) out += c == '|' ? std::string("\\|") : std::string(1, c);
    out += " |";
  }
  return out + "\n";
}

std::string Head(const std::vector<std::string>& cells) {
  std::string out = Row(cells) + "|";
  for (size_t i = 0; i < cells.size(); ++i) out += "---|";
  return out + "\n";
}

std::string Capital(std::string_view text) {
  std::string out(text);
  if (!out.empty()) out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[0])));
  return out;
}

std::string Range(const KeyInfo& row) {
  if (row.min == row.max) return Code(std::to_string(row.min));
  std::string out = "whole number";
  if (row.max == INT64_MAX) return out + " from " + std::to_string(row.min);
  return out + ", " + std::to_string(row.min) + " to " + std::to_string(row.max);
}

// A link to the section's heading, as Markdown readers name it.
std::string SectionLink(Section section) {
  const std::string_view name = SchemaSection(section).name;
  std::string anchor;
  for (const char c : name) {
    if (c != '.') anchor += c == ' ' ? '-' : c;
  }
  return "[" + std::string(name) + "](#" + anchor + ")";
}

std::string ValueText(const KeyInfo& row) {
  const std::vector<std::string_view> words =
      row.words == nullptr ? std::vector<std::string_view>() : row.words();
  switch (row.type) {
    case ValueType::kWord:
      return words.size() > kMaxWords ? "a word, see below" : Codes(words);
    case ValueType::kMetric:
      return "a metric, see below";
    case ValueType::kNames:
      return words.empty() ? std::string(ValueTypeText(row.type))
                           : "a name or a list of names, see below";
    case ValueType::kInteger:
      return Range(row);
    case ValueType::kSection:
      return "map: " + SectionLink(row.child);
    case ValueType::kSections:
      return "list of maps: " + SectionLink(row.child);
    case ValueType::kWordOrSection:
      return Codes(words) + ", or a map: " + SectionLink(row.child);
    case ValueType::kConfig:
      return "map of options, see below";
    default:
      return std::string(ValueTypeText(row.type));
  }
}

std::string SectionTable(Section section) {
  const SectionInfo& info = SchemaSection(section);
  std::string out = "### " + Capital(info.name) + "\n\n" + Capital(info.about) + ".\n\n" +
                    Head({"key", "value", "default", "meaning"});
  for (const KeyInfo& row : info.keys) {
    const std::string fallback = row.required               ? "required"
                                 : row.default_text.empty() ? ""
                                                            : Code(row.default_text);
    out += Row({Code(row.key), ValueText(row), fallback, std::string(row.about)});
  }
  return out + "\n";
}

std::string KindTable(std::string_view title, std::string_view head,
                      std::span<const KindInfo> kinds) {
  std::string out = "### " + std::string(title) + "\n\n" +
                    Head({std::string(head), "what happens", "needs", "may have"});
  for (const KindInfo& kind : kinds) {
    std::string needs = Codes(SplitWords(kind.required));
    if (kind.link) needs += (needs.empty() ? "" : ", ") + std::string("`target` or `between`");
    std::string may = Codes(SplitWords(kind.optional));
    if (!kind.modes.empty()) may += " (" + Codes(SplitWords(kind.modes)) + ")";
    out += Row({Code(kind.word), std::string(kind.about), needs, may});
  }
  return out + "\n";
}

std::string WordTable(std::string_view title, std::string_view head, Section section,
                      std::string_view key) {
  std::string out = "### " + std::string(title) + "\n\n" + Head({std::string(head), "meaning"});
  for (const std::string_view word : SchemaSection(section).Find(key)->words()) {
    out += Row({Code(word), std::string(WordAbout(key, word))});
  }
  return out + "\n";
}

std::string BugTable() {
  std::string out = "### Bugs\n\n" + Head({"bug", "what goes wrong", "whose"});
  for (const std::string_view name : BugNames()) {
    const BugInfo& info = InfoOf(*FindBug(name));
    out += Row({Code(name), std::string(info.about), std::string(info.source)});
  }
  return out + "\n";
}

// Words of keys that take only a few.
std::string SmallWords() {
  struct Place {
    Section section;
    std::string_view key;
  };
  constexpr Place kPlaces[] = {
      {Section::kRules, "base"},         {Section::kCpu, "preset"},
      {Section::kCluster, "start"},      {Section::kTarget, "role"},
      {Section::kTarget, "of"},          {Section::kTimelineItem, "direction"},
      {Section::kTimelineItem, "shape"}, {Section::kTimelineItem, "mode"},
      {Section::kExpectation, "about"}};
  std::string out = "### Words\n\n" + Head({"key", "word", "meaning"});
  for (const Place& place : kPlaces) {
    for (const std::string_view word : SchemaSection(place.section).Find(place.key)->words()) {
      out += Row({Code(place.key), Code(word), std::string(WordAbout(place.key, word))});
    }
  }
  return out + "\n";
}

std::string MetricTable() {
  std::string out = "### Metrics\n\n" + Head({"metric", "meaning"});
  const std::string sampled = ".*";
  for (const MetricInfo& metric : Metrics()) {
    out += Row({Code(std::string(metric.name) + (metric.sampled ? sampled : "")),
                std::string(metric.about)});
  }
  return out + "\nThe star is one of " + Codes(MetricStatistics()) +
         "; values with a star but `count` are durations, those of `utilisation` shares.\n\n";
}

std::string OptionTable() {
  std::string out = "### Options\n\n" + Head({"option", "meaning here"});
  for (const OptionInfo& info : OptionInfos()) {
    out += Row({Code(info.name), OptionAbout(info)});
  }
  return out;
}

}  // namespace

std::string LanguageReference() {
  std::string out = "## Reference\n\n";
  for (size_t i = 0; i < kSectionCount; ++i) {
    const auto section = static_cast<Section>(i);
    if (section != Section::kNone) out += SectionTable(section);
  }
  out += KindTable("Faults", "fault", FaultKinds());
  out += KindTable("Actions", "action", ActionKinds());
  out += KindTable("Kinds of expectations", "entry", ExpectKinds());
  out += WordTable("States", "state", Section::kExpectation, "state");
  out += WordTable("Invariants", "invariant", Section::kExpectation, "invariant");
  out += MetricTable();
  out += WordTable("Events", "event", Section::kExpectation, "event");
  out += BugTable();
  out += SmallWords();
  out += OptionTable();
  return out;
}

}  // namespace gossamer::sim
