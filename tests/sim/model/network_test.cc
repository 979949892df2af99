#include "sim/model/network.h"

#include <gtest/gtest.h>

#include "tests/sim/model/network_fixture.h"

namespace gossamer::sim {
namespace {

using Net = NetworkFixture;

TEST(Network, AConnectTakesOneRoundTrip) {
  Net net;
  net.Open(0, Net::Out(0), 1);
  net.RunFor(Seconds(1));
  const auto ups = net.Of("up");
  ASSERT_EQ(ups.size(), 2u);
  EXPECT_EQ(ups[0].node, 0u);
  EXPECT_EQ(ups[0].at, Instant{} + Net::kLatency * 2);
  EXPECT_EQ(ups[1].node, 1u);
  EXPECT_EQ(ups[1].at, Instant{} + Net::kLatency * 3);
  EXPECT_TRUE(ups[1].link.inbound());
  EXPECT_EQ(net.network->PeerOf(0, Net::Out(0)), 1u);
  EXPECT_EQ(net.network->PeerOf(1, ups[1].link), 0u);
}

TEST(Network, WhatIsSentWhileConnectingLeavesWithTheConnection) {
  Net net;
  net.Open(0, Net::Out(0), 1);
  net.Send(0, Net::Out(0), 7);
  net.RunFor(Seconds(1));
  const auto messages = net.Of("message");
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].number, 7u);
  EXPECT_GT(messages[0].at, net.Of("up")[1].at);
}

TEST(Network, RefusedWhereNoProcessListens) {
  Net net;
  net.network->SetProcess(1, false);
  net.Open(0, Net::Out(0), 1);
  net.RunFor(Seconds(1));
  ASSERT_EQ(net.sink.arrived.size(), 1u);
  EXPECT_EQ(net.sink.arrived[0].what, "down");
  EXPECT_EQ(net.sink.arrived[0].number, static_cast<uint64_t>(LinkError::kRefused));
  EXPECT_EQ(net.sink.arrived[0].at, Refusals::NoticedAt(Instant{} + Net::kLatency * 2));
}

TEST(Network, RefusalsOfOneMomentAreNoticedTogether) {
  Net net;
  for (const uint32_t peer : {1u, 2u}) {
    net.network->SetProcess(peer, false);
    net.Open(0, Net::Out(peer), peer);
  }
  net.RunFor(Seconds(1));
  EXPECT_EQ(net.sink.refusal_calls, 1);
  ASSERT_EQ(net.sink.arrived.size(), 2u);
  EXPECT_EQ(net.sink.arrived[0].link, Net::Out(1));
  EXPECT_EQ(net.sink.arrived[1].link, Net::Out(2));
}

TEST(Network, WhoDiesMeanwhileHearsOfNoRefusal) {
  Net net;
  net.network->SetProcess(1, false);
  net.Open(0, Net::Out(0), 1);
  net.network->CloseAll(0);
  net.RunFor(Seconds(1));
  EXPECT_TRUE(net.sink.arrived.empty());
}

TEST(Network, UnansweredWhereTheHostIsGone) {
  Net net;
  net.network->LoseHost(1);
  net.Open(0, Net::Out(0), 1);
  net.RunTo(Instant{} + Seconds(126));
  EXPECT_TRUE(net.sink.arrived.empty());
  net.RunFor(Seconds(2));
  ASSERT_EQ(net.sink.arrived.size(), 1u);
  EXPECT_EQ(net.sink.arrived[0].number, static_cast<uint64_t>(LinkError::kTimedOut));
}

TEST(Network, UnansweredAtAnAddressThatNobodyHas) {
  Net net;
  Endpoint nowhere;
  nowhere.ip = IpText::From("10.9.9.9");
  nowhere.cport = 16379;
  net.network->Open(0, Net::Out(0), nowhere, net.queue.now());
  net.RunFor(Seconds(10));
  EXPECT_TRUE(net.sink.arrived.empty());
  net.network->Close(0, Net::Out(0), net.queue.now());
  net.RunFor(Seconds(200));
  EXPECT_TRUE(net.sink.arrived.empty());
  EXPECT_EQ(net.network->connections().in_use(), 0u);
}

