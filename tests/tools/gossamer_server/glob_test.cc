#include "tools/gossamer_server/glob.h"

#include <string>

#include "gtest/gtest.h"

namespace gossamer::server {
namespace {

TEST(Glob, StarsAndQuestionMarks) {
  for (const char* pattern :
       {"save", "s*", "*e", "*", "**", "s?ve", "*a*e", "????", "*av*", "save*"}) {
    EXPECT_TRUE(GlobMatches(pattern, "save")) << pattern;
  }
  for (const char* pattern : {"", "sav", "saves", "?", "*x*", "?????", "s*x", "ave", "*a"}) {
    EXPECT_FALSE(GlobMatches(pattern, "save")) << pattern;
  }
  EXPECT_TRUE(GlobMatches("", ""));
  EXPECT_TRUE(GlobMatches("*", ""));
  EXPECT_FALSE(GlobMatches("?", ""));
}

// A matcher that tries every way to share the text among the stars would not come to an end.
TEST(Glob, ManyStarsTakeNoTime) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(GlobMatches(pattern + "b", std::string(1000, 'a')));
  EXPECT_TRUE(GlobMatches(pattern, std::string(1000, 'a')));
}

}  // namespace
}  // namespace gossamer::server
