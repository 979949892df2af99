// Manual failover, on the replica that wants it and on the primary that helps. SOURCE: semantics
// spec section 9.
#include "core/cluster/manual_failover.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/cluster/election.h"
#include "core/cluster/membership.h"
#include "tests/core/cluster/cluster_fixture.h"
#include "tests/core/cluster/election_fixture.h"

namespace gossamer {
namespace {

// ---- The replica's side: I am "m", replica of "a" ----

class ManualReplicaTest : public testing::Test, protected Replica {
 protected:
  explicit ManualReplicaTest(const ClusterSetup& setup = Slow()) : Replica(setup) {}

  ManualFailover& mf() { return c.s().manual_failover; }
  void Ask(ManualFailoverMode mode = ManualFailoverMode::kDefault) {
    Turn t = c.turn();
    StartManualFailover(t, mode);
  }
  // A PING of `from` with the PAUSED bit and this offset.
  void Paused(NodeKey from, int64_t offset, uint8_t bits = mflag::kPaused) {
    c.Deliver(from, MessageType::kPing, [&](Message* m) {
      m->header.mflags[0] |= bits;
      m->header.repl_offset = offset;
    });
  }
};

class ManualReplica80Test : public ManualReplicaTest {
 protected:
  ManualReplica80Test() : ManualReplicaTest(Slow("valkey-8.0")) {}
};

TEST_F(ManualReplicaTest, AsksItsPrimary) {
  Ask();
  EXPECT_EQ(c.SentTo(a, MessageType::kMfStart).size(), 1u);
  EXPECT_EQ(c.Sends(MessageType::kMfStart).size(), 1u);
  EXPECT_EQ(mf().end, c.ms() + 5000);
  EXPECT_FALSE(mf().can_start);
  EXPECT_EQ(mf().primary_offset, -1);
  ASSERT_TRUE(c.HasEvent(EventType::kManualFailoverStarted));
  EXPECT_EQ(c.Events(EventType::kManualFailoverStarted)[0].value, 0);
  Step();
  EXPECT_EQ(Delay(), -1) << "nothing happens before the offset is known";
}

TEST_F(ManualReplicaTest, StartsWhenItsOffsetIsThatOfThePausedPrimary) {
  Ask();
  Paused(a, 150);
  EXPECT_EQ(mf().primary_offset, 150);
  c.EndBatch();
  EXPECT_FALSE(mf().can_start) << "I am at 100";
  c.s().data.repl_offset = 150;
  c.Run(Millis(100));
  EXPECT_TRUE(mf().can_start);
  ASSERT_EQ(Requests(), 1);
  EXPECT_EQ(c.Events(EventType::kElectionStarted)[0].value, 1);
  EXPECT_EQ(Delay(), 0);
  const Header& header = c.Sends(MessageType::kAuthRequest)[0].message->header;
  EXPECT_NE(header.mflags[0] & mflag::kForceAck, 0);
  ASSERT_TRUE(c.HasEvent(EventType::kManualFailoverReady));
  EXPECT_EQ(c.Events(EventType::kManualFailoverReady)[0].value, 150);
}

TEST_F(ManualReplicaTest, StartsInTheBatchThatBringsTheOffset) {
  Ask();
  Paused(a, 100);
  c.EndBatch();
  EXPECT_EQ(Requests(), 1);
}

// Spec 18.26.
TEST_F(ManualReplicaTest, OffsetZeroIsAnOffset) {
  c.s().data.repl_offset = 0;
  Ask();
  Paused(a, 0);
  EXPECT_EQ(mf().primary_offset, 0);
  c.EndBatch();
  EXPECT_EQ(Requests(), 1);
}

TEST_F(ManualReplicaTest, OnlyTheFirstPausedOffsetCounts) {
  Ask();
  Paused(a, 150);
  Paused(a, 160);
  EXPECT_EQ(mf().primary_offset, 150);
}

TEST_F(ManualReplicaTest, OffsetsThatSayNothingAreIgnored) {
  Paused(a, 100);
  EXPECT_EQ(mf().primary_offset, -1) << "nobody asked";
  Ask();
  Paused(a, 100, 0);
  EXPECT_EQ(mf().primary_offset, -1) << "not paused";
  Paused(b, 100);
  EXPECT_EQ(mf().primary_offset, -1) << "not my primary";
  Paused(a, -7);
  EXPECT_EQ(mf().primary_offset, -1) << "reads as unknown";
  c.EndBatch();
  EXPECT_EQ(Requests(), 0);
}

TEST_F(ManualReplicaTest, TimesOut) {
  Ask();
  const MonoMs end = mf().end;
  c.Run(Millis(end - c.ms()));
  EXPECT_TRUE(mf().active());
  c.Run(Millis(200));
  EXPECT_FALSE(mf().active());
  EXPECT_EQ(c.Events(EventType::kManualFailoverTimedOut).size(), 1u);
  EXPECT_TRUE(c.All<Unpause>().empty()) << "the replica paused nobody";
  Paused(a, 100);
  c.EndBatch();
  EXPECT_EQ(Requests(), 0);
}

TEST_F(ManualReplicaTest, TheTimeLimitIsAnOption) {
  c.s().options.manual_failover_timeout = Seconds(60);
  Ask();
  EXPECT_EQ(mf().end, c.ms() + 60000);
}

TEST_F(ManualReplicaTest, VotesPromoteAndEndIt) {
  Ask();
  Paused(a, 100);
  c.EndBatch();
  for (const NodeKey voter : {b, d}) {
    c.Deliver(voter, MessageType::kAuthAck);
    c.EndBatch();
  }
  EXPECT_TRUE(c.s().i_am_primary());
  EXPECT_FALSE(mf().active());
}

TEST_F(ManualReplicaTest, ForceNeedsNoPrimary) {
  c.Unlink(a);
  Ask(ManualFailoverMode::kForce);
  EXPECT_TRUE(mf().can_start);
  EXPECT_TRUE(c.Sends(MessageType::kMfStart).empty());
  c.EndBatch();
  EXPECT_EQ(Requests(), 1);
  EXPECT_TRUE(c.s().i_am_replica()) << "but votes";
}

TEST_F(ManualReplicaTest, TakeoverNeedsNobody) {
  c.SetEpochs(b, 7);
  Ask(ManualFailoverMode::kTakeover);
  EXPECT_TRUE(c.s().i_am_primary());
  EXPECT_EQ(c.facts(c.me()).config_epoch.value, 8u);
  EXPECT_EQ(c.s().slots.owner(0), c.me());
  EXPECT_TRUE(c.Sends(MessageType::kAuthRequest).empty());
  EXPECT_FALSE(mf().active());
  c.ClearEffects();
  c.EndBatch();
  ASSERT_EQ(c.All<Persist>().size(), 1u);
  EXPECT_TRUE(c.All<Persist>()[0].fsync);
  for (const Send& send : c.Sends(MessageType::kPong)) {
    EXPECT_EQ(send.after, c.All<Persist>()[0].ticket);
  }
  EXPECT_EQ(c.Sends(MessageType::kPong).size(), 3u);
}

// Spec 18.19: an election whose retry is not due yet would swallow the manual failover.
TEST_F(ManualReplicaTest, ReadyRestartsARunningElection) {
  Start();
  c.Advance(Seconds(31));  // expired, the retry is far
  Ask(ManualFailoverMode::kForce);
  c.EndBatch();
  EXPECT_EQ(Requests(), 2);
  EXPECT_EQ(election().auth_epoch.value, 5u);
}

TEST_F(ManualReplica80Test, ExpiredElectionSwallowsItIn801) {
  Start();
  c.Advance(Seconds(31));
  Ask(ManualFailoverMode::kForce);
  c.EndBatch();
  EXPECT_EQ(Requests(), 1);
}

// Spec 18.25: FORCE while a coordinated one waits for votes starts over instead of waiting in vain.
TEST_F(ManualReplicaTest, ForceReplacesACoordinatedOne) {
  Ask();
  Paused(a, 100);
  c.EndBatch();
  ASSERT_EQ(Requests(), 1);
  Ask(ManualFailoverMode::kForce);
  c.EndBatch();
  ASSERT_EQ(Requests(), 2);
  for (const NodeKey voter : {b, d}) {
    c.Deliver(voter, MessageType::kAuthAck);
    c.EndBatch();
  }
  EXPECT_TRUE(c.s().i_am_primary());
}

TEST_F(ManualReplicaTest, AskingAgainStartsOver) {
  Ask();
  Paused(a, 150);
  c.Advance(Seconds(1));
  Ask();
  EXPECT_EQ(mf().primary_offset, -1);
  EXPECT_EQ(mf().end, c.ms() + 5000);
  EXPECT_EQ(c.SentTo(a, MessageType::kMfStart).size(), 2u);
}

TEST_F(ManualReplicaTest, NewPrimaryEndsIt) {
  const NodeKey sibling = c.AddReplica("z", a);
  Ask();
  c.Deliver(sibling, MessageType::kPong, [&](Message* m) {
    m->header.replicaof = kNoKey;
    m->header.config_epoch = {9};
    m->header.slots = c.facts(a).slots;
  });
  EXPECT_EQ(c.s().my_primary(), sibling);
  EXPECT_FALSE(mf().active());
}

TEST_F(ManualReplicaTest, NoPausedBitFromAReplica) {
  Ask();
  EXPECT_EQ(c.SentTo(a, MessageType::kMfStart)[0]->header.mflags[0] & mflag::kPaused, 0);
}

// ---- The primary's side: I am "m", "r" my replica ----

class ManualPrimaryTest : public testing::Test {
 protected:
  ManualPrimaryTest() {
    b = c.AddPrimary("b", {{0, 8191}}, 3);
    c.GiveSlots(c.me(), {{8192, 16383}});
    r = c.AddReplica("r", c.me());
    c.SetEpochs(c.me(), 5);
    c.s().data.repl_offset = 321;
    c.ClearEffects();
  }
  ~ManualPrimaryTest() override { EXPECT_EQ(CheckConsistency(c.s()), ""); }

