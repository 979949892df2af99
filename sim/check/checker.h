// Checker: an observer that holds one rule of the protocol against a run.
//
// Each checker has a file of its own, whose header states the rule and what it follows from. A
// checker changes nothing and keeps what it needs from the events; it never aborts: what it finds
// is a violation with time, node and text.
#ifndef GOSSAMER_SIM_CHECK_CHECKER_H_
#define GOSSAMER_SIM_CHECK_CHECKER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/time.h"
#include "sim/check/cluster_probe.h"
#include "sim/model/observer.h"

namespace gossamer::sim {

// One breach of a rule. `node` is invalid where it concerns no node in particular.
struct Breach {
  Instant at;
  NodeIndex node;
  std::string text;
};

class Checker : public Observer {
 public:
  // Safety: never broken, whatever fails. Liveness: reached after all faults are over and time has
  // passed. Quality: not promised by the protocol; counted, and judged by the scenario's
  // expectations.
  enum class Kind : uint8_t { kSafety, kLiveness, kQuality };

  // A rule can be broken millions of times by one mistake; this many breaches are kept in words.
  static constexpr size_t kKept = 20;

  virtual std::string_view name() const = 0;
  // The rule in one line.
  virtual std::string_view rule() const = 0;
  virtual Kind kind() const { return Kind::kSafety; }

  // The first kKept breaches, by time, and the number of all of them.
  const std::vector<Breach>& violations() const { return violations_; }
  uint64_t violation_count() const { return count_; }

  // Takes the cluster to watch. OnStart does it; tests call it with a probe of their own.
  void Attach(std::shared_ptr<const ClusterProbe> probe) {
    probe_ = std::move(probe);
    Begin();
  }
  void OnStart(const World& world) final { Attach(ProbeOf(world)); }

 protected:
  // The first call after Attach.
  virtual void Begin() {}
  const ClusterProbe& probe() const { return *probe_; }
  void Report(Instant at, NodeIndex node, std::string text) {
    if (++count_ <= kKept) violations_.push_back({at, node, std::move(text)});
  }

 private:
  std::shared_ptr<const ClusterProbe> probe_;
  std::vector<Breach> violations_;
  uint64_t count_ = 0;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_CHECK_CHECKER_H_
