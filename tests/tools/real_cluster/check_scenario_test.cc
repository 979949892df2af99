#include "tools/real_cluster/check_scenario.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/scenario/loader.h"

namespace gossamer::real {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<sim::Diagnostic> Check(const std::string& text) {
  std::vector<sim::Diagnostic> diagnostics;
  const auto scenario = sim::LoadScenario(text, "x.yaml", &diagnostics);
  if (!scenario) {
    ADD_FAILURE() << sim::Render(diagnostics);
    return {};
  }
  sim::DiagnosticSink sink(text, "x.yaml");
  CheckScenario(*scenario, &sink);
  diagnostics.clear();
  sink.Finish(&diagnostics);
  return diagnostics;
}

constexpr const char* kHead =
    "version: 1\nname: x\ncluster: {shards: 3, replicas_per_shard: 1}\nduration: 200s\ntimeline:\n";

TEST(CheckScenario, EveryFaultThatNeedsASimulatedWorldIsRefusedWithItsPlace) {
  const auto found = Check(std::string(kHead) +
                           "  - {at: 60s, fault: partition, target: {shard: 0}}\n"
                           "  - {at: 70s, fault: kill, target: {node: 0}}\n"
                           "  - {at: 80s, fault: slow, factor: 10, target: {shard: 1}}\n"
                           "  - {at: 90s, fault: host-loss, target: {node: 2}}\n"
                           "  - {at: 95s, fault: disk-stall, for: 1s, target: {node: 2}}\n");
  ASSERT_EQ(found.size(), 4u) << sim::Render(found);
  EXPECT_EQ(found[0].line, 6);
  EXPECT_EQ(found[0].column, 5);
  EXPECT_EQ(found[0].message, "fault 'partition' needs a simulated network");
  EXPECT_EQ(found[1].line, 8);
  EXPECT_EQ(found[1].message, "fault 'slow' needs a simulated processor");
  EXPECT_EQ(found[2].line, 9);
  EXPECT_THAT(found[2].message, HasSubstr("a lost host is silent"));
  EXPECT_EQ(found[3].message, "fault 'disk-stall' needs a simulated disk");
}

TEST(CheckScenario, SignalsAndCommandsAreAccepted) {
  EXPECT_THAT(Check(std::string(kHead) + "  - {at: 60s, fault: kill, for: 5s, target: {node: 0}}\n"
                                         "  - {at: 70s, fault: pause, for: 5s, target: {node: 1}}\n"
                                         "  - {at: 80s, fault: shutdown, target: {node: 2}}\n"
                                         "  - {at: 90s, action: restart, target: {killed: true}}\n"
                                         "  - {at: 95s, action: failover, target: {node: 5}}\n"),
              IsEmpty());
}

TEST(CheckScenario, OptionsOfItsOwnBugsAndTooManyNodesAreRefused) {
  const auto found = Check(
      "version: 1\nname: x\nrules: {base: gossamer, bugs: [no-fail-broadcast]}\ncluster:\n  "
      "shards: 101\n"
      "  replicas_per_shard: 1\n  config: {cluster-announce-ip: 10.0.0.1}\nduration: 10s\n");
  ASSERT_EQ(found.size(), 3u) << sim::Render(found);
  const std::string all = sim::Render(found);
  EXPECT_THAT(all, HasSubstr("202 nodes, with --real at most 200"));
  EXPECT_THAT(all, HasSubstr("bugs can be planted in simulated nodes only"));
  EXPECT_THAT(all, HasSubstr("option 'cluster-announce-ip' cannot be set with --real"));
}

}  // namespace
}  // namespace gossamer::real
