// Messages captured from real servers decode to the fields that an independent decoder wrote down,
// and encode to the same bytes. GOSSAMER_GOLDEN_DIR names another directory of the same layout to
// check instead of tests/golden/data.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "core/bus/codec.h"

namespace gossamer {
namespace {

using Json = nlohmann::json;

std::filesystem::path GoldenDirectory() {
  const char* elsewhere = std::getenv("GOSSAMER_GOLDEN_DIR");
  return elsewhere != nullptr ? elsewhere : GOSSAMER_SOURCE_DIR "/tests/golden/data";
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

ByteSpan SpanOf(const std::string& bytes) {
  return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) {
    const char* digits = "0123456789abcdef";
    hex += digits[static_cast<uint8_t>(c) >> 4];
    hex += digits[static_cast<uint8_t>(c) & 15];
  }
  return hex;
}

// The name of `type` in the index.
std::string IndexName(MessageType type) {
  static const std::map<MessageType, std::string> kNames = {
      {MessageType::kPing, "PING"},
      {MessageType::kPong, "PONG"},
      {MessageType::kMeet, "MEET"},
      {MessageType::kFail, "FAIL"},
      {MessageType::kPublish, "PUBLISH"},
      {MessageType::kAuthRequest, "FAILOVER_AUTH_REQUEST"},
      {MessageType::kAuthAck, "FAILOVER_AUTH_ACK"},
      {MessageType::kUpdate, "UPDATE"},
      {MessageType::kMfStart, "MFSTART"},
      {MessageType::kModule, "MODULE"},
      {MessageType::kPublishShard, "PUBLISHSHARD"}};
  return kNames.at(type);
}

// Writes a decoded message the way the index writes it.
class Describer {
 public:
  explicit Describer(const NameTable& names) : names_(names) {}

  Json Describe(const Message& message) const {
    const uint16_t type = static_cast<uint16_t>(message.type);
    Json json = {{"totlen", message.encoded_length},
                 {"ver", 1},
                 {"rawtype", message.light ? type | 0x8000 : type},
                 {"light", message.light},
                 {"type", IndexName(message.type)}};
    if (!message.light) DescribeHeader(message.header, &json);
    DescribeBody(message, &json);
    return json;
  }

 private:
  std::string Name(NodeKey key) const { return key.valid() ? names_.name(key).str() : "0"; }

  static Json Slots(const SlotSet& slots) {
    Json json = Json::array();
    for (const SlotRange& range : slots.Ranges()) json.push_back({range.first, range.last});
    return json;
  }

  void DescribeHeader(const Header& header, Json* json) const {
    json->update({{"port", header.port},
                  {"count", 0},
                  {"currentEpoch", header.current_epoch.value},
                  {"configEpoch", header.config_epoch.value},
                  {"offset", header.repl_offset},
                  {"sender", Name(header.sender)},
                  {"myslots", Slots(header.slots->set())},
                  {"replicaof", Name(header.replicaof)},
                  {"myip", std::string(header.ip.view())},
                  {"extensions", 0},
                  {"pport", header.pport},
                  {"cport", header.cport},
                  {"flags", header.flags},
                  {"state", header.state},
                  {"mflags", header.mflags}});
  }

  void DescribeBody(const Message& message, Json* json) const {
    if (const auto* heartbeat = std::get_if<Heartbeat>(&message.body)) {
      DescribeHeartbeat(*heartbeat, json);
    } else if (const auto* fail = std::get_if<Fail>(&message.body)) {
      (*json)["fail_nodename"] = Name(fail->node);
    } else if (const auto* update = std::get_if<SlotUpdate>(&message.body)) {
      (*json)["update"] = {{"configEpoch", update->config_epoch.value},
                           {"nodename", Name(update->node)},
                           {"slots", Slots(update->slots->set())}};
    } else if (const auto* publish = std::get_if<Publish>(&message.body)) {
      json->update({{"channel_len", publish->channel.size()},
                    {"message_len", publish->message.size()},
                    {"channel_hex", Hex(publish->channel)},
                    {"message_hex", Hex(publish->message)}});
    } else if (const auto* module = std::get_if<ModulePayload>(&message.body)) {
      const std::string id(module->module_id.begin(), module->module_id.end());
      (*json)["module"] = {{"module_id_hex", Hex(id)},
                           {"len", module->payload.size()},
                           {"type", module->type},
                           {"payload_hex", Hex(module->payload)}};
    }
  }

