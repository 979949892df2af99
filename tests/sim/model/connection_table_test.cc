#include "sim/model/connection_table.h"

#include <gtest/gtest.h>

namespace gossamer::sim {
namespace {

TEST(ConnectionTable, FindsARowFromEitherEnd) {
  ConnectionTable table(3);
  const uint32_t row = table.Allocate(0, 2);
  const LinkId out = LinkId::Make(false, 5, 1);
  table.BindOut(row, out);
  const LinkId in = table.BindIn(row);
  EXPECT_EQ(table.Find(0, out), row);
  EXPECT_EQ(table.Find(2, in), row);
  EXPECT_EQ(table.Find(1, out), ConnectionTable::kNone);
  EXPECT_EQ(table.Find(0, LinkId::Make(false, 5, 2)), ConnectionTable::kNone);
  EXPECT_EQ(table.Find(0, LinkId::Make(false, 4, 1)), ConnectionTable::kNone);
  EXPECT_EQ(table.Find(2, LinkId::Make(true, 700, 1)), ConnectionTable::kNone);
}

TEST(ConnectionTable, ReusedInboundSlotsGetANewGeneration) {
  ConnectionTable table(2);
  uint32_t row = table.Allocate(0, 1);
  const LinkId first = table.BindIn(row);
  table.Unbind(row, 1);
  table.Free(row);
  row = table.Allocate(0, 1);
  const LinkId second = table.BindIn(row);
  EXPECT_EQ(second.slot(), first.slot());
  EXPECT_EQ(second.generation(), first.generation() + 1);
  EXPECT_EQ(table.Find(1, first), ConnectionTable::kNone);
  EXPECT_EQ(table.row_count(), 1u);
}

TEST(ConnectionTable, GenerationsWrapWithoutMeetingTheFreeMark) {
  ConnectionTable table(2);
  LinkId link;
  for (uint32_t i = 0; i < 2 * LinkId::kGenerationMask; ++i) {
    const uint32_t row = table.Allocate(0, 1);
    link = table.BindIn(row);
    EXPECT_EQ(table.Find(1, link), row);
    table.Unbind(row, 1);
    EXPECT_EQ(table.Find(1, link), ConnectionTable::kNone);
    table.Free(row);
  }
}

TEST(ConnectionTable, VisitsLinksOfANodeBySlot) {
  ConnectionTable table(3);
  for (uint32_t peer : {1u, 2u}) {
    const uint32_t row = table.Allocate(0, peer);
    table.BindOut(row, LinkId::Make(false, peer, 1));
    table.BindIn(row);
  }
  const uint32_t in = table.Allocate(2, 0);
  table.BindOut(in, LinkId::Make(false, 0, 1));
  table.BindIn(in);
  std::vector<std::pair<uint32_t, int>> seen;
  table.ForEachOf(0, [&](uint32_t row, int end) {
    seen.emplace_back(row, end);
    table.Unbind(row, end);
  });
  EXPECT_EQ(seen, (std::vector<std::pair<uint32_t, int>>{{0, 0}, {1, 0}, {2, 1}}));
  table.ForEachOf(0, [](uint32_t, int) { FAIL(); });
}

TEST(ConnectionTable, ARowWithItsSlotsTakes32Bytes) {
  EXPECT_EQ(sizeof(Connection), 24u);
  constexpr uint32_t kNodes = 60;
  ConnectionTable table(kNodes);
  table.Reserve(kNodes * (kNodes - 1), kNodes - 1);
  for (uint32_t a = 0; a < kNodes; ++a) {
    for (uint32_t b = 0; b < kNodes; ++b) {
      if (a == b) continue;
      const uint32_t row = table.Allocate(a, b);
      table.BindOut(row, LinkId::Make(false, b < a ? b : b - 1, 1));
      table.BindIn(row);
    }
  }
  EXPECT_EQ(table.memory_bytes(), size_t{kNodes} * (kNodes - 1) * 32);
}

}  // namespace
}  // namespace gossamer::sim
