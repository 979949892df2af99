// Which entries a heartbeat carries, and what the receiver learns from them.
#include "core/cluster/gossip.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/failure_detector.h"
#include "core/cluster/heartbeat.h"
#include "core/cluster/membership.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

// Labels of which none is another one followed by zeros.
std::string Numbered(size_t i) { return "n" + std::to_string(i) + "x"; }

// The member and `peers` more, one of which is the receiver, under one way of sampling.
struct Sampled {
  explicit Sampled(GossipSampling sampling, size_t peers, int64_t percent = 10)
      : c(Setup(sampling, percent)) {
    for (size_t i = 0; i < peers; ++i) nodes.push_back(c.AddPrimary(Numbered(i)));
  }
  static ClusterSetup Setup(GossipSampling sampling, int64_t percent) {
    ClusterSetup setup;
    setup.rules.sampling = sampling;
    setup.options.gossip_percent = percent;
    return setup;
  }
  // Nodes of one more message to the first peer.
  std::vector<NodeKey> Next() {
    Turn t = c.turn();
    Heartbeat heartbeat;
    SelectGossip(t, nodes[0], &heartbeat);
    std::vector<NodeKey> chosen;
    for (const GossipEntry& entry : heartbeat.gossip) chosen.push_back(entry.node);
    return chosen;
  }
  // How often each node was in `messages` messages.
  std::vector<int> Counts(int messages) {
    std::vector<int> counts(nodes.size(), 0);
    for (int i = 0; i < messages; ++i) {
      for (const NodeKey node : Next()) {
        const auto at = std::find(nodes.begin(), nodes.end(), node);
        EXPECT_TRUE(at != nodes.end()) << "never about myself";
        ++counts[static_cast<size_t>(at - nodes.begin())];
      }
    }
    return counts;
  }

  Cluster c;
  std::vector<NodeKey> nodes;
};

constexpr GossipSampling kSamplings[] = {GossipSampling::kRandom, GossipSampling::kConsecutive,
                                         GossipSampling::kShuffledRing};

class SamplingTest : public testing::TestWithParam<GossipSampling> {};

INSTANTIATE_TEST_SUITE_P(Kinds, SamplingTest, testing::ValuesIn(kSamplings), [](const auto& info) {
  return info.param == GossipSampling::kRandom        ? "Random"
         : info.param == GossipSampling::kConsecutive ? "Consecutive"
                                                      : "ShuffledRing";
});

TEST_P(SamplingTest, TakesATenthButAtLeastThreeOfWhatThereIs) {
  struct Case {
    size_t known;  // with myself
    size_t most;
  };
  for (const Case& each : {Case{2, 0}, Case{3, 1}, Case{4, 2}, Case{5, 3}, Case{6, 3}, Case{39, 3},
                           Case{40, 4}, Case{100, 10}, Case{257, 25}}) {
    Sampled s(GetParam(), each.known - 1);
    size_t most = 0;
    for (int i = 0; i < 50; ++i) {
      const std::vector<NodeKey> chosen = s.Next();
      EXPECT_LE(chosen.size(), each.most) << each.known;
      most = std::max(most, chosen.size());
    }
    EXPECT_EQ(most, each.most) << each.known;
  }
}

TEST_P(SamplingTest, TheOptionChangesTheShareWhereTheReleaseHasIt) {
  Sampled more(GetParam(), 99, 50);
  size_t most = 0;
  for (int i = 0; i < 20; ++i) most = std::max(most, more.Next().size());
  EXPECT_EQ(most, 50u);
  Sampled all(GetParam(), 9, 100);
  for (int i = 0; i < 20; ++i) EXPECT_LE(all.Next().size(), 8u);
  Sampled fixed(GetParam(), 99, 50);
  fixed.c.s().rules.gossip_percent_option = false;
  EXPECT_LE(fixed.Next().size(), 10u);
}

TEST_P(SamplingTest, NeverTwiceInOneMessageAndNeverTheReceiver) {
  Sampled s(GetParam(), 30, 100);
  for (int i = 0; i < 50; ++i) {
    const std::vector<NodeKey> chosen = s.Next();
    std::set<uint16_t> distinct;
    for (const NodeKey node : chosen) {
      EXPECT_TRUE(distinct.insert(node.value).second);
      EXPECT_FALSE(node == s.nodes[0] || node == s.c.me());
    }
  }
}

