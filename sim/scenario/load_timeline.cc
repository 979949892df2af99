#include <algorithm>
#include <utility>

#include "core/base/strings.h"
#include "sim/scenario/describe.h"
#include "sim/scenario/load_parts.h"
#include "sim/scenario/units.h"

namespace gossamer::sim {
namespace {

constexpr size_t kMaxItems = 1000;
constexpr size_t kMaxSides = 16;

// The item's row of FaultKinds or ActionKinds, or null when the item does not say what it is.
const KindInfo* ReadKind(const MapReader& reader, TimelineItem* item) {
  const bool fault = reader.Has("fault");
  if (fault == reader.Has("action")) {
    ErrorAt(reader.sink(), fault ? reader.KeyNode("action") : reader.node(),
            fault ? "an item is a fault or an action, not both" : "an item without fault or action",
            fault ? "write two items" : "write fault: kill, or action: restart");
    return nullptr;
  }
  std::string word;
  if (!reader.Read(fault ? "fault" : "action", &word)) return nullptr;
  const std::span<const KindInfo> kinds = fault ? FaultKinds() : ActionKinds();
  const auto kind = std::find_if(kinds.begin(), kinds.end(),
                                 [&](const KindInfo& info) { return info.word == word; });
  const auto index = static_cast<uint8_t>(kind - kinds.begin());
  item->is_fault = fault;
  if (fault) {
    item->fault = static_cast<FaultKind>(index);
  } else {
    item->action = static_cast<ActionKind>(index);
  }
  return &*kind;
}

// Keys that this kind does not take, and those that it needs.
void CheckKeys(const MapReader& reader, const KindInfo& kind) {
  reader.RefuseForeignKeys(kind, {"at", "every", "times", "fault", "action"});
  const SectionInfo& section = SchemaSection(Section::kTimelineItem);
  for (const std::string_view key : SplitWords(kind.required)) {
    if (reader.Has(key)) continue;
    ErrorAt(reader.sink(), reader.node(),
            "'" + std::string(kind.word) + "' needs '" + std::string(key) + "'",
            std::string(key) + ": " + std::string(section.Find(key)->about));
  }
  if (!kind.link) return;
  if (reader.Has("target") == reader.Has("between")) {
    ErrorAt(reader.sink(), reader.Has("between") ? reader.KeyNode("between") : reader.node(),
            "'" + std::string(kind.word) + "' needs either target or between",
            "target: {...} against all others, or between: [{...}, {...}]");
  }
}

// Every node, so that a fault of links leaves nobody on the other side.
bool IsEveryNode(const Target& target) {
  const bool part = target.count || (target.percent && target.percent->value < 1'000'000);
  return target.role == Target::Role::kAny && target.shards.empty() && target.zones.empty() &&
         target.nodes.empty() && !target.killed && !part && !target.keep_one_per_shard;
}

void ReadTarget(const MapReader& reader, LoadContext* context, bool link, TimelineItem* item) {
  const TreeNode* value = reader.Value("target");
  if (value == nullptr || !LoadTarget(*value, context, &item->target)) return;
  if (!link || reader.Has("shape") || !IsEveryNode(item->target)) return;
  ErrorAt(context->sink, *value, "every node on one side: no link is hit",
          "name some nodes against all others, sides as between: [{...}, {...}], or a shape");
}

void ReadShape(const MapReader& reader, TimelineItem* item) {
  std::string word;
  if (!reader.Read("shape", &word)) return;
  item->shape = word == "halves"    ? PartitionShape::kHalves
                : word == "bridge"  ? PartitionShape::kBridge
                : word == "isolate" ? PartitionShape::kIsolate
                                    : PartitionShape::kRing;
  for (const std::string_view key : {"between", "direction"}) {
    if (!reader.Has(key)) continue;
    ErrorAt(reader.sink(), reader.KeyNode(key), "'shape' and '" + std::string(key) + "'",
            "a shape divides the target by itself, both ways");
  }
}

void ReadSides(const MapReader& reader, LoadContext* context, TimelineItem* item) {
  if (!reader.Has("between")) return;
  const std::vector<const TreeNode*> sides = reader.List("between");
  const TreeNode* list = reader.Value("between");
  if (list == nullptr || list->kind != TreeNode::Kind::kList) return;
  if (list->items.size() < 2 || list->items.size() > kMaxSides) {
    ErrorAt(context->sink, *list, "between has " + std::to_string(list->items.size()) + " sides",
            "it takes 2 to " + std::to_string(kMaxSides) + " targets");
  }
  for (const TreeNode* side : sides) {
    Target target;
    LoadTarget(*side, context, &target);
    item->between.push_back(std::move(target));
  }
}

void ReadDirection(const MapReader& reader, TimelineItem* item) {
  std::string word;
  if (!reader.Read("direction", &word)) return;
  item->direction = word == "to"     ? Direction::kTo
                    : word == "from" ? Direction::kFrom
                                     : Direction::kBoth;
  if (item->direction != Direction::kBoth && item->between.size() > 2) {
    ErrorAt(reader.sink(), *reader.Value("direction"),
            "direction " + word + " with more than two sides",
            "it speaks of the first side and one other");
  }
}

// `to` names one node, whatever the run looks like by then.
bool NamesOne(const Target& target) {
  const bool primary_of_one = target.role == Target::Role::kPrimary && target.shards.size() == 1;
  return (target.count && *target.count == 1) ||
         (!target.percent && !target.count && (target.nodes.size() == 1 || primary_of_one));
}

void ReadTo(const MapReader& reader, LoadContext* context, TimelineItem* item) {
  const TreeNode* value = reader.Value("to");
  if (value == nullptr) return;
  Target target;
  if (!LoadTarget(*value, context, &target)) return;
  if (!NamesOne(target)) {
    ErrorAt(context->sink, *value, "'to' must name one node",
            "write {node: 3}, {shard: 1, role: primary}, or add one: true");
  }
  item->to = std::move(target);
}

void ReadMode(const MapReader& reader, const KindInfo& kind, TimelineItem* item) {
  const std::vector<std::string_view> words = SplitWords(kind.modes);
  if (words.empty()) return;
  item->mode = words.front();
  std::string word;
  if (!reader.Read("mode", &word)) return;
  if (std::find(words.begin(), words.end(), word) == words.end()) {
    ErrorAt(reader.sink(), *reader.Value("mode"),
            "mode '" + word + "' does not belong to " + std::string(kind.word),
            "one of: " + Listed(words));
    return;
  }
  item->mode = word;
}

void CheckDrift(const MapReader& reader, Duration drift) {
  if (drift.us == 0) {
    ErrorAt(reader.sink(), *reader.Value("drift"), "a drift of zero does nothing");
  } else if (drift.us <= -1'000'000 || drift.us > 1'000'000) {
    ErrorAt(reader.sink(), *reader.Value("drift"), "a clock that runs backwards or twice as fast",
            "a drift is between -1s and 1s in each second, such as 1ms");
  }
}

// Values that the kind takes and that would do nothing.
void CheckValues(const MapReader& reader, TimelineItem* item) {
  if (reader.Read("probability", &item->probability) && item->probability.value == 0) {
    ErrorAt(reader.sink(), *reader.Value("probability"), "a probability of 0% does nothing");
  }
  if (reader.Read("offset", &item->offset) && item->offset.us == 0) {
    ErrorAt(reader.sink(), *reader.Value("offset"), "an offset of zero does nothing");
  }
  if (reader.Read("drift", &item->drift)) CheckDrift(reader, item->drift);
  if (item->is_fault && item->fault == FaultKind::kClockSkew && !reader.Has("offset") &&
      !reader.Has("drift")) {
    ErrorAt(reader.sink(), reader.node(), "'clock-skew' needs 'offset' or 'drift'",
            "offset: 2s, or drift: 1ms (in each second)");
  }
  if (reader.Has("correlation") && !reader.Has("burst")) {
    ErrorAt(reader.sink(), reader.KeyNode("correlation"), "'correlation' needs 'burst'",
            "burst: 500ms, for which packets share their luck");
  }
}

// `at`: a moment, or the range that it is drawn from.
bool ReadAt(const MapReader& reader, TimelineItem* item) {
  TimeRange range;
  if (!reader.Read("at", &range)) return false;
  item->at = range.from;
  item->spread = range.to - range.from;
  return true;
}

// `every` and `times`: how often the item happens, and how far apart. False, and reported, if one
// is missing or the last time may come after the end.
bool ReadRepeat(const MapReader& reader, const LoadContext& context, Duration latest,
                Duration* every, int64_t* times) {
  *times = 1;
  if (!reader.Has("every") && !reader.Has("times")) return true;
  if (!reader.Has("every") || !reader.Has("times")) {
    const std::string_view there = reader.Has("every") ? "every" : "times";
    ErrorAt(reader.sink(), reader.KeyNode(there),
            "'" + std::string(there) + "' without '" + (there == "every" ? "times" : "every") + "'",
            "every: 30s with times: 4");
    return false;
  }
  if (!reader.Read("every", every) || !reader.Read("times", times)) return false;
  const Duration last = latest + *every * (*times - 1);
  if (!context.duration_known || last <= context.scenario->duration) return true;
  ErrorAt(reader.sink(), *reader.Value("times"),
          "the last of " + std::to_string(*times) + " times comes at " + FormatDuration(last) +
              ", after the end of the run, " + FormatDuration(context.scenario->duration),
          "set duration");
  return false;
}

void CheckTimes(const MapReader& reader, const LoadContext& context, const TimelineItem& item) {
  if (!context.duration_known) return;
  const Duration end = context.scenario->duration;
  if (item.latest() > end) {
    const TreeNode& at = *reader.Value("at");
    ErrorAt(reader.sink(), at.kind == TreeNode::Kind::kList ? at.items.back() : at,
            "at " + FormatDuration(item.latest()) + " comes after the end of the run, " +
                FormatDuration(end),
            "set duration");
  } else if (item.length && item.latest() + *item.length > end) {
    const TreeNode& node = *reader.Value("for");
    reader.sink()->Add(Severity::kWarning, node.place, node.length,
                       "the fault lasts beyond the end of the run, " + FormatDuration(end));
  }
}

// Appends the item, once for each of its times.
bool LoadItem(const TreeNode& node, LoadContext* context, std::vector<TimelineItem>* items) {
  TimelineItem made;
  TimelineItem* item = &made;
  const MapReader reader(node, Section::kTimelineItem, context->sink);
  if (!reader.ok()) return false;
  item->place = node.place;
  const bool has_time = ReadAt(reader, item);
  const KindInfo* kind = ReadKind(reader, item);
  if (kind != nullptr) CheckKeys(reader, *kind);
  reader.Read("for", &item->length);
  ReadTarget(reader, context, kind != nullptr && kind->link, item);
  ReadSides(reader, context, item);
  ReadDirection(reader, item);
  ReadShape(reader, item);
  reader.Read("latency", &item->latency);
  reader.Read("jitter", &item->jitter);
  reader.Read("burst", &item->burst);
  reader.Read("correlation", &item->correlation);
  reader.Read("size", &item->piece_bytes);
  reader.Read("rate", &item->rate_bytes_per_s);
  reader.Read("factor", &item->factor);
  reader.Read("with_disk", &item->with_disk);
  reader.Read("slots", &item->slots);
  CheckValues(reader, item);
  ReadTo(reader, context, item);
  if (kind != nullptr) ReadMode(reader, *kind, item);
  if (const TreeNode* config = reader.Value("config")) {
    LoadConfig(*config, true, context->sink, &item->config);
  }
  if (item->is_fault && reader.Has("with_disk") && !reader.Has("for")) {
    ErrorAt(context->sink, reader.KeyNode("with_disk"), "'with_disk' of a fault needs 'for'",
            "for: 30s, after which the node starts again");
  }
  if (has_time) CheckTimes(reader, *context, *item);
  Duration every;
  int64_t times = 1;
  const bool good = ReadRepeat(reader, *context, item->latest(), &every, &times);
  if (kind == nullptr || !has_time || !good) return false;
  item->text = Describe(*item);
  for (int64_t i = 0; i < times && items->size() <= kMaxItems; ++i) {
    items->push_back(made);
    made.at = made.at + every;
  }
  return true;
}

}  // namespace

void LoadTimeline(const MapReader& root, LoadContext* context) {
  context->timeline_known = !root.Has("timeline");
  if (context->timeline_known) return;
  const std::vector<const TreeNode*> nodes = root.List("timeline");
  if (nodes.size() > kMaxItems) {
    ErrorAt(context->sink, *nodes[kMaxItems],
            "more than " + std::to_string(kMaxItems) + " items in the timeline");
    return;
  }
  std::vector<TimelineItem>& items = context->scenario->timeline;
  size_t loaded = 0;
  for (const TreeNode* node : nodes) {
    if (LoadItem(*node, context, &items)) ++loaded;
    if (items.size() <= kMaxItems) continue;
    ErrorAt(context->sink, *node,
            "more than " + std::to_string(kMaxItems) + " items in the timeline, repeats counted");
    return;
  }
  const TreeNode* list = root.Value("timeline");
  context->timeline_known = list != nullptr && loaded == list->items.size();
  std::stable_sort(items.begin(), items.end(),
                   [](const TimelineItem& a, const TimelineItem& b) { return a.at < b.at; });
}

}  // namespace gossamer::sim
