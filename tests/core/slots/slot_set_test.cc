#include "core/slots/slot_set.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <utility>
#include <vector>

namespace gossamer {
namespace {

SlotSet SetOf(const std::vector<SlotRange>& ranges) {
  SlotSet set;
  for (const SlotRange& range : ranges) set.SetRange(range);
  return set;
}

std::vector<Slot> Members(const SlotSet& set) {
  std::vector<Slot> members;
  set.ForEach([&members](Slot slot) { members.push_back(slot); });
  return members;
}

TEST(SlotSetTest, StartsEmpty) {
  const SlotSet set;
  EXPECT_TRUE(set.empty());
  EXPECT_EQ(set.count(), 0u);
  EXPECT_TRUE(set.Ranges().empty());
}

TEST(SlotSetTest, SetsAndResetsSingleSlots) {
  SlotSet set;
  for (const Slot slot : {0, 7, 8, 63, 64, 16383}) {
    EXPECT_FALSE(set.test(slot));
    set.set(slot);
    EXPECT_TRUE(set.test(slot));
  }
  EXPECT_EQ(Members(set), (std::vector<Slot>{0, 7, 8, 63, 64, 16383}));
  set.reset(63);
  set.reset(63);
  EXPECT_FALSE(set.test(63));
  EXPECT_EQ(set.count(), 5u);
}

TEST(SlotSetTest, RangesAreMaximalAndInclusive) {
  using Ranges = std::vector<SlotRange>;
  for (const Ranges& ranges : {Ranges{{0, 0}}, Ranges{{0, 16383}}, Ranges{{16383, 16383}},
                               Ranges{{0, 63}, {65, 65}, {127, 128}, {16382, 16383}}}) {
    EXPECT_EQ(SetOf(ranges).Ranges(), ranges);
  }
  EXPECT_EQ(SetOf({{5, 9}, {10, 20}, {7, 12}}).Ranges(), (Ranges{{5, 20}}));
}

TEST(SlotSetTest, CountsRanges) {
  EXPECT_EQ(SetOf({{0, 16383}}).count(), kSlots);
  EXPECT_EQ(SetOf({{10, 19}, {100, 100}}).count(), 11u);
}

TEST(SlotSetTest, SetAlgebra) {
  SlotSet a = SetOf({{0, 99}});
  const SlotSet b = SetOf({{50, 149}});
  SlotSet both = a;
  both |= b;
  EXPECT_EQ(both, SetOf({{0, 149}}));
  SlotSet common = a;
  common &= b;
  EXPECT_EQ(common, SetOf({{50, 99}}));
  a -= b;
  EXPECT_EQ(a, SetOf({{0, 49}}));
  a -= both;
  EXPECT_TRUE(a.empty());
}

TEST(SlotSetTest, SlotIsBitOfItsByteOnTheWire) {
  for (const Slot slot : {0, 1, 7, 8, 100, 16383}) {
    SlotSet set;
    set.set(slot);
    std::array<uint8_t, SlotSet::kBytes> bytes{};
    set.CopyTo(bytes.data());
    for (size_t i = 0; i < bytes.size(); ++i) {
      ASSERT_EQ(bytes[i], i == slot / 8u ? 1u << (slot & 7) : 0u) << slot << " " << i;
    }
    EXPECT_EQ(SlotSet::FromBytes(bytes), set);
  }
}

TEST(SlotSetTableTest, EqualSetsShareOneObject) {
  SlotSetTable table;
  const SlotSetRef a = table.Intern(SetOf({{1, 5}}));
  const SlotSetRef b = table.Intern(SetOf({{1, 5}}));
  const SlotSetRef c = table.Intern(SetOf({{1, 6}}));
  EXPECT_EQ(a, b);
  EXPECT_FALSE(a == c);
  EXPECT_EQ(a->count(), 5u);
  EXPECT_EQ(a->set(), SetOf({{1, 5}}));
  EXPECT_EQ(table.size(), 3u);
}

TEST(SlotSetTableTest, EmptySetIsAlwaysThere) {
  SlotSetTable table;
  EXPECT_EQ(table.size(), 1u);
  EXPECT_EQ(table.Intern(SlotSet{}), table.empty());
  EXPECT_EQ(table.empty()->hash(), 0u);
  EXPECT_EQ(table.empty()->count(), 0u);
}

TEST(SlotSetTableTest, UnreferencedSetIsFreed) {
  SlotSetTable table;
  SlotSetRef ref = table.Intern(SetOf({{1, 5}}));
  SlotSetRef copy = ref;
  ref = nullptr;
  EXPECT_EQ(table.size(), 2u);
  copy = nullptr;
  EXPECT_EQ(table.size(), 1u);
}

TEST(SlotSetTableTest, HashDependsOnTheContentAlone) {
  SlotSetTable a;
  SlotSetTable b;
  const SlotSetRef filler = b.Intern(SetOf({{9, 9}}));
  EXPECT_EQ(a.Intern(SetOf({{1, 5}}))->hash(), b.Intern(SetOf({{1, 5}}))->hash());
  EXPECT_NE(filler->hash(), b.Intern(SetOf({{1, 5}}))->hash());
}

TEST(SlotSetTableTest, HashTellsSmallSetsApart) {
  SlotSetTable table;
  std::set<uint64_t> hashes;
  const auto hash = [&table](const std::vector<SlotRange>& ranges) {
    return table.Intern(SetOf(ranges))->hash();
  };
  for (uint32_t slot = 0; slot < kSlots; ++slot) {
    const auto s = static_cast<Slot>(slot);
    hashes.insert(hash({{s, s}}));
  }
  EXPECT_EQ(hashes.size(), kSlots);
  for (Slot slot = 0; slot + 1024 < 4096; slot += 64) {
    const auto beyond = static_cast<Slot>(slot + 256);
    hashes.insert(hash({{slot, slot}, {beyond, beyond}}));
  }
  EXPECT_EQ(hashes.size(), kSlots + 48);
}

TEST(SlotSetTableTest, PinsAHash) {
  SlotSetTable table;
  EXPECT_EQ(table.Intern(SetOf({{0, 16383}}))->hash(), 0x88942e2efe71fd52u);
  EXPECT_EQ(table.Intern(SetOf({{0, 5460}}))->hash(), 0xecc6e7ada77c4ce4u);
}

TEST(SlotSetTableTest, SurvivesGrowthAndRemovalInAnyOrder) {
  SlotSetTable table;
  std::vector<std::pair<SlotSet, SlotSetRef>> held;
  for (Slot i = 0; i < 1000; ++i) {
    const SlotSet set = SetOf({{i, static_cast<Slot>(i + 3)}});
    held.emplace_back(set, table.Intern(set));
  }
  EXPECT_EQ(table.size(), 1001u);
  for (size_t i = 0; i < held.size(); i += 3) held[i].second = nullptr;
  for (size_t i = 0; i < held.size(); ++i) {
    if (i % 3 == 0) continue;
    EXPECT_EQ(table.Intern(held[i].first), held[i].second) << i;
  }
  EXPECT_EQ(table.size(), 1001u - 334u);
  EXPECT_GT(table.memory_bytes(), table.size() * SlotSet::kBytes);
}

}  // namespace
}  // namespace gossamer
