// ClusterNode: which message goes where, whose it is, and what the end of a batch does in which
// order. SOURCE: architecture section 3; bus spec sections 3, 9.2, 11; semantics spec section 1
// (deferred work).
#include "core/cluster/cluster_node.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/cluster/consistency.h"
#include "core/cluster/cron.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

ClusterSetup With(std::string_view rules) {
  ClusterSetup setup;
  setup.rules = RulesNamed(rules);
  return setup;
}

// Me ("m") and a primary "b".
class ClusterNodeTest : public testing::Test {
 protected:
  explicit ClusterNodeTest(const ClusterSetup& setup = {}) : c(setup) {
    b = c.AddPrimary("b", {{0, 8191}}, 3);
    c.GiveSlots(c.me(), {{8192, 16383}});
    c.SetEpochs(c.me(), 5);
    c.ClearEffects();
  }
  ~ClusterNodeTest() override { EXPECT_EQ(CheckConsistency(c.s()), ""); }

  // The position of the first effect of kind T, or -1.
  template <class T>
  int At() {
    const std::vector<Effect>& list = c.effects().list();
    for (size_t i = 0; i < list.size(); ++i) {
      if (std::holds_alternative<T>(list[i])) return static_cast<int>(i);
    }
    return -1;
  }
  void Todo(uint32_t bits) { c.s().todo |= bits; }
  MessageRef Light(MessageType type) {
    Message* m = c.tables().pool.MakeLight(type);
    if (type != MessageType::kModule) m->body = Publish{"channel", "text"};
    return c.tables().pool.Seal(m);
  }

  Cluster c;
  NodeKey b;
};

class ClusterNode80Test : public ClusterNodeTest {
 protected:
  ClusterNode80Test() : ClusterNodeTest(With("valkey-8.0")) {}
};
class ClusterNode91Test : public ClusterNodeTest {
 protected:
  ClusterNode91Test() : ClusterNodeTest(With("valkey-9.1")) {}
};

// ---- Start ----

TEST(ClusterNodeStartTest, FreshMemberIsASavedPrimary) {
  HostTables tables;
  Effects effects;
  const Now now = {Instant{5000000}, WallTime{1700000000000000}};
  ClusterNode node({}, RulesNamed("gossamer"), &tables, std::nullopt, 7, 0, now, &effects);
  EXPECT_TRUE(node.state().i_am_primary());
  EXPECT_EQ(node.state().peers.size(), 1u);
  EXPECT_FALSE(node.state().health.ok);
  EXPECT_TRUE(tables.pool.names().name(node.state().myself).valid());
  std::vector<Persist> saves;
  for (const Effect& effect : effects.list()) {
    if (const auto* one = std::get_if<Persist>(&effect)) saves.push_back(*one);
  }
  ASSERT_EQ(saves.size(), 1u);
  EXPECT_TRUE(saves[0].fsync);
  EXPECT_EQ(saves[0].ticket.value, 1u);
  EXPECT_EQ(CheckConsistency(node.state()), "");
  EXPECT_EQ(node.NextDeadline(), Instant{5000000});
}

TEST(ClusterNodeStartTest, SeedAndIndexDecideTheName) {
  const auto name = [](uint64_t seed, uint64_t index) {
    HostTables tables;
    Effects effects;
    ClusterNode node({}, RulesNamed("gossamer"), &tables, std::nullopt, seed, index, {}, &effects);
    return tables.pool.names().name(node.state().myself).str();
  };
  EXPECT_EQ(name(1, 0), name(1, 0));
  EXPECT_NE(name(1, 0), name(2, 0));
  EXPECT_NE(name(1, 0), name(1, 1));
}

// ---- The cron's clock ----

