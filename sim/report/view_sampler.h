// ViewSampler: what the live nodes think of each other, second by second: how many nodes they
// suspect, how many they hold failed, and how well the cluster does.
//
// A sample tells the state at the full second at which its step begins. Nodes are only recounted
// when something happened in their view. Thread safety: none.
#ifndef GOSSAMER_SIM_REPORT_VIEW_SAMPLER_H_
#define GOSSAMER_SIM_REPORT_VIEW_SAMPLER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/check/cluster_probe.h"
#include "sim/model/observer.h"
#include "sim/report/failover_timeline.h"
#include "sim/report/sample_series.h"

namespace gossamer::sim {

// Each figure of a step longer than a second is the greatest of its seconds.
struct ViewSample {
  // Nodes with the flag in the view of a live node: the mean over the live nodes, in thousandths.
  uint32_t pfail_milli = 0;
  uint32_t fail_milli = 0;
  uint32_t not_ok = 0;     // live nodes whose cluster_state is not ok
  uint32_t uncovered = 0;  // failed primaries without an owner, see FailoverTimeline

  void Merge(const ViewSample& later);
};
using ViewHistory = SampleSeries<ViewSample>;

class ViewSampler : public Observer {
 public:
  // `timeline` must outlive it and be told everything first.
  explicit ViewSampler(const FailoverTimeline* timeline) : timeline_(timeline) {}

  void OnStart(const World& world) override {
    Attach(ProbeOf(world));
    OnSecond(Instant{});
  }
  void Attach(std::shared_ptr<const ClusterProbe> probe);

  void OnEvent(Instant at, NodeIndex node, const Event& event) override;
  void OnProcess(Instant at, NodeIndex node, ProcessChange change) override;
  void OnSecond(Instant at) override;

  const ViewHistory& history() const { return history_; }

 private:
  // Of one live node.
  struct Flags {
    uint32_t pfail = 0;
    uint32_t fail = 0;
    bool stale = true;
  };
  void Recount(NodeIndex node, Flags* flags) const;

  const FailoverTimeline* timeline_;
  std::shared_ptr<const ClusterProbe> probe_;
  std::vector<Flags> flags_;  // by node
  ViewHistory history_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_VIEW_SAMPLER_H_
