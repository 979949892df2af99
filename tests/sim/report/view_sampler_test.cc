// What the live nodes think of each other, sampled at full seconds.

#include "sim/report/view_sampler.h"

#include <gtest/gtest.h>

#include <memory>

#include "core/cluster/peer_table.h"
#include "tests/sim/check/fake_cluster.h"

namespace gossamer::sim {
namespace {

Instant At(int64_t second) { return Instant{} + Seconds(second); }

// Three shards of two.
class ViewSamplerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    timeline_.Attach(cluster_);
    sampler_.Attach(cluster_);
  }
  void Flag(uint32_t node, uint32_t subject, uint16_t bit, EventType type) {
    cluster_->peers(node).SetFlags(cluster_->key(subject), bit);
    sampler_.OnEvent(At(0), NodeIndex{node}, {.type = type, .subject = cluster_->key(subject)});
  }
  const ViewSample& Sampled(int64_t second) {
    timeline_.OnSecond(At(second));
    sampler_.OnSecond(At(second));
    return sampler_.history().steps().back();
  }

  std::shared_ptr<FakeCluster> cluster_ = std::make_shared<FakeCluster>(3, 1);
  FailoverTimeline timeline_;
  ViewSampler sampler_{&timeline_};
};

TEST_F(ViewSamplerTest, CountsFlagsPerLiveNode) {
  EXPECT_EQ(Sampled(0).pfail_milli, 0u);
  Flag(1, 0, flag::kPfail, EventType::kPfailSet);
  Flag(1, 2, flag::kPfail, EventType::kPfailSet);
  Flag(3, 0, flag::kFail, EventType::kFailSet);
  EXPECT_EQ(Sampled(1).pfail_milli, 333u);  // 2 of 6 nodes' views
  EXPECT_EQ(sampler_.history().steps().back().fail_milli, 166u);
  // Who does not live has no say.
  cluster_->at(1).live = false;
  EXPECT_EQ(Sampled(2).pfail_milli, 0u);
  EXPECT_EQ(sampler_.history().steps().back().fail_milli, 200u);
  cluster_->at(3).runs = false;
  EXPECT_EQ(Sampled(3).fail_milli, 0u);
  EXPECT_EQ(sampler_.history().steps().size(), 4u);
}

TEST_F(ViewSamplerTest, AProcessThatStartsIsCountedAnew) {
  Flag(1, 0, flag::kFail, EventType::kFailSet);
  EXPECT_EQ(Sampled(1).fail_milli, 166u);
  cluster_->peers(1).ClearFlags(cluster_->key(0), flag::kFail);
  sampler_.OnProcess(At(1), NodeIndex{1}, ProcessChange::kStarted);
  EXPECT_EQ(Sampled(2).fail_milli, 0u);
}

TEST_F(ViewSamplerTest, TakesTheClustersStateFromTheTimeline) {
  cluster_->at(4).ok = false;
  timeline_.OnEvent(At(0), NodeIndex{4}, {.type = EventType::kStateChanged, .value = 0});
  EXPECT_EQ(Sampled(1).not_ok, 1u);
  EXPECT_EQ(sampler_.history().steps().back().uncovered, 0u);

  TimelineItem kill;
  kill.fault = FaultKind::kKill;
  Incident incident;
  incident.item = &kill;
  incident.victims = incident.primaries = {NodeIndex{0}};
  cluster_->at(0).live = cluster_->at(0).runs = false;
  timeline_.OnIncident(At(1), incident);
  EXPECT_EQ(Sampled(2).uncovered, 1u);
}

TEST(ViewSampleTest, ALongerStepHoldsTheGreatest) {
  ViewSample sample{5, 1, 0, 7};
  sample.Merge({3, 2, 1, 0});
  EXPECT_EQ(sample.pfail_milli, 5u);
  EXPECT_EQ(sample.fail_milli, 2u);
  EXPECT_EQ(sample.not_ok, 1u);
  EXPECT_EQ(sample.uncovered, 7u);
}

}  // namespace
}  // namespace gossamer::sim
