#include "tools/gossamer_server/transaction.h"

#include "gtest/gtest.h"

namespace gossamer::server {
namespace {

using Words = Transaction::Words;

TEST(TransactionTest, GivesWhatWasQueuedInOrderAndIsClosedThen) {
  Transaction t;
  EXPECT_FALSE(t.open());
  t.Begin();
  EXPECT_TRUE(t.open());
  EXPECT_TRUE(t.Queue({"CLUSTER", "DELSLOTS", "1"}));
  EXPECT_TRUE(t.Queue({"CLUSTER", "ADDSLOTS", "1"}));
  EXPECT_EQ(t.Take(),
            (std::vector<Words>{{"CLUSTER", "DELSLOTS", "1"}, {"CLUSTER", "ADDSLOTS", "1"}}));
  EXPECT_FALSE(t.open());
  EXPECT_TRUE(t.Take().empty());
}

TEST(TransactionTest, AFailureLastsUntilItsEnd) {
  Transaction t;
  t.Fail();
  EXPECT_FALSE(t.failed());
  t.Begin();
  t.Fail();
  EXPECT_TRUE(t.failed());
  t.Take();
  t.Begin();
  EXPECT_FALSE(t.failed());
}

TEST(TransactionTest, HoldsSoManyAndNoMore) {
  Transaction t;
  t.Begin();
  for (size_t i = 0; i < Transaction::kMostCommands; ++i) ASSERT_TRUE(t.Queue({"PING"}));
  EXPECT_FALSE(t.Queue({"PING"}));
  EXPECT_EQ(t.Take().size(), Transaction::kMostCommands);
}

}  // namespace
}  // namespace gossamer::server
