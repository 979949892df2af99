#include "sim/record/recording.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "sim/model/world.h"
#include "sim/record/comparer.h"
#include "tests/sim/model/world_fixture.h"

namespace gossamer::sim {
namespace {

Scenario ShortRun() {
  Scenario scenario = SixNodes();
  scenario.timeline.push_back(Fault(FaultKind::kKill, Seconds(5), {0}));
  return scenario;
}

RecordedRun SomeRun(bool full = false) {
  RecordedRun run;
  run.version = "1";
  run.build = "b";
  run.scenario_path = "a.yaml";
  run.scenario_text = "name: a\n";
  run.cell = "a=1";
  run.options.seed = 7;
  run.options.rules = "valkey-9.1";
  run.options.bugs = {Bug::kNoFailBroadcast, Bug::kV762};
  run.options.transport = Transport::kWire;
  run.options.stop_at = Seconds(9);
  run.full = full;
  return run;
}

// The bytes of a recording of ShortRun.
std::string Record(bool full, uint64_t most = kMaxEventDigests) {
  std::stringstream stream;
  Recorder recorder(SomeRun(full), &stream, most);
  RunOptions options;
  options.sink = &recorder;
  const Scenario scenario = ShortRun();
  World world(scenario, options, {});
  world.Run();
  recorder.Finish("d");
  return stream.str();
}

Recording Read(const std::string& bytes) {
  std::istringstream stream(bytes);
  absl::StatusOr<Recording> recording = ReadRecording(&stream);
  EXPECT_TRUE(recording.ok()) << recording.status();
  return recording.ok() ? *std::move(recording) : Recording{};
}

// What a second run differs in.
std::optional<Difference> Compare(const Recording& recording, std::vector<Observer*> observers = {},
                                  uint64_t seed = 1) {
  Comparer comparer(&recording, nullptr);
  RunOptions options;
  options.seed = seed;
  options.sink = &comparer;
  const Scenario scenario = ShortRun();
  World world(scenario, options, std::move(observers));
  world.Run();
  comparer.Finish();
  return comparer.difference();
}

// Non-determinism, planted: something that no scenario knows of changes a node.
class Meddler : public Observer {
 public:
  void OnStart(const World& world) override { world_ = &world; }
  void OnSecond(Instant at) override {
    if (at != Instant{} + Seconds(8)) return;
    auto* node = const_cast<ClusterNode*>(world_->node(NodeIndex{3}));
    node->mutable_state().gossip_rng = Rng(99, "meddler");
  }

 private:
  const World* world_ = nullptr;
};

TEST(RecordingTest, SaysWhichRunItWas) {
  const Recording recording = Read(Record(false));
  const RecordedRun expected = SomeRun();
  EXPECT_EQ(recording.run.digest_version, kDigestVersion);
  EXPECT_EQ(recording.run.scenario_path, expected.scenario_path);
  EXPECT_EQ(recording.run.scenario_text, expected.scenario_text);
  EXPECT_EQ(recording.run.cell, expected.cell);
  EXPECT_EQ(recording.run.options.seed, 7u);
  EXPECT_EQ(recording.run.options.rules, "valkey-9.1");
  EXPECT_EQ(recording.run.options.bugs, expected.options.bugs);
  EXPECT_EQ(recording.run.options.transport, Transport::kWire);
  EXPECT_EQ(recording.run.options.stop_at, Seconds(9));
  EXPECT_TRUE(recording.complete);
  EXPECT_EQ(recording.digest, "d");
  EXPECT_GT(recording.digests.size(), 1000u);
  EXPECT_EQ(recording.record_count, recording.digests.size());
  EXPECT_TRUE(recording.records.empty());
}

TEST(RecordingTest, AFullOneHoldsTheRecords) {
  const Recording recording = Read(Record(true));
  ASSERT_EQ(recording.records.size(), recording.digests.size());
  RollingDigest rolling;
  for (size_t i = 0; i < recording.records.size(); ++i) {
    EXPECT_EQ(rolling.Add(recording.records[i]), recording.digests[i]);
  }
}

TEST(RecordingTest, AFileThatBreaksOffIsARecordingAsFarAsItGoes) {
  const std::string whole = Record(false);
  const Recording all = Read(whole);
  const Recording some = Read(whole.substr(0, whole.size() - 1));
  EXPECT_FALSE(some.complete);
  EXPECT_LE(some.digests.size(), all.digests.size());
  EXPECT_FALSE(Compare(some)) << "what is not there is not different";
}

TEST(RecordingTest, HostileBytesAreRefusedOrRead) {
  const std::string whole = Record(true, 100);
  for (size_t at = 0; at < whole.size(); at += 1 + at / 64) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x5a);
    std::istringstream changed(bytes);
    (void)ReadRecording(&changed).ok();
    std::istringstream cut(whole.substr(0, at));
    const absl::StatusOr<Recording> recording = ReadRecording(&cut);
    EXPECT_FALSE(recording.ok() && recording->complete);
  }
}

TEST(ComparerTest, TheSameRunIsTheSame) {
  EXPECT_FALSE(Compare(Read(Record(false))));
  EXPECT_FALSE(Compare(Read(Record(false, 100)))) << "from record 100 on by milliseconds";
}

TEST(ComparerTest, AnotherSeedDiffersAtOnce) {
  const std::optional<Difference> difference = Compare(Read(Record(true)), {}, 2);
  ASSERT_TRUE(difference && difference->here && difference->recorded);
  EXPECT_TRUE(difference->exact);
  EXPECT_LT(difference->here->at, Instant{} + Seconds(1));
}

TEST(ComparerTest, PlantedNonDeterminismIsFoundWhereItBegins) {
  Meddler meddler;
  const std::optional<Difference> difference = Compare(Read(Record(true)), {&meddler});
  ASSERT_TRUE(difference && difference->here);
  EXPECT_GE(difference->here->at, Instant{} + Seconds(8));
  EXPECT_LE(difference->here->at, Instant{} + Seconds(9)) << "the state is in the digest";
  EXPECT_TRUE(difference->recorded);
}

TEST(ComparerTest, ByMillisecondsTheWindowIsFound) {
  const std::optional<Difference> exact = [] {
    Meddler meddler;
    return Compare(Read(Record(false)), {&meddler});
  }();
  Meddler meddler;
  const std::optional<Difference> window = Compare(Read(Record(false, 100)), {&meddler});
  ASSERT_TRUE(exact && window && window->here);
  EXPECT_FALSE(window->exact);
  EXPECT_GE(window->here->at, exact->here->at);
  EXPECT_LE(window->here->at, exact->here->at + Seconds(1));
}

TEST(ComparerTest, ARunThatEndsEarlierOrLaterDiffers) {
  Recording recording = Read(Record(false));
  Recording longer = recording;
  longer.digests.push_back(1);
  ++longer.record_count;
  const std::optional<Difference> short_run = Compare(longer);
  ASSERT_TRUE(short_run);
  EXPECT_FALSE(short_run->here);
  recording.digests.pop_back();
  --recording.record_count;
  const std::optional<Difference> long_run = Compare(recording);
  ASSERT_TRUE(long_run);
  EXPECT_TRUE(long_run->recording_ended);
}

}  // namespace
}  // namespace gossamer::sim
