#include "sim/model/network_tap.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sim/model/network_fixture.h"

namespace gossamer::sim {
namespace {

using Net = NetworkFixture;

class Tap : public NetworkTap {
 public:
  struct Seen {
    PacketKind kind;
    Instant at;
    bool from_opener;
    uint32_t opener;
    uint32_t acceptor;
    bool taken;
    bool whole;
    std::string bytes;
  };
  void OnPacket(Instant at, const NetworkPacket& packet) override {
    Seen one{packet.kind, at, packet.from_opener, packet.opener, packet.acceptor, packet.taken,
             true,        ""};
    EXPECT_EQ(packet.opener_ip->view(), Net::Ip(packet.opener).view());
    EXPECT_EQ(packet.acceptor_ip->view(), Net::Ip(packet.acceptor).view());
    EXPECT_EQ(packet.acceptor_port, 16379);
    if (packet.kind == PacketKind::kMessage) {
      one.whole = packet.AppendBytes(&one.bytes);
      EXPECT_EQ(packet.message()->encoded_length, one.bytes.size());
    }
    seen.push_back(std::move(one));
  }
  std::vector<PacketKind> kinds() const {
    std::vector<PacketKind> out;
    for (const Seen& one : seen) out.push_back(one.kind);
    return out;
  }
  std::vector<Seen> seen;
};

NetworkOptions With(Tap* tap) {
  NetworkOptions options;
  options.tap = tap;
  return options;
}

TEST(NetworkTap, SeesAConnectionFromItsBeginToItsEnd) {
  Tap tap;
  Net net(With(&tap));
  net.Connect(0, Net::Out(0), 1);
  net.Send(0, Net::Out(0), 7);
  net.RunFor(Millis(10));
  net.network->Close(0, Net::Out(0), net.queue.now());
  net.RunFor(Seconds(1));
  using enum PacketKind;
  ASSERT_EQ(tap.kinds(), (std::vector<PacketKind>{kSyn, kSynAck, kAck, kMessage, kFin}));
  for (size_t i = 0; i < tap.seen.size(); ++i) {
    EXPECT_EQ(tap.seen[i].from_opener, i != 1);
    EXPECT_EQ(tap.seen[i].opener, 0u);
    EXPECT_EQ(tap.seen[i].acceptor, 1u);
  }
  EXPECT_EQ(tap.seen[0].at, Instant{} + Net::kLatency);
  EXPECT_EQ(tap.seen[1].at, Instant{} + Net::kLatency * 2);
  std::string bytes;
  Encode(*net.Message(7), net.pool.names(), &bytes);
  EXPECT_EQ(tap.seen[3].bytes, bytes);
  EXPECT_TRUE(tap.seen[3].taken && tap.seen[3].whole);
}

TEST(NetworkTap, SeesARefusal) {
  Tap tap;
  Net net(With(&tap));
  net.network->SetProcess(1, false);
  net.Open(0, Net::Out(0), 1);
  net.RunFor(Seconds(1));
  ASSERT_EQ(tap.kinds(), (std::vector<PacketKind>{PacketKind::kSyn, PacketKind::kRefusal}));
  EXPECT_EQ(tap.seen[0].at, Instant{} + Net::kLatency);
  EXPECT_EQ(tap.seen[1].at, Refusals::NoticedAt(Instant{} + Net::kLatency * 2));
  EXPECT_FALSE(tap.seen[1].from_opener);
}

TEST(NetworkTap, SeesWhatNobodyTakes) {
  Tap tap;
  Net net(With(&tap));
  const LinkId in = net.Connect(0, Net::Out(0), 1);
  tap.seen.clear();
  net.Send(0, Net::Out(0), 7);
  net.network->Close(1, in, net.queue.now());
  net.RunFor(Seconds(1));
  ASSERT_EQ(tap.kinds(), (std::vector<PacketKind>{PacketKind::kFin, PacketKind::kMessage}));
  EXPECT_FALSE(tap.seen[1].taken);
  EXPECT_TRUE(net.Of("message").empty());
}

TEST(NetworkTap, DoesNotSeeWhatNeverArrives) {
  Tap tap;
  Net net(With(&tap));
  net.Connect(0, Net::Out(0), 1);
  tap.seen.clear();
  net.network->LoseHost(1);
  net.Send(0, Net::Out(0), 7);
  net.Open(0, Net::Out(1), 1);
  net.RunFor(Seconds(60));
  EXPECT_TRUE(tap.seen.empty());
}

// Typed and wire: the same bytes, also of what a fault has changed.
TEST(NetworkTap, BytesAreThoseThatArrive) {
  std::vector<std::string> bytes;
  for (const Transport transport : {Transport::kTyped, Transport::kWire}) {
    Tap tap;
    Net net(With(&tap), transport);
    net.Connect(0, Net::Out(0), 1);
    tap.seen.clear();
    LinkFault fault = Net::Block({0}, true, true);
    fault.kind = LinkFault::Kind::kCorrupt;
    fault.ppm = 1'000'000;
    net.network->AddFault(std::move(fault));
    net.Send(0, Net::Out(0), 7);
    net.RunFor(Seconds(1));
    ASSERT_FALSE(tap.seen.empty());
    EXPECT_FALSE(tap.seen[0].whole);
    std::string sent;
    Encode(*net.Message(7), net.pool.names(), &sent);
    EXPECT_NE(tap.seen[0].bytes, sent);
    EXPECT_EQ(tap.seen[0].bytes.size(), sent.size());
    bytes.push_back(tap.seen[0].bytes);
  }
  EXPECT_EQ(bytes[0], bytes[1]);
}

}  // namespace
}  // namespace gossamer::sim
