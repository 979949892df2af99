#include "sim/report/text_format.h"

#include <gtest/gtest.h>

#include <string>

namespace gossamer::sim {
namespace {

TEST(TextFormatTest, Seconds) {
  EXPECT_EQ(SecondsText(Micros(22013499)), "22.013");
  EXPECT_EQ(SecondsText(Micros(999)), "0.000");
  EXPECT_EQ(SecondsText(Millis(-1500)), "-1.500");
  EXPECT_EQ(SecondsText(std::optional<Duration>()), "-");
  EXPECT_EQ(SecondsText(std::optional<Duration>(Seconds(3))), "3.000");
}

TEST(TextFormatTest, Counts) {
  EXPECT_EQ(CountText(0), "0");
  EXPECT_EQ(CountText(999), "999");
  EXPECT_EQ(CountText(1000), "1,000");
  EXPECT_EQ(CountText(1234567), "1,234,567");
  EXPECT_EQ(Plural(1, "primary"), "1 primary");
  EXPECT_EQ(Plural(2, "primary"), "2 primaries");
  EXPECT_EQ(Plural(1200, "node"), "1,200 nodes");
}

TEST(TextFormatTest, Bytes) {
  EXPECT_EQ(BytesText(999), "999 B");
  EXPECT_EQ(BytesText(1000), "1.00 kB");
  EXPECT_EQ(BytesText(12345678), "12.3 MB");
  EXPECT_EQ(BytesText(123456789012), "123 GB");
  EXPECT_EQ(MemoryText(1536), "1.50 KiB");
  EXPECT_EQ(MemoryText(uint64_t{3} << 30), "3.00 GiB");
  EXPECT_EQ(BytesText(UINT64_MAX), "18446 PB");
}

TEST(TextFormatTest, Clips) {
  EXPECT_EQ(Clip("kill", 4), "kill");
  EXPECT_EQ(Clip("kill 10% of nodes", 10), "kill 10...");
}

TEST(TextFormatTest, WrapsAtTheWidth) {
  const std::string left(60, 'a');
  const std::string right(60, 'b');
  std::string text = left;
  text.append(" ").append(right).append(" c");
  std::string wrapped("  ");
  wrapped.append(left).append("\n    ").append(right).append(" c\n");
  EXPECT_EQ(Wrap(text, 2), wrapped);
  EXPECT_EQ(Wrap("", 2), "  \n");
}

TEST(TextFormatTest, AlignsTables) {
  TextTable table({"phase", "min", "by"});
  table.Left(2);
  table.Add({"first", "22.013", "x"});
  table.Add({"f", "1", ""});
  EXPECT_EQ(table.Render(1),
            " phase     min  by\n"
            " first  22.013  x\n"
            " f           1\n");
}

TEST(TextFormatTest, RangesAreShortAndCapped) {
  const std::vector<uint64_t> seeds = {3, 7, 8, 9, 11, 12, 20};
  EXPECT_EQ(RangesText(seeds), "3, 7-9, 11, 12, 20");
  EXPECT_EQ(RangesText(seeds, 2), "3, 7-9 and 3 more");
  EXPECT_EQ(RangesText({}), "");
}

TEST(TextFormatTest, LinesEndBetweenItems) {
  const std::vector<std::string> items(30, "ten KiB");
  const std::string text = WrapItems("memory:", items, ",", 2);
  EXPECT_EQ(text.find("ten\n"), std::string::npos);
  EXPECT_EQ(text.rfind("  memory: ten KiB, ten KiB,", 0), 0u);
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    EXPECT_LE(end - at, kReportWidth);
    at = end + 1;
  }
}

}  // namespace
}  // namespace gossamer::sim