TEST_F(ClusterNodeTest, TickIsNothingBeforeItsTime) {
  c.Run(Millis(100));
  const Instant due = c.node().NextDeadline();
  const uint64_t iteration = c.s().cron_iteration;
  c.Advance(due - c.now().mono - Micros(1));
  c.ClearEffects();
  c.Tick();
  EXPECT_EQ(c.s().cron_iteration, iteration);
  EXPECT_TRUE(c.effects().empty());
  c.Advance(Micros(1));
  c.Tick();
  EXPECT_EQ(c.s().cron_iteration, iteration + 1);
  EXPECT_EQ(c.node().NextDeadline(), due + Millis(kCronPeriodMs));
}

TEST_F(ClusterNodeTest, LateCronKeepsItsPhaseAndIsNotMadeUpFor) {
  c.Run(Millis(100));
  const Instant due = c.node().NextDeadline();
  const uint64_t iteration = c.s().cron_iteration;
  c.Advance(due - c.now().mono + Millis(1234));
  c.Tick();
  EXPECT_EQ(c.s().cron_iteration, iteration + 1);
  EXPECT_EQ(c.node().NextDeadline(), due + Millis(1300));
  c.Tick();
  EXPECT_EQ(c.s().cron_iteration, iteration + 1);
}

// ---- Whose message it is ----

TEST_F(ClusterNodeTest, UnknownLinksAreSilent) {
  c.DeliverOn(LinkId::Make(true, 99, 3), c.Make(b, MessageType::kPing));
  c.node().OnLinkDown(c.now(), LinkId::Make(false, 99, 3), LinkError::kClosed, &c.effects());
  c.node().OnBadFrame(c.now(), LinkId::Make(true, 99, 3), FrameError::kBadSignature, &c.effects());
  EXPECT_TRUE(c.effects().empty());
  EXPECT_EQ(c.s().stats.received[0], 0u);
}

TEST_F(ClusterNodeTest, InboundLinkIsBoundByItsFirstMessage) {
  const LinkId old = c.in_link(b);
  const LinkId link = c.Accept();
  c.DeliverOn(link, c.Make(b, MessageType::kPing));
  EXPECT_EQ(c.in_link(b), link);
  EXPECT_EQ(c.s().links.peer(link), b);
  EXPECT_FALSE(c.s().links.Contains(old));
  ASSERT_EQ(c.All<Close>().size(), 1u);
  EXPECT_EQ(c.All<Close>()[0].link, old);
}

TEST_F(ClusterNodeTest, MessagesOfUnknownNodesAreReported) {
  c.Deliver(c.Key("stranger"), MessageType::kAuthRequest);
  ASSERT_TRUE(c.HasEvent(EventType::kUnknownSender));
  EXPECT_EQ(c.Events(EventType::kUnknownSender)[0].subject, c.Key("stranger"));
  EXPECT_EQ(c.Events(EventType::kUnknownSender)[0].value, 5);
}

// Spec 18.59: a link that is bound to b carries a header of d.
TEST_F(ClusterNodeTest, BoundLinkSpeaksForItsNodeOnly) {
  const NodeKey d = c.AddPrimary("d", {}, 9);
  c.DeliverOn(c.in_link(b), c.Make(d, MessageType::kPing, [](Message* m) {
    m->header.current_epoch = {20};
    m->header.config_epoch = {20};
  }));
  EXPECT_EQ(c.facts(b).config_epoch.value, 3u);
  EXPECT_EQ(c.facts(d).config_epoch.value, 9u);
  EXPECT_EQ(c.s().current_epoch.value, 9u);
  EXPECT_EQ(c.s().links.peer(c.in_link(b)), b);
}

TEST_F(ClusterNode91Test, BoundLinkTakesAnyHeaderForItsNodes) {
  const NodeKey d = c.AddPrimary("d", {}, 9);
  c.DeliverOn(c.in_link(b),
              c.Make(d, MessageType::kPing, [](Message* m) { m->header.config_epoch = {20}; }));
  EXPECT_EQ(c.facts(b).config_epoch.value, 20u);
}

