// Where each field stands, by offsets written here as numbers: the code's own table of offsets is
// not asked. SOURCE: bus spec sections 2 to 4.
#include <gtest/gtest.h>

#include <string>

#include "core/bus/codec.h"
#include "tests/core/bus/sample_messages.h"

namespace gossamer {
namespace {

using testing::Encoded;
using testing::NumberedName;
using testing::NumberedShard;
using testing::SampleHost;
using testing::Shared;
using testing::SpanOf;

std::string SampleBytes(MessageType type, bool light = false) {
  SampleHost host;
  return Encoded(*host.pool().Seal(host.Make(type, light)), host.pool());
}

uint64_t Big(const std::string& bytes, size_t at, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i) value = value << 8 | static_cast<uint8_t>(bytes.at(at + i));
  return value;
}

std::string Zeros(size_t size) { return std::string(size, '\0'); }

// The bytes of a heartbeat with these extensions and nothing else behind its header.
std::string ExtensionBytes(Extensions extensions) {
  SampleHost host;
  Message* message = host.pool().Make(MessageType::kPing);
  std::get<Heartbeat>(message->body).extensions = Shared(std::move(extensions));
  return Encoded(*host.pool().Seal(message), host.pool());
}

TEST(CodecLayoutTest, NormalHeader) {
  const std::string bytes = SampleBytes(MessageType::kAuthRequest);
  ASSERT_EQ(bytes.size(), 2256u);
  EXPECT_EQ(bytes.substr(0, 4), "RCmb");
  EXPECT_EQ(Big(bytes, 4, 4), 2256u);
  EXPECT_EQ(Big(bytes, 8, 2), 1u);
  EXPECT_EQ(Big(bytes, 10, 2), 7000u);
  EXPECT_EQ(Big(bytes, 12, 2), 5u);
  EXPECT_EQ(Big(bytes, 14, 2), 0u);
  EXPECT_EQ(Big(bytes, 16, 8), 0x0102030405060708u);
  EXPECT_EQ(Big(bytes, 24, 8), 0x1112131415161718u);
  EXPECT_EQ(Big(bytes, 32, 8), 0x2122232425262728u);
  EXPECT_EQ(bytes.substr(40, 40), NumberedName(0).view());
  EXPECT_EQ(Big(bytes, 80, 1), 0xffu);         // slots 0 to 7
  EXPECT_EQ(Big(bytes, 80 + 12, 1), 0x0fu);    // slots 96 to 99
  EXPECT_EQ(Big(bytes, 80 + 13, 1), 0u);       // slots 104 to 111
  EXPECT_EQ(Big(bytes, 80 + 2000, 1), 0xffu);  // slots 16000 to 16007
  EXPECT_EQ(Big(bytes, 80 + 2047, 1), 0xffu);  // slots 16376 to 16383
  EXPECT_EQ(bytes.substr(2128, 40), NumberedName(1).view());
  EXPECT_EQ(bytes.substr(2168, 46), "192.168.100.200" + Zeros(31));
  EXPECT_EQ(Big(bytes, 2214, 2), 0u);
  EXPECT_EQ(bytes.substr(2216, 30), Zeros(30));
  EXPECT_EQ(Big(bytes, 2246, 2), 7100u);
  EXPECT_EQ(Big(bytes, 2248, 2), 17000u);
  EXPECT_EQ(Big(bytes, 2250, 2), 0x0412u);
  EXPECT_EQ(Big(bytes, 2252, 1), 1u);
  EXPECT_EQ(Big(bytes, 2253, 1), 4u);
  EXPECT_EQ(Big(bytes, 2254, 2), 0u);
}

TEST(CodecLayoutTest, TypeNumbersAndLengths) {
  const size_t lengths[] = {2256 + 5 * 104 + 320,
                            2256 + 5 * 104 + 320,
                            2256 + 5 * 104 + 320,
                            2296,
                            2256 + 8 + 4 + 11,
                            2256,
                            2256,
                            4352,
                            2256,
                            2256 + 13 + 14,
                            2256 + 8 + 4 + 11,
                            2256 + 8};
  for (uint16_t type = 0; type <= 11; ++type) {
    const std::string bytes = SampleBytes(static_cast<MessageType>(type));
    EXPECT_EQ(Big(bytes, 12, 2), type);
    EXPECT_EQ(Big(bytes, 4, 4), bytes.size()) << type;
    EXPECT_EQ(bytes.size(), lengths[type]) << type;
    EXPECT_EQ(PeekType(SpanOf(bytes)), type);
  }
}

TEST(CodecLayoutTest, GossipEntries) {
  const std::string bytes = SampleBytes(MessageType::kPong);
  EXPECT_EQ(Big(bytes, 14, 2), 5u);
  const std::string second = bytes.substr(2256 + 104, 104);
  EXPECT_EQ(second.substr(0, 40), NumberedName(3).view());
  EXPECT_EQ(Big(second, 40, 4), 1700000010u);
  EXPECT_EQ(Big(second, 44, 4), 1700000002u);
  EXPECT_EQ(second.substr(48, 46), "10.0.0.3" + Zeros(38));
  EXPECT_EQ(Big(second, 94, 2), 7003u);
  EXPECT_EQ(Big(second, 96, 2), 17003u);
  EXPECT_EQ(Big(second, 98, 2), 6u);
  EXPECT_EQ(Big(second, 100, 2), 8003u);
  EXPECT_EQ(Big(second, 102, 2), 0u);
  EXPECT_EQ(Big(bytes, 2256 + 40, 4), 0u) << "an answered ping";
  const std::string moved = bytes.substr(2256 + 3 * 104, 104);
  EXPECT_EQ(moved.substr(0, 40), NumberedName(5).view());
  EXPECT_EQ(moved.substr(48, 46), "10.0.0.105" + Zeros(36));
  EXPECT_EQ(Big(moved, 94, 2), 7105u);
  const std::string unknown = bytes.substr(2256 + 4 * 104, 104);
  EXPECT_EQ(unknown.substr(0, 40), NumberedName(8).view());
  EXPECT_EQ(unknown.substr(48, 46), "10.0.0.8" + Zeros(38));
}

TEST(CodecLayoutTest, EntriesAboutUnreachableIpv6AndStayingNodes) {
  const std::string address = "2001:db8:0:1:ffff:ffff:ffff:fffe";
  SampleHost host;
  Message* message = host.pool().Make(MessageType::kPing);
  message->header.sender = host.key(0);
  message->header.ip = IpText::From(address);
  message->header.flags = flag::kReplica | flag::kMyself | flag::kNoFailover;
  auto& heartbeat = std::get<Heartbeat>(message->body);
  heartbeat.gossip = {{host.key(8), flag::kPrimary | flag::kNoAddr, 1},
                      {host.key(9), flag::kReplica | flag::kNoFailover, 2}};
  heartbeat.endpoints = {{0, Endpoint{}}, {1, Endpoint{IpText::From(address), 1, 2, 3}}};
  const MessageRef sealed = host.pool().Seal(message);
  const std::string bytes = Encoded(*sealed, host.pool());
  EXPECT_EQ(bytes.substr(2168, 46), address + Zeros(46 - address.size()));
  EXPECT_EQ(Big(bytes, 2250, 2), 0x0212u);
  EXPECT_EQ(bytes.substr(2256 + 48, 50), Zeros(50));
  EXPECT_EQ(Big(bytes, 2256 + 98, 2), 0x0041u);
  const std::string second = bytes.substr(2360, 104);
  EXPECT_EQ(second.substr(48, 46), address + Zeros(46 - address.size()));
  EXPECT_EQ(Big(second, 94, 2), 1u);
  EXPECT_EQ(Big(second, 96, 2), 3u);
  EXPECT_EQ(Big(second, 98, 2), 0x0202u);
  EXPECT_EQ(Big(second, 100, 2), 2u);
  MessageRef decoded;
  ASSERT_EQ(Decode(SpanOf(bytes), &host.pool(), &decoded), FrameError::kNone);
  EXPECT_TRUE(SameContent(*decoded, *sealed));
}

TEST(CodecLayoutTest, EntryWithoutAnyEndpointIsZero) {
  SampleHost host;
  Message* message = host.pool().Make(MessageType::kPing);
  std::get<Heartbeat>(message->body).gossip = {{host.key(9), flag::kPrimary, 7}};
  const std::string bytes = Encoded(*host.pool().Seal(message), host.pool());
  EXPECT_EQ(bytes.substr(2256 + 48, 50), Zeros(50));
  EXPECT_EQ(Big(bytes, 2256 + 98, 2), 1u);
  EXPECT_EQ(Big(bytes, 2256 + 100, 4), 0u);
}

TEST(CodecLayoutTest, TextExtensions) {
  struct Row {
    uint16_t type;
    std::string Extensions::*field;
  };
  const Row rows[] = {{0, &Extensions::hostname},
                      {1, &Extensions::human_nodename},
                      {4, &Extensions::client_ipv4},
                      {5, &Extensions::client_ipv6},
                      {8, &Extensions::availability_zone}};
  for (const Row& row : rows) {
    Extensions extensions;
    extensions.*row.field = "1234567";
    std::string bytes = ExtensionBytes(extensions);
    ASSERT_EQ(bytes.size(), 2256u + 16) << row.type;
    EXPECT_EQ(Big(bytes, 2214, 2), 1u);
    EXPECT_EQ(Big(bytes, 2256, 4), 16u);
    EXPECT_EQ(Big(bytes, 2260, 2), row.type);
    EXPECT_EQ(Big(bytes, 2262, 2), 0u);
    EXPECT_EQ(bytes.substr(2264), "1234567" + Zeros(1));
    extensions.*row.field = "12345678";
    bytes = ExtensionBytes(extensions);
    ASSERT_EQ(bytes.size(), 2256u + 24) << "room for the NUL";
    EXPECT_EQ(bytes.substr(2264), "12345678" + Zeros(8));
  }
}

TEST(CodecLayoutTest, PortExtensions) {
  Extensions extensions;
  extensions.client_port = 6379;
  std::string bytes = ExtensionBytes(extensions);
  ASSERT_EQ(bytes.size(), 2256u + 16);
  EXPECT_EQ(Big(bytes, 2256, 8), 0x0000'0010'0006'0000u);
  EXPECT_EQ(Big(bytes, 2264, 8), uint64_t{6379} << 48);
  extensions = {};
  extensions.client_tls_port = 6380;
  bytes = ExtensionBytes(extensions);
  EXPECT_EQ(Big(bytes, 2256, 8), 0x0000'0010'0007'0000u);
  EXPECT_EQ(Big(bytes, 2264, 8), uint64_t{6380} << 48);
}

TEST(CodecLayoutTest, ForgottenNodeAndShardId) {
  Extensions extensions;
  extensions.forgotten = {{NumberedName(3), 0x0102030405060708}};
  extensions.shard_id = NumberedShard(4);
  const std::string bytes = ExtensionBytes(extensions);
  ASSERT_EQ(bytes.size(), 2256u + 56 + 48);
  EXPECT_EQ(Big(bytes, 2214, 2), 2u);
  EXPECT_EQ(Big(bytes, 2256, 8), 0x0000'0038'0002'0000u);
  EXPECT_EQ(bytes.substr(2264, 40), NumberedName(3).view());
  EXPECT_EQ(Big(bytes, 2304, 8), 0x0102030405060708u);
  EXPECT_EQ(Big(bytes, 2312, 8), 0x0000'0030'0003'0000u);
  EXPECT_EQ(bytes.substr(2320, 40), NumberedShard(4).view());
}

TEST(CodecLayoutTest, ExtensionsStandInTheOrderOfTheSpecification) {
  const std::string bytes = ExtensionBytes(testing::SampleExtensions());
  std::vector<uint64_t> types;
  for (size_t at = 2256; at < bytes.size(); at += Big(bytes, at, 4)) {
    types.push_back(Big(bytes, at + 4, 2));
  }
  EXPECT_EQ(types, (std::vector<uint64_t>{0, 1, 4, 5, 6, 7, 8, 900, 2, 2, 3}));
  EXPECT_EQ(Big(bytes, 2214, 2), types.size());
}

TEST(CodecLayoutTest, ExtDataFlagAndExtensionCountAreIndependent) {
  SampleHost host;
  for (const bool flagged : {false, true}) {
    for (const bool extended : {false, true}) {
      Message* message = host.pool().Make(MessageType::kPing);
      message->header.sender = host.key(0);
      if (flagged) message->header.mflags[0] = mflag::kExtData;
      if (extended) {
        std::get<Heartbeat>(message->body).extensions = Shared(testing::SampleExtensions());
      }
      const MessageRef sealed = host.pool().Seal(message);
      const std::string bytes = Encoded(*sealed, host.pool());
      EXPECT_EQ(Big(bytes, 2253, 1), flagged ? 4u : 0u);
      EXPECT_EQ(Big(bytes, 2214, 2), extended ? 11u : 0u);
      MessageRef decoded;
      ASSERT_EQ(Decode(SpanOf(bytes), &host.pool(), &decoded), FrameError::kNone);
      EXPECT_TRUE(SameContent(*decoded, *sealed));
    }
  }
}

TEST(CodecLayoutTest, Fail) {
  const std::string bytes = SampleBytes(MessageType::kFail);
  EXPECT_EQ(bytes.substr(2256), NumberedName(6).view());
}

TEST(CodecLayoutTest, Update) {
  const std::string bytes = SampleBytes(MessageType::kUpdate);
  EXPECT_EQ(Big(bytes, 2256, 8), 0x3132333435363738u);
  EXPECT_EQ(bytes.substr(2264, 40), NumberedName(7).view());
  EXPECT_EQ(Big(bytes, 2304 + 624, 1), 0u);     // slots 4992 to 4999
  EXPECT_EQ(Big(bytes, 2304 + 625, 1), 0xffu);  // slots 5000 to 5007
  EXPECT_EQ(Big(bytes, 2304 + 750, 1), 0x01u);  // slot 6000
}

TEST(CodecLayoutTest, Publish) {
  for (const MessageType type : {MessageType::kPublish, MessageType::kPublishShard}) {
    const std::string bytes = SampleBytes(type);
    EXPECT_EQ(Big(bytes, 2256, 4), 4u);
    EXPECT_EQ(Big(bytes, 2260, 4), 11u);
    EXPECT_EQ(bytes.substr(2264), "news" + std::string("hello\0world", 11));
  }
}

TEST(CodecLayoutTest, ModuleKeepsItsIdVerbatim) {
  const std::string bytes = SampleBytes(MessageType::kModule);
  EXPECT_EQ(bytes.substr(2256, 8), "\x01\x02\x03\x04\x05\x06\x07\x08");
  EXPECT_EQ(Big(bytes, 2264, 4), 14u);
  EXPECT_EQ(Big(bytes, 2268, 1), 200u);
  EXPECT_EQ(bytes.substr(2269), "module payload");
}

TEST(CodecLayoutTest, UnknownTypeKeepsItsBody) {
  const std::string bytes = SampleBytes(static_cast<MessageType>(11));
  EXPECT_EQ(bytes.substr(2256), "anything");
}

TEST(CodecLayoutTest, LightPublishByHand) {
  const std::string expected = std::string("RCmb") + std::string("\x00\x00\x00\x1c", 4) +
                               std::string("\x00\x01", 2) + Zeros(2) + std::string("\x80\x04", 2) +
                               Zeros(2) + std::string("\x00\x00\x00\x02", 4) +
                               std::string("\x00\x00\x00\x02", 4) + "ch" + "hi";
  SampleHost host;
  Message* message = host.pool().MakeLight(MessageType::kPublish);
  std::get<Publish>(message->body) = {"ch", "hi"};
  const MessageRef sealed = host.pool().Seal(message);
  EXPECT_EQ(sealed->encoded_length, 28u);
  EXPECT_EQ(Encoded(*sealed, host.pool()), expected);
  EXPECT_EQ(PeekType(SpanOf(expected)), 4u);
}

TEST(CodecLayoutTest, LightModuleByHand) {
  const std::string expected = std::string("RCmb") + std::string("\x00\x00\x00\x20", 4) +
                               std::string("\x00\x01", 2) + Zeros(2) + std::string("\x80\x09", 2) +
                               Zeros(2) + "\x08\x07\x06\x05\x04\x03\x02\x01" +
                               std::string("\x00\x00\x00\x03", 4) + "\x07" + "abc";
  ASSERT_EQ(expected.size(), 32u);
  SampleHost host;
  MessageRef decoded;
  ASSERT_EQ(Decode(SpanOf(expected), &host.pool(), &decoded), FrameError::kNone);
  EXPECT_TRUE(decoded->light);
  EXPECT_EQ(decoded->type, MessageType::kModule);
  const auto& module = std::get<ModulePayload>(decoded->body);
  EXPECT_EQ(module.module_id, (std::array<uint8_t, 8>{8, 7, 6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(module.type, 7);
  EXPECT_EQ(module.payload, "abc");
  EXPECT_EQ(Encoded(*decoded, host.pool()), expected);
}

TEST(CodecLayoutTest, LightPublishShardByHand) {
  const std::string bytes = SampleBytes(MessageType::kPublishShard, true);
  ASSERT_EQ(bytes.size(), 16u + 8 + 4 + 11);
  EXPECT_EQ(Big(bytes, 12, 2), 0x800au);
  EXPECT_EQ(bytes.substr(24), "news" + std::string("hello\0world", 11));
}

TEST(CodecLayoutTest, EncodeAppends) {
  SampleHost host;
  const MessageRef message = host.pool().Seal(host.Make(MessageType::kFail));
  std::string out = "before";
  Encode(*message, host.pool().names(), &out);
  Encode(*message, host.pool().names(), &out);
  ASSERT_EQ(out.size(), 6u + 2 * 2296);
  EXPECT_EQ(out.substr(0, 6), "before");
  EXPECT_TRUE(out.substr(6, 2296) == out.substr(6 + 2296));
}

}  // namespace
}  // namespace gossamer
