#include "core/cluster/gossip.h"

#include <algorithm>
#include <array>
#include <bit>

#include "core/cluster/failure_detector.h"
#include "core/cluster/links.h"
#include "core/cluster/membership.h"

namespace gossamer {
namespace {

constexpr int64_t kMinEntries = 3;
constexpr int64_t kDefaultPercent = 10;
constexpr uint32_t kFutureToleranceMs = 500;
// A gossip time further back than this is as good as none; it also keeps 32-bit ticks unambiguous.
constexpr uint32_t kTrustWindowS = 1000000;
// Rows are far apart in memory and their order is known: fetching them so many entries ahead hides
// the way to them.
constexpr size_t kPrefetchAhead = 32;
// The runs of the ring that are fetched ahead.
constexpr size_t kRunsAhead = 4;
// From so many nodes on the shuffled ring's runs are cache lines. DEVIATION from a ring of single
// nodes: neighbours travel together, which changes nobody's share of the gossip and saves most of
// the memory traffic of sender and receiver.
constexpr size_t kLinesFrom = 256;
// Nodes that one message may introduce. DEVIATION: no release has a bound.
constexpr int kMaxIntroductions = 1024;

// ---- Selection ----

// Appends entries to one heartbeat.
class Selector {
 public:
  Selector(Turn& t, NodeKey receiver, Heartbeat* heartbeat)
      : t_(t),
        s_(t.s),
        hot_(t.s.peers.hot()),
        receiver_(receiver),
        heartbeat_(heartbeat),
        wall_offset_s_(static_cast<uint32_t>(WallOffsetMs(t) / 1000)),
        wall_offset_rest_ms_(static_cast<uint32_t>(WallOffsetMs(t) % 1000)),
        failing_apart_(!t.s.rules.bugs.Has(Bug::kR2285)) {}

  void Run() {
    const auto known = static_cast<int64_t>(s_.peers.size());
    const int64_t percent =
        s_.rules.gossip_percent_option ? s_.options.gossip_percent : kDefaultPercent;
    fresh_ = known - 2;
    wanted_ = std::max<int64_t>(0, std::min(std::max(known * percent / 100, kMinEntries), fresh_));
    GossipEntries& entries = heartbeat_->gossip;
    entries.resize(static_cast<size_t>(wanted_) + s_.pfail_count);
    begin_ = next_ = entries.data();
    if (wanted_ > 0) Sample();
    if (failing_apart_) AppendPfail();
    entries.resize(static_cast<size_t>(taken()));
  }

 private:
  void Sample() {
    switch (s_.rules.sampling) {
      case GossipSampling::kRandom:
        return SampleRandom();
      case GossipSampling::kConsecutive:
        return SampleConsecutive();
      case GossipSampling::kShuffledRing:
        return SampleRing();
    }
  }

  // "Already in this message" is a stamp per row, so that nothing needs clearing between messages.
  void StartChoosing() {
    HostTables& tables = *s_.tables;
    if (tables.chosen.size() < s_.peers.row_count()) tables.chosen.resize(s_.peers.row_count(), 0);
    if (++tables.chosen_stamp == 0) {
      std::fill(tables.chosen.begin(), tables.chosen.end(), 0);
      tables.chosen_stamp = 1;
    }
    chosen_ = tables.chosen.data();
    stamp_ = tables.chosen_stamp;
  }
  int64_t taken() const { return next_ - begin_; }
  bool Chosen(NodeKey node) const { return chosen_[node.value] == stamp_; }

  // True when the node may be among the sampled ones. `unfit` is set when it can be in no message
  // at all.
  bool Fit(NodeKey node, bool* unfit) const {
    *unfit = false;
    if (node == s_.myself || node == receiver_) return false;
    const PeerTable::Hot& row = hot_[node.value];
    if ((row.flags & flag::kPfail) != 0 && failing_apart_) return false;
    *unfit = PeerTable::IsUnfit(row);
    return !*unfit;
  }

