// Disk: what survives of a node when its process or its host dies.
//
// One write at a time; what is asked for meanwhile is merged into the next one. A write without
// fsync is in the page cache at once: it survives the process, not the host. The disk shares the
// node table with its node: exact copies are kept only of the epochs, because votes and epoch
// claims depend on them; the table is that of the moment of death. Pure bookkeeping; time and
// events are the host's. Thread safety: none.
#ifndef GOSSAMER_SIM_MODEL_DISK_H_
#define GOSSAMER_SIM_MODEL_DISK_H_

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "sim/model/observer.h"

namespace gossamer::sim {

class Disk {
 public:
  struct Write {
    uint64_t number = 0;
    Ticket last;  // the last of the tickets that it fulfils
    bool fsync = false;
    DurableEpochs epochs;
  };

  explicit Disk(Duration fsync = {}) : fsync_(fsync) {}

  // Both copies hold `epochs`, and can be read: the end of a save, or from before the run.
  void Format(const DurableEpochs& epochs) {
    written_ = durable_ = epochs;
    corrupt_ = false;
  }
  // Asks for a write. Returns it when it begins now; else it is merged into the next.
  std::optional<Write> Ask(Ticket ticket, bool fsync, const DurableEpochs& now);
  // How long a write that begins at `now` takes.
  Duration TimeOf(const Write& write, Instant now) const {
    return write.fsync ? SyncTime(now) : Duration{};
  }
  // How long an fsync that begins at `now` takes.
  Duration SyncTime(Instant now) const;
  // The write that is under way is over; with `ok` its bytes are there. Returns the next one, if
  // one was asked for.
  std::optional<Write> Finish(bool ok, const DurableEpochs& now);
  // Gives the write that is under way a new number: its old end does not count. REQUIRES:
  // writing().
  const Write& Postpone() {
    current_.number = ++writes_;
    return current_;
  }
  // The write that is under way. REQUIRES: writing().
  const Write& current() const { return current_; }
  bool writing() const { return writing_; }
  // Nothing is under way any more: the process or the host died.
  void Abort();

  // Every ticket up to this one is done.
  Ticket done() const { return done_; }
  void ResetTickets() { done_ = {}; }
  // What is there after the process died, and after the host died.
  const DurableEpochs& written() const { return written_; }
  const DurableEpochs& durable() const { return durable_; }

  // No fsync ends before `until`, nor before an earlier call's.
  void StallUntil(Instant until) { stalled_until_ = std::max(stalled_until_, until); }
  void SetFull(bool full) { full_ = full; }
  bool full() const { return full_; }
  // What is there cannot be read, until a write ends well.
  void SetCorrupt() { corrupt_ = true; }
  bool corrupt() const { return corrupt_; }

 private:
  Write Begin(Ticket ticket, bool fsync, const DurableEpochs& now);

  Duration fsync_;
  Instant stalled_until_{};
  bool full_ = false;
  bool corrupt_ = false;
  bool writing_ = false;
  Write current_;
  bool asked_ = false;
  Ticket asked_ticket_;
  bool asked_fsync_ = false;
  uint64_t writes_ = 0;
  Ticket done_;
  DurableEpochs written_;
  DurableEpochs durable_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_DISK_H_
