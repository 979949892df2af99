// One case per row of the validation table, and the hardening beyond it. SOURCE: bus spec
// section 7.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bus/codec.h"
#include "tests/core/bus/sample_messages.h"

namespace gossamer {
namespace {

using testing::Encoded;
using testing::NumberedName;
using testing::SampleHost;

std::string SampleBytes(MessageType type, bool light = false) {
  SampleHost host;
  return Encoded(*host.pool().Seal(host.Make(type, light)), host.pool());
}

void Put16(std::string* bytes, size_t at, uint16_t value) {
  StoreBig16(reinterpret_cast<uint8_t*>(bytes->data() + at), value);
}
void Put32(std::string* bytes, size_t at, uint32_t value) {
  StoreBig32(reinterpret_cast<uint8_t*>(bytes->data() + at), value);
}
void FixLength(std::string* bytes) { Put32(bytes, 4, static_cast<uint32_t>(bytes->size())); }

// Decodes a copy of exactly this size, so that a read past the end is seen by a sanitizer.
FrameError DecodeExact(const std::string& bytes, MessagePool* pool, MessageRef* message) {
  const std::vector<uint8_t> exact(bytes.begin(), bytes.end());
  return Decode(exact, pool, message);
}

FrameError Refusal(const std::string& bytes) {
  SampleHost host;
  MessageRef message;
  const FrameError error = DecodeExact(bytes, &host.pool(), &message);
  EXPECT_EQ(static_cast<bool>(message), error == FrameError::kNone);
  EXPECT_LE(host.pool().live(), 1u);
  return error;
}

// A PING without gossip, followed by raw extension bytes.
std::string PingWith(uint16_t count, const std::string& extensions) {
  SampleHost host;
  Message* message = host.pool().Make(MessageType::kPing);
  message->header.sender = host.key(0);
  std::string bytes = Encoded(*host.pool().Seal(message), host.pool()) + extensions;
  Put16(&bytes, 2214, count);
  FixLength(&bytes);
  return bytes;
}

std::string RawExtension(uint16_t type, uint32_t length, const std::string& payload) {
  std::string bytes;
  ByteWriter writer(&bytes);
  writer.U32(length);
  writer.U16(type);
  writer.U16(0);
  return bytes + payload;
}

TEST(CodecTest, RefusesWrongSignature) {
  for (size_t i = 0; i < 4; ++i) {
    std::string bytes = SampleBytes(MessageType::kPing);
    bytes[i] ^= 1;
    EXPECT_EQ(Refusal(bytes), FrameError::kBadSignature) << i;
  }
}

TEST(CodecTest, RefusesFrameShorterThanItsHeader) {
  std::string bytes = SampleBytes(MessageType::kAuthAck);
  bytes.pop_back();
  FixLength(&bytes);
  EXPECT_EQ(Refusal(bytes), FrameError::kBadLength);
  bytes = SampleBytes(MessageType::kPublish, true).substr(0, 15);
  FixLength(&bytes);
  EXPECT_EQ(Refusal(bytes), FrameError::kBadLength);
  EXPECT_EQ(Refusal(""), FrameError::kBadLength);
  EXPECT_EQ(Refusal("RCmb"), FrameError::kBadLength);
}

TEST(CodecTest, RefusesLightBitOnTypesWithoutLightForm) {
  for (uint16_t type = 0; type < 64; ++type) {
    const bool has_light_form = type == 4 || type == 9 || type == 10;
    if (has_light_form) continue;
    std::string bytes = SampleBytes(MessageType::kPublish, true);
    Put16(&bytes, 12, type | 0x8000);
    EXPECT_EQ(Refusal(bytes), FrameError::kLightNotAllowed) << type;
    bytes = SampleBytes(MessageType::kPing);
    Put16(&bytes, 12, type | 0x8000);
    EXPECT_EQ(Refusal(bytes), FrameError::kLightNotAllowed) << type;
  }
}

TEST(CodecTest, RefusesLengthOtherThanTheFrames) {
  std::string bytes = SampleBytes(MessageType::kFail);
  Put32(&bytes, 4, 2297);
  EXPECT_EQ(Refusal(bytes), FrameError::kWrongLength);
  Put32(&bytes, 4, 2295);
  EXPECT_EQ(Refusal(bytes), FrameError::kWrongLength);
  Put32(&bytes, 4, 0xffffffff);
  EXPECT_EQ(Refusal(bytes), FrameError::kBadLength);
}

TEST(CodecTest, RefusesOtherVersions) {
  for (const uint16_t version : {0, 2, 256}) {
    for (const bool light : {false, true}) {
      std::string bytes = SampleBytes(MessageType::kPublish, light);
      Put16(&bytes, 8, version);
      EXPECT_EQ(Refusal(bytes), FrameError::kBadVersion) << version;
    }
  }
}

TEST(CodecTest, RefusesGossipBeyondTheEnd) {
  for (const MessageType type : {MessageType::kPing, MessageType::kPong, MessageType::kMeet}) {
    for (const uint16_t count : {uint16_t{9}, uint16_t{65535}}) {
      std::string bytes = SampleBytes(type);
      Put16(&bytes, 14, count);
      EXPECT_EQ(Refusal(bytes), FrameError::kTruncated) << count;
    }
  }
}

TEST(CodecTest, HugeCountInAShortFrameInternsNothing) {
  std::string bytes = PingWith(0, "");
  Put16(&bytes, 14, 65535);
  MessagePool pool;
  MessageRef message;
  EXPECT_EQ(DecodeExact(bytes, &pool, &message), FrameError::kTruncated);
  EXPECT_EQ(pool.names().key_bound(), 0u);
  EXPECT_EQ(pool.live(), 0u);
}

TEST(CodecTest, RefusesFewerBytesThanAnExtensionHeader) {
  EXPECT_EQ(Refusal(PingWith(1, "")), FrameError::kTruncated);
  EXPECT_EQ(Refusal(PingWith(1, std::string(7, '\0'))), FrameError::kTruncated);
  EXPECT_EQ(Refusal(PingWith(2, RawExtension(900, 8, ""))), FrameError::kTruncated);
  EXPECT_EQ(Refusal(PingWith(65535, RawExtension(900, 8, ""))), FrameError::kTruncated);
}

TEST(CodecTest, RefusesExtensionShorterThanItsHeader) {
  for (const uint32_t length : {0u, 1u, 7u}) {
    EXPECT_EQ(Refusal(PingWith(1, RawExtension(900, length, ""))), FrameError::kBadExtension);
  }
}

TEST(CodecTest, RefusesExtensionLengthOffTheGrid) {
  for (const uint32_t length : {9u, 12u, 15u, 0xffffffffu}) {
    const std::string extension = RawExtension(900, length, std::string(8, '\0'));
    EXPECT_EQ(Refusal(PingWith(1, extension)), FrameError::kBadExtension) << length;
  }
}

TEST(CodecTest, RefusesExtensionBeyondTheEnd) {
  for (const uint32_t length : {24u, 0x10000u, 0x10010u, 0xfffffff8u}) {
    const std::string extension = RawExtension(900, length, std::string(8, '\0'));
    EXPECT_EQ(Refusal(PingWith(1, extension)), FrameError::kTruncated) << length;
  }
}

TEST(CodecTest, RefusesBytesAfterTheLastExtension) {
  const std::string one = RawExtension(900, 16, std::string(8, 'x'));
  EXPECT_EQ(Refusal(PingWith(1, one)), FrameError::kNone);
  EXPECT_EQ(Refusal(PingWith(1, one + one)), FrameError::kWrongLength);
  EXPECT_EQ(Refusal(PingWith(0, one)), FrameError::kWrongLength);
  EXPECT_EQ(Refusal(PingWith(0, "x")), FrameError::kWrongLength);
}

TEST(CodecTest, RefusesTextExtensionWithoutNul) {
  for (const uint16_t type : {0, 1, 4, 5, 8}) {
    EXPECT_EQ(Refusal(PingWith(1, RawExtension(type, 16, "12345678"))), FrameError::kBadExtension);
    EXPECT_EQ(Refusal(PingWith(1, RawExtension(type, 8, ""))), FrameError::kBadExtension);
    EXPECT_EQ(Refusal(PingWith(1, RawExtension(type, 16, std::string("1234567\0", 8)))),
              FrameError::kNone);
  }
}

TEST(CodecTest, RefusesFixedExtensionsOfAnotherSize) {
  struct Row {
    uint16_t type;
    uint32_t length;
  };
  for (const Row& row : {Row{2, 56}, Row{3, 48}, Row{6, 16}, Row{7, 16}}) {
    for (const uint32_t length : {row.length - 8, row.length, row.length + 8}) {
      const std::string extension = RawExtension(row.type, length, std::string(length - 8, 'a'));
      EXPECT_EQ(Refusal(PingWith(1, extension)),
                length == row.length ? FrameError::kNone : FrameError::kBadExtension)
          << row.type << " " << length;
    }
  }
}

TEST(CodecTest, RefusesEveryTypeOneByteLongerOrShorter) {
  for (const MessageType type : testing::NormalTypes()) {
    if (type > MessageType::kPublishShard) continue;
    std::string longer = SampleBytes(type) + '\0';
    FixLength(&longer);
    EXPECT_EQ(Refusal(longer), FrameError::kWrongLength) << MessageTypeName(type);
    std::string shorter = SampleBytes(type);
    shorter.pop_back();
    FixLength(&shorter);
    EXPECT_NE(Refusal(shorter), FrameError::kNone) << MessageTypeName(type);
  }
  for (const MessageType type : testing::LightTypes()) {
    std::string longer = SampleBytes(type, true) + '\0';
    FixLength(&longer);
    EXPECT_EQ(Refusal(longer), FrameError::kWrongLength) << MessageTypeName(type);
  }
}

// Cut anywhere, with and without a matching length field, a frame is refused and nothing outside it
// is read.
TEST(CodecTest, RefusesEveryProperPrefix) {
  for (const MessageType type : testing::NormalTypes()) {
    if (type > MessageType::kPublishShard) continue;
    const std::string whole = SampleBytes(type);
    for (size_t size = 0; size < whole.size(); size += size < 2250 ? 97 : 1) {
      std::string cut = whole.substr(0, size);
      EXPECT_NE(Refusal(cut), FrameError::kNone);
      if (size < 8) continue;
      FixLength(&cut);
      EXPECT_NE(Refusal(cut), FrameError::kNone) << MessageTypeName(type) << " " << size;
    }
  }
}

TEST(CodecTest, PublishLengthsDoNotWrapAround) {
  for (const bool light : {false, true}) {
    const size_t body = light ? 16 : 2256;
    std::string bytes = SampleBytes(MessageType::kPublish, light);
    // 15 bytes of data follow; the sum is 15 modulo 2^32.
    Put32(&bytes, body, 0xfffffff0);
    Put32(&bytes, body + 4, 31);
    EXPECT_EQ(Refusal(bytes), FrameError::kWrongLength);
    Put32(&bytes, body, 31);
    Put32(&bytes, body + 4, 0xfffffff0);
    EXPECT_EQ(Refusal(bytes), FrameError::kWrongLength);
  }
}

TEST(CodecTest, ModuleLengthDoesNotWrapAround) {
  for (const bool light : {false, true}) {
    std::string bytes = SampleBytes(MessageType::kModule, light);
    Put32(&bytes, (light ? 16 : 2256) + 8, 0xffffffff);
    EXPECT_EQ(Refusal(bytes), FrameError::kWrongLength);
    bytes.resize((light ? 16 : 2256) + 12);
    FixLength(&bytes);
    EXPECT_EQ(Refusal(bytes), FrameError::kWrongLength);
  }
}

TEST(CodecTest, UnknownTypeIsAcceptedAsWellFormed) {
  for (const uint16_t type : {uint16_t{11}, uint16_t{12}, uint16_t{0x7fff}}) {
    std::string bytes = SampleBytes(MessageType::kAuthAck) + "whatever follows";
    Put16(&bytes, 12, type);
    FixLength(&bytes);
    SampleHost host;
    MessageRef message;
    ASSERT_EQ(DecodeExact(bytes, &host.pool(), &message), FrameError::kNone);
    EXPECT_EQ(static_cast<uint16_t>(message->type), type);
    EXPECT_EQ(std::get<UnknownBody>(message->body).body, "whatever follows");
    EXPECT_EQ(Encoded(*message, host.pool()), bytes);
  }
}

TEST(CodecTest, OneInvalidNameMarksTheWholeGossipSection) {
  for (const char bad : {'A', '\0', '\xff', '-'}) {
    std::string bytes = SampleBytes(MessageType::kPing);
    bytes[2256 + 3 * 104 + 17] = bad;
    SampleHost host;
    MessageRef message;
    ASSERT_EQ(DecodeExact(bytes, &host.pool(), &message), FrameError::kNone);
    const auto& heartbeat = std::get<Heartbeat>(message->body);
    EXPECT_FALSE(heartbeat.gossip_valid);
    EXPECT_EQ(heartbeat.gossip.size(), 5u);
    EXPECT_EQ(message->header.sender, host.key(0));
    EXPECT_EQ(Encoded(*message, host.pool()), bytes);
  }
}

TEST(CodecTest, IpWithoutNulIsCutWhenRead) {
  std::string bytes = SampleBytes(MessageType::kPing);
  bytes.replace(2168, 46, std::string(46, '9'));
  SampleHost host;
  MessageRef message;
  ASSERT_EQ(DecodeExact(bytes, &host.pool(), &message), FrameError::kNone);
  EXPECT_EQ(message->header.ip.view(), std::string(45, '9'));
  EXPECT_EQ(Encoded(*message, host.pool()), bytes);
}

TEST(CodecTest, AnyFortyBytesAreASender) {
  std::string bytes = SampleBytes(MessageType::kMfStart);
  bytes.replace(40, 40, std::string(40, '\xee'));
  SampleHost host;
  MessageRef message;
  ASSERT_EQ(DecodeExact(bytes, &host.pool(), &message), FrameError::kNone);
  ASSERT_TRUE(message->header.sender.valid());
  EXPECT_FALSE(host.pool().names().valid_name(message->header.sender));
  EXPECT_EQ(Encoded(*message, host.pool()), bytes);
  bytes.replace(40, 40, std::string(40, '\0'));
  ASSERT_EQ(DecodeExact(bytes, &host.pool(), &message), FrameError::kNone);
  ASSERT_TRUE(message->header.sender.valid());
  EXPECT_FALSE(host.pool().names().valid_name(message->header.sender));
}

TEST(CodecTest, RefusesNewNamesWhenTheTableIsFull) {
  SampleHost host;
  NameTable& names = host.pool().names();
  for (uint32_t i = 10; i < NameTable::kMaxNames - 1; ++i) names.Intern(NumberedName(i));
  std::string bytes = SampleBytes(MessageType::kPing);
  MessageRef message;
  ASSERT_EQ(DecodeExact(bytes, &host.pool(), &message), FrameError::kNone);
  bytes[2256] = 'x';
  ASSERT_EQ(DecodeExact(bytes, &host.pool(), &message), FrameError::kNone);
  message = nullptr;
  bytes[2256 + 104] = 'y';
  EXPECT_EQ(DecodeExact(bytes, &host.pool(), &message), FrameError::kTooManyNames);
  EXPECT_FALSE(static_cast<bool>(message));
  EXPECT_EQ(host.pool().live(), 0u);
  EXPECT_EQ(names.size(), NameTable::kMaxNames - 1) << "names of the refused message are gone";
  bytes[2256 + 104] = '0';
  EXPECT_EQ(DecodeExact(bytes, &host.pool(), &message), FrameError::kNone);
}

TEST(CodecTest, ErrorsHaveNamesAndSayWhichFreeTheLink) {
  const std::vector<std::string_view> expected = {
      "none",      "bad-signature", "bad-length",   "light-not-allowed", "bad-version",
      "truncated", "bad-extension", "wrong-length", "too-many-names"};
  for (size_t i = 0; i < expected.size(); ++i) {
    const auto error = static_cast<FrameError>(i);
    EXPECT_EQ(FrameErrorName(error), expected[i]);
    EXPECT_EQ(FreesLink(error), i == 1 || i == 2);
  }
}

}  // namespace
}  // namespace gossamer
