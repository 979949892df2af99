#include "core/cluster/peer_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/bus/types.h"
#include "core/cluster/state.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

constexpr MonoMs kStart = 1'000'000;
constexpr int64_t kInterval = 7'500;

// Labels of which none is another one followed by zeros.
std::string Numbered(int i) { return "n" + std::to_string(i) + "x"; }

// A table with a node "m" for myself and any number of peers, each linked both ways and heard of
// at kStart.
class PeerTableTest : public testing::Test {
 protected:
  explicit PeerTableTest(bool trust_needs_normal = true, uint64_t seed = 1)
      : table_(&tables_.pool.names(), &tables_.facts, trust_needs_normal, Rng(seed), kStart) {
    me_ = Add("m");
    table_.SetMyself(me_);
  }

  PeerFacts Facts(const std::string& label) {
    PeerFacts facts;
    facts.slots = tables_.pool.slot_sets().empty();
    facts.shard_id = ShardOf(label);
    facts.address.endpoint.ip = IpText::From("10.0.0.1");
    facts.address.endpoint.port = ++next_port_;
    return facts;
  }

  NodeKey Add(const std::string& label, uint16_t flags = flag::kPrimary) {
    NameTable& names = tables_.pool.names();
    const NodeKey key = names.Intern(NameOf(label));
    table_.Add(key, Facts(label), flags, kStart);
    names.Release(key);
    return key;
  }

  NodeKey AddLinked(const std::string& label, MonoMs pong = kStart) {
    const NodeKey key = Add(label);
    table_.SetOutLink(key, LinkId::Make(false, key.value, 1), kStart);
    table_.SetInLink(key, LinkId::Make(true, key.value, 1));
    table_.SetPong(key, pong);
    return key;
  }

  void GiveSlots(NodeKey key, const std::vector<SlotRange>& ranges) {
    table_.EditFacts(key, [&](PeerFacts* facts) {
      facts->slots = tables_.pool.slot_sets().Intern(SlotsOf(ranges));
    });
  }

  std::vector<NodeKey> CronRows(MonoMs now) {
    std::vector<NodeKey> rows;
    table_.CollectCronRows(now, kInterval, &rows);
    return rows;
  }
  bool Trusted(NodeKey key) { return (table_.marks(key) & mark::kTrust) != 0; }

  HostTables tables_;
  PeerTable table_;
  NodeKey me_;
  uint16_t next_port_ = 7000;
};

// As above under the rules of 8.0.
class OldPeerTableTest : public PeerTableTest {
 protected:
  OldPeerTableTest() : PeerTableTest(/*trust_needs_normal=*/false) {}
};

TEST_F(PeerTableTest, KnowsWhatWasAddedAndForgetsWhatWasRemoved) {
  const NodeKey a = Add("a");
  EXPECT_TRUE(table_.Contains(a));
  EXPECT_EQ(table_.Find(NameOf("a")), a);
  EXPECT_EQ(table_.size(), 2u);
  table_.Remove(a);
  EXPECT_FALSE(table_.Contains(a));
  EXPECT_FALSE(table_.Find(NameOf("a")).valid());
  EXPECT_FALSE(table_.Contains(kNoKey));
  EXPECT_EQ(table_.size(), 1u);
  table_.CheckInvariants();
}

TEST_F(PeerTableTest, HoldsAReferenceOnEachName) {
  const NodeKey a = Add("a");
  EXPECT_EQ(tables_.pool.names().Find(NameOf("a")), a);
  table_.Remove(a);
  EXPECT_FALSE(tables_.pool.names().Find(NameOf("a")).valid());
}

TEST_F(PeerTableTest, NameKnownToTheHostOnlyIsNotFound) {
  const NodeKey other = tables_.pool.names().Intern(NameOf("a"));
  EXPECT_FALSE(table_.Find(NameOf("a")).valid());
  EXPECT_FALSE(table_.Contains(other));
}

