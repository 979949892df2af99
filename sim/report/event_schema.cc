#include "sim/report/event_schema.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "core/bus/codec.h"
#include "core/bus/types.h"
#include "core/cluster/event.h"
#include "nlohmann/json.hpp"
#include "sim/report/output_filter.h"
#include "sim/scenario/schema_table.h"

namespace gossamer::sim {
namespace {

using Json = nlohmann::ordered_json;

// What the keys of an event mean; empty: it never has the key.
struct Meaning {
  std::string_view subject;
  std::string_view other;
  std::string_view epoch;
  std::string_view value;
};

// In the order of EventType. A value that says "by number" is spelt out by ValueWords.
constexpr std::array<Meaning, kEventTypes> kMeanings = {{
    {"the suspect", "", "", "milliseconds without an answer"},
    {"the suspect", "", "", ""},
    {"the failed node", "who said so; absent: a quorum of reports", "", "reports counted"},
    {"the node", "", "", ""},
    {"", "", "the reason, by number", "1: ok; absent: fail"},
    {"the failed primary", "", "", "delay in milliseconds"},
    {"the failed primary", "", "", "milliseconds added after a change of rank"},
    {"the failed primary", "", "the election's", "1: a manual failover"},
    {"the failed primary", "", "the election's", "votes received"},
    {"", "the node with the newer claim", "", ""},
    {"the failed primary", "", "the election's", "votes received"},
    {"the primary", "", "", "the reason, by number"},
    {"the candidate", "", "the election's", ""},
    {"the candidate", "", "of the request", "the reason, by number"},
    {"the voter", "", "of the voter's header", "votes so far"},
    {"the old primary", "", "the new config epoch", ""},
    {"the new primary", "the old primary", "", ""},
    {"the peer", "its primary; absent: it is a primary", "", ""},
    {"the new owner", "", "its config epoch", "slots gained"},
    {"the peer, or the node itself", "", "the new one", ""},
    {"", "", "the new one", ""},
    {"the peer with the same config epoch", "", "the node's new one", ""},
    {"the sender", "", "the claim, too far ahead", ""},
    {"the sender of an outdated claim", "", "its config epoch", ""},
    {"the new peer", "who introduced it", "", ""},
    {"the peer", "", "", ""},
    {"the peer, known by gossip only", "who introduced it", "", ""},
    {"the temporary name", "", "", ""},
    {"the peer", "the temporary name, gone now", "", ""},
    {"the temporary name", "", "", ""},
    {"for whom the link was", "who answered", "", ""},
    {"the peer", "", "", ""},
    {"the peer", "", "", "1: inbound; absent: outbound"},
    {"the peer", "", "", ""},
    {"the peer", "", "", ""},
    {"the primary", "the replica that asks for it; absent at the replica itself", "",
     "at the replica: 1 force, 2 takeover; absent: default"},
    {"the primary", "", "", "replication offset reached"},
    {"", "", "", ""},
    {"the primary without replicas", "the primary left", "", ""},
    {"the peer", "", "", "what was wrong, by number"},
    {"the sender", "", "", "message type, by number; absent: ping"},
    {"", "", "", "number of the write"},
    {"", "", "", "slots with keys"},
}};

template <class Enum>
std::string Numbered(std::string_view (*name)(Enum), int from, Enum last) {
  std::string text;
  for (int i = from; i <= static_cast<int>(last); ++i) {
    text += (text.empty() ? "" : ", ") + std::to_string(i) + " " +
            std::string(name(static_cast<Enum>(i)));
  }
  return text;
}

// The numbers that stand for words in an event, and the key under which they stand.
std::pair<std::string_view, std::string> NumberedKey(EventType type) {
  switch (type) {
    case EventType::kStateChanged:
      return {"epoch", Numbered(StateReasonName, 1, StateReason::kMinority)};
    case EventType::kCantFailover:
      return {"value", Numbered(CantFailoverName, 1, CantFailover::kWaitingVotes)};
    case EventType::kVoteRefused:
      return {"value", "absent: " + std::string(VoteRefusalName(VoteRefusal::kNotSafeToJoin)) +
                           ", " + Numbered(VoteRefusalName, 1, VoteRefusal::kNoLink)};
    case EventType::kBadFrame:
      return {"value", Numbered(FrameErrorName, 1, FrameError::kTooManyNames)};
    case EventType::kUnknownSender:
      return {"value", Numbered(MessageTypeName, 1, MessageType::kPublishShard)};
    default:
      return {};
  }
}

Json Count(std::string_view about) {
  return {{"description", about}, {"type", "integer"}, {"minimum", 0}};
}

Json Node(std::string_view about) {
  return {{"description", about}, {"$ref", "#/definitions/node"}};
}
Json Name(std::string_view about) {
  return {{"description", about}, {"$ref", "#/definitions/name"}};
}

Json OperatorsName() { return {{"$ref", "#/definitions/operators_name"}}; }

// A line of that event: the keys every one has, those of `properties`, of which it must have
// `required`.
Json Line(std::string_view name, std::string_view about, const Json& properties, Json required) {
  Json all = {{"t_us", Count("virtual time in microseconds")}, {"event", {{"const", name}}}};
  all.update(properties);
  for (const char* key : {"node", "subject", "other"}) {
    if (properties.contains(key)) all[std::string(key) + "_name"] = OperatorsName();
  }
  required.push_back("t_us");
  required.push_back("event");
  return {{"description", about},
          {"properties", std::move(all)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

Json CoreLine(EventType type) {
  const std::string_view name = EventTypeName(type);
  const Meaning& meaning = kMeanings[static_cast<size_t>(type)];
  const std::pair<std::string_view, std::string> numbered = NumberedKey(type);
  const auto about = [&](std::string_view plain, std::string_view key) {
    return std::string(plain) + (key == numbered.first ? ": " + numbered.second : "");
  };
  Json properties = {{"node", Node("where it happened")}};
  if (!meaning.subject.empty()) properties["subject"] = Name(meaning.subject);
  if (!meaning.other.empty()) properties["other"] = Name(meaning.other);
  if (!meaning.epoch.empty()) properties["epoch"] = Count(about(meaning.epoch, "epoch"));
  if (!meaning.value.empty()) {
    properties["value"] = {{"description", about(meaning.value, "value")}, {"type", "integer"}};
  }
  return Line(name, WordAbout("event", name), properties, {"node"});
}

Json KindNames() {
  Json names = Json::array();
  for (const KindInfo& kind : FaultKinds()) names.push_back(kind.word);
  for (const KindInfo& kind : ActionKinds()) names.push_back(kind.word);
  return names;
}

Json ExtraLine(ExtraEvent event) {
  const std::string_view name = ExtraEventName(event);
  const Json number = Count("position in the timeline, from 0");
  switch (event) {
    case ExtraEvent::kVoteRequested:
    case ExtraEvent::kVoteSent: {
      const bool request = event == ExtraEvent::kVoteRequested;
      return Line(name, request ? "a request for a vote leaves" : "a vote leaves",
                  {{"node", Node("its sender")},
                   {"subject", Node("for whom it is")},
                   {"epoch", Count("current epoch of the sender")}},
                  {"node", "subject", "epoch"});
    }
    case ExtraEvent::kIncident:
      return Line(name, "a fault or an action was carried out",
                  {{"number", number},
                   {"what", {{"description", "the fault or action"}, {"enum", KindNames()}}},
                   {"victims",
                    {{"description", "the nodes that it hit"},
                     {"type", "array"},
                     {"items", {{"$ref", "#/definitions/node"}}}}},
                   {"victim_names",
                    {{"description", "theirs; absent without a layout"},
                     {"type", "array"},
                     {"items", OperatorsName()}}}},
                  {"number", "what", "victims"});
    case ExtraEvent::kIncidentEnd:
      return Line(
          name, "a fault with a length is over",
          {{"number", number}, {"what", {{"description", "the fault"}, {"enum", KindNames()}}}},
          {"number", "what"});
    case ExtraEvent::kRestart:
      return Line(
          name, "a process started again",
          {{"node", Node("of it")},
           {"with_disk", {{"description", "with what its disk held"}, {"type", "boolean"}}}},
          {"node", "with_disk"});
    case ExtraEvent::kEnd:
      break;
  }
  return Line(name, "the run is over; the last line", Json::object(), Json::array());
}

}  // namespace

Json EventSchema() {
  Json branches = Json::array();
  Json names = Json::array();
  const auto add = [&](std::string_view name, Json line) {
    names.push_back(name);
    branches.push_back(
        {{"if", {{"properties", {{"event", {{"const", name}}}}}}}, {"then", std::move(line)}});
  };
  for (size_t i = 0; i < kEventTypes; ++i) {
    const auto type = static_cast<EventType>(i);
    add(EventTypeName(type), CoreLine(type));
  }
  for (size_t i = 0; i < kExtraEvents; ++i) {
    const auto event = static_cast<ExtraEvent>(i);
    add(ExtraEventName(event), ExtraLine(event));
  }
  return {
      {"$schema", "http://json-schema.org/draft-07/schema#"},
      {"title", "Gossamer event"},
      {"description",
       "One line of gossamer-sim run --events. Keys whose value is zero or nobody are absent."},
      {"type", "object"},
      {"properties", {{"event", {{"enum", std::move(names)}}}}},
      {"required", {"event"}},
      {"allOf", std::move(branches)},
      {"definitions",
       {{"node", {{"description", "index of a node"}, {"type", "integer"}, {"minimum", 0}}},
        {"operators_name",
         {{"description", "a node's id and address; absent without a layout"}, {"type", "string"}}},
        {"name",
         {{"description",
           "index of a node; of a name that no node has, its first eight characters"},
          {"type", {"integer", "string"}}}}}}};
}

}  // namespace gossamer::sim