  // Draws as many nodes at a time as are needed whatever they turn out to be: their rows are on the
  // way while others are looked at.
  void SampleRandom() {
    StartChoosing();
    const std::vector<NodeKey>& order = s_.peers.order();
    std::array<NodeKey, kPrefetchAhead> drawn;
    for (int64_t tries = 3 * wanted_; tries > 0 && fresh_ > 0 && taken() < wanted_;) {
      const auto needed = static_cast<size_t>(std::min({tries, fresh_, wanted_ - taken()}));
      const size_t draws = std::min(needed, drawn.size());
      for (size_t i = 0; i < draws; ++i) {
        drawn[i] = order[s_.gossip_rng.Below(order.size())];
        __builtin_prefetch(&hot_[drawn[i].value]);
      }
      for (size_t i = 0; i < draws; ++i) TakeDrawn(drawn[i]);
      tries -= static_cast<int64_t>(draws);
    }
  }

  void TakeDrawn(NodeKey node) {
    bool unfit;
    if (!Fit(node, &unfit)) {
      fresh_ -= unfit ? 1 : 0;
      return;
    }
    if (Chosen(node)) return;
    chosen_[node.value] = stamp_;
    Append(node);
    --fresh_;
  }

  void SampleConsecutive() {
    const std::vector<NodeKey>& order = s_.peers.order();
    const auto looked = std::min<size_t>(static_cast<size_t>(wanted_) + 2, order.size());
    size_t at = s_.gossip_rng.Below(order.size());
    for (size_t i = 0; i < looked && taken() < wanted_; ++i) {
      Consider(order[at]);
      at = at + 1 == order.size() ? 0 : at + 1;
    }
  }

  // Sees every node once at least before it gives up, wherever it starts: a table full of unfit
  // nodes costs two laps.
  void SampleRing() {
    if (s_.ring_members != s_.peers.membership()) MakeRing();
    const size_t run = s_.ring_run;
    const int run_bits = std::countr_zero(run);
    const size_t lap = s_.ring.size() * run;
    for (size_t left = 2 * lap; left > 0 && taken() < wanted_;) {
      if (s_.ring_at == lap) StartLap();
      const size_t place = s_.ring_at >> run_bits;
      const size_t in_run = s_.ring_at & (run - 1);
      const size_t ahead = std::min(place + kRunsAhead, s_.ring.size() - 1);
      __builtin_prefetch(&hot_[size_t{s_.ring[ahead]} << run_bits]);
      const size_t rows = std::min({run - in_run, left, static_cast<size_t>(wanted_ - taken())});
      TakeRows(s_.ring[place] * run + in_run, rows);
      s_.ring_at += rows;
      left -= rows;
    }
  }

  // Nodes came or went.
  void MakeRing() {
    s_.ring_members = s_.peers.membership();
    s_.ring_run = s_.peers.size() < kLinesFrom ? 1 : PeerTable::kRowsPerLine;
    s_.ring_at = 0;
    std::vector<uint16_t>& ring = s_.ring;
    ring.clear();
    for (const NodeKey node : s_.peers.order()) {
      ring.push_back(static_cast<uint16_t>(node.value / s_.ring_run));
    }
    std::sort(ring.begin(), ring.end());
    ring.erase(std::unique(ring.begin(), ring.end()), ring.end());
    ring.shrink_to_fit();
    s_.gossip_rng.Shuffle(&ring);
  }

  // A new lap stirs an eighth of the ring; a full shuffle would cost as much as the gossip itself.
  // What this message has from the old lap must not come again.
  void StartLap() {
    std::vector<uint16_t>& ring = s_.ring;
    s_.ring_at = 0;
    for (size_t n = ring.size() / 8 + 1; n > 0; --n) {
      const size_t a = s_.gossip_rng.Below(ring.size());
      const size_t b = s_.gossip_rng.Below(ring.size());
      std::swap(ring[a], ring[b]);
    }
    if (chosen_ == nullptr) StartChoosing();
    for (const GossipEntry* e = begin_; e != next_; ++e) chosen_[e->node.value] = stamp_;
  }

