#include "sim/model/replication.h"

#include <gtest/gtest.h>

namespace gossamer::sim {
namespace {

class ReplicationTest : public testing::Test {
 protected:
  ReplicationTest()
      : model_({.write_bytes_per_s = 1000, .lag = Millis(100)}, 3,
               [this](uint32_t, uint32_t) { return reachable_; }) {
    model_.Begin(0, ReplicationModel::kNone, 500, Instant{});
    model_.SetServing(0, true, Instant{});
    model_.Begin(1, 0, 500, Instant{});
    model_.Begin(2, 0, 500, Instant{});
  }
  static Instant At(int64_t ms) { return Instant{} + Millis(ms); }
  bool reachable_ = true;
  ReplicationModel model_;
};

TEST_F(ReplicationTest, AReplicaIsBehindByTheLag) {
  EXPECT_EQ(model_.Facts(0, At(1000)).repl_offset, 1500);
  const DataFacts replica = model_.Facts(1, At(1000));
  EXPECT_EQ(replica.repl_offset, 1400);
  EXPECT_TRUE(replica.link_up);
  EXPECT_EQ(replica.data_fresh, At(1000));
  EXPECT_TRUE(replica.has_keys);
}

TEST_F(ReplicationTest, NobodyWritesToANodeWithoutSlots) {
  model_.SetServing(0, false, At(1000));
  EXPECT_EQ(model_.Facts(0, At(9000)).repl_offset, 1500);
  EXPECT_TRUE(model_.Facts(0, At(9000)).has_keys);
  model_.SetServing(0, true, At(9000));
  EXPECT_EQ(model_.Facts(0, At(10'000)).repl_offset, 2500);
  model_.Restart(2, 0, At(1000));
  EXPECT_FALSE(model_.Facts(2, At(9000)).has_keys);
}

TEST_F(ReplicationTest, ADeadPrimaryTakesTheLinkDown) {
  std::vector<uint32_t> retries;
  model_.Stop(0, At(1000), [&](uint32_t replica, Instant at) {
    retries.push_back(replica);
    EXPECT_EQ(at, At(2000));
  });
  EXPECT_EQ(retries, (std::vector<uint32_t>{1, 2}));
  const DataFacts facts = model_.Facts(1, At(5000));
  EXPECT_FALSE(facts.link_up);
  EXPECT_EQ(facts.repl_offset, 1400);
  EXPECT_EQ(facts.data_fresh, At(1000));
  EXPECT_EQ(model_.Sync(1, model_.attempt(1), At(2000)), At(3000));
}

TEST_F(ReplicationTest, APromotedReplicaCountsOnFromItsOwnOffset) {
  model_.Stop(0, At(1000), [](uint32_t, Instant) {});
  model_.Promote(1, At(3000));
  model_.SetServing(1, true, At(3000));
  EXPECT_EQ(model_.Facts(1, At(4000)).repl_offset, 1400 + 1000);
  const Instant due = model_.Follow(2, 1, false, At(3000));
  EXPECT_EQ(model_.Sync(2, model_.attempt(2), due), kNever);
  EXPECT_EQ(model_.Facts(2, At(4000)).repl_offset, 1400 + 900);
}

TEST_F(ReplicationTest, APauseFreezesTheOffset) {
  model_.PauseWrites(0, At(1000), At(3000));
  EXPECT_EQ(model_.Facts(0, At(2000)).repl_offset, 1500);
  EXPECT_TRUE(model_.Facts(0, At(2000)).writes_paused);
  EXPECT_EQ(model_.Facts(1, At(2000)).repl_offset, 1500);
  EXPECT_EQ(model_.Facts(0, At(4000)).repl_offset, 2500);
  model_.PauseWrites(0, At(4000), At(9000));
  model_.Unpause(0, At(5000));
  EXPECT_EQ(model_.Facts(0, At(6000)).repl_offset, 3500);
}

TEST_F(ReplicationTest, ABlockedPathGoesSilentAndTimesOut) {
  model_.Facts(1, At(1000));
  reachable_ = false;
  const DataFacts silent = model_.Facts(1, At(30'000));
  EXPECT_TRUE(silent.link_up);
  EXPECT_EQ(silent.data_fresh, At(1000));
  EXPECT_EQ(silent.repl_offset, 1400);
  EXPECT_FALSE(model_.Facts(1, At(62'000)).link_up);
  EXPECT_TRUE(model_.TakeRetry(1));
  EXPECT_FALSE(model_.TakeRetry(1));
}

TEST_F(ReplicationTest, AFullSyncBeginsWithNothing) {
  const Instant due = model_.Follow(1, 0, true, At(1000));
  EXPECT_EQ(due, At(1500));
  EXPECT_FALSE(model_.Facts(1, At(1200)).link_up);
  EXPECT_EQ(model_.Sync(1, model_.attempt(1) - 1, due), kNever);
  EXPECT_FALSE(model_.Facts(1, due).link_up);  // another attempt's number
  EXPECT_EQ(model_.Sync(1, model_.attempt(1), due), kNever);
  EXPECT_TRUE(model_.Facts(1, due).link_up);
}

}  // namespace
}  // namespace gossamer::sim
