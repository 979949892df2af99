// Operator: forms a cluster out of strangers with CLUSTER commands, as a person with a shell would.
//
// Gives each node an epoch of its own, has node 0 MEET all others, waits until everybody knows
// everybody, then gives the slots to the primaries and tells the replicas whom to follow. Looks
// every 100 ms. Thread safety: none.
#ifndef GOSSAMER_SIM_MODEL_OPERATOR_H_
#define GOSSAMER_SIM_MODEL_OPERATOR_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/model/hosts.h"
#include "sim/model/world.h"

namespace gossamer::sim {

class Operator {
 public:
  Operator(const Scenario& scenario, const RunContext& run, Hosts* hosts,
           const std::vector<NodeInfo>* nodes);

  // Begins at once.
  void Begin();
  void Handle();
  bool done() const { return step_ == Step::kDone; }

 private:
  enum class Step : uint8_t { kMeet, kWait, kReplicate, kDone };

  void SetEpochs();
  void MeetSome();
  bool EverybodyKnown() const;
  void AddSlots();
  bool Replicate();
  void Again(Duration wait);

  const Scenario& scenario_;
  RunContext run_;
  Hosts* hosts_;
  const std::vector<NodeInfo>* nodes_;
  Step step_ = Step::kMeet;
  uint32_t met_ = 0;
  std::vector<bool> replicating_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_OPERATOR_H_
