#include "core/cluster/event.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace gossamer {
namespace {

TEST(EventNamesTest, DistinctKebabCase) {
  std::set<std::string> names;
  for (size_t i = 0; i < kEventTypes; ++i) {
    const std::string name(EventTypeName(static_cast<EventType>(i)));
    EXPECT_FALSE(name.empty());
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string::npos) << name;
    names.insert(name);
  }
  EXPECT_EQ(names.size(), kEventTypes);
  EXPECT_EQ(names.count("unknown"), 0u);
  EXPECT_EQ(EventTypeName(static_cast<EventType>(200)), "unknown");
}

TEST(EventNamesTest, StandInTheOrderOfTheirValues) {
  EXPECT_EQ(EventTypeName(EventType::kPfailSet), "pfail-set");
  EXPECT_EQ(EventTypeName(EventType::kStateChanged), "state-changed");
  EXPECT_EQ(EventTypeName(EventType::kVoteGranted), "vote-granted");
  EXPECT_EQ(EventTypeName(EventType::kBecameReplica), "became-replica");
  EXPECT_EQ(EventTypeName(EventType::kNodeAdded), "node-added");
  EXPECT_EQ(EventTypeName(EventType::kHandshakeTimedOut), "handshake-timed-out");
  EXPECT_EQ(EventTypeName(EventType::kManualFailoverReady), "manual-failover-ready");
  EXPECT_EQ(EventTypeName(EventType::kSlotsLost), "slots-lost");
}

TEST(EventNamesTest, Reasons) {
  EXPECT_EQ(StateReasonName(StateReason::kNone), "none");
  EXPECT_EQ(StateReasonName(StateReason::kMinority), "minority");
  EXPECT_EQ(CantFailoverName(CantFailover::kDataAge), "data-age");
  EXPECT_EQ(CantFailoverName(CantFailover::kWaitingVotes), "waiting-votes");
  EXPECT_EQ(VoteRefusalName(VoteRefusal::kNotSafeToJoin), "not-safe-to-join");
  EXPECT_EQ(VoteRefusalName(VoteRefusal::kNoLink), "no-link");
  EXPECT_EQ(VoteRefusalName(static_cast<VoteRefusal>(99)), "unknown");
}

}  // namespace
}  // namespace gossamer
