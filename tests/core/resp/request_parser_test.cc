#include "core/resp/request_parser.h"

#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"

namespace gossamer {
namespace {

using Result = RequestParser::Result;
using Words = std::vector<std::string>;

// All requests in `bytes`, fed in pieces of `piece` bytes; then the error, if there is one.
std::vector<Words> Parse(std::string_view bytes, size_t piece, std::string* error,
                         bool authenticated = true) {
  RequestParser parser;
  std::vector<Words> requests;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    parser.Feed(bytes.substr(at, piece));
    Result result;
    while ((result = parser.Next(authenticated)) == Result::kRequest) {
      requests.push_back(parser.words());
    }
    if (result == Result::kError) break;
  }
  *error = parser.error();
  return requests;
}

TEST(RequestParser, RequestsOfBothFormsInPiecesOfAnySize) {
  constexpr std::string_view kBytes =
      "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"
      "ping\r\n"
      "\r\n*0\r\n*-1\r\n"
      "  set \"a\\x41\\n\\\"\" 'it\\'s' \n"
      "*1\r\n$0\r\n\r\n";
  for (const size_t piece : {1, 2, 3, 7, 1000}) {
    std::string error;
    EXPECT_EQ(Parse(kBytes, piece, &error),
              (std::vector<Words>{{"GET", "k"}, {"ping"}, {"set", "aA\n\"", "it's"}, {""}}));
    EXPECT_EQ(error, "");
  }
}

TEST(RequestParser, ProtocolErrors) {
  struct Row {
    std::string bytes;
    std::string_view error;
  };
  const Row rows[] = {
      {std::string(70000, 'a'), "too big inline request"},
      {"*" + std::string(70000, '1'), "too big mbulk count string"},
      {"*x\r\n", "invalid multibulk length"},
      {"*+1\r\n", "invalid multibulk length"},
      {"* 1\r\n", "invalid multibulk length"},
      {"*2147483648\r\n", "invalid multibulk length"},
      {"*99999999999999999999\r\n", "invalid multibulk length"},
      {"*1\r\nPING\r\n", "expected '$', got 'P'"},
      {"*1\r\n$" + std::string(70000, '1'), "too big bulk count string"},
      {"*1\r\n$x\r\n", "invalid bulk length"},
      {"*1\r\n$-1\r\n", "invalid bulk length"},
      {"*1\r\n$536870913\r\n", "invalid bulk length"},
      {"set \"a\r\n", "unbalanced quotes in request"},
      {"set \"a\"b\r\n", "unbalanced quotes in request"},
      {"set 'a\r\n", "unbalanced quotes in request"},
  };
  for (const Row& row : rows) {
    for (const size_t piece : {1, 100000}) {
      std::string error;
      EXPECT_TRUE(Parse(row.bytes, piece, &error).empty());
      EXPECT_EQ(error, row.error) << row.bytes.substr(0, 30);
    }
  }
}

TEST(RequestParser, WhoIsNotAuthenticatedIsKeptShort) {
  std::string error;
  EXPECT_EQ(Parse("*10\r\n", 99, &error, false).size(), 0u);
  EXPECT_EQ(error, "");
  Parse("*11\r\n", 99, &error, false);
  EXPECT_EQ(error, "unauthenticated multibulk length");
  Parse("*1\r\n$16385\r\n", 99, &error, false);
  EXPECT_EQ(error, "unauthenticated bulk length");
}

TEST(RequestParser, PromisedLengthsCostNothing) {
  RequestParser parser;
  parser.Feed("*2000000000\r\n$500000000\r\nabc");
  EXPECT_EQ(parser.Next(true), Result::kNeedMore);
  EXPECT_LT(parser.memory_bytes(), 1000u);
}

TEST(RequestParser, ALongPipelineIsNotKept) {
  RequestParser parser;
  std::string many;
  for (int i = 0; i < 100000; ++i) many += "*1\r\n$4\r\nPING\r\n";
  parser.Feed(many);
  int requests = 0;
  while (parser.Next(true) == Result::kRequest) ++requests;
  EXPECT_EQ(requests, 100000);
  EXPECT_EQ(parser.buffered(), 0u);
  EXPECT_LT(parser.memory_bytes(), 300000u);
}

}  // namespace
}  // namespace gossamer
