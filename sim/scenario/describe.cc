#include "sim/scenario/describe.h"

#include <cstddef>
#include <string_view>
#include <vector>

#include "sim/scenario/expectations.h"
#include "sim/scenario/schema_table.h"
#include "sim/scenario/units.h"

namespace gossamer::sim {
namespace {

// Longer lists end in "...".
constexpr size_t kMaxListed = 8;

// {0, 1, 2, 7} is "0-2, 7".
std::string Ranges(const std::vector<int64_t>& numbers) {
  std::string out;
  size_t ranges = 0;
  for (size_t i = 0; i < numbers.size();) {
    size_t end = i;
    while (end + 1 < numbers.size() && numbers[end + 1] == numbers[end] + 1) ++end;
    if (!out.empty()) out += ", ";
    if (++ranges > kMaxListed) return out + "...";
    out += std::to_string(numbers[i]);
    if (end > i) out += "-" + std::to_string(numbers[end]);
    i = end + 1;
  }
  return out;
}

std::string Names(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

std::string Noun(const Target& target, bool one) {
  if (target.of == Target::Of::kShards) return one ? "shard" : "shards";
  switch (target.role) {
    case Target::Role::kPrimary:
      return one ? "primary" : "primaries";
    case Target::Role::kReplica:
      return one ? "replica" : "replicas";
    case Target::Role::kAny:
      break;
  }
  return one ? "node" : "nodes";
}

// "10% of ", "250 ", "one "; empty without a draw.
std::string Amount(const Target& target) {
  if (target.percent) return FormatShare(*target.percent) + " of ";
  if (!target.count) return "";
  return *target.count == 1 ? "one " : std::to_string(*target.count) + " ";
}

std::string Parameters(const TimelineItem& item) {
  std::string out;
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  if (item.piece_bytes > 0) add("pieces of " + std::to_string(item.piece_bytes) + " bytes");
  if (!item.latency.quantiles.empty()) add(Describe(item.latency));
  if (item.jitter.us > 0) add("jitter " + FormatDuration(item.jitter));
  if (item.probability.value > 0) add(FormatShare(item.probability));
  if (item.burst.us > 0) add("bursts of " + FormatDuration(item.burst));
  if (item.correlation.value < 1'000'000) add("correlation " + FormatShare(item.correlation));
  if (item.rate_bytes_per_s > 0) add(FormatRate(item.rate_bytes_per_s));
  if (item.factor > 1) add("factor " + std::to_string(item.factor));
  if (item.offset.us != 0) add(FormatDuration(item.offset));
  if (item.drift.us != 0) add(FormatDuration(item.drift) + " each second");
  if (!item.with_disk) add("without its disk");
  if (!item.mode.empty() && item.mode != "default") add(item.mode);
  if (item.to) add("to " + Describe(*item.to));
  if (!item.slots.empty()) add("slots " + Ranges(item.slots));
  for (const auto& [name, text] : item.config) add(name + " " + text);
  if (item.direction != Direction::kBoth) {
    add(item.direction == Direction::kTo ? "one way, sending" : "one way, receiving");
  }
  return out.empty() ? "" : " (" + out + ")";
}

std::string ShapeText(PartitionShape shape) {
  switch (shape) {
    case PartitionShape::kSides:
      break;
    case PartitionShape::kHalves:
      return " in halves";
    case PartitionShape::kBridge:
      return " in halves with a bridge";
    case PartitionShape::kIsolate:
      return ", each alone";
    case PartitionShape::kRing:
      return " in a ring";
  }
  return "";
}

}  // namespace

std::string Describe(const LatencySpec& latency) {
  const auto& q = latency.quantiles;
  if (q.empty()) return "none";
  if (q.size() == 1) return FormatDuration(q[0].second);
  if (q.size() == 2 && q[0].first == 0 && q[1].first == 1'000'000) {
    return "[" + FormatDuration(q[0].second) + ", " + FormatDuration(q[1].second) + "]";
  }
  std::string out;
  for (const auto& [quantile, value] : q) {
    std::string share = FormatShare(Ppm{quantile});
    share.pop_back();
    out += (out.empty() ? "p" : ", p") + share + " " + FormatDuration(value);
  }
  return out;
}

std::string Describe(const Target& target) {
  const bool one_node = !target.percent && !target.count && target.nodes.size() == 1;
  std::string out = Amount(target);
  if (target.killed) out += *target.killed ? "killed " : "running ";
  out += Noun(target, one_node || (target.count && *target.count == 1));
  if (!target.nodes.empty()) out += " " + Ranges(target.nodes);
  if (!target.shards.empty()) {
    out += target.shards.size() == 1 ? " of shard " : " of shards ";
    out += Ranges(target.shards);
  }
  if (!target.zones.empty()) {
    out += target.zones.size() == 1 ? " in zone " : " in zones ";
    out += Names(target.zones);
  }
  if (target.keep_one_per_shard) out += ", keeping one per shard";
  return out;
}

std::string Describe(const TimelineItem& item) {
  std::string out(WordOf(item));
  if (item.between.empty()) {
    out += " " + Describe(item.target);
    const bool link = item.is_fault && FaultKinds()[static_cast<size_t>(item.fault)].link;
    if (link) out += item.shape == PartitionShape::kSides ? " | all others" : ShapeText(item.shape);
  }
  for (size_t i = 0; i < item.between.size(); ++i) {
    out += (i == 0 ? " " : " | ") + Describe(item.between[i]);
  }
  out += Parameters(item);
  if (item.length) out += " for " + FormatDuration(*item.length);
  return out;
}

std::string Describe(const Expectation& e) {
  std::string out = e.kind == ExpectKind::kInvariant ? "invariant " + e.name : e.name;
  if (e.about != "any") out += " about " + e.about;
  if (e.never) out += ": never";
  if (e.within) out += " within " + FormatDuration(*e.within);
  if (e.within) out += " after " + (e.after ? FormatDuration(*e.after) : "the first incident");
  if (e.by) out += " by " + FormatDuration(*e.by);
  const auto text = [&](int64_t v) {
    return e.kind == ExpectKind::kMetric ? FormatMetric(e.name, v) : std::to_string(v);
  };
  if (e.min && e.min == e.max) {
    out += " exactly " + text(*e.min);
  } else {
    if (e.min) out += " at least " + text(*e.min);
    if (e.max) out += (e.min ? " and at most " : " at most ") + text(*e.max);
  }
  if (e.kind == ExpectKind::kEvent && !e.min && !e.max) out += e.never ? "" : " at least once";
  return out;
}

}  // namespace gossamer::sim
