// FailureFlags: which running node holds PFAIL or FAIL on which other, kept from events.
//
// A process that ends holds nothing; one that starts holds what it has read from its disk. Fed by
// whoever owns it. Thread safety: none.
#ifndef GOSSAMER_SIM_EXPORT_FAILURE_FLAGS_H_
#define GOSSAMER_SIM_EXPORT_FAILURE_FLAGS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/cluster/event.h"
#include "sim/check/cluster_probe.h"
#include "sim/model/observer.h"

namespace gossamer::sim {

enum class Suspicion : uint8_t { kNone, kPfail, kFail };
inline constexpr size_t kSuspicions = 3;

class FailureFlags {
 public:
  struct Change {
    NodeIndex observer;
    NodeIndex subject;
    Suspicion to = Suspicion::kNone;
  };

  // Reads the tables of all nodes that run.
  void Begin(std::shared_ptr<const ClusterProbe> probe);
  void OnEvent(NodeIndex node, const Event& event);
  void OnProcess(NodeIndex node, ProcessChange change);

  size_t running() const { return running_count_; }
  bool running(NodeIndex node) const { return running_[node.value]; }
  // How many running nodes hold it on `subject`.
  uint32_t Holders(NodeIndex subject, Suspicion what) const {
    return about_[subject.value][static_cast<size_t>(what)];
  }
  // How many running nodes hold it on somebody.
  uint32_t Holders(Suspicion what) const { return holders_[static_cast<size_t>(what)]; }
  // What has changed since the last call, in order.
  std::vector<Change> TakeChanges();

 private:
  void Set(NodeIndex observer, NodeIndex subject, Suspicion to);
  void Drop(NodeIndex observer);
  void Read(NodeIndex observer);

  std::shared_ptr<const ClusterProbe> probe_;
  std::vector<std::vector<Suspicion>> held_;              // by subject, then observer; or empty
  std::vector<std::array<uint32_t, kSuspicions>> about_;  // by subject
  std::vector<std::array<uint32_t, kSuspicions>> by_;     // by observer
  std::array<uint32_t, kSuspicions> holders_{};
  std::vector<bool> running_;
  size_t running_count_ = 0;
  std::vector<Change> changes_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_EXPORT_FAILURE_FLAGS_H_
