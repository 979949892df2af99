// Reads byte streams of the cluster bus through FrameReader and the codec, says what is in them and
// whether encoding it again gives the same bytes.
//
// Standard input: a line per direction of a connection, its name, a blank and its bytes in
// hexadecimal. Standard output: `stream NAME`, then for every message its fields, one a line, by
// the names of the Wireshark dissector and as tshark prints them. What cannot be read is a line
// `error` and ends the stream. Exit code 0 without an error, 1 with one, 2 for bad input.
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/bus/codec.h"

namespace gossamer {
namespace {

class Reader {
 public:
  // False when something in the stream is not as it should be.
  bool Stream(ByteSpan bytes);

 private:
  void Print(const Message& message, ByteSpan frame);
  void PrintHeader(const Message& message);
  void PrintHeartbeat(const Heartbeat& heartbeat);
  void PrintExtensions(const Extensions& extensions);
  std::string Name(NodeKey key) const { return pool_.names().name(key).str(); }
  bool Error(std::string_view what) {
    std::cout << "error " << what << '\n';
    return false;
  }
  void Field(std::string_view name, const auto& value) {
    std::cout << "clusterbus." << name << ' ' << value << '\n';
  }
  void Hex(std::string_view name, int digits, unsigned value) {
    char text[16];
    std::snprintf(text, sizeof(text), "0x%0*x", digits, value);
    Field(name, text);
  }
  // Empty texts are not shown.
  void Text(std::string_view name, std::string_view value) {
    if (!value.empty()) Field(name, value);
  }

  MessagePool pool_;
};

bool Reader::Stream(ByteSpan bytes) {
  FrameReader reader;
  while (!bytes.empty()) {
    ByteSpan frame;
    FrameError error = reader.Read(&bytes, &frame);
    if (error != FrameError::kNone) return Error(FrameErrorName(error));
    // A process that was killed may have sent the beginning of a message.
    if (frame.empty()) break;
    MessageRef message;
    error = Decode(frame, &pool_, &message);
    if (error != FrameError::kNone) return Error(FrameErrorName(error));
    Print(*message, frame);
    std::string again;
    Encode(*message, pool_.names(), &again);
    const std::string_view text(reinterpret_cast<const char*>(frame.data()), frame.size());
    if (again != text) return Error("encodes to other bytes");
  }
  if (reader.buffered() > 0) std::cout << "rest " << reader.buffered() << '\n';
  return true;
}

void Reader::Print(const Message& message, ByteSpan frame) {
  Field("length", frame.size());
  Field("type", static_cast<unsigned>(message.type));
  if (!message.light) PrintHeader(message);
  if (const auto* heartbeat = std::get_if<Heartbeat>(&message.body)) PrintHeartbeat(*heartbeat);
  if (const auto* fail = std::get_if<Fail>(&message.body)) Field("fail.node", Name(fail->node));
  if (const auto* update = std::get_if<SlotUpdate>(&message.body)) {
    Field("update.config_epoch", update->config_epoch.value);
    Field("update.node", Name(update->node));
    Field("slot_count", update->slots->count());
  }
  if (const auto* publish = std::get_if<Publish>(&message.body)) {
    Field("publish.channel_length", publish->channel.size());
    Field("publish.message_length", publish->message.size());
  }
}

void Reader::PrintHeader(const Message& message) {
  const Header& h = message.header;
  const auto* heartbeat = std::get_if<Heartbeat>(&message.body);
  const bool extended = heartbeat != nullptr && heartbeat->extensions;
  Field("port", h.port);
  Field("count", heartbeat != nullptr ? heartbeat->gossip.size() : 0);
  Field("current_epoch", h.current_epoch.value);
  Field("config_epoch", h.config_epoch.value);
  Field("offset", static_cast<uint64_t>(h.repl_offset));
  Field("sender", Name(h.sender));
  Field("slot_count", h.slots->count());
  if (h.replicaof.valid()) Field("replicaof", Name(h.replicaof));
  Text("ip", h.ip.view());
  Field("extensions", extended ? heartbeat->extensions->count() : 0);
  Field("pport", h.pport);
  Field("cport", h.cport);
  Hex("flags", 4, h.flags);
  Field("state", static_cast<unsigned>(h.state));
  Hex("mflags", 2, h.mflags[0]);
}

void Reader::PrintHeartbeat(const Heartbeat& heartbeat) {
  size_t ping = 0;
  size_t spelled = 0;
  for (size_t i = 0; i < heartbeat.gossip.size(); ++i) {
    const GossipEntry& entry = heartbeat.gossip[i];
    uint32_t ping_sent_s = 0;
    if (ping < heartbeat.pings.size() && heartbeat.pings[ping].index == i) {
      ping_sent_s = heartbeat.pings[ping++].ping_sent_s;
    }
    Endpoint endpoint;
    if (const Endpoint* known = pool_.names().canonical_endpoint(entry.node)) endpoint = *known;
    if (spelled < heartbeat.endpoints.size() && heartbeat.endpoints[spelled].index == i) {
      endpoint = heartbeat.endpoints[spelled++].endpoint;
    }
    Field("gossip.node", Name(entry.node));
    Field("gossip.ping_sent", ping_sent_s);
    Field("gossip.pong_received", entry.pong_received_s);
    Text("gossip.ip", endpoint.ip.view());
    Field("gossip.port", endpoint.port);
    Field("gossip.cport", endpoint.cport);
    Hex("gossip.flags", 4, entry.flags);
    Field("gossip.pport", endpoint.pport);
  }
  if (heartbeat.extensions) PrintExtensions(heartbeat.extensions->get());
}

void Reader::PrintExtensions(const Extensions& extensions) {
  Text("ext.hostname", extensions.hostname);
  Text("ext.human_nodename", extensions.human_nodename);
  for (const ForgottenNode& gone : extensions.forgotten) {
    Field("ext.forgotten", gone.node.str());
    Field("ext.ttl", gone.ttl_s);
  }
  if (extensions.shard_id.has_value()) Field("ext.shard_id", extensions.shard_id->str());
}

bool BytesOf(std::string_view hex, std::vector<uint8_t>* bytes) {
  const auto digit = [](char c) {
    return static_cast<int>(std::string_view("0123456789abcdef").find(c));
  };
  if (hex.size() % 2 != 0) return false;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]);
    const int low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes->push_back(static_cast<uint8_t>(high * 16 + low));
  }
  return true;
}

int Main() {
  Reader reader;
  bool right = true;
  std::string line;
  while (std::getline(std::cin, line)) {
    const size_t blank = line.find(' ');
    std::vector<uint8_t> bytes;
    if (blank == std::string::npos || !BytesOf(std::string_view(line).substr(blank + 1), &bytes)) {
      std::cerr << "decode_capture: not a name and bytes in hexadecimal: " << line.substr(0, 80)
                << '\n';
      return 2;
    }
    std::cout << "stream " << line.substr(0, blank) << '\n';
    right = reader.Stream(bytes) && right;
  }
  return right ? 0 : 1;
}

}  // namespace
}  // namespace gossamer

int main() { return gossamer::Main(); }
