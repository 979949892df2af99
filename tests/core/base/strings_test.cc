#include "core/base/strings.h"

#include <gtest/gtest.h>

namespace gossamer {
namespace {

TEST(StringsTest, ConvertsBothWays) {
  const std::string text("a\0b", 3);
  EXPECT_EQ(ToStd(ToAbsl(text)), text);
  EXPECT_EQ(ToStd(ToAbsl("")), "");
}

TEST(ParseU64Test, TakesDecimalNumbers) {
  uint64_t value = 0;
  EXPECT_TRUE(ParseU64("0", &value));
  EXPECT_EQ(value, 0u);
  EXPECT_TRUE(ParseU64("007", &value));
  EXPECT_EQ(value, 7u);
  EXPECT_TRUE(ParseU64("18446744073709551615", &value));
  EXPECT_EQ(value, UINT64_MAX);
}

TEST(ParseU64Test, RefusesEverythingElse) {
  for (const char* text : {"", "+1", "-1", " 1", "1 ", "1x", "0x1", "1.0", "18446744073709551616",
                           "99999999999999999999", "000000000000000000001"}) {
    uint64_t value = 42;
    EXPECT_FALSE(ParseU64(text, &value)) << text;
    EXPECT_EQ(value, 42u) << text;
  }
}

TEST(LowerTest, ChangesAsciiLettersOnly) {
  EXPECT_EQ(Lower("Node-TIMEOUT 15S"), "node-timeout 15s");
  EXPECT_EQ(Lower("\xc3\x84@["), "\xc3\x84@[");
  EXPECT_EQ(Lower(""), "");
}

TEST(NearestWordTest, FindsALikelyTypo) {
  const std::vector<std::string_view> words = {"partition", "latency", "kill", "pause"};
  EXPECT_EQ(NearestWord("partitoin", words), "partition");
  EXPECT_EQ(NearestWord("latancy", words), "latency");
  EXPECT_EQ(NearestWord("kil", words), "kill");
  EXPECT_EQ(NearestWord("pause", words), "pause");
}

TEST(NearestWordTest, IsSilentWhenNothingIsNear) {
  const std::vector<std::string_view> words = {"partition", "kill"};
  EXPECT_EQ(NearestWord("x", words), "");
  EXPECT_EQ(NearestWord("restart", words), "");
  EXPECT_EQ(NearestWord("kill", {}), "");
}

TEST(NearestWordTest, AllowsOneEditAndOneMorePerFourCharacters) {
  EXPECT_EQ(NearestWord("abc", {"abd"}), "abd");
  EXPECT_EQ(NearestWord("abc", {"add"}), "");
  EXPECT_EQ(NearestWord("abcd", {"adda"}), "");
  EXPECT_EQ(NearestWord("abcd", {"abee"}), "abee");
}

TEST(NearestWordTest, GivesTiesToTheEarliest) {
  EXPECT_EQ(NearestWord("cat", {"bat", "rat"}), "bat");
}

TEST(SplitWordsTest, DropsEmptyPieces) {
  using Words = std::vector<std::string_view>;
  EXPECT_EQ(SplitWords("  a bc  d "), (Words{"a", "bc", "d"}));
  EXPECT_EQ(SplitWords(""), Words{});
  EXPECT_EQ(SplitWords("   "), Words{});
  EXPECT_EQ(SplitWords("a,b;;c", ",;"), (Words{"a", "b", "c"}));
}

}  // namespace
}  // namespace gossamer
