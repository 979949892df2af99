#include "core/bus/name_table.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "tests/core/bus/sample_messages.h"

namespace gossamer {
namespace {

using testing::NumberedEndpoint;
using testing::NumberedName;

NodeName FilledName(char c) {
  NodeName name;
  name.bytes.fill(c);
  return name;
}

TEST(NameTableTest, GivesOneKeyPerName) {
  NameTable names;
  const NodeKey a = names.Intern(NumberedName(1));
  const NodeKey b = names.Intern(NumberedName(2));
  EXPECT_TRUE(a.valid());
  EXPECT_FALSE(a == b);
  EXPECT_EQ(names.Intern(NumberedName(1)), a);
  EXPECT_EQ(names.name(a), NumberedName(1));
  EXPECT_EQ(names.name(b), NumberedName(2));
  EXPECT_EQ(names.size(), 2u);
  EXPECT_EQ(names.key_bound(), 2u);
}

TEST(NameTableTest, FindTakesNoReference) {
  NameTable names;
  EXPECT_EQ(names.Find(NumberedName(1)), kNoKey);
  const NodeKey a = names.Intern(NumberedName(1));
  EXPECT_EQ(names.Find(NumberedName(1)), a);
  EXPECT_EQ(names.Find(NumberedName(1).bytes.data()), a);
  names.Release(a);
  EXPECT_EQ(names.Find(NumberedName(1)), kNoKey);
}

TEST(NameTableTest, EveryReferenceCounts) {
  NameTable names;
  const NodeKey a = names.Intern(NumberedName(1));
  names.Intern(NumberedName(1));
  names.AddRef(a);
  names.Release(a);
  names.Release(a);
  EXPECT_EQ(names.Find(NumberedName(1)), a);
  names.Release(a);
  EXPECT_EQ(names.Find(NumberedName(1)), kNoKey);
  EXPECT_EQ(names.size(), 0u);
}

TEST(NameTableTest, ReusesKeysAtOnceWithoutMessages) {
  NameTable names;
  const NodeKey a = names.Intern(NumberedName(1));
  names.OfferEndpoint(a, NumberedEndpoint(1));
  names.Release(a);
  const NodeKey b = names.Intern(NumberedName(2));
  EXPECT_EQ(a, b);
  EXPECT_EQ(names.name(b), NumberedName(2));
  EXPECT_EQ(names.canonical_endpoint(b), nullptr);
  EXPECT_EQ(names.key_bound(), 1u);
}

TEST(NameTableTest, KeepsAReleasedNameWhileAMessageOfItsEraLives) {
  NameTable names;
  const NodeKey a = names.Intern(NumberedName(1));
  const uint32_t era = names.PinEra();
  names.Release(a);
  const NodeKey b = names.Intern(NumberedName(2));
  EXPECT_FALSE(a == b);
  EXPECT_EQ(names.name(a), NumberedName(1));
  names.UnpinEra(era);
  EXPECT_EQ(names.Intern(NumberedName(3)), a);
}

TEST(NameTableTest, LaterMessagesDoNotHoldBackEarlierReleases) {
  NameTable names;
  const NodeKey a = names.Intern(NumberedName(1));
  const uint32_t old_message = names.PinEra();
  names.Release(a);
  const uint32_t new_message = names.PinEra();
  EXPECT_NE(old_message, new_message);
  names.UnpinEra(old_message);
  EXPECT_EQ(names.Intern(NumberedName(2)), a);
  names.UnpinEra(new_message);
}

TEST(NameTableTest, AnEndlessOverlapOfMessagesStillFreesKeys) {
  NameTable names;
  uint32_t previous = names.PinEra();
  for (uint32_t i = 0; i < 1000; ++i) {
    const uint32_t next = names.PinEra();
    names.Release(names.Intern(NumberedName(i)));
    names.UnpinEra(previous);
    previous = next;
  }
  names.UnpinEra(previous);
  EXPECT_LE(names.key_bound(), 4u);
  EXPECT_EQ(names.size(), 0u);
}

TEST(NameTableTest, InterningAKeptNameGivesItsKeyBack) {
  NameTable names;
  const NodeKey a = names.Intern(NumberedName(1));
  names.OfferEndpoint(a, NumberedEndpoint(1));
  const uint32_t era = names.PinEra();
  names.Release(a);
  EXPECT_EQ(names.Find(NumberedName(1)), kNoKey);
  EXPECT_EQ(names.Intern(NumberedName(1)), a);
  EXPECT_NE(names.canonical_endpoint(a), nullptr);
  names.UnpinEra(era);
  EXPECT_EQ(names.Find(NumberedName(1)), a);
  EXPECT_FALSE(names.Intern(NumberedName(2)) == a);
}

TEST(NameTableTest, AReferenceToAKeyInFlightRevivesItsName) {
  NameTable names;
  const NodeKey a = names.Intern(NumberedName(1));
  const uint32_t era = names.PinEra();
  names.Release(a);
  names.AddRef(a);
  EXPECT_EQ(names.Find(NumberedName(1)), a);
  names.UnpinEra(era);
  EXPECT_EQ(names.name(a), NumberedName(1));
}

TEST(NameTableTest, ReleasingARevivedNameAgainFreesItOnce) {
  NameTable names;
  const NodeKey a = names.Intern(NumberedName(1));
  const uint32_t first = names.PinEra();
  names.Release(a);
  names.AddRef(a);
  names.Release(a);
  const uint32_t second = names.PinEra();
  names.AddRef(a);
  names.Release(a);
  names.UnpinEra(first);
  EXPECT_FALSE(names.Intern(NumberedName(2)) == a) << "a message of the second release lives";
  names.UnpinEra(second);
  const NodeKey b = names.Intern(NumberedName(3));
  const NodeKey c = names.Intern(NumberedName(4));
  EXPECT_EQ(b, a);
  EXPECT_FALSE(c == a);
}

TEST(NameTableTest, IsBoundedAndSaysWhenFull) {
  NameTable names;
  for (uint32_t i = 0; i < NameTable::kMaxNames; ++i) {
    ASSERT_TRUE(names.Intern(NumberedName(i)).valid()) << i;
  }
  EXPECT_EQ(names.Intern(NumberedName(100000)), kNoKey);
  EXPECT_EQ(names.Find(NumberedName(100000)), kNoKey);
  const NodeKey known = names.Find(NumberedName(777));
  EXPECT_TRUE(known.valid());
  EXPECT_EQ(names.Intern(NumberedName(777)), known);
  names.Release(known);
  names.Release(known);
  EXPECT_EQ(names.Intern(NumberedName(100000)), known);
  EXPECT_EQ(names.size(), NameTable::kMaxNames);
  for (uint32_t i = 0; i < NameTable::kMaxNames; i += 97) {
    ASSERT_EQ(names.Find(NumberedName(i)).valid(), i != 777) << i;
  }
}

TEST(NameTableTest, TakesAnyFortyBytesAndTellsWhichAreNames) {
  NameTable names;
  NodeName late_bad = NumberedName(1);
  late_bad.bytes[39] = 'A';
  for (const NodeName& bad :
       {NodeName{}, FilledName('\xff'), FilledName('A'), FilledName(' '), late_bad}) {
    const NodeKey key = names.Intern(bad);
    ASSERT_TRUE(key.valid());
    EXPECT_FALSE(names.valid_name(key));
    EXPECT_EQ(names.name(key), bad);
    EXPECT_EQ(names.Find(bad), key);
  }
  EXPECT_TRUE(names.valid_name(names.Intern(FilledName('z'))));
  EXPECT_TRUE(names.valid_name(names.Intern(FilledName('0'))));
}

TEST(NameTableTest, FindsNamesThatDifferInOneByteOnly) {
  NameTable names;
  std::set<uint16_t> keys;
  std::vector<NodeName> all;
  for (size_t i = 0; i < kNameLength; ++i) {
    all.push_back(FilledName('a'));
    all.back().bytes[i] = 'b';
    keys.insert(names.Intern(all.back()).value);
  }
  EXPECT_EQ(keys.size(), kNameLength);
  for (const NodeName& name : all) EXPECT_EQ(names.name(names.Find(name)), name);
  EXPECT_EQ(names.Find(FilledName('a')), kNoKey);
}

TEST(NameTableTest, SurvivesChurnAtAnySalt) {
  for (const uint64_t salt : {uint64_t{0}, uint64_t{1}, UINT64_MAX}) {
    NameTable names(salt);
    for (uint32_t round = 0; round < 20; ++round) {
      for (uint32_t i = 0; i < 500; ++i) names.Intern(NumberedName(round * 300 + i));
      for (uint32_t i = 0; i < 500; ++i) {
        if (i % 5 == 0) continue;
        names.Release(names.Find(NumberedName(round * 300 + i)));
      }
      for (uint32_t i = 0; i < 500; i += 5) {
        ASSERT_TRUE(names.Find(NumberedName(round * 300 + i)).valid());
      }
    }
    EXPECT_LT(names.key_bound(), 20u * 100 + 500);
  }
}

TEST(NameTableTest, NameHashIsTheSameInEveryHost) {
  NameTable a(1);
  NameTable b(2);
  b.Intern(NumberedName(5));
  const NodeKey in_a = a.Intern(NumberedName(9));
  const NodeKey in_b = b.Intern(NumberedName(9));
  EXPECT_EQ(a.name_hash(in_a), b.name_hash(in_b));
  EXPECT_NE(b.name_hash(in_b), b.name_hash(b.Find(NumberedName(5))));
}

TEST(NameTableTest, NoKeyHashesAsTheZeroName) {
  NameTable names;
  const NodeKey zero = names.Intern(NodeName{});
  EXPECT_EQ(names.name_hash(kNoKey), names.name_hash(zero));
}

TEST(NameTableTest, FirstEndpointOfferedIsCanonical) {
  NameTable names;
  const NodeKey a = names.Intern(NumberedName(1));
  EXPECT_FALSE(names.has_endpoint(a));
  EXPECT_EQ(names.canonical_endpoint(a), nullptr);
  names.OfferEndpoint(a, NumberedEndpoint(1));
  names.OfferEndpoint(a, NumberedEndpoint(2));
  EXPECT_TRUE(names.has_endpoint(a));
  EXPECT_EQ(*names.canonical_endpoint(a), NumberedEndpoint(1));
}

TEST(NameTableTest, GossipHashIsHostIndependentWithItsKeyAdded) {
  NameTable a;
  NameTable b;
  b.Intern(NumberedName(5));
  const NodeKey in_a = a.Intern(NumberedName(9));
  const NodeKey in_b = b.Intern(NumberedName(9));
  EXPECT_EQ(a.gossip_hashes()[in_a.value] + in_a.value, b.gossip_hashes()[in_b.value] + in_b.value);
  a.OfferEndpoint(in_a, NumberedEndpoint(1));
  EXPECT_EQ(a.gossip_hashes()[in_a.value] + in_a.value,
            a.name_hash(in_a) + HashEndpoint(NumberedEndpoint(1)));
}

TEST(NameTableTest, MemoryGrowsWithNames) {
  NameTable names;
  const size_t empty = names.memory_bytes();
  for (uint32_t i = 0; i < 1000; ++i) names.Intern(NumberedName(i));
  EXPECT_GT(names.memory_bytes(), empty + 1000 * kNameLength);
}

TEST(NameTableDeathTest, RefusesToReleaseWhatNobodyHolds) {
  NameTable names;
  const NodeKey a = names.Intern(NumberedName(1));
  names.Release(a);
  EXPECT_DEATH(names.Release(a), "CHECK failed: row.refs > 0");
}

}  // namespace
}  // namespace gossamer
