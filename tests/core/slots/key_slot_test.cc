#include "core/slots/key_slot.h"

#include <gtest/gtest.h>

#include <string>

namespace gossamer {
namespace {

struct Row {
  const char* name;
  std::string key;
  uint16_t crc;  // of the hashed part
  Slot slot;
};

// SOURCE: bus spec section 14.
const Row kRows[] = {
    {"empty", "", 0x0000, 0},
    {"check value", "123456789", 0x31C3, 12739},
    {"foo", "foo", 0xAF96, 12182},
    {"bar", "bar", 0x93C5, 5061},
    {"hello", "hello", 0xC362, 866},
    {"a", "a", 0x7C87, 15495},
    {"b", "b", 0x4CE4, 3300},
    {"key1", "key1", 0xA3E5, 9189},
    {"somekey", "somekey", 0x6B32, 11058},
    {"tag source", "user1000", 0x4D73, 3443},
    {"tag at the front", "{user1000}.following", 0x4D73, 3443},
    {"same tag, other rest", "{user1000}.followers", 0x4D73, 3443},
    {"tag at the end", "foo{hash_tag}", 0x89D3, 2515},
    {"tag at the end, other rest", "bar{hash_tag}", 0x89D3, 2515},
    {"tag alone", "hash_tag", 0x89D3, 2515},
    {"empty tag hashes all", "foo{}{bar}", 0xE0AB, 8363},
    {"tag with an opening brace", "foo{{bar}}zap", 0xCFAF, 4015},
    {"first of two tags", "foo{bar}{zap}", 0x93C5, 5061},
    {"nothing but an empty tag", "{}", 0x7B99, 15257},
    {"no closing brace", "a{b", 0x341C, 13340},
    {"NUL byte", std::string(1, '\0'), 0x0000, 0},
    {"bytes above 127", "\xff\xfe", 0x0D2E, 3374},
    {"three characters in slot 0", "06S", 0x0000, 0},
};

TEST(KeySlotTest, MatchesEveryRowOfTheSpecification) {
  for (const Row& row : kRows) {
    EXPECT_EQ(Crc16(HashTag(row.key)), row.crc) << row.name;
    EXPECT_EQ(KeySlot(row.key), row.slot) << row.name;
  }
}

TEST(HashTagTest, IsAViewIntoTheKey) {
  const std::string key = "x{tag}y";
  const std::string_view tag = HashTag(key);
  EXPECT_EQ(tag, "tag");
  EXPECT_EQ(tag.data(), key.data() + 2);
}

TEST(HashTagTest, ClosingBraceBeforeTheOpeningOneDoesNotCount) {
  EXPECT_EQ(HashTag("}x{tag}"), "tag");
  EXPECT_EQ(HashTag("}{"), "}{");
  EXPECT_EQ(HashTag("{"), "{");
}

TEST(HashTagTest, IsBinarySafe) {
  const std::string key = std::string("a{\0b}c", 6);
  EXPECT_EQ(HashTag(key), std::string("\0b", 2));
}

TEST(KeySlotTest, StaysInRange) {
  for (int i = 0; i < 2000; ++i) EXPECT_LT(KeySlot("key:" + std::to_string(i)), kSlots);
}

}  // namespace
}  // namespace gossamer