TEST_F(PeerTableTest, ARowStartsBlankWhenItsKeyIsUsedAgain) {
  const NodeKey a = AddLinked("a");
  table_.SetPingSent(a, kStart);
  table_.SetReplOffset(a, 7);
  table_.SetMoment(a, Moment::kFail, kStart);
  table_.SetFlags(a, flag::kPfail);
  table_.ClearOutLink(a);
  table_.ClearInLink(a, kStart);
  table_.Remove(a);
  ASSERT_EQ(Add("a"), a);
  EXPECT_EQ(table_.pong_ms(a), kLongAgo);
  EXPECT_FALSE(table_.PingPending(a));
  EXPECT_FALSE(table_.HasOutLink(a) || table_.HasInLink(a));
  EXPECT_EQ(table_.repl_offset(a), 0);
  EXPECT_EQ(table_.moment(a, Moment::kFail), kLongAgo);
  EXPECT_EQ(table_.data_received_ms(a), kLongAgo);
  EXPECT_EQ(table_.out_link_ms(a), kLongAgo);
  EXPECT_TRUE(table_.pfail().empty());
  table_.CheckInvariants();
}

TEST_F(PeerTableTest, OrderIsAPermutationOfItsOwn) {
  PeerTable second(&tables_.pool.names(), &tables_.facts, true, Rng(2), kStart);
  for (int i = 0; i < 40; ++i) {
    const std::string label = Numbered(i);
    const NodeKey key = Add(label);
    second.Add(key, Facts(label), flag::kPrimary, kStart);
  }
  table_.CheckInvariants();
  second.CheckInvariants();
  std::vector<NodeKey> mine = table_.order();
  std::erase(mine, me_);
  EXPECT_NE(mine, second.order());
}

TEST_F(PeerTableTest, PfailListFollowsFlagsAndTableOrder) {
  std::vector<NodeKey> nodes;
  for (int i = 0; i < 20; ++i) nodes.push_back(Add(Numbered(i)));
  for (const NodeKey node : nodes) table_.SetFlags(node, flag::kPfail);
  EXPECT_EQ(table_.pfail().size(), 20u);
  table_.CheckInvariants();
  table_.ClearFlags(nodes[3], flag::kPfail);
  table_.Remove(nodes[4]);
  Add("late", flag::kPrimary | flag::kPfail);
  EXPECT_EQ(table_.pfail().size(), 19u);
  table_.CheckInvariants();
}

TEST_F(PeerTableTest, TrustsOnlyQuietNormalPeers) {
  const NodeKey a = Add("a");
  EXPECT_TRUE(Trusted(a));
  EXPECT_FALSE(Trusted(me_));
  for (const uint16_t bit : {flag::kPfail, flag::kFail, flag::kHandshake, flag::kMeet}) {
    table_.SetFlags(a, bit);
    EXPECT_FALSE(Trusted(a)) << bit;
    table_.ClearFlags(a, bit);
    EXPECT_TRUE(Trusted(a)) << bit;
  }
  table_.SetPingSent(a, kStart);
  EXPECT_FALSE(Trusted(a));
  table_.ClearPing(a);
  EXPECT_TRUE(Trusted(a));
  table_.SetMark(a, mark::kHasReports);
  EXPECT_FALSE(Trusted(a));
  table_.ClearMark(a, mark::kHasReports);
  table_.SetFlags(a, flag::kNoFailover | flag::kMigrateTo | flag::kNoAddr);
  EXPECT_TRUE(Trusted(a));
}

TEST_F(OldPeerTableTest, TrustsPeersInHandshakeAndMeet) {
  const NodeKey a = Add("a");
  table_.SetFlags(a, flag::kHandshake | flag::kMeet);
  EXPECT_TRUE(Trusted(a));
}

// Gossip about a failing node may mend its address: it must not take the short way.
TEST_F(OldPeerTableTest, FailingPeersNeverTakeTheFastWay) {
  const NodeKey a = Add("a");
  for (const uint16_t bit : {flag::kPfail, flag::kFail}) {
    table_.SetFlags(a, bit);
    EXPECT_FALSE(Trusted(a));
    table_.ClearFlags(a, bit);
  }
  EXPECT_TRUE(Trusted(a));
}

