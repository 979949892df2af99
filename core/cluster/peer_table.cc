#include "core/cluster/peer_table.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "core/base/check.h"

namespace gossamer {
namespace {

constexpr uint16_t kNil = 0xffff;
// Ticks of times before a table was made stay positive.
constexpr int64_t kPastMs = int64_t{1} << 30;
constexpr int64_t kRebaseAtMs = int64_t{1} << 31;
// Changes of these flags may change who replicates, migrates, votes or serves.
constexpr uint16_t kVersioned = flag::kPrimary | flag::kReplica | flag::kFail | flag::kMigrateTo;
constexpr PeerTable::Moments kNoMoments = {kLongAgo, kLongAgo, kLongAgo, kLongAgo, kLongAgo};
constexpr uint16_t kAbnormal = flag::kPfail | flag::kFail | flag::kHandshake | flag::kMeet;

}  // namespace

PeerTable::PeerTable(NameTable* names, PeerFactsTable* facts, bool trust_needs_normal, Rng rng,
                     MonoMs now)
    : names_(names),
      facts_table_(facts),
      trust_needs_normal_(trust_needs_normal),
      rng_(rng),
      base_ms_(now - kPastMs) {}

PeerTable::~PeerTable() {
  for (const NodeKey key : order_) {
    ReleaseFacts(key);
    names_->Release(key);
  }
}

void PeerTable::ReleaseFacts(NodeKey key) {
  shared_facts(key).Unref();
  facts_[key.value] = kNoFacts;
}

void PeerTable::GrowTo(size_t rows) {
  if (rows <= hot_.size()) return;
  // Never more rows than the host has names. Room in small steps: doubling would waste the most
  // where tables are largest.
  const size_t size = std::max(rows, names_->key_bound());
  const size_t room = std::max(size, hot_.size() + hot_.size() / 16);
  const auto grow = [size, room](auto* column, auto blank) {
    if (column->capacity() < size) column->reserve(room);
    column->resize(size, blank);
  };
  grow(&hot_, Hot{});
  grow(&cold_, Cold{});
  grow(&repl_offset_, int64_t{0});
  grow(&facts_, kNoFacts);
  grow(&first_replica_, kNil);
  grow(&next_replica_, kNil);
  grow(&position_, uint16_t{0});
  attention_.resize((size + kBlock - 1) / kBlock);
  asleep_.resize(attention_.size());
  block_pong_.resize(attention_.size(), UINT32_MAX);
}

void PeerTable::Add(NodeKey key, const PeerFacts& facts, uint16_t flags, MonoMs now) {
  const uint64_t replicaof_hash = facts.replicaof.valid() ? names_->name_hash(facts.replicaof) : 0;
  Add(key, facts_table_->Intern(facts, replicaof_hash), flags, now);
}

void PeerTable::Add(NodeKey key, const PeerFactsRef& facts, uint16_t flags, MonoMs now) {
  GrowTo(size_t{key.value} + 1);
  GOSSAMER_CHECK(!Contains(key));
  ++membership_;
  names_->AddRef(key);
  hot_[key.value] = Hot{0, 0, mark::kKnown};
  cold_[key.value] = Cold{};
  cold_[key.value].in_link = ToTick(now);
  repl_offset_[key.value] = 0;
  first_replica_[key.value] = kNil;
  next_replica_[key.value] = kNil;
  order_.push_back(key);
  const size_t at = rng_.Below(order_.size());
  std::swap(order_[at], order_.back());
  position_[order_.back().value] = static_cast<uint16_t>(order_.size() - 1);
  position_[key.value] = static_cast<uint16_t>(at);
  SortPfail();
  ShareFacts(key, facts);
  ReplaceFlags(key, flags);
}

void PeerTable::Remove(NodeKey key) {
  GOSSAMER_CHECK(Contains(key) && !(key == myself_));
  GOSSAMER_CHECK(!HasOutLink(key) && !HasInLink(key));
  ReplaceFlags(key, 0);
  if (facts(key).replicaof.valid()) UnlinkReplica(key, facts(key).replicaof);
  GOSSAMER_CHECK(first_replica_[key.value] == kNil);
  const uint16_t at = position_[key.value];
  order_[at] = order_.back();
  position_[order_[at].value] = at;
  order_.pop_back();
  hot_[key.value] = Hot{};
  ReleaseFacts(key);
  SetMoments(key, kNoMoments);
  attention_[key.value / kBlock] &= ~(uint64_t{1} << (key.value % kBlock));
  SortPfail();
  names_->Release(key);
  ++membership_;
  ++version_;
}

void PeerTable::SetMyself(NodeKey key) {
  if (myself_.valid() && Contains(myself_)) ClearMark(myself_, mark::kMyself);
  myself_ = key;
  SetMark(key, mark::kMyself);
}

// For when a node has moved to another place of the order.
void PeerTable::SortPfail() {
  std::sort(pfail_.begin(), pfail_.end(),
            [this](NodeKey a, NodeKey b) { return position_[a.value] < position_[b.value]; });
}

void PeerTable::PfailInsert(NodeKey key) {
  const auto at = std::lower_bound(pfail_.begin(), pfail_.end(), key, [this](NodeKey a, NodeKey b) {
    return position_[a.value] < position_[b.value];
  });
  pfail_.insert(at, key);
}

void PeerTable::ReplaceFlags(NodeKey key, int flags) {
  Hot& row = hot_[key.value];
  const auto next = static_cast<uint16_t>(flags);
  const auto changed = static_cast<uint16_t>(row.flags ^ next);
  if (changed == 0) return;
  CountVoter(row, -1);
  row.flags = next;
  CountVoter(row, 1);
  if ((changed & flag::kPfail) != 0) {
    if ((next & flag::kPfail) != 0) {
      PfailInsert(key);
    } else {
      pfail_.erase(std::find(pfail_.begin(), pfail_.end(), key));
    }
  }
  if ((changed & kVersioned) != 0) ++version_;
  Refresh(key);
}

void PeerTable::CountVoter(const Hot& row, int sign) {
  if ((row.marks & mark::kHasSlots) == 0) return;
  const auto one = static_cast<uint32_t>(sign);
  const bool voting = (row.flags & flag::kPrimary) != 0;
  if (voting) voters_.size += one;
  if (voting && (row.flags & (flag::kPfail | flag::kFail)) == 0) voters_.reachable += one;
  if ((row.flags & flag::kFail) != 0) voters_.failed_owners += one;
}

void PeerTable::ReplaceFacts(NodeKey key, const PeerFacts& facts) {
  const uint64_t replicaof_hash = facts.replicaof.valid() ? names_->name_hash(facts.replicaof) : 0;
  ShareFacts(key, facts_table_->Intern(facts, replicaof_hash));
}

void PeerTable::ShareFacts(NodeKey key, const PeerFactsRef& facts) {
  const bool had_facts = facts_[key.value] != kNoFacts;
  if (facts_[key.value] == facts->id()) return;
  const NodeKey old_primary = had_facts ? this->facts(key).replicaof : kNoKey;
  const NodeKey new_primary = facts->get().replicaof;
  if (!(old_primary == new_primary)) {
    if (old_primary.valid()) UnlinkReplica(key, old_primary);
    if (new_primary.valid()) LinkReplica(key, new_primary);
  }
  facts->AddRef();
  if (had_facts) ReleaseFacts(key);
  facts_[key.value] = facts->id();
  Hot& row = hot_[key.value];
  uint16_t marks = row.marks & static_cast<uint16_t>(~(mark::kHasSlots | mark::kOtherEndpoint));
  if (facts->get().slots->count() > 0) marks |= mark::kHasSlots;
  const Endpoint& endpoint = facts->get().address.endpoint;
  if (!endpoint.ip.empty()) names_->OfferEndpoint(key, endpoint);
  const Endpoint* canonical = names_->canonical_endpoint(key);
  if (canonical == nullptr || !(*canonical == endpoint)) {
    marks |= mark::kOtherEndpoint;
  }
  CountVoter(row, -1);
  row.marks = marks;
  CountVoter(row, 1);
  ++version_;
  Refresh(key);
}

void PeerTable::LinkReplica(NodeKey replica, NodeKey primary) {
  GrowTo(size_t{primary.value} + 1);
  next_replica_[replica.value] = first_replica_[primary.value];
  first_replica_[primary.value] = replica.value;
}

void PeerTable::UnlinkReplica(NodeKey replica, NodeKey primary) {
  uint16_t* at = &first_replica_[primary.value];
  while (*at != replica.value) {
    GOSSAMER_CHECK(*at != kNil);
    at = &next_replica_[*at];
  }
  *at = next_replica_[replica.value];
  next_replica_[replica.value] = kNil;
}

size_t PeerTable::ReplicaCount(NodeKey primary) const {
  size_t n = 0;
  ForEachReplica(primary, [&n](NodeKey) { ++n; });
  return n;
}

Epoch PeerTable::NodeEpoch(NodeKey key) const {
  const NodeKey primary = facts(key).replicaof;
  return primary.valid() && Contains(primary) ? facts(primary).config_epoch
                                              : facts(key).config_epoch;
}

bool PeerTable::IsTrusted(const Hot& row) const {
  constexpr uint16_t kBlockers = mark::kMyself | mark::kPingPending | mark::kHasReports;
  if ((row.marks & mark::kKnown) == 0 || (row.marks & kBlockers) != 0) return false;
  // Gossip about a failing node may also mend its address, which is not for the fast way.
  if ((row.flags & (flag::kPfail | flag::kFail)) != 0) return false;
  return !trust_needs_normal_ || (row.flags & kAbnormal) == 0;
}

bool PeerTable::IsPlain(const Hot& row) {
  constexpr uint16_t kSpecial = mark::kMyself | mark::kPingPending | mark::kOtherEndpoint;
  return (row.marks & mark::kKnown) != 0 && (row.marks & kSpecial) == 0 &&
         (row.flags & flag::kPfail) == 0 && !IsUnfit(row);
}

bool PeerTable::NeedsAttention(const Hot& row) const {
  if ((row.marks & mark::kKnown) == 0 || (row.marks & mark::kMyself) != 0) return false;
  constexpr uint16_t kLinks = mark::kOutLink | mark::kInLink;
  return (row.marks & kLinks) != kLinks || (row.marks & mark::kPingPending) != 0 ||
         (row.flags & (kAbnormal | flag::kNoAddr)) != 0;
}

void PeerTable::Refresh(NodeKey key) {
  Hot& row = hot_[key.value];
  constexpr uint16_t kDerived = mark::kTrust | mark::kPlain;
  row.marks = static_cast<uint16_t>((row.marks & ~kDerived) | (IsTrusted(row) ? mark::kTrust : 0) |
                                    (IsPlain(row) ? mark::kPlain : 0));
  const size_t block = key.value / kBlock;
  const uint64_t bit = uint64_t{1} << (key.value % kBlock);
  asleep_[block] &= ~bit;
  if (NeedsAttention(row)) {
    attention_[block] |= bit;
  } else {
    attention_[block] &= ~bit;
    block_pong_[block] = std::min(block_pong_[block], row.pong);
  }
}

void PeerTable::SetPong(NodeKey key, MonoMs at) {
  hot_[key.value].pong = ToTick(at);
  const size_t block = key.value / kBlock;
  block_pong_[block] = std::min(block_pong_[block], hot_[key.value].pong);
}

void PeerTable::SetPingSent(NodeKey key, MonoMs at) {
  cold_[key.value].ping_sent = ToTick(at);
  SetMark(key, mark::kPingPending);
}

void PeerTable::ClearPing(NodeKey key) {
  cold_[key.value].ping_sent = 0;
  ClearMark(key, mark::kPingPending);
}

void PeerTable::SetOutLink(NodeKey key, LinkId link, MonoMs created) {
  cold_[key.value].out_link = link.value;
  cold_[key.value].out_time = ToTick(created);
  SetMark(key, mark::kOutLink);
}

void PeerTable::ClearOutLink(NodeKey key) {
  ClearMark(key, mark::kOutLink | mark::kLinkExtensions);
}

void PeerTable::SetConnectAttempt(NodeKey key, MonoMs at) {
  cold_[key.value].out_time = ToTick(at);
}

void PeerTable::SetInLink(NodeKey key, LinkId link) {
  cold_[key.value].in_link = link.value;
  SetMark(key, mark::kInLink);
}

void PeerTable::ClearInLink(NodeKey key, MonoMs freed) {
  cold_[key.value].in_link = ToTick(freed);
  ClearMark(key, mark::kInLink);
}

MonoMs PeerTable::moment(NodeKey key, Moment which) const {
  const auto it = moments_.find(MomentIndex(key, which));
  return it == moments_.end() ? kLongAgo : ToMs(it->second);
}

void PeerTable::SetMoment(NodeKey key, Moment which, MonoMs at) {
  if (at == kLongAgo) {
    moments_.erase(MomentIndex(key, which));
  } else {
    moments_[MomentIndex(key, which)] = ToTick(at);
  }
}

PeerTable::Moments PeerTable::moments(NodeKey key) const {
  Moments all;
  for (size_t i = 0; i < kMoments; ++i) all[i] = moment(key, static_cast<Moment>(i));
  return all;
}

void PeerTable::SetMoments(NodeKey key, const Moments& moments) {
  for (size_t i = 0; i < kMoments; ++i) SetMoment(key, static_cast<Moment>(i), moments[i]);
}

uint32_t PeerTable::ToTick(MonoMs ms) const {
  const int64_t tick = ms - base_ms_;
  if (tick < 1) return ms == kLongAgo ? 0 : 1;
  return tick > int64_t{UINT32_MAX} - 1 ? UINT32_MAX - 1 : static_cast<uint32_t>(tick);
}

void PeerTable::KeepTime(MonoMs now) {
  if (now - base_ms_ > kRebaseAtMs) Rebase(now);
}

void PeerTable::Rebase(MonoMs now) {
  const int64_t shift = now - kPastMs - base_ms_;
  const auto moved = [shift](uint32_t tick) -> uint32_t {
    if (tick == 0) return 0;
    return static_cast<uint32_t>(std::max<int64_t>(1, int64_t{tick} - shift));
  };
  for (const NodeKey key : order_) {
    hot_[key.value].pong = moved(hot_[key.value].pong);
    Cold& cold = cold_[key.value];
    cold.ping_sent = moved(cold.ping_sent);
    cold.data_received = moved(cold.data_received);
    cold.out_time = moved(cold.out_time);
    if (!HasInLink(key)) cold.in_link = moved(cold.in_link);
  }
  // lint: allow(unordered) each on its own
  for (auto& [index, tick] : moments_) tick = moved(tick);
  std::fill(block_pong_.begin(), block_pong_.end(), 0);
  WakeAll();
  base_ms_ += shift;
}

void PeerTable::Sleep(NodeKey key, MonoMs until) {
  const size_t block = key.value / kBlock;
  const uint64_t bit = uint64_t{1} << (key.value % kBlock);
  if ((attention_[block] & ~asleep_[block] & bit) == 0) return;
  asleep_[block] |= bit;
  sleepers_.push_back({ToTick(until), key.value, Has(key, flag::kPfail)});
}

void PeerTable::WakeAll() {
  std::fill(asleep_.begin(), asleep_.end(), 0);
  sleepers_.clear();
}

// Ends the sleep of those whose time has come, and forgets those whom a change has woken.
void PeerTable::Wake(uint32_t now) {
  sleeping_pfail_ = 0;
  size_t kept = 0;
  for (const Sleeper& sleeper : sleepers_) {
    uint64_t& word = asleep_[sleeper.key / kBlock];
    const uint64_t bit = uint64_t{1} << (sleeper.key % kBlock);
    if ((word & bit) == 0) continue;
    if (sleeper.until <= now) {
      word &= ~bit;
      continue;
    }
    sleeping_pfail_ += sleeper.pfail ? 1 : 0;
    sleepers_[kept++] = sleeper;
  }
  sleepers_.resize(kept);
}

void PeerTable::CollectCronRows(MonoMs now, int64_t ping_interval_ms, std::vector<NodeKey>* rows) {
  Wake(ToTick(now));
  by_position_.assign((order_.size() + kBlock - 1) / kBlock, 0);
  const uint32_t due = ToTick(now - ping_interval_ms);  // older pongs are due
  for (size_t block = 0; block < attention_.size(); ++block) {
    uint64_t wanted = attention_[block] & ~asleep_[block];
    if (block_pong_[block] < due) {
      uint32_t oldest = UINT32_MAX;
      const size_t end = std::min(hot_.size(), (block + 1) * kBlock);
      for (size_t k = block * kBlock; k < end; ++k) {
        const Hot& row = hot_[k];
        if ((row.marks & mark::kKnown) == 0 || (row.marks & mark::kMyself) != 0) continue;
        // Rows that are visited anyhow come back to the bound when they leave that state (Refresh),
        // rows that are due get a ping.
        if (((attention_[block] >> (k % kBlock)) & 1) != 0) continue;
        if (row.pong < due) {
          wanted |= uint64_t{1} << (k % kBlock);
        } else {
          oldest = std::min(oldest, row.pong);
        }
      }
      block_pong_[block] = oldest;
    }
    for (; wanted != 0; wanted &= wanted - 1) {
      const size_t at = position_[block * kBlock + static_cast<size_t>(std::countr_zero(wanted))];
      by_position_[at / kBlock] |= uint64_t{1} << (at % kBlock);
    }
  }
  rows->clear();
  for (size_t block = 0; block < by_position_.size(); ++block) {
    for (uint64_t bits = by_position_[block]; bits != 0; bits &= bits - 1) {
      rows->push_back(order_[block * kBlock + static_cast<size_t>(std::countr_zero(bits))]);
    }
  }
}

size_t PeerTable::memory_bytes() const {
  return hot_.capacity() * sizeof(Hot) + cold_.capacity() * sizeof(Cold) +
         repl_offset_.capacity() * sizeof(int64_t) + facts_.capacity() * sizeof(uint32_t) +
         (first_replica_.capacity() + next_replica_.capacity() + position_.capacity() +
          order_.capacity() + pfail_.capacity()) *
             sizeof(uint16_t) +
         (attention_.capacity() + asleep_.capacity() + by_position_.capacity()) * sizeof(uint64_t) +
         sleepers_.capacity() * sizeof(Sleeper) + block_pong_.capacity() * sizeof(uint32_t) +
         moments_.capacity() * (2 * sizeof(uint32_t) + 1);
}

void PeerTable::CheckInvariants() const {
  size_t pfails = 0;
  Voters counted;
  for (size_t i = 0; i < order_.size(); ++i) {
    const NodeKey key = order_[i];
    GOSSAMER_CHECK(Contains(key) && position_[key.value] == i);
    const Hot& row = hot_[key.value];
    GOSSAMER_CHECK(IsTrusted(row) == ((row.marks & mark::kTrust) != 0));
    GOSSAMER_CHECK(IsPlain(row) == ((row.marks & mark::kPlain) != 0));
    GOSSAMER_CHECK(facts_[key.value] != kNoFacts);
    if ((row.flags & flag::kPfail) != 0) ++pfails;
    const bool down = (row.flags & (flag::kPfail | flag::kFail)) != 0;
    const bool owner = (row.marks & mark::kHasSlots) != 0;
    counted.size += IsVoting(key) ? 1 : 0;
    counted.reachable += IsVoting(key) && !down ? 1 : 0;
    counted.failed_owners += owner && (row.flags & flag::kFail) != 0 ? 1 : 0;
  }
  GOSSAMER_CHECK(counted.size == voters_.size && counted.reachable == voters_.reachable &&
                 counted.failed_owners == voters_.failed_owners);
  GOSSAMER_CHECK(pfails == pfail_.size());
  for (size_t i = 1; i < pfail_.size(); ++i) {
    GOSSAMER_CHECK(position_[pfail_[i - 1].value] < position_[pfail_[i].value]);
  }
}

}  // namespace gossamer
