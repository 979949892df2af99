#include "core/cluster/failure_reports.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/fields.h"

namespace gossamer {
namespace {

constexpr size_t kColumnStep = 64;

}  // namespace

FailureReports::FailureReports(bool second_buckets, int64_t validity_ms)
    : second_buckets_(second_buckets), per_stamp_(kStamps + 1, 0) {
  SetValidity(validity_ms);
}

void FailureReports::SetValidity(int64_t validity_ms) {
  if (validity_ms == validity_ms_) return;
  for (size_t column = 0; column < suspect_of_.size(); ++column) {
    if (suspect_of_[column].valid()) DropSuspect(suspect_of_[column]);
  }
  validity_ms_ = validity_ms;
  const int64_t covering = (validity_ms + 249) / 250;
  unit_ms_ = std::max<int64_t>(second_buckets_ ? 1000 : 1, covering);
  expired_unit_ = INT64_MIN;  // counted in the old unit
}

uint16_t FailureReports::ColumnFor(NodeKey suspect) {
  if (suspect.value >= column_of_.size()) column_of_.resize(size_t{suspect.value} + 1, kNone);
  uint16_t& column = column_of_[suspect.value];
  if (column != kNone) return column;
  if (!free_columns_.empty()) {
    column = free_columns_.back();
    free_columns_.pop_back();
    suspect_of_[column] = suspect;
  } else {
    column = static_cast<uint16_t>(suspect_of_.size());
    suspect_of_.push_back(suspect);
    counts_.push_back(0);
  }
  return column;
}

uint16_t FailureReports::RowFor(NodeKey reporter) {
  if (reporter.value >= row_of_.size()) row_of_.resize(size_t{reporter.value} + 1, kNone);
  uint16_t& row = row_of_[reporter.value];
  if (row != kNone) return row;
  if (!free_rows_.empty()) {
    row = free_rows_.back();
    free_rows_.pop_back();
  } else {
    row = static_cast<uint16_t>(rows_.size());
    rows_.emplace_back();
  }
  return row;
}

void FailureReports::SetStamp(size_t row, size_t column, uint8_t stamp) {
  std::vector<uint8_t>& stamps = rows_[row];
  if (column >= stamps.size()) {
    if (stamp == 0) return;
    // Room for what exists now, in steps: neither a reallocation per suspect nor a vector's
    // doubling.
    const size_t columns = std::max(column + 1, suspect_of_.size());
    stamps.reserve((columns + kColumnStep - 1) / kColumnStep * kColumnStep);
    stamps.resize(columns, 0);
  }
  uint8_t& cell = stamps[column];
  if (cell == stamp) return;
  if (cell != 0) {
    --per_stamp_[cell];
    --counts_[column];
    --total_;
  }
  if (stamp != 0) {
    ++per_stamp_[stamp];
    ++counts_[column];
    ++total_;
  }
  cell = stamp;
}

void FailureReports::Add(NodeKey suspect, NodeKey reporter, Ms now) {
  Expire(now);
  const uint16_t column = ColumnFor(suspect);
  SetStamp(RowFor(reporter), column, StampOf(now / unit_ms_ + 1));
}

bool FailureReports::Remove(NodeKey suspect, NodeKey reporter) {
  if (!MayHave(suspect) || reporter.value >= row_of_.size() || row_of_[reporter.value] == kNone) {
    return false;
  }
  const uint16_t column = column_of_[suspect.value];
  const uint16_t row = row_of_[reporter.value];
  const bool had = Stamp(row, column) != 0;
  SetStamp(row, column, 0);
  if (counts_[column] == 0) FreeColumn(column);
  return had;
}

uint32_t FailureReports::Count(NodeKey suspect, Ms now) {
  if (!MayHave(suspect)) return 0;
  Expire(now);
  return MayHave(suspect) ? counts_[column_of_[suspect.value]] : 0;
}

void FailureReports::FreeColumn(uint16_t column) {
  column_of_[suspect_of_[column].value] = kNone;
  suspect_of_[column] = kNoKey;
  free_columns_.push_back(column);
  if (free_columns_.size() < suspect_of_.size()) return;
  // The storm is over: give the table back.
  suspect_of_.clear();
  counts_.clear();
  free_columns_.clear();
  free_rows_.clear();
  rows_.clear();
  rows_.shrink_to_fit();
  std::fill(row_of_.begin(), row_of_.end(), kNone);
}

void FailureReports::DropSuspect(NodeKey suspect) {
  if (!MayHave(suspect)) return;
  const uint16_t column = column_of_[suspect.value];
  for (size_t row = 0; row < rows_.size(); ++row) SetStamp(row, column, 0);
  FreeColumn(column);
}

void FailureReports::DropReporter(NodeKey reporter) {
  if (reporter.value >= row_of_.size() || row_of_[reporter.value] == kNone) return;
  const uint16_t row = row_of_[reporter.value];
  for (size_t column = 0; column < rows_[row].size(); ++column) SetStamp(row, column, 0);
  rows_[row].clear();
  free_rows_.push_back(row);
  row_of_[reporter.value] = kNone;
  for (size_t column = 0; column < suspect_of_.size(); ++column) {
    if (suspect_of_[column].valid() && counts_[column] == 0) {
      FreeColumn(static_cast<uint16_t>(column));
    }
  }
}

// A report made in unit u counts until now - validity has reached the end of u.
void FailureReports::Expire(Ms now) {
  const int64_t limit = (now - validity_ms_) / unit_ms_;
  if (limit <= expired_unit_) return;
  const int64_t from = std::max(expired_unit_ + 1, limit - kStamps + 1);
  expired_unit_ = limit;
  if (total_ == 0) return;
  std::vector<uint8_t> expired;
  for (int64_t unit = std::max<int64_t>(from, 0); unit <= limit; ++unit) {
    if (per_stamp_[StampOf(unit)] > 0) expired.push_back(StampOf(unit));
  }
  if (!expired.empty()) Sweep(expired);
}

void FailureReports::Sweep(const std::vector<uint8_t>& expired) {
  bool gone[kStamps + 1] = {};
  for (const uint8_t stamp : expired) gone[stamp] = true;
  for (size_t row = 0; row < rows_.size(); ++row) {
    for (size_t column = 0; column < rows_[row].size(); ++column) {
      if (gone[Stamp(row, column)]) SetStamp(row, column, 0);
    }
  }
  for (size_t column = 0; column < suspect_of_.size(); ++column) {
    if (suspect_of_[column].valid() && counts_[column] == 0) {
      FreeColumn(static_cast<uint16_t>(column));
    }
  }
}

void FailureReports::Write(FieldWriter* out) const {
  (*out)(expired_unit_, total_);
  for (size_t reporter = 0; reporter < row_of_.size(); ++reporter) {
    if (row_of_[reporter] == kNone) continue;
    for (size_t suspect = 0; suspect < column_of_.size(); ++suspect) {
      if (column_of_[suspect] == kNone) continue;
      const uint8_t stamp = Stamp(row_of_[reporter], column_of_[suspect]);
      if (stamp == 0) continue;
      (*out)(static_cast<uint16_t>(reporter), static_cast<uint16_t>(suspect), stamp);
    }
  }
}

bool FailureReports::Read(FieldReader* in, size_t bound) {
  GOSSAMER_CHECK(total_ == 0);
  uint64_t count = 0;
  int64_t expired = 0;
  (*in)(expired, count);
  for (; count > 0 && in->ok(); --count) {
    uint16_t reporter = 0;
    uint16_t suspect = 0;
    uint8_t stamp = 0;
    (*in)(reporter, suspect, stamp);
    in->Require(reporter < bound && suspect < bound && stamp != 0);
    if (!in->ok()) return false;
    const uint16_t column = ColumnFor(NodeKey{suspect});
    SetStamp(RowFor(NodeKey{reporter}), column, stamp);
  }
  expired_unit_ = expired;
  return in->ok();
}

size_t FailureReports::memory_bytes() const {
  size_t bytes = 0;
  for (const auto& row : rows_) bytes += row.capacity();
  return bytes + rows_.capacity() * sizeof(rows_[0]) +
         (column_of_.capacity() + row_of_.capacity() + suspect_of_.capacity()) * sizeof(uint16_t) +
         (counts_.capacity() + per_stamp_.capacity()) * sizeof(uint32_t);
}

void FailureReports::CheckInvariants() const {
  uint64_t total = 0;
  for (size_t column = 0; column < suspect_of_.size(); ++column) {
    uint32_t count = 0;
    for (size_t row = 0; row < rows_.size(); ++row) count += Stamp(row, column) != 0 ? 1 : 0;
    GOSSAMER_CHECK(count == counts_[column]);
    if (count > 0) GOSSAMER_CHECK(suspect_of_[column].valid());
    total += count;
  }
  GOSSAMER_CHECK(total == total_);
}

}  // namespace gossamer
