#include "sim/model/checksum.h"

#include <bit>

#include "core/base/hash.h"

namespace gossamer::sim {
namespace {

constexpr uint64_t kColdEvery = 16;

// Each row times its name's hash: the sum knows no order and no key.
uint64_t SumHot(const PeerTable& peers, const NameTable& names) {
  const PeerTable::Hot* hot = peers.hot();
  const size_t rows = peers.row_count();
  uint64_t sum = 0;
  for (size_t k = 0; k < rows; ++k) {
    const uint64_t row = std::bit_cast<uint64_t>(hot[k]);
    sum += FoldMultiply(row, names.name_hash(NodeKey{static_cast<uint16_t>(k)}));
  }
  return sum;
}

uint64_t SumFacts(const PeerTable& peers, const NameTable& names) {
  uint64_t h = peers.size();
  for (const NodeKey key : peers.order()) {
    h = FoldMultiply(h ^ peers.shared_facts(key).hash(),
                     names.name_hash(key) + 0x9e3779b97f4a7c15u);
  }
  return h;
}

uint64_t SumCold(const PeerTable& peers) {
  uint64_t h = 0;
  for (const NodeKey key : peers.order()) {
    const auto received = static_cast<uint64_t>(peers.data_received_ms(key));
    const uint64_t ping =
        peers.PingPending(key) ? static_cast<uint64_t>(peers.ping_sent_ms(key)) : 0;
    const auto offset = static_cast<uint64_t>(peers.repl_offset(key));
    const uint64_t link = peers.HasOutLink(key) ? peers.out_link(key).value : 0;
    h = FoldMultiply(h ^ received ^ (link << 40), ping ^ 0xa0761d6478bd642fu) + offset;
  }
  return h;
}

uint64_t SumSelf(const State& s) {
  uint64_t h = CombineHash(s.current_epoch.value, s.last_vote_epoch.value);
  const auto add = [&h](uint64_t value) {
    h = FoldMultiply(h ^ value, 0xe7037ed1a0b428dbu) + value;
  };
  add(s.todo);
  add(s.tickets);
  add(s.cron_iteration);
  add(static_cast<uint64_t>(s.next_cron));
  add((uint64_t{s.health.size} << 33) | (uint64_t{s.health.reachable} << 1) |
      (s.health.ok ? 1 : 0));
  add(static_cast<uint64_t>(s.health.minority));
  add(static_cast<uint64_t>(s.election.auth_time));
  add(s.election.auth_epoch.value + s.election.auth_count);
  add(static_cast<uint64_t>(s.manual_failover.end));
  add(static_cast<uint64_t>(s.data.repl_offset));
  add(s.stats.bytes_sent);
  add(s.stats.bytes_received);
  add(s.blacklist.size());
  add(s.slots.assigned());
  add(s.ring_at);
  for (const Rng* rng : {&s.election_rng, &s.gossip_rng, &s.ping_rng, &s.id_rng})
    add(rng->state()[0]);
  return h;
}

}  // namespace

uint64_t StateChecksum::Of(size_t index, const ClusterNode& node, uint64_t round) {
  const State& s = node.state();
  const NameTable& names = s.tables->pool.names();
  Rare& rare = rare_[index];
  if (rare.version != s.peers.version()) {
    rare.version = s.peers.version();
    rare.sum = SumFacts(s.peers, names);
  }
  const uint64_t h = CombineHash(rare.sum + SumHot(s.peers, names), SumSelf(s));
  return index % kColdEvery == round % kColdEvery ? CombineHash(h, SumCold(s.peers)) : h;
}

}  // namespace gossamer::sim