  void TakeRows(size_t first, size_t rows) {
    const size_t end = std::min(first + rows, s_.peers.row_count());
    if (chosen_ == nullptr && end - first == PeerTable::kRowsPerLine && TakeLine(first)) return;
    for (size_t k = first; k < end; ++k) {
      const NodeKey node{static_cast<uint16_t>(k)};
      if (chosen_ != nullptr && Chosen(node)) continue;
      const PeerTable::Hot row = hot_[k];
      if ((row.marks & mark::kPlain) != 0 && !(node == receiver_)) {
        *next_++ = {node, row.flags, WallSeconds(row.pong)};
      } else {
        Consider(node);
      }
    }
  }

  // Takes a cache line's rows if all of them are plain.
  bool TakeLine(size_t first) {
    const PeerTable::Hot* line = hot_ + first;
    uint16_t common = mark::kPlain;
    for (size_t i = 0; i < PeerTable::kRowsPerLine; ++i) common &= line[i].marks;
    if (common == 0 || receiver_.value - first < PeerTable::kRowsPerLine) return false;
    for (size_t i = 0; i < PeerTable::kRowsPerLine; ++i) {
      const NodeKey node{static_cast<uint16_t>(first + i)};
      next_[i] = {node, line[i].flags, WallSeconds(line[i].pong)};
    }
    next_ += PeerTable::kRowsPerLine;
    return true;
  }

  void Consider(NodeKey node) {
    bool unfit;
    if (!Fit(node, &unfit)) return;
    Append(node);
  }

  void AppendPfail() {
    uint32_t left = s_.pfail_count;
    for (const NodeKey node : s_.peers.pfail()) {
      if (left == 0) return;
      if (s_.peers.Has(node, flag::kHandshake | flag::kNoAddr) || node == s_.myself) continue;
      Append(node);
      --left;
    }
  }

  // The wall clock's milliseconds at tick 0.
  static int64_t WallOffsetMs(const Turn& t) {
    return t.now.wall.ms() - t.ms + t.s.peers.base_ms();
  }

  uint32_t WallSeconds(uint32_t tick) const {
    return tick == 0 ? 0 : wall_offset_s_ + (wall_offset_rest_ms_ + tick) / 1000;
  }

  [[gnu::always_inline]] inline void Append(NodeKey node) {
    const PeerTable::Hot& row = hot_[node.value];
    const auto index = static_cast<uint32_t>(next_ - begin_);
    *next_++ = {node, row.flags, WallSeconds(row.pong)};
    if ((row.marks & (mark::kPingPending | mark::kOtherEndpoint)) != 0) AppendDetails(node, index);
  }

  // What few entries have. Out of line, so that the common path stays small enough to be inlined.
  [[gnu::noinline]] void AppendDetails(NodeKey node, uint32_t index) {
    const PeerTable::Hot& row = hot_[node.value];
    if ((row.marks & mark::kPingPending) != 0) {
      const MonoMs sent = s_.peers.ping_sent_ms(node);
      const auto seconds = static_cast<uint32_t>(t_.WallMs(sent) / 1000);
      if (seconds != 0) heartbeat_->pings.push_back({index, seconds});
    }
    if ((row.marks & mark::kOtherEndpoint) != 0) AppendEndpoint(node, index);
  }

  // The name's canonical endpoint may have come up after this row was made.
  void AppendEndpoint(NodeKey node, uint32_t index) {
    const Endpoint& mine = s_.peers.facts(node).address.endpoint;
    const Endpoint* canonical = s_.tables->pool.names().canonical_endpoint(node);
    if (canonical != nullptr && *canonical == mine) {
      s_.peers.ClearMark(node, mark::kOtherEndpoint);
    } else {
      heartbeat_->endpoints.push_back({index, mine});
    }
  }

  Turn& t_;
  State& s_;
  const PeerTable::Hot* hot_;
  NodeKey receiver_;
  Heartbeat* heartbeat_;
  GossipEntry* begin_ = nullptr;
  GossipEntry* next_ = nullptr;
  uint32_t wall_offset_s_;
  uint32_t wall_offset_rest_ms_;
  bool failing_apart_;  // suspected nodes are added to what was sampled
  int64_t fresh_ = 0;
  int64_t wanted_ = 0;
  uint32_t* chosen_ = nullptr;
  uint32_t stamp_ = 0;
};

// ---- Processing ----

// Applies the entries of one message.
class Receiver {
  static constexpr uint16_t kFailing = flag::kPfail | flag::kFail;

