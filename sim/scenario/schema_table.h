// Schema table: every key of the scenario language with its type, section, range, default and
// meaning, as data.
//
// The one home of the language's words. The loader takes unknown-key errors, types, ranges and word
// lists from here; the editor's JSON Schema, the lists of the command line and the reference are
// made from it.
// SOURCE: scenarios/README.md. Thread safety: constants.
#ifndef GOSSAMER_SIM_SCENARIO_SCHEMA_TABLE_H_
#define GOSSAMER_SIM_SCENARIO_SCHEMA_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/config_options.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

inline constexpr int64_t kScenarioVersion = 1;
inline constexpr int64_t kMaxScenarioNodes = 16384;

enum class ValueType : uint8_t {
  kText,           // any text
  kWord,           // one of `words`
  kMetric,         // a name of MetricNames()
  kInteger,        // whole number within [min, max]
  kSeed,           // whole number within [0, 2^64)
  kBoolean,        // true, false
  kDuration,       // 15s, within [min, max] microseconds
  kOffset,         // a duration with a sign
  kMoment,         // a duration since the start, or `end`
  kMoments,        // 60s, or [from, to], both within [min, max] microseconds
  kShare,          // 5% or 0.05
  kRate,           // 100Mbit, 10MB/s
  kFactor,         // 2, 1.5
  kLatency,        // 300us, [min, max], or a map of quantiles {p50: 300us, p99: 2ms}
  kNumbers,        // 3, "0-9", or a list of these, each within [min, max]
  kNodes,          // as kNumbers, and where a layout names nodes also these names
  kNames,          // a name or a list of names; of `words`, if there are any
  kBound,          // in the metric's own unit: a duration, a share or a count
  kConfig,         // cluster-* option: value
  kSection,        // a map with the keys of `child`
  kSections,       // a list of at least `min` such maps
  kWordOrSection,  // one of `words`, or a map
  kSeeds,          // 1..30, 7
  kMatrix,         // axes of a study
  kExclusions      // cells of a study
};
// In a few words, for messages and documents: "a duration with its unit, such as 15s".
std::string_view ValueTypeText(ValueType type);

enum class Section : uint8_t {
  kNone,
  kScenario,
  kRules,
  kCpu,
  kCluster,
  kStart,
  kNodeOverride,
  kNetwork,
  kBetweenZones,
  kDisk,
  kReplication,
  kTimelineItem,
  kTarget,
  kExpectation,
};
inline constexpr size_t kSectionCount = static_cast<size_t>(Section::kExpectation) + 1;

using WordList = std::vector<std::string_view> (*)();

struct KeyInfo {
  std::string_view key;
  ValueType type = ValueType::kText;
  std::string_view about;
  bool required = false;
  std::string_view default_text = "";  // as one would write it; empty: none
  Section child = Section::kNone;
  WordList words = nullptr;
  int64_t min = 0;
  int64_t max = INT64_MAX;
};

struct SectionInfo {
  std::string_view name;  // "timeline item"
  std::string_view about;
  std::span<const KeyInfo> keys;

  // The key's row, or null.
  const KeyInfo* Find(std::string_view key) const;
  std::vector<std::string_view> KeyNames() const;
};
const SectionInfo& SchemaSection(Section section);

// What a timeline item or an expectation of one kind takes, beside `at` and the key that names the
// kind.
struct KindInfo {
  std::string_view word;
  std::string_view about;
  bool link = false;               // needs exactly one of target and between; may have a direction
  std::string_view required = "";  // keys, separated by blanks
  std::string_view optional = "";
  std::string_view modes = "";  // of `mode`, separated by blanks; the first is the default
};
// In the order of FaultKind, ActionKind and ExpectKind.
std::span<const KindInfo> FaultKinds();
std::span<const KindInfo> ActionKinds();
std::span<const KindInfo> ExpectKinds();
// Every key that `kind` takes.
std::vector<std::string_view> KeysOf(const KindInfo& kind);

inline std::string_view FaultName(FaultKind kind) {
  return FaultKinds()[static_cast<size_t>(kind)].word;
}
inline std::string_view ActionName(ActionKind kind) {
  return ActionKinds()[static_cast<size_t>(kind)].word;
}
inline std::string_view WordOf(const TimelineItem& item) {
  return item.is_fault ? FaultName(item.fault) : ActionName(item.action);
}

// What `word` means as a value of `key` ("role", "fault", "event", ...), in a few words. Empty for
// words that speak for themselves.
std::string_view WordAbout(std::string_view key, std::string_view word);

// An option's default in the language's notation, and whether it does anything here: "default 15s".
// May be empty.
std::string OptionAbout(const OptionInfo& info);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_SCENARIO_SCHEMA_TABLE_H_
