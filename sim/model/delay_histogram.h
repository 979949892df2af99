// DelayHistogram: how long many things waited, in fixed buckets instead of samples.
//
// Count, sum and greatest are exact. A quantile is the upper edge of its bucket, or the greatest
// delay if that is less: exact up to 63 µs, above that at most 1/32 too much. Integers only; adding
// is a few instructions and allocates nothing. Thread safety: none.
#ifndef GOSSAMER_SIM_MODEL_DELAY_HISTOGRAM_H_
#define GOSSAMER_SIM_MODEL_DELAY_HISTOGRAM_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/base/time.h"

namespace gossamer::sim {

class DelayHistogram {
 public:
  // Negative delays count as none.
  void Add(Duration delay) {
    const uint64_t us = delay.us < 0 ? 0 : static_cast<uint64_t>(delay.us);
    ++buckets_[BucketOf(us)];
    ++count_;
    sum_us_ += us;
    max_us_ = std::max(max_us_, us);
  }
  void Merge(const DelayHistogram& other) {
    for (size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    sum_us_ += other.sum_us_;
    max_us_ = std::max(max_us_, other.max_us_);
  }

  uint64_t count() const { return count_; }
  uint64_t max_us() const { return max_us_; }
  // Rounded down; 0 without any delay.
  uint64_t mean_us() const { return count_ == 0 ? 0 : sum_us_ / count_; }
  // Nearest rank: what `percent` per cent of the delays, rounded up, do not exceed; the least has
  // the rank of 0 per cent. 0 without any delay.
  uint64_t QuantileUs(uint32_t percent) const {
    const uint64_t rank = std::max<uint64_t>((count_ * percent + 99) / 100, 1);
    uint64_t seen = 0;
    for (size_t i = 0; i < kBuckets; ++i) {
      seen += buckets_[i];
      if (seen >= rank) return std::min(UpperEdge(i), max_us_);
    }
    return max_us_;
  }

 private:
  // Values below 2 << kBits have a bucket each; above that an octave has 1 << kBits buckets.
  static constexpr int kBits = 5;
  static constexpr size_t kBuckets = size_t{64 - kBits + 1} << kBits;

  static size_t BucketOf(uint64_t us) {
    const int shift = std::max(static_cast<int>(std::bit_width(us)) - kBits - 1, 0);
    return (static_cast<size_t>(shift) << kBits) + static_cast<size_t>(us >> shift);
  }
  static uint64_t UpperEdge(size_t bucket) {
    if (bucket < (size_t{2} << kBits)) return bucket;
    const size_t shift = (bucket >> kBits) - 1;
    return (((bucket & ((size_t{1} << kBits) - 1)) + (size_t{1} << kBits) + 1) << shift) - 1;
  }

  std::array<uint64_t, kBuckets> buckets_{};
  uint64_t count_ = 0;
  uint64_t sum_us_ = 0;
  uint64_t max_us_ = 0;
};

// How long inputs waited for their node's loop, or a core of its machine: from arrival to the
// beginning of their turn. While a process is stopped nothing counts, and what waits then counts
// from its return. Of nodes whose work takes no time nothing is counted.
struct QueueDelay {
  DelayHistogram before;  // turns that began before the first fault or action
  DelayHistogram after;
  bool disturbed = false;  // there was one

  DelayHistogram& now() { return disturbed ? after : before; }
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_DELAY_HISTOGRAM_H_
