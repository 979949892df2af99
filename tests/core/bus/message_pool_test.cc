#include "core/bus/message_pool.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/bus/codec.h"
#include "tests/core/bus/sample_messages.h"

namespace gossamer {
namespace {

using testing::Encoded;
using testing::NumberedName;
using testing::SampleHost;
using testing::SpanOf;

TEST(MessagePoolTest, MakesABlankMessageOfTheRightKind) {
  MessagePool pool;
  for (const MessageType type : testing::NormalTypes()) {
    Message* message = pool.Make(type);
    EXPECT_EQ(message->type, type);
    EXPECT_FALSE(message->light);
    Header blank;
    blank.slots = pool.slot_sets().empty();
    EXPECT_EQ(message->header, blank);
    EXPECT_EQ(std::holds_alternative<Heartbeat>(message->body), IsHeartbeat(type));
    if (const auto* update = std::get_if<SlotUpdate>(&message->body)) {
      EXPECT_EQ(update->slots, pool.slot_sets().empty());
    }
    EXPECT_EQ(pool.live(), 1u);
    pool.Discard(message);
    EXPECT_EQ(pool.live(), 0u);
  }
}

TEST(MessagePoolTest, ARecycledMessageIsBlankAgain) {
  SampleHost host;
  for (const MessageType type : testing::NormalTypes()) {
    host.pool().Seal(host.Make(type));
    Message* message = host.pool().Make(type);
    MessagePool fresh;
    Message* blank = fresh.Make(type);
    blank->header.slots = message->header.slots;
    if (auto* update = std::get_if<SlotUpdate>(&blank->body)) {
      update->slots = std::get<SlotUpdate>(message->body).slots;
    }
    EXPECT_TRUE(SameContent(*message, *blank)) << MessageTypeName(type);
    blank->header.slots = nullptr;
    if (auto* update = std::get_if<SlotUpdate>(&blank->body)) update->slots = nullptr;
    fresh.Discard(blank);
    host.pool().Discard(message);
  }
}

TEST(MessagePoolTest, RecyclesHeartbeatsWithTheirRoom) {
  SampleHost host;
  Message* first = host.pool().Make(MessageType::kPing);
  std::get<Heartbeat>(first->body).gossip.assign(200, {host.key(0), 0, 0});
  const GossipEntry* entries = std::get<Heartbeat>(first->body).gossip.data();
  host.pool().Seal(first);
  host.pool().Seal(host.Make(MessageType::kFail));
  Message* again = host.pool().Make(MessageType::kPong);
  EXPECT_EQ(again, first);
  auto& heartbeat = std::get<Heartbeat>(again->body);
  EXPECT_TRUE(heartbeat.gossip.empty());
  EXPECT_GE(heartbeat.gossip.capacity(), 200u);
  heartbeat.gossip.resize(200);
  EXPECT_EQ(heartbeat.gossip.data(), entries);
  host.pool().Discard(again);
}

TEST(MessagePoolTest, GivesTheRoomOfAHugeHeartbeatBack) {
  SampleHost host;
  Message* message = host.pool().Make(MessageType::kPing);
  std::get<Heartbeat>(message->body).gossip.assign(65535, {host.key(0), 0, 0});
  const size_t before = host.pool().memory_bytes();
  host.pool().Seal(message);
  EXPECT_LE(host.pool().memory_bytes() + 65535 * sizeof(GossipEntry), before);
}

TEST(MessagePoolTest, AllocatesNothingInASteadyState) {
  SampleHost host;
  for (int i = 0; i < 3; ++i) host.pool().Seal(host.Make(MessageType::kPing));
  const size_t memory = host.pool().memory_bytes();
  for (int i = 0; i < 100; ++i) host.pool().Seal(host.Make(MessageType::kPing));
  EXPECT_EQ(host.pool().memory_bytes(), memory);
}

TEST(MessagePoolTest, LiveCountsMessagesNotReferences) {
  SampleHost host;
  MessageRef a = host.pool().Seal(host.Make(MessageType::kPing));
  MessageRef b = a;
  const MessageRef other = host.pool().Seal(host.Make(MessageType::kFail));
  EXPECT_EQ(host.pool().live(), 2u);
  a = nullptr;
  EXPECT_EQ(host.pool().live(), 2u);
  b = nullptr;
  EXPECT_EQ(host.pool().live(), 1u);
}

TEST(MessagePoolTest, ReleasesSlotSetsAndExtensionsWithTheMessage) {
  SampleHost host;
  const size_t sets = host.pool().slot_sets().size();
  MessageRef message = host.pool().Seal(host.Make(MessageType::kUpdate));
  EXPECT_EQ(host.pool().slot_sets().size(), sets + 2);
  message = nullptr;
  EXPECT_EQ(host.pool().slot_sets().size(), sets);
}

TEST(MessagePoolTest, OwnedNamesLiveAsLongAsTheMessage) {
  MessagePool pool;
  Message* message = pool.Make(MessageType::kFail);
  const NodeKey key = pool.InternFor(message, NumberedName(1));
  std::get<Fail>(message->body).node = key;
  MessageRef sealed = pool.Seal(message);
  EXPECT_EQ(pool.names().Find(NumberedName(1)), key);
  sealed = nullptr;
  EXPECT_EQ(pool.names().Find(NumberedName(1)), kNoKey);
  EXPECT_EQ(pool.names().size(), 0u);
}

TEST(MessagePoolTest, DiscardReleasesOwnedNames) {
  MessagePool pool;
  Message* message = pool.Make(MessageType::kPing);
  pool.InternFor(message, NumberedName(1));
  pool.Discard(message);
  EXPECT_EQ(pool.names().size(), 0u);
}

TEST(MessagePoolTest, ANameInAMessageInFlightOutlivesItsOwner) {
  MessagePool pool;
  const NodeKey key = pool.names().Intern(NumberedName(1));
  Message* message = pool.Make(MessageType::kFail);
  std::get<Fail>(message->body).node = key;
  MessageRef in_flight = pool.Seal(message);
  pool.names().Release(key);
  EXPECT_FALSE(pool.names().Intern(NumberedName(2)) == key);
  EXPECT_EQ(pool.names().name(std::get<Fail>(in_flight->body).node), NumberedName(1));
  const std::string bytes = Encoded(*in_flight, pool);
  EXPECT_EQ(bytes.substr(2256), NumberedName(1).view());
  MessageRef decoded;
  ASSERT_EQ(Decode(SpanOf(bytes), &pool, &decoded), FrameError::kNone);
  EXPECT_EQ(std::get<Fail>(decoded->body).node, key);
  in_flight = nullptr;
  EXPECT_EQ(pool.names().Find(NumberedName(1)), key) << "the decoded message holds it";
  decoded = nullptr;
  EXPECT_EQ(pool.names().Intern(NumberedName(3)), key);
}

TEST(MessagePoolTest, LightMessagesAreShort) {
  MessagePool pool;
  for (const MessageType type : testing::LightTypes()) {
    const MessageRef message = pool.Seal(pool.MakeLight(type));
    EXPECT_TRUE(message->light);
    EXPECT_EQ(message->encoded_length, type == MessageType::kModule ? 29u : 24u);
  }
}

TEST(MessagePoolTest, ARecycledLightMessageIsNotLight) {
  MessagePool pool;
  pool.Seal(pool.MakeLight(MessageType::kPublish));
  Message* message = pool.Make(MessageType::kPublish);
  EXPECT_FALSE(message->light);
  EXPECT_EQ(EncodedLength(*message), 2264u);
  pool.Discard(message);
}

TEST(MessagePoolDeathTest, RefusesLightFormsThatDoNotExist) {
  MessagePool pool;
  EXPECT_DEATH(pool.MakeLight(MessageType::kPing), "CHECK failed");
}

TEST(MessagePoolDeathTest, MustOutliveItsMessages) {
  EXPECT_DEATH(
      {
        MessageRef left;
        MessagePool pool;
        left = pool.Seal(pool.Make(MessageType::kPing));
      },
      "CHECK failed: live_ == 0");
}

}  // namespace
}  // namespace gossamer
