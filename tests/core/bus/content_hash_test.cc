#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/bus/codec.h"
#include "tests/core/bus/sample_messages.h"

namespace gossamer {
namespace {

using testing::Encoded;
using testing::NumberedEndpoint;
using testing::NumberedName;
using testing::SampleHost;
using testing::SpanOf;

TEST(ContentHashTest, IsTheSameInEveryHost) {
  SampleHost sender;
  MessagePool receiver(99);
  for (uint32_t i = 200; i < 220; ++i) receiver.names().Intern(NumberedName(i));
  for (const MessageType type : testing::NormalTypes()) {
    const MessageRef sent = sender.pool().Seal(sender.Make(type));
    MessageRef received;
    ASSERT_EQ(Decode(SpanOf(Encoded(*sent, sender.pool())), &receiver, &received),
              FrameError::kNone);
    EXPECT_EQ(received->content_hash, sent->content_hash) << MessageTypeName(type);
  }
}

TEST(ContentHashTest, DoesNotDependOnWhereTheEndpointIsKept) {
  SampleHost host;
  MessageRef hashes[2];
  for (int i = 0; i < 2; ++i) {
    Message* message = host.pool().Make(MessageType::kPing);
    auto& heartbeat = std::get<Heartbeat>(message->body);
    heartbeat.gossip = {{host.key(1), 1, 10}, {host.key(2), 1, 11}, {host.key(3), 1, 12}};
    if (i == 1) heartbeat.endpoints = {{1, NumberedEndpoint(2)}};
    hashes[i] = host.pool().Seal(message);
  }
  EXPECT_EQ(hashes[0]->content_hash, hashes[1]->content_hash);
}

TEST(ContentHashTest, PositionsOfEntriesCount) {
  SampleHost host;
  std::set<uint64_t> hashes;
  for (size_t special = 0; special < 64; ++special) {
    Message* message = host.pool().Make(MessageType::kPing);
    auto& gossip = std::get<Heartbeat>(message->body).gossip;
    gossip.assign(64, {host.key(1), flag::kPrimary, 1700000000});
    gossip[special].pong_received_s += 1;
    hashes.insert(host.pool().Seal(message)->content_hash);
  }
  EXPECT_EQ(hashes.size(), 64u);
}

TEST(ContentHashTest, NumberOfEqualEntriesCounts) {
  SampleHost host;
  std::set<uint64_t> hashes;
  for (size_t count = 0; count < 100; ++count) {
    Message* message = host.pool().Make(MessageType::kPing);
    std::get<Heartbeat>(message->body).gossip.assign(count, {host.key(1), 0, 0});
    hashes.insert(host.pool().Seal(message)->content_hash);
  }
  EXPECT_EQ(hashes.size(), 100u);
}

TEST(ContentHashTest, EveryBitOfAnEntryCounts) {
  SampleHost host;
  std::set<uint64_t> hashes;
  for (int bit = -1; bit < 48; ++bit) {
    Message* message = host.pool().Make(MessageType::kPing);
    auto& gossip = std::get<Heartbeat>(message->body).gossip;
    gossip.assign(3, {host.key(1), flag::kPrimary, 1700000000});
    if (bit >= 0 && bit < 16) gossip[1].flags ^= static_cast<uint16_t>(1u << bit);
    if (bit >= 16) gossip[1].pong_received_s ^= 1u << (bit - 16);
    hashes.insert(host.pool().Seal(message)->content_hash);
  }
  EXPECT_EQ(hashes.size(), 49u);
}

TEST(ContentHashTest, ZeroSenderHashesAsTheZeroName) {
  SampleHost host;
  const MessageRef message = host.pool().Seal(host.pool().Make(MessageType::kMfStart));
  MessageRef decoded;
  ASSERT_EQ(Decode(SpanOf(Encoded(*message, host.pool())), &host.pool(), &decoded),
            FrameError::kNone);
  EXPECT_EQ(decoded->content_hash, message->content_hash);
}

TEST(ContentHashTest, PinsOneMessageOfEachKind) {
  SampleHost host;
  const auto hash = [&host](MessageType type, bool light = false) {
    return host.pool().Seal(host.Make(type, light))->content_hash;
  };
  EXPECT_EQ(hash(MessageType::kPing), 0xeb61d31c7d3be003u);
  EXPECT_EQ(hash(MessageType::kFail), 0xa527756a3dece0b7u);
  EXPECT_EQ(hash(MessageType::kUpdate), 0x1a35ad9330ad3728u);
  EXPECT_EQ(hash(MessageType::kAuthRequest), 0x1424cf3908960bedu);
  EXPECT_EQ(hash(MessageType::kPublish, true), 0xfa44c955107184e8u);
  EXPECT_EQ(hash(MessageType::kModule, true), 0xe0b52defcd3b4e60u);
}

}  // namespace
}  // namespace gossamer
