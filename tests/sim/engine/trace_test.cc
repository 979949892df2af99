#include "sim/engine/trace.h"

#include <gtest/gtest.h>

namespace gossamer::sim {
namespace {

TEST(Trace, TellsRecordsApart) {
  const auto digest = [](TraceTag tag, int64_t at, uint64_t who, uint64_t what) {
    Trace trace(true);
    trace.Record(tag, Instant{at}, who, what);
    return trace.digest();
  };
  const Digest base = digest(TraceTag::kDelivery, 1, 2, 3);
  EXPECT_EQ(base, digest(TraceTag::kDelivery, 1, 2, 3));
  EXPECT_NE(base, digest(TraceTag::kEvent, 1, 2, 3));
  EXPECT_NE(base, digest(TraceTag::kDelivery, 2, 2, 3));
  EXPECT_NE(base, digest(TraceTag::kDelivery, 1, 3, 3));
  EXPECT_NE(base, digest(TraceTag::kDelivery, 1, 2, 4));
}

TEST(Trace, SwitchedOffItStaysEmpty) {
  Trace trace(false);
  trace.Record(TraceTag::kEvent, Instant{1}, 2, 3);
  EXPECT_EQ(trace.digest(), Digest());
}

}  // namespace
}  // namespace gossamer::sim