TEST_F(PeerTableTest, FactsKeepTheReplicaLists) {
  const NodeKey p = Add("p");
  const NodeKey q = Add("q");
  const NodeKey r = Add("r", flag::kReplica);
  const NodeKey s = Add("s", flag::kReplica);
  const auto follow = [this](NodeKey node, NodeKey primary) {
    table_.EditFacts(node, [primary](PeerFacts* facts) { facts->replicaof = primary; });
  };
  follow(r, p);
  follow(s, p);
  EXPECT_EQ(table_.ReplicaCount(p), 2u);
  follow(r, q);
  EXPECT_EQ(table_.ReplicaCount(p), 1u);
  EXPECT_EQ(table_.ReplicaCount(q), 1u);
  table_.ForEachReplica(q, [r](NodeKey node) { EXPECT_EQ(node, r); });
  table_.Remove(s);
  EXPECT_EQ(table_.ReplicaCount(p), 0u);
  follow(r, kNoKey);
  EXPECT_EQ(table_.ReplicaCount(q), 0u);
}

TEST_F(PeerTableTest, EpochOfAReplicaIsItsPrimarys) {
  const NodeKey p = Add("p");
  const NodeKey r = Add("r", flag::kReplica);
  table_.EditFacts(p, [](PeerFacts* facts) { facts->config_epoch = {9}; });
  table_.EditFacts(r, [](PeerFacts* facts) { facts->config_epoch = {4}; });
  EXPECT_EQ(table_.NodeEpoch(r), Epoch{4});
  table_.EditFacts(r, [p](PeerFacts* facts) { facts->replicaof = p; });
  EXPECT_EQ(table_.NodeEpoch(r), Epoch{9});
  EXPECT_EQ(table_.NodeEpoch(p), Epoch{9});
}

TEST_F(PeerTableTest, PrimariesWithSlotsVote) {
  const NodeKey a = Add("a");
  EXPECT_FALSE(table_.IsVoting(a));
  GiveSlots(a, {{5, 6}});
  EXPECT_TRUE(table_.IsVoting(a));
  EXPECT_EQ(table_.slot_count(a), 2u);
  table_.ReplaceFlags(a, flag::kReplica);
  EXPECT_FALSE(table_.IsVoting(a));
  table_.ReplaceFlags(a, flag::kPrimary);
  GiveSlots(a, {});
  EXPECT_FALSE(table_.IsVoting(a));
}

TEST_F(PeerTableTest, FirstEndpointOfANameIsTheCanonicalOne) {
  const NodeKey a = Add("a");
  EXPECT_EQ(table_.marks(a) & mark::kOtherEndpoint, 0);
  const Endpoint first = table_.facts(a).address.endpoint;
  table_.EditFacts(a, [](PeerFacts* facts) { facts->address.endpoint.port = 1; });
  EXPECT_NE(table_.marks(a) & mark::kOtherEndpoint, 0);
  table_.EditFacts(a, [&first](PeerFacts* facts) { facts->address.endpoint = first; });
  EXPECT_EQ(table_.marks(a) & mark::kOtherEndpoint, 0);
  table_.EditFacts(a, [](PeerFacts* facts) { facts->address.endpoint = Endpoint{}; });
  EXPECT_NE(table_.marks(a) & mark::kOtherEndpoint, 0);
}

TEST_F(PeerTableTest, VersionRisesWithRolesFlagsSlotsAndMembers) {
  uint64_t last = table_.version();
  const auto rose = [&last, this] {
    return table_.version() > std::exchange(last, table_.version());
  };
  const NodeKey a = Add("a");
  EXPECT_TRUE(rose());
  table_.SetFlags(a, flag::kFail);
  EXPECT_TRUE(rose());
  table_.SetFlags(a, flag::kFail);
  EXPECT_FALSE(rose());
  GiveSlots(a, {{0, 0}});
  EXPECT_TRUE(rose());
  table_.ShareFacts(a, PeerFactsRef(&table_.shared_facts(a)));
  EXPECT_FALSE(rose());
  table_.SetPong(a, kStart + 1);
  EXPECT_FALSE(rose());
  table_.Remove(a);
  EXPECT_TRUE(rose());
}

