#include "sim/model/refusals.h"

#include <algorithm>
#include <utility>

namespace gossamer::sim {

bool Refusals::Add(uint32_t node, Instant noticed, Refusal refusal) {
  std::vector<Batch>& batches = waiting_[node];
  for (Batch& batch : batches) {
    if (batch.noticed != noticed) continue;
    batch.refusals.push_back(refusal);
    return false;
  }
  Batch& batch = batches.emplace_back();
  batch.noticed = noticed;
  if (!spare_.empty()) {
    batch.refusals.swap(spare_.back());
    spare_.pop_back();
  }
  batch.refusals.push_back(refusal);
  return true;
}

void Refusals::Take(uint32_t node, Instant noticed, std::vector<Refusal>* taken) {
  taken->clear();
  std::vector<Batch>& batches = waiting_[node];
  const auto found = std::find_if(batches.begin(), batches.end(), [noticed](const Batch& batch) {
    return batch.noticed == noticed;
  });
  if (found == batches.end()) return;
  taken->swap(found->refusals);
  spare_.push_back(std::move(found->refusals));
  batches.erase(found);
}

void Refusals::Drop(uint32_t node) {
  for (Batch& batch : waiting_[node]) batch.refusals.clear();
}

size_t Refusals::memory_bytes() const {
  size_t bytes = 0;
  for (const std::vector<Refusal>& spare : spare_) bytes += spare.capacity() * sizeof(Refusal);
  return bytes;
}

}  // namespace gossamer::sim