  ManualFailover& mf() { return c.s().manual_failover; }
  void AskedBy(NodeKey node) { c.Deliver(node, MessageType::kMfStart); }
  bool SaysPaused(const MessageRef& message) {
    return (message->header.mflags[0] & mflag::kPaused) != 0;
  }

  Cluster c;
  NodeKey b, r;
};

TEST_F(ManualPrimaryTest, PausesAndSaysSoAtOnce) {
  AskedBy(r);
  ASSERT_EQ(c.All<PauseWrites>().size(), 1u);
  EXPECT_EQ(c.All<PauseWrites>()[0].until, c.now().mono + Seconds(10)) << "twice the time limit";
  EXPECT_EQ(mf().end, c.ms() + 5000);
  EXPECT_EQ(mf().replica, r);
  const std::vector<MessageRef> pings = c.SentTo(r, MessageType::kPing);
  ASSERT_EQ(pings.size(), 1u);
  EXPECT_TRUE(SaysPaused(pings[0]));
  EXPECT_EQ(pings[0]->header.repl_offset, 321);
  EXPECT_TRUE(c.SentTo(b, MessageType::kPing).empty());
}

TEST_F(ManualPrimaryTest, EveryHeaderSaysPausedWhileItLasts) {
  c.Deliver(b, MessageType::kPing);
  EXPECT_FALSE(SaysPaused(c.SentTo(b, MessageType::kPong)[0]));
  AskedBy(r);
  c.ClearEffects();
  c.Deliver(b, MessageType::kPing);
  EXPECT_TRUE(SaysPaused(c.SentTo(b, MessageType::kPong)[0]));
}

TEST_F(ManualPrimaryTest, PingsTheReplicaWithEveryCron) {
  AskedBy(r);
  c.ClearEffects();
  c.Run(Seconds(1));
  EXPECT_GE(c.SentTo(r, MessageType::kPing).size(), 10u);
  EXPECT_LE(c.SentTo(b, MessageType::kPing).size(), 1u);
}

TEST_F(ManualPrimaryTest, OnlyForItsOwnReplicas) {
  const NodeKey other = c.AddReplica("other", b);
  AskedBy(other);
  AskedBy(b);
  AskedBy(c.Key("stranger"));
  EXPECT_FALSE(mf().active());
  EXPECT_TRUE(c.All<PauseWrites>().empty());
}

TEST_F(ManualPrimaryTest, NotWhileIAmAReplica) {
  Turn t = c.turn();
  t.s.peers.ReplaceFlags(c.me(), flag::kMyself | flag::kReplica);
  AskedBy(r);
  EXPECT_FALSE(mf().active());
  t.s.peers.ReplaceFlags(c.me(), flag::kMyself | flag::kPrimary);
}

TEST_F(ManualPrimaryTest, ResumesWhenTheTimeIsOver) {
  AskedBy(r);
  c.Run(Seconds(5));
  EXPECT_TRUE(c.All<Unpause>().empty());
  c.Run(Millis(200));
  EXPECT_EQ(c.All<Unpause>().size(), 1u);
  EXPECT_FALSE(mf().active());
  EXPECT_EQ(c.Events(EventType::kManualFailoverTimedOut).size(), 1u);
}

TEST_F(ManualPrimaryTest, ResumesWhenItIsDemoted) {
  AskedBy(r);
  c.Deliver(r, MessageType::kPing, [&](Message* m) {
    m->header.replicaof = kNoKey;
    m->header.config_epoch = {6};
    m->header.slots = c.facts(c.me()).slots;
  });
  EXPECT_EQ(c.s().my_primary(), r);
  EXPECT_EQ(c.All<Unpause>().size(), 1u);
  EXPECT_FALSE(mf().active());
}

TEST_F(ManualPrimaryTest, ResumesWhenTheReplicaIsForgotten) {
  AskedBy(r);
  Turn t = c.turn();
  RemoveNode(t, r);
  EXPECT_EQ(c.All<Unpause>().size(), 1u);
  EXPECT_FALSE(mf().active());
}

TEST_F(ManualPrimaryTest, ResumesWhenItIsReset) {
  AskedBy(r);
  Turn t = c.turn();
  Reset(t, /*hard=*/false);
  EXPECT_EQ(c.All<Unpause>().size(), 1u);
  EXPECT_FALSE(mf().active());
}

TEST_F(ManualPrimaryTest, AskedAgainStartsOver) {
  const NodeKey q = c.AddReplica("q", c.me());
  AskedBy(r);
  c.Advance(Seconds(1));
  AskedBy(q);
  EXPECT_EQ(mf().replica, q);
  EXPECT_EQ(mf().end, c.ms() + 5000);
  EXPECT_EQ(c.All<PauseWrites>().size(), 2u);
  EXPECT_EQ(c.All<Unpause>().size(), 1u);
}

TEST_F(ManualPrimaryTest, WithoutALinkTheOffsetComesWithTheNextOne) {
  const LinkId in = c.in_link(r);
  c.s().links.Remove(c.out_link(r));
  c.peers().ClearOutLink(r);
  c.DeliverOn(in, c.Make(r, MessageType::kMfStart));
  EXPECT_TRUE(mf().active());
  EXPECT_TRUE(c.Sends(MessageType::kPing).empty());
  c.Run(Millis(200));
  EXPECT_EQ(c.All<Open>().size(), 1u);
}

}  // namespace
}  // namespace gossamer