TEST_F(ClusterNodeTest, WrongAnswerOnMyOwnLinkTeachesNothing) {
  const NodeKey d = c.AddPrimary("d", {}, 9);
  c.DeliverOn(c.out_link(b),
              c.Make(d, MessageType::kPong, [](Message* m) { m->header.config_epoch = {20}; }));
  EXPECT_EQ(c.facts(b).config_epoch.value, 3u);
  EXPECT_TRUE(c.peers().Has(b, flag::kNoAddr));
  EXPECT_TRUE(c.HasEvent(EventType::kIdMismatch));
}

TEST_F(ClusterNodeTest, EveryMessageIsASignOfLife) {
  c.Advance(Seconds(5));
  c.Deliver(b, MessageType::kMfStart);
  EXPECT_EQ(c.peers().data_received_ms(b), c.ms());
}

TEST_F(ClusterNodeTest, OffsetsAreTakenFromEveryHeader) {
  c.Deliver(b, MessageType::kMfStart, [](Message* m) { m->header.repl_offset = 4711; });
  EXPECT_EQ(c.peers().repl_offset(b), 4711);
}

TEST_F(ClusterNodeTest, CapabilitiesAreLearnedAnewFromEveryHeader) {
  constexpr uint16_t kAll = flag::kLightPublish | flag::kLightModule | flag::kMyPrimaryFail;
  c.Deliver(b, MessageType::kPing, [](Message* m) { m->header.flags |= kAll; });
  EXPECT_EQ(c.peers().flags(b) & kAll, kAll);
  c.Deliver(b, MessageType::kPing, [](Message* m) { m->header.flags &= ~kAll; });
  EXPECT_EQ(c.peers().flags(b) & kAll, 0);
}

TEST_F(ClusterNode80Test, MyPrimaryFailIsNotLearnedUntil90) {
  c.Deliver(b, MessageType::kPing, [](Message* m) { m->header.flags |= flag::kMyPrimaryFail; });
  EXPECT_FALSE(c.peers().Has(b, flag::kMyPrimaryFail));
}

TEST_F(ClusterNodeTest, FailingFlagsInHeadersAreNotLearned) {
  c.Deliver(b, MessageType::kPing, [](Message* m) {
    m->header.flags |= flag::kFail | flag::kPfail | flag::kHandshake | flag::kNoAddr;
  });
  EXPECT_EQ(c.peers().flags(b) & (flag::kFail | flag::kPfail | flag::kHandshake | flag::kNoAddr),
            0);
}

// ---- Which message goes where ----

TEST_F(ClusterNodeTest, FailMarksTheNode) {
  const NodeKey d = c.AddPrimary("d");
  c.peers().SetFlags(d, flag::kPfail);
  c.Deliver(b, MessageType::kFail, [&](Message* m) { m->body = Fail{d}; });
  EXPECT_TRUE(c.peers().Has(d, flag::kFail));
  EXPECT_FALSE(c.peers().Has(d, flag::kPfail));
  ASSERT_TRUE(c.HasEvent(EventType::kFailSet));
  EXPECT_EQ(c.Events(EventType::kFailSet)[0].other, b);
  EXPECT_TRUE(c.Sends(MessageType::kFail).empty()) << "it is not passed on";
  c.Deliver(b, MessageType::kFail, [&](Message* m) { m->body = Fail{d}; });
  EXPECT_EQ(c.Events(EventType::kFailSet).size(), 1u);
}

TEST_F(ClusterNodeTest, FailAboutMeOrNobodyIsIgnored) {
  c.Deliver(b, MessageType::kFail, [&](Message* m) { m->body = Fail{c.me()}; });
  c.Deliver(b, MessageType::kFail, [&](Message* m) { m->body = Fail{c.Key("stranger")}; });
  EXPECT_FALSE(c.HasEvent(EventType::kFailSet));
  EXPECT_FALSE(c.peers().Has(c.me(), flag::kFail));
}

