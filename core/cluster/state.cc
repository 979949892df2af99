#include "core/cluster/state.h"

namespace gossamer {
namespace {

template <class Id>
Id RandomId(Rng* rng) {
  static constexpr char kHex[] = "0123456789abcdef";
  Id id;
  uint64_t word = 0;
  for (size_t i = 0; i < kNameLength; ++i) {
    if (i % 16 == 0) word = rng->Next64();
    id.bytes[i] = kHex[word & 15];
    word >>= 4;
  }
  return id;
}

}  // namespace

int64_t ReportValidityMs(const ClusterOptions& options, const Rules& rules) {
  constexpr int64_t kTimeouts = 2;
  constexpr int64_t kTimeoutsOfBug = 200;
  const bool long_lived = rules.bugs.Has(Bug::kReportsNeverExpire);
  return (long_lived ? kTimeoutsOfBug : kTimeouts) * options.node_timeout.ms();
}

State::State(const ClusterOptions& opts, const Rules& node_rules, HostTables* host_tables,
             uint64_t seed, uint64_t label_index, MonoMs now)
    : options(opts),
      rules(node_rules),
      tables(host_tables),
      election_rng(seed, "election", label_index),
      gossip_rng(seed, "gossip", label_index),
      ping_rng(seed, "ping", label_index),
      id_rng(seed, "node-id", label_index),
      peers(&host_tables->pool.names(), &host_tables->facts, node_rules.trust_needs_normal_peer,
            Rng(seed, "table-order", label_index), now),
      reports(node_rules.report_store == ReportStore::kSecondBuckets,
              ReportValidityMs(opts, node_rules)) {}

NodeName State::RandomName() { return RandomId<NodeName>(&id_rng); }

ShardId State::RandomShardId() { return RandomId<ShardId>(&id_rng); }

}  // namespace gossamer