  void DescribeHeartbeat(const Heartbeat& heartbeat, Json* json) const {
    Json gossip = Json::array();
    for (const GossipEntry& entry : heartbeat.gossip) {
      const Endpoint* endpoint = names_.canonical_endpoint(entry.node);
      gossip.push_back({{"nodename", Name(entry.node)},
                        {"ping_sent", 0},
                        {"pong_received", entry.pong_received_s},
                        {"flags", entry.flags}});
      if (endpoint != nullptr) DescribeEndpoint(*endpoint, &gossip.back());
    }
    for (const GossipPing& ping : heartbeat.pings) {
      gossip[ping.index]["ping_sent"] = ping.ping_sent_s;
    }
    for (const GossipEndpoint& spelled : heartbeat.endpoints) {
      DescribeEndpoint(spelled.endpoint, &gossip[spelled.index]);
    }
    (*json)["count"] = gossip.size();
    (*json)["gossip"] = gossip;
    Json extensions = Json::array();
    if (heartbeat.extensions) DescribeExtensions(heartbeat.extensions->get(), &extensions);
    (*json)["extensions"] = extensions.size();
    (*json)["ext"] = extensions;
  }

  static void DescribeEndpoint(const Endpoint& endpoint, Json* json) {
    json->update({{"ip", std::string(endpoint.ip.view())},
                  {"port", endpoint.port},
                  {"cport", endpoint.cport},
                  {"pport", endpoint.pport}});
  }

  static void DescribeText(int type, const std::string& text, Json* json) {
    if (!text.empty()) json->push_back({{"type", type}, {"value", text}});
  }

  static void DescribeExtensions(const Extensions& extensions, Json* json) {
    DescribeText(0, extensions.hostname, json);
    DescribeText(1, extensions.human_nodename, json);
    DescribeText(4, extensions.client_ipv4, json);
    DescribeText(5, extensions.client_ipv6, json);
    for (const ForgottenNode& forgotten : extensions.forgotten) {
      json->push_back({{"type", 2}, {"name", forgotten.node.str()}, {"ttl", forgotten.ttl_s}});
    }
    if (extensions.shard_id) {
      json->push_back({{"type", 3}, {"shard_id", extensions.shard_id->str()}});
    }
  }

