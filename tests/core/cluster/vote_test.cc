// Votes: who gets one, why not, what it waits for, and how they are counted. SOURCE: semantics spec
// sections 8.1, 8.2.
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/cluster/consistency.h"
#include "core/cluster/election.h"
#include "core/cluster/epochs.h"
#include "core/cluster/snapshot.h"
#include "tests/core/cluster/cluster_fixture.h"
#include "tests/core/cluster/twin_cluster.h"

namespace gossamer {
namespace {

ClusterSetup With(std::string_view rules) {
  ClusterSetup setup;
  setup.rules = RulesNamed(rules);
  return setup;
}

// I am "m", a voting primary. "a" is FAIL, "r" its replica and candidate.
class VoterTest : public testing::Test {
 protected:
  explicit VoterTest(const ClusterSetup& setup = {}) : c(setup) {
    a = c.AddPrimary("a", {{0, 8191}}, 3);
    r = c.AddReplica("r", a);
    c.GiveSlots(c.me(), {{8192, 16383}});
    c.SetEpochs(c.me(), 5);
    c.peers().SetFlags(a, flag::kFail);
    c.peers().SetMoment(a, Moment::kFail, c.ms());
    c.ClearEffects();
  }
  ~VoterTest() override { EXPECT_EQ(CheckConsistency(c.s()), ""); }

  // An AUTH_REQUEST of `from` for `epoch`.
  void Request(NodeKey from, uint64_t epoch, const Cluster::Edit& edit = nullptr) {
    c.Deliver(from, MessageType::kAuthRequest, [&](Message* m) {
      m->header.current_epoch = {epoch};
      if (edit) edit(m);
    });
  }
  static void Force(Message* m) { m->header.mflags[0] |= mflag::kForceAck; }
  std::vector<Send> Acks() { return c.Sends(MessageType::kAuthAck); }
  std::optional<VoteRefusal> Refusal() {
    const std::vector<Event> refused = c.Events(EventType::kVoteRefused);
    if (refused.empty()) return std::nullopt;
    return static_cast<VoteRefusal>(refused.back().value);
  }