TEST_F(PeerTableTest, HasNoMoreRowsThanTheHostHasNames) {
  for (int i = 0; i < 200; ++i) {
    Add("n" + std::to_string(i) + "x");
    ASSERT_LE(table_.row_count(), tables_.pool.names().key_bound());
  }
}

TEST_F(PeerTableTest, VersionIgnoresSuspicion) {
  const NodeKey a = Add("a");
  const uint64_t before = table_.version();
  table_.SetFlags(a, flag::kPfail);
  table_.SetFlags(a, flag::kExtensions);
  EXPECT_EQ(table_.version(), before);
}

TEST_F(PeerTableTest, VotersAreCounted) {
  const auto counts = [this] {
    const PeerTable::Voters& v = table_.voters();
    return std::vector<uint32_t>{v.size, v.reachable, v.failed_owners};
  };
  using Counts = std::vector<uint32_t>;
  const Counts before = counts();
  const NodeKey a = Add("a", flag::kPrimary);
  EXPECT_EQ(counts(), before) << "it owns nothing";
  GiveSlots(a, {{0, 0}});
  EXPECT_EQ(counts(), (Counts{before[0] + 1, before[1] + 1, 0}));
  table_.SetFlags(a, flag::kPfail);
  EXPECT_EQ(counts(), (Counts{before[0] + 1, before[1], 0}));
  table_.SetFlags(a, flag::kFail);
  EXPECT_EQ(counts(), (Counts{before[0] + 1, before[1], 1}));
  table_.ReplaceFlags(a, flag::kReplica);
  EXPECT_EQ(counts(), before);
  table_.ReplaceFlags(a, flag::kPrimary);
  table_.CheckInvariants();
  table_.Remove(a);
  EXPECT_EQ(counts(), before);
}

TEST_F(PeerTableTest, SleepersAreNotCollectedUntilTheirTimeOrAChange) {
  const NodeKey a = Add("a");
  const NodeKey b = Add("b");
  table_.SetFlags(b, flag::kPfail);
  const auto collected = [this](MonoMs at) {
    std::vector<NodeKey> rows;
    table_.CollectCronRows(at, 1 << 20, &rows);
    std::set<uint16_t> keys;
    for (const NodeKey key : rows) keys.insert(key.value);
    return keys;
  };
  using Keys = std::set<uint16_t>;
  EXPECT_EQ(collected(kStart), (Keys{a.value, b.value}));
  table_.Sleep(a, kStart + 100);
  table_.Sleep(b, kStart + 200);
  EXPECT_EQ(collected(kStart + 99), Keys{});
  EXPECT_EQ(table_.sleeping_pfail(), 1u);
  EXPECT_EQ(collected(kStart + 100), Keys{a.value});
  table_.SetFlags(b, flag::kFail);
  EXPECT_EQ(collected(kStart + 100), (Keys{a.value, b.value}));
  EXPECT_EQ(table_.sleeping_pfail(), 0u);
  table_.Sleep(a, kStart + 300);
  table_.Remove(a);
  EXPECT_EQ(collected(kStart + 100), Keys{b.value});
  table_.Sleep(b, kStart + 300);
  table_.WakeAll();
  EXPECT_EQ(collected(kStart + 100), Keys{b.value});
}

TEST_F(PeerTableTest, MyselfMovesWithItsMark) {
  const NodeKey a = Add("a");
  table_.SetMyself(a);
  EXPECT_EQ(table_.myself(), a);
  EXPECT_EQ(table_.marks(me_) & mark::kMyself, 0);
  EXPECT_NE(table_.marks(a) & mark::kMyself, 0);
  table_.CheckInvariants();
}

// ---- Times ----

TEST_F(PeerTableTest, TimesAreKeptAndNeverIsLongAgo) {
  const NodeKey a = Add("a");
  EXPECT_EQ(table_.pong_ms(a), kLongAgo);
  EXPECT_EQ(table_.moment(a, Moment::kMeetSent), kLongAgo);
  table_.SetPong(a, kStart + 3);
  table_.SetPingSent(a, kStart + 4);
  table_.SetDataReceived(a, kStart + 5);
  EXPECT_EQ(table_.pong_ms(a), kStart + 3);
  EXPECT_EQ(table_.ping_sent_ms(a), kStart + 4);
  EXPECT_EQ(table_.data_received_ms(a), kStart + 5);
  table_.SetPong(a, kLongAgo);
  EXPECT_EQ(table_.pong_ms(a), kLongAgo);
}

