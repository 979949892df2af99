// Lines are from logs of redis-server 7.0.15 and of gossamer-server; those of Valkey differ by the
// node's name behind its id.
#include "tools/real_cluster/log_line.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/real_cluster/log_file.h"

namespace gossamer::real {
namespace {

using ::testing::Optional;
using Kind = LogEventKind;

constexpr std::string_view kVictim = "8a16b92b41fc464ed88d98f83594ec52acaef177";
// 28 Nov 2026 08:42:11 UTC
constexpr int64_t kSecond = int64_t{1'795'855'331} * 1'000'000;

std::string Line(std::string_view text) {
  return "23939:M 28 Nov 2026 08:42:11.184 . " + std::string(text);
}

LogEvent About(Kind kind) { return {{kSecond + 184'000}, kind, *NodeName::Parse(kVictim)}; }
LogEvent Of(Kind kind) { return {{kSecond + 184'000}, kind, NodeName()}; }

TEST(LogLine, ReadsTheTimeAsUtc) {
  const auto event = ParseLogLine("23939:M 28 Nov 2026 08:42:03.939 # Cluster state changed: ok");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->at.us, kSecond - 8'000'000 + 939'000);
}

TEST(LogLine, ReadsTheLinesOfRedis) {
  const std::string victim(kVictim);
  EXPECT_THAT(ParseLogLine(Line("*** NODE " + victim + " possibly failing")),
              Optional(About(Kind::kPfail)));
  EXPECT_THAT(ParseLogLine(Line("Marking node " + victim + " as failing (quorum reached).")),
              Optional(About(Kind::kFail)));
  EXPECT_THAT(
      ParseLogLine(Line(
          "FAIL message received from 67442691558c46f6b4fb0b2cae7135ac523921dc about " + victim)),
      Optional(About(Kind::kFailTold)));
  EXPECT_THAT(ParseLogLine(Line("Clear FAIL state for node " + victim +
                                ": master without slots is reachable again.")),
              Optional(About(Kind::kFailClear)));
  EXPECT_THAT(
      ParseLogLine(Line("Start of election delayed for 702 milliseconds (rank #0, offset 98).")),
      Optional(Of(Kind::kElectionScheduled)));
  EXPECT_THAT(ParseLogLine(Line("Starting a failover election for epoch 4.")),
              Optional(Of(Kind::kElectionStarted)));
  EXPECT_THAT(ParseLogLine(Line("Failover election won: I'm the new master.")),
              Optional(Of(Kind::kElectionWon)));
  EXPECT_THAT(ParseLogLine(Line("Failover attempt expired.")),
              Optional(Of(Kind::kElectionExpired)));
  EXPECT_THAT(ParseLogLine(Line("Taking over the master (user request).")),
              Optional(Of(Kind::kTakenOver)));
  EXPECT_THAT(ParseLogLine(Line("Cluster state changed: fail")), Optional(Of(Kind::kStateFail)));
  EXPECT_THAT(ParseLogLine(Line("Cluster state changed: ok")), Optional(Of(Kind::kStateOk)));
}

TEST(LogLine, ReadsTheLinesOfValkey) {
  const std::string victim(kVictim);
  EXPECT_THAT(ParseLogLine(Line("NODE " + victim + " (left-3) possibly failing.")),
              Optional(About(Kind::kPfail)));
  EXPECT_THAT(ParseLogLine(Line("Marking node " + victim + " () as failing (quorum reached).")),
              Optional(About(Kind::kFail)));
  EXPECT_THAT(ParseLogLine(Line("FAIL message received from "
                                "67442691558c46f6b4fb0b2cae7135ac523921dc (a b) about " +
                                victim + " ()")),
              Optional(About(Kind::kFailTold)));
  EXPECT_THAT(ParseLogLine(Line("Failover election won: I'm the new primary.")),
              Optional(Of(Kind::kElectionWon)));
}

TEST(LogLine, ReadsTheLinesOfOurs) {
  const std::string victim(kVictim);
  EXPECT_THAT(ParseLogLine(Line("Node " + victim + " possibly failing: silent for 1100 ms")),
              Optional(About(Kind::kPfail)));
  EXPECT_THAT(
      ParseLogLine(Line("Marking node " + victim + " as failing: 2 voters have reported it")),
      Optional(About(Kind::kFail)));
  EXPECT_THAT(ParseLogLine(Line("FAIL message about " + victim +
                                " (db-3) from "
                                "d4f2dfb9d906b89b6e46c063f136544b0c1de793")),
              Optional(About(Kind::kFailTold)));
  EXPECT_THAT(ParseLogLine(Line("Clear FAIL state for node " + victim + ": it is reachable again")),
              Optional(About(Kind::kFailClear)));
  EXPECT_THAT(ParseLogLine(Line("Election for the failed primary " + victim + " starts in 612 ms")),
              Optional(Of(Kind::kElectionScheduled)));
  EXPECT_THAT(ParseLogLine(Line("Asking for votes to replace " + victim + " in epoch 4")),
              Optional(Of(Kind::kElectionStarted)));
  EXPECT_THAT(ParseLogLine(Line("Election won in epoch 4 with 2 votes")),
              Optional(Of(Kind::kElectionWon)));
  EXPECT_THAT(ParseLogLine(Line("Election of epoch 4 expired with 1 votes")),
              Optional(Of(Kind::kElectionExpired)));
  EXPECT_THAT(ParseLogLine(Line("Promoted to primary with config epoch 4")),
              Optional(Of(Kind::kTakenOver)));
  EXPECT_THAT(ParseLogLine(Line("Cluster state changed: fail (not-full-coverage)")),
              Optional(Of(Kind::kStateFail)));
}

TEST(LogLine, PassesOverEverythingElse) {
  const std::string good = Line("Cluster state changed: ok");
  ASSERT_TRUE(ParseLogLine(good).has_value());
  // Every line that lacks its end.
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(ParseLogLine(good.substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(ParseLogLine("23939:M 31 Feb 2026 08:42:11.184 . Cluster state changed: ok"));
  EXPECT_FALSE(ParseLogLine("23939:M 28 Nov 2026 24:42:11.184 . Cluster state changed: ok"));
  EXPECT_FALSE(ParseLogLine("23939:M 28 Nov 2026 08:42:-1.184 . Cluster state changed: ok"));
  EXPECT_FALSE(ParseLogLine("x:M 28 Nov 2026 08:42:11.184 . Cluster state changed: ok"));
  EXPECT_FALSE(ParseLogLine(Line("Marking node 8a16 as failing (quorum reached).")));
  EXPECT_FALSE(ParseLogLine(Line("NODE " + std::string(kVictim) + " (never closed")));
  EXPECT_FALSE(ParseLogLine(Line("a client wrote: Cluster state changed: ok")));
  EXPECT_FALSE(ParseLogLine(good + std::string(kMaxLogLine, 'x')));
}

TEST(LogFile, ReadsEventsAmongOtherLinesOfAnyLength) {
  const std::string path = ::testing::TempDir() + "/real_cluster_log";
  std::FILE* file = std::fopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  // The long line is cut where another one seems to begin.
  const std::string text = Line("Cluster state changed: fail") + "\n" +
                           std::string(kMaxLogLine + 1, 'x') + Line("Cluster state changed: ok") +
                           "\nnoise\n" + Line("Cluster state changed: ok") + "\n";
  std::fwrite(text.data(), 1, text.size(), file);
  std::fclose(file);
  EXPECT_THAT(ReadLogFile(path), ::testing::ElementsAre(Of(Kind::kStateFail), Of(Kind::kStateOk)));
  EXPECT_EQ(TailOfFile(path, 20), "r state changed: ok");
  EXPECT_TRUE(ReadLogFile(path + ".none").empty());
}

}  // namespace
}  // namespace gossamer::real