 public:
  Receiver(Turn& t, NodeKey sender, const Heartbeat& heartbeat)
      : t_(t),
        s_(t.s),
        sender_(sender),
        heartbeat_(heartbeat),
        latest_s_(static_cast<uint32_t>(t.now.wall.ms() / 1000) + 1 + ExtraToleranceS(t)),
        latest_tick_(t.s.peers.ToTick(t.ms) + kFutureToleranceMs + ExtraToleranceS(t) * 1000),
        tick_offset_(static_cast<uint32_t>(t.now.wall.ms() - t.ms + t.s.peers.base_ms())) {}

  void Run() {
    const GossipEntry* entries = heartbeat_.gossip.data();
    const size_t count = heartbeat_.gossip.size();
    const PeerTable::Hot* hot = s_.peers.hot();
    for (size_t i = 0; i < std::min(count, kPrefetchAhead); ++i) {
      __builtin_prefetch(&hot[entries[i].node.value], 1);
    }
    for (size_t i = 0; i < count; ++i) {
      i = TrustFrom(entries, i, count);
      if (i < count) ApplySlow(entries[i], static_cast<uint32_t>(i));
    }
  }

 private:
  // How far in the future a pong time may lie beyond what clocks may differ.
  static uint32_t ExtraToleranceS(const Turn& t) {
    return t.s.rules.bugs.Has(Bug::kTrustTheFuture) ? 3600 : 0;
  }

  // Applies entries from `i` on as long as they do no more than refresh pong times. Returns the
  // first that does, or `count`.
  size_t TrustFrom(const GossipEntry* entries, size_t i, size_t count) const {
    PeerTable::Hot* hot = s_.peers.hot();
    const size_t rows = s_.peers.row_count();
    while (i < count) {
      if (i + kPrefetchAhead < count) {
        __builtin_prefetch(&hot[entries[i + kPrefetchAhead].node.value], 1);
      }
      const GossipEntry& entry = entries[i];
      if (i + PeerTable::kRowsPerLine <= count && LooksLikeLine(&entry) &&
          TrustLine(hot, rows, &entry)) {
        i += PeerTable::kRowsPerLine;
        continue;
      }
      if (entry.node.value >= rows || (hot[entry.node.value].marks & mark::kTrust) == 0 ||
          (entry.flags & kFailing) != 0) {
        return i;
      }
      Trust(&hot[entry.node.value], entry);
      ++i;
    }
    return count;
  }

  // One test, so that it is easily foretold where entries are in no order.
  static bool LooksLikeLine(const GossipEntry* entries) {
    constexpr uint32_t kLast = PeerTable::kRowsPerLine - 1;
    const uint32_t first = entries[0].node.value;
    return ((first & kLast) | (first ^ entries[kLast].node.value ^ kLast)) == 0;
  }

  // The same for entries about a whole cache line of rows. False, and nothing done, if they are
  // others.
  bool TrustLine(PeerTable::Hot* hot, size_t rows, const GossipEntry* entries) const {
    const size_t first = entries[0].node.value;
    if (first + PeerTable::kRowsPerLine > rows) return false;
    PeerTable::Hot* line = hot + first;
    uint32_t strange = 0;
    uint32_t common = mark::kTrust;
    for (uint32_t i = 0; i < PeerTable::kRowsPerLine; ++i) {
      strange |= (entries[i].node.value ^ (static_cast<uint32_t>(first) + i)) |
                 (uint32_t{entries[i].flags} & kFailing);
      common &= line[i].marks;
    }
    if (strange != 0 || common == 0) return false;
    for (size_t i = 0; i < PeerTable::kRowsPerLine; ++i) Trust(&line[i], entries[i]);
    return true;
  }

