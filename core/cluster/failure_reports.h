// FailureReports: who told me that whom is failing, and when.
//
// A report (suspect, reporter) lives for 2 T. In a storm there are suspects x reporters of them in
// every node, so a report is one stamp in a dense table: a row per reporter (one message is one
// reporter about many suspects), a column per suspect. Columns exist only while a suspect has
// reports.
//
// A stamp is one byte: the time of the report in units, rounded up to the next full unit. With
// second buckets (Rules, from 9.0) the unit is one second, as in Valkey; else it is 1/250 of the
// validity. Where 250 units would not cover the validity the unit is longer. One's own opinion is
// never in here. DEVIATION: until 8.1 Valkey kept exact milliseconds; here such a report lives up
// to 0.4 % longer. Units start on the node's monotonic clock, not on the wall clock's seconds.
// SOURCE: semantics spec section 4.2. Thread safety: none.
#ifndef GOSSAMER_CORE_CLUSTER_FAILURE_REPORTS_H_
#define GOSSAMER_CORE_CLUSTER_FAILURE_REPORTS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/ids.h"

namespace gossamer {

class FieldReader;
class FieldWriter;

class FailureReports {
 public:
  // Milliseconds of the node's monotonic clock.
  using Ms = int64_t;

  // `second_buckets`: see above. `validity_ms` is 2 T.
  FailureReports(bool second_buckets, int64_t validity_ms);

  // Changes the validity; reports so far are dropped when it differs.
  void SetValidity(int64_t validity_ms);

  // Adds or refreshes the report of `reporter` about `suspect`.
  void Add(NodeKey suspect, NodeKey reporter, Ms now);
  // Withdraws it. False when there was none.
  bool Remove(NodeKey suspect, NodeKey reporter);
  // Number of live reports about `suspect`.
  uint32_t Count(NodeKey suspect, Ms now);
  // As Count, without looking for those that have expired.
  uint32_t Held(NodeKey suspect) const {
    return MayHave(suspect) ? counts_[column_of_[suspect.value]] : 0;
  }
  // Forgets all reports about `suspect` / by `reporter`.
  void DropSuspect(NodeKey suspect);
  void DropReporter(NodeKey reporter);
  // True while a column for `suspect` exists: it may still hold reports.
  bool MayHave(NodeKey suspect) const {
    return suspect.value < column_of_.size() && column_of_[suspect.value] != kNone;
  }
  // Calls visit(reporter) for each live report about `suspect`, by rising key value; for tests and
  // views.
  template <class Visit>
  void ForEachReporter(NodeKey suspect, Ms now, Visit visit) {
    Expire(now);
    if (!MayHave(suspect)) return;
    const uint16_t column = column_of_[suspect.value];
    for (size_t r = 0; r < row_of_.size(); ++r) {
      if (row_of_[r] != kNone && Stamp(row_of_[r], column) != 0) {
        visit(NodeKey{static_cast<uint16_t>(r)});
      }
    }
  }

  // For snapshots; the validity is not part of them. REQUIRES of Read: no report so far. False, and
  // the reports are of no use, when what was read is impossible or names a key at or above `bound`.
  void Write(FieldWriter* out) const;
  bool Read(FieldReader* in, size_t bound);

  size_t memory_bytes() const;
  // CHECKs that counts agree with the table; for tests and fuzzers.
  void CheckInvariants() const;

 private:
  static constexpr uint16_t kNone = 0xffff;

  static constexpr int64_t kStamps = 255;  // stamps 1..255 are in use in turn, 0 is "no report"

  static uint8_t StampOf(int64_t unit) { return static_cast<uint8_t>(unit % kStamps + 1); }
  uint8_t Stamp(size_t row, size_t column) const {
    return column < rows_[row].size() ? rows_[row][column] : 0;
  }
  uint16_t ColumnFor(NodeKey suspect);
  uint16_t RowFor(NodeKey reporter);
  // Sets one stamp (0 withdraws) and keeps the counts.
  void SetStamp(size_t row, size_t column, uint8_t stamp);
  void FreeColumn(uint16_t column);
  void Expire(Ms now);
  void Sweep(const std::vector<uint8_t>& expired);

  bool second_buckets_;
  int64_t validity_ms_ = 0;
  int64_t unit_ms_ = 1;
  int64_t expired_unit_ = INT64_MIN;  // every unit up to this one has been swept
  uint64_t total_ = 0;

  std::vector<uint16_t> column_of_;  // by suspect key
  std::vector<uint16_t> row_of_;     // by reporter key
  std::vector<NodeKey> suspect_of_;  // by column
  std::vector<uint32_t> counts_;     // live reports by column
  std::vector<uint16_t> free_columns_;
  std::vector<uint16_t> free_rows_;
  std::vector<std::vector<uint8_t>> rows_;
  std::vector<uint32_t>
      per_stamp_;  // reports with each stamp: expiry sweeps only where there is something
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_FAILURE_REPORTS_H_
