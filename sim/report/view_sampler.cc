#include "sim/report/view_sampler.h"

#include <algorithm>
#include <utility>

#include "core/cluster/peer_table.h"

namespace gossamer::sim {

void ViewSample::Merge(const ViewSample& later) {
  pfail_milli = std::max(pfail_milli, later.pfail_milli);
  fail_milli = std::max(fail_milli, later.fail_milli);
  not_ok = std::max(not_ok, later.not_ok);
  uncovered = std::max(uncovered, later.uncovered);
}

void ViewSampler::Attach(std::shared_ptr<const ClusterProbe> probe) {
  probe_ = std::move(probe);
  flags_.assign(probe_->node_count(), {});
}

void ViewSampler::OnEvent(Instant /*at*/, NodeIndex node, const Event& event) {
  switch (event.type) {
    case EventType::kPfailSet:
    case EventType::kPfailCleared:
    case EventType::kFailSet:
    case EventType::kFailCleared:
    case EventType::kNodeAdded:
    case EventType::kNodeRemoved:
      flags_[node.value].stale = true;
      break;
    default:
      break;
  }
}

void ViewSampler::OnProcess(Instant /*at*/, NodeIndex node, ProcessChange /*change*/) {
  flags_[node.value].stale = true;
}

void ViewSampler::Recount(NodeIndex node, Flags* flags) const {
  const PeerTable& peers = *probe_->peers(node);
  *flags = {.pfail = static_cast<uint32_t>(peers.pfail().size()), .stale = false};
  // By row, as they lie in memory.
  for (uint32_t i = 0; i < peers.row_count(); ++i) {
    const NodeKey key{static_cast<uint16_t>(i)};
    if (peers.Contains(key) && peers.Has(key, flag::kFail)) ++flags->fail;
  }
}

void ViewSampler::OnSecond(Instant at) {
  uint64_t live = 0;
  uint64_t pfail = 0;
  uint64_t fail = 0;
  for (uint32_t i = 0; i < flags_.size(); ++i) {
    const NodeIndex node{i};
    if (!probe_->live(node) || probe_->peers(node) == nullptr) continue;
    Flags& flags = flags_[i];
    if (flags.stale) Recount(node, &flags);
    ++live;
    pfail += flags.pfail;
    fail += flags.fail;
  }
  ViewSample sample;
  if (live > 0) {
    sample.pfail_milli = static_cast<uint32_t>(pfail * 1000 / live);
    sample.fail_milli = static_cast<uint32_t>(fail * 1000 / live);
  }
  sample.not_ok = timeline_->not_ok();
  sample.uncovered = timeline_->uncovered();
  history_.Add(static_cast<uint64_t>((at - Instant{}).us) / 1000000, sample);
}

}  // namespace gossamer::sim
