// What `run --real` says before it starts anything. The runs themselves: tests/interop.
#include <gmock/gmock.h>

#include "tests/tools/gossamer_sim/cli_fixture.h"

namespace gossamer {
namespace {

using ::testing::HasSubstr;

class RealCliTest : public CliTest {};

TEST_F(RealCliTest, LinkFaultsAreRefusedAllAtOnceWithTheirPlaces) {
  const std::string file =
      Scenario("linked",
               "duration: 90s\ntimeline:\n"
               "  - {at: 40s, fault: partition, for: 5s, target: {shard: 0}}\n"
               "  - {at: 50s, fault: kill, target: {node: 1}}\n"
               "  - {at: 60s, fault: loss, for: 5s, probability: 5%, target: {node: 2}}\n");
  const Result result = Run("run " + file + " --real redis-server");
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err,
              HasSubstr("linked.yaml:6:5: error: fault 'partition' needs a simulated network"));
  EXPECT_THAT(result.err,
              HasSubstr("linked.yaml:8:5: error: fault 'loss' needs a simulated network"));
  EXPECT_THAT(result.err, ::testing::Not(HasSubstr("linked.yaml:7:")));
}

TEST_F(RealCliTest, WrongOptionsAreUsageErrors) {
  const std::string file = Scenario("plain", "duration: 10s\n");
  const std::pair<const char*, const char*> cases[] = {
      {"--real no-such-server", "--real: no program 'no-such-server'"},
      {"--real redis-server --html x.html", "--html beside --real"},
      {"--real redis-server --bugs V-1032", "--bugs beside --real"},
      {"--real redis-server --settle soon", "--settle:"},
      {"--real redis-server --simulated-seeds 0", "--simulated-seeds: expected 1 to"},
      {"--real redis-server --seeds 1..2000", "--seeds: with --real at most 1000"},
      {"--settle 5s", "--settle without --real"},
      {"--real-dir x", "--real-dir without --real"}};
  for (const auto& [options, text] : cases) {
    const Result result = Run("run " + file + " " + options);
    EXPECT_EQ(result.code, 2) << options;
    EXPECT_THAT(result.err, HasSubstr(text)) << options;
  }
}

TEST_F(RealCliTest, ADirectoryInUseIsLeftAlone) {
  const std::string file = Scenario("plain", "duration: 10s\n");
  // Any program that says what a server says.
  const std::string program = File("server", "#!/bin/sh\necho 'gossamer-server 0.1.0'\n");
  fs::permissions(program, fs::perms::owner_all);
  const Result result =
      Run("run " + file + " --real " + program + " --real-dir " + directory_.string());
  EXPECT_EQ(result.code, 5);
  EXPECT_THAT(result.err, HasSubstr("is not empty"));
  EXPECT_TRUE(fs::exists(file));
}

TEST_F(RealCliTest, AServerThatEndsAtOnceIsQuoted) {
  const std::string file = Scenario("plain", "duration: 10s\n");
  const std::string program = File("server",
                                   "#!/bin/sh\n[ \"$1\" = --version ] || { echo 'no luck'; exit "
                                   "7; }\necho 'Redis server v=7.0.15 sha=0'\n");
  fs::permissions(program, fs::perms::owner_all);
  const std::string nodes = (directory_ / "nodes").string();
  const Result result = Run("run " + file + " --real " + program + " --real-dir " + nodes);
  EXPECT_EQ(result.code, 5);
  EXPECT_THAT(result.err, HasSubstr(" (redis-server 7.0.15, port "));
  EXPECT_THAT(result.err, HasSubstr("ended with 7: no luck"));
}

}  // namespace
}  // namespace gossamer
