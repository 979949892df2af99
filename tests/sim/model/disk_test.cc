#include "sim/model/disk.h"

#include <gtest/gtest.h>

namespace gossamer::sim {
namespace {

DurableEpochs Epochs(uint64_t current) { return {Epoch{current}, Epoch{}, Epoch{}}; }

TEST(Disk, AnFsyncMakesDurable) {
  Disk disk(Millis(1));
  disk.Format(Epochs(1));
  const auto write = disk.Ask(Ticket{1}, true, Epochs(2));
  ASSERT_TRUE(write.has_value());
  EXPECT_EQ(disk.TimeOf(*write, Instant{}), Millis(1));
  // In the page cache at once, on the disk at the end.
  EXPECT_EQ(disk.written().current_epoch, Epoch{2});
  EXPECT_EQ(disk.durable().current_epoch, Epoch{1});
  EXPECT_LT(disk.done(), Ticket{1});
  EXPECT_FALSE(disk.Finish(true, Epochs(2)).has_value());
  EXPECT_EQ(disk.durable().current_epoch, Epoch{2});
  EXPECT_EQ(disk.done(), Ticket{1});
}

TEST(Disk, WritesInBetweenAreMerged) {
  Disk disk(Millis(1));
  ASSERT_TRUE(disk.Ask(Ticket{1}, true, Epochs(1)).has_value());
  EXPECT_FALSE(disk.Ask(Ticket{2}, false, Epochs(2)).has_value());
  EXPECT_FALSE(disk.Ask(Ticket{3}, true, Epochs(3)).has_value());
  // The bytes are those of the moment of writing.
  const auto next = disk.Finish(true, Epochs(4));
  ASSERT_TRUE(next.has_value());
  EXPECT_TRUE(next->fsync);
  EXPECT_EQ(next->last, Ticket{3});
  EXPECT_EQ(disk.done(), Ticket{1});
  disk.Finish(true, Epochs(5));
  EXPECT_EQ(disk.durable().current_epoch, Epoch{4});
  EXPECT_EQ(disk.done(), Ticket{3});
}

TEST(Disk, AWriteWithoutFsyncTakesNoTimeAndDoesNotLast) {
  Disk disk(Millis(1));
  const auto write = disk.Ask(Ticket{1}, false, Epochs(7));
  EXPECT_EQ(disk.TimeOf(*write, Instant{}), Duration{});
  disk.Finish(true, Epochs(7));
  EXPECT_EQ(disk.written().current_epoch, Epoch{7});
  EXPECT_EQ(disk.durable().current_epoch, Epoch{0});
}

TEST(Disk, AStallDelaysAndAFullDiskFails) {
  Disk disk(Millis(1));
  disk.StallUntil(Instant{} + Seconds(5));
  const auto write = disk.Ask(Ticket{1}, true, Epochs(1));
  EXPECT_EQ(disk.TimeOf(*write, Instant{} + Seconds(2)), Seconds(3) + Millis(1));
  disk.SetFull(true);
  disk.Finish(false, Epochs(1));
  EXPECT_EQ(disk.done(), Ticket{0});
  disk.Ask(Ticket{2}, true, Epochs(2));
  EXPECT_EQ(disk.written().current_epoch, Epoch{1});  // written before it was full
}

TEST(Disk, AStallDoesNotEndALongerOne) {
  Disk disk(Millis(1));
  disk.StallUntil(Instant{} + Seconds(60));
  disk.StallUntil(Instant{} + Seconds(1));
  EXPECT_EQ(disk.SyncTime(Instant{}), Seconds(60) + Millis(1));
}

TEST(Disk, ASaveThatEndsWellMendsIt) {
  Disk disk(Millis(1));
  disk.SetCorrupt();
  disk.Ask(Ticket{1}, false, Epochs(1));
  disk.Finish(false, Epochs(1));
  EXPECT_TRUE(disk.corrupt());
  disk.Ask(Ticket{2}, false, Epochs(1));
  disk.Finish(true, Epochs(1));
  EXPECT_FALSE(disk.corrupt());
}

TEST(Disk, AbortForgetsWhatIsUnderWay) {
  Disk disk(Millis(1));
  disk.Ask(Ticket{1}, true, Epochs(1));
  disk.Ask(Ticket{2}, true, Epochs(2));
  disk.Abort();
  EXPECT_FALSE(disk.writing());
  EXPECT_EQ(disk.durable().current_epoch, Epoch{0});
  EXPECT_TRUE(disk.Ask(Ticket{3}, true, Epochs(3)).has_value());
}

}  // namespace
}  // namespace gossamer::sim
