#include "sim/model/transport.h"

#include <gtest/gtest.h>

namespace gossamer::sim {
namespace {

class TransportTest : public testing::TestWithParam<Transport> {
 protected:
  MessageRef Ping() {
    Message* message = pool_.Make(MessageType::kPing);
    const auto name = *NodeName::Parse(std::string(40, 'b'));
    message->header.sender = pool_.InternFor(message, name);
    pool_.names().OfferEndpoint(message->header.sender,
                                Endpoint{IpText::From("10.0.0.1"), 1, 0, 2});
    message->header.current_epoch = {77};
    std::get<Heartbeat>(message->body)
        .gossip.push_back({message->header.sender, flag::kPrimary, 5});
    return pool_.Seal(message);
  }
  MessagePool pool_;
};

TEST_P(TransportTest, GivesBackTheSame) {
  TransportModel transport(GetParam(), 1, 9, &pool_);
  for (uint64_t i = 0; i < 100; ++i) {
    const MessageRef sent = Ping();
    const auto packet = transport.Wrap(sent, i);
    EXPECT_TRUE(SameContent(*transport.Original(packet), *sent));
    const auto arrival = transport.Receive(packet);
    ASSERT_TRUE(arrival.message);
    EXPECT_TRUE(SameContent(*arrival.message, *sent));
    EXPECT_EQ(arrival.message->content_hash, sent->content_hash);
  }
  EXPECT_EQ(transport.mismatches(), 0u);
  EXPECT_EQ(transport.checked(), GetParam() == Transport::kTyped ? 0u : 100u);
  EXPECT_EQ(pool_.live(), 0u);
}

TEST_P(TransportTest, WhatIsDroppedIsGivenBack) {
  TransportModel transport(GetParam(), 1, 9, &pool_);
  transport.Drop(transport.Wrap(Ping(), 1));
  transport.Drop(transport.WrapCorrupted(Ping(), 1));
  EXPECT_EQ(pool_.live(), 0u);
}

INSTANTIATE_TEST_SUITE_P(All, TransportTest,
                         testing::Values(Transport::kTyped, Transport::kWire, Transport::kShadow));

TEST(ShadowTransport, ChecksAShareChosenByTheSeed) {
  MessagePool pool;
  const auto name = *NodeName::Parse(std::string(40, 'c'));
  const NodeKey key = pool.names().Intern(name);
  TransportModel transport(Transport::kShadow, 8, 3, &pool);
  for (uint64_t i = 0; i < 8000; ++i) {
    Message* message = pool.Make(MessageType::kAuthAck);
    message->header.sender = key;
    transport.Drop(transport.Wrap(pool.Seal(message), i));
  }
  EXPECT_NEAR(static_cast<int>(transport.checked()), 1000, 120);
  EXPECT_EQ(transport.mismatches(), 0u);
}

}  // namespace
}  // namespace gossamer::sim
