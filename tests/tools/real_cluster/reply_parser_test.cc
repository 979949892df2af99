#include "tools/real_cluster/reply_parser.h"

#include "gtest/gtest.h"

namespace gossamer::real {
namespace {

using Kind = Reply::Kind;
using Result = ReplyParser::Result;

Reply Text(Kind kind, std::string text) { return {kind, std::move(text), 0, {}}; }
Reply Integer(int64_t value) { return {Kind::kInteger, "", value, {}}; }

TEST(ReplyParser, ReadsRepliesInPiecesOfAnySize) {
  const std::string bytes =
      "+PONG\r\n$5\r\na\r\nbc\r\n$-1\r\n*3\r\n:-7\r\n-ERR no\r\n*1\r\n$0\r\n\r\n*-1\r\n";
  const std::vector<Reply> expected = {Text(Kind::kSimple, "PONG"),
                                       Text(Kind::kBulk, "a\r\nbc"),
                                       Reply(),
                                       {Kind::kArray,
                                        "",
                                        0,
                                        {Integer(-7), Text(Kind::kError, "ERR no"),
                                         Reply{Kind::kArray, "", 0, {Text(Kind::kBulk, "")}}}},
                                       Reply()};
  for (size_t piece = 1; piece <= bytes.size(); ++piece) {
    ReplyParser parser;
    std::vector<Reply> replies;
    for (size_t at = 0; at < bytes.size(); at += piece) {
      parser.Feed(bytes.substr(at, piece));
      Reply reply;
      while (parser.Next(&reply) == Result::kReply) replies.push_back(reply);
    }
    EXPECT_EQ(replies, expected) << "pieces of " << piece;
    EXPECT_EQ(parser.error(), "");
  }
}

Result ResultOf(const std::string& bytes) {
  ReplyParser parser;
  parser.Feed(bytes);
  Reply reply;
  return parser.Next(&reply);
}

TEST(ReplyParser, RefusesWhatIsNoReply) {
  for (const char* bytes :
       {"?\r\n", "\r\n", ":x\r\n", ":\r\n", "$-2\r\n", "$99999999999\r\n", "$1\r\nabc", "*-2\r\n",
        "*99999999\r\n", "*1\r\n?\r\n", ":99999999999999999999\r\n"}) {
    EXPECT_EQ(ResultOf(bytes), Result::kError) << bytes;
  }
}

TEST(ReplyParser, AnErrorIsFinal) {
  ReplyParser parser;
  parser.Feed("?\r\n+OK\r\n");
  Reply reply;
  EXPECT_EQ(parser.Next(&reply), Result::kError);
  EXPECT_EQ(parser.Next(&reply), Result::kError);
  EXPECT_EQ(parser.error(), "unknown type of a reply");
}

TEST(ReplyParser, IsBounded) {
  std::string deep;
  for (int i = 0; i <= ReplyParser::kMaxDepth + 1; ++i) deep += "*1\r\n";
  EXPECT_EQ(ResultOf(deep), Result::kError);
  std::string wide;
  for (int i = 0; i < 3; ++i) {
    wide += i == 0 ? "*3\r\n" : "";
    wide += "*50000\r\n";
    for (int k = 0; k < 50'000; ++k) wide += ":1\r\n";
  }
  EXPECT_EQ(ResultOf(wide), Result::kError);
  EXPECT_EQ(ResultOf("+" + std::string(ReplyParser::kMaxBytes + 1, 'x')), Result::kError);
  EXPECT_EQ(ResultOf("$100000\r\nabc"), Result::kNeedMore);
}

}  // namespace
}  // namespace gossamer::real
