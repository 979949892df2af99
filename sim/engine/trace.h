// Trace: the digest of a run, fed with everything that makes two runs different.
//
// Records are tagged, so that a delivery and an event with the same numbers differ. Switched off it
// costs a branch.
#ifndef GOSSAMER_SIM_ENGINE_TRACE_H_
#define GOSSAMER_SIM_ENGINE_TRACE_H_

#include <cstdint>

#include "core/base/hash.h"
#include "core/base/time.h"

namespace gossamer::sim {

enum class TraceTag : uint8_t {
  kDelivery = 1,
  kBadFrame,
  kEvent,
  kLinkUp,
  kLinkDown,
  kPersist,
  kPersisted,
  kProcess,
  kFault,
  kState,
  kCommand,
};

struct TraceRecord {
  TraceTag tag = TraceTag::kDelivery;
  Instant at;
  uint64_t who = 0;   // node; link records: node in the upper half, LinkId in the lower
  uint64_t what = 0;  // a hash or a value
};

// Is given every record of a run, in order.
class TraceSink {
 public:
  virtual ~TraceSink() = default;
  virtual void OnRecord(const TraceRecord& record) = 0;
};

class Trace {
 public:
  // `sink` may be null; else it outlives the trace.
  explicit Trace(bool enabled, TraceSink* sink = nullptr) : enabled_(enabled), sink_(sink) {}

  bool enabled() const { return enabled_; }
  // One record. `who` says where it happened (node, link), `what` is a hash or a value.
  void Record(TraceTag tag, Instant at, uint64_t who, uint64_t what) {
    if (!enabled_) return;
    const uint64_t place = (static_cast<uint64_t>(at.us) << 4) ^ static_cast<uint64_t>(tag);
    digest_.Add(place ^ (who * 0xd6e8feb86659fd93u), what);
    if (sink_ != nullptr) sink_->OnRecord({tag, at, who, what});
  }
  const Digest& digest() const { return digest_; }

 private:
  bool enabled_;
  TraceSink* sink_;
  Digest digest_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_ENGINE_TRACE_H_
