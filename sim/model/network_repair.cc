// What a kernel does on its own: connect handshakes, retransmission, acknowledgements.
#include <algorithm>
#include <utility>

#include "sim/engine/draw.h"
#include "sim/model/kinds.h"
#include "sim/model/network.h"

namespace gossamer::sim {
namespace {

constexpr uint8_t kEndBit = 1;
constexpr uint8_t kRefusedBit = 2;
constexpr Duration kLongestTimeout = Seconds(120);
// After so many retransmissions without an answer the kernel gives up: a quarter of an hour with a
// process that holds the socket, 100 s without. SOURCE: Linux tcp_retries2, tcp_orphan_retries.
constexpr int kTries = 15;
constexpr int kOrphanTries = 8;
// SYN retransmissions at 1, 3, 7, ... 63 s, given up at 127 s. SOURCE: Linux tcp_syn_retries.
constexpr uint32_t kSynTries = 6;
constexpr Duration kFirstSynTimeout = Seconds(1);
// An acknowledgement without data to ride on waits for 40 ms and up to the kernel's next ticks.
constexpr Duration kDelayedAck = Millis(40);
constexpr uint32_t kDelayedAckSpreadUs = 6000;

}  // namespace

// ---- Connecting ----

void Network::Open(uint32_t node, LinkId link, const Endpoint& address, Instant leave) {
  ++connects_;
  const uint32_t peer = NodeAt(address);
  if (Refuses(node, link, peer, leave)) return;
  const uint32_t index = table_.Allocate(node, peer);
  table_.BindOut(index, link);
  Connection& row = table_[index];
  row.Set(conn::kConnecting);
  if (nodelay_[node] == 0) row.Set(conn::kNagle);
  row.mark[0] = static_cast<uint32_t>(queue_->now().us);
  row.mark[1] = row.mark[0];
  SendSyn(index, 0, leave);
}

// Nobody listens at `peer` and nothing hides that from `node`. Nobody will listen in the next
// moment either, so that the answer is known at once; storms refuse millions of connects, which
// therefore have no row. What the process sends on `link` meanwhile would be lost with it.
bool Network::Refuses(uint32_t node, LinkId link, uint32_t peer, Instant leave) {
  if (peer == kNobody || Listens(peer, leave) || !Reachable(node, peer)) return false;
  const uint64_t bits = FirstDraw(node, peer, leave);
  PathEffect effect;
  if (faults_.any()) effect = faults_.On({node, peer, 0, leave, bits});
  if (SynIsLost(effect, bits)) return false;
  const Instant arrives = leave + Latency(node, peer, bits) + effect.delay;
  const Instant noticed =
      Refusals::NoticedAt(arrives + Latency(peer, node, Mix64(bits + 1)) + Micros(1));
  const Refusal refusal{link, peer};
  if (options_.tap != nullptr) {
    options_.tap->OnPacket(arrives, PacketOf(PacketKind::kSyn, node, refusal));
  }
  if (refusals_.Add(node, noticed, refusal)) {
    queue_->Add(noticed, node, node, {.index = node, .kind = kind::kRefusals});
  }
  return true;
}

void Network::RefusalsArrive(uint32_t node) {
  refusals_.Take(node, queue_->now(), &arrived_);
  refused_links_.clear();
  for (const Refusal& refusal : arrived_) {
    if (options_.tap != nullptr) {
      options_.tap->OnPacket(queue_->now(), PacketOf(PacketKind::kRefusal, node, refusal));
    }
    refused_links_.push_back(refusal.link);
  }
  if (!refused_links_.empty()) sink_->OnRefused(node, refused_links_);
}

bool Network::SynIsLost(const PathEffect& effect, uint64_t bits) const {
  const uint32_t loss = std::min<uint32_t>(1'000'000, options_.loss_ppm + effect.loss_ppm);
  const bool drawn = loss != 0 && Scale(static_cast<uint32_t>(Mix64(bits) >> 32), 1'000'000) < loss;
  return drawn || effect.burst_delay > Duration{};
}

void Network::SendSyn(uint32_t index, uint32_t tries, Instant leave) {
  const Connection& row = table_[index];
  const uint32_t from = row.node[0];
  const uint32_t to = row.node[1];
  const uint64_t bits = NextDraw(index, 0, leave);
  PathEffect effect;
  if (faults_.any() && to != kNobody) effect = faults_.On({from, to, 0, leave, bits});
  if (to == kNobody || SynIsLost(effect, bits) || !Passes(from, to)) {
    RetrySyn(index, tries, leave);
    return;
  }
  const Instant last = MarkOf(row, 0);
  const Instant at = std::max(leave + Latency(from, to, bits) + effect.delay, last + Micros(1));
  table_[index].mark[0] = static_cast<uint32_t>(at.us);
  if (options_.tap != nullptr) Show(PacketKind::kSyn, index, 0, at);
  Push(kind::kSyn, index, 0, at, 0, 0, static_cast<uint16_t>(tries));
}

void Network::RetrySyn(uint32_t index, uint32_t tries, Instant from) {
  const Connection& row = table_[index];
  queue_->Add(from + kFirstSynTimeout * (int64_t{1} << tries), row.node[0], row.node[0],
              {.data = row.link[0],
               .index = index,
               .kind = kind::kSynRetry,
               .extra = static_cast<uint16_t>(tries + 1)});
}

void Network::SynRetryDue(const TimedEvent& event) {
  const Connection& row = table_[event.index];
  if (!row.Has(conn::kConnecting) || !row.Has(conn::kOpenerHolds)) return;
  if (uint64_t{row.link[0]} != event.data) return;
  if (event.extra > kSynTries) {
    LinkDown(event.index, 0, LinkError::kTimedOut);
  } else {
    SendSyn(event.index, event.extra, queue_->now());
  }
}

void Network::SynArrives(const TimedEvent& event) {
  const Connection& row = table_[event.index];
  if (!row.Has(conn::kOpenerHolds)) return;
  const uint32_t from = row.node[1];
  if (!Passes(from, row.node[0]) || (process_up_[from] != 0 && !sink_->CanAccept(from))) {
    RetrySyn(event.index, event.extra, queue_->now());
    return;
  }
  const Instant now = queue_->now();
  const uint64_t bits = NextDraw(event.index, 1, now);
  PathEffect effect;
  if (faults_.any()) effect = faults_.On({from, row.node[0], 0, now, bits});
  effect.loss_ppm = 0;
  effect.burst_delay = {};
  const Instant at = Arrival(event.index, 1, 0, now, bits, effect);
  Push(kind::kSynReply, event.index, 1, at, 0, Listens(from, now) ? 0 : kRefusedBit);
}

void Network::SynReplyArrives(const TimedEvent& event) {
  Connection& row = table_[event.index];
  if (!row.Has(conn::kOpenerHolds) || !row.Has(conn::kConnecting)) return;
  if (host_up_[row.node[0]] == 0) return;
  const bool refused = (event.flags & kRefusedBit) != 0;
  if (options_.tap != nullptr) {
    Show(refused ? PacketKind::kRefusal : PacketKind::kSynAck, event.index, 1, queue_->now());
  }
  if (refused) {
    // Nothing else of this connection is under way: the row is free at once.
    const uint32_t node = row.node[0];
    const LinkId link{row.link[0]};
    DropBacklog(event.index, 0);
    table_.Unbind(event.index, 0);
    table_.Free(event.index);
    sink_->OnLinkDown(node, link, LinkError::kRefused);
    return;
  }
  row.Clear(conn::kConnecting);
  const Instant now = queue_->now();
  const Instant at = Arrival(event.index, 0, 0, now, NextDraw(event.index, 0, now), {});
  Push(kind::kAccept, event.index, 0, at);
  const uint32_t node = row.node[0];
  const uint32_t peer = row.node[1];
  const LinkId link{row.link[0]};
  if (row.Has(conn::kBacklog0)) Flush(event.index, 0, now);
  sink_->OnLinkUp(node, link, peer);
}

void Network::AcceptArrives(const TimedEvent& event) {
  const Connection& row = table_[event.index];
  const uint32_t node = row.node[1];
  if (host_up_[node] == 0) return;
  if (options_.tap != nullptr) Show(PacketKind::kAck, event.index, 0, queue_->now());
  if (process_up_[node] == 0) {
    AnswerReset(event.index, 1, std::max(queue_->now(), listens_until_[node]));
    return;
  }
  const uint32_t peer = row.node[0];
  const LinkId link = table_.BindIn(event.index);
  sink_->OnLinkUp(node, link, peer);
}

// ---- Stalls ----

// The first message that cannot get through, or whose acknowledgement cannot.
void Network::Stall(uint32_t index, int end, const MessageRef& message, Instant leave) {
  Connection& row = table_[index];
  row.Set(conn::HasBacklog(end));
  Backlog& backlog = backlogs_.Add(index, end, Backlog::Why::kStalled);
  backlog.since = leave;
  backlog.timer = backlogs_.NewTimer();
  backlog.window_open = Passes(row.node[end], row.node[1 - end]) && !row.Has(conn::Blocked(end));
  queue_->Add(leave + kFirstTimeout, row.node[end], row.node[end],
              {.data = backlog.timer,
               .index = index,
               .kind = kind::kRetransmit,
               .flags = static_cast<uint8_t>(end)});
  if (!message) return;
  if (backlog.window_open) {
    Deliver(index, end, message, leave);
  } else {
    Append(index, end, &backlog, message);
  }
}

void Network::Retransmit(const TimedEvent& event) {
  const int end = event.kind == kind::kAck ? 0 : event.flags & kEndBit;
  Connection& row = table_[event.index];
  if (!row.Has(conn::kUsed) || !row.Has(conn::HasBacklog(end))) return;
  Backlog& backlog = backlogs_.Get(event.index, end);
  if (backlog.timer != event.data) return;
  if (event.kind == kind::kAck) {
    OnAck(event.index);
    return;
  }
  const uint32_t from = row.node[end];
  if (Reachable(from, row.node[1 - end]) && !row.Has(conn::kBlocked0 | conn::kBlocked1)) {
    const bool known = row.Has(conn::Holds(1 - end)) || row.Has(conn::kConnecting);
    if (known) {
      Flush(event.index, end, queue_->now());
    } else {
      // One round trip after the retransmission the kernel over there has said that it knows no
      // such connection.
      DropBacklog(event.index, end);
      if (row.Has(conn::Holds(end))) {
        const Instant now = queue_->now();
        const Duration there = Latency(from, row.node[1 - end], NextDraw(event.index, end, now));
        const Instant at =
            Arrival(event.index, 1 - end, 0, now + there, NextDraw(event.index, 1 - end, now), {});
        Push(kind::kReset, event.index, 1 - end, at);
      }
      ReapIfDone(event.index);
    }
    return;
  }
  ++backlog.tries;
  const bool held = row.Has(conn::Holds(end));
  if (backlog.tries > (held ? kTries : kOrphanTries)) {
    GiveUp(event.index, end);
    return;
  }
  const Duration wait =
      std::min(kFirstTimeout * (int64_t{1} << std::min<int>(backlog.tries, 10)), kLongestTimeout);
  TimedEvent again = event;
  queue_->Add(queue_->now() + wait, from, from, again);
}

void Network::GiveUp(uint32_t index, int end) {
  if (table_[index].Has(conn::Holds(end))) {
    LinkDown(index, end, LinkError::kTimedOut);
  } else {
    DropBacklog(index, end);
    ReapIfDone(index);
  }
}

// Sends all that was held back, at once.
void Network::Flush(uint32_t index, int end, Instant leave) {
  Connection& row = table_[index];
  row.Clear(conn::HasBacklog(end));
  Backlog backlog = backlogs_.Take(index, end);
  if (!backlog.messages.empty() && end == 0 && row.Has(conn::kNagle)) row.Set(conn::kUnacked);
  for (const MessageRef& message : backlog.messages) {
    if (table_[index].Has(conn::HasBacklog(end))) {
      Append(index, end, &backlogs_.Get(index, end), message);
    } else {
      Transmit(index, end, message, leave);
    }
  }
  if (backlog.fin) SendFin(index, end, backlog.fin_is_reset, leave);
  ReapIfDone(index);
}

// ---- Acknowledgements ----

// When the opener learns that its last write arrived, if no data brings the news before.
Instant Network::AckTime(uint32_t index) const {
  const Connection& row = table_[index];
  const Instant arrived = MarkOf(row, 0);
  const uint64_t who = (uint64_t{row.node[0]} << 16) | row.node[1] | (uint64_t{3} << 32);
  const uint64_t bits = DrawAt(options_.seed, who, static_cast<uint64_t>(arrived.us));
  const Duration spread = Micros(Scale(static_cast<uint32_t>(bits >> 32), kDelayedAckSpreadUs));
  return arrived + kDelayedAck + spread + Latency(row.node[1], row.node[0], bits);
}

void Network::OnAck(uint32_t index) {
  Connection& row = table_[index];
  row.Clear(conn::kUnacked);
  if (row.Has(conn::kBacklog0) && backlogs_.Get(index, 0).why == Backlog::Why::kNagle) {
    Flush(index, 0, queue_->now());
  }
}

}  // namespace gossamer::sim