TEST_F(ClusterNodeTest, FailOfAnUnknownSenderIsIgnored) {
  c.Deliver(c.Key("stranger"), MessageType::kFail, [&](Message* m) { m->body = Fail{b}; });
  EXPECT_FALSE(c.peers().Has(b, flag::kFail));
}

TEST_F(ClusterNodeTest, PayloadsAreDelivered) {
  for (const MessageType type :
       {MessageType::kPublish, MessageType::kPublishShard, MessageType::kModule}) {
    c.ClearEffects();
    c.Deliver(b, type);
    ASSERT_EQ(c.All<Deliver>().size(), 1u);
    EXPECT_EQ(c.All<Deliver>()[0].sender, b);
    EXPECT_EQ(c.All<Deliver>()[0].message->type, type);
  }
  c.ClearEffects();
  c.Deliver(c.Key("stranger"), MessageType::kPublish);
  EXPECT_TRUE(c.All<Deliver>().empty());
}

TEST_F(ClusterNodeTest, UnknownTypesAreCountedAndIgnored) {
  c.Deliver(b, static_cast<MessageType>(77));
  EXPECT_EQ(c.s().stats.received[kMessageTypes], 1u);
  EXPECT_TRUE(c.effects().empty());
}

TEST_F(ClusterNodeTest, ReceivedIsCountedByType) {
  c.Deliver(b, MessageType::kPing);
  c.Deliver(b, MessageType::kPing);
  c.Deliver(b, MessageType::kPublish);
  EXPECT_EQ(c.s().stats.received[0], 2u);
  EXPECT_EQ(c.s().stats.received[4], 1u);
  EXPECT_GT(c.s().stats.bytes_received, 3 * 2256u);
  EXPECT_GT(c.s().stats.pubsub_bytes_received, 2256u);
  EXPECT_EQ(c.s().stats.module_bytes_received, 0u);
}

// ---- Light messages ----

TEST_F(ClusterNodeTest, LightMessageIsTheLinksNodes) {
  c.Advance(Seconds(3));
  c.DeliverOn(c.in_link(b), Light(MessageType::kPublish));
  ASSERT_EQ(c.All<Deliver>().size(), 1u);
  EXPECT_EQ(c.All<Deliver>()[0].sender, b);
  EXPECT_EQ(c.peers().data_received_ms(b), c.ms());
}

TEST_F(ClusterNodeTest, LightMessageOnAnUnboundLinkFreesIt) {
  const LinkId link = c.Accept();
  c.DeliverOn(link, Light(MessageType::kPublish));
  EXPECT_TRUE(c.All<Deliver>().empty());
  EXPECT_EQ(c.All<Close>().size(), 1u);
  EXPECT_FALSE(c.s().links.Contains(link));
}

TEST_F(ClusterNodeTest, LightMessageInHandshakeFreesTheLink) {
  c.peers().SetFlags(b, flag::kHandshake);
  c.DeliverOn(c.in_link(b), Light(MessageType::kModule));
  EXPECT_FALSE(c.peers().HasInLink(b));
  c.peers().ClearFlags(b, flag::kHandshake);
}

// ---- Links ----

TEST_F(ClusterNodeTest, BadFramesFreeTheLinkWhereTheProtocolDoes) {
  c.node().OnBadFrame(c.now(), c.in_link(b), FrameError::kWrongLength, &c.effects());
  EXPECT_TRUE(c.peers().HasInLink(b));
  EXPECT_EQ(c.s().stats.bad_frames, 1u);
  c.node().OnBadFrame(c.now(), c.in_link(b), FrameError::kBadSignature, &c.effects());
  EXPECT_FALSE(c.peers().HasInLink(b));
  EXPECT_EQ(c.All<Close>().size(), 1u);
  EXPECT_EQ(c.Events(EventType::kBadFrame).size(), 2u);
}

