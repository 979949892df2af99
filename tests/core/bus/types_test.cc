#include "core/bus/types.h"

#include <gtest/gtest.h>

#include <string>

namespace gossamer {
namespace {

TEST(MessageTypeTest, NamesAreThoseOfTheCounters) {
  const char* names[] = {"ping",     "pong",   "meet",    "fail",   "publish",     "auth-req",
                         "auth-ack", "update", "mfstart", "module", "publishshard"};
  for (uint16_t i = 0; i < kMessageTypes; ++i) {
    EXPECT_EQ(MessageTypeName(static_cast<MessageType>(i)), names[i]);
  }
  EXPECT_EQ(MessageTypeName(static_cast<MessageType>(11)), "unknown");
  EXPECT_EQ(MessageTypeName(static_cast<MessageType>(0x7fff)), "unknown");
}

TEST(IpTextTest, KeepsTextAndPadsWithNul) {
  const IpText ip = IpText::From("10.0.0.1");
  EXPECT_EQ(ip.view(), "10.0.0.1");
  EXPECT_EQ(ip.bytes[8], '\0');
  EXPECT_EQ(ip.bytes[45], '\0');
  EXPECT_FALSE(ip.empty());
  EXPECT_TRUE(IpText{}.empty());
  EXPECT_EQ(IpText{}.view(), "");
}

TEST(IpTextTest, HoldsTheLongestAddress) {
  const std::string longest = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255";
  ASSERT_EQ(longest.size(), 45u);
  EXPECT_EQ(IpText::From(longest).view(), longest);
}

TEST(IpTextTest, TruncatesSoThatANulFollows) {
  const IpText ip = IpText::From(std::string(60, 'x'));
  EXPECT_EQ(ip.view(), std::string(45, 'x'));
  EXPECT_EQ(ip.bytes[45], '\0');
}

TEST(IpTextTest, ViewEndsEvenWithoutANul) {
  IpText hostile;
  hostile.bytes.fill('x');
  EXPECT_EQ(hostile.view(), std::string(45, 'x'));
}

TEST(IpTextTest, ComparesEveryByte) {
  IpText a = IpText::From("10.0.0.1");
  const IpText b = a;
  EXPECT_EQ(a, b);
  a.bytes[45] = 'x';
  EXPECT_EQ(a.view(), b.view());
  EXPECT_FALSE(a == b);
}

}  // namespace
}  // namespace gossamer
