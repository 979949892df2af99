#include "sim/report/output_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "nlohmann/json.hpp"
#include "sim/report/event_writer.h"
#include "tests/sim/model/world_fixture.h"

namespace gossamer::sim {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(OutputFilterTest, ShowsEverythingByItself) {
  const OutputFilter filter;
  EXPECT_TRUE(filter.Shows(NodeIndex{16383}));
  EXPECT_TRUE(filter.Shows(EventType::kSlotsLost));
  EXPECT_TRUE(filter.Shows(ExtraEvent::kEnd));
  EXPECT_TRUE(filter.Shows(MessageType::kPublishShard));
  EXPECT_TRUE(filter.ShowsBarePackets());
  EXPECT_TRUE(filter.Shows(Instant{} + Seconds(1'000'000)));
}

TEST(OutputFilterTest, TypesOfOneKindDoNotHideTheOther) {
  OutputFilter filter;
  EXPECT_FALSE(filter.AddType("fail-sett"));
  EXPECT_TRUE(filter.AddType("fail-set"));
  EXPECT_TRUE(filter.AddType("incident"));
  EXPECT_TRUE(filter.Shows(EventType::kFailSet));
  EXPECT_TRUE(filter.Shows(ExtraEvent::kIncident));
  EXPECT_FALSE(filter.Shows(EventType::kPfailSet));
  EXPECT_FALSE(filter.Shows(ExtraEvent::kEnd));
  EXPECT_TRUE(filter.Shows(MessageType::kPing));
  EXPECT_TRUE(filter.AddType("publishshard"));
  EXPECT_TRUE(filter.Shows(MessageType::kPublishShard));
  EXPECT_FALSE(filter.Shows(MessageType::kPing));
  EXPECT_FALSE(filter.ShowsBarePackets());
  EXPECT_TRUE(filter.some_events() && filter.some_packets());
}

TEST(OutputFilterTest, EveryWordIsATypeAndNoneIsTwo) {
  std::set<std::string_view> words;
  for (const auto& list : {EventWords(), PacketWords()}) {
    for (const std::string_view word : list) {
      EXPECT_TRUE(words.insert(word).second) << word;
      OutputFilter filter;
      EXPECT_TRUE(filter.AddType(word));
      EXPECT_NE(filter.some_events(), filter.some_packets());
    }
  }
}

TEST(OutputFilterTest, AWindowHoldsBothEnds) {
  OutputFilter filter;
  filter.OnlyWindow(Instant{} + Seconds(2), Instant{} + Seconds(3));
  EXPECT_FALSE(filter.Shows(Instant{} + Micros(1'999'999)));
  EXPECT_TRUE(filter.Shows(Instant{} + Seconds(2)));
  EXPECT_TRUE(filter.Shows(Instant{} + Seconds(3)));
  EXPECT_FALSE(filter.Shows(Instant{} + Micros(3'000'001)));
}

// ---- Of the lines of --events ----

std::vector<nlohmann::json> Lines(const OutputFilter& filter) {
  Scenario scenario = SixNodes();
  scenario.timeline = {Fault(FaultKind::kKill, Seconds(5), {0})};
  scenario.timeline[0].length = Seconds(10);
  std::ostringstream out;
  EventWriter writer(&out, filter);
  World world(scenario, {}, {&writer});
  world.Run();
  std::vector<nlohmann::json> lines;
  std::istringstream in(out.str());
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

TEST(OutputFilterTest, HidesEventLines) {
  OutputFilter filter;
  filter.OnlyNodes({3});
  for (const char* word : {"vote-requested", "incident", "promoted", "end"}) filter.AddType(word);
  filter.OnlyWindow(Instant{}, Instant{} + Seconds(10));
  std::vector<std::string> events;
  for (const auto& line : Lines(filter)) {
    events.push_back(line["event"]);
    if (line.contains("node")) {
      EXPECT_EQ(line["node"], 3);
    }
  }
  EXPECT_THAT(events, Contains("incident")) << "it belongs to no node";
  EXPECT_THAT(events, Contains("vote-requested"));
  EXPECT_THAT(events, Contains("promoted"));
  EXPECT_THAT(events, Not(Contains("end"))) << "it lies behind the window";
  EXPECT_THAT(events, Not(Contains("fail-set")));
  OutputFilter nothing;
  nothing.OnlyWindow(Instant{} + Seconds(100), kNever);
  EXPECT_THAT(Lines(nothing), IsEmpty());
}

}  // namespace
}  // namespace gossamer::sim