TEST_P(SamplingTest, NobodyIsLeftOutForLong) {
  Sampled s(GetParam(), 30);
  const std::vector<int> counts = s.Counts(1000);
  for (size_t i = 1; i < counts.size(); ++i) EXPECT_GT(counts[i], 40) << i;
  EXPECT_EQ(counts[0], 0) << "the receiver";
}

TEST_P(SamplingTest, AnUnboundReceiverExcludesNobody) {
  Sampled s(GetParam(), 4);
  bool seen = false;
  for (int i = 0; i < 50; ++i) {
    Turn t = s.c.turn();
    Heartbeat heartbeat;
    SelectGossip(t, kNoKey, &heartbeat);
    for (const GossipEntry& entry : heartbeat.gossip) seen |= entry.node == s.nodes[0];
  }
  EXPECT_TRUE(seen);
}

TEST_P(SamplingTest, LeavesOutWhoIsNoNews) {
  Sampled s(GetParam(), 12);
  PeerTable& peers = s.c.peers();
  peers.SetFlags(s.nodes[1], flag::kHandshake);
  peers.SetFlags(s.nodes[2], flag::kNoAddr);
  s.c.Unlink(s.nodes[3]);
  s.c.Unlink(s.nodes[4]);
  s.c.GiveSlots(s.nodes[4], {{0, 0}});
  peers.SetFlags(s.nodes[5], flag::kPfail);
  peers.SetFlags(s.nodes[6], flag::kFail);
  const std::vector<int> counts = s.Counts(300);
  EXPECT_EQ(counts[1], 0) << "in handshake";
  EXPECT_EQ(counts[2], 0) << "without address";
  EXPECT_EQ(counts[3], 0) << "neither link nor slots";
  EXPECT_GT(counts[4], 0) << "slots are enough";
  EXPECT_EQ(counts[5], 0) << "PFAIL is appended, never sampled";
  EXPECT_GT(counts[6], 0) << "FAIL is sampled like others";
}

TEST_P(SamplingTest, ATableOfUnfitNodesEndsTheSearch) {
  Sampled s(GetParam(), 40);
  for (const NodeKey node : s.nodes) s.c.peers().SetFlags(node, flag::kHandshake);
  EXPECT_TRUE(s.Next().empty());
}

TEST_P(SamplingTest, AppendsAsManyPfailAsTheLastCronCounted) {
  Sampled s(GetParam(), 40);
  PeerTable& peers = s.c.peers();
  for (size_t i = 30; i < 40; ++i) peers.SetFlags(s.nodes[i], flag::kPfail);
  const auto pfails = [&s, &peers] {
    std::vector<NodeKey> found;
    for (const NodeKey node : s.Next()) {
      if (peers.Has(node, flag::kPfail)) found.push_back(node);
    }
    return found;
  };
  EXPECT_EQ(pfails().size(), 0u) << "no cron has counted";
  s.c.s().pfail_count = 4;
  EXPECT_EQ(pfails(), std::vector<NodeKey>(peers.pfail().begin(), peers.pfail().begin() + 4))
      << "in table order";
  s.c.s().pfail_count = 100;
  EXPECT_EQ(pfails().size(), 10u);
  peers.SetFlags(s.nodes[30], flag::kHandshake);
  peers.SetFlags(s.nodes[31], flag::kNoAddr);
  EXPECT_EQ(pfails().size(), 8u);
  peers.SetFlags(s.nodes[0], flag::kPfail);
  EXPECT_EQ(pfails().size(), 9u) << "the receiver may be among them";
}

TEST_P(SamplingTest, ForgottenNodesAreGossipedNoMore) {
  Sampled s(GetParam(), 20);
  s.Counts(5);
  Turn t = s.c.turn();
  for (size_t i = 10; i < 20; ++i) RemoveNode(t, s.nodes[i]);
  const std::vector<int> counts = s.Counts(200);
  for (size_t i = 1; i < 20; ++i) EXPECT_EQ(counts[i] > 0, i < 10) << i;
}