TEST_F(ClusterNodeTest, LostLinkIsForgottenWithoutAClose) {
  const LinkId link = c.out_link(b);
  c.node().OnLinkDown(c.now(), link, LinkError::kReset, &c.effects());
  EXPECT_FALSE(c.peers().HasOutLink(b));
  EXPECT_FALSE(c.s().links.Contains(link));
  EXPECT_TRUE(c.All<Close>().empty());
  EXPECT_TRUE(c.HasEvent(EventType::kLinkDown));
}

TEST_F(ClusterNodeTest, NewConnectionIsGreetedAndTheFailureClockGoesOn) {
  const MonoMs pending = c.ms() - 4000;
  c.peers().SetPingSent(b, pending);
  c.node().OnLinkUp(c.now(), c.out_link(b), {}, &c.effects());
  EXPECT_EQ(c.SentTo(b, MessageType::kPing).size(), 1u);
  EXPECT_EQ(c.peers().ping_sent_ms(b), pending);
  c.peers().ClearPing(b);
  c.node().OnLinkUp(c.now(), c.out_link(b), {}, &c.effects());
  EXPECT_EQ(c.peers().ping_sent_ms(b), c.ms());
}

TEST_F(ClusterNodeTest, MeetIsTheGreetingWhereItIsWanted) {
  c.peers().SetFlags(b, flag::kMeet);
  c.node().OnLinkUp(c.now(), c.out_link(b), {}, &c.effects());
  EXPECT_EQ(c.SentTo(b, MessageType::kMeet).size(), 1u);
  EXPECT_FALSE(c.peers().PingPending(b));
}

TEST_F(ClusterNodeTest, InboundSlotThatIsInUseIsRefused) {
  const LinkId link = c.Accept();
  const LinkId again = LinkId::Make(true, link.slot(), link.generation() + 1);
  c.node().OnLinkUp(c.now(), again, {}, &c.effects());
  ASSERT_EQ(c.All<Close>().size(), 1u);
  EXPECT_EQ(c.All<Close>()[0].link, again);
  EXPECT_TRUE(c.s().links.Contains(link));
}

TEST_F(ClusterNodeTest, FullSendBuffersAreFreedByTheCron) {
  c.s().options.link_sendbuf_limit_bytes = 1000;
  c.node().OnQueue(c.now(), c.out_link(b), 1000, &c.effects());
  c.Run(Millis(100));
  EXPECT_TRUE(c.peers().HasOutLink(b));
  const LinkId full = c.out_link(b);
  c.node().OnQueue(c.now(), full, 1001, &c.effects());
  c.node().OnQueue(c.now(), full, 1002, &c.effects());
  c.Run(Millis(100));
  EXPECT_FALSE(c.s().links.Contains(full));
  EXPECT_EQ(c.s().stats.link_buffer_exceeded, 1u);
}

// ---- The end of a batch ----

TEST_F(ClusterNodeTest, NothingToDoIsNothing) {
  c.EndBatch();
  EXPECT_TRUE(c.effects().empty());
}

TEST_F(ClusterNodeTest, SavesOfABatchAreOne) {
  Todo(todo::kSave);
  Todo(todo::kSaveFsync);
  c.EndBatch();
  ASSERT_EQ(c.All<Persist>().size(), 1u);
  EXPECT_TRUE(c.All<Persist>()[0].fsync);
  EXPECT_EQ(c.s().todo, 0u);
  c.EndBatch();
  EXPECT_EQ(c.All<Persist>().size(), 1u);
}

TEST_F(ClusterNodeTest, FsyncIsOnlyForWhatNeedsIt) {
  Todo(todo::kSave);
  c.EndBatch();
  ASSERT_EQ(c.All<Persist>().size(), 1u);
  EXPECT_FALSE(c.All<Persist>()[0].fsync);
}

