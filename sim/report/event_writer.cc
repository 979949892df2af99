#include "sim/report/event_writer.h"

#include "absl/strings/str_cat.h"
#include "core/base/strings.h"
#include "core/cluster/event.h"
#include "nlohmann/json.hpp"
#include "sim/scenario/schema_table.h"

namespace gossamer::sim {
void EventWriter::OnStart(const World& world) {
  world_ = &world;
  names_ = NodeNames(world.scenario());
}

void EventWriter::Begin(Instant at) {
  line_.clear();
  absl::StrAppend(&line_, "{\"t_us\":", at.us);
}

void EventWriter::Finish() {
  line_ += "}\n";
  out_->write(line_.data(), static_cast<std::streamsize>(line_.size()));
}

void EventWriter::Key(std::string_view name, NodeKey key) {
  if (!key.valid()) return;
  const NodeIndex node = world_->IndexOf(key);
  if (node != NodeIndex{}) {
    absl::StrAppend(&line_, ",\"", ToAbsl(name), "\":", node.value);
    Name(absl::StrCat(ToAbsl(name), "_name"), node);
    return;
  }
  const NameTable& names = world_->tables().pool.names();
  // A name that came in a hostile message may hold any bytes; those that JSON would choke on are
  // left out.
  const std::string text =
      names.valid_name(key) ? std::string(names.name(key).view().substr(0, 8)) : "invalid";
  absl::StrAppend(&line_, ",\"", ToAbsl(name), "\":\"", text, "\"");
}

// What an operator calls the node.
void EventWriter::Name(std::string_view key, NodeIndex node) {
  const std::string_view name = names_.Of(node.value);
  if (name.empty()) return;
  absl::StrAppend(&line_, ",\"", ToAbsl(key), "\":", nlohmann::json(name).dump());
}

void EventWriter::Node(NodeIndex node) {
  absl::StrAppend(&line_, ",\"node\":", node.value);
  Name("node_name", node);
}

void EventWriter::OnEvent(Instant at, NodeIndex node, const Event& event) {
  if (!filter_.Shows(at) || !filter_.Shows(node) || !filter_.Shows(event.type)) return;
  Begin(at);
  Node(node);
  absl::StrAppend(&line_, ",\"event\":\"", ToAbsl(EventTypeName(event.type)), "\"");
  Key("subject", event.subject);
  Key("other", event.other);
  if (event.epoch.value != 0) absl::StrAppend(&line_, ",\"epoch\":", event.epoch.value);
  if (event.value != 0) absl::StrAppend(&line_, ",\"value\":", event.value);
  Finish();
}

void EventWriter::OnVoteSent(Instant at, NodeIndex from, NodeIndex to, const Message& message,
                             const DurableEpochs& /*durable*/) {
  const ExtraEvent event =
      message.type == MessageType::kAuthAck ? ExtraEvent::kVoteSent : ExtraEvent::kVoteRequested;
  if (!Shows(at, event) || !filter_.Shows(from)) return;
  Begin(at);
  Node(from);
  absl::StrAppend(&line_, ",\"event\":\"", ToAbsl(ExtraEventName(event)),
                  "\",\"subject\":", to.value);
  Name("subject_name", to);
  absl::StrAppend(&line_, ",\"epoch\":", message.header.current_epoch.value);
  Finish();
}

void EventWriter::OnIncident(Instant at, const Incident& incident) {
  if (!Shows(at, ExtraEvent::kIncident)) return;
  Begin(at);
  absl::StrAppend(&line_, ",\"event\":\"incident\",\"number\":", incident.number, ",\"what\":\"",
                  ToAbsl(WordOf(*incident.item)), "\",\"victims\":[");
  const char* separator = "";
  for (const NodeIndex node : incident.victims) {
    absl::StrAppend(&line_, separator, node.value);
    separator = ",";
  }
  line_ += ']';
  if (!names_.empty()) {
    nlohmann::json names = nlohmann::json::array();
    for (const NodeIndex node : incident.victims) names.push_back(names_.Of(node.value));
    absl::StrAppend(&line_, ",\"victim_names\":", names.dump());
  }
  Finish();
}

void EventWriter::OnIncidentEnd(Instant at, const Incident& incident) {
  if (!Shows(at, ExtraEvent::kIncidentEnd)) return;
  Begin(at);
  absl::StrAppend(&line_, ",\"event\":\"incident-end\",\"number\":", incident.number,
                  ",\"what\":\"", ToAbsl(WordOf(*incident.item)), "\"");
  Finish();
}

void EventWriter::OnRestart(Instant at, NodeIndex node, bool with_disk) {
  if (!Shows(at, ExtraEvent::kRestart) || !filter_.Shows(node)) return;
  Begin(at);
  Node(node);
  absl::StrAppend(&line_, ",\"event\":\"restart\",\"with_disk\":", with_disk ? "true" : "false");
  Finish();
}

void EventWriter::OnEnd(Instant at) {
  if (!Shows(at, ExtraEvent::kEnd)) return;
  Begin(at);
  line_ += ",\"event\":\"end\"";
  Finish();
}

}  // namespace gossamer::sim
