#include "tools/gossamer_server/subcommands.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace gossamer::server {
namespace {

TEST(Subcommands, AreInOrderAndLowerCase) {
  std::pair<std::string_view, std::string_view> last;
  for (const Subcommand& entry : Subcommands()) {
    const std::pair now{entry.command, entry.name};
    EXPECT_LT(last, now) << entry.name;
    EXPECT_NE(entry.arity, 0) << entry.name;
    EXPECT_EQ(entry.usage.empty(), entry.help.empty()) << entry.name;
    last = now;
  }
}

TEST(Subcommands, ErrorsSayWhatIsWrong) {
  EXPECT_EQ(SubcommandError({"Config", "GeT", "a"}), "");
  EXPECT_EQ(SubcommandError({"ping", "x"}), "");
  EXPECT_EQ(SubcommandError({"config", "Gets"}), "ERR unknown subcommand 'Gets'. Try CONFIG HELP.");
  EXPECT_EQ(SubcommandError({"config", "GET"}),
            "ERR wrong number of arguments for 'config|get' command");
  EXPECT_EQ(SubcommandError({"client", "id", "x"}),
            "ERR wrong number of arguments for 'client|id' command");
  EXPECT_EQ(SubcommandError({"client", std::string(1000, 'x')}).size(),
            SubcommandError({"client", std::string(128, 'x')}).size());
}

TEST(Subcommands, HelpNamesThem) {
  std::string text;
  ReplyWriter reply(2, &text);
  WriteHelp("config", &reply);
  EXPECT_TRUE(text.starts_with(
      "*11\r\n+CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n"))
      << text;
  EXPECT_NE(text.find("+REWRITE\r\n"), std::string::npos);
  EXPECT_TRUE(AsksForHelp({"config", "HELP"}));
  EXPECT_FALSE(AsksForHelp({"config", "help", "x"}));
}

}  // namespace
}  // namespace gossamer::server
