// Elections: whether there is one, its steps, what ends it, and promotion. SOURCE: semantics spec
// section 8.
#include "core/cluster/election.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "tests/core/cluster/cluster_fixture.h"
#include "tests/core/cluster/election_fixture.h"

namespace gossamer {
namespace {

// ---- Whether there is an election at all ----

TEST(ElectionTest, OnlyForAFailedPrimary) {
  Replica r;
  r.Step();
  r.c.peers().SetFlags(r.a, flag::kPfail);
  r.Step();
  r.Fail(r.b);
  r.Step();
  EXPECT_EQ(r.Delay(), -1);
  r.Fail(r.a);
  r.Step();
  EXPECT_GE(r.Delay(), 500);
}

TEST(ElectionTest, NotByAPrimaryNorByAReplicaOfNobody) {
  Replica r;
  r.Fail(r.a);
  r.c.peers().EditFacts(r.c.me(), [](PeerFacts* f) { f->replicaof = kNoKey; });
  r.Step();
  EXPECT_EQ(r.Delay(), -1);
  r.c.peers().ReplaceFlags(r.c.me(), flag::kMyself | flag::kPrimary);
  r.Step();
  EXPECT_EQ(r.Delay(), -1);
}

TEST(ElectionTest, NotByAReplicaThatMayNot) {
  ClusterSetup setup = Slow();
  setup.options.replica_no_failover = true;
  Replica r(setup);
  r.Fail(r.a);
  r.Step();
  EXPECT_EQ(r.Delay(), -1);
  r.c.s().manual_failover.end = r.c.ms() + 5000;
  r.c.s().manual_failover.can_start = true;
  r.Step();
  EXPECT_EQ(r.Requests(), 1) << "an operator may";
}

TEST(ElectionTest, EmptyShardsFailOverToo) {
  Replica r;
  r.c.GiveSlots(r.b, {{0, 5460}});
  r.Fail(r.a);
  r.Step();
  EXPECT_GE(r.Delay(), 500);
}

struct DataAgeCase {
  Duration age;
  int64_t factor;
  bool runs;
};

TEST(ElectionTest, OldDataIsNotServed) {
  // 10 s + 10 T = 160 s, and T for the failure to be noticed. Whole seconds count.
  for (const DataAgeCase& one :
       {DataAgeCase{Seconds(175), 10, true}, DataAgeCase{Seconds(176) - Millis(1), 10, true},
        DataAgeCase{Seconds(176), 10, false}, DataAgeCase{Seconds(14), 0, true},
        DataAgeCase{Seconds(100000), 0, true}, DataAgeCase{Seconds(40), 1, true},
        DataAgeCase{Seconds(41), 1, false}}) {
    ClusterSetup setup = Slow();
    setup.options.replica_validity_factor = one.factor;
    Replica r(setup);
    r.Fail(r.a);
    r.c.s().data.data_fresh = r.c.now().mono - one.age;
    r.Step();
    EXPECT_EQ(r.Delay() >= 0, one.runs) << one.age.us << " " << one.factor;
    EXPECT_EQ(r.election().reason == CantFailover::kDataAge, !one.runs);
  }
}

TEST(ElectionTest, NoGraceWithinTheTimeout) {
  // T is taken off only what is older than T: a limit of 0 s would refuse 15 s but not 16 s.
  ClusterSetup setup = Slow();
  setup.options.replica_validity_factor = 1;
  setup.options.repl_ping_replica_period = Seconds(-5);
  Replica r(setup);
  r.Fail(r.a);
  r.c.s().data.data_fresh = r.c.now().mono - Seconds(15);
  r.Step();
  EXPECT_EQ(r.Delay(), -1);
  r.c.s().data.data_fresh = r.c.now().mono - Seconds(16);
  r.Step();
  EXPECT_GE(r.Delay(), 500);
}

TEST(ElectionTest, DataThatWasNeverFreshIsOld) {
  Replica r;
  r.Fail(r.a);
  r.c.node().OnData(DataFacts{.repl_offset = 7});
  r.Step();
  EXPECT_EQ(r.election().reason, CantFailover::kDataAge);
}

TEST(ElectionTest, OperatorsDoNotAskForTheAge) {
  Replica r;
  r.c.s().data.data_fresh = r.c.now().mono - Seconds(1000);
  r.c.s().manual_failover.end = r.c.ms() + 5000;
  r.c.s().manual_failover.can_start = true;
  r.Step();
  EXPECT_EQ(r.Requests(), 1);
}

TEST(ElectionTest, ReasonsAreSaidOnce) {
  Replica r;
  r.Fail(r.a);
  r.Step();
  for (int i = 0; i < 4; ++i) r.StepAt(Millis(100));
  ASSERT_EQ(r.c.Events(EventType::kCantFailover).size(), 1u);
  EXPECT_EQ(r.c.Events(EventType::kCantFailover)[0].value,
            static_cast<int64_t>(CantFailover::kWaitingDelay));
}

// ---- The steps of one election ----

TEST(ElectionTest, FailureSchedulesInTheSameBatchOrWithTheNextCron) {
  for (const std::string_view rules : {"valkey-8.0", "valkey-9.0", "gossamer"}) {
    Replica r(Slow(rules));
    r.c.Deliver(r.b, MessageType::kFail, [&](Message* m) { m->body = Fail{r.a}; });
    r.c.EndBatch();
    EXPECT_EQ(r.Delay() >= 0, rules != "valkey-8.0") << rules;
    r.c.Run(Millis(200));
    EXPECT_GE(r.Delay(), 500);
  }
}

TEST(ElectionTest, SiblingsHearMyOffsetWhenISchedule) {
  Replica r;
  const NodeKey sibling = r.c.AddReplica("z", r.a, 50);
  const NodeKey other = r.c.AddReplica("y", r.b, 50);
  r.c.s().data.repl_offset = 777;
  r.Fail(r.a);
  r.Step();
  ASSERT_EQ(r.c.Sends(MessageType::kPong).size(), 1u);
  ASSERT_EQ(r.c.SentTo(sibling, MessageType::kPong).size(), 1u);
  EXPECT_EQ(r.c.SentTo(sibling, MessageType::kPong)[0]->header.repl_offset, 777);
  EXPECT_TRUE(r.c.SentTo(other, MessageType::kPong).empty());
}

TEST(ElectionTest, RequestGoesToAllOnceTheEpochIsDurable) {
  Replica r;
  const NodeKey sibling = r.c.AddReplica("z", r.a, 50);
  r.Start();
  EXPECT_EQ(r.c.s().current_epoch.value, 4u);
  const std::vector<Send> sent = r.c.Sends(MessageType::kAuthRequest);
  EXPECT_EQ(sent.size(), 4u);
  EXPECT_EQ(r.c.SentTo(sibling, MessageType::kAuthRequest).size(), 1u);
  const Header& header = sent[0].message->header;
  EXPECT_EQ(header.current_epoch.value, 4u);
  EXPECT_EQ(header.config_epoch.value, 1u) << "that of my primary's slots";
  EXPECT_EQ(header.slots->count(), 5461u);
  EXPECT_EQ(header.replicaof, r.a);
  EXPECT_EQ(header.mflags[0] & mflag::kForceAck, 0);
  r.c.EndBatch();
  ASSERT_EQ(r.c.All<Persist>().size(), 1u);
  EXPECT_TRUE(r.c.All<Persist>()[0].fsync);
  for (const Send& one : sent) EXPECT_EQ(one.after, r.c.All<Persist>()[0].ticket);
}

TEST(ElectionTest, StartsNoSoonerThanItsDelay) {
  Replica r;
  r.Fail(r.a);
  r.Step();
  r.StepAt(Millis(r.Delay() - 1));
  EXPECT_EQ(r.Requests(), 0);
  r.StepAt(Millis(1));
  EXPECT_EQ(r.Requests(), 1);
  r.StepAt(Millis(1));
  EXPECT_EQ(r.Requests(), 1) << "one request per election";
  EXPECT_EQ(r.election().reason, CantFailover::kWaitingVotes);
}

TEST(ElectionTest, StepThatSchedulesDoesNotGoOnUntil80) {
  for (const bool goes_on : {true, false}) {
    ClusterSetup setup = Slow(goes_on ? "valkey-9.0" : "valkey-8.0");
    Replica r(setup);
    r.c.s().manual_failover.end = r.c.ms() + 5000;
    r.c.s().manual_failover.can_start = true;
    r.Step();
    EXPECT_EQ(r.Requests(), goes_on ? 1 : 0);
    r.c.EndBatch();
    EXPECT_EQ(r.Requests(), 1) << "the next batch goes on";
  }
}

TEST(ElectionTest, ExpiresAfterTwoTimeoutsAndRetriesAfterFour) {
  Replica r;
  r.Start();
  const MonoMs at = r.election().auth_time;
  r.c.s().data.data_fresh = r.c.now().mono + Seconds(100);  // it stays young enough
  r.StepAt(Seconds(30));
  EXPECT_FALSE(r.c.HasEvent(EventType::kElectionExpired));
  r.StepAt(Millis(1));
  ASSERT_EQ(r.c.Events(EventType::kElectionExpired).size(), 1u);
  EXPECT_EQ(r.c.Events(EventType::kElectionExpired)[0].epoch.value, 4u);
  EXPECT_EQ(r.election().reason, CantFailover::kExpired);
  // Votes that come now are of no use.
  r.election().auth_count = 3;
  r.StepAt(Seconds(10));
  EXPECT_TRUE(r.c.s().i_am_replica());
  EXPECT_EQ(r.c.Events(EventType::kElectionExpired).size(), 1u);
  r.c.Advance(Millis(at + 60000 - r.c.ms()));
  r.Step();
  EXPECT_EQ(r.c.Events(EventType::kElectionScheduled).size(), 1u);
  r.StepAt(Millis(1));
  ASSERT_EQ(r.c.Events(EventType::kElectionScheduled).size(), 2u);
  EXPECT_EQ(r.election().auth_count, 0u);
  r.StepAt(Seconds(1));
  EXPECT_EQ(r.Requests(), 2);
  EXPECT_EQ(r.c.s().current_epoch.value, 5u);
}

TEST(ElectionTest, TimeoutsOfAnElectionAreAtLeastTwoSeconds) {
  Replica r(WithTimeout(Slow(), Millis(500)));
  r.Start();
  r.StepAt(Seconds(2));
  EXPECT_FALSE(r.c.HasEvent(EventType::kElectionExpired));
  r.StepAt(Millis(1));
  EXPECT_TRUE(r.c.HasEvent(EventType::kElectionExpired));
  r.StepAt(Millis(1999));
  EXPECT_EQ(r.c.Events(EventType::kElectionScheduled).size(), 1u);
  r.StepAt(Millis(1));
  EXPECT_EQ(r.c.Events(EventType::kElectionScheduled).size(), 2u);
}

TEST(ElectionTest, PrimaryThatComesBackEndsTheWait) {
  Replica r;
  r.Fail(r.a);
  r.Step();
  r.c.peers().ClearFlags(r.a, flag::kFail);
  r.StepAt(Seconds(2));
  EXPECT_EQ(r.Requests(), 0);
  EXPECT_EQ(r.election().reason, CantFailover::kNone);
}

TEST(ElectionTest, TheLastEpochIsNotWrappedAround) {
  Replica r(Slow("valkey-9.1"));
  r.c.s().current_epoch = {UINT64_MAX};
  r.Fail(r.a);
  r.Step();
  r.StepAt(Seconds(2));
  EXPECT_EQ(r.Requests(), 0);
  EXPECT_EQ(r.c.s().current_epoch.value, UINT64_MAX);
}

// ---- A newer claim ----

void NewerClaim(Replica& r, uint64_t epoch) {
  r.c.Deliver(r.d, MessageType::kPong, [&](Message* m) {
    m->header.config_epoch = {epoch};
    m->header.current_epoch = {epoch};
  });
}

// Spec 18.15.
TEST(ElectionTest, LoserRestartsOnNewerClaim) {
  Replica r;
  r.Start();
  r.c.EndBatch();
  NewerClaim(r, 4);
  ASSERT_TRUE(r.c.HasEvent(EventType::kElectionRestarted));
  EXPECT_EQ(r.c.Events(EventType::kElectionRestarted)[0].other, r.d);
  r.c.EndBatch();
  ASSERT_EQ(r.c.Events(EventType::kElectionScheduled).size(), 2u);
  EXPECT_FALSE(r.election().auth_sent);
  r.StepAt(Seconds(1));
  EXPECT_EQ(r.Requests(), 2);
  EXPECT_EQ(r.election().auth_epoch.value, 5u);
}

TEST(ElectionTest, LoserWaitsOnAnOlderClaim) {
  Replica r;
  r.c.s().current_epoch = {9};
  r.Start();
  NewerClaim(r, 9);
  EXPECT_FALSE(r.c.HasEvent(EventType::kElectionRestarted));
}

TEST(ElectionTest, NothingRestartsBeforeTheRequest) {
  Replica r;
  r.Fail(r.a);
  r.Step();
  const MonoMs at = r.election().auth_time;
  NewerClaim(r, 9);
  r.c.EndBatch();
  EXPECT_FALSE(r.c.HasEvent(EventType::kElectionRestarted));
  EXPECT_EQ(r.election().auth_time, at);
}

TEST(ElectionTest, ReplicasHeadersRestartNothing) {
  Replica r;
  const NodeKey other = r.c.AddReplica("y", r.d, 50);
  r.Start();
  r.c.Deliver(other, MessageType::kPong, [](Message* m) { m->header.config_epoch = {9}; });
  EXPECT_FALSE(r.c.HasEvent(EventType::kElectionRestarted));
}

TEST(ElectionTest, LoserWaitsForItsRetryIn801) {
  Replica r(Slow("valkey-8.0"));
  r.Start();
  NewerClaim(r, 9);
  r.c.EndBatch();
  EXPECT_FALSE(r.c.HasEvent(EventType::kElectionRestarted));
  EXPECT_EQ(r.c.Events(EventType::kElectionScheduled).size(), 1u);
}

// ---- Promotion ----

TEST(PromotionTest, TakesSlotsEpochAndRole) {
  Replica r;
  const NodeKey sibling = r.c.AddReplica("z", r.a, 50);
  r.Start();
  r.c.EndBatch();
  r.c.ClearEffects();
  r.election().auth_count = 2;
  r.Step();
  State& s = r.c.s();
  EXPECT_TRUE(s.i_am_primary());
  EXPECT_EQ(s.my_primary(), kNoKey);
  EXPECT_EQ(r.c.facts(r.c.me()).slots->count(), 5461u);
  EXPECT_EQ(r.c.facts(r.a).slots->count(), 0u);
  EXPECT_EQ(r.c.facts(r.c.me()).config_epoch.value, 4u);
  EXPECT_EQ(s.slots.owner(0), r.c.me());
  EXPECT_FALSE(r.c.peers().Has(r.c.me(), flag::kMyPrimaryFail));
  EXPECT_EQ(s.election.auth_time, kLongAgo);
  EXPECT_EQ(r.c.All<Promote>().size(), 1u);
  EXPECT_EQ(r.c.facts(sibling).replicaof, r.a) << "it will tell me itself";
  ASSERT_TRUE(r.c.HasEvent(EventType::kPromoted));
  EXPECT_EQ(r.c.Events(EventType::kPromoted)[0].subject, r.a);
  EXPECT_EQ(r.c.Events(EventType::kPromoted)[0].epoch.value, 4u);
}

TEST(PromotionTest, IsToldToAllOnceItIsDurable) {
  for (const std::string_view rules : {"valkey-8.0", "gossamer"}) {
    Replica r(Slow(rules));
    const NodeKey sibling = r.c.AddReplica("z", r.a, 50);
    Turn t = r.c.turn();
    r.c.s().current_epoch = {4};
    PromoteMyself(t, {4});
    r.c.ClearEffects();
    r.c.EndBatch();
    ASSERT_EQ(r.c.All<Persist>().size(), 1u);
    EXPECT_TRUE(r.c.All<Persist>()[0].fsync);
    const std::vector<Send> told = r.c.Sends(MessageType::kPong);
    EXPECT_EQ(told.size(), 4u);
    EXPECT_EQ(r.c.SentTo(sibling, MessageType::kPong).size(), 1u);
    for (const Send& one : told) {
      EXPECT_EQ(one.after, r.c.All<Persist>()[0].ticket);
      EXPECT_EQ(one.message->header.config_epoch.value, 4u);
      EXPECT_EQ(one.message->header.slots->count(), 5461u);
    }
  }
}

TEST(PromotionTest, NeverLowersMyEpoch) {
  Replica r;
  r.c.SetEpochs(r.c.me(), 9);
  Turn t = r.c.turn();
  PromoteMyself(t, {4});
  EXPECT_EQ(r.c.facts(r.c.me()).config_epoch.value, 9u);
}

TEST(PromotionTest, StateIsRecomputedAtOnce) {
  Replica r;
  r.Fail(r.a);
  Turn t = r.c.turn();
  r.c.s().health.ok = false;
  r.c.s().health.minority = kLongAgo;
  r.c.s().current_epoch = {4};
  PromoteMyself(t, {4});
  EXPECT_TRUE(r.c.s().health.ok) << "all slots have a primary again";
}

TEST(PromotionTest, OldPrimaryWithoutReplicasIsNoTargetOfMigration) {
  Replica r;
  Turn t = r.c.turn();
  r.c.s().current_epoch = {4};
  PromoteMyself(t, {4});
  EXPECT_FALSE(r.c.peers().Has(r.a, flag::kMigrateTo));
}

// Spec 18.22: a second replica of the shard that has not heard of the first winner.
TEST(PromotionTest, SecondWinnerTakesOverFromTheFirst) {
  Replica r;
  const NodeKey sibling = r.c.AddReplica("z", r.a, 50);
  Turn t = r.c.turn();
  r.c.s().current_epoch = {11};
  PromoteMyself(t, {11});
  r.c.Deliver(sibling, MessageType::kPong, [&](Message* m) {
    m->header.replicaof = kNoKey;
    m->header.slots = r.c.facts(r.c.me()).slots;
    m->header.current_epoch = {11};
    m->header.config_epoch = {10};
  });
  EXPECT_TRUE(r.c.s().i_am_primary());
  EXPECT_EQ(r.c.s().slots.owner(0), r.c.me());
  EXPECT_EQ(r.c.SentTo(sibling, MessageType::kUpdate).size(), 1u) << "it learns that it lost";
}

}  // namespace
}  // namespace gossamer