TEST(Network, SynsAreSentAgainAfterOneThreeAndSevenSeconds) {
  Net net;
  const uint32_t fault = net.network->AddFault(Net::Block({0}, true, true));
  net.Open(0, Net::Out(0), 1);
  net.RunTo(Instant{} + Millis(2500));
  net.network->RemoveFault(fault);
  net.RunFor(Seconds(10));
  const auto ups = net.Of("up");
  ASSERT_EQ(ups.size(), 2u);
  EXPECT_EQ(ups[0].at, Instant{} + Seconds(3) + Net::kLatency * 2);
}

TEST(Network, AFullAcceptQueueDropsSyns) {
  Net net;
  net.sink.accepts = false;
  net.Open(0, Net::Out(0), 1);
  net.RunFor(Millis(500));
  EXPECT_TRUE(net.sink.arrived.empty());
  net.sink.accepts = true;
  net.RunFor(Seconds(2));
  EXPECT_EQ(net.Of("up").size(), 2u);
}

TEST(Network, MessagesArriveInOrderWhateverTheirLatency) {
  NetworkOptions options;
  options.latency = Quantiles({{0, Micros(100)}, {1'000'000, Millis(5)}});
  Net net(options);
  net.Connect(0, Net::Out(0), 1);
  for (uint64_t i = 0; i < 200; ++i) {
    net.Send(0, Net::Out(0), i);
    net.RunFor(Micros(50));
  }
  net.RunFor(Seconds(1));
  const auto messages = net.Of("message");
  ASSERT_EQ(messages.size(), 200u);
  for (uint64_t i = 0; i < 200; ++i) {
    EXPECT_EQ(messages[i].number, i);
    if (i > 0) {
      EXPECT_GT(messages[i].at, messages[i - 1].at);
    }
  }
}

TEST(Network, DrawsOfOneLinkDoNotShiftThoseOfAnother) {
  NetworkOptions options;
  options.latency = Quantiles({{0, Micros(100)}, {1'000'000, Millis(5)}});
  const auto arrivals = [&options](bool noise) {
    Net net(options);
    net.Connect(0, Net::Out(0), 1);
    net.Connect(2, Net::Out(0), 3);
    for (uint64_t i = 0; i < 50; ++i) {
      if (noise) net.Send(2, Net::Out(0), 1000 + i);
      net.Send(0, Net::Out(0), i);
      net.RunFor(Millis(10));
    }
    std::vector<Instant> times;
    for (const Arrived& a : net.Of("message")) {
      if (a.node == 1) times.push_back(a.at);
    }
    return times;
  };
  EXPECT_EQ(arrivals(false), arrivals(true));
}

// When `count` messages of one moment arrive, from then on.
std::vector<Duration> ArrivalsAt(uint64_t bytes_per_s, uint64_t count) {
  NetworkOptions options;
  options.bytes_per_s = bytes_per_s;
  Net net(options);
  net.Connect(0, Net::Out(0), 1);
  const Instant start = net.queue.now();
  for (uint64_t i = 0; i < count; ++i) net.Send(0, Net::Out(0), i);
  net.RunFor(Seconds(1));
  std::vector<Duration> arrivals;
  for (const Arrived& message : net.Of("message")) arrivals.push_back(message.at - start);
  return arrivals;
}

TEST(Network, BandwidthDelaysTheLastByte) {
  const auto arrivals = ArrivalsAt(2'256'000, 3);  // one message a millisecond
  ASSERT_EQ(arrivals.size(), 3u);
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(arrivals[static_cast<size_t>(i)], Millis(i + 1) + Net::kLatency);
  }
}

TEST(Network, BandwidthLosesNoPartsOfAMicrosecond) {
  // One message in a microsecond and a half.
  const auto arrivals = ArrivalsAt(2'256'000'000 / 3 * 2, 1000);
  ASSERT_EQ(arrivals.size(), 1000u);
  EXPECT_EQ(arrivals[0], Micros(2) + Net::kLatency);
  EXPECT_EQ(arrivals[999], Micros(1500) + Net::kLatency);
}

TEST(Network, ZonesHaveALatencyOfTheirOwn) {
  NetworkOptions options;
  options.zone = {0, 1, 0, 1};
  options.latency = Quantiles({{0, Micros(100)}});
  options.between_zones = Quantiles({{0, Millis(3)}});
  Net net(options);
  net.Connect(0, Net::Out(0), 1);
  net.Connect(0, Net::Out(1), 2);
  const Instant start = net.queue.now();
  net.Send(0, Net::Out(0), 1);
  net.Send(0, Net::Out(1), 2);
  net.RunFor(Seconds(1));
  const auto messages = net.Of("message");
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].at, start + Micros(100));
  EXPECT_EQ(messages[1].at, start + Millis(3));
}