  Cluster c;
  NodeKey a, r;
};

class Voter80Test : public VoterTest {
 protected:
  Voter80Test() : VoterTest(With("valkey-8.0")) {}
};
class Voter90Test : public VoterTest {
 protected:
  Voter90Test() : VoterTest(With("valkey-9.0")) {}
};

TEST_F(VoterTest, VotesForTheReplicaOfAFailedPrimary) {
  Request(r, 6);
  ASSERT_EQ(Acks().size(), 1u);
  EXPECT_EQ(Acks()[0].link, c.out_link(r));
  EXPECT_EQ(Acks()[0].message->header.current_epoch.value, 6u);
  EXPECT_EQ(c.s().last_vote_epoch.value, 6u);
  ASSERT_TRUE(c.HasEvent(EventType::kVoteGranted));
  EXPECT_EQ(c.Events(EventType::kVoteGranted)[0].subject, r);
  EXPECT_EQ(c.Events(EventType::kVoteGranted)[0].epoch.value, 6u);
}

// A vote that could be forgotten in a crash must not be out. Spec 18.20.
TEST_F(VoterTest, TheVoteWaitsForItsOwnFsync) {
  Request(r, 6);
  ASSERT_EQ(Acks().size(), 1u);
  const Ticket after = Acks()[0].after;
  EXPECT_GT(after.value, 0u);
  EXPECT_TRUE(c.All<Persist>().empty());
  c.EndBatch();
  ASSERT_EQ(c.All<Persist>().size(), 1u);
  EXPECT_TRUE(c.All<Persist>()[0].fsync);
  EXPECT_EQ(c.All<Persist>()[0].ticket, after);
}

TEST_F(VoterTest, VotesOfOneBatchShareOneFsyncAndTheNextBatchHasItsOwn) {
  Request(r, 6);
  Request(r, 7);
  c.EndBatch();
  ASSERT_EQ(Acks().size(), 2u);
  EXPECT_EQ(Acks()[0].after, Acks()[1].after);
  ASSERT_EQ(c.All<Persist>().size(), 1u);
  const Ticket first = Acks()[0].after;
  c.ClearEffects();
  Request(r, 8);
  c.EndBatch();
  ASSERT_EQ(Acks().size(), 1u);
  EXPECT_GT(Acks()[0].after, first);
  EXPECT_EQ(c.All<Persist>()[0].ticket, Acks()[0].after);
}

// ---- Refusals, each alone ----

TEST_F(VoterTest, NodesWithoutAVoteAreSilent) {
  Turn t = c.turn();
  t.s.peers.ClearFlags(c.me(), flag::kPrimary);
  t.s.peers.SetFlags(c.me(), flag::kReplica);
  Request(r, 6);
  EXPECT_TRUE(Acks().empty());
  EXPECT_EQ(Refusal(), std::nullopt);
  t.s.peers.ClearFlags(c.me(), flag::kReplica);
  t.s.peers.SetFlags(c.me(), flag::kPrimary);
}

TEST_F(VoterTest, PrimariesWithoutSlotsAreSilent) {
  c.GiveSlots(a, {{8192, 16383}});
  Request(r, 6);
  EXPECT_TRUE(Acks().empty());
  EXPECT_EQ(Refusal(), std::nullopt);
}

TEST_F(VoterTest, NotBeforeItIsSafeToJoin) {
  c.s().health.safe_to_join = false;
  Request(r, 6);
  EXPECT_EQ(Refusal(), VoteRefusal::kNotSafeToJoin);
  EXPECT_EQ(c.s().last_vote_epoch.value, 0u);
}

TEST_F(Voter90Test, RestartIsNoObstacleUntil90) {
  c.s().health.safe_to_join = false;
  Request(r, 6);
  EXPECT_EQ(Acks().size(), 1u);
}

TEST_F(VoterTest, NotForAnOldEpoch) {
  Request(r, 4);
  EXPECT_EQ(Refusal(), VoteRefusal::kOldEpoch);
}

TEST_F(VoterTest, ForMyCurrentEpochIfItIsUnused) {
  Request(r, 5);
  EXPECT_EQ(Acks().size(), 1u);
}

TEST_F(VoterTest, OnlyOnceInAnEpoch) {
  const NodeKey q = c.AddReplica("q", a);
  Request(r, 6);
  Request(q, 6);
  EXPECT_EQ(Acks().size(), 1u);
  EXPECT_EQ(Refusal(), VoteRefusal::kAlreadyVoted);
  Request(r, 6);
  EXPECT_EQ(Acks().size(), 1u) << "not even again for the same candidate";
  Request(q, 7);
  EXPECT_EQ(Acks().size(), 2u);
}

TEST_F(VoterTest, OnlyOnceInAnEpochAcrossRestarts) {
  Request(r, 6);
  c.EndBatch();
  const NodesConf saved = c.node().Serialize(c.now());
  EXPECT_EQ(saved.last_vote_epoch.value, 6u);
  Effects effects;
  ClusterNode again({}, RulesNamed("gossamer"), &c.tables(), saved, 2, 1, c.now(), &effects);
  EXPECT_EQ(again.state().last_vote_epoch.value, 6u);
  again.mutable_state().health.safe_to_join = true;
  const LinkId link = LinkId::Make(true, 0, 0);
  again.OnLinkUp(c.now(), link, {}, &effects);
  effects.Clear();
  again.OnMessage(
      c.now(), link, {},
      c.Make(r, MessageType::kAuthRequest, [](Message* m) { m->header.current_epoch = {6}; }),
      &effects);
  bool refused = false;
  for (const Effect& effect : effects.list()) {
    const auto* emit = std::get_if<Emit>(&effect);
    refused |= emit != nullptr && emit->event.type == EventType::kVoteRefused &&
               emit->event.value == static_cast<int64_t>(VoteRefusal::kAlreadyVoted);
  }
  EXPECT_TRUE(refused);
}

TEST_F(VoterTest, NotForAPrimary) {
  const NodeKey p = c.AddPrimary("p");
  Request(p, 6);
  EXPECT_EQ(Refusal(), VoteRefusal::kNotReplica);
}

TEST_F(VoterTest, NotForAReplicaOfNobody) {
  c.peers().EditFacts(r, [](PeerFacts* f) { f->replicaof = kNoKey; });
  Request(r, 6);
  EXPECT_EQ(Refusal(), VoteRefusal::kNotReplica);
}

TEST_F(VoterTest, NotWhileItsPrimaryIsUp) {
  c.peers().ClearFlags(a, flag::kFail);
  Request(r, 6);
  EXPECT_EQ(Refusal(), VoteRefusal::kPrimaryUp);
  c.peers().SetFlags(a, flag::kPfail);
  Request(r, 7);
  EXPECT_EQ(Refusal(), VoteRefusal::kPrimaryUp);
  EXPECT_TRUE(Acks().empty());
}

TEST_F(VoterTest, ForcedRequestNeedsNoFailure) {
  c.peers().ClearFlags(a, flag::kFail);
  Request(r, 6, Force);
  EXPECT_EQ(Acks().size(), 1u);
}

TEST_F(VoterTest, ForceLiftsNoOtherCondition) {
  Request(r, 4, Force);
  EXPECT_EQ(Refusal(), VoteRefusal::kOldEpoch);
  Request(r, 6, [](Message* m) {
    Force(m);
    m->header.config_epoch = {2};
  });
  EXPECT_EQ(Refusal(), VoteRefusal::kStaleSlots);
}

TEST_F(Voter80Test, OneVotePerShardInTwoTimeouts) {
  Request(r, 6);
  c.Advance(Seconds(30) - Millis(1));
  Request(r, 7);
  EXPECT_EQ(Refusal(), VoteRefusal::kRevoteLock);
  c.Advance(Millis(1));
  Request(r, 8);
  EXPECT_EQ(Acks().size(), 2u);
}

TEST_F(Voter80Test, TheLockIsPerShard) {
  const NodeKey d = c.AddPrimary("d", {}, 2);
  const NodeKey q = c.AddReplica("q", d);
  c.peers().SetFlags(d, flag::kFail);
  Request(r, 6);
  Request(q, 7);
  EXPECT_EQ(Acks().size(), 2u);
}

// Spec 18.18: the lock refused legitimate second failovers.
TEST_F(Voter90Test, NoLockFrom81) {
  Request(r, 6);
  Request(r, 7);
  EXPECT_EQ(Acks().size(), 2u);
}

TEST_F(VoterTest, NotForSlotsThatANewerOwnerHas) {
  c.SetEpochs(a, 7);
  Request(r, 8, [](Message* m) { m->header.config_epoch = {6}; });
  EXPECT_EQ(Refusal(), VoteRefusal::kStaleSlots);
  // Spec 18.14: the candidate is told, so that its next request can succeed.
  const std::vector<MessageRef> told = c.SentTo(r, MessageType::kUpdate);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(std::get<SlotUpdate>(told[0]->body).node, a);
  EXPECT_EQ(std::get<SlotUpdate>(told[0]->body).config_epoch.value, 7u);
  EXPECT_EQ(c.s().last_vote_epoch.value, 0u) << "a refusal spends nothing";
}

TEST_F(Voter80Test, RefusedCandidateIsNotToldIn801) {
  c.SetEpochs(a, 7);
  Request(r, 8, [](Message* m) { m->header.config_epoch = {6}; });
  EXPECT_EQ(Refusal(), VoteRefusal::kStaleSlots);
  EXPECT_TRUE(c.Sends(MessageType::kUpdate).empty());
}

TEST_F(VoterTest, SlotsOfTheSameEpochAreNotNewer) {
  c.SetEpochs(a, 6);
  Request(r, 8, [](Message* m) { m->header.config_epoch = {6}; });
  EXPECT_EQ(Acks().size(), 1u);
}

TEST_F(VoterTest, SlotsThatTheirOwnerGaveUpAreNoObstacle) {
  c.SetEpochs(a, 7);
  for (Slot slot = 0; slot <= 8191; ++slot) c.s().slots.SetNotClaiming(slot, true);
  Request(r, 8, [](Message* m) { m->header.config_epoch = {6}; });
  EXPECT_EQ(Acks().size(), 1u);
}

TEST_F(VoterTest, EmptyShardGetsVotesToo) {
  const NodeKey d = c.AddPrimary("d", {}, 2);
  const NodeKey q = c.AddReplica("q", d);
  c.peers().SetFlags(d, flag::kFail);
  Request(q, 8);
  EXPECT_EQ(Acks().size(), 1u);
}

// Offsets do not count: first come, first served. Spec 18.52.
TEST_F(VoterTest, OffsetsDoNotCount) {
  c.AddReplica("q", a, 1000);
  Request(r, 6, [](Message* m) { m->header.repl_offset = 0; });
  EXPECT_EQ(Acks().size(), 1u);
}

// Spec 18.21.
TEST_F(VoterTest, VoteWithoutALinkIsSpentAndLost) {
  const LinkId in = c.in_link(r);
  c.s().links.Remove(c.out_link(r));
  c.peers().ClearOutLink(r);
  c.DeliverOn(
      in, c.Make(r, MessageType::kAuthRequest, [](Message* m) { m->header.current_epoch = {6}; }));
  EXPECT_TRUE(Acks().empty());
  EXPECT_EQ(Refusal(), VoteRefusal::kNoLink);
  EXPECT_FALSE(c.HasEvent(EventType::kVoteGranted));
  EXPECT_EQ(c.s().last_vote_epoch.value, 6u);
  c.EndBatch();
  EXPECT_TRUE(c.All<Persist>()[0].fsync);
}

TEST_F(VoterTest, UnknownCandidatesGetNoAnswer) {
  Request(c.Key("stranger"), 6);
  EXPECT_TRUE(Acks().empty());
  EXPECT_EQ(Refusal(), std::nullopt);
  EXPECT_EQ(c.s().current_epoch.value, 5u);
}

// ---- Refusals, in order ----

TEST_F(VoterTest, ReasonsComeInOrder) {
  ClusterSetup setup;
  setup.rules.revote_lock = true;
  Cluster v(setup);
  const NodeKey p = v.AddPrimary("p", {{0, 8191}}, 7);
  const NodeKey q = v.AddPrimary("q", {}, 1);
  v.GiveSlots(v.me(), {{8192, 16383}});
  v.s().current_epoch = {9};
  v.s().last_vote_epoch = {9};
  v.s().health.safe_to_join = false;
  v.Unlink(q);
  uint64_t epoch = 8;
  const auto ask = [&]() -> std::optional<VoteRefusal> {
    v.ClearEffects();
    v.Deliver(q, MessageType::kAuthRequest, [&](Message* m) {
      m->header.current_epoch = {epoch};
      m->header.config_epoch = {6};
      m->header.slots = v.facts(p).slots;
      m->header.replicaof = p;
    });
    const std::vector<Event> refused = v.Events(EventType::kVoteRefused);
    if (refused.size() != 1) return std::nullopt;
    return static_cast<VoteRefusal>(refused[0].value);
  };
  EXPECT_EQ(ask(), VoteRefusal::kNotSafeToJoin);
  v.s().health.safe_to_join = true;
  EXPECT_EQ(ask(), VoteRefusal::kOldEpoch);
  epoch = 9;
  EXPECT_EQ(ask(), VoteRefusal::kAlreadyVoted);
  epoch = 10;
  EXPECT_EQ(ask(), VoteRefusal::kNotReplica);
  v.peers().ReplaceFlags(q, flag::kReplica);
  EXPECT_EQ(ask(), VoteRefusal::kNotReplica) << "its primary is unknown";
  v.peers().EditFacts(q, [&](PeerFacts* f) { f->replicaof = p; });
  v.peers().SetMoment(p, Moment::kVoted, v.ms());
  EXPECT_EQ(ask(), VoteRefusal::kPrimaryUp);
  v.peers().SetFlags(p, flag::kFail);
  EXPECT_EQ(ask(), VoteRefusal::kRevoteLock);
  v.Advance(Seconds(60));
  EXPECT_EQ(ask(), VoteRefusal::kStaleSlots);
  v.SetEpochs(p, 6);
  EXPECT_EQ(ask(), VoteRefusal::kNoLink);
}

// ---- Counting ----

// I am "m", replica of the failed "a", with a running election for epoch 6; "b", "d", "e", "f" can
// vote: quorum 3.
class CandidateTest : public testing::Test {
 protected:
  explicit CandidateTest(std::string_view rules = "gossamer") : c(With(rules)) {
    a = c.AddPrimary("a", {{0, 3999}}, 3);
    b = c.AddPrimary("b", {{4000, 7999}}, 1);
    d = c.AddPrimary("d", {{8000, 11999}}, 2);
    e = c.AddPrimary("e", {{12000, 14000}}, 4);
    f = c.AddPrimary("f", {{14001, 16383}}, 5);
    c.MakeMeReplicaOf(a);
    c.peers().SetFlags(a, flag::kFail);
    c.peers().SetMoment(a, Moment::kFail, c.ms());
    Election& election = c.s().election;
    election.auth_time = c.ms();
    election.auth_sent = true;
    election.asked = c.ms();
    election.auth_epoch = {6};
    c.s().current_epoch = {6};
    c.ClearEffects();
  }
  ~CandidateTest() override { EXPECT_EQ(CheckConsistency(c.s()), ""); }

