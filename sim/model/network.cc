#include "sim/model/network.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/base/rng.h"
#include "sim/engine/draw.h"
#include "sim/model/kinds.h"

namespace gossamer::sim {
namespace {

constexpr uint8_t kEndBit = 1;
constexpr uint8_t kAcksBit = 2;
constexpr uint8_t kResetBit = 4;
// Marks hold 32 bits of an instant; old ones are moved along before they could look new.
constexpr Duration kSweepEvery = Seconds(540);
constexpr Duration kOldMark = Seconds(10);
// Nothing is under way for longer, whatever delays add up to.
constexpr Duration kLongestWay = Seconds(1800);

int64_t NanosFor(uint64_t bytes, uint64_t bytes_per_s) {
  return static_cast<int64_t>(bytes * 1'000'000'000 / bytes_per_s);
}

// Nothing arrives before its last byte.
Duration RoundedUp(int64_t ns) { return Micros((ns + 999) / 1000); }

}  // namespace

Network::Network(const NetworkOptions& options, EventQueue* queue, TransportModel* transport,
                 NetworkSink* sink)
    : options_(options),
      queue_(queue),
      transport_(transport),
      sink_(sink),
      table_(options.nodes),
      refusals_(options.nodes),
      host_up_(options.nodes, 1),
      process_up_(options.nodes, 0),
      listens_until_(options.nodes),
      nodelay_(options.nodes, 1),
      address_(options.nodes),
      sending_until_ns_(options.nodes) {
  if (options_.zone.empty()) options_.zone.resize(options.nodes);
  queue_->Add(queue_->now() + kSweepEvery, kWorldActor, kWorldActor, {.kind = kind::kSweep});
}

Network::~Network() = default;

uint64_t Network::AddressHash(const IpText& ip, uint16_t cport) {
  return HashBytes(ip.bytes.data(), IpText::kBytes, cport);
}

void Network::SetAddress(uint32_t node, const IpText& ip, uint16_t cport) {
  by_address_.erase(AddressHash(address_[node].ip, address_[node].cport));
  address_[node] = {ip, cport};
  by_address_[AddressHash(ip, cport)] = node;
}

// Who listens at the address, or kNobody.
uint32_t Network::NodeAt(const Endpoint& endpoint) const {
  const auto it = by_address_.find(AddressHash(endpoint.ip, endpoint.cport));
  if (it == by_address_.end()) return kNobody;
  const Address& known = address_[it->second];
  return known.ip == endpoint.ip && known.cport == endpoint.cport ? it->second : kNobody;
}

uint32_t Network::PeerOf(uint32_t node, LinkId link) const {
  const uint32_t index = table_.Find(node, link);
  return index == ConnectionTable::kNone ? kNobody : table_[index].node[link.inbound() ? 0 : 1];
}

// ---- Time on the path ----

uint64_t Network::FirstDraw(uint32_t opener, uint32_t acceptor, Instant leave) const {
  const uint64_t who = (uint64_t{opener} << 16) | acceptor | (uint64_t{1} << 40);
  return DrawAt(options_.seed, who, static_cast<uint64_t>(leave.us));
}

uint64_t Network::NextDraw(uint32_t index, int end, Instant leave) {
  Connection& row = table_[index];
  const uint64_t number = ++row.number[end];
  const uint64_t who = (uint64_t{row.node[0]} << 16) | row.node[1] |
                       (static_cast<uint64_t>(end) << 32) | (number << 40);
  return DrawAt(options_.seed, who, static_cast<uint64_t>(leave.us));
}

Duration Network::Latency(uint32_t from, uint32_t to, uint64_t bits) const {
  const bool near = to == kNobody || options_.zone[from] == options_.zone[to];
  return (near ? options_.latency : options_.between_zones).At(static_cast<uint32_t>(bits));
}

// Each loss costs the retransmission timeout, which doubles.
Duration Network::LossDelay(uint32_t ppm, uint64_t bits) const {
  Duration delay;
  for (int k = 0; k < kMostLosses; ++k) {
    bits = Mix64(bits + 1);
    if (Scale(static_cast<uint32_t>(bits >> 32), 1'000'000) >= ppm) break;
    delay += kFirstTimeout * (int64_t{1} << std::min(k, 9));
  }
  return delay;
}

Instant Network::MarkOf(const Connection& row, int end) const {
  const auto ahead = static_cast<int32_t>(row.mark[end] - static_cast<uint32_t>(queue_->now().us));
  return queue_->now() + Duration{ahead};
}

Instant Network::LastByteLeaves(uint32_t node, uint64_t bytes, Instant leave) {
  int64_t& until_ns = sending_until_ns_[node];
  until_ns = std::max(until_ns, leave.us * 1000) + NanosFor(bytes, options_.bytes_per_s);
  return Instant{} + RoundedUp(until_ns);
}

Instant Network::Arrival(uint32_t index, int end, uint64_t bytes, Instant leave, uint64_t bits,
                         const PathEffect& effect) {
  Connection& row = table_[index];
  const uint32_t from = row.node[end];
  const uint32_t to = row.node[1 - end];
  if (options_.bytes_per_s != 0) leave = LastByteLeaves(from, bytes, leave);
  Instant at = leave + Latency(from, to, bits) + effect.delay + effect.burst_delay;
  const uint32_t loss = std::min<uint32_t>(1'000'000, options_.loss_ppm + effect.loss_ppm);
  if (loss != 0) at = at + LossDelay(loss, bits);
  const Instant last = MarkOf(row, end);
  if (effect.bytes_per_s != 0) {
    at = std::max(at, last) + RoundedUp(NanosFor(bytes, effect.bytes_per_s));
  }
  at = std::max(std::min(at, queue_->now() + kLongestWay), last + Micros(1));
  row.mark[end] = static_cast<uint32_t>(at.us);
  return at;
}

void Network::Push(uint8_t kind, uint32_t index, int end, Instant at, uint64_t data, uint8_t flags,
                   uint16_t extra) {
  const Connection& row = table_[index];
  uint32_t from = row.node[end];
  uint32_t to = row.node[1 - end];
  if (from == kNobody) from = to;
  if (to == kNobody) to = from;
  queue_->Add(at, to, from,
              {.data = data,
               .index = index,
               .kind = kind,
               .flags = static_cast<uint8_t>(flags | end),
               .extra = extra});
}

// ---- The tap ----

void Network::Show(PacketKind kind, uint32_t index, int end, Instant at) {
  options_.tap->OnPacket(at, PacketOf(kind, index, end));
}

void Network::ShowMessage(const TimedEvent& event, bool taken) {
  NetworkPacket packet = PacketOf(PacketKind::kMessage, event.index, event.flags & kEndBit);
  packet.carrier = transport_;
  packet.cargo = event.data;
  packet.taken = taken;
  options_.tap->OnPacket(queue_->now(), packet);
}

NetworkPacket Network::PacketOf(PacketKind kind, uint32_t index, int end) const {
  const Connection& row = table_[index];
  NetworkPacket packet;
  packet.kind = kind;
  packet.from_opener = end == 0;
  packet.row = index;
  packet.link = row.link[0];
  packet.opener = row.node[0];
  packet.acceptor = row.node[1];
  packet.opener_ip = &address_[row.node[0]].ip;
  packet.acceptor_ip = &address_[row.node[1]].ip;
  packet.acceptor_port = address_[row.node[1]].cport;
  return packet;
}

// A connect that is refused has no row; what stands for it is not used by any row.
NetworkPacket Network::PacketOf(PacketKind kind, uint32_t node, const Refusal& refusal) const {
  NetworkPacket packet;
  packet.kind = kind;
  packet.from_opener = kind == PacketKind::kSyn;
  packet.row = (uint32_t{1} << 31) | (node << 17) | refusal.link.slot();
  packet.link = refusal.link.value;
  packet.opener = node;
  packet.acceptor = refusal.peer;
  packet.opener_ip = &address_[node].ip;
  packet.acceptor_ip = &address_[refusal.peer].ip;
  packet.acceptor_port = address_[refusal.peer].cport;
  return packet;
}

// ---- Sending ----

void Network::Send(uint32_t node, LinkId link, const MessageRef& message, Instant leave) {
  const uint32_t index = table_.Find(node, link);
  if (index == ConnectionTable::kNone) return;
  const int end = link.inbound() ? 1 : 0;
  const auto special = static_cast<uint16_t>(conn::HasBacklog(end) |
                                             (end == 0 ? conn::kConnecting | conn::kNagle : 0));
  if (table_[index].Has(special)) {
    SendHeldBack(index, end, message, leave);
  } else {
    Transmit(index, end, message, leave);
  }
}

// The rare ways: still connecting, something queued already, or Nagle's algorithm.
void Network::SendHeldBack(uint32_t index, int end, const MessageRef& message, Instant leave) {
  Connection& row = table_[index];
  if (row.Has(conn::HasBacklog(end))) {
    Backlog& backlog = backlogs_.Get(index, end);
    if (backlog.why == Backlog::Why::kStalled && backlog.window_open &&
        leave < backlog.since + kFirstTimeout && Passes(row.node[end], row.node[1 - end])) {
      Deliver(index, end, message, leave);
    } else {
      Append(index, end, &backlog, message);
    }
    return;
  }
  if (row.Has(conn::kConnecting)) {
    row.Set(conn::HasBacklog(end));
    Append(index, end, &backlogs_.Add(index, end, Backlog::Why::kConnecting), message);
    return;
  }
  if (row.Has(conn::kUnacked)) {
    const Instant acked = AckTime(index);
    if (acked > leave) {
      row.Set(conn::HasBacklog(end));
      Backlog& backlog = backlogs_.Add(index, end, Backlog::Why::kNagle);
      backlog.timer = backlogs_.NewTimer();
      queue_->Add(acked, row.node[0], row.node[1],
                  {.data = backlog.timer, .index = index, .kind = kind::kAck});
      Append(index, end, &backlog, message);
      return;
    }
  }
  row.Set(conn::kUnacked);
  Transmit(index, end, message, leave);
}

void Network::Append(uint32_t index, int end, Backlog* backlog, const MessageRef& message) {
  backlog->messages.push_back(message);
  backlog->bytes += message->encoded_length;
  const Connection& row = table_[index];
  if (backlog->bytes > kKernelBytes && row.Has(conn::Holds(end))) {
    sink_->OnQueue(row.node[end], LinkId{row.link[end]}, backlog->bytes - kKernelBytes);
  }
}

void Network::Transmit(uint32_t index, int end, const MessageRef& message, Instant leave) {
  const Connection& row = table_[index];
  const uint32_t from = row.node[end];
  const uint32_t to = row.node[1 - end];
  if (!Passes(from, to) || row.Has(conn::kBlocked0 | conn::kBlocked1) ||
      (faults_.any() && faults_.Blocked(to, from))) {
    Stall(index, end, message, leave);
  } else {
    Deliver(index, end, message, leave);
  }
}

void Network::Deliver(uint32_t index, int end, const MessageRef& message, Instant leave) {
  const uint64_t bits = NextDraw(index, end, leave);
  Connection& row = table_[index];
  uint8_t flags = 0;
  // What the acceptor sends acknowledges all that has arrived there by then.
  if (end == 1 && row.Has(conn::kUnacked) && MarkOf(row, 0) <= leave) flags |= kAcksBit;
  PathEffect effect;
  if (faults_.any()) {
    effect = faults_.On({row.node[end], row.node[1 - end], message->encoded_length, leave, bits});
  }
  const Instant at = Arrival(index, end, message->encoded_length, leave, bits, effect);
  const uint64_t more = Mix64(bits ^ 0x5851f42d4c957f2du);
  const bool corrupt = Scale(static_cast<uint32_t>(more), 1'000'000) < effect.corrupt_ppm;
  Push(kind::kMessage, index, end, at,
       corrupt ? transport_->WrapCorrupted(message, bits) : transport_->Wrap(message, bits), flags);
  if (effect.duplicate_ppm != 0 &&
      Scale(static_cast<uint32_t>(more >> 32), 1'000'000) < effect.duplicate_ppm) {
    const Instant again = Arrival(index, end, message->encoded_length, leave, bits, effect);
    Push(kind::kMessage, index, end, again, transport_->Wrap(message, bits), flags);
  }
}

void Network::SendFin(uint32_t index, int end, bool reset, Instant leave) {
  const Connection& row = table_[index];
  if (row.Has(conn::HasBacklog(end))) {
    Backlog& backlog = backlogs_.Get(index, end);
    backlog.fin = true;
    backlog.fin_is_reset = reset;
    return;
  }
  const uint32_t to = row.node[1 - end];
  if (!Reachable(row.node[end], to) || row.Has(conn::kBlocked0 | conn::kBlocked1)) {
    Stall(index, end, nullptr, leave);
    Backlog& backlog = backlogs_.Get(index, end);
    backlog.fin = true;
    backlog.fin_is_reset = reset;
    return;
  }
  const uint64_t bits = NextDraw(index, end, leave);
  PathEffect effect;
  if (faults_.any()) effect = faults_.On({row.node[end], to, 0, leave, bits});
  const Instant at = Arrival(index, end, 0, leave, bits, effect);
  Push(kind::kFin, index, end, at, 0, reset ? kResetBit : 0);
}

void Network::Close(uint32_t node, LinkId link, Instant leave) {
  const uint32_t index = table_.Find(node, link);
  if (index == ConnectionTable::kNone) return;
  const int end = link.inbound() ? 1 : 0;
  if (table_[index].Has(conn::kConnecting)) {
    DropBacklog(index, end);
    table_.Unbind(index, end);
  } else {
    SendFin(index, end, false, leave);
    table_.Unbind(index, end);
  }
  ReapIfDone(index);
}

void Network::CloseAll(uint32_t node, int64_t nanos_each) {
  process_up_[node] = 0;
  refusals_.Drop(node);
  const Instant died = queue_->now();
  std::vector<std::pair<uint32_t, int>> sockets;
  table_.ForEachOf(node, [&](uint32_t index, int end) { sockets.emplace_back(index, end); });
  if (nanos_each > 0) {
    Rng rng(options_.seed, "close", static_cast<uint64_t>(died.us) << 16 | node);
    rng.Shuffle(&sockets);
  }
  int64_t nanos = 0;
  for (const auto& [index, end] : sockets) {
    nanos += nanos_each;
    if (table_[index].Has(conn::kConnecting)) {
      DropBacklog(index, end);
    } else {
      SendFin(index, end, true, died + Micros(nanos / 1000));
    }
    table_.Unbind(index, end);
    ReapIfDone(index);
  }
  listens_until_[node] = died + Micros(nanos / 1000);
}

void Network::LoseHost(uint32_t node) {
  process_up_[node] = 0;
  host_up_[node] = 0;
  listens_until_[node] = {};
  refusals_.Drop(node);
  table_.ForEachOf(node, [this](uint32_t index, int end) {
    DropBacklog(index, end);
    table_.Unbind(index, end);
    const Connection& row = table_[index];
    if (end == 0 && row.Has(conn::kAcceptorHolds) && options_.keepalive > Duration{}) {
      queue_->Add(queue_->now() + options_.keepalive, row.node[1], row.node[1],
                  {.data = row.link[1], .index = index, .kind = kind::kKeepalive});
    }
    ReapIfDone(index);
  });
}

// ---- Arriving ----

void Network::MessageArrives(const TimedEvent& event) {
  const int end = event.flags & kEndBit;
  const int to = 1 - end;
  Connection& row = table_[event.index];
  if (host_up_[row.node[to]] == 0) {
    // Lost with the host: the sender's kernel will send it again.
    const MessageRef message = transport_->Original(event.data);
    transport_->Drop(event.data);
    if (!row.Has(conn::Holds(end))) return;
    if (!row.Has(conn::HasBacklog(end))) {
      Stall(event.index, end, message, queue_->now());
    } else {
      Append(event.index, end, &backlogs_.Get(event.index, end), message);
    }
    return;
  }
  const bool taken = row.Has(conn::Holds(to));
  if (options_.tap != nullptr) ShowMessage(event, taken);
  if (!taken) {
    transport_->Drop(event.data);
    // The kernel of a process that has died still holds the socket, and resets it in its turn.
    if (queue_->now() < listens_until_[row.node[to]]) return;
    AnswerReset(event.index, to, queue_->now());
    return;
  }
  const uint32_t node = row.node[to];
  const uint32_t from = row.node[end];
  const LinkId link{row.link[to]};
  if ((event.flags & kAcksBit) != 0) OnAck(event.index);
  TransportModel::Arrival arrival = transport_->Receive(event.data);
  if (arrival.message) {
    sink_->OnMessage(node, link, from, std::move(arrival.message));
  } else {
    sink_->OnBadFrame(node, link, arrival.error);
  }
}

void Network::AnswerReset(uint32_t index, int to, Instant leave) {
  Connection& row = table_[index];
  if (!row.Has(conn::Holds(1 - to)) || !Passes(row.node[to], row.node[1 - to])) return;
  const Instant at = Arrival(index, to, 0, leave, NextDraw(index, to, leave), {});
  Push(kind::kReset, index, to, at);
}

void Network::FinArrives(const TimedEvent& event) {
  const int to = 1 - (event.flags & kEndBit);
  const Connection& row = table_[event.index];
  if (host_up_[row.node[to]] == 0) return;
  const bool reset = event.kind == kind::kReset || (event.flags & kResetBit) != 0;
  if (options_.tap != nullptr) {
    Show(reset ? PacketKind::kReset : PacketKind::kFin, event.index, 1 - to, queue_->now());
  }
  if (!row.Has(conn::Holds(to))) return;
  LinkDown(event.index, to, reset ? LinkError::kReset : LinkError::kClosed);
}

void Network::LinkDown(uint32_t index, int end, LinkError error) {
  const Connection& row = table_[index];
  const uint32_t node = row.node[end];
  const LinkId link{row.link[end]};
  DropBacklog(index, end);
  table_.Unbind(index, end);
  ReapIfDone(index);
  sink_->OnLinkDown(node, link, error);
}

void Network::DropBacklog(uint32_t index, int end) {
  Connection& row = table_[index];
  if (!row.Has(conn::HasBacklog(end))) return;
  row.Clear(conn::HasBacklog(end));
  backlogs_.Take(index, end);
}

// A row whose ends are both closed waits for its last packets and is then used again.
void Network::ReapIfDone(uint32_t index) {
  Connection& row = table_[index];
  constexpr uint16_t kBusy = conn::kOpenerHolds | conn::kAcceptorHolds | conn::kBacklog0 |
                             conn::kBacklog1 | conn::kReaping;
  if (row.Has(kBusy)) return;
  row.Set(conn::kReaping);
  const Instant last = std::max({MarkOf(row, 0), MarkOf(row, 1), queue_->now()});
  queue_->Add(last + Micros(1), kWorldActor, kWorldActor, {.index = index, .kind = kind::kReap});
}

void Network::Reap(uint32_t index) {
  Connection& row = table_[index];
  row.Clear(conn::kReaping);
  // Its last packet may have been answered in the meantime.
  if (std::max(MarkOf(row, 0), MarkOf(row, 1)) >= queue_->now() ||
      row.Has(conn::kOpenerHolds | conn::kAcceptorHolds)) {
    ReapIfDone(index);
    return;
  }
  table_.Free(index);
}

// ---- The rest ----

void Network::AddEstablished(uint32_t opener, LinkId out, uint32_t acceptor, LinkId in) {
  const uint32_t index = table_.Allocate(opener, acceptor);
  table_.BindOut(index, out);
  table_.BindInAs(index, in);
  Connection& row = table_[index];
  if (nodelay_[opener] == 0) row.Set(conn::kNagle);
  const auto past = static_cast<uint32_t>((queue_->now() - kOldMark).us);
  row.mark[0] = past;
  row.mark[1] = past;
}

uint32_t Network::AddFault(LinkFault fault) {
  const bool blocks = fault.kind == LinkFault::Kind::kBlock;
  const uint32_t number = faults_.Add(std::move(fault));
  if (blocks && options_.keepalive > Duration{}) {
    queue_->Add(queue_->now() + options_.keepalive, kWorldActor, kWorldActor,
                {.data = uint64_t{number} + 1, .kind = kind::kSweep});
  }
  return number;
}

void Network::ResetConnections(uint32_t node, const std::function<bool(uint32_t)>& other) {
  table_.ForEachOf(node, [&](uint32_t index, int end) {
    const Connection& row = table_[index];
    const uint32_t peer = row.node[1 - end];
    if (row.Has(conn::kConnecting) || peer == kNobody || !other(peer)) return;
    for (const int from : {end, 1 - end}) {
      const Instant now = queue_->now();
      const Instant at = Arrival(index, from, 0, now, NextDraw(index, from, now), {});
      Push(kind::kReset, index, from, at);
    }
  });
}

uint32_t Network::Blackhole(const LinkFault& fault) {
  std::vector<Silenced>& silenced = blackholes_[++blackhole_numbers_];
  for (uint32_t i = 0; i < table_.row_count(); ++i) {
    Connection& row = table_[i];
    if (!row.Has(conn::kUsed) || row.node[1] == kNobody) continue;
    uint16_t bits = 0;
    if (fault.Applies(row.node[0], row.node[1])) bits |= conn::kBlocked0;
    if (fault.Applies(row.node[1], row.node[0])) bits |= conn::kBlocked1;
    if (bits == 0) continue;
    row.Set(bits);
    silenced.push_back({i, row.link[0], bits});
  }
  return blackhole_numbers_;
}

void Network::EndBlackhole(uint32_t number) {
  const auto ended = blackholes_.extract(number);
  if (ended.empty()) return;
  const auto there = [this](const Silenced& s) {
    return table_[s.index].Has(conn::kUsed) && table_[s.index].link[0] == s.link;
  };
  for (const Silenced& s : ended.mapped()) {
    if (there(s)) table_[s.index].Clear(s.bits);
  }
  for (const auto& [other, silenced] : blackholes_) {
    for (const Silenced& s : silenced) {
      if (there(s)) table_[s.index].Set(s.bits);
    }
  }
}

void Network::KeepaliveDue(const TimedEvent& event) {
  const Connection& row = table_[event.index];
  if (!row.Has(conn::kUsed) || !row.Has(conn::kAcceptorHolds)) return;
  if (uint64_t{row.link[1]} != event.data || row.Has(conn::kOpenerHolds)) return;
  if (host_up_[row.node[1]] == 0) return;
  LinkDown(event.index, 1, LinkError::kTimedOut);
}

void Network::Sweep(uint64_t fault) {
  const Instant now = queue_->now();
  if (fault == 0) {
    const auto past = static_cast<uint32_t>((now - kOldMark).us);
    for (uint32_t i = 0; i < table_.row_count(); ++i) {
      for (const int end : {0, 1}) {
        if (MarkOf(table_[i], end) < now - kOldMark) table_[i].mark[end] = past;
      }
    }
    queue_->Add(now + kSweepEvery, kWorldActor, kWorldActor, {.kind = kind::kSweep});
    return;
  }
  // A fault has blocked paths for so long that idle acceptors find their connections dead.
  if (!faults_.Active(static_cast<uint32_t>(fault - 1))) return;
  for (uint32_t i = 0; i < table_.row_count(); ++i) {
    const Connection& row = table_[i];
    if (!row.Has(conn::kUsed) || !row.Has(conn::kAcceptorHolds)) continue;
    if (host_up_[row.node[1]] == 0 || Reachable(row.node[0], row.node[1])) continue;
    LinkDown(i, 1, LinkError::kTimedOut);
  }
}

void Network::Handle(const TimedEvent& event) {
  switch (event.kind) {
    case kind::kMessage:
      return MessageArrives(event);
    case kind::kFin:
    case kind::kReset:
      return FinArrives(event);
    case kind::kSyn:
      return SynArrives(event);
    case kind::kSynReply:
      return SynReplyArrives(event);
    case kind::kRefusals:
      return RefusalsArrive(event.index);
    case kind::kAccept:
      return AcceptArrives(event);
    case kind::kSynRetry:
      return SynRetryDue(event);
    case kind::kReap:
      return Reap(event.index);
    case kind::kRetransmit:
    case kind::kAck:
      return Retransmit(event);
    case kind::kKeepalive:
      return KeepaliveDue(event);
    case kind::kSweep:
      return Sweep(event.data);
    default:
      GOSSAMER_CHECK(false);
  }
}

void Network::Discard(const TimedEvent& event) {
  if (event.kind == kind::kMessage) transport_->Drop(event.data);
}

}  // namespace gossamer::sim
