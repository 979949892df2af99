#include "tests/core/bus/sample_messages.h"

#include <cstdio>
#include <utility>

namespace gossamer::testing {
namespace {

void FillHeader(SampleHost* host, Header* header) {
  header->sender = host->key(0);
  header->replicaof = host->key(1);
  header->flags = flag::kReplica | flag::kMyself | flag::kExtensions;
  header->state = 1;
  header->mflags = {mflag::kExtData, 0, 0};
  header->port = 7000;
  header->pport = 7100;
  header->cport = 17000;
  header->ip = IpText::From("192.168.100.200");
  header->current_epoch = {0x0102030405060708};
  header->config_epoch = {0x1112131415161718};
  header->repl_offset = 0x2122232425262728;
  header->slots = host->Slots({{0, 99}, {16000, 16383}});
}

void FillHeartbeat(SampleHost* host, Heartbeat* heartbeat) {
  heartbeat->gossip = {{host->key(2), flag::kPrimary, 1700000001},
                       {host->key(3), flag::kReplica | flag::kPfail, 1700000002},
                       {host->key(4), flag::kPrimary, 1700000003},
                       {host->key(5), flag::kPrimary | flag::kFail, 1700000004},
                       {host->key(8), flag::kReplica, 1700000005}};
  heartbeat->pings = {{1, 1700000010}};
  heartbeat->endpoints = {{3, NumberedEndpoint(105)}, {4, NumberedEndpoint(8)}};
  heartbeat->extensions = Shared(SampleExtensions());
}

}  // namespace

NodeName NumberedName(uint32_t number) {
  char text[kNameLength + 1];
  std::snprintf(text, sizeof(text), "%040u", number);
  return *NodeName::Parse(text);
}

ShardId NumberedShard(uint32_t number) { return *ShardId::Parse(NumberedName(number).view()); }

Endpoint NumberedEndpoint(uint32_t number) {
  char ip[32];
  std::snprintf(ip, sizeof(ip), "10.0.%u.%u", number / 250, number % 250);
  Endpoint endpoint;
  endpoint.ip = IpText::From(ip);
  endpoint.port = static_cast<uint16_t>(7000 + number);
  endpoint.pport = static_cast<uint16_t>(8000 + number);
  endpoint.cport = static_cast<uint16_t>(17000 + number);
  return endpoint;
}

SlotSet SlotsOf(const std::vector<SlotRange>& ranges) {
  SlotSet set;
  for (const SlotRange& range : ranges) set.SetRange(range);
  return set;
}

std::string Encoded(const Message& message, const MessagePool& pool) {
  std::string bytes;
  Encode(message, pool.names(), &bytes);
  return bytes;
}

std::vector<MessageType> NormalTypes() {
  std::vector<MessageType> types;
  for (uint16_t type = 0; type <= kMessageTypes; ++type) {
    types.push_back(static_cast<MessageType>(type));
  }
  return types;
}

std::vector<MessageType> LightTypes() {
  return {MessageType::kPublish, MessageType::kModule, MessageType::kPublishShard};
}

SampleHost::SampleHost() {
  for (uint32_t i = 0; i < 10; ++i) {
    keys_.push_back(pool_.names().Intern(NumberedName(i)));
    if (i < 8) pool_.names().OfferEndpoint(keys_[i], NumberedEndpoint(i));
  }
}

Message* SampleHost::Make(MessageType type, bool light) {
  Message* message = light ? pool_.MakeLight(type) : pool_.Make(type);
  if (!light) FillHeader(this, &message->header);
  if (auto* heartbeat = std::get_if<Heartbeat>(&message->body)) {
    FillHeartbeat(this, heartbeat);
  } else if (auto* fail = std::get_if<Fail>(&message->body)) {
    fail->node = key(6);
  } else if (auto* update = std::get_if<SlotUpdate>(&message->body)) {
    update->node = key(7);
    update->config_epoch = {0x3132333435363738};
    update->slots = Slots({{5000, 6000}});
  } else if (auto* publish = std::get_if<Publish>(&message->body)) {
    publish->channel = "news";
    publish->message = std::string("hello\0world", 11);
  } else if (auto* module = std::get_if<ModulePayload>(&message->body)) {
    module->module_id = {1, 2, 3, 4, 5, 6, 7, 8};
    module->type = 200;
    module->payload = "module payload";
  } else if (auto* unknown = std::get_if<UnknownBody>(&message->body)) {
    unknown->body = "anything";
  }
  return message;
}

Extensions SampleExtensions() {
  Extensions extensions;
  extensions.hostname = "node-0.example.test";
  extensions.human_nodename = "first";
  extensions.client_ipv4 = "203.0.113.7";
  extensions.client_ipv6 = "2001:db8::7";
  extensions.client_port = 6379;
  extensions.client_tls_port = 6380;
  extensions.availability_zone = "zone-a";
  extensions.forgotten = {{NumberedName(50), 60}, {NumberedName(51), 0x0102030405060708}};
  extensions.shard_id = NumberedShard(77);
  extensions.unknown = {{900, "unknown."}};
  return extensions;
}

ExtensionsRef Shared(Extensions extensions) {
  return ExtensionsRef(new SharedExtensions(std::move(extensions)));
}

}  // namespace gossamer::testing
