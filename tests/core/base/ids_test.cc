#include "core/base/ids.h"

#include <gtest/gtest.h>

namespace gossamer {
namespace {

const std::string kText = "0123456789abcdefghijklmnopqrstuvwxyz0123";

TEST(NodeNameTest, ParsesFortyLowerCaseCharacters) {
  const auto name = NodeName::Parse(kText);
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(name->str(), kText);
  EXPECT_EQ(name->view(), kText);
  EXPECT_TRUE(name->valid());
  EXPECT_FALSE(name->zero());
}

TEST(NodeNameTest, RefusesOtherLengths) {
  EXPECT_FALSE(NodeName::Parse("").has_value());
  EXPECT_FALSE(NodeName::Parse(kText.substr(1)).has_value());
  EXPECT_FALSE(NodeName::Parse(kText + "0").has_value());
}

TEST(NodeNameTest, RefusesOtherCharactersAnywhere) {
  for (size_t i = 0; i < kNameLength; ++i) {
    for (const char c : {'A', 'Z', '/', ':', '`', '{', ' ', '\0', '\xff'}) {
      std::string text = kText;
      text[i] = c;
      EXPECT_FALSE(NodeName::Parse(text).has_value()) << i << " " << static_cast<int>(c);
    }
  }
}

TEST(NodeNameTest, OrdersAsBytes) {
  NodeName low = *NodeName::Parse(kText);
  NodeName high = low;
  high.bytes[39] = '4';
  EXPECT_LT(low, high);
  EXPECT_EQ(low, low);
  high = low;
  high.bytes[0] = '\xff';
  EXPECT_LT(low, high);
}

TEST(NodeNameTest, ZeroIsNoName) {
  EXPECT_TRUE(NodeName{}.zero());
  EXPECT_FALSE(NodeName{}.valid());
}

TEST(NodeKeyTest, DefaultIsNone) {
  EXPECT_FALSE(kNoKey.valid());
  EXPECT_EQ(NodeKey{}, kNoKey);
  EXPECT_TRUE(NodeKey{0}.valid());
}

TEST(LinkIdTest, KeepsItsParts) {
  const LinkId link = LinkId::Make(true, 12345, 678);
  EXPECT_TRUE(link.inbound());
  EXPECT_EQ(link.slot(), 12345u);
  EXPECT_EQ(link.generation(), 678u);
  EXPECT_FALSE(LinkId::Make(false, 12345, 678) == link);
  EXPECT_FALSE(LinkId::Make(true, 12345, 679) == link);
}

TEST(LinkIdTest, GenerationWrapsWithoutTouchingTheRest) {
  const LinkId link = LinkId::Make(false, LinkId::kSlotMask, LinkId::kGenerationMask + 1);
  EXPECT_FALSE(link.inbound());
  EXPECT_EQ(link.slot(), LinkId::kSlotMask);
  EXPECT_EQ(link.generation(), 0u);
}

}  // namespace
}  // namespace gossamer