  void Ack(NodeKey from, uint64_t epoch = 6) {
    c.Deliver(from, MessageType::kAuthAck, [&](Message* m) { m->header.current_epoch = {epoch}; });
  }
  uint32_t Count() { return c.s().election.auth_count; }

  Cluster c;
  NodeKey a, b, d, e, f;
};

class Candidate91Test : public CandidateTest {
 protected:
  Candidate91Test() : CandidateTest("valkey-9.1") {}
};

TEST_F(CandidateTest, QuorumOfVotersPromotes) {
  Ack(b);
  c.EndBatch();
  Ack(d);
  c.EndBatch();
  EXPECT_TRUE(c.s().i_am_replica());
  EXPECT_EQ(Count(), 2u);
  Ack(e);
  c.EndBatch();
  EXPECT_TRUE(c.s().i_am_primary());
  ASSERT_TRUE(c.HasEvent(EventType::kElectionWon));
  EXPECT_EQ(c.Events(EventType::kElectionWon)[0].value, 3);
  EXPECT_EQ(c.Events(EventType::kElectionWon)[0].epoch.value, 6u);
  // One that comes late changes nothing.
  Ack(f);
  c.EndBatch();
  EXPECT_EQ(c.Events(EventType::kElectionWon).size(), 1u);
}

TEST_F(CandidateTest, VoteIsReportedWithTheNumberSoFar) {
  Ack(b);
  Ack(d);
  const std::vector<Event> votes = c.Events(EventType::kVoteReceived);
  ASSERT_EQ(votes.size(), 2u);
  EXPECT_EQ(votes[1].subject, d);
  EXPECT_EQ(votes[1].value, 2);
  EXPECT_EQ(votes[1].epoch.value, 6u);
}

TEST_F(CandidateTest, OnlyVotersCount) {
  const NodeKey empty = c.AddPrimary("g");
  const NodeKey replica = c.AddReplica("h", b);
  Ack(empty);
  Ack(replica);
  Ack(c.Key("stranger"));
  EXPECT_EQ(Count(), 0u);
}

TEST_F(CandidateTest, AVoterCountsOnce) {
  Ack(b);
  Ack(b);
  Ack(d);
  Ack(b);
  EXPECT_EQ(Count(), 2u);
}

TEST_F(CandidateTest, OnlyVotesOfThisElectionCount) {
  Ack(b, 5);
  EXPECT_EQ(Count(), 0u);
  Ack(d, 7);
  EXPECT_EQ(Count(), 0u) << "it was given to somebody else's election, or to nobody's";
  Ack(b, 6);
  EXPECT_EQ(Count(), 1u);
}

// Spec 18.58: as in the releases, duplicates and votes of later epochs count.
TEST_F(Candidate91Test, ReleasesCountWhateverComes) {
  Ack(b, 5);
  EXPECT_EQ(Count(), 0u);
  Ack(b, 6);
  Ack(b, 6);
  Ack(d, 7);
  EXPECT_EQ(Count(), 3u);
}

TEST_F(CandidateTest, NothingCountsBeforeTheRequest) {
  c.s().election.auth_sent = false;
  Ack(b);
  EXPECT_EQ(Count(), 0u);
}

TEST_F(CandidateTest, LateVotesDoNotCountInTheNextElection) {
  Ack(b);
  Ack(d);
  c.Advance(Seconds(61));
  Turn t = c.turn();
  ElectionStep(t);  // schedules the next
  EXPECT_EQ(Count(), 0u);
  c.Advance(Seconds(1));
  Turn later = c.turn();
  ElectionStep(later);
  ASSERT_EQ(c.s().election.auth_epoch.value, 7u);
  Ack(e, 6);
  EXPECT_EQ(Count(), 0u);
  Ack(b, 7);
  EXPECT_EQ(Count(), 1u) << "it voted in the old election, and may in the new one";
}

// ---- A rival in the same epoch ----

class RivalTest : public CandidateTest {
 protected:
  explicit RivalTest(std::string_view rules = "gossamer") : CandidateTest(rules) {
    rival = c.AddReplica("r", b);
    c.peers().SetFlags(b, flag::kFail);
    c.ClearEffects();
  }
  void RivalAsks(uint64_t epoch) {
    c.Deliver(rival, MessageType::kAuthRequest,
              [&](Message* m) { m->header.current_epoch = {epoch}; });
  }
  int Requests() { return static_cast<int>(c.Events(EventType::kElectionStarted).size()); }
  // How long after `from` votes are asked for again, or -1 if not within `limit_ms`.
  int64_t AskedAgain(MonoMs from, int64_t limit_ms) {
    const int before = Requests();
    while (c.ms() < from + limit_ms) {
      c.Advance(Millis(10));
      Turn t = c.turn();
      ElectionStep(t);
      if (Requests() > before) return c.ms() - from;
    }
    return -1;
  }

