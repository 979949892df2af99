// Every field of every type travels: changing one changes the bytes and the content hash, and comes
// back from decoding.
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bus/codec.h"
#include "tests/core/bus/sample_messages.h"

namespace gossamer {
namespace {

using testing::Encoded;
using testing::NumberedEndpoint;
using testing::NumberedName;
using testing::NumberedShard;
using testing::SampleHost;
using testing::Shared;
using testing::SpanOf;

struct Change {
  std::string name;
  std::function<void(SampleHost*, Message*)> apply;
};

template <class Body>
Change InBody(std::string name, const std::function<void(SampleHost*, Body*)>& apply) {
  return {std::move(name), [apply](SampleHost* host, Message* message) {
            apply(host, &std::get<Body>(message->body));
          }};
}

Change InHeader(std::string name, const std::function<void(SampleHost*, Header*)>& apply) {
  return {std::move(name),
          [apply](SampleHost* host, Message* message) { apply(host, &message->header); }};
}

std::vector<Change> HeaderChanges() {
  std::vector<Change> changes = {
      InHeader("sender", [](SampleHost* host, Header* h) { h->sender = host->key(2); }),
      InHeader("replicaof", [](SampleHost* host, Header* h) { h->replicaof = host->key(2); }),
      InHeader("no replicaof", [](SampleHost*, Header* h) { h->replicaof = kNoKey; }),
      InHeader("slots",
               [](SampleHost* host, Header* h) {
                 h->slots = host->Slots({{0, 98}});
               }),
      InHeader("no slots",
               [](SampleHost* host, Header* h) { h->slots = host->pool().slot_sets().empty(); }),
      InHeader("state", [](SampleHost*, Header* h) { h->state = 0; }),
      InHeader("ip, last character", [](SampleHost*, Header* h) { h->ip.bytes[14] ^= 1; }),
      InHeader("ip, last byte", [](SampleHost*, Header* h) { h->ip.bytes[45] ^= 1; }),
      InHeader("ipv6", [](SampleHost*, Header* h) { h->ip = IpText::From("2001:db8::1:2"); }),
      InHeader("no ip", [](SampleHost*, Header* h) { h->ip = {}; }),
      InHeader("current epoch", [](SampleHost*, Header* h) { h->current_epoch.value ^= 1; }),
      InHeader("current epoch, top",
               [](SampleHost*, Header* h) { h->current_epoch.value ^= uint64_t{1} << 63; }),
      InHeader("config epoch", [](SampleHost*, Header* h) { h->config_epoch.value ^= 1; }),
      InHeader("epochs swapped",
               [](SampleHost*, Header* h) { std::swap(h->current_epoch, h->config_epoch); }),
      InHeader("offset", [](SampleHost*, Header* h) { h->repl_offset += 1; }),
      InHeader("negative offset", [](SampleHost*, Header* h) { h->repl_offset = -1; }),
  };
  for (int i = 0; i < 3; ++i) {
    changes.push_back(InHeader("mflags " + std::to_string(i), [i](SampleHost*, Header* h) {
      h->mflags[static_cast<size_t>(i)] ^= 0x80;
    }));
  }
  for (int bit = 0; bit < 16; ++bit) {
    const auto mask = static_cast<uint16_t>(1u << bit);
    changes.push_back(InHeader("flags bit " + std::to_string(bit),
                               [mask](SampleHost*, Header* h) { h->flags ^= mask; }));
  }
  for (uint16_t Header::*port : {&Header::port, &Header::pport, &Header::cport}) {
    changes.push_back(InHeader("port", [port](SampleHost*, Header* h) { h->*port ^= 1; }));
    changes.push_back(
        InHeader("port, top", [port](SampleHost*, Header* h) { h->*port ^= 0x8000; }));
  }
  return changes;
}

std::vector<Change> GossipChanges() {
  using H = Heartbeat;
  return {
      InBody<H>("node", [](SampleHost* host, H* h) { h->gossip[0].node = host->key(7); }),
      InBody<H>("swapped neighbours",
                [](SampleHost*, H* h) { std::swap(h->gossip[0], h->gossip[2]); }),
      InBody<H>("entry flags", [](SampleHost*, H* h) { h->gossip[2].flags ^= flag::kNoFailover; }),
      InBody<H>("no address",
                [](SampleHost*, H* h) {
                  h->gossip[4].flags |= flag::kNoAddr;
                  h->endpoints[1].endpoint = {};
                }),
      InBody<H>("pong", [](SampleHost*, H* h) { h->gossip[4].pong_received_s += 1; }),
      InBody<H>("pong, top", [](SampleHost*, H* h) { h->gossip[0].pong_received_s ^= 1u << 31; }),
      InBody<H>("ping", [](SampleHost*, H* h) { h->pings[0].ping_sent_s += 1; }),
      InBody<H>("ping of another", [](SampleHost*, H* h) { h->pings[0].index = 2; }),
      InBody<H>("ping more",
                [](SampleHost*, H* h) {
                  h->pings.push_back({4, 5});
                }),
      InBody<H>("ping less", [](SampleHost*, H* h) { h->pings.clear(); }),
      InBody<H>("endpoint ip",
                [](SampleHost*, H* h) { h->endpoints[0].endpoint.ip.bytes[45] = 'x'; }),
      InBody<H>("endpoint ipv6",
                [](SampleHost*, H* h) {
                  h->endpoints[0].endpoint.ip = IpText::From("fe80::1ff:fe23:4567:890a");
                }),
      InBody<H>("endpoint port", [](SampleHost*, H* h) { h->endpoints[1].endpoint.port ^= 1; }),
      InBody<H>("endpoint pport", [](SampleHost*, H* h) { h->endpoints[1].endpoint.pport ^= 1; }),
      InBody<H>("endpoint cport", [](SampleHost*, H* h) { h->endpoints[1].endpoint.cport ^= 1; }),
      InBody<H>("back to canonical",
                [](SampleHost*, H* h) { h->endpoints.erase(h->endpoints.begin()); }),
      InBody<H>("another one moved",
                [](SampleHost*, H* h) {
                  h->endpoints.insert(h->endpoints.begin(), {0, NumberedEndpoint(300)});
                }),
      InBody<H>("one entry less",
                [](SampleHost*, H* h) {
                  h->gossip.pop_back();
                  h->endpoints.pop_back();
                }),
      InBody<H>("no gossip",
                [](SampleHost*, H* h) {
                  h->gossip.clear();
                  h->pings.clear();
                  h->endpoints.clear();
                }),
  };
}

std::vector<Change> ExtensionChanges() {
  const auto change = [](std::string name, const std::function<void(Extensions*)>& apply) {
    return InBody<Heartbeat>(std::move(name), [apply](SampleHost*, Heartbeat* heartbeat) {
      Extensions extensions = heartbeat->extensions->get();
      apply(&extensions);
      heartbeat->extensions = Shared(std::move(extensions));
    });
  };
  using E = Extensions;
  return {
      InBody<Heartbeat>("no extensions",
                        [](SampleHost*, Heartbeat* h) { h->extensions = nullptr; }),
      change("hostname", [](E* e) { e->hostname = "other"; }),
      change("no hostname", [](E* e) { e->hostname.clear(); }),
      change("human name", [](E* e) { e->human_nodename += "x"; }),
      change("no human name", [](E* e) { e->human_nodename.clear(); }),
      change("names swapped", [](E* e) { std::swap(e->hostname, e->human_nodename); }),
      change("ipv4", [](E* e) { e->client_ipv4 = "203.0.113.8"; }),
      change("no ipv4", [](E* e) { e->client_ipv4.clear(); }),
      change("ipv6", [](E* e) { e->client_ipv6 = "2001:db8::8"; }),
      change("no ipv6", [](E* e) { e->client_ipv6.clear(); }),
      change("client port", [](E* e) { e->client_port = 1; }),
      change("no client port", [](E* e) { e->client_port = 0; }),
      change("tls port", [](E* e) { e->client_tls_port = 1; }),
      change("no tls port", [](E* e) { e->client_tls_port = 0; }),
      change("ports swapped", [](E* e) { std::swap(e->client_port, e->client_tls_port); }),
      change("zone", [](E* e) { e->availability_zone = "zone-b"; }),
      change("no zone", [](E* e) { e->availability_zone.clear(); }),
      change("forgotten name", [](E* e) { e->forgotten[0].node = NumberedName(99); }),
      change("forgotten ttl", [](E* e) { e->forgotten[1].ttl_s += 1; }),
      change("forgotten order", [](E* e) { std::swap(e->forgotten[0], e->forgotten[1]); }),
      change("forgotten less", [](E* e) { e->forgotten.pop_back(); }),
      change("shard", [](E* e) { e->shard_id = NumberedShard(78); }),
      change("no shard", [](E* e) { e->shard_id.reset(); }),
      change("unknown type", [](E* e) { e->unknown[0].type = 901; }),
      change("unknown payload", [](E* e) { e->unknown[0].payload[7] = 'x'; }),
      change("unknown empty", [](E* e) { e->unknown[0].payload.clear(); }),
      change("unknown more",
             [](E* e) {
               e->unknown.push_back({9, "12345678"});
             }),
  };
}

std::vector<Change> BodyChanges(MessageType type) {
  using std::string_literals::operator""s;
  switch (type) {
    case MessageType::kPing:
    case MessageType::kPong:
    case MessageType::kMeet: {
      std::vector<Change> changes = GossipChanges();
      for (Change& change : ExtensionChanges()) changes.push_back(std::move(change));
      return changes;
    }
    case MessageType::kFail:
      return {InBody<Fail>("node", [](SampleHost* host, Fail* f) { f->node = host->key(7); })};
    case MessageType::kUpdate:
      return {
          InBody<SlotUpdate>("node", [](SampleHost* h, SlotUpdate* u) { u->node = h->key(6); }),
          InBody<SlotUpdate>("epoch",
                             [](SampleHost*, SlotUpdate* u) { u->config_epoch.value ^= 1; }),
          InBody<SlotUpdate>("slots",
                             [](SampleHost* h, SlotUpdate* u) {
                               u->slots = h->Slots({{5000, 5999}});
                             }),
      };
    case MessageType::kPublish:
    case MessageType::kPublishShard:
      return {
          InBody<Publish>("channel", [](SampleHost*, Publish* p) { p->channel = "olds"; }),
          InBody<Publish>("message", [](SampleHost*, Publish* p) { p->message[10] = 'x'; }),
          InBody<Publish>("shifted border",
                          [](SampleHost*, Publish* p) {
                            *p = {"newsh", "ello\0world"s};
                          }),
          InBody<Publish>("empty", [](SampleHost*, Publish* p) { *p = {}; }),
      };
    case MessageType::kModule:
      using M = ModulePayload;
      return {
          InBody<M>("id", [](SampleHost*, M* m) { m->module_id[7] ^= 1; }),
          InBody<M>("type", [](SampleHost*, M* m) { m->type ^= 1; }),
          InBody<M>("payload", [](SampleHost*, M* m) { m->payload[0] = 'x'; }),
          InBody<M>("empty payload", [](SampleHost*, M* m) { m->payload.clear(); }),
      };
    case MessageType::kAuthRequest:
    case MessageType::kAuthAck:
    case MessageType::kMfStart:
      return {};
  }
  return {
      InBody<UnknownBody>("body", [](SampleHost*, UnknownBody* u) { u->body = "something"; }),
      InBody<UnknownBody>("no body", [](SampleHost*, UnknownBody* u) { u->body.clear(); }),
      {"type", [](SampleHost*, Message* m) { m->type = static_cast<MessageType>(12); }},
  };
}

void ExpectRoundTrip(const Message& message, const std::string& bytes, SampleHost* host) {
  EXPECT_EQ(message.encoded_length, bytes.size());
  MessageRef decoded;
  ASSERT_EQ(Decode(SpanOf(bytes), &host->pool(), &decoded), FrameError::kNone);
  EXPECT_TRUE(SameContent(*decoded, message));
  EXPECT_EQ(decoded->content_hash, message.content_hash);
  EXPECT_EQ(decoded->encoded_length, message.encoded_length);
  EXPECT_TRUE(Encoded(*decoded, host->pool()) == bytes);
}

void ExpectEveryChangeShows(MessageType type, bool light, const std::vector<Change>& changes) {
  SampleHost host;
  const MessageRef base = host.pool().Seal(host.Make(type, light));
  const std::string base_bytes = Encoded(*base, host.pool());
  ExpectRoundTrip(*base, base_bytes, &host);
  std::set<uint64_t> hashes = {base->content_hash};
  std::set<std::string> encodings = {base_bytes};
  for (const Change& change : changes) {
    SCOPED_TRACE(std::string(MessageTypeName(type)) + (light ? ", light: " : ": ") + change.name);
    Message* message = host.Make(type, light);
    change.apply(&host, message);
    const MessageRef changed = host.pool().Seal(message);
    const std::string bytes = Encoded(*changed, host.pool());
    EXPECT_FALSE(SameContent(*changed, *base));
    EXPECT_TRUE(encodings.insert(bytes).second);
    EXPECT_TRUE(hashes.insert(changed->content_hash).second);
    ExpectRoundTrip(*changed, bytes, &host);
  }
}

TEST(CodecFieldsTest, EveryFieldOfEveryNormalMessageShows) {
  for (const MessageType type : testing::NormalTypes()) {
    std::vector<Change> changes = HeaderChanges();
    for (Change& change : BodyChanges(type)) changes.push_back(std::move(change));
    ExpectEveryChangeShows(type, false, changes);
  }
}

TEST(CodecFieldsTest, EveryFieldOfEveryLightMessageShows) {
  for (const MessageType type : testing::LightTypes()) {
    ExpectEveryChangeShows(type, true, BodyChanges(type));
  }
}

TEST(CodecFieldsTest, TypesAndHeaderFormsDiffer) {
  SampleHost host;
  std::set<uint64_t> hashes;
  std::set<std::string> encodings;
  size_t made = 0;
  const auto add = [&](Message* message) {
    const MessageRef sealed = host.pool().Seal(message);
    hashes.insert(sealed->content_hash);
    encodings.insert(Encoded(*sealed, host.pool()));
    ++made;
  };
  for (const MessageType type : testing::NormalTypes()) add(host.Make(type));
  for (const MessageType type : testing::LightTypes()) add(host.Make(type, true));
  EXPECT_EQ(hashes.size(), made);
  EXPECT_EQ(encodings.size(), made);
}

TEST(CodecFieldsTest, ExtensionsArriveInAnyOrderAndTheLastOfAKindCounts) {
  SampleHost host;
  Message* message = host.pool().Make(MessageType::kPing);
  message->header.sender = host.key(0);
  std::string bytes = Encoded(*host.pool().Seal(message), host.pool());
  const auto text = [](uint16_t type, std::string_view value) {
    std::string extension;
    ByteWriter writer(&extension);
    writer.U32(16);
    writer.U16(type);
    writer.U16(0);
    extension += value;
    extension.resize(16);
    return extension;
  };
  bytes += text(8, "zone") + text(0, "first") + text(700, "zzz") + text(0, "second") + text(1, "");
  StoreBig16(reinterpret_cast<uint8_t*>(bytes.data() + 2214), 5);
  StoreBig32(reinterpret_cast<uint8_t*>(bytes.data() + 4), static_cast<uint32_t>(bytes.size()));
  MessageRef decoded;
  ASSERT_EQ(Decode(SpanOf(bytes), &host.pool(), &decoded), FrameError::kNone);
  Extensions expected;
  expected.hostname = "second";
  expected.availability_zone = "zone";
  expected.unknown = {{700, std::string("zzz\0\0\0\0\0", 8)}};
  EXPECT_EQ(std::get<Heartbeat>(decoded->body).extensions->get(), expected);
  ExpectRoundTrip(*decoded, Encoded(*decoded, host.pool()), &host);
}

TEST(CodecFieldsTest, ExtensionsThatSayNothingAreNone) {
  SampleHost host;
  Message* message = host.pool().Make(MessageType::kPing);
  std::get<Heartbeat>(message->body).extensions = Shared(Extensions{});
  message->header.sender = host.key(0);
  const MessageRef empty = host.pool().Seal(message);
  const std::string bytes = Encoded(*empty, host.pool());
  EXPECT_EQ(bytes.size(), kHeaderBytes);
  ExpectRoundTrip(*empty, bytes, &host);
  MessageRef decoded;
  ASSERT_EQ(Decode(SpanOf(bytes), &host.pool(), &decoded), FrameError::kNone);
  EXPECT_FALSE(static_cast<bool>(std::get<Heartbeat>(decoded->body).extensions));
}

TEST(CodecFieldsTest, LargestGossipSectionTravels) {
  SampleHost host;
  Message* message = host.pool().Make(MessageType::kMeet);
  message->header.sender = host.key(0);
  auto& gossip = std::get<Heartbeat>(message->body).gossip;
  for (uint32_t i = 0; i < 65535; ++i) gossip.push_back({host.key(i % 8), flag::kPrimary, i});
  const MessageRef sealed = host.pool().Seal(message);
  ExpectRoundTrip(*sealed, Encoded(*sealed, host.pool()), &host);
}

TEST(CodecFieldsTest, NamesWithoutCanonicalEndpointAreSpelledOutByDecode) {
  SampleHost sender;
  const std::string bytes =
      Encoded(*sender.pool().Seal(sender.Make(MessageType::kPing)), sender.pool());
  MessagePool stranger;
  MessageRef decoded;
  ASSERT_EQ(Decode(SpanOf(bytes), &stranger, &decoded), FrameError::kNone);
  const auto& heartbeat = std::get<Heartbeat>(decoded->body);
  ASSERT_EQ(heartbeat.endpoints.size(), 5u);
  EXPECT_EQ(heartbeat.endpoints[0].endpoint, NumberedEndpoint(2));
  EXPECT_EQ(heartbeat.endpoints[3].endpoint, NumberedEndpoint(105));
  EXPECT_EQ(stranger.names().canonical_endpoint(heartbeat.gossip[0].node), nullptr);
  EXPECT_TRUE(Encoded(*decoded, stranger) == bytes);
}

}  // namespace
}  // namespace gossamer
