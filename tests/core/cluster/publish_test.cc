// Pub/sub to other nodes: who gets it, and with which header.
#include "core/cluster/publish.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "core/cluster/links.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

class PublishTest : public testing::Test {
 protected:
  explicit PublishTest(std::string_view rules = "gossamer") : c_(rules), a_(c_.AddPrimary("a")) {
    c_.peers().SetFlags(a_, flag::kLightPublish);
  }
  void PublishNow(bool sharded = false) {
    c_.ClearEffects();
    c_.node().OnPublish(c_.now(), sharded, "channel", "message", &c_.effects());
  }
  // The message that `node` gets; null when it gets none.
  MessageRef To(NodeKey node, bool sharded = false) {
    PublishNow(sharded);
    const auto type = sharded ? MessageType::kPublishShard : MessageType::kPublish;
    const std::vector<MessageRef> sent = c_.SentTo(node, type);
    EXPECT_LE(sent.size(), 1u);
    return sent.empty() ? MessageRef() : sent[0];
  }

  Cluster c_;
  NodeKey a_;
};

class OldPublishTest : public PublishTest {
 protected:
  OldPublishTest() : PublishTest("valkey-8.0") {}
};

TEST_F(PublishTest, TheLightFormIsForPeersThatTakeIt) {
  const MessageRef light = To(a_);
  EXPECT_TRUE(light->light);
  EXPECT_EQ(light->encoded_length, 16u + 8 + 7 + 7);
  EXPECT_EQ(std::get<Publish>(light->body), (Publish{"channel", "message"}));
  c_.peers().ClearFlags(a_, flag::kLightPublish);
  const MessageRef normal = To(a_);
  EXPECT_FALSE(normal->light);
  EXPECT_EQ(normal->encoded_length, 2256u + 8 + 7 + 7);
  EXPECT_EQ(normal->header.sender, c_.me());
  EXPECT_EQ(std::get<Publish>(normal->body), (Publish{"channel", "message"}));
}

// The first message on a link must say who sends: a peer closes a link that begins with a light
// one.
TEST_F(PublishTest, NotBeforeAPongOnThisLink) {
  c_.Advance(Seconds(1));
  Turn t = c_.turn();
  FreeOutLink(t, a_);
  OpenLink(t, a_);
  EXPECT_FALSE(To(a_)->light);
  c_.peers().SetPong(a_, c_.ms() - 1);
  EXPECT_FALSE(To(a_)->light);
  c_.Deliver(a_, MessageType::kPong, [](Message* m) { m->header.flags |= flag::kLightPublish; });
  EXPECT_TRUE(To(a_)->light);
}

TEST_F(OldPublishTest, UntilEightOneTheFlagAloneIsEnough) {
  c_.Advance(Seconds(1));
  Turn t = c_.turn();
  FreeOutLink(t, a_);
  OpenLink(t, a_);
  EXPECT_TRUE(To(a_)->light);
}

TEST_F(PublishTest, ReachesEverybodyPastItsHandshake) {
  const NodeKey r = c_.AddReplica("r", a_);
  const NodeKey f = c_.AddPrimary("f");
  const NodeKey h = c_.AddPrimary("h");
  const NodeKey gone = c_.AddPrimary("g");
  c_.peers().SetFlags(f, flag::kFail);
  c_.peers().SetFlags(h, flag::kHandshake);
  c_.Unlink(gone);
  PublishNow();
  EXPECT_EQ(c_.All<Send>().size(), 3u);
  EXPECT_TRUE(To(r));
  EXPECT_TRUE(To(f));
  EXPECT_FALSE(To(h));
}

TEST_F(PublishTest, OneMessageOfEachFormServesAll) {
  const NodeKey b = c_.AddPrimary("b");
  const NodeKey d = c_.AddPrimary("d");
  PublishNow();
  const MessageRef to_b = c_.SentTo(b, MessageType::kPublish)[0];
  EXPECT_EQ(to_b, c_.SentTo(d, MessageType::kPublish)[0]);
  EXPECT_FALSE(to_b == c_.SentTo(a_, MessageType::kPublish)[0]);
}

TEST_F(PublishTest, ShardedStaysInMyShard) {
  const NodeKey r = c_.AddReplica("r", c_.me());
  EXPECT_TRUE(To(r, /*sharded=*/true));
  EXPECT_FALSE(To(a_, /*sharded=*/true));
  c_.MakeMeReplicaOf(a_);
  EXPECT_TRUE(To(a_, /*sharded=*/true));
  EXPECT_FALSE(To(r, /*sharded=*/true));
}

TEST_F(PublishTest, WithNobodyThereNothingIsMade) {
  c_.Unlink(a_);
  PublishNow();
  EXPECT_TRUE(c_.effects().empty());
}

// ---- Receiving ----

class DeliverTest : public PublishTest {
 protected:
  MessageRef LightMessage(MessageType type) {
    Message* message = c_.tables().pool.MakeLight(type);
    if (type == MessageType::kModule) {
      message->body = ModulePayload{{}, 1, "x"};
    } else {
      message->body = Publish{"c", "m"};
    }
    return c_.tables().pool.Seal(message);
  }
};

TEST_F(DeliverTest, AKnownSendersMessagesAreHandedOver) {
  for (const MessageType type :
       {MessageType::kPublish, MessageType::kPublishShard, MessageType::kModule}) {
    c_.ClearEffects();
    c_.Deliver(a_, type);
    ASSERT_EQ(c_.All<gossamer::Deliver>().size(), 1u);
    EXPECT_EQ(c_.All<gossamer::Deliver>()[0].sender, a_);
    c_.DeliverOn(c_.in_link(a_), LightMessage(type));
    ASSERT_EQ(c_.All<gossamer::Deliver>().size(), 2u);
    EXPECT_TRUE(c_.All<gossamer::Deliver>()[1].message->light);
    EXPECT_TRUE(c_.All<Send>().empty()) << "never passed on";
  }
}

TEST_F(DeliverTest, ALightMessageIsASignOfLifeAndNothingElse) {
  c_.peers().SetPingSent(a_, c_.ms());
  c_.Advance(Seconds(2));
  c_.DeliverOn(c_.in_link(a_), LightMessage(MessageType::kPublish));
  EXPECT_EQ(c_.peers().data_received_ms(a_), c_.ms());
  EXPECT_TRUE(c_.peers().PingPending(a_));
  EXPECT_TRUE(c_.peers().Has(a_, flag::kLightPublish));
  EXPECT_EQ(c_.s().stats.pubsub_bytes_received, 16u + 8 + 2);
}

TEST_F(DeliverTest, ALightMessageOnALinkOfNobodyFreesIt) {
  const LinkId fresh = c_.Accept();
  c_.DeliverOn(fresh, LightMessage(MessageType::kPublish));
  EXPECT_FALSE(c_.s().links.Contains(fresh));
  c_.peers().SetFlags(a_, flag::kHandshake);
  const LinkId in = c_.in_link(a_);
  c_.DeliverOn(in, LightMessage(MessageType::kPublish));
  EXPECT_FALSE(c_.s().links.Contains(in)) << "in handshake its name is not known";
  EXPECT_TRUE(c_.All<gossamer::Deliver>().empty());
  EXPECT_EQ(c_.All<Close>().size(), 2u);
}

TEST_F(DeliverTest, UnknownSendersAreNotHeard) {
  c_.Deliver(c_.Key("x"), MessageType::kPublish);
  EXPECT_TRUE(c_.All<gossamer::Deliver>().empty());
  EXPECT_TRUE(c_.HasEvent(EventType::kUnknownSender));
}

}  // namespace
}  // namespace gossamer