  // The peer's pong time as seen by the sender, if it is news and not in the future. SOURCE:
  // semantics spec section 3.
  void Trust(PeerTable::Hot* row, const GossipEntry& entry) const {
    if (latest_s_ - entry.pong_received_s > kTrustWindowS) return;
    const uint32_t tick = entry.pong_received_s * 1000u - tick_offset_;
    if (tick > row->pong && tick <= latest_tick_) row->pong = tick;
  }

  void ApplySlow(const GossipEntry& entry, uint32_t index) {
    const NodeKey node = entry.node;
    if (!s_.peers.Contains(node)) {
      Introduce(entry, index);
      return;
    }
    if (node == s_.myself) return;
    const bool failing = (entry.flags & kFailing) != 0;
    // Who sends MEET is nobody yet, and reports nothing.
    if (sender_.valid()) {
      failing ? ReportFailing(t_, node, sender_) : ReportAlive(t_, node, sender_);
    }
    if (!failing) TrustSlow(node, entry);
    RepairAddress(node, entry, index);
  }

  void TrustSlow(NodeKey node, const GossipEntry& entry) {
    if (s_.peers.PingPending(node)) return;
    if ((s_.peers.marks(node) & mark::kHasReports) != 0 && LiveReports(t_, node) > 0) return;
    constexpr uint16_t kAbnormal = flag::kPfail | flag::kFail | flag::kHandshake | flag::kMeet;
    if (s_.rules.trust_needs_normal_peer && s_.peers.Has(node, kAbnormal)) return;
    Trust(&s_.peers.hot()[node.value], entry);
  }

  // The sender's idea of where the node is.
  Endpoint EndpointOf(NodeKey node, uint32_t index) const {
    const auto at =
        std::lower_bound(heartbeat_.endpoints.begin(), heartbeat_.endpoints.end(), index,
                         [](const GossipEndpoint& e, uint32_t wanted) { return e.index < wanted; });
    if (at != heartbeat_.endpoints.end() && at->index == index) return at->endpoint;
    const Endpoint* canonical = s_.tables->pool.names().canonical_endpoint(node);
    return canonical == nullptr ? Endpoint{} : *canonical;
  }

  void RepairAddress(NodeKey node, const GossipEntry& entry, uint32_t index) {
    if (!s_.peers.Has(node, flag::kPfail | flag::kFail)) return;
    if ((entry.flags & (flag::kNoAddr | flag::kPfail | flag::kFail)) != 0) return;
    const Endpoint endpoint = EndpointOf(node, index);
    if (endpoint == s_.peers.facts(node).address.endpoint) return;
    ChangeAddress(t_, node, endpoint);
  }

  void Introduce(const GossipEntry& entry, uint32_t index) {
    if (!sender_.valid() || (entry.flags & flag::kNoAddr) != 0) return;
    if (s_.rules.bugs.Has(Bug::kNoIntroductions)) return;
    const NodeName name = s_.tables->pool.names().name(entry.node);
    if (Blacklisted(t_, name) || introductions_ >= kMaxIntroductions) return;
    ++introductions_;
    // DEVIATION: the releases take the word as it is. Who is introduced by name is in no handshake
    // with me.
    constexpr uint16_t kLocal = flag::kHandshake | flag::kMeet;
    const auto flags = static_cast<uint16_t>(entry.flags & ~kLocal);
    AddNode(t_, name, EndpointOf(entry.node, index), flags, sender_);
  }

  Turn& t_;
  State& s_;
  NodeKey sender_;
  const Heartbeat& heartbeat_;
  // A pong time beyond these lies too far in the future, by the sender's clock and by mine.
  uint32_t latest_s_;
  uint32_t latest_tick_;
  uint32_t tick_offset_;
  int introductions_ = 0;
};

}  // namespace

void SelectGossip(Turn& t, NodeKey receiver, Heartbeat* heartbeat) {
  Selector(t, receiver, heartbeat).Run();
}

void ApplyGossip(Turn& t, NodeKey sender, const Heartbeat& heartbeat) {
  t.s.stats.gossip_entries_received += heartbeat.gossip.size();
  if (!heartbeat.gossip_valid) return;
  Receiver(t, sender, heartbeat).Run();
}

}  // namespace gossamer
