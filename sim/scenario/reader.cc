#include "sim/scenario/reader.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/base/strings.h"
#include "sim/scenario/units.h"

namespace gossamer::sim {
namespace {

// Lists of numbers are bounded by the largest cluster or the number of slots, whichever; both are
// 16384.
constexpr size_t kMaxNumbers = 16384;
constexpr size_t kMaxNameLength = 64;
constexpr size_t kMaxTextLength = 2000;
// Longer lists of words are not spelt out in a message.
constexpr size_t kMaxListed = 20;

// Words that others use, and the language's own.
constexpr std::pair<std::string_view, std::string_view> kSynonyms[] = {
    {"crash", "kill"},
    {"drop", "loss"},
    {"freeze", "pause"},
    {"hang", "pause"},
    {"latency", "delay"},
    {"master", "primary"},
    {"masters", "shards"},
    {"netsplit", "partition"},
    {"packet-loss", "loss"},
    {"power-loss", "host-loss"},
    {"primaries", "shards"},
    {"reboot", "restart"},
    {"replicas", "replicas_per_shard"},
    {"sigkill", "kill"},
    {"sigstop", "pause"},
    {"sigterm", "shutdown"},
    {"slave", "replica"},
    {"split", "partition"},
    {"terminate", "shutdown"},
    {"throttle", "bandwidth"}};

// One number or one range "a-b" of `node`, appended to *out.
bool ReadRange(const TreeNode& node, const KeyInfo& row, DiagnosticSink* sink,
               std::vector<int64_t>* out) {
  if (node.refused) return false;
  const std::string_view text = node.text;
  const size_t dash = text.find('-', 1);
  const bool is_range = dash != std::string_view::npos;
  if (node.kind != TreeNode::Kind::kScalar) {
    ErrorAt(sink, node,
            std::string(row.key) + " takes " + std::string(ValueTypeText(row.type)) + ", not " +
                std::string(KindText(node)));
    return false;
  }
  const Parsed<int64_t> first = ParseInteger(is_range ? text.substr(0, dash) : text);
  const Parsed<int64_t> last = is_range ? ParseInteger(text.substr(dash + 1)) : first;
  for (const Parsed<int64_t>& end : {first, last}) {
    if (!end.ok()) {
      ErrorAt(sink, node, std::string(row.key) + ": " + end.error().message,
              end.error().help.empty() ? "write a number such as 3, or a range such as 0-9"
                                       : end.error().help);
      return false;
    }
    if (end.value() < row.min || end.value() > row.max) {
      ErrorAt(sink, node,
              std::string(row.key) + " " + std::to_string(end.value()) +
                  " is out of range, expected " + std::to_string(row.min) + " to " +
                  std::to_string(row.max));
      return false;
    }
  }
  if (first.value() > last.value()) {
    ErrorAt(sink, node, "range " + Quoted(text) + " falls", "the smaller number comes first");
    return false;
  }
  if (out->size() + static_cast<size_t>(last.value() - first.value()) >= 2 * kMaxNumbers) {
    ErrorAt(sink, node, "more than " + std::to_string(2 * kMaxNumbers) + " numbers");
    return false;
  }
  for (int64_t n = first.value(); n <= last.value(); ++n) out->push_back(n);
  return true;
}

bool ReadName(const TreeNode& node, const KeyInfo& row, DiagnosticSink* sink,
              std::vector<std::string>* out) {
  if (node.refused) return false;
  const bool word = node.kind == TreeNode::Kind::kScalar && !node.text.empty() &&
                    node.text.size() <= kMaxNameLength &&
                    std::all_of(node.text.begin(), node.text.end(), [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                             (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
                    });
  if (!word) {
    ErrorAt(sink, node, std::string(row.key) + " takes names of letters, digits, '-', '_' and '.'");
    return false;
  }
  if (row.words != nullptr) {
    const std::vector<std::string_view> words = row.words();
    if (std::find(words.begin(), words.end(), node.text) == words.end()) {
      ErrorAt(sink, node, "unknown name " + Quoted(node.text) + " in " + std::string(row.key),
              NearestHelp(node.text, words));
      return false;
    }
  }
  out->push_back(node.text);
  return true;
}

// The quantile that a key of a latency map names, in parts per million: p50, p99.9, min, max.
std::optional<uint32_t> QuantileOf(std::string_view key) {
  if (key == "min") return 0;
  if (key == "max") return 1'000'000;
  if (key.size() < 2 || key.front() != 'p') return std::nullopt;
  const Parsed<Ppm> share = ParseShare(std::string(key.substr(1)) + "%");
  if (!share.ok()) return std::nullopt;
  return share.value().value;
}

std::optional<Duration> LatencyOf(const TreeNode& node, DiagnosticSink* sink) {
  if (node.refused) return std::nullopt;
  if (node.kind != TreeNode::Kind::kScalar) {
    ErrorAt(sink, node,
            "latency takes " + std::string(ValueTypeText(ValueType::kLatency)) + "; here it has " +
                std::string(KindText(node)));
    return std::nullopt;
  }
  const Parsed<Duration> value = ParseDuration(node.text);
  if (!value.ok()) {
    ErrorAt(sink, node, value.error().message, value.error().help);
    return std::nullopt;
  }
  // A message that takes no time could be answered for ever at one instant.
  // Nor can the network tell marks from old ones that are more than half an hour ahead.
  if (value.value() < Micros(1) || value.value() > Seconds(600)) {
    ErrorAt(sink, node, "latency " + Quoted(node.text) + " is out of range, expected 1us to 10m");
    return std::nullopt;
  }
  return value.value();
}

bool ReadQuantiles(const TreeNode& node, DiagnosticSink* sink, LatencySpec* spec) {
  bool good = true;
  std::vector<std::pair<uint32_t, const TreeNode*>> order;
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const TreeNode& key = node.keys[i];
    const std::optional<uint32_t> quantile = QuantileOf(key.text);
    if (quantile) order.emplace_back(*quantile, &node.items[i]);
    if (quantile || key.refused) continue;
    good = false;
    ErrorAt(sink, key, "unknown key " + Quoted(key.text) + " in latency",
            "quantiles are p0 to p100, such as p50, p99, p99.9; or min and max");
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [quantile, item] : order) {
    const std::optional<Duration> value = LatencyOf(*item, sink);
    if (!value) {
      good = false;
      continue;
    }
    if (!spec->quantiles.empty() &&
        (spec->quantiles.back().second > *value || spec->quantiles.back().first == quantile)) {
      ErrorAt(sink, *item, "latency quantiles do not rise at " + Quoted(item->text));
      good = false;
    }
    spec->quantiles.emplace_back(quantile, *value);
  }
  return good && !order.empty();
}

bool ReadLatency(const TreeNode& node, DiagnosticSink* sink, LatencySpec* spec) {
  if (node.kind == TreeNode::Kind::kMap && !node.keys.empty())
    return ReadQuantiles(node, sink, spec);
  if (node.kind == TreeNode::Kind::kList && node.items.size() == 2) {
    const std::optional<Duration> low = LatencyOf(node.items[0], sink);
    const std::optional<Duration> high = LatencyOf(node.items[1], sink);
    if (!low || !high) return false;
    if (*low > *high) {
      ErrorAt(sink, node.items[0],
              "latency falls from " + FormatDuration(*low) + " to " + FormatDuration(*high),
              "write [min, max]");
      return false;
    }
    spec->quantiles = {{0, *low}, {1'000'000, *high}};
    return true;
  }
  if (node.kind != TreeNode::Kind::kScalar) {
    ErrorAt(sink, node, "latency takes " + std::string(ValueTypeText(ValueType::kLatency)));
    return false;
  }
  const std::optional<Duration> value = LatencyOf(node, sink);
  if (value) spec->quantiles = {{500'000, *value}};
  return value.has_value();
}

}  // namespace

void ErrorAt(DiagnosticSink* sink, const TreeNode& node, std::string message, std::string help) {
  sink->Add(Severity::kError, node.place, node.length, std::move(message), std::move(help));
}

std::string Listed(const std::vector<std::string_view>& words) {
  std::string out;
  for (const std::string_view word : words) {
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

std::string NearestHelp(std::string_view word, const std::vector<std::string_view>& words) {
  std::string_view nearest = NearestWord(word, words);
  for (const auto& [other, own] : kSynonyms) {
    if (word == other && std::find(words.begin(), words.end(), own) != words.end()) nearest = own;
  }
  if (!nearest.empty()) return "nearest is '" + std::string(nearest) + "'";
  if (words.size() <= kMaxListed) return "one of: " + Listed(words);
  return "";
}

std::string_view KindText(const TreeNode& node) {
  switch (node.kind) {
    case TreeNode::Kind::kNull:
      return "nothing";
    case TreeNode::Kind::kList:
      return "a list";
    case TreeNode::Kind::kMap:
      return "a map";
    case TreeNode::Kind::kScalar:
      break;
  }
  return node.quoted ? "text in quotes" : "a single value";
}

namespace {

std::string HelpForNoMap(const TreeNode& node, const SectionInfo& section) {
  const bool glued = node.kind == TreeNode::Kind::kScalar && !node.quoted &&
                     node.text.find(':') != std::string::npos;
  if (glued) return "a space stands between a key's ':' and its value";
  return section.keys.size() <= kMaxListed ? "its keys are: " + Listed(section.KeyNames()) : "";
}

}  // namespace

MapReader::MapReader(const TreeNode& node, Section section, DiagnosticSink* sink)
    : node_(&node), section_(&SchemaSection(section)), sink_(sink) {
  if (ok()) {
    CheckKeys();
  } else if (!node.refused) {
    ErrorAt(sink_, node,
            "a " + std::string(section_->name) + " is a map, not " + std::string(KindText(node)),
            HelpForNoMap(node, *section_));
  }
}

void MapReader::CheckKeys() {
  for (const TreeNode& key : node_->keys) {
    if (key.refused || section_->Find(key.text) != nullptr) continue;
    ErrorAt(sink_, key, "unknown key " + Quoted(key.text) + " in " + std::string(section_->name),
            NearestHelp(key.text, section_->KeyNames()));
  }
  for (const KeyInfo& row : section_->keys) {
    if (!row.required || Has(row.key)) continue;
    std::string help = std::string(row.key) + ": " + std::string(row.about);
    if (row.min == row.max) help = "write " + std::string(row.key) + ": " + std::to_string(row.min);
    ErrorAt(sink_, *node_, std::string(section_->name) + " has no '" + std::string(row.key) + "'",
            std::move(help));
  }
}

void MapReader::RefuseForeignKeys(const KindInfo& kind,
                                  std::initializer_list<std::string_view> common) const {
  const std::vector<std::string_view> own = KeysOf(kind);
  const auto has = [](const auto& list, std::string_view key) {
    return std::find(list.begin(), list.end(), key) != list.end();
  };
  for (const TreeNode& key : node_->keys) {
    if (key.refused || section_->Find(key.text) == nullptr) continue;
    if (has(common, key.text) || has(own, key.text)) continue;
    ErrorAt(sink_, key, "'" + std::string(kind.word) + "' has no '" + key.text + "'",
            std::string(kind.word) + " takes " + (own.empty() ? "nothing else" : Listed(own)));
  }
}

const KeyInfo& MapReader::Row(std::string_view key, std::initializer_list<ValueType> types) const {
  const KeyInfo* row = section_->Find(key);
  GOSSAMER_CHECK(row != nullptr);
  GOSSAMER_CHECK(std::find(types.begin(), types.end(), row->type) != types.end());
  return *row;
}

const TreeNode& MapReader::KeyNode(std::string_view key) const {
  for (const TreeNode& candidate : node_->keys) {
    if (candidate.text == key) return candidate;
  }
  return *node_;
}

const TreeNode* MapReader::Value(std::string_view key) const {
  const TreeNode* value = node_->Find(key);
  if (value == nullptr || value->refused) return nullptr;
  if (value->kind == TreeNode::Kind::kNull) {
    ErrorAt(sink_, *value, "'" + std::string(key) + "' has no value");
    return nullptr;
  }
  return value;
}

const TreeNode* MapReader::Scalar(std::string_view key, bool number) const {
  const TreeNode* value = Value(key);
  if (value == nullptr) return nullptr;
  const bool fits = value->kind == TreeNode::Kind::kScalar && !(number && value->quoted);
  if (!fits) {
    const KeyInfo* row = section_->Find(key);
    ErrorAt(sink_, *value,
            std::string(key) + " takes " + std::string(ValueTypeText(row->type)) + ", not " +
                std::string(KindText(*value)));
    return nullptr;
  }
  return value;
}

std::vector<const TreeNode*> MapReader::List(std::string_view key) const {
  const TreeNode* value = Value(key);
  std::vector<const TreeNode*> items;
  if (value == nullptr) return items;
  if (value->kind != TreeNode::Kind::kList) {
    ErrorAt(sink_, *value,
            std::string(key) + " takes a list, not " + std::string(KindText(*value)));
    return items;
  }
  for (const TreeNode& item : value->items) {
    if (!item.refused) items.push_back(&item);
  }
  return items;
}

bool MapReader::Read(std::string_view key, std::string* out) const {
  const KeyInfo& row =
      Row(key, {ValueType::kText, ValueType::kWord, ValueType::kMetric, ValueType::kWordOrSection});
  const TreeNode* value = Scalar(key);
  if (value == nullptr) return false;
  if (value->text.size() > kMaxTextLength) {
    ErrorAt(sink_, *value,
            std::string(key) + " is longer than " + std::to_string(kMaxTextLength) + " bytes");
    return false;
  }
  if (row.words != nullptr) {
    const std::vector<std::string_view> words = row.words();
    if (std::find(words.begin(), words.end(), value->text) == words.end()) {
      ErrorAt(sink_, *value, "unknown " + std::string(key) + " " + Quoted(value->text),
              NearestHelp(value->text, words));
      return false;
    }
  }
  *out = value->text;
  return true;
}

namespace {

// Hands over a parsed value, or reports what is wrong with it.
template <class T>
bool Take(const Parsed<T>& parsed, std::string_view key, const TreeNode& node, DiagnosticSink* sink,
          T* out) {
  if (!parsed.ok()) {
    const std::string& message = parsed.error().message;
    const bool named = message.starts_with(key);
    ErrorAt(sink, node, named ? message : std::string(key) + ": " + message, parsed.error().help);
    return false;
  }
  *out = parsed.value();
  return true;
}

}  // namespace

bool MapReader::Read(std::string_view key, bool* out) const {
  Row(key, {ValueType::kBoolean});
  const TreeNode* value = Scalar(key, true);
  return value != nullptr && Take(ParseBoolean(value->text), key, *value, sink_, out);
}

bool MapReader::Read(std::string_view key, int64_t* out) const {
  const KeyInfo& row = Row(key, {ValueType::kInteger});
  const TreeNode* value = Scalar(key, true);
  int64_t number = 0;
  if (value == nullptr || !Take(ParseInteger(value->text), key, *value, sink_, &number))
    return false;
  if (number < row.min || number > row.max) {
    const std::string range = row.min == row.max
                                  ? std::to_string(row.min)
                                  : std::to_string(row.min) + " to " + std::to_string(row.max);
    ErrorAt(
        sink_, *value,
        std::string(key) + " " + std::to_string(number) + " is out of range, expected " + range);
    return false;
  }
  *out = number;
  return true;
}

bool MapReader::Read(std::string_view key, uint32_t* out) const {
  const KeyInfo& row = Row(key, {ValueType::kInteger, ValueType::kFactor});
  if (row.type == ValueType::kFactor) {
    const TreeNode* value = Scalar(key, true);
    return value != nullptr && Take(ParseFactor(value->text), key, *value, sink_, out);
  }
  int64_t number = 0;
  if (!Read(key, &number)) return false;
  *out = static_cast<uint32_t>(number);
  return true;
}

bool MapReader::Read(std::string_view key, uint64_t* out) const {
  const KeyInfo& row = Row(key, {ValueType::kSeed, ValueType::kRate});
  const bool seed = row.type == ValueType::kSeed;
  const TreeNode* value = Scalar(key, seed);
  if (value == nullptr) return false;
  uint64_t number = 0;
  if (!Take(seed ? ParseUnsigned(value->text) : ParseRate(value->text), key, *value, sink_,
            &number)) {
    return false;
  }
  if (!seed && number == 0) {
    ErrorAt(sink_, *value, std::string(key) + ": a rate of zero", "leave the key out");
    return false;
  }
  if (!seed && number < static_cast<uint64_t>(row.min)) {
    ErrorAt(sink_, *value, std::string(key) + " " + Quoted(value->text) + " is too slow",
            "at least " + FormatRate(static_cast<uint64_t>(row.min)));
    return false;
  }
  *out = number;
  return true;
}

namespace {

bool ReadDuration(const TreeNode& node, const KeyInfo& row, DiagnosticSink* sink, Duration* out) {
  Duration length;
  const bool offset = row.type == ValueType::kOffset;
  if (!Take(offset ? ParseOffset(node.text) : ParseDuration(node.text), row.key, node, sink,
            &length)) {
    return false;
  }
  if (!offset && (length.us < row.min || length.us > row.max)) {
    ErrorAt(sink, node,
            std::string(row.key) + " " + Quoted(node.text) + " is out of range, expected " +
                FormatDuration(Micros(row.min)) + " to " + FormatDuration(Micros(row.max)));
    return false;
  }
  *out = length;
  return true;
}

// A list of two durations.
bool ReadTimeRange(const TreeNode& list, const KeyInfo& row, DiagnosticSink* sink, TimeRange* out) {
  const auto scalar = [](const TreeNode& item) { return item.kind == TreeNode::Kind::kScalar; };
  if (std::any_of(list.items.begin(), list.items.end(), [](const auto& i) { return i.refused; })) {
    return false;
  }
  if (list.items.size() != 2 || !std::all_of(list.items.begin(), list.items.end(), scalar)) {
    ErrorAt(sink, list, std::string(row.key) + " takes " + std::string(ValueTypeText(row.type)));
    return false;
  }
  TimeRange range;
  const bool first = ReadDuration(list.items[0], row, sink, &range.from);
  if (!ReadDuration(list.items[1], row, sink, &range.to) || !first) return false;
  if (range.from > range.to) {
    ErrorAt(sink, list.items[0],
            std::string(row.key) + " falls from " + FormatDuration(range.from) + " to " +
                FormatDuration(range.to),
            "write [from, to]");
    return false;
  }
  *out = range;
  return true;
}

}  // namespace

bool MapReader::Read(std::string_view key, Duration* out) const {
  const KeyInfo& row = Row(key, {ValueType::kDuration, ValueType::kOffset, ValueType::kMoment});
  const TreeNode* value = Scalar(key);
  return value != nullptr && ReadDuration(*value, row, sink_, out);
}

bool MapReader::Read(std::string_view key, TimeRange* out) const {
  const KeyInfo& row = Row(key, {ValueType::kMoments});
  const TreeNode* value = Value(key);
  if (value != nullptr && value->kind == TreeNode::Kind::kList) {
    return ReadTimeRange(*value, row, sink_, out);
  }
  if (value == nullptr || Scalar(key) == nullptr) return false;
  Duration moment;
  if (!ReadDuration(*value, row, sink_, &moment)) return false;
  *out = {moment, moment};
  return true;
}

bool MapReader::Read(std::string_view key, Ppm* out) const {
  Row(key, {ValueType::kShare});
  const TreeNode* value = Scalar(key);
  return value != nullptr && Take(ParseShare(value->text), key, *value, sink_, out);
}

bool MapReader::Read(std::string_view key, LatencySpec* out) const {
  Row(key, {ValueType::kLatency});
  const TreeNode* value = Value(key);
  LatencySpec spec;
  if (value == nullptr || !ReadLatency(*value, sink_, &spec)) return false;
  *out = std::move(spec);
  return true;
}

bool MapReader::Read(std::string_view key, std::vector<int64_t>* out) const {
  const KeyInfo& row = Row(key, {ValueType::kNumbers, ValueType::kNodes});
  const TreeNode* value = Value(key);
  if (value == nullptr) return false;
  std::vector<int64_t> numbers;
  bool good = true;
  if (value->kind == TreeNode::Kind::kList) {
    for (const TreeNode& item : value->items) good &= ReadRange(item, row, sink_, &numbers);
    if (value->items.empty()) ErrorAt(sink_, *value, std::string(key) + " is an empty list");
  } else {
    good = ReadRange(*value, row, sink_, &numbers);
  }
  if (!good || numbers.empty()) return false;
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  *out = std::move(numbers);
  return true;
}

bool MapReader::Read(std::string_view key, std::vector<std::string>* out) const {
  const KeyInfo& row = Row(key, {ValueType::kNames});
  const TreeNode* value = Value(key);
  if (value == nullptr) return false;
  std::vector<std::string> names;
  bool good = true;
  if (value->kind == TreeNode::Kind::kList) {
    for (const TreeNode& item : value->items) good &= ReadName(item, row, sink_, &names);
  } else {
    good = ReadName(*value, row, sink_, &names);
  }
  if (!good) return false;
  *out = std::move(names);
  return true;
}

}  // namespace gossamer::sim