TEST(Network, ALossCostsADoublingTimeout) {
  NetworkOptions options;
  options.loss_ppm = 300'000;
  Net net(options);
  net.network->AddEstablished(0, Net::Out(0), 1, LinkId::Make(true, 0, 1));
  int lost[3] = {0, 0, 0};
  constexpr int kMessages = 2000;
  for (uint64_t i = 0; i < kMessages; ++i) {
    const Instant sent = net.queue.now();
    net.Send(0, Net::Out(0), i);
    net.RunFor(Seconds(400));
    const auto messages = net.Of("message");
    ASSERT_EQ(messages.size(), i + 1);
    const Duration took = messages.back().at - sent - Net::kLatency;
    if (took == Duration{}) ++lost[0];
    if (took == Millis(200)) ++lost[1];
    if (took == Millis(600)) ++lost[2];
    EXPECT_EQ(took.us % 200'000, 0);
  }
  EXPECT_NEAR(lost[0], kMessages * 7 / 10, 80);
  EXPECT_NEAR(lost[1], kMessages * 21 / 100, 60);
  EXPECT_NEAR(lost[2], kMessages * 63 / 1000, 40);
}

// ---- Nagle's algorithm and delayed acknowledgements ----

class NagleTest : public testing::Test {
 protected:
  NagleTest() {
    net_.network->SetNodelay(0, false);
    in_ = net_.Connect(0, Net::Out(0), 1);
  }
  Net net_;
  LinkId in_;
};

TEST_F(NagleTest, ASecondWriteWaitsForTheDelayedAck) {
  const Instant start = net_.queue.now();
  net_.Send(0, Net::Out(0), 1);
  net_.RunFor(Millis(1));
  net_.Send(0, Net::Out(0), 2);
  net_.Send(0, Net::Out(0), 3);
  net_.RunFor(Seconds(1));
  const auto messages = net_.Of("message");
  ASSERT_EQ(messages.size(), 3u);
  EXPECT_EQ(messages[0].at, start + Net::kLatency);
  const Duration waited = messages[1].at - start;
  EXPECT_GE(waited, Millis(40));
  EXPECT_LE(waited, Millis(48));
  EXPECT_LE(messages[2].at - messages[1].at, Micros(2));  // what was held back leaves at once
}

TEST_F(NagleTest, AnAnswerBringsTheAckAlong) {
  net_.Send(0, Net::Out(0), 1);
  net_.RunFor(Millis(1));
  net_.Send(1, in_, 10);
  net_.Send(0, Net::Out(0), 2);
  const Instant held = net_.queue.now();
  net_.RunFor(Seconds(1));
  const auto messages = net_.Of("message");
  ASSERT_EQ(messages.size(), 3u);
  EXPECT_EQ(messages[2].number, 2u);
  EXPECT_EQ(messages[2].at, held + Net::kLatency * 2);
}

TEST_F(NagleTest, AQuietLinkIsAckedBeforeTheNextWrite) {
  net_.Send(0, Net::Out(0), 1);
  net_.RunFor(Millis(100));
  const Instant start = net_.queue.now();
  net_.Send(0, Net::Out(0), 2);
  net_.RunFor(Seconds(1));
  EXPECT_EQ(net_.Of("message")[1].at, start + Net::kLatency);
}

TEST_F(NagleTest, TheAcceptorsSideNeverWaits) {
  const Instant start = net_.queue.now();
  net_.Send(1, in_, 1);
  net_.Send(1, in_, 2);
  net_.RunFor(Seconds(1));
  const auto messages = net_.Of("message");
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_LE(messages[1].at, start + Net::kLatency + Micros(2));
}

}  // namespace
}  // namespace gossamer::sim
