// Comparer: follows a run and finds the first record in which it differs from a recording.
//
// Thread safety: none.
#ifndef GOSSAMER_SIM_RECORD_COMPARER_H_
#define GOSSAMER_SIM_RECORD_COMPARER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "sim/engine/trace.h"
#include "sim/record/recording.h"

namespace gossamer::sim {

// Where a run left its recording.
struct Difference {
  uint64_t number = 0;  // of the record, from 0
  bool exact = true;    // false: somewhere in the millisecond before `here`
  std::optional<TraceRecord> here =
      {};  // what this run did; empty: it ended, the recording goes on
  std::optional<TraceRecord> recorded = {};  // what the recording has, when it is a full one
  bool recording_ended = false;              // the recording has no record of that number
};

class Comparer : public TraceSink {
 public:
  // `recording` must outlive the comparer. `found` is called once, at the first difference.
  Comparer(const Recording* recording, std::function<void()> found)
      : recording_(recording), found_(std::move(found)) {}

  void OnRecord(const TraceRecord& record) override;
  // The run is over, at its end or earlier.
  void Finish();
  const std::optional<Difference>& difference() const { return difference_; }
  // Records seen.
  uint64_t compared() const { return count_; }

 private:
  void CheckMillisecond(const TraceRecord& record);
  void Found(Difference difference);

  const Recording* recording_;
  std::function<void()> found_;
  RollingDigest rolling_;
  uint64_t count_ = 0;
  size_t at_millisecond_ = 0;
  int64_t millisecond_ = -1;
  uint32_t last_ = 0;
  std::optional<Difference> difference_;
};

// A record in words: "delivery to node 7 at 61.234567s".
std::string DescribeRecord(const TraceRecord& record);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_RECORD_COMPARER_H_
