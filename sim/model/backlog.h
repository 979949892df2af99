// Backlogs: what a socket holds and could not send yet.
//
// Few connections have one at a time: a connect that is under way, Nagle's algorithm waiting for an
// acknowledgement, or a path that loses every packet. A backlog is found by (connection, end).
// Thread safety: none.
#ifndef GOSSAMER_SIM_MODEL_BACKLOG_H_
#define GOSSAMER_SIM_MODEL_BACKLOG_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/base/time.h"
#include "core/bus/message.h"

namespace gossamer::sim {

struct Backlog {
  enum class Why : uint8_t { kConnecting, kNagle, kStalled };
  Why why = Why::kConnecting;
  uint8_t tries = 0;  // retransmissions so far
  bool window_open =
      false;           // stalled because answers are lost: the first packets still get through
  uint64_t timer = 0;  // the one timer that counts; others are stale
  Instant since;
  uint64_t bytes = 0;
  std::vector<MessageRef> messages;
  bool fin = false;  // the process closed the socket after these
  bool fin_is_reset = false;
};

class BacklogTable {
 public:
  // REQUIRES: none exists for it.
  Backlog& Add(uint32_t connection, int end, Backlog::Why why);
  // REQUIRES: exists.
  Backlog& Get(uint32_t connection, int end) { return backlogs_[Slot(connection, end)]; }
  // Removes it and returns what it held. REQUIRES: exists.
  Backlog Take(uint32_t connection, int end);
  // A number for a timer that no other has.
  uint64_t NewTimer() { return ++timers_; }
  size_t size() const { return index_.size(); }
  size_t memory_bytes() const;

 private:
  static uint64_t Key(uint32_t connection, int end) {
    return (uint64_t{connection} << 1) | static_cast<uint64_t>(end);
  }
  uint32_t Slot(uint32_t connection, int end) const {
    return index_.find(Key(connection, end))->second;
  }

  absl::flat_hash_map<uint64_t, uint32_t> index_;  // looked up only, never walked
  std::vector<Backlog> backlogs_;
  std::vector<uint32_t> free_;
  uint64_t timers_ = 0;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_BACKLOG_H_
