#include "sim/export/node_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/sim/model/world_fixture.h"

namespace gossamer::sim {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Logs = std::map<uint32_t, std::string>;

Logs LogsOf(const Scenario& scenario, const OutputFilter& filter = {}) {
  Logs logs;
  NodeLog log(filter, [&](NodeIndex node, std::string_view text) {
    if (logs.count(node.value) == 0) {
      EXPECT_TRUE(text.empty()) << "the first call makes the file";
    }
    logs[node.value] += text;
  });
  World world(scenario, {}, {&log});
  world.Run();
  return logs;
}

// Primary 0 dies and comes back; primary 1 stops for a while.
Scenario Trouble() {
  Scenario scenario = SixNodes();
  scenario.duration = Seconds(30);
  TimelineItem kill = Fault(FaultKind::kKill, Seconds(5), {0});
  kill.length = Seconds(10);
  TimelineItem pause = Fault(FaultKind::kPause, Seconds(20), {1});
  pause.length = Millis(100);
  scenario.timeline = {kill, pause};
  return scenario;
}

TEST(NodeLogTest, HasValkeysFormat) {
  const Logs logs = LogsOf(Trouble());
  ASSERT_EQ(logs.size(), 6u);
  const std::regex line(R"(\d+:[MS] \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} [.*#-] [^ ].*)");
  for (const auto& [node, text] : logs) {
    std::istringstream lines(text);
    std::string last;
    for (std::string one; std::getline(lines, one);) {
      EXPECT_TRUE(std::regex_match(one, line)) << one;
      const std::string time = one.substr(one.find(' '), 25);
      EXPECT_GE(time, last) << one;
      last = time;
    }
  }
}

TEST(NodeLogTest, TellsTheStoryOfAFailover) {
  const Logs logs = LogsOf(Trouble());
  const std::string& victim = logs.at(0);
  EXPECT_THAT(victim, HasSubstr("1:M 01 Jan 2026 00:00:00.000 * runs already: node 0 of shard 0"));
  EXPECT_THAT(victim, HasSubstr("1:M 01 Jan 2026 00:00:05.000 # (simulator) the process ends\n"));
  EXPECT_THAT(victim, HasSubstr("7:M 01 Jan 2026 00:00:15.000 * starts with its nodes.conf: "));
  EXPECT_THAT(victim, HasSubstr("7:S 01 Jan 2026 00:00:15."));
  EXPECT_THAT(victim, HasSubstr("is a replica of node 3 ("));
  const std::string& winner = logs.at(3);
  size_t from = 0;
  for (const char* step :
       {"is FAIL", "cluster state is fail: not every slot is served", "will ask for votes in ",
        "asks for votes in epoch 4 to replace node 0 (", "has the vote of",
        "wins the election in epoch 4 with 2 votes", "is a primary now, config epoch 4",
        "cluster state is ok"}) {
    const size_t at = winner.find(step, from);
    ASSERT_NE(at, std::string::npos) << step << " is not in\n" << winner.substr(from);
    from = at;
  }
  EXPECT_THAT(winner, HasSubstr("4:M "));
  EXPECT_THAT(logs.at(2), HasSubstr("votes for node 3 ("));
  EXPECT_THAT(logs.at(1), HasSubstr("(simulator) the process is stopped"));
  EXPECT_THAT(logs.at(1), HasSubstr("(simulator) the process goes on"));
}

TEST(NodeLogTest, SaysWhyAVoteIsRefused) {
  Scenario scenario = SixNodes();
  scenario.replicas_per_shard = 2;
  scenario.duration = Seconds(40);
  // Takeovers of several nodes at once and a cut: somebody asks in vain.
  for (const int64_t node : {3, 4}) {
    scenario.timeline.push_back(Action(ActionKind::kFailover, Seconds(10), {node}));
    scenario.timeline.back().mode = "force";
  }
  std::string all;
  for (const auto& [node, text] : LogsOf(scenario)) all += text;
  EXPECT_THAT(all, HasSubstr("refuses node "));
  EXPECT_THAT(all, HasSubstr(" its vote in epoch "));
}

TEST(NodeLogTest, TheFilterHidesNodesTypesAndTimes) {
  OutputFilter nodes;
  nodes.OnlyNodes({2, 3});
  EXPECT_EQ(LogsOf(Trouble(), nodes).size(), 2u);

  OutputFilter types;
  ASSERT_TRUE(types.AddType("vote-granted"));
  for (const auto& [node, text] : LogsOf(Trouble(), types)) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_THAT(line, HasSubstr("votes for"));
  }

  OutputFilter window;
  window.OnlyWindow(Instant{} + Seconds(5), Instant{} + Seconds(6));
  for (const auto& [node, text] : LogsOf(Trouble(), window)) {
    EXPECT_THAT(text, Not(HasSubstr("00:00:00.")));
    EXPECT_THAT(text, Not(HasSubstr("00:00:15.")));
    EXPECT_THAT(text, Not(IsEmpty()));
  }
}

// What waits is handed over in whole lines, long before the end.
TEST(NodeLogTest, HandsOverAsItGoes) {
  Scenario scenario = SixNodes();
  scenario.duration = Seconds(1200);
  scenario.timeline = {Fault(FaultKind::kKill, Seconds(5), {0})};
  size_t calls = 0;
  NodeLog log({}, [&](NodeIndex node, std::string_view text) {
    if (node.value != 1 || text.empty()) return;
    ++calls;
    EXPECT_EQ(text.back(), '\n');
    EXPECT_LT(text.size(), 20000u);
  });
  World world(scenario, {}, {&log});
  world.Run();
  EXPECT_GT(calls, 1u);
}

TEST(NodeLogTest, KnowsTheCalendar) {
  Scenario scenario = SixNodes();
  scenario.duration = Seconds(1);
  std::string text;
  NodeLog log({}, [&](NodeIndex, std::string_view more) { text += more; });
  World world(scenario, {}, {&log});
  world.Run();
  const auto say = [&](int64_t days, int64_t seconds) {
    text.clear();
    log.OnProcess(Instant{} + Seconds(days * 86400 + seconds), NodeIndex{0},
                  ProcessChange::kPaused);
    log.OnEnd(Instant{});
    return text.substr(0, text.find(" #"));
  };
  EXPECT_EQ(say(0, 0), "1:M 01 Jan 2026 00:00:00.000");
  EXPECT_EQ(say(58, 3661), "1:M 28 Feb 2026 01:01:01.000");
  EXPECT_EQ(say(59, 0), "1:M 01 Mar 2026 00:00:00.000");
  EXPECT_EQ(say(364, 86399), "1:M 31 Dec 2026 23:59:59.000");
  EXPECT_EQ(say(365 + 365 + 59, 0), "1:M 29 Feb 2028 00:00:00.000");
}

}  // namespace
}  // namespace gossamer::sim
