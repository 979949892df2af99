#include "sim/export/pcap_writer.h"

#include <algorithm>

#include "sim/model/start.h"

namespace gossamer::sim {
namespace {

// Where a kernel takes ports for the connections that it opens.
constexpr uint16_t kFirstPort = 32768;
constexpr uint16_t kLastPort = 60999;
// The part of 10.0.0.0/8 for nodes without an IPv4 address.
constexpr uint32_t kStandIn = 255;

int64_t UnixNanos(Instant at) { return (kWallEpoch.us + at.us) * 1000; }

}  // namespace

PcapWriter::PcapWriter(std::ostream* out, OutputFilter filter, std::string comment,
                       std::string application)
    : file_(out),
      filter_(std::move(filter)),
      comment_(std::move(comment)),
      application_(std::move(application)) {}

void PcapWriter::OnStart(const World& world) {
  file_.Begin(comment_, application_);
  std::vector<uint32_t> owner;  // by place; several: nobody
  constexpr uint32_t kSeveral = 0xffffffff;
  for (uint32_t i = 0; i < world.node_count(); ++i) {
    const NodeInfo& info = world.info(NodeIndex{i});
    listening_.push_back(info.cport);
    const uint32_t place = PlaceOf(i, IpText::From(info.ip));
    if (place == owner.size()) {
      owner.push_back(i);
    } else {
      owner[place] = kSeveral;
    }
  }
  std::sort(listening_.begin(), listening_.end());
  listening_.erase(std::unique(listening_.begin(), listening_.end()), listening_.end());
  std::vector<std::pair<Ipv4, std::string>> names;
  for (size_t place = 0; place < owner.size(); ++place) {
    if (owner[place] == kSeveral) continue;
    names.emplace_back(places_[place].ip, "node-" + std::to_string(owner[place]));
  }
  file_.Names(names);
}

bool PcapWriter::Shows(Instant at, const NetworkPacket& packet) const {
  if (!filter_.Shows(at)) return false;
  if (!filter_.Shows(NodeIndex{packet.opener}) && !filter_.Shows(NodeIndex{packet.acceptor})) {
    return false;
  }
  if (packet.kind != PacketKind::kMessage) return filter_.ShowsBarePackets();
  return !filter_.some_packets() || filter_.Shows(packet.message()->type);
}

uint32_t PcapWriter::PlaceOf(uint32_t node, const IpText& ip) {
  std::optional<Ipv4> parsed = ParseIpv4(ip.view());
  const std::string text(parsed ? ip.view() : NodeIp(node, kStandIn).view());
  const auto [it, added] = place_of_.try_emplace(text, places_.size());
  if (added) {
    if (!parsed) parsed = ParseIpv4(text);
    places_.push_back({*parsed, kFirstPort});
  }
  return it->second;
}

uint16_t PcapWriter::NewPort(Place* place) const {
  uint16_t port = 0;
  do {
    port = place->next_port;
    place->next_port = port == kLastPort ? kFirstPort : static_cast<uint16_t>(port + 1);
  } while (std::binary_search(listening_.begin(), listening_.end(), port));
  return port;
}

PcapWriter::Stream& PcapWriter::StreamOf(const NetworkPacket& packet) {
  const auto [it, added] = streams_.try_emplace(packet.row);
  Stream& stream = it->second;
  const bool syn = packet.kind == PacketKind::kSyn;
  if (!added && stream.link == packet.link && stream.opener == packet.opener &&
      !(syn && stream.begun)) {
    stream.begun = !syn;
    return stream;
  }
  stream = Stream{};
  stream.begun = !syn;
  stream.link = packet.link;
  stream.opener = static_cast<uint16_t>(packet.opener);
  stream.place[0] = PlaceOf(packet.opener, *packet.opener_ip);
  stream.place[1] = PlaceOf(packet.acceptor, *packet.acceptor_ip);
  stream.port[0] = NewPort(&places_[stream.place[0]]);
  stream.port[1] = packet.acceptor_port;
  return stream;
}

void PcapWriter::Build(const Stream& stream, int from, uint8_t flags, uint32_t sequence,
                       uint32_t acknowledged, std::string_view payload) {
  TcpHeader header;
  header.from = {places_[stream.place[from]].ip, stream.port[from]};
  header.to = {places_[stream.place[1 - from]].ip, stream.port[1 - from]};
  header.sequence = sequence;
  header.acknowledged = acknowledged;
  header.flags = flags;
  packet_.clear();
  AppendTcpPacket(header, payload, &packet_);
}

void PcapWriter::OnPacket(Instant at, const NetworkPacket& packet) {
  if (!Shows(at, packet)) return;
  Stream& stream = StreamOf(packet);
  const int from = packet.from_opener ? 0 : 1;
  const uint32_t next = stream.next[from];
  const uint32_t acknowledged = stream.next[1 - from];
  switch (packet.kind) {
    case PacketKind::kSyn:
      Build(stream, from, tcp::kSyn, 0, 0, "");
      under_way_.emplace(at, packet_);
      return;
    case PacketKind::kSynAck:
      Build(stream, from, tcp::kSyn | tcp::kAck, 0, 1, "");
      break;
    case PacketKind::kRefusal:
      Build(stream, from, tcp::kReset | tcp::kAck, 0, 1, "");
      break;
    case PacketKind::kAck:
      Build(stream, from, tcp::kAck, next, acknowledged, "");
      break;
    case PacketKind::kMessage:
      return WriteMessage(at, packet, &stream);
    case PacketKind::kFin:
      Build(stream, from, tcp::kFin | tcp::kAck, next, acknowledged, "");
      ++stream.next[from];
      break;
    case PacketKind::kReset:
      Build(stream, from, tcp::kReset | tcp::kAck, next, acknowledged, "");
      break;
  }
  Write(at, "");
}

void PcapWriter::WriteMessage(Instant at, const NetworkPacket& packet, Stream* stream) {
  bytes_.clear();
  const bool whole = packet.AppendBytes(&bytes_);
  std::string_view comment;
  if (!whole) comment = "changed on the way by a fault";
  if (!packet.taken) comment = "no process takes it: its socket is closed";
  const int from = packet.from_opener ? 0 : 1;
  std::string_view left = bytes_;
  while (!left.empty()) {
    const std::string_view part = left.substr(0, kMaxTcpPayload);
    left.remove_prefix(part.size());
    const uint8_t push = left.empty() ? tcp::kPush : 0;
    Build(*stream, from, tcp::kAck | push, stream->next[from], stream->next[1 - from], part);
    stream->next[from] += static_cast<uint32_t>(part.size());
    Write(at, comment);
  }
}

void PcapWriter::Write(Instant at, std::string_view comment) {
  WriteArrived(at);
  file_.Packet(UnixNanos(at), packet_, comment);
}

void PcapWriter::WriteArrived(Instant at) {
  while (!under_way_.empty() && under_way_.begin()->first <= at) {
    const auto first = under_way_.extract(under_way_.begin());
    file_.Packet(UnixNanos(first.key()), first.mapped(), "");
  }
}

void PcapWriter::OnEnd(Instant at) { WriteArrived(at); }

}  // namespace gossamer::sim
