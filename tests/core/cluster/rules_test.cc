// The tables under the rules: what each base switches, SlotMap, interned facts.
#include "core/cluster/rules.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/cluster/peer_facts.h"
#include "core/cluster/slot_map.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {
namespace {

using Switch = bool Rules::*;

// Who has what, by first release: a switch in `from90` is off under 8.0 and on from 9.0 on, and so
// forth. SOURCE: the version marks of the semantics spec.
const std::vector<Switch> kFrom90 = {&Rules::trust_needs_normal_peer,
                                     &Rules::drop_reports_at_fail,
                                     &Rules::any_sender_clears_report,
                                     &Rules::cron_tries_fail,
                                     &Rules::noaddr_is_fail,
                                     &Rules::throttle_reconnects,
                                     &Rules::meet_repair,
                                     &Rules::link_extensions,
                                     &Rules::advertise_extensions,
                                     &Rules::light_module,
                                     &Rules::light_needs_pong,
                                     &Rules::extension_client_ports,
                                     &Rules::swap_moves_slots,
                                     &Rules::bump_broadcasts,
                                     &Rules::election_base_from_timeout,
                                     &Rules::zero_offset_penalty,
                                     &Rules::election_on_fail,
                                     &Rules::election_continues_after_scheduling,
                                     &Rules::restart_on_newer_claim,
                                     &Rules::manual_failover_restarts,
                                     &Rules::update_refused_candidate,
                                     &Rules::state_before_failover,
                                     &Rules::migration_broadcasts,
                                     &Rules::soft_reset_new_shard,
                                     &Rules::info_node_counts,
                                     &Rules::tcp_nodelay_outbound};
const std::vector<Switch> kFrom91 = {&Rules::gossip_percent_option,      &Rules::extension_zone,
                                     &Rules::stale_if_sender_newer,      &Rules::save_nofailover,
                                     &Rules::best_ranked_starts_at_once, &Rules::safe_to_join_votes,
                                     &Rules::my_primary_fail_flag,       &Rules::info_bytes};
const std::vector<Switch> kMended = {
    &Rules::reconnects_wait,       &Rules::links_keep_identity, &Rules::clear_my_primary_fail,
    &Rules::promotion_clears_fail, &Rules::votes_by_voter,      &Rules::contested_election_retries};

void ExpectAll(const Rules& rules, const std::vector<Switch>& switches, bool value) {
  for (size_t i = 0; i < switches.size(); ++i) {
    EXPECT_EQ(rules.*switches[i], value) << rules.name << ", switch " << i;
  }
}

TEST(RulesTest, NamesAreThoseOfTheBases) {
  const std::vector<std::string_view> names = RuleNames();
  EXPECT_EQ(names,
            (std::vector<std::string_view>{"valkey-8.0", "valkey-9.0", "valkey-9.1", "gossamer"}));
  for (const std::string_view name : names) {
    ASSERT_TRUE(FindRules(name).has_value());
    EXPECT_EQ(FindRules(name)->name, name);
  }
  EXPECT_FALSE(FindRules("valkey-1.0").has_value());
  EXPECT_FALSE(FindRules("").has_value());
}

TEST(RulesTest, EachReleaseHasWhatItBrought) {
  ExpectAll(RulesNamed("valkey-8.0"), kFrom90, false);
  ExpectAll(RulesNamed("valkey-8.0"), kFrom91, false);
  ExpectAll(RulesNamed("valkey-9.0"), kFrom90, true);
  ExpectAll(RulesNamed("valkey-9.0"), kFrom91, false);
  ExpectAll(RulesNamed("valkey-9.1"), kFrom90, true);
  ExpectAll(RulesNamed("valkey-9.1"), kFrom91, true);
  ExpectAll(RulesNamed("gossamer"), kFrom90, true);
  ExpectAll(RulesNamed("gossamer"), kFrom91, true);
}

TEST(RulesTest, NoReleaseHasWhatOnlyWeMend) {
  for (const std::string_view name : RuleNames()) {
    const Rules rules = RulesNamed(name);
    ExpectAll(rules, kMended, name == "gossamer");
    EXPECT_EQ(rules.max_epoch_lead, name == "gossamer" ? uint64_t{1} << 32 : 0u);
  }
}

TEST(RulesTest, WhatOneReleaseLost) {
  EXPECT_TRUE(RulesNamed("valkey-8.0").revote_lock);
  EXPECT_FALSE(RulesNamed("valkey-9.0").revote_lock);
  EXPECT_FALSE(RulesNamed("gossamer").revote_lock);
}

TEST(RulesTest, Variants) {
  EXPECT_EQ(RulesNamed("valkey-8.0").report_store, ReportStore::kMillis);
  EXPECT_EQ(RulesNamed("valkey-9.0").report_store, ReportStore::kSecondBuckets);
  EXPECT_EQ(RulesNamed("valkey-8.0").failed_primary_delay, FailedPrimaryDelay::kNone);
  EXPECT_EQ(RulesNamed("valkey-9.0").failed_primary_delay, FailedPrimaryDelay::kElectionBase);
  EXPECT_EQ(RulesNamed("valkey-9.0").sampling, GossipSampling::kRandom);
  EXPECT_EQ(RulesNamed("valkey-9.1").sampling, GossipSampling::kConsecutive);
  EXPECT_EQ(RulesNamed("gossamer").sampling, GossipSampling::kShuffledRing);
  EXPECT_EQ(RulesNamed("valkey-8.0").max_accepts_per_cycle, 1000);
  EXPECT_EQ(RulesNamed("valkey-9.0").max_accepts_per_cycle, 10);
}

// ---- SlotMap ----

constexpr NodeKey kOne{1};
constexpr NodeKey kTwo{2};

TEST(SlotMapTest, StartsWithoutOwners) {
  const SlotMap map;
  EXPECT_EQ(map.assigned(), 0u);
  for (const Slot slot : {Slot{0}, Slot{16383}}) {
    EXPECT_FALSE(map.owner(slot).valid());
    EXPECT_TRUE(map.unclaimed(slot));
  }
}

TEST(SlotMapTest, CountsWhatIsAssigned) {
  SlotMap map;
  map.Assign(5, kOne);
  map.Assign(5, kTwo);
  map.Assign(6, kOne);
  EXPECT_EQ(map.assigned(), 2u);
  EXPECT_EQ(map.owner(5), kTwo);
  map.Unassign(5);
  map.Unassign(5);
  EXPECT_EQ(map.assigned(), 1u);
  EXPECT_FALSE(map.owner(5).valid());
}

TEST(SlotMapTest, ANewOwnerClaims) {
  SlotMap map;
  map.Assign(5, kOne);
  EXPECT_FALSE(map.unclaimed(5));
  map.SetNotClaiming(5, true);
  EXPECT_TRUE(map.unclaimed(5));
  EXPECT_EQ(map.owner(5), kOne);
  map.Assign(5, kTwo);
  EXPECT_FALSE(map.unclaimed(5));
  map.SetNotClaiming(5, true);
  map.Unassign(5);
  EXPECT_FALSE(map.not_claiming().test(5));
}

// ---- PeerFacts ----

class PeerFactsTest : public testing::Test {
 protected:
  PeerFacts Blank() {
    PeerFacts facts;
    facts.slots = slots.empty();
    return facts;
  }

