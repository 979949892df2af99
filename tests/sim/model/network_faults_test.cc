#include <gtest/gtest.h>

#include "sim/model/network.h"
#include "tests/sim/model/network_fixture.h"

namespace gossamer::sim {
namespace {

using Net = NetworkFixture;

uint64_t Code(LinkError error) { return static_cast<uint64_t>(error); }

TEST(NetworkFaults, AStalledStreamGoesOnAtTheNextRetransmission) {
  Net net;
  net.Connect(0, Net::Out(0), 1);
  const Instant start = net.queue.now();
  const uint32_t fault = net.network->AddFault(Net::Block({0}, true, true));
  net.Send(0, Net::Out(0), 1);
  net.RunFor(Millis(10));
  net.Send(0, Net::Out(0), 2);
  net.RunTo(start + Millis(700));
  net.network->RemoveFault(fault);
  net.RunFor(Seconds(10));
  const auto messages = net.Of("message");
  ASSERT_EQ(messages.size(), 2u);
  // Retransmissions at 200, 600, 1400 ms.
  EXPECT_EQ(messages[0].at, start + Millis(1400) + Net::kLatency);
  EXPECT_EQ(messages[1].number, 2u);
}

TEST(NetworkFaults, OneWayLossOfAnswersLetsTheFirstPacketsThrough) {
  Net net;
  net.Connect(0, Net::Out(0), 1);
  const Instant start = net.queue.now();
  const uint32_t fault =
      net.network->AddFault(Net::Block({1}, true, false));  // 1 -> others is lost
  net.Send(0, Net::Out(0), 1);
  net.RunTo(start + Millis(100));
  net.Send(0, Net::Out(0), 2);
  net.RunTo(start + Millis(300));
  net.Send(0, Net::Out(0),
           3);  // the timeout has passed without an acknowledgement: the window is shut
  net.RunTo(start + Seconds(1));
  EXPECT_EQ(net.Of("message").size(), 2u);
  net.network->RemoveFault(fault);
  net.RunFor(Seconds(5));
  const auto messages = net.Of("message");
  ASSERT_EQ(messages.size(), 3u);
  EXPECT_EQ(messages[2].at, start + Millis(1400) + Net::kLatency);
}

TEST(NetworkFaults, TheOtherWayStalls) {
  Net net;
  const LinkId in = net.Connect(0, Net::Out(0), 1);
  net.network->AddFault(Net::Block({1}, true, false));
  net.Send(1, in, 1);
  net.RunFor(Seconds(5));
  EXPECT_TRUE(net.Of("message").empty());
}

TEST(NetworkFaults, OtherPathsAreUntouched) {
  Net net;
  net.Connect(2, Net::Out(0), 3);
  net.network->AddFault(Net::Block({0}, true, true));
  const Instant start = net.queue.now();
  net.Send(2, Net::Out(0), 1);
  net.RunFor(Seconds(1));
  ASSERT_EQ(net.Of("message").size(), 1u);
  EXPECT_EQ(net.Of("message")[0].at, start + Net::kLatency);
}

TEST(NetworkFaults, FaultsOnOneLinkAddUp) {
  Net net;
  net.Connect(0, Net::Out(0), 1);
  for (const int64_t ms : {5, 7}) {
    LinkFault delay = Net::Block({0}, true, true);
    delay.kind = LinkFault::Kind::kDelay;
    delay.latency = Quantiles({{0, Millis(ms)}});
    net.network->AddFault(delay);
  }
  const Instant start = net.queue.now();
  net.Send(0, Net::Out(0), 1);
  net.RunFor(Seconds(1));
  EXPECT_EQ(net.Of("message")[0].at, start + Net::kLatency + Millis(12));
}

TEST(NetworkFaults, ADeadProcessResetsItsConnections) {
  Net net;
  net.Connect(0, Net::Out(0), 1);
  net.Connect(1, Net::Out(0), 2);
  const Instant start = net.queue.now();
  net.Send(1, Net::Out(0), 5);
  net.network->CloseAll(1);
  net.RunFor(Seconds(1));
  // What it sent before arrives first.
  ASSERT_EQ(net.Of("message").size(), 1u);
  const auto downs = net.Of("down");
  ASSERT_EQ(downs.size(), 2u);
  for (const Arrived& down : downs) {
    EXPECT_NE(down.node, 1u);
    EXPECT_EQ(down.number, Code(LinkError::kReset));
    EXPECT_LE(down.at, start + Net::kLatency + Micros(2));
  }
  EXPECT_EQ(net.network->connections().in_use(), 0u);
}

// Sockets are closed one after the other, the listener last: who has lost its connection and comes
// back before that is taken in by a dead process, and reset with the listener.
TEST(NetworkFaults, ADeadProcessListensUntilItsConnectionsAreClosed) {
  Net net;
  net.Connect(0, Net::Out(0), 1);
  net.Connect(1, Net::Out(0), 2);
  net.Connect(3, Net::Out(0), 1);
  const Instant died = net.queue.now();
  net.network->CloseAll(1, 10'000'000);
  net.RunFor(Millis(15));
  ASSERT_EQ(net.Of("down").size(), 1u);
  EXPECT_EQ(net.Of("down")[0].at, died + Millis(10) + Net::kLatency);
  net.Open(0, Net::Out(1), 1);
  net.RunFor(Millis(1));
  ASSERT_EQ(net.Of("up").size(), 1u);
  net.Send(0, Net::Out(1), 1);
  net.RunFor(Seconds(1));
  const auto downs = net.Of("down");
  ASSERT_EQ(downs.size(), 4u);
  EXPECT_EQ(downs[1].at, died + Millis(20) + Net::kLatency);
  for (const size_t i : {2, 3}) {
    EXPECT_EQ(downs[i].at, died + Millis(30) + Net::kLatency);
    EXPECT_EQ(downs[i].number, Code(LinkError::kReset));
  }
  EXPECT_TRUE(net.Of("message").empty());
  net.Open(0, Net::Out(2), 1);
  net.RunFor(Seconds(1));
  EXPECT_EQ(net.Of("down").back().number, Code(LinkError::kRefused));
  EXPECT_EQ(net.network->connections().in_use(), 0u);
}

TEST(NetworkFaults, ADeadProcessListensNoMoreOnceItsHostIsLost) {
  Net net;
  net.Connect(0, Net::Out(0), 1);
  net.network->CloseAll(1, 1'000'000'000);
  net.network->LoseHost(1);
  net.network->SetHostUp(1);
  net.Open(0, Net::Out(1), 1);
  net.RunFor(Millis(100));
  ASSERT_EQ(net.Of("down").size(), 1u);
  EXPECT_EQ(net.Of("down")[0].number, Code(LinkError::kRefused));
}

TEST(NetworkFaults, ALostHostTellsNobodyUntilItIsBack) {
  Net net;
  net.Connect(0, Net::Out(0), 1);
  net.network->LoseHost(1);
  net.Send(0, Net::Out(0), 1);
  net.RunFor(Seconds(5));
  EXPECT_TRUE(net.sink.arrived.empty());
  net.network->SetHostUp(1);
  net.network->SetProcess(1, true);
  net.RunFor(Seconds(10));
  // The new kernel answers the next retransmission: it knows no such connection.
  ASSERT_EQ(net.sink.arrived.size(), 1u);
  EXPECT_EQ(net.sink.arrived[0].what, "down");
  EXPECT_EQ(net.sink.arrived[0].number, Code(LinkError::kReset));
}

TEST(NetworkFaults, AnIdleConnectionToARebootedHostIsHalfOpen) {
  Net net;
  net.Connect(0, Net::Out(0), 1);
  net.network->LoseHost(1);
  net.RunFor(Seconds(5));
  net.network->SetHostUp(1);
  net.network->SetProcess(1, true);
  net.RunFor(Seconds(60));
  EXPECT_TRUE(net.sink.arrived.empty());
  const Instant start = net.queue.now();
  net.Send(0, Net::Out(0), 1);
  net.RunFor(Seconds(1));
  ASSERT_EQ(net.Of("down").size(), 1u);
  EXPECT_EQ(net.Of("down")[0].at, start + Net::kLatency * 2);
}

TEST(NetworkFaults, RetransmissionsGiveUpAfterAQuarterOfAnHour) {
  Net net;
  net.Connect(0, Net::Out(0), 1);
  net.network->LoseHost(1);
  net.Send(0, Net::Out(0), 1);
  net.RunFor(Seconds(800));
  EXPECT_TRUE(net.sink.arrived.empty());
  net.RunFor(Seconds(300));
  ASSERT_EQ(net.sink.arrived.size(), 1u);
  EXPECT_EQ(net.sink.arrived[0].number, Code(LinkError::kTimedOut));
}

TEST(NetworkFaults, KeepaliveFindsALostOpener) {
  NetworkOptions options;
  options.keepalive = Seconds(60);
  Net net(options);
  net.Connect(0, Net::Out(0), 1);
  const Instant start = net.queue.now();
  net.network->LoseHost(0);
  net.RunFor(Seconds(100));
  ASSERT_EQ(net.sink.arrived.size(), 1u);
  EXPECT_EQ(net.sink.arrived[0].node, 1u);
  EXPECT_EQ(net.sink.arrived[0].at, start + Seconds(60));
}

TEST(NetworkFaults, AnOrderlyCloseComesAfterTheData) {
  Net net;
  net.Connect(0, Net::Out(0), 1);
  net.Send(0, Net::Out(0), 1);
  net.network->Close(0, Net::Out(0), net.queue.now());
  net.Send(0, Net::Out(0), 2);  // the link is gone: dropped
  net.RunFor(Seconds(1));
  ASSERT_EQ(net.sink.arrived.size(), 2u);
  EXPECT_EQ(net.sink.arrived[0].what, "message");
  EXPECT_EQ(net.sink.arrived[1].what, "down");
  EXPECT_EQ(net.sink.arrived[1].number, Code(LinkError::kClosed));
  EXPECT_EQ(net.network->connections().in_use(), 0u);
}

TEST(NetworkFaults, ACloseOverABlockedPathIsToldAfterTheHeal) {
  Net net;
  net.Connect(0, Net::Out(0), 1);
  const uint32_t fault = net.network->AddFault(Net::Block({0}, true, true));
  net.Send(0, Net::Out(0), 1);
  net.network->Close(0, Net::Out(0), net.queue.now());
  net.RunFor(Seconds(2));
  EXPECT_TRUE(net.sink.arrived.empty());
  net.network->RemoveFault(fault);
  net.RunFor(Seconds(10));
  ASSERT_EQ(net.sink.arrived.size(), 2u);
  EXPECT_EQ(net.sink.arrived[0].what, "message");
  EXPECT_EQ(net.sink.arrived[1].what, "down");
}

TEST(NetworkFaults, ResetsReachBothEnds) {
  Net net;
  net.Connect(0, Net::Out(0), 1);
  net.Connect(1, Net::Out(0), 0);
  net.Connect(0, Net::Out(1), 2);
  net.network->ResetConnections(0, [](uint32_t other) { return other == 1; });
  net.RunFor(Seconds(1));
  EXPECT_EQ(net.Of("down").size(), 4u);
  net.Send(0, Net::Out(1), 1);
  net.RunFor(Seconds(1));
  EXPECT_EQ(net.Of("message").size(), 1u);
}

TEST(NetworkFaults, ABlackholeSwallowsWhatIsOpenOnly) {
  Net net;
  net.Connect(0, Net::Out(0), 1);
  const uint32_t blackhole = net.network->Blackhole(Net::Block({0}, true, true));
  net.Send(0, Net::Out(0), 1);
  net.RunFor(Seconds(5));
  EXPECT_TRUE(net.sink.arrived.empty());
  net.Connect(0, Net::Out(1), 1);
  net.Send(0, Net::Out(1), 2);
  net.RunFor(Seconds(1));
  ASSERT_EQ(net.Of("message").size(), 1u);
  EXPECT_EQ(net.Of("message")[0].number, 2u);
  net.network->EndBlackhole(blackhole);
  net.RunFor(Seconds(30));
  EXPECT_EQ(net.Of("message").size(), 2u);
}

TEST(NetworkFaults, ABlackholeEndsAlone) {
  Net net;
  net.Connect(0, Net::Out(0), 1);
  const uint32_t longer = net.network->Blackhole(Net::Block({0}, true, true));
  const uint32_t shorter = net.network->Blackhole(Net::Block({1}, true, true));
  net.network->EndBlackhole(shorter);
  net.Send(0, Net::Out(0), 1);
  net.RunFor(Seconds(5));
  EXPECT_TRUE(net.sink.arrived.empty());
  net.network->EndBlackhole(longer);
  net.RunFor(Seconds(30));
  EXPECT_EQ(net.Of("message").size(), 1u);
}

TEST(NetworkFaults, ALongQueueIsReported) {
  Net net;
  net.Connect(0, Net::Out(0), 1);
  net.network->AddFault(Net::Block({0}, true, true));
  const uint64_t fit = Network::kKernelBytes / 2256;
  for (uint64_t i = 0; i < fit; ++i) net.Send(0, Net::Out(0), i);
  EXPECT_TRUE(net.Of("queue").empty());
  for (uint64_t i = 0; i < 10; ++i) net.Send(0, Net::Out(0), i);
  ASSERT_EQ(net.Of("queue").size(), 10u);
  EXPECT_EQ(net.Of("queue")[9].number, (fit + 10) * 2256 - Network::kKernelBytes);
}

TEST(NetworkFaults, CorruptionIsSeenByTheCodecInEveryTransport) {
  std::vector<size_t> counts;
  for (const Transport transport : {Transport::kTyped, Transport::kWire, Transport::kShadow}) {
    Net net(NetworkOptions(), transport);
    net.Connect(0, Net::Out(0), 1);
    LinkFault corrupt = Net::Block({0}, true, true);
    corrupt.kind = LinkFault::Kind::kCorrupt;
    corrupt.ppm = 1'000'000;
    net.network->AddFault(corrupt);
    for (uint64_t i = 0; i < 500; ++i) net.Send(0, Net::Out(0), 0);
    net.RunFor(Seconds(1));
    counts.push_back(net.Of("bad-frame").size());
    EXPECT_EQ(net.Of("bad-frame").size() + net.Of("message").size(), 500u);
    EXPECT_EQ(net.transport_model.mismatches(), 0u);
  }
  EXPECT_GT(counts[0], 0u);
  EXPECT_EQ(counts[0], counts[1]);
  EXPECT_EQ(counts[0], counts[2]);
}

TEST(NetworkFaults, DuplicatesArriveTwice) {
  Net net;
  net.Connect(0, Net::Out(0), 1);
  LinkFault twice = Net::Block({0}, true, true);
  twice.kind = LinkFault::Kind::kDuplicate;
  twice.ppm = 1'000'000;
  net.network->AddFault(twice);
  net.Send(0, Net::Out(0), 1);
  net.RunFor(Seconds(1));
  EXPECT_EQ(net.Of("message").size(), 2u);
}

// Rows, slots and marks are used again for years.
TEST(NetworkFaults, ManyConnectionsInTurnNeedOneRow) {
  Net net;
  for (uint32_t i = 1; i < 200; ++i) {
    const LinkId out = Net::Out(0, i);
    const LinkId in = net.Connect(0, out, 1);
    EXPECT_EQ(in.slot(), 0u);
    net.Send(0, out, i);
    net.network->Close(1, in, net.queue.now());
    net.RunFor(Seconds(60));
  }
  EXPECT_LE(net.network->connections().row_count(), 2u);
}

}  // namespace
}  // namespace gossamer::sim