TEST_F(ClusterNodeTest, TicketsRiseByOne) {
  for (int i = 0; i < 3; ++i) {
    Todo(todo::kSave);
    c.EndBatch();
  }
  const std::vector<Persist> saves = c.All<Persist>();
  ASSERT_EQ(saves.size(), 3u);
  EXPECT_EQ(saves[1].ticket.value, saves[0].ticket.value + 1);
  EXPECT_EQ(saves[2].ticket.value, saves[0].ticket.value + 2);
}

TEST_F(ClusterNodeTest, SaveComesBeforeTheBroadcast) {
  Todo(todo::kSaveFsync | todo::kBroadcastPong);
  c.EndBatch();
  ASSERT_GE(At<Persist>(), 0);
  EXPECT_GT(At<Send>(), At<Persist>());
  EXPECT_EQ(c.Sends(MessageType::kPong)[0].after, c.All<Persist>()[0].ticket);
}

TEST_F(ClusterNodeTest, BroadcastOfNothingDurableWaitsForNothing) {
  Todo(todo::kSave | todo::kBroadcastPong);
  c.EndBatch();
  ASSERT_EQ(c.Sends(MessageType::kPong).size(), 1u);
  EXPECT_EQ(c.Sends(MessageType::kPong)[0].after.value, 0u);
}

TEST_F(ClusterNodeTest, FailedSaveIsTriedAgainInTheNextCronWithATicketOfItsOwn) {
  Todo(todo::kSaveFsync);
  c.EndBatch();
  const Ticket first = c.All<Persist>()[0].ticket;
  c.node().OnPersisted(c.now(), first, PersistResult::kFailed, &c.effects());
  ASSERT_TRUE(c.HasEvent(EventType::kPersistFailed));
  EXPECT_EQ(c.Events(EventType::kPersistFailed)[0].value, static_cast<int64_t>(first.value));
  c.EndBatch();
  EXPECT_EQ(c.All<Persist>().size(), 1u);
  c.Advance(Millis(100));
  c.Tick();
  c.EndBatch();
  ASSERT_EQ(c.All<Persist>().size(), 2u);
  EXPECT_EQ(c.All<Persist>()[1].ticket.value, first.value + 1);
  EXPECT_TRUE(c.All<Persist>()[1].fsync);
  c.node().OnPersisted(c.now(), c.All<Persist>()[1].ticket, PersistResult::kDone, &c.effects());
  EXPECT_EQ(c.s().todo, 0u);
}

TEST_F(ClusterNodeTest, PrimaryHasNoElectionToHandle) {
  Todo(todo::kElection | todo::kManualFailover);
  c.EndBatch();
  EXPECT_TRUE(c.effects().empty());
  EXPECT_EQ(c.s().todo, 0u);
}

// The order of a replica's deferred work: until 8.1 the failover came before the state.
TEST(EndBatchOrderTest, StateAndElection) {
  for (const std::string_view rules : {"valkey-8.0", "valkey-9.0", "valkey-9.1", "gossamer"}) {
    ClusterSetup setup = With(rules);
    setup.rules.best_ranked_starts_at_once = false;
    Cluster c(setup);
    const NodeKey a = c.AddPrimary("a", {{0, 5460}}, 1);
    c.AddPrimary("b", {{5461, 10922}}, 2);
    c.AddPrimary("d", {{10923, 16383}}, 3);
    c.MakeMeReplicaOf(a);
    c.peers().SetFlags(a, flag::kFail);
    c.ClearEffects();
    c.s().todo = todo::kUpdateState | todo::kElection | todo::kSave | todo::kBroadcastPong;
    c.EndBatch();
    const std::vector<std::string> names = c.EventNames();
    std::vector<std::string> wanted = {"state-changed", "election-scheduled"};
    if (rules == "valkey-8.0") std::swap(wanted[0], wanted[1]);
    ASSERT_GE(names.size(), 2u);
    EXPECT_EQ(std::vector<std::string>(names.begin(), names.begin() + 2), wanted) << rules;
    EXPECT_EQ(c.s().todo, 0u);
  }
}

