#include "tools/gossamer_server/key_commands.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace gossamer::server {
namespace {

using Words = std::vector<std::string>;

std::vector<std::string_view> Keys(const Words& words) {
  std::vector<std::string_view> keys;
  const KeyCommand* command = FindKeyCommand(words[0]);
  if (command == nullptr || !KeysOf(*command, words, &keys)) return {"?"};
  return keys;
}

TEST(KeyCommands, KeysStandWhereTheCommandSays) {
  using Views = std::vector<std::string_view>;
  const Words mset = {"mset", "a", "1", "b", "2"};
  const Words del = {"del", "a", "b", "c"};
  const Words eval = {"eval", "return 1", "2", "a", "b", "arg"};
  const Words rename = {"rename", "a", "b"};
  EXPECT_EQ(Keys(mset), (Views{"a", "b"}));
  EXPECT_EQ(Keys(del), (Views{"a", "b", "c"}));
  EXPECT_EQ(Keys(eval), (Views{"a", "b"}));
  EXPECT_EQ(Keys(rename), (Views{"a", "b"}));
}

TEST(KeyCommands, CountsAreNotTrusted) {
  using Views = std::vector<std::string_view>;
  for (const char* count : {"3", "-1", "x", "", "99999999999"}) {
    const Words words = {"eval", "return 1", count, "a", "b"};
    EXPECT_EQ(Keys(words), Views{"?"}) << count;
  }
  const Words none = {"eval", "return 1", "0"};
  EXPECT_EQ(Keys(none), Views{});
}

TEST(KeyCommands, AreInOrderAndLowerCase) {
  std::string_view last;
  for (const KeyCommand& command : KeyCommands()) {
    EXPECT_LT(last, command.name);
    last = command.name;
  }
}

}  // namespace
}  // namespace gossamer::server