TEST_P(SamplingTest, NewNodesAreGossipedSoon) {
  Sampled s(GetParam(), 10);
  s.Counts(5);
  s.nodes.push_back(s.c.AddPrimary("late"));
  EXPECT_GT(s.Counts(60).back(), 0);
}

// Wherever in its lap the ring stands, a small cluster hears of everybody.
TEST(ShuffledRingTest, TakesAllThereIsWhenThatIsFew) {
  Sampled s(GossipSampling::kShuffledRing, 4);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(s.Next().size(), 3u);
}

TEST(ShuffledRingTest, NoMessageHasANodeTwiceAndEverybodyHasHisTurnEachLap) {
  for (const size_t peers : {20u, 300u, 1001u}) {
    Sampled s(GossipSampling::kShuffledRing, peers);
    std::vector<int> counts(peers, 0);
    for (int i = 0; i < 400; ++i) {
      std::vector<NodeKey> chosen = s.Next();
      for (const NodeKey node : chosen) {
        ++counts[static_cast<size_t>(std::find(s.nodes.begin(), s.nodes.end(), node) -
                                     s.nodes.begin())];
      }
      const auto by_key = [](NodeKey a, NodeKey b) { return a.value < b.value; };
      std::sort(chosen.begin(), chosen.end(), by_key);
      EXPECT_EQ(std::adjacent_find(chosen.begin(), chosen.end()), chosen.end());
    }
    EXPECT_EQ(counts[0], 0) << "the receiver";
    const auto [least, most] = std::minmax_element(counts.begin() + 1, counts.end());
    EXPECT_LE(*most - *least, 2) << peers;
  }
}

TEST(ShuffledRingTest, NeighboursTravelTogetherInALargeCluster) {
  Sampled s(GossipSampling::kShuffledRing, 800);
  for (int i = 0; i < 50; ++i) {
    std::set<size_t> lines;
    const std::vector<NodeKey> chosen = s.Next();
    for (const NodeKey node : chosen) lines.insert(node.value / PeerTable::kRowsPerLine);
    EXPECT_LE(lines.size(), chosen.size() / PeerTable::kRowsPerLine + 4);
  }
}

// ---- What an entry says ----