TEST(EndBatchOrderTest, ManualFailoverStepComesBeforeTheElection) {
  Cluster c;
  const NodeKey a = c.AddPrimary("a", {{0, 8191}}, 1);
  c.AddPrimary("b", {{8192, 16383}}, 2);
  c.MakeMeReplicaOf(a);
  c.s().manual_failover.end = c.ms() + 5000;
  c.s().manual_failover.primary_offset = 100;
  c.ClearEffects();
  c.s().todo = todo::kManualFailover;
  c.EndBatch();
  const std::vector<std::string> names = c.EventNames();
  ASSERT_GE(names.size(), 2u);
  EXPECT_EQ(names[0], "manual-failover-ready");
  EXPECT_EQ(names[1], "election-scheduled");
  EXPECT_EQ(c.Sends(MessageType::kAuthRequest).size(), 2u);
  EXPECT_EQ(c.All<Persist>().size(), 1u) << "the request's epoch, in the same batch";
}

// ---- Configuration and files ----

TEST_F(ClusterNodeTest, NewOptionsAreAnnounced) {
  ClusterOptions options = c.s().options;
  options.announce_hostname = "there.example";
  options.replica_no_failover = true;
  c.node().OnConfig(c.now(), options, &c.effects());
  EXPECT_EQ(c.facts(c.me()).address.hostname, "there.example");
  EXPECT_TRUE(c.peers().Has(c.me(), flag::kNoFailover));
  EXPECT_NE(c.s().todo & todo::kSave, 0u);
  options.replica_no_failover = false;
  c.node().OnConfig(c.now(), options, &c.effects());
  EXPECT_FALSE(c.peers().Has(c.me(), flag::kNoFailover));
}

TEST_F(ClusterNodeTest, WhatIsSavedBringsBackTheSameMember) {
  const NodeKey r = c.AddReplica("r", b);
  c.s().last_vote_epoch = {4};
  c.s().slots.migrating()[9000] = b;
  const NodesConf saved = c.node().Serialize(c.now());
  HostTables tables;
  Effects effects;
  ClusterNode again({}, RulesNamed("gossamer"), &tables, saved, 9, 0, c.now(), &effects);
  const State& s = again.state();
  EXPECT_EQ(CheckConsistency(s), "");
  EXPECT_EQ(tables.pool.names().name(s.myself), NameOf("m"));
  EXPECT_EQ(s.current_epoch.value, 5u);
  EXPECT_EQ(s.last_vote_epoch.value, 4u);
  const NodeKey b2 = s.peers.Find(NameOf("b"));
  const NodeKey r2 = s.peers.Find(NameOf("r"));
  ASSERT_TRUE(b2.valid() && r2.valid());
  EXPECT_EQ(s.slots.owner(0), b2);
  EXPECT_EQ(s.peers.facts(r2).replicaof, b2);
  EXPECT_EQ(s.peers.facts(b2).config_epoch.value, 3u);
  EXPECT_EQ(s.slots.migrating().at(9000), b2);
  EXPECT_EQ(s.peers.facts(b2).shard_id, c.facts(r).shard_id);
}

TEST_F(ClusterNodeTest, EqualInputsGiveEqualEffects) {
  const auto run = [] {
    Cluster one;
    const NodeKey a = one.AddPrimary("a", {{0, 8191}}, 1);
    one.AddPrimary("b", {{8192, 16383}}, 2);
    one.MakeMeReplicaOf(a);
    one.Silence(a, Seconds(16));
    one.Run(Seconds(20));
    one.Deliver(one.Key("b"), MessageType::kFail, [&](Message* m) { m->body = Fail{a}; });
    one.EndBatch();
    one.Run(Seconds(3));
    std::vector<Event> events;
    for (const Emit& emit : one.All<Emit>()) events.push_back(emit.event);
    return std::pair(events, one.effects().size());
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace gossamer
