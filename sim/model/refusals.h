// Refusals: connects that were refused and wait to be noticed, many of a node at one instant.
//
// A node whose dead peers are many has hundreds of connects refused with each cron. An event loop
// finds those of one moment together; here a moment is kStep. Thread safety: none.
#ifndef GOSSAMER_SIM_MODEL_REFUSALS_H_
#define GOSSAMER_SIM_MODEL_REFUSALS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"

namespace gossamer::sim {

struct Refusal {
  LinkId link;        // as the opener calls it
  uint32_t peer = 0;  // who refused
};

class Refusals {
 public:
  static constexpr Duration kStep = Millis(2);

  explicit Refusals(size_t nodes) : waiting_(nodes) {}

  // When a refusal that arrives at `at` is noticed: at the end of its step.
  static Instant NoticedAt(Instant at) {
    return Instant{(at.us + kStep.us - 1) / kStep.us * kStep.us};
  }
  // True when the node had none to notice at that instant.
  bool Add(uint32_t node, Instant noticed, Refusal refusal);
  // Takes those of the instant into *taken, in the order of Add.
  void Take(uint32_t node, Instant noticed, std::vector<Refusal>* taken);
  // The node's process is gone: nobody notices any more.
  void Drop(uint32_t node);

  size_t memory_bytes() const;

 private:
  struct Batch {
    Instant noticed;
    std::vector<Refusal> refusals;
  };

  std::vector<std::vector<Batch>> waiting_;  // by node
  std::vector<std::vector<Refusal>> spare_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_REFUSALS_H_
