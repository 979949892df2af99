#include "sim/report/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <sstream>
#include <string>
#include <utility>

#include "sim/model/world.h"
#include "sim/report/text_format.h"
#include "tests/sim/model/world_fixture.h"

namespace gossamer::sim {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What is told of `node` when primary 0 dies at 5 s.
std::string Told(uint32_t node, std::optional<Instant> until = std::nullopt) {
  Scenario scenario = SixNodes();
  scenario.timeline.push_back(Fault(FaultKind::kKill, Seconds(5), {0}));
  Explainer explainer(NodeIndex{node}, until);
  World world(scenario, {}, {&explainer});
  world.Run();
  const std::string text = explainer.Text();
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), kReportWidth) << line;
  return text;
}

TEST(ExplainTest, TellsWhoFoundAVictimOutAndWhoReplacedIt) {
  const std::string text = Told(0);
  size_t from = 0;
  for (const char* step :
       {"fault 0: kill of it", "suspects it (PFAIL): no answer for",
        "a majority of the voting primaries suspects it", "marks it FAIL: 1 report",
        "wants to replace it and waits", "asks for votes to replace it, epoch",
        "wins its place with 2 votes", "takes its slots over",
        "hold PFAIL on it and 5 FAIL; it does not run"}) {
    const size_t at = text.find(step, from);
    ASSERT_NE(at, std::string::npos) << step << " is not in\n" << text.substr(from);
    from = at;
  }
}

TEST(ExplainTest, TellsWhatAVoterDid) {
  const std::string text = Told(1);
  EXPECT_THAT(text, HasSubstr("it suspects node 0"));
  EXPECT_THAT(text, HasSubstr("it votes for node 3, epoch "));
  EXPECT_THAT(text, HasSubstr("it is a primary with 5462 slots"));
}

TEST(ExplainTest, TellsHowAReplicaWon) {
  const std::string text = Told(3);
  for (const char* step : {"it wants to replace node 0", "it asks for votes", "it has the vote of",
                           "it wins with 2 votes of 2 that are needed", "it is a primary now"}) {
    EXPECT_THAT(text, HasSubstr(step));
  }
}

// Two shards' candidates met in epoch 4; each asks once more, the first in vain.
TEST(ExplainTest, TellsWhyACandidateAsksAgain) {
  const Scenario scenario = SixNodes();
  Explainer candidate(NodeIndex{3}, std::nullopt);
  Explainer victim(NodeIndex{0}, std::nullopt);
  World world(scenario, {}, {&candidate, &victim});
  world.Run();
  const NodeKey primary = world.node(NodeIndex{3})->state().my_primary();
  for (const auto& [type, epoch] : {std::pair{EventType::kElectionScheduled, 0},
                                    {EventType::kElectionStarted, 4},
                                    {EventType::kElectionStarted, 5},
                                    {EventType::kElectionExpired, 5},
                                    {EventType::kElectionScheduled, 0},
                                    {EventType::kElectionStarted, 6},
                                    {EventType::kElectionExpired, 6}}) {
    const Event event{
        .type = type, .subject = primary, .epoch = {static_cast<uint64_t>(epoch)}, .value = 1};
    candidate.OnEvent(world.now(), NodeIndex{3}, event);
    victim.OnEvent(world.now(), NodeIndex{3}, event);
  }
  const std::string text = candidate.Text();
  for (const char* step :
       {"it asks for votes, epoch 4", "it has a rival and asks for votes again, epoch 5",
        "epoch 5; it had rivals, so the", "it asks for votes, epoch 6",
        "epoch 6; the next one waits"}) {
    EXPECT_THAT(text, HasSubstr(step));
  }
  EXPECT_THAT(victim.Text(),
              HasSubstr("node 3 has a rival and asks for votes again to replace it, epoch 5"));
}

TEST(ExplainTest, StopsAtTheGivenMoment) {
  const std::string text = Told(0, Instant{} + Seconds(6));
  EXPECT_THAT(text, HasSubstr("fault 0: kill of it"));
  EXPECT_THAT(text, Not(HasSubstr("marks it FAIL")));
  EXPECT_THAT(text, HasSubstr("at 6.000 s of 5 other live nodes"));
}

TEST(ExplainTest, NamesEachFaultAtItsEnd) {
  const FaultKind kinds[] = {FaultKind::kPartition, FaultKind::kDelay, FaultKind::kLoss,
                             FaultKind::kPause,     FaultKind::kSlow,  FaultKind::kDiskFull,
                             FaultKind::kKill};
  Scenario scenario = SixNodes();
  scenario.duration = Seconds(30);
  for (size_t i = 0; i < std::size(kinds); ++i) {
    TimelineItem item = Fault(kinds[i], Seconds(static_cast<int64_t>(i) + 5), {0});
    item.length = Seconds(20 - static_cast<int64_t>(i));
    scenario.timeline.push_back(item);
  }
  Explainer explainer(NodeIndex{0}, std::nullopt);
  World world(scenario, {}, {&explainer});
  world.Run();
  const std::string text = explainer.Text();
  EXPECT_THAT(text, HasSubstr("fault 0 ends: the partition that began at 5.000 s"));
  EXPECT_THAT(text, HasSubstr("fault 1 ends: the delay that began at 6.000 s"));
  EXPECT_THAT(text, HasSubstr("fault 2 ends: the loss that began at 7.000 s"));
  EXPECT_THAT(text, HasSubstr("fault 3 ends: the pause that began at 8.000 s"));
  EXPECT_THAT(text, HasSubstr("fault 4 ends: the slow that began at 9.000 s"));
  EXPECT_THAT(text, HasSubstr("fault 5 ends: the disk-full that began at 10.000 s"));
  EXPECT_THAT(text, HasSubstr("fault 6 ends: the kill that began at 11.000 s"));
}

TEST(ExplainTest, KnowsWhichNodesThereAre) {
  const Scenario scenario = SixNodes();
  Explainer explainer(NodeIndex{6}, std::nullopt);
  World world(scenario, {}, {&explainer});
  EXPECT_EQ(world.Run().end, RunEnd::kDuration);
  EXPECT_FALSE(explainer.known());
  EXPECT_EQ(explainer.node_count(), 6u);
}

}  // namespace
}  // namespace gossamer::sim
