#include "sim/model/report_walk.h"

#include <gtest/gtest.h>

#include <string>

#include "core/cluster/state.h"

namespace gossamer::sim {
namespace {

// Primaries "a", "b" and "c" with slots, "r" without, and "dead", which a and b have reported.
class ReportWalkTest : public testing::Test {
 protected:
  ReportWalkTest() : peers_(&tables_.pool.names(), &tables_.facts, true, Rng(1), 0) {
    a_ = Add('a', {{0, 99}});
    b_ = Add('b', {{100, 199}});
    c_ = Add('c', {{200, 299}});
    no_vote_ = Add('d', {});
    dead_ = Add('e', {{300, 399}});
    peers_.SetMyself(a_);
    reports_.Add(dead_, a_, 1000);
    reports_.Add(dead_, b_, 1000);
  }

  NodeKey Add(char label, const std::vector<SlotRange>& ranges) {
    NameTable& names = tables_.pool.names();
    NodeName name;
    name.bytes.fill(label);
    const NodeKey key = names.Intern(name);
    PeerFacts facts;
    SlotSet slots;
    for (const SlotRange& range : ranges) slots.SetRange(range);
    facts.slots = tables_.pool.slot_sets().Intern(slots);
    facts.address.endpoint.ip = IpText::From("10.0.0.1");
    facts.address.endpoint.port = static_cast<uint16_t>(7000 + label);
    peers_.Add(key, facts, flag::kPrimary, 0);
    names.Release(key);
    return key;
  }

  int64_t Walked(NodeKey sender, uint16_t flags, ReportStore store = ReportStore::kMillis) {
    Message* message = tables_.pool.Make(MessageType::kPong);
    message->header.sender = sender;
    std::get<Heartbeat>(message->body)
        .gossip.push_back({.node = dead_, .flags = static_cast<uint16_t>(flag::kPrimary | flags)});
    const MessageRef sealed = tables_.pool.Seal(message);
    return ReportsWalked(store, reports_, peers_, *sealed);
  }

  HostTables tables_;
  PeerTable peers_;
  FailureReports reports_{/*second_buckets=*/false, 30'000};
  NodeKey a_, b_, c_, no_vote_, dead_;
};

TEST_F(ReportWalkTest, AReporterIsFoundInTheMiddle) { EXPECT_EQ(Walked(b_, flag::kPfail), 1); }

TEST_F(ReportWalkTest, WhoCallsItAliveWalksTheWholeList) { EXPECT_EQ(Walked(c_, 0), 2); }

TEST_F(ReportWalkTest, TheListIsCountedUntilTheSuspectIsFail) {
  peers_.SetFlags(dead_, flag::kPfail);
  EXPECT_EQ(Walked(b_, flag::kPfail), 3);
  peers_.ReplaceFlags(dead_, flag::kPrimary | flag::kFail);
  EXPECT_EQ(Walked(b_, flag::kPfail), 1);
}

TEST_F(ReportWalkTest, NobodyWalksForASenderWithoutVote) {
  EXPECT_EQ(Walked(no_vote_, flag::kPfail), 0);
}

TEST_F(ReportWalkTest, NorForANodeThatNobodyReported) {
  reports_.DropSuspect(dead_);
  EXPECT_EQ(Walked(b_, flag::kPfail), 0);
}

TEST_F(ReportWalkTest, ATreeKnowsItsNumber) {
  peers_.SetFlags(dead_, flag::kPfail);
  EXPECT_EQ(Walked(b_, flag::kPfail, ReportStore::kSecondBuckets), 1);
}

TEST_F(ReportWalkTest, InATreeAnySenderTakesItsReportBack) {
  EXPECT_EQ(Walked(no_vote_, 0, ReportStore::kMillis), 0);
  EXPECT_EQ(Walked(no_vote_, 0, ReportStore::kSecondBuckets), 2);
  EXPECT_EQ(Walked(no_vote_, flag::kPfail, ReportStore::kSecondBuckets), 0);
}

}  // namespace
}  // namespace gossamer::sim