TEST_F(PeerTableTest, TimesInTheFutureAreKept) {
  const NodeKey a = Add("a");
  table_.SetPong(a, kStart + 500);
  EXPECT_LT(kStart - table_.pong_ms(a), 0);
}

TEST_F(PeerTableTest, TimesBeforeTheTablesRangeAreAsOldAsItReaches) {
  const NodeKey a = Add("a");
  table_.SetPong(a, kStart - 30ll * 86400 * 1000);
  EXPECT_GT(kStart - table_.pong_ms(a), 12ll * 86400 * 1000);
  EXPECT_NE(table_.pong_ms(a), kLongAgo);
}

TEST_F(PeerTableTest, LinksAndTheirTimes) {
  const NodeKey a = Add("a");
  EXPECT_EQ(table_.in_link_freed_ms(a), kStart) << "at first when the node was added";
  const LinkId out = LinkId::Make(false, 3, 1);
  const LinkId in = LinkId::Make(true, 4, 2);
  table_.SetOutLink(a, out, kStart + 10);
  table_.SetMark(a, mark::kLinkExtensions);
  table_.SetInLink(a, in);
  EXPECT_EQ(table_.out_link(a), out);
  EXPECT_EQ(table_.in_link(a), in);
  EXPECT_EQ(table_.out_link_ms(a), kStart + 10);
  table_.ClearOutLink(a);
  table_.ClearInLink(a, kStart + 20);
  EXPECT_FALSE(table_.HasOutLink(a) || table_.HasInLink(a));
  EXPECT_EQ(table_.marks(a) & mark::kLinkExtensions, 0);
  EXPECT_EQ(table_.out_link_ms(a), kStart + 10) << "now the last attempt";
  EXPECT_EQ(table_.in_link_freed_ms(a), kStart + 20);
}

// ---- Rows for the cron ----

TEST_F(PeerTableTest, CronSeesDuePongsOnly) {
  const NodeKey a = AddLinked("a");
  AddLinked("b", kStart + 1);
  EXPECT_TRUE(CronRows(kStart + kInterval).empty());
  EXPECT_EQ(CronRows(kStart + kInterval + 1), std::vector<NodeKey>{a});
  table_.SetPong(a, kStart + kInterval);
  EXPECT_TRUE(CronRows(kStart + kInterval + 1).empty());
  EXPECT_EQ(CronRows(kStart + 3 * kInterval).size(), 2u);
}

TEST_F(PeerTableTest, CronSeesRowsThatNeedAttention) {
  const NodeKey a = AddLinked("a");
  const std::vector<NodeKey> only_a{a};
  const MonoMs now = kStart + 1;
  EXPECT_TRUE(CronRows(now).empty());
  table_.SetPingSent(a, now);
  EXPECT_EQ(CronRows(now), only_a);
  table_.ClearPing(a);
  for (const uint16_t bit :
       {flag::kPfail, flag::kFail, flag::kHandshake, flag::kMeet, flag::kNoAddr}) {
    table_.SetFlags(a, bit);
    EXPECT_EQ(CronRows(now), only_a) << bit;
    table_.ClearFlags(a, bit);
    EXPECT_TRUE(CronRows(now).empty()) << bit;
  }
  table_.ClearInLink(a, now);
  EXPECT_EQ(CronRows(now), only_a);
  table_.SetInLink(a, LinkId::Make(true, 1, 1));
  table_.ClearOutLink(a);
  EXPECT_EQ(CronRows(now), only_a);
}

TEST_F(PeerTableTest, CronNeverSeesMyself) {
  EXPECT_TRUE(CronRows(kStart + 100 * kInterval).empty());
}

