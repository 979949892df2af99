#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/bus/codec.h"
#include "tests/core/bus/sample_messages.h"

namespace gossamer {
namespace {

using testing::Encoded;
using testing::SampleHost;
using testing::SpanOf;

std::string Copy(ByteSpan span) {
  return std::string(reinterpret_cast<const char*>(span.data()), span.size());
}

// A first part of a frame that promises `length` bytes.
std::string Prefix(uint32_t length, uint16_t type) {
  std::string bytes = "RCmb";
  ByteWriter writer(&bytes);
  writer.U32(length);
  writer.U16(1);
  writer.U16(0);
  writer.U16(type);
  return bytes;
}

std::vector<std::string> SampleFrames() {
  SampleHost host;
  std::vector<std::string> frames;
  for (const MessageType type : testing::NormalTypes()) {
    const MessageRef message = host.pool().Seal(host.Make(type));
    frames.push_back(Encoded(*message, host.pool()));
  }
  for (const MessageType type : testing::LightTypes()) {
    const MessageRef message = host.pool().Seal(host.Make(type, true));
    frames.push_back(Encoded(*message, host.pool()));
  }
  return frames;
}

std::string Joined(const std::vector<std::string>& frames) {
  std::string all;
  for (const std::string& frame : frames) all += frame;
  return all;
}

// All frames that come out when the stream arrives in pieces of `piece` bytes.
std::vector<std::string> ReadInPieces(const std::string& stream, size_t piece) {
  FrameReader reader;
  std::vector<std::string> frames;
  for (size_t at = 0; at < stream.size(); at += piece) {
    ByteSpan bytes = SpanOf(stream).subspan(at, std::min(piece, stream.size() - at));
    while (true) {
      ByteSpan frame;
      EXPECT_EQ(reader.Read(&bytes, &frame), FrameError::kNone);
      if (frame.empty()) break;
      frames.push_back(Copy(frame));
    }
    EXPECT_TRUE(bytes.empty());
  }
  EXPECT_EQ(reader.buffered(), 0u);
  return frames;
}

TEST(FrameReaderTest, CutsAStreamInPiecesOfAnySize) {
  const std::vector<std::string> frames = SampleFrames();
  const std::string stream = Joined(frames);
  for (const size_t piece : {size_t{1}, size_t{2}, size_t{13}, size_t{14}, size_t{15}, size_t{16},
                             size_t{1448}, size_t{4352}, stream.size()}) {
    EXPECT_TRUE(ReadInPieces(stream, piece) == frames) << piece;
  }
}

TEST(FrameReaderTest, GivesOneFramePerCallAndLeavesTheRest) {
  const std::vector<std::string> frames = SampleFrames();
  const std::string stream = Joined(frames);
  FrameReader reader;
  ByteSpan bytes = SpanOf(stream);
  ByteSpan frame;
  ASSERT_EQ(reader.Read(&bytes, &frame), FrameError::kNone);
  EXPECT_TRUE(Copy(frame) == frames[0]);
  EXPECT_EQ(bytes.size(), stream.size() - frames[0].size());
}

TEST(FrameReaderTest, AFrameStaysValidUntilTheNextCall) {
  const std::vector<std::string> frames = SampleFrames();
  FrameReader reader;
  std::string copy = frames[3];
  ByteSpan bytes = SpanOf(copy);
  ByteSpan frame;
  ASSERT_EQ(reader.Read(&bytes, &frame), FrameError::kNone);
  std::fill(copy.begin(), copy.end(), 'x');
  EXPECT_TRUE(Copy(frame) == frames[3]);
}

TEST(FrameReaderTest, SaysNothingBeforeTheFourteenthByte) {
  const std::string garbage = "GET / HTTP/1.1";
  FrameReader reader;
  ByteSpan bytes = SpanOf(garbage).first(13);
  ByteSpan frame;
  EXPECT_EQ(reader.Read(&bytes, &frame), FrameError::kNone);
  EXPECT_TRUE(frame.empty());
  bytes = SpanOf(garbage).subspan(13);
  EXPECT_EQ(reader.Read(&bytes, &frame), FrameError::kBadSignature);
}

TEST(FrameReaderTest, StaysDeadAfterAnError) {
  const std::string garbage(100, 'x');
  FrameReader reader;
  ByteSpan bytes = SpanOf(garbage);
  ByteSpan frame;
  EXPECT_EQ(reader.Read(&bytes, &frame), FrameError::kBadSignature);
  EXPECT_TRUE(frame.empty());
  const std::string good = SampleFrames()[0];
  bytes = SpanOf(good);
  EXPECT_EQ(reader.Read(&bytes, &frame), FrameError::kBadSignature);
  EXPECT_TRUE(frame.empty());
}

TEST(FrameReaderTest, ErrorAfterAGoodFrameComesWithTheNextCall) {
  const std::string stream = SampleFrames()[0] + std::string(14, 'x');
  FrameReader reader;
  ByteSpan bytes = SpanOf(stream);
  ByteSpan frame;
  EXPECT_EQ(reader.Read(&bytes, &frame), FrameError::kNone);
  EXPECT_FALSE(frame.empty());
  EXPECT_EQ(reader.Read(&bytes, &frame), FrameError::kBadSignature);
  EXPECT_TRUE(frame.empty());
}

struct LengthRow {
  const char* name;
  uint32_t length;
  uint16_t type;
  FrameError expected;
};

TEST(FrameReaderTest, ChecksTheLengthAgainstTheHeaderOfTheType) {
  const LengthRow rows[] = {
      {"normal, one short", 2255, 0, FrameError::kBadLength},
      {"normal, header only", 2256, 0, FrameError::kNone},
      {"light, one short", 15, 0x8004, FrameError::kBadLength},
      {"light, header only", 16, 0x8004, FrameError::kNone},
      {"light bit on a type without light form", 16, 0x8000, FrameError::kNone},
      {"zero", 0, 0, FrameError::kBadLength},
      {"zero, light", 0, 0x8004, FrameError::kBadLength},
      {"largest", kMaxFrameBytes, 4, FrameError::kNone},
      {"above the limit", kMaxFrameBytes + 1, 4, FrameError::kBadLength},
      {"above the limit, light", kMaxFrameBytes + 1, 0x8004, FrameError::kBadLength},
      {"all ones", 0xffffffff, 4, FrameError::kBadLength},
  };
  for (const LengthRow& row : rows) {
    FrameReader reader;
    const std::string prefix = Prefix(row.length, row.type);
    ByteSpan bytes = SpanOf(prefix);
    ByteSpan frame;
    EXPECT_EQ(reader.Read(&bytes, &frame), row.expected) << row.name;
    EXPECT_TRUE(frame.empty()) << row.name;
  }
}

TEST(FrameReaderTest, TakesALimitOfItsOwn) {
  FrameReader reader(3000);
  const std::string prefix = Prefix(3001, 4);
  ByteSpan bytes = SpanOf(prefix);
  ByteSpan frame;
  EXPECT_EQ(reader.Read(&bytes, &frame), FrameError::kBadLength);
}

TEST(FrameReaderTest, MemoryFollowsTheBytesNotThePromise) {
  FrameReader reader;
  const std::string start = Prefix(kMaxFrameBytes, 4) + std::string(10000, 'x');
  ByteSpan bytes = SpanOf(start);
  ByteSpan frame;
  EXPECT_EQ(reader.Read(&bytes, &frame), FrameError::kNone);
  EXPECT_EQ(reader.buffered(), start.size());
  EXPECT_LE(reader.memory_bytes(), 2 * start.size());
}

TEST(FrameReaderTest, GivesTheMemoryOfAHugeFrameBack) {
  SampleHost host;
  Message* message = host.pool().MakeLight(MessageType::kPublish);
  std::get<Publish>(message->body).message.assign(1 << 20, 'x');
  const std::string huge = Encoded(*host.pool().Seal(message), host.pool());
  FrameReader reader;
  ByteSpan bytes = SpanOf(huge);
  ByteSpan frame;
  ASSERT_EQ(reader.Read(&bytes, &frame), FrameError::kNone);
  ASSERT_EQ(frame.size(), huge.size());
  ASSERT_EQ(reader.Read(&bytes, &frame), FrameError::kNone);
  EXPECT_EQ(reader.buffered(), 0u);
  EXPECT_LE(reader.memory_bytes(), 64u << 10);
}

TEST(FrameReaderTest, BufferedCountsTheUnfinishedFrame) {
  const std::string frame_bytes = SampleFrames()[0];
  FrameReader reader;
  ByteSpan bytes = SpanOf(frame_bytes).first(100);
  ByteSpan frame;
  EXPECT_EQ(reader.Read(&bytes, &frame), FrameError::kNone);
  EXPECT_EQ(reader.buffered(), 100u);
}

}  // namespace
}  // namespace gossamer