  SlotSetTable slots;
  PeerFactsTable table;
};

TEST_F(PeerFactsTest, EqualContentIsOnePointer) {
  const PeerFactsRef one = table.Intern(Blank(), 0);
  const PeerFactsRef two = table.Intern(Blank(), 0);
  EXPECT_TRUE(one == two);
  EXPECT_EQ(table.size(), 1u);
}

TEST_F(PeerFactsTest, EveryFieldCounts) {
  std::vector<PeerFacts> all(11, Blank());
  all[1].config_epoch = {7};
  all[2].slots = slots.Intern(SlotsOf({{3, 9}}));
  all[3].replicaof = NodeKey{4};
  all[4].shard_id = ShardOf("x");
  all[5].address.endpoint.ip = IpText::From("10.0.0.1");
  all[6].address.endpoint.cport = 7;
  all[7].address.hostname = "h";
  all[8].address.availability_zone = "h";
  all[9].address.client_port = 7;
  all[10].address.client_tls_port = 7;
  std::vector<PeerFactsRef> kept;
  for (const PeerFacts& facts : all) kept.push_back(table.Intern(facts, facts.replicaof.value));
  EXPECT_EQ(table.size(), all.size());
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(kept[i]->get(), all[i]);
}

TEST_F(PeerFactsTest, UnusedContentIsFreedAndTheRestIsStillFound) {
  std::vector<PeerFactsRef> kept;
  for (uint64_t epoch = 0; epoch < 500; ++epoch) {
    PeerFacts facts = Blank();
    facts.config_epoch = {epoch};
    kept.push_back(table.Intern(facts, 0));
  }
  EXPECT_EQ(table.size(), 500u);
  for (uint64_t epoch = 0; epoch < 500; epoch += 2) kept[epoch] = nullptr;
  EXPECT_EQ(table.size(), 250u);
  for (uint64_t epoch = 1; epoch < 500; epoch += 2) {
    PeerFacts facts = Blank();
    facts.config_epoch = {epoch};
    EXPECT_TRUE(table.Intern(facts, 0) == kept[epoch]);
  }
  kept.clear();
  EXPECT_EQ(table.size(), 0u);
}

}  // namespace
}  // namespace gossamer
