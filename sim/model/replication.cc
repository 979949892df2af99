#include "sim/model/replication.h"

#include <algorithm>
#include <utility>

namespace gossamer::sim {

ReplicationModel::ReplicationModel(const ReplicationSpec& spec, size_t nodes,
                                   std::function<bool(uint32_t, uint32_t)> reachable)
    : spec_(spec), reachable_(std::move(reachable)), rows_(nodes) {}

int64_t ReplicationModel::PrimaryOffset(const Row& row, Instant now) const {
  if (spec_.write_bytes_per_s == 0 || !row.running || !row.serving) return row.offset;
  const Instant from = std::max(row.at, row.paused_until);
  if (now <= from) return row.offset;
  const auto micros = static_cast<uint64_t>((now - from).us);
  const unsigned __int128 bytes = static_cast<unsigned __int128>(spec_.write_bytes_per_s) * micros;
  return row.offset + static_cast<int64_t>(bytes / 1'000'000);
}

int64_t ReplicationModel::Offset(uint32_t node, Instant now) const {
  const Row& row = rows_[node];
  if (row.source == kNone) return PrimaryOffset(row, now);
  if (!row.up) return row.offset;
  const Row& source = rows_[row.source];
  const int64_t theirs =
      source.source == kNone ? PrimaryOffset(source, now - spec_.lag) : source.offset;
  return std::max(row.offset, theirs);
}

// Makes the offset of this moment the one to count from.
void ReplicationModel::Settle(uint32_t node, Instant now) {
  Row& row = rows_[node];
  row.offset = Offset(node, now);
  row.at = now;
}

DataFacts ReplicationModel::Facts(uint32_t node, Instant now) {
  Row& row = rows_[node];
  DataFacts facts;
  facts.writes_paused = row.paused_until > now;
  if (row.source == kNone) {
    facts.repl_offset = PrimaryOffset(row, now);
    facts.has_keys = written() && facts.repl_offset > 0;
    return facts;
  }
  if (row.up) {
    if (reachable_(node, row.source)) {
      row.offset = Offset(node, now);
      row.fresh = now;
    } else if (now - row.fresh > kTimeout) {
      row.up = false;
      row.lost = true;
      row.fresh = now;
    }
  }
  facts.repl_offset = row.offset;
  facts.has_keys = written() && row.offset > 0;
  facts.link_up = row.up;
  facts.data_fresh = row.fresh;
  return facts;
}

void ReplicationModel::Begin(uint32_t node, uint32_t source, int64_t offset, Instant now) {
  Row& row = rows_[node];
  row.running = true;
  row.source = source;
  row.up = source != kNone;
  row.offset = offset;
  row.at = now;
  row.fresh = now;
}

void ReplicationModel::SetServing(uint32_t node, bool serving, Instant now) {
  if (rows_[node].serving == serving) return;
  Settle(node, now);
  rows_[node].serving = serving;
}

void ReplicationModel::Promote(uint32_t node, Instant now) {
  Settle(node, now);
  Row& row = rows_[node];
  row.source = kNone;
  row.up = false;
  row.paused_until = now;
  ++row.attempt;
}

Instant ReplicationModel::Follow(uint32_t node, uint32_t source, bool full_sync, Instant now) {
  Settle(node, now);
  Row& row = rows_[node];
  row.source = source;
  row.up = false;
  row.full_sync = full_sync;
  row.fresh = now;
  ++row.attempt;
  return now + (full_sync ? kFullSync : kPartialSync);
}

Instant ReplicationModel::Sync(uint32_t node, uint32_t attempt, Instant now) {
  Row& row = rows_[node];
  if (row.attempt != attempt || row.source >= kUnknown || !row.running) return kNever;
  if (!rows_[row.source].running || !reachable_(node, row.source)) return now + kRetry;
  row.up = true;
  row.fresh = now;
  if (row.full_sync) row.offset = 0;
  row.full_sync = false;
  const int64_t theirs = Offset(row.source, now - spec_.lag);
  // A source that is behind has another history: what it has not is given up.
  row.offset = theirs;
  return kNever;
}

void ReplicationModel::Stop(uint32_t node, Instant now,
                            const std::function<void(uint32_t, Instant)>& retry) {
  for (uint32_t i = 0; i < rows_.size(); ++i) {
    Row& replica = rows_[i];
    if (replica.source != node || !replica.up) continue;
    Settle(i, now);
    replica.up = false;
    replica.fresh = now;
    ++replica.attempt;
    if (replica.running) retry(i, now + kRetry);
  }
  Settle(node, now);
  Row& row = rows_[node];
  row.running = false;
  row.up = false;
  ++row.attempt;
}

void ReplicationModel::Restart(uint32_t node, int64_t offset, Instant now) {
  Row& row = rows_[node];
  row.running = true;
  row.serving = false;
  row.source = kNone;
  row.up = false;
  row.offset = offset;
  row.at = now;
  row.fresh = now;
  row.paused_until = now;
  ++row.attempt;
}

void ReplicationModel::PauseWrites(uint32_t node, Instant now, Instant until) {
  Settle(node, now);
  rows_[node].paused_until = until;
}

void ReplicationModel::Unpause(uint32_t node, Instant now) {
  Settle(node, now);
  rows_[node].paused_until = now;
}

void ReplicationModel::Flush(uint32_t node, Instant now) {
  Row& row = rows_[node];
  row.offset = 0;
  row.at = now;
}

}  // namespace gossamer::sim
