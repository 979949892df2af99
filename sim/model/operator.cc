#include "sim/model/operator.h"

#include <algorithm>
#include <string>

#include "sim/model/kinds.h"

namespace gossamer::sim {
namespace {

constexpr Duration kLook = Millis(100);
// MEETs in one go; an operator's loop is not faster.
constexpr uint32_t kMeetsAtOnce = 50;

}  // namespace

Operator::Operator(const Scenario& scenario, const RunContext& run, Hosts* hosts,
                   const std::vector<NodeInfo>* nodes)
    : scenario_(scenario), run_(run), hosts_(hosts), nodes_(nodes), replicating_(nodes->size()) {}

void Operator::Again(Duration wait) {
  run_.queue->Add(run_.queue->now() + wait, kWorldActor, kWorldActor, {.kind = kind::kOperator});
}

void Operator::Begin() { Again({}); }

void Operator::SetEpochs() {
  for (const NodeInfo& info : *nodes_) {
    if (!info.starts_as_primary) continue;
    hosts_->Command(info.index.value, {"SET-CONFIG-EPOCH", std::to_string(info.shard + 1)});
  }
}

void Operator::MeetSome() {
  const auto count = static_cast<uint32_t>(nodes_->size());
  const uint32_t last = std::min(count, met_ + kMeetsAtOnce);
  for (uint32_t i = std::max<uint32_t>(met_, 1); i < last; ++i) {
    const NodeInfo& info = (*nodes_)[i];
    hosts_->Command(0, {"MEET", info.ip, std::to_string(info.port),
                        std::to_string(hosts_->host(i).options.cport)});
  }
  met_ = last;
}

bool Operator::EverybodyKnown() const {
  for (uint32_t i = 0; i < hosts_->size(); ++i) {
    if (!hosts_->running(i)) continue;
    const PeerTable& peers = hosts_->host(i).node->state().peers;
    if (peers.size() < hosts_->size()) return false;
    for (const NodeKey key : peers.order()) {
      if (peers.Has(key, flag::kHandshake | flag::kMeet)) return false;
    }
  }
  return true;
}

void Operator::AddSlots() {
  const int64_t shards = scenario_.shards;
  const auto bound = [shards](int64_t n) { return (n * kSlots * 2 + shards) / (shards * 2); };
  for (const NodeInfo& info : *nodes_) {
    if (!info.starts_as_primary) continue;
    hosts_->Command(info.index.value, {"ADDSLOTSRANGE", std::to_string(bound(info.shard)),
                                       std::to_string(bound(info.shard + 1) - 1)});
  }
}

// True when every replica was told and agreed.
bool Operator::Replicate() {
  bool all = true;
  for (const NodeInfo& info : *nodes_) {
    if (info.starts_as_primary || replicating_[info.index.value]) continue;
    const NodeKey primary = hosts_->host(static_cast<uint32_t>(info.shard)).key;
    const std::string name = run_.tables->pool.names().name(primary).str();
    replicating_[info.index.value] = hosts_->Command(info.index.value, {"REPLICATE", name}).ok();
    all = all && replicating_[info.index.value];
  }
  return all;
}

void Operator::Handle() {
  switch (step_) {
    case Step::kMeet:
      if (met_ == 0) SetEpochs();
      MeetSome();
      if (met_ == nodes_->size()) step_ = Step::kWait;
      return Again(kLook);
    case Step::kWait:
      if (EverybodyKnown()) {
        AddSlots();
        step_ = Step::kReplicate;
      }
      return Again(kLook);
    case Step::kReplicate:
      if (Replicate()) {
        step_ = Step::kDone;
        return;
      }
      return Again(kLook);
    case Step::kDone:
      return;
  }
}

}  // namespace gossamer::sim