  NodeKey rival;
};

class Rival91Test : public RivalTest {
 protected:
  Rival91Test() : RivalTest("valkey-9.1") {}
};

TEST_F(RivalTest, SplitVoteIsRetriedSoonInANewEpoch) {
  Ack(d);
  RivalAsks(6);
  const int64_t after_ms = AskedAgain(c.ms(), 2000);
  EXPECT_GE(after_ms, 500);
  EXPECT_LE(after_ms, 1010);
  EXPECT_EQ(c.s().election.auth_epoch.value, 7u);
  EXPECT_EQ(Count(), 0u) << "the votes of the old epoch are not those of the new one";
  for (const NodeKey voter : {d, e, f}) Ack(voter, 7);
  c.EndBatch();
  EXPECT_TRUE(c.s().i_am_primary());
}

TEST_F(RivalTest, ALaterEpochIsARivalsToo) {
  RivalAsks(9);
  EXPECT_NE(AskedAgain(c.ms(), 2000), -1);
  EXPECT_EQ(c.s().election.auth_epoch.value, 10u);
}

TEST_F(RivalTest, OldVotesDoNotCountAfterARetry) {
  for (const bool by_voter : {true, false}) {
    c.s().rules.votes_by_voter = by_voter;
    RivalAsks(c.s().election.auth_epoch.value);
    const uint64_t old = c.s().election.auth_epoch.value;
    ASSERT_NE(AskedAgain(c.ms(), 5000), -1);
    Ack(d, old);
    EXPECT_EQ(Count(), 0u);
  }
}

// Disks of a second, say: the third vote is under way when the first two have come.
TEST_F(RivalTest, VotesThatArePossiblyUnderWayAreWaitedFor) {
  RivalAsks(6);
  c.s().election.retry_at = c.ms() + 500;
  c.Advance(Millis(499));
  Ack(d);
  c.Advance(Millis(250));
  Ack(e);
  EXPECT_EQ(AskedAgain(c.ms(), 700), -1);
  Ack(f);
  c.EndBatch();
  EXPECT_TRUE(c.s().i_am_primary());
}

TEST_F(RivalTest, WhoGetsNoVoteIsNoRival) {
  c.peers().ClearFlags(b, flag::kFail);
  RivalAsks(6);
  EXPECT_EQ(c.s().election.retry_at, kLongAgo) << "its primary is up";
  c.Deliver(d, MessageType::kAuthRequest, [&](Message* m) { m->header.current_epoch = {6}; });
  EXPECT_EQ(c.s().election.retry_at, kLongAgo) << "it is no replica";
}

TEST_F(RivalTest, NobodyAsksAgainForAPrimaryThatIsBack) {
  RivalAsks(6);
  c.peers().ClearFlags(a, flag::kFail);
  EXPECT_EQ(AskedAgain(c.ms(), 5000), -1);
  c.peers().SetFlags(a, flag::kFail);
  EXPECT_EQ(AskedAgain(c.ms(), 5000), -1) << "a new failure, a new election";
}

TEST_F(RivalTest, WhoHadRivalsSchedulesWhenItExpires) {
  RivalAsks(6);
  c.s().election.retry_at = c.ms() + 100000;
  EXPECT_EQ(AskedAgain(c.ms(), 30000), -1);
  EXPECT_FALSE(c.HasEvent(EventType::kElectionScheduled));
  const int64_t after_ms = AskedAgain(c.ms(), 3000);
  EXPECT_NE(after_ms, -1);
  EXPECT_TRUE(c.HasEvent(EventType::kElectionExpired));
  EXPECT_EQ(c.s().election.retries, 0);
}

TEST_F(RivalTest, ASnapshotHasIt) {
  RivalAsks(6);
  c.EndBatch();
  ASSERT_TRUE(CanSnapshot(c.node()));
  const std::string bytes = Snapshot(c.node());
  HostTables tables;
  const auto twin = RestoreNode(SpanOf(bytes), c.s().options, c.s().rules, &tables);
  ASSERT_NE(twin, nullptr);
  EXPECT_EQ(twin->state().election.retry_at, c.s().election.retry_at);
  EXPECT_EQ(twin->state().election.asked, c.s().election.asked);
  EXPECT_EQ(twin->state().election.retries, 1);
}

TEST_F(RivalTest, VotesThatComeUntilThenCount) {
  RivalAsks(6);
  c.Advance(Millis(400));
  for (const NodeKey voter : {d, e, f}) Ack(voter);
  c.EndBatch();
  EXPECT_TRUE(c.s().i_am_primary());
  EXPECT_EQ(AskedAgain(c.ms(), 5000), -1);
}

TEST_F(RivalTest, WithoutARivalNobodyAsksAgain) {
  RivalAsks(5);
  EXPECT_EQ(AskedAgain(c.ms(), 25000), -1) << "an old epoch's request is no rival";
}

TEST_F(RivalTest, EachDelayIsTwiceTheLast) {
  for (const int64_t delay_ms : {500, 1000, 2000, 4000}) {
    RivalAsks(c.s().election.auth_epoch.value);
    const MonoMs from = c.ms();
    RivalAsks(c.s().election.auth_epoch.value);  // one rival or many: one delay
    const int64_t after_ms = AskedAgain(from, 20000);
    EXPECT_GE(after_ms, delay_ms);
    EXPECT_LE(after_ms, 2 * delay_ms + 10);
  }
}

TEST_F(Rival91Test, TheReleasesWaitFourTimeouts) {
  RivalAsks(6);
  EXPECT_EQ(AskedAgain(c.ms(), 59000), -1);
}

TEST_F(CandidateTest, QuorumIsOfTheWholeTableWhateverItsHealth) {
  for (const NodeKey down : {b, d}) c.peers().SetFlags(down, flag::kFail);
  Ack(e);
  Ack(f);
  c.EndBatch();
  EXPECT_TRUE(c.s().i_am_replica());
}

}  // namespace
}  // namespace gossamer
