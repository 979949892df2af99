#include "core/base/bytes.h"

#include <gtest/gtest.h>

#include <vector>

namespace gossamer {
namespace {

ByteSpan SpanOf(const std::string& bytes) {
  return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

TEST(BytesTest, IntegersAreBigEndian) {
  const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(LoadBig16(bytes), 0x0102u);
  EXPECT_EQ(LoadBig32(bytes), 0x01020304u);
  EXPECT_EQ(LoadBig64(bytes), 0x0102030405060708u);
  uint8_t out[8];
  StoreBig16(out, 0xfffe);
  EXPECT_EQ(out[0], 0xff);
  EXPECT_EQ(out[1], 0xfe);
  StoreBig32(out, 0x01020304u);
  EXPECT_EQ(out[3], 4);
  StoreBig64(out, 0x0102030405060708u);
  EXPECT_EQ(std::memcmp(out, bytes, 8), 0);
}

TEST(ByteReaderTest, ReadsWhatTheWriterWrote) {
  std::string bytes;
  ByteWriter writer(&bytes);
  writer.U8(0xab);
  writer.U16(0x1234);
  writer.U32(0xdeadbeefu);
  writer.U64(0x0123456789abcdefu);
  writer.Raw("xyz", 3);
  writer.Raw(nullptr, 0);
  writer.Zeros(2);
  ASSERT_EQ(bytes.size(), 20u);
  ByteReader reader(SpanOf(bytes));
  EXPECT_EQ(reader.U8(), 0xab);
  EXPECT_EQ(reader.U16(), 0x1234);
  EXPECT_EQ(reader.U32(), 0xdeadbeefu);
  EXPECT_EQ(reader.U64(), 0x0123456789abcdefu);
  const uint8_t* raw = reader.Take(3);
  ASSERT_NE(raw, nullptr);
  EXPECT_EQ(std::memcmp(raw, "xyz", 3), 0);
  EXPECT_EQ(reader.U16(), 0u);
  EXPECT_EQ(reader.left(), 0u);
  EXPECT_TRUE(reader.ok());
}

TEST(ByteReaderTest, TurnsBadAtTheEndAndStaysBad) {
  const std::string bytes = "abc";
  ByteReader reader(SpanOf(bytes));
  EXPECT_EQ(reader.U32(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.U8(), 0u);
  EXPECT_EQ(reader.Take(1), nullptr);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.left(), 3u);
}

TEST(ByteReaderTest, HugeTakeDoesNotWrapAround) {
  const std::string bytes = "abc";
  ByteReader reader(SpanOf(bytes));
  EXPECT_EQ(reader.U8(), 'a');
  EXPECT_EQ(reader.Take(SIZE_MAX), nullptr);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReaderTest, EmptySpanGivesZeros) {
  ByteReader reader{ByteSpan()};
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.U64(), 0u);
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace gossamer
