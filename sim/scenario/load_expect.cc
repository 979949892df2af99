#include <algorithm>
#include <utility>

#include "sim/scenario/describe.h"
#include "sim/scenario/expectations.h"
#include "sim/scenario/load_parts.h"
#include "sim/scenario/units.h"

namespace gossamer::sim {
namespace {

constexpr size_t kMaxExpectations = 200;

// Which of state, event, metric and invariant the entry has; null unless it is exactly one.
const KindInfo* ReadKind(const MapReader& reader, Expectation* e) {
  const KindInfo* found = nullptr;
  for (const KindInfo& kind : ExpectKinds()) {
    if (!reader.Has(kind.word)) continue;
    if (found != nullptr) {
      ErrorAt(reader.sink(), reader.KeyNode(kind.word),
              "'" + std::string(kind.word) + "' beside '" + std::string(found->word) + "'",
              "an expectation is one of state, event, metric, invariant");
      return nullptr;
    }
    found = &kind;
    e->kind = static_cast<ExpectKind>(&kind - ExpectKinds().data());
  }
  if (found == nullptr) {
    ErrorAt(reader.sink(), reader.node(),
            "an expectation without state, event, metric or invariant");
  }
  return found;
}

// The name after state, event, metric or invariant.
bool ReadName(const MapReader& reader, const KindInfo& kind, Expectation* e) {
  if (!reader.Read(kind.word, &e->name)) return false;
  if (e->kind != ExpectKind::kMetric || MetricUnitOf(e->name)) return true;
  const std::vector<std::string> names = MetricNames();
  std::string help = NearestHelp(e->name, {names.begin(), names.end()});
  for (const MetricInfo& metric : Metrics()) {
    if (metric.sampled && metric.name == e->name) {
      help = "write " + e->name + " with a statistic: " + e->name +
             ".p99, or .min .p50 .p90 .max .count";
    }
  }
  ErrorAt(reader.sink(), *reader.Value("metric"), "unknown metric '" + e->name + "'",
          std::move(help));
  return false;
}

// A bound in the unit of what it bounds.
void ReadBound(const MapReader& reader, std::string_view key, MetricUnit unit,
               std::optional<int64_t>* out) {
  const bool count = unit == MetricUnit::kCount;
  const TreeNode* value = reader.Has(key) ? reader.Scalar(key, count) : nullptr;
  if (value == nullptr) return;
  UnitError error;
  if (unit == MetricUnit::kMicroseconds) {
    const Parsed<Duration> length = ParseDuration(value->text);
    if (length.ok()) *out = length.value().us;
    error = length.error();
  } else if (unit == MetricUnit::kShare) {
    const Parsed<Ppm> share = ParseShare(value->text);
    if (share.ok()) *out = share.value().value;
    error = share.error();
  } else {
    const Parsed<int64_t> number = ParseInteger(value->text);
    if (number.ok()) *out = number.value();
    error = number.error();
  }
  if (!*out) ErrorAt(reader.sink(), *value, std::string(key) + ": " + error.message, error.help);
}

void ReadBounds(const MapReader& reader, Expectation* e) {
  const bool metric = e->kind == ExpectKind::kMetric;
  const MetricUnit unit =
      metric ? MetricUnitOf(e->name).value_or(MetricUnit::kCount) : MetricUnit::kCount;
  ReadBound(reader, "min", unit, &e->min);
  ReadBound(reader, "max", unit, &e->max);
  if (e->min && e->max && *e->min > *e->max) {
    ErrorAt(reader.sink(), *reader.Value("max"), "max is below min");
  }
  if (e->kind == ExpectKind::kMetric && !reader.Has("min") && !reader.Has("max")) {
    ErrorAt(reader.sink(), reader.node(), "a metric needs min or max");
  }
  if (e->never && (e->min || e->max)) {
    ErrorAt(reader.sink(), reader.KeyNode(e->max ? "max" : "min"), "a bound beside never");
  }
}

void ReadBy(const MapReader& reader, const LoadContext& context, Expectation* e) {
  const TreeNode* value = reader.Has("by") ? reader.Scalar("by") : nullptr;
  if (value == nullptr) return;
  if (value->text == "end") {
    e->by = context.scenario->duration;
    return;
  }
  Duration by;
  if (!reader.Read("by", &by)) return;
  e->by = by;
  if (context.duration_known && by > context.scenario->duration) {
    ErrorAt(reader.sink(), *value,
            "by " + FormatDuration(by) + " comes after the end of the run, " +
                FormatDuration(context.scenario->duration));
  }
}

// When the first incident comes at the latest.
Duration LatestBegin(const std::vector<TimelineItem>& timeline) {
  if (timeline.empty()) return {};
  return std::min_element(
             timeline.begin(), timeline.end(),
             [](const TimelineItem& a, const TimelineItem& b) { return a.latest() < b.latest(); })
      ->latest();
}

// When a state has to hold.
void ReadTimes(const MapReader& reader, const LoadContext& context, Expectation* e) {
  ReadBy(reader, context, e);
  reader.Read("within", &e->within);
  reader.Read("after", &e->after);
  if (e->kind != ExpectKind::kState) return;
  if (reader.Has("by") == reader.Has("within")) {
    ErrorAt(reader.sink(), reader.Has("by") ? reader.KeyNode("within") : reader.node(),
            "a state needs either by or within", "by: end, or within: 25s with after: 60s");
    return;
  }
  if (reader.Has("after") && !reader.Has("within")) {
    ErrorAt(reader.sink(), reader.KeyNode("after"), "'after' belongs to 'within'");
  }
  if (!e->within || !context.timeline_known) return;
  const std::vector<TimelineItem>& timeline = context.scenario->timeline;
  if (!reader.Has("after") && timeline.empty()) {
    ErrorAt(reader.sink(), reader.KeyNode("within"), "within what? The timeline is empty",
            "add after: 0s, or use by");
    return;
  }
  const Duration from = e->after ? *e->after : LatestBegin(timeline);
  if (context.duration_known && from + *e->within > context.scenario->duration) {
    ErrorAt(reader.sink(), *reader.Value("within"),
            "the run ends at " + FormatDuration(context.scenario->duration) + ", before " +
                FormatDuration(from + *e->within),
            "set duration");
  }
}

bool LoadEntry(const TreeNode& node, LoadContext* context, Expectation* e) {
  const MapReader reader(node, Section::kExpectation, context->sink);
  if (!reader.ok()) return false;
  e->place = node.place;
  const KindInfo* kind = ReadKind(reader, e);
  if (kind == nullptr) return false;
  reader.RefuseForeignKeys(*kind, {kind->word});
  const bool named = ReadName(reader, *kind, e);
  reader.Read("about", &e->about);
  reader.Read("never", &e->never);
  if (named) ReadBounds(reader, e);
  ReadTimes(reader, *context, e);
  e->text = Describe(*e);
  return named;
}

void AddDefaults(Scenario* scenario) {
  const auto add = [&](ExpectKind kind, std::string name) -> Expectation& {
    Expectation e;
    e.kind = kind;
    e.name = std::move(name);
    scenario->expect.push_back(std::move(e));
    return scenario->expect.back();
  };
  add(ExpectKind::kState, "covered").by = scenario->duration;
  add(ExpectKind::kState, "converged").by = scenario->duration;
  Expectation& fail = add(ExpectKind::kEvent, "fail-set");
  fail.about = "live";
  fail.never = true;
  add(ExpectKind::kInvariant, "all");
  for (Expectation& e : scenario->expect) e.text = Describe(e);
}

}  // namespace

void LoadExpect(const MapReader& root, LoadContext* context) {
  if (!root.Has("expect")) {
    AddDefaults(context->scenario);
    return;
  }
  const TreeNode* list = root.Value("expect");
  const std::vector<const TreeNode*> nodes = root.List("expect");
  if (list == nullptr || list->kind != TreeNode::Kind::kList) return;
  if (list->items.empty()) {
    ErrorAt(context->sink, *list, "a scenario that expects nothing checks nothing",
            "leave expect out for the defaults");
    return;
  }
  if (nodes.size() > kMaxExpectations) {
    ErrorAt(context->sink, *nodes[kMaxExpectations],
            "more than " + std::to_string(kMaxExpectations) + " expectations");
    return;
  }
  for (const TreeNode* node : nodes) {
    Expectation e;
    if (LoadEntry(*node, context, &e)) context->scenario->expect.push_back(std::move(e));
  }
}

}  // namespace gossamer::sim
