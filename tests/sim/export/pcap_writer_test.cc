#include "sim/export/pcap_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "core/base/bytes.h"
#include "core/bus/codec.h"
#include "core/bus/message_pool.h"
#include "sim/model/start.h"
#include "tests/sim/model/world_fixture.h"

namespace gossamer::sim {
namespace {

using ::testing::HasSubstr;

// ---- A reader of what is written ----

uint32_t Little32(const char* p) {
  uint32_t value;
  std::memcpy(&value, p, 4);
  return value;
}

struct Block {
  uint32_t type = 0;
  std::string body;
};

struct Frame {
  int64_t ns = 0;  // since kWallEpoch
  std::string from;
  std::string to;
  uint16_t from_port = 0;
  uint16_t to_port = 0;
  uint32_t sequence = 0;
  uint32_t acknowledged = 0;
  uint8_t flags = 0;
  std::string payload;
  std::string comment;
};

std::vector<Block> BlocksOf(const std::string& file) {
  std::vector<Block> blocks;
  size_t at = 0;
  while (at + 12 <= file.size()) {
    const uint32_t length = Little32(&file[at + 4]);
    EXPECT_EQ(length % 4, 0u);
    EXPECT_LE(at + length, file.size());
    if (length < 12 || at + length > file.size()) break;
    EXPECT_EQ(Little32(&file[at + length - 4]), length) << "both lengths agree";
    blocks.push_back({Little32(&file[at]), file.substr(at + 8, length - 12)});
    at += length;
  }
  EXPECT_EQ(at, file.size());
  return blocks;
}

// The value of an option among those from `at` on, or nothing.
std::string OptionOf(const std::string& body, size_t at, uint16_t wanted) {
  while (at + 4 <= body.size()) {
    const auto code = static_cast<uint16_t>(Little32(&body[at]));
    const auto length = static_cast<uint16_t>(Little32(&body[at]) >> 16);
    if (code == wanted) return body.substr(at + 4, length);
    at += 4 + (length + 3u) / 4 * 4;
  }
  return "";
}

// The ones' complement sum of a region that holds its own checksum is all ones.
uint16_t Sum(const std::string& bytes, uint32_t more = 0) {
  uint64_t sum = more;
  for (size_t i = 0; i < bytes.size(); ++i) {
    sum += static_cast<uint64_t>(static_cast<uint8_t>(bytes[i])) << (i % 2 == 0 ? 8 : 0);
  }
  while ((sum >> 16) != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(sum);
}

std::string IpOf(const std::string& bytes) {
  std::string text;
  for (const char c : bytes)
    text += (text.empty() ? "" : ".") + std::to_string(static_cast<uint8_t>(c));
  return text;
}

Frame FrameOf(const std::string& body) {
  Frame frame;
  frame.ns = static_cast<int64_t>((uint64_t{Little32(&body[4])} << 32) | Little32(&body[8])) -
             kWallEpoch.us * 1000;
  const uint32_t size = Little32(&body[12]);
  EXPECT_EQ(Little32(&body[16]), size);
  const std::string packet = body.substr(20, size);
  frame.comment = OptionOf(body, 20 + (size + 3) / 4 * 4, 1);
  const auto* bytes = reinterpret_cast<const uint8_t*>(packet.data());
  EXPECT_EQ(bytes[0], 0x45);
  EXPECT_EQ(LoadBig16(bytes + 2), size);
  EXPECT_EQ(Sum(packet.substr(0, 20)), 0xffff) << "IP checksum";
  EXPECT_EQ(Sum(packet.substr(12, 8) + packet.substr(20), 6 + size - 20), 0xffff) << "TCP checksum";
  frame.from = IpOf(packet.substr(12, 4));
  frame.to = IpOf(packet.substr(16, 4));
  frame.from_port = LoadBig16(bytes + 20);
  frame.to_port = LoadBig16(bytes + 22);
  frame.sequence = LoadBig32(bytes + 24);
  frame.acknowledged = LoadBig32(bytes + 28);
  frame.flags = bytes[33];
  frame.payload = packet.substr(40);
  return frame;
}

std::vector<Frame> FramesOf(const std::string& file) {
  std::vector<Frame> frames;
  for (const Block& block : BlocksOf(file)) {
    if (block.type == 6) frames.push_back(FrameOf(block.body));
  }
  return frames;
}

// ---- Runs ----

struct Captured {
  std::string file;
  RunResult result;
};

Captured Capture(const Scenario& scenario, const OutputFilter& filter = {},
                 Transport transport = Transport::kTyped) {
  std::ostringstream out;
  PcapWriter writer(&out, filter, "a comment", "a program");
  RunOptions options;
  options.transport = transport;
  options.tap = &writer;
  World world(scenario, options, {&writer});
  Captured captured;
  captured.result = world.Run();
  captured.file = out.str();
  return captured;
}

Scenario Killed() {
  Scenario scenario = SixNodes();
  TimelineItem kill = Fault(FaultKind::kKill, Seconds(5), {0});
  kill.length = Seconds(8);
  scenario.timeline = {kill};
  return scenario;
}

// The complete messages in streams, by type; counts of those without a comment.
std::map<MessageType, uint64_t> MessagesIn(const std::vector<Frame>& frames) {
  std::map<MessageType, uint64_t> counts;
  for (const Frame& frame : frames) {
    if (frame.payload.empty() || !frame.comment.empty()) continue;
    EXPECT_EQ(frame.payload.substr(0, 4), "RCmb");
    const auto* bytes = reinterpret_cast<const uint8_t*>(frame.payload.data());
    EXPECT_EQ(LoadBig32(bytes + 4), frame.payload.size());
    ++counts[static_cast<MessageType>(LoadBig16(bytes + 12) & 0x7fff)];
  }
  return counts;
}

TEST(PcapWriterTest, ASectionAnInterfaceAndNamesComeFirst) {
  const std::vector<Block> blocks = BlocksOf(Capture(Killed()).file);
  ASSERT_GT(blocks.size(), 3u);
  EXPECT_EQ(blocks[0].type, 0x0a0d0d0au);
  EXPECT_EQ(Little32(blocks[0].body.data()), 0x1a2b3c4du);
  EXPECT_EQ(OptionOf(blocks[0].body, 16, 1), "a comment");
  EXPECT_EQ(OptionOf(blocks[0].body, 16, 4), "a program");
  EXPECT_EQ(blocks[1].type, 1u);
  EXPECT_EQ(Little32(blocks[1].body.data()) & 0xffff, 101u) << "raw IP";
  EXPECT_EQ(OptionOf(blocks[1].body, 8, 9), std::string(1, '\x09')) << "nanoseconds";
  EXPECT_EQ(blocks[2].type, 4u);
  EXPECT_THAT(blocks[2].body, HasSubstr("node-5"));
  for (size_t i = 3; i < blocks.size(); ++i) EXPECT_EQ(blocks[i].type, 6u);
}

TEST(PcapWriterTest, HoldsEveryDeliveredMessage) {
  const Captured captured = Capture(Killed());
  const std::vector<Frame> frames = FramesOf(captured.file);
  const auto counts = MessagesIn(frames);
  for (size_t i = 0; i < kMessageTypes; ++i) {
    const auto found = counts.find(static_cast<MessageType>(i));
    EXPECT_EQ(found == counts.end() ? 0 : found->second, captured.result.traffic.messages[i])
        << MessageTypeName(static_cast<MessageType>(i));
  }
  EXPECT_GT(counts.at(MessageType::kAuthAck), 0u);
  for (size_t i = 1; i < frames.size(); ++i) EXPECT_GE(frames[i].ns, frames[i - 1].ns);
}

TEST(PcapWriterTest, StreamsHaveNoHoles) {
  using End = std::tuple<std::string, uint16_t, std::string, uint16_t>;
  std::map<End, uint32_t> next;
  size_t handshakes = 0;
  size_t resets = 0;
  for (const Frame& frame : FramesOf(Capture(Killed()).file)) {
    const End end{frame.from, frame.from_port, frame.to, frame.to_port};
    const End other{frame.to, frame.to_port, frame.from, frame.from_port};
    EXPECT_TRUE((frame.from_port == 16379) != (frame.to_port == 16379));
    if ((frame.flags & tcp::kSyn) != 0) {
      handshakes += (frame.flags & tcp::kAck) != 0 ? 1 : 0;
      EXPECT_EQ(frame.sequence, 0u);
      next[end] = 1;
      continue;
    }
    if ((frame.flags & tcp::kReset) != 0) {
      ++resets;
      if (frame.sequence == 0) continue;  // a refusal
    }
    const uint32_t expected = next.emplace(end, 1).first->second;
    EXPECT_EQ(frame.sequence, expected);
    EXPECT_EQ(frame.acknowledged, next.emplace(other, 1).first->second) << "all that has arrived";
    next[end] +=
        static_cast<uint32_t>(frame.payload.size()) + ((frame.flags & tcp::kFin) != 0 ? 1 : 0);
  }
  EXPECT_GT(handshakes, 0u);
  EXPECT_GT(resets, 0u);
}

TEST(PcapWriterTest, IsTheSameInEveryTransportAndChangesNoRun) {
  const Captured typed = Capture(Killed());
  EXPECT_EQ(typed.file, Capture(Killed(), {}, Transport::kWire).file);
  EXPECT_EQ(typed.file, Capture(Killed(), {}, Transport::kShadow).file);
  const Scenario scenario = Killed();
  World world(scenario, {}, {});
  EXPECT_EQ(world.Run().digest, typed.result.digest);
}

TEST(PcapWriterTest, TheFilterHidesNodesTypesAndTimes) {
  OutputFilter nodes;
  nodes.OnlyNodes({4});
  for (const Frame& frame : FramesOf(Capture(Killed(), nodes).file)) {
    EXPECT_TRUE(frame.from == "10.0.0.5" || frame.to == "10.0.0.5");
  }
  OutputFilter votes;
  ASSERT_TRUE(votes.AddType("auth-ack"));
  votes.OnlyWindow(Instant{} + Seconds(5), Instant{} + Seconds(9));
  const std::vector<Frame> frames = FramesOf(Capture(Killed(), votes).file);
  ASSERT_FALSE(frames.empty());
  for (const Frame& frame : frames) {
    EXPECT_EQ(frame.payload.size(), kHeaderBytes);
    EXPECT_EQ(frame.sequence, 1u) << "what is hidden takes no sequence numbers";
    EXPECT_GE(frame.ns, 5'000'000'000);
    EXPECT_LE(frame.ns, 9'000'000'000);
  }
  OutputFilter bare;
  ASSERT_TRUE(bare.AddType("tcp"));
  for (const Frame& frame : FramesOf(Capture(Killed(), bare).file)) EXPECT_EQ(frame.payload, "");
}

// ---- Packets by hand ----

class PcapPacketTest : public testing::Test {
 protected:
  NetworkPacket Packet(PacketKind kind) const {
    NetworkPacket packet;
    packet.kind = kind;
    packet.link = LinkId::Make(false, 3, 1).value;
    packet.opener = 0;
    packet.acceptor = 1;
    packet.opener_ip = &ips_[0];
    packet.acceptor_ip = &ips_[1];
    packet.acceptor_port = 16379;
    return packet;
  }
  std::vector<Frame> frames() const { return FramesOf(out_.str()); }

  IpText ips_[2] = {IpText::From("10.0.0.1"), IpText::From("10.0.0.2")};
  std::ostringstream out_;
  PcapWriter writer_{&out_, {}, "", ""};
};

TEST_F(PcapPacketTest, LongMessagesAreCutIntoSegments) {
  MessagePool pool;
  TransportModel transport(Transport::kTyped, 1, 1, &pool);
  Message* made = pool.MakeLight(MessageType::kPublish);
  std::get<Publish>(made->body).channel = "c";
  std::get<Publish>(made->body).message = std::string(150'001, 'x');
  const MessageRef message = pool.Seal(made);
  NetworkPacket packet = Packet(PacketKind::kMessage);
  packet.carrier = &transport;
  packet.cargo = transport.Wrap(message, 1);
  writer_.OnPacket(Instant{} + Seconds(1), packet);
  transport.Drop(packet.cargo);
  std::string bytes;
  Encode(*message, pool.names(), &bytes);
  std::string joined;
  const std::vector<Frame> all = frames();
  ASSERT_EQ(all.size(), 3u);
  for (const Frame& frame : all) {
    EXPECT_EQ(frame.sequence, 1 + joined.size());
    EXPECT_LE(frame.payload.size() + 40, 65535u);
    joined += frame.payload;
  }
  EXPECT_EQ(joined, bytes);
  EXPECT_EQ(all[0].flags & tcp::kPush, 0);
  EXPECT_NE(all[2].flags & tcp::kPush, 0);
}

TEST_F(PcapPacketTest, ASynStandsWhereItArrives) {
  writer_.OnPacket(Instant{} + Millis(9), Packet(PacketKind::kSyn));
  NetworkPacket other = Packet(PacketKind::kAck);
  other.row = 1;
  writer_.OnPacket(Instant{} + Millis(5), other);
  writer_.OnPacket(Instant{} + Millis(20), other);
  const std::vector<Frame> all = frames();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].ns, 5'000'000);
  EXPECT_EQ(all[1].ns, 9'000'000);
  EXPECT_EQ(all[1].flags, tcp::kSyn);
}

TEST_F(PcapPacketTest, ASynSentAgainIsTheSameStreamAndALaterOneIsNot) {
  for (const int ms : {1, 2}) writer_.OnPacket(Instant{} + Millis(ms), Packet(PacketKind::kSyn));
  NetworkPacket answer = Packet(PacketKind::kRefusal);
  answer.from_opener = false;
  writer_.OnPacket(Instant{} + Millis(3), answer);
  writer_.OnPacket(Instant{} + Millis(4), Packet(PacketKind::kSyn));
  writer_.OnEnd(Instant{} + Millis(5));
  const std::vector<Frame> all = frames();
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].from_port, all[1].from_port);
  EXPECT_EQ(all[0].from_port, all[2].to_port);
  EXPECT_NE(all[0].from_port, all[3].from_port);
}

TEST_F(PcapPacketTest, AddressesThatAreNoIpv4HaveAStandIn) {
  ips_[0] = IpText::From("::1");
  ips_[1] = IpText::From("a.host.example");
  writer_.OnPacket(Instant{}, Packet(PacketKind::kAck));
  EXPECT_EQ(frames().at(0).from, "10.255.0.1");
  EXPECT_EQ(frames().at(0).to, "10.255.0.2");
}

TEST(ParseIpv4Test, TakesFourNumbers) {
  EXPECT_EQ(ParseIpv4("10.0.3.255"), (Ipv4{10, 0, 3, 255}));
  for (const char* text : {"", "10.0.0", "10.0.0.256", "::1", "::ffff:1.2.3.4", "host"}) {
    EXPECT_FALSE(ParseIpv4(text)) << text;
  }
}

}  // namespace
}  // namespace gossamer::sim
