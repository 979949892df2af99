#include "sim/export/failure_flags.h"

#include <gtest/gtest.h>

#include <memory>

#include "tests/sim/check/fake_cluster.h"

namespace gossamer::sim {
namespace {

class FailureFlagsTest : public testing::Test {
 protected:
  void Begin() { flags_.Begin(cluster_); }
  void Tell(uint32_t node, EventType type, uint32_t subject) {
    flags_.OnEvent(NodeIndex{node}, {.type = type, .subject = cluster_->key(subject)});
  }
  std::shared_ptr<FakeCluster> cluster_ = std::make_shared<FakeCluster>(3, 1);
  FailureFlags flags_;
};

TEST_F(FailureFlagsTest, CountsWhoHoldsWhat) {
  Begin();
  Tell(1, EventType::kPfailSet, 0);
  Tell(2, EventType::kPfailSet, 0);
  Tell(2, EventType::kPfailSet, 3);
  EXPECT_EQ(flags_.Holders(NodeIndex{0}, Suspicion::kPfail), 2u);
  EXPECT_EQ(flags_.Holders(Suspicion::kPfail), 2u);
  Tell(2, EventType::kFailSet, 0);
  EXPECT_EQ(flags_.Holders(NodeIndex{0}, Suspicion::kPfail), 1u);
  EXPECT_EQ(flags_.Holders(NodeIndex{0}, Suspicion::kFail), 1u);
  EXPECT_EQ(flags_.Holders(Suspicion::kPfail), 2u) << "node 2 suspects node 3 still";
  Tell(2, EventType::kPfailCleared, 3);
  Tell(1, EventType::kPfailCleared, 0);
  Tell(2, EventType::kFailCleared, 0);
  EXPECT_EQ(flags_.Holders(Suspicion::kPfail), 0u);
  EXPECT_EQ(flags_.Holders(Suspicion::kFail), 0u);
  const auto changes = flags_.TakeChanges();
  ASSERT_EQ(changes.size(), 7u);
  EXPECT_EQ(changes[3].observer, NodeIndex{2});
  EXPECT_EQ(changes[3].subject, NodeIndex{0});
  EXPECT_EQ(changes[3].to, Suspicion::kFail);
  EXPECT_TRUE(flags_.TakeChanges().empty());
}

TEST_F(FailureFlagsTest, AProcessThatEndsHoldsNothing) {
  Begin();
  Tell(1, EventType::kFailSet, 0);
  flags_.OnProcess(NodeIndex{1}, ProcessChange::kPaused);
  EXPECT_EQ(flags_.Holders(Suspicion::kFail), 1u);
  flags_.OnProcess(NodeIndex{1}, ProcessChange::kKilled);
  EXPECT_EQ(flags_.Holders(Suspicion::kFail), 0u);
  EXPECT_EQ(flags_.running(), 5u);
  EXPECT_FALSE(flags_.running(NodeIndex{1}));
}

TEST_F(FailureFlagsTest, StartsWithWhatTablesHold) {
  cluster_->peers(4).SetFlags(cluster_->key(5), flag::kFail);
  cluster_->at(2).runs = false;
  Begin();
  EXPECT_EQ(flags_.running(), 5u);
  EXPECT_EQ(flags_.Holders(NodeIndex{5}, Suspicion::kFail), 1u);
  cluster_->peers(2).SetFlags(cluster_->key(5), flag::kPfail);
  cluster_->at(2).runs = true;
  flags_.OnProcess(NodeIndex{2}, ProcessChange::kStarted);
  EXPECT_EQ(flags_.Holders(NodeIndex{5}, Suspicion::kPfail), 1u);
  EXPECT_EQ(flags_.running(), 6u);
}

// A peer that was reset has a new name; what is said of its old one tells of nobody.
TEST_F(FailureFlagsTest, LooksAgainWhenANameIsGone) {
  Begin();
  Tell(1, EventType::kFailSet, 0);
  flags_.OnEvent(NodeIndex{1}, {.type = EventType::kNodeRemoved, .subject = NodeKey{999}});
  EXPECT_EQ(flags_.Holders(Suspicion::kFail), 0u) << "its table holds nothing";
}

}  // namespace
}  // namespace gossamer::sim