  const NameTable& names_;
};

// What a typed message does not hold: texts derived from numbers, and reserved bytes, which must be
// zero in a capture for the encoded bytes to be the same.
void DropDerived(Json* json) {
  static const std::set<std::string> kDerived = {
      "flags_text", "state_text", "mflags_text", "myip_residue", "notused1", "notused2",
      "ip_residue", "type_text",  "unused",      "residue",      "body_len"};
  if (json->is_object()) {
    for (const std::string& key : kDerived) json->erase(key);
  }
  for (Json& child : *json) {
    if (child.is_structured()) DropDerived(&child);
  }
}

Json Expected(Json decode) {
  DropDerived(&decode);
  if (decode.contains("ext")) {
    for (Json& extension : decode["ext"]) extension.erase("length");
  }
  return decode;
}

struct Golden {
  std::filesystem::path file;
  Json line;
  std::string bytes;
};

std::vector<Golden> LoadAll() {
  std::vector<Golden> all;
  std::vector<std::filesystem::path> servers;
  for (const auto& entry : std::filesystem::directory_iterator(GoldenDirectory())) {
    if (std::filesystem::exists(entry.path() / "msgs")) servers.push_back(entry.path());
  }
  std::sort(servers.begin(), servers.end());
  for (const auto& server : servers) {
    std::ifstream index(server / "index.jsonl");
    for (std::string line; std::getline(index, line);) {
      Json json = Json::parse(line);
      const std::filesystem::path file = server / json.at("file").get<std::string>();
      all.push_back({file, json, ReadFile(file)});
    }
  }
  return all;
}

TEST(GoldenTest, CapturedMessagesDecodeToTheirFieldsAndEncodeToTheirBytes) {
  MessagePool pool;
  std::map<std::string, int> counts;
  for (const Golden& golden : LoadAll()) {
    SCOPED_TRACE(golden.file.string());
    MessageRef message;
    ASSERT_EQ(Decode(SpanOf(golden.bytes), &pool, &message), FrameError::kNone);
    EXPECT_EQ(Describer(pool.names()).Describe(*message), Expected(golden.line.at("decode")));
    EXPECT_EQ(message->encoded_length, golden.bytes.size());
    std::string encoded;
    Encode(*message, pool.names(), &encoded);
    EXPECT_TRUE(encoded == golden.bytes);
    ++counts[golden.line.at("source").get<std::string>() + " " +
             golden.line.at("type").get<std::string>() + (message->light ? " light" : "")];
  }
  int total = 0;
  for (const auto& [name, count] : counts) {
    std::cout << name << ": " << count << "\n";
    total += count;
  }
  std::cout << "total: " << total << "\n";
  EXPECT_GE(counts.size(), 20u) << "every type of either server";
}

TEST(GoldenTest, OfferedEndpointsShortenEntriesAndChangeNeitherBytesNorHash) {
  MessagePool plain;
  MessagePool offered;
  size_t shortened = 0;
  for (const Golden& golden : LoadAll()) {
    SCOPED_TRACE(golden.file.string());
    MessageRef spelled_out;
    ASSERT_EQ(Decode(SpanOf(golden.bytes), &plain, &spelled_out), FrameError::kNone);
    const auto* heartbeat = std::get_if<Heartbeat>(&spelled_out->body);
    if (heartbeat == nullptr) continue;
    EXPECT_EQ(heartbeat->endpoints.size(), heartbeat->gossip.size());
    for (const GossipEndpoint& spelled : heartbeat->endpoints) {
      const NodeKey node = heartbeat->gossip[spelled.index].node;
      const NodeKey kept = offered.names().Intern(plain.names().name(node));
      offered.names().OfferEndpoint(kept, spelled.endpoint);
    }
    MessageRef shortened_message;
    ASSERT_EQ(Decode(SpanOf(golden.bytes), &offered, &shortened_message), FrameError::kNone);
    EXPECT_EQ(shortened_message->content_hash, spelled_out->content_hash);
    const auto& entries = std::get<Heartbeat>(shortened_message->body);
    shortened += entries.gossip.size() - entries.endpoints.size();
    std::string encoded;
    Encode(*shortened_message, offered.names(), &encoded);
    EXPECT_TRUE(encoded == golden.bytes);
  }
  EXPECT_GT(shortened, 50u);
}

TEST(GoldenTest, OneStreamOfAllMessagesIsCutIntoTheSameFrames) {
  std::string stream;
  std::vector<std::string> expected;
  for (const Golden& golden : LoadAll()) {
    stream += golden.bytes;
    expected.push_back(golden.bytes);
  }
  FrameReader reader;
  std::vector<std::string> frames;
  ByteSpan left = SpanOf(stream);
  while (!left.empty()) {
    ByteSpan piece = left.first(std::min<size_t>(left.size(), 1448));
    left = left.subspan(piece.size());
    while (true) {
      ByteSpan frame;
      ASSERT_EQ(reader.Read(&piece, &frame), FrameError::kNone);
      if (frame.empty()) break;
      frames.emplace_back(reinterpret_cast<const char*>(frame.data()), frame.size());
    }
  }
  EXPECT_TRUE(frames == expected);
}

}  // namespace
}  // namespace gossamer
