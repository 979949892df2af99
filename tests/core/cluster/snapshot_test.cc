// Nodes that are written and restored in the midst of their lives: from there on the same inputs
// have the same effects, and the same bytes come of another snapshot.
#include "core/cluster/snapshot.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "tests/core/cluster/twin_cluster.h"

namespace gossamer {
namespace {

class SnapshotTest : public testing::TestWithParam<std::string_view> {
 protected:
  // Six nodes, three of them primaries, with twins; the handshakes had some, too.
  static std::unique_ptr<TwinCluster> Formed() {
    auto c = std::make_unique<TwinCluster>(6, *FindRules(GetParam()));
    EXPECT_TRUE(c->Restore());
    c->Form([&c] { EXPECT_TRUE(c->Restore()); });
    EXPECT_TRUE(c->Restore());
    return c;
  }
  static void ExpectTwinsAlike(TwinCluster* c) {
    EXPECT_TRUE(c->TwinsAreAlike());
    EXPECT_EQ(c->different(), 0u);
  }
};

INSTANTIATE_TEST_SUITE_P(Rules, SnapshotTest, testing::ValuesIn(RuleNames()), [](const auto& info) {
  std::string name(info.param);
  for (char& c : name) c = c == '-' || c == '.' ? '_' : c;
  return name;
});

TEST_P(SnapshotTest, ACalmNodeGoesOnAlike) {
  const auto c = Formed();
  for (int i = 0; i < 8; ++i) {
    c->Run(Millis(1700));
    ExpectTwinsAlike(c.get());
    EXPECT_TRUE(c->Restore());
  }
  EXPECT_GT(c->compared(), 5000u);
}

// Restored at every step of a failover: while the dead primary is suspected, while reports about it
// gather, while its replicas wait, ask and win.
TEST_P(SnapshotTest, AFailoverGoesOnAlike) {
  const auto c = Formed();
  for (int i = 3; i < 6; ++i)
    c->Data(i, {.repl_offset = 1000, .data_fresh = Instant{INT64_MAX / 4}});
  c->Kill(0);
  for (int i = 0; i < 60 && !c->node(3).state().i_am_primary(); ++i) {
    c->Run(Millis(180));
    ExpectTwinsAlike(c.get());
    EXPECT_TRUE(c->Restore());
  }
  EXPECT_TRUE(c->node(3).state().i_am_primary());
  c->Run(Seconds(5));
  ExpectTwinsAlike(c.get());
}

// Names go and come: keys are freed and given again, the blacklist fills and empties.
TEST_P(SnapshotTest, ForgottenAndNewNodesGetTheSameKeys) {
  const auto c = Formed();
  const std::string gone = c->NameOf(5);
  for (int i = 0; i < 5; ++i) c->Command(i, {"FORGET", gone});
  EXPECT_TRUE(c->Restore());
  c->Command(5, {"RESET", "HARD"});
  c->Run(Seconds(2));
  EXPECT_TRUE(c->Restore());
  c->Command(5, {"MEET", "10.0.0.1", "6379", "16379"});
  c->Run(Seconds(4));
  ExpectTwinsAlike(c.get());
  EXPECT_EQ(c->node(1).state().peers.size(), 6u);
}

TEST_P(SnapshotTest, OpenSlotsAndManualFailoversAreKept) {
  const auto c = Formed();
  c->Command(0, {"SETSLOT", "7", "MIGRATING", c->NameOf(1)});
  c->Command(1, {"SETSLOT", "7", "IMPORTING", c->NameOf(0)});
  EXPECT_TRUE(c->Restore());
  EXPECT_EQ(c->node(0).state().slots.migrating().size(), 1u);
  c->Data(4, {.repl_offset = 5, .link_up = true});
  c->Command(4, {"FAILOVER"});
  EXPECT_TRUE(c->Restore());
  c->Run(Seconds(8));
  ExpectTwinsAlike(c.get());
}

TEST(SnapshotErrors, TruncatedAndForeignBytesAreRefused) {
  TwinCluster c(2, *FindRules("gossamer"));
  c.Command(0, {"MEET", "10.0.0.2", "6379", "16379"});
  c.Run(Seconds(3));
  const std::string bytes = Snapshot(c.node(0));
  for (size_t size = 0; size < bytes.size(); size += 1 + size / 50) {
    HostTables tables;
    EXPECT_EQ(RestoreNode(SpanOf(bytes.substr(0, size)), {}, *FindRules("gossamer"), &tables),
              nullptr)
        << size;
  }
  HostTables tables;
  EXPECT_EQ(RestoreNode(SpanOf(bytes + "x"), {}, *FindRules("gossamer"), &tables), nullptr);
}

}  // namespace
}  // namespace gossamer