TEST_F(PeerTableTest, CronSeesARowWhosePongWentBack) {
  const NodeKey a = AddLinked("a", kStart + kInterval);
  EXPECT_TRUE(CronRows(kStart + kInterval + 1).empty());
  table_.SetPong(a, kStart);
  EXPECT_EQ(CronRows(kStart + kInterval + 1).size(), 1u);
}

// Many rows in several blocks, changed at random, against a look at every row.
TEST_F(PeerTableTest, CronRowsAreWhatALookAtEveryRowFinds) {
  Rng rng(7);
  std::vector<NodeKey> nodes;
  for (int i = 0; i < 150; ++i) nodes.push_back(AddLinked(Numbered(i)));
  MonoMs now = kStart;
  for (int round = 0; round < 400; ++round) {
    now += static_cast<int64_t>(rng.Below(700));
    for (int change = 0; change < 10; ++change) {
      const NodeKey node = nodes[rng.Below(nodes.size())];
      switch (rng.Below(5)) {
        case 0:
          table_.SetPong(node, now - static_cast<int64_t>(rng.Below(9000)));
          break;
        case 1:
          table_.SetPingSent(node, now);
          break;
        case 2:
          table_.ClearPing(node);
          break;
        case 3: {  // as gossip does
          uint32_t& pong = table_.hot()[node.value].pong;
          pong = std::max(pong, table_.ToTick(now));
          break;
        }
        default:
          table_.ReplaceFlags(node, table_.flags(node) ^ flag::kPfail);
      }
    }
    std::vector<NodeKey> expected;
    for (const NodeKey node : table_.order()) {
      const bool attention = table_.PingPending(node) || table_.Has(node, flag::kPfail);
      if (node == me_ || (!attention && now - table_.pong_ms(node) <= kInterval)) continue;
      expected.push_back(node);
    }
    const std::vector<NodeKey> rows = CronRows(now);
    ASSERT_EQ(rows, expected) << "round " << round;
    for (const NodeKey node : rows) table_.SetPingSent(node, now);
  }
  table_.CheckInvariants();
}

// ---- Years ----

TEST_F(PeerTableTest, AgesSurviveARebase) {
  const NodeKey a = AddLinked("a");
  const NodeKey never = Add("b");
  const MonoMs later = kStart + (int64_t{1} << 31);
  table_.SetPong(a, later - 5);
  table_.SetDataReceived(a, later - 6);
  table_.SetPingSent(a, later - 7);
  const MonoMs base = table_.base_ms();
  table_.KeepTime(later);
  EXPECT_GT(table_.base_ms(), base);
  EXPECT_EQ(table_.pong_ms(a), later - 5);
  EXPECT_EQ(table_.data_received_ms(a), later - 6);
  EXPECT_EQ(table_.ping_sent_ms(a), later - 7);
  EXPECT_EQ(table_.pong_ms(never), kLongAgo);
  EXPECT_EQ(table_.in_link(a), LinkId::Make(true, a.value, 1)) << "an id is no time";
  EXPECT_GT(later - table_.out_link_ms(a), 12ll * 86400 * 1000) << "old, and still a time";
  EXPECT_NE(table_.out_link_ms(a), kLongAgo);
  table_.CheckInvariants();
}

TEST_F(PeerTableTest, NoRebaseBeforeItIsNeeded) {
  const MonoMs base = table_.base_ms();
  table_.KeepTime(kStart + 10ll * 86400 * 1000);
  EXPECT_EQ(table_.base_ms(), base);
}

TEST_F(PeerTableTest, SixtyDaysAtOnePongAMinute) {
  const NodeKey a = AddLinked("a");
  const NodeKey silent = AddLinked("b");
  for (MonoMs now = kStart; now < kStart + 60ll * 86400 * 1000; now += 60'000) {
    table_.KeepTime(now);
    table_.SetPong(a, now);
    ASSERT_EQ(table_.pong_ms(a), now);
    ASSERT_EQ(table_.ToMs(table_.ToTick(now + 500)), now + 500);
  }
  const MonoMs end = kStart + 60ll * 86400 * 1000;
  table_.SetPong(a, end);
  EXPECT_EQ(CronRows(end + 1), std::vector<NodeKey>{silent});
}

}  // namespace
}  // namespace gossamer