TEST(GossipEntryTest, TimesAreWholeSecondsOfTheWallClock) {
  Sampled s(GossipSampling::kShuffledRing, 2);
  Cluster& c = s.c;
  const NodeKey node = s.nodes[1];
  const auto entry = [&](Heartbeat* heartbeat) {
    *heartbeat = Heartbeat{};
    Turn t = c.turn();
    SelectGossip(t, s.nodes[0], heartbeat);
    return heartbeat->gossip.at(0);
  };
  Heartbeat h;
  c.peers().SetPong(node, c.ms() + 1999);
  EXPECT_EQ(entry(&h), (GossipEntry{node, c.peers().flags(node), 1'700'000'001}));
  EXPECT_TRUE(h.pings.empty());
  c.peers().SetPong(node, kLongAgo);
  EXPECT_EQ(entry(&h).pong_received_s, 0u) << "never";
  c.peers().SetPingSent(node, c.ms() - 1);
  entry(&h);
  ASSERT_EQ(h.pings.size(), 1u);
  EXPECT_EQ(h.pings[0], (GossipPing{0, 1'699'999'999}));
}

TEST(GossipEntryTest, ThePeersFlagWordIsCopiedRaw) {
  Sampled s(GossipSampling::kShuffledRing, 2);
  const uint16_t word = flag::kReplica | flag::kFail | flag::kMeet | flag::kMigrateTo |
                        flag::kLightModule | flag::kMyPrimaryFail;
  s.c.peers().ReplaceFlags(s.nodes[1], word);
  Turn t = s.c.turn();
  Heartbeat h;
  SelectGossip(t, s.nodes[0], &h);
  EXPECT_EQ(h.gossip.at(0).flags, word);
}

TEST(GossipEntryTest, OnlyOtherEndpointsAreSpelledOut) {
  Sampled s(GossipSampling::kShuffledRing, 2);
  const NodeKey node = s.nodes[1];
  Turn t = s.c.turn();
  Heartbeat h;
  SelectGossip(t, s.nodes[0], &h);
  EXPECT_TRUE(h.endpoints.empty());
  PeerAddress moved = s.c.facts(node).address;
  moved.endpoint.port = 1;
  s.c.SetAddress(node, moved);
  h = Heartbeat{};
  SelectGossip(t, s.nodes[0], &h);
  ASSERT_EQ(h.endpoints.size(), 1u);
  EXPECT_EQ(h.endpoints[0], (GossipEndpoint{0, moved.endpoint}));
}

// ---- Pong times of others ----

class TrustTest : public testing::Test {
 protected:
  explicit TrustTest(std::string_view rules = "gossamer")
      : c_(rules), sender_(c_.AddPrimary("a", {{0, 9}})), node_(c_.AddPrimary("b", {{10, 19}})) {
    c_.peers().SetPong(node_, c_.ms() - 5000);
  }
  // The sender says that it heard of node_ at `seconds` from now.
  void Say(int64_t seconds, uint16_t flags = flag::kPrimary) {
    const auto at = static_cast<uint32_t>(c_.now().wall.us / 1000000 + seconds);
    c_.Deliver(sender_, MessageType::kPing, [&](Message* m) {
      std::get<Heartbeat>(m->body).gossip.push_back({node_, flags, at});
    });
  }
  MonoMs Pong() { return c_.peers().pong_ms(node_); }
  bool Believed(uint16_t flags = flag::kPrimary) {
    c_.peers().SetPong(node_, c_.ms() - 5000);
    Say(-1, flags);
    return Pong() > c_.ms() - 5000;
  }

  Cluster c_;
  NodeKey sender_;
  NodeKey node_;
};

class OldTrustTest : public TrustTest {
 protected:
  OldTrustTest() : TrustTest("valkey-8.0") {}
};

TEST_F(TrustTest, ANewerPongIsBelieved) {
  Say(-3);
  EXPECT_EQ(Pong(), c_.ms() - 3000);
  Say(-1);
  EXPECT_EQ(Pong(), c_.ms() - 1000);
}

TEST_F(TrustTest, AnOlderOneIsNot) {
  c_.peers().SetPong(node_, c_.ms() - 999);
  Say(-1);
  EXPECT_EQ(Pong(), c_.ms() - 999);
}

TEST_F(TrustTest, TheyAreWholeSeconds) {
  c_.Advance(Millis(700));
  Say(0);
  EXPECT_EQ(Pong(), c_.ms() - 700);
}

TEST_F(TrustTest, HalfASecondAheadIsBelievedAndNotMore) {
  // The entry says the next full second: 501, 500 and 499 ms from now.
  c_.Advance(Millis(499));
  Say(1);
  EXPECT_EQ(Pong(), c_.ms() - 5499);
  c_.Advance(Millis(1));
  Say(1);
  EXPECT_EQ(Pong(), c_.ms() + 500) << "ages may be negative";
  c_.peers().SetPong(node_, c_.ms() - 5000);
  c_.Advance(Millis(1));
  Say(1);
  EXPECT_EQ(Pong(), c_.ms() + 499);
}

TEST_F(TrustTest, AnAgeBelowZeroIsNeitherDueNorSilent) {
  c_.Advance(Millis(600));
  Say(1);
  ASSERT_GT(Pong(), c_.ms());
  c_.ClearEffects();
  c_.Run(Millis(300));
  EXPECT_TRUE(c_.SentTo(node_, MessageType::kPing).empty());
}

TEST_F(TrustTest, NeverAndNonsenseAreNotBelieved) {
  const MonoMs before = Pong();
  for (const int64_t seconds : {-1'700'000'000ll, -1'200'000ll, 2ll, 3600ll, 2'000'000'000ll}) {
    Say(seconds);
    EXPECT_EQ(Pong(), before) << seconds;
  }
  c_.peers().SetPong(node_, kLongAgo);
  Say(-1'700'000'000);
  EXPECT_EQ(Pong(), kLongAgo);
}

TEST_F(TrustTest, NotWhileMyPingIsUnanswered) {
  EXPECT_TRUE(Believed());
  c_.peers().SetPingSent(node_, c_.ms());
  EXPECT_FALSE(Believed());
}

TEST_F(TrustTest, NotWhenTheSenderSeesAFailure) {
  EXPECT_FALSE(Believed(flag::kPrimary | flag::kPfail));
  EXPECT_FALSE(Believed(flag::kPrimary | flag::kFail));
}

TEST_F(TrustTest, NotWhileSomebodyElseReportsIt) {
  const NodeKey other = c_.AddPrimary("d", {{20, 29}});
  Turn t = c_.turn();
  ReportFailing(t, node_, other);
  EXPECT_FALSE(Believed());
  c_.Advance(Seconds(31));
  EXPECT_TRUE(Believed()) << "the report has expired";
}

TEST_F(TrustTest, NotForPeersThatAreNotNormal) {
  for (const uint16_t bit : {flag::kPfail, flag::kFail, flag::kHandshake, flag::kMeet}) {
    c_.peers().SetFlags(node_, bit);
    EXPECT_FALSE(Believed()) << bit;
    c_.peers().ClearFlags(node_, bit);
  }
  EXPECT_TRUE(Believed());
}

TEST_F(OldTrustTest, UntilEightOneAnyPeerWillDo) {
  for (const uint16_t bit : {flag::kPfail, flag::kFail, flag::kMeet}) {
    c_.peers().SetFlags(node_, bit);
    EXPECT_TRUE(Believed()) << bit;
    c_.peers().ClearFlags(node_, bit);
  }
  c_.peers().SetPingSent(node_, c_.ms());
  EXPECT_FALSE(Believed());
}

TEST_F(TrustTest, EntriesAboutMyselfSayNothing) {
  const MonoMs before = c_.peers().pong_ms(c_.me());
  c_.Deliver(sender_, MessageType::kPing, [this](Message* m) {
    std::get<Heartbeat>(m->body).gossip.push_back({c_.me(), flag::kFail, 1'699'999'999});
  });
  EXPECT_EQ(c_.peers().pong_ms(c_.me()), before);
  EXPECT_FALSE(c_.s().reports.MayHave(c_.me()));
}

TEST_F(TrustTest, AnUnknownMeetSenderIsBelievedAboutNodesThatIKnow) {
  const auto at = static_cast<uint32_t>(c_.now().wall.us / 1000000 - 1);
  c_.Deliver(c_.Key("x"), MessageType::kMeet, [&](Message* m) {
    auto& gossip = std::get<Heartbeat>(m->body).gossip;
    gossip.push_back({node_, flag::kPrimary, at});
    gossip.push_back({c_.Key("y"), flag::kPrimary, at});
  });
  EXPECT_EQ(Pong(), c_.ms() - 1000);
  EXPECT_FALSE(c_.peers().Contains(c_.Key("y"))) << "but introduces nobody";
}

TEST_F(TrustTest, ABrokenSectionIsIgnoredAndTheRestUsed) {
  const auto at = static_cast<uint32_t>(c_.now().wall.us / 1000000 - 1);
  c_.Deliver(sender_, MessageType::kPing, [&](Message* m) {
    auto& heartbeat = std::get<Heartbeat>(m->body);
    heartbeat.gossip.push_back({node_, flag::kPrimary, at});
    heartbeat.gossip_valid = false;
    m->header.repl_offset = 8;
  });
  EXPECT_EQ(Pong(), c_.ms() - 5000);
  EXPECT_EQ(c_.peers().repl_offset(sender_), 8);
  EXPECT_EQ(c_.s().stats.gossip_entries_received, 1u);
}

TEST_F(TrustTest, WorksAfterAnHoursJumpOfTheWallClockAndAfterARebase) {
  for (const int64_t hours : {1, -1, -1}) {
    Now jumped = c_.now();
    jumped.wall = jumped.wall + Seconds(3600 * hours);
    Turn t(c_.s(), jumped, &c_.effects());
    c_.peers().SetPong(node_, c_.ms() - 5000);
    const auto said = [&](int64_t seconds) {
      Heartbeat h;
      const auto at = static_cast<uint32_t>(jumped.wall.us / 1000000 + seconds);
      h.gossip.push_back({node_, flag::kPrimary, at});
      ApplyGossip(t, sender_, h);
      return Pong();
    };
    EXPECT_EQ(said(-3600), c_.ms() - 5000) << "of before a jump ahead";
    EXPECT_EQ(said(3600), c_.ms() - 5000) << "of before a jump back";
    EXPECT_EQ(said(-2), c_.ms() - 2000);
  }
  c_.Advance(Seconds(30 * 86400));
  c_.peers().KeepTime(c_.ms());
  EXPECT_TRUE(Believed());
}

// ---- Reports and repairs ----

class GossipRepairTest : public TrustTest {
 protected:
  Endpoint Moved() {
    Endpoint endpoint = c_.facts(node_).address.endpoint;
    endpoint.cport = 20'000;
    return endpoint;
  }
  void Say(NodeKey from, MessageType type, uint16_t flags) {
    const Endpoint moved = Moved();
    c_.Deliver(from, type, [&](Message* m) {
      auto& h = std::get<Heartbeat>(m->body);
      h.gossip.push_back({node_, flags, 0});
      h.endpoints.push_back({0, moved});
    });
  }
  uint16_t Cport() { return c_.facts(node_).address.endpoint.cport; }
};

TEST_F(GossipRepairTest, AFailingPeersAddressIsTakenFromWhoReachesIt) {
  for (const uint16_t bit : {flag::kPfail, flag::kFail}) {
    SCOPED_TRACE(bit);
    Cluster c;
    const NodeKey a = c.AddPrimary("a");
    const NodeKey b = c.AddPrimary("b");
    c.peers().SetFlags(b, bit | flag::kNoAddr);
    Endpoint moved = c.facts(b).address.endpoint;
    moved.ip = IpText::From("192.0.2.8");
    c.Deliver(a, MessageType::kPing, [&](Message* m) {
      auto& h = std::get<Heartbeat>(m->body);
      h.gossip.push_back({b, flag::kPrimary, 0});
      h.endpoints.push_back({0, moved});
    });
    EXPECT_EQ(c.facts(b).address.endpoint, moved);
    EXPECT_FALSE(c.peers().HasOutLink(b));
    EXPECT_FALSE(c.peers().Has(b, flag::kNoAddr));
    EXPECT_TRUE(c.peers().Has(b, bit)) << "it must answer first";
  }
}

TEST_F(GossipRepairTest, AHealthyPeersAddressIsNot) {
  Say(sender_, MessageType::kPing, flag::kPrimary);
  EXPECT_NE(Cport(), 20'000);
}

TEST_F(GossipRepairTest, NotFromWhoDoesNotReachItEither) {
  c_.peers().SetFlags(node_, flag::kPfail);
  for (const uint16_t bit : {flag::kPfail, flag::kFail, flag::kNoAddr}) {
    Say(sender_, MessageType::kPing, flag::kPrimary | bit);
    EXPECT_NE(Cport(), 20'000) << bit;
  }
  EXPECT_TRUE(c_.peers().HasOutLink(node_));
}

TEST_F(GossipRepairTest, TheSameAddressKeepsTheLink) {
  c_.peers().SetFlags(node_, flag::kPfail);
  c_.Deliver(sender_, MessageType::kPing, [this](Message* m) {
    std::get<Heartbeat>(m->body).gossip.push_back({node_, flag::kPrimary, 0});
  });
  EXPECT_TRUE(c_.peers().HasOutLink(node_));
}

TEST_F(GossipRepairTest, AlsoFromAnUnknownMeetSender) {
  c_.peers().SetFlags(node_, flag::kPfail);
  Say(c_.Key("x"), MessageType::kMeet, flag::kPrimary);
  EXPECT_EQ(Cport(), 20'000);
}

TEST_F(GossipRepairTest, MyPrimaryTakesReplicationWithIt) {
  c_.MakeMeReplicaOf(node_);
  c_.peers().SetFlags(node_, flag::kFail);
  Say(sender_, MessageType::kPing, flag::kPrimary);
  EXPECT_EQ(c_.All<Replicate>().size(), 1u);
}

// A FAIL that was told may be about a node whose ping I do not wait for.
TEST_F(OldTrustTest, AddressesAreRepairedUnderOldRulesToo) {
  c_.peers().SetFlags(node_, flag::kFail);
  Endpoint moved = c_.facts(node_).address.endpoint;
  moved.port = 1;
  c_.Deliver(sender_, MessageType::kPing, [&](Message* m) {
    auto& h = std::get<Heartbeat>(m->body);
    h.gossip.push_back({node_, flag::kPrimary, 0});
    h.endpoints.push_back({0, moved});
  });
  EXPECT_EQ(c_.facts(node_).address.endpoint, moved);
}

// ---- Introductions ----

class IntroductionTest : public testing::Test {
 protected:
  IntroductionTest() : a_(c_.AddPrimary("a")) {}
  void Introduce(NodeKey node, uint16_t flags) {
    c_.Deliver(a_, MessageType::kPing, [&](Message* m) {
      auto& h = std::get<Heartbeat>(m->body);
      h.gossip.push_back({node, flags, 1'699'999'999});
      h.endpoints.push_back({0, endpoint_});
    });
  }

  Cluster c_;
  NodeKey a_;
  Endpoint endpoint_ = {IpText::From("192.0.2.5"), 7, 8, 9};
};

TEST_F(IntroductionTest, AKnownNodeIntroducesOthersWithTheirFlagWord) {
  const NodeKey x = c_.Key("x");
  const uint16_t word = flag::kReplica | flag::kPfail | flag::kLightPublish | flag::kNoFailover;
  Introduce(x, word);
  ASSERT_TRUE(c_.peers().Contains(x));
  EXPECT_EQ(c_.peers().flags(x), word);
  EXPECT_EQ(c_.facts(x).address.endpoint, endpoint_);
  EXPECT_EQ(c_.peers().pong_ms(x), kLongAgo) << "I have not heard of it myself";
  EXPECT_FALSE(c_.facts(x).replicaof.valid());
  EXPECT_EQ(c_.Events(EventType::kNodeAdded)[0], (Event{EventType::kNodeAdded, x, a_, {}, 0}));
  EXPECT_FALSE(c_.HasEvent(EventType::kHandshakeStarted));
  c_.Run(Millis(100));
  EXPECT_EQ(c_.All<Open>().at(0).peer, x);
  c_.peers().CheckInvariants();
}

TEST_F(IntroductionTest, AForgedMyselfIsNotTaken) {
  Introduce(c_.Key("x"), flag::kPrimary | flag::kMyself);
  EXPECT_FALSE(c_.peers().Has(c_.Key("x"), flag::kMyself));
}

// No node sends such an entry; a hostile one may.
TEST_F(IntroductionTest, AForgedHandshakeEndsAtItsTimeout) {
  const NodeKey x = c_.Key("x");
  Introduce(x, flag::kPrimary | flag::kHandshake);
  c_.Run(Millis(100));
  c_.node().OnLinkUp(c_.now(), c_.out_link(x), {}, &c_.effects());
  c_.DeliverOn(c_.out_link(x), c_.Make(x, MessageType::kPong));
  c_.Run(Seconds(20));
  EXPECT_FALSE(c_.peers().Has(x, flag::kHandshake) && c_.peers().Contains(x));
  c_.peers().CheckInvariants();
}

TEST_F(IntroductionTest, NobodyWithoutAddress) {
  Introduce(c_.Key("x"), flag::kPrimary | flag::kNoAddr);
  EXPECT_FALSE(c_.peers().Contains(c_.Key("x")));
}

TEST_F(IntroductionTest, AMessageIntroducesAThousandAndTwentyFourAtMost) {
  c_.s().options.max_nodes = 5000;
  std::vector<NodeKey> nodes;
  for (size_t i = 0; i < 1100; ++i) nodes.push_back(c_.Key(Numbered(i)));
  c_.Deliver(a_, MessageType::kPing, [&](Message* m) {
    for (const NodeKey node : nodes) {
      std::get<Heartbeat>(m->body).gossip.push_back({node, flag::kPrimary, 0});
    }
  });
  EXPECT_EQ(c_.peers().size(), 2u + 1024u);
}

}  // namespace
}  // namespace gossamer
