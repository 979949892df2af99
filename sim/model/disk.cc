#include "sim/model/disk.h"

#include <algorithm>

namespace gossamer::sim {

Disk::Write Disk::Begin(Ticket ticket, bool fsync, const DurableEpochs& now) {
  writing_ = true;
  current_ = {++writes_, ticket, fsync, now};
  if (!full_) written_ = now;
  return current_;
}

std::optional<Disk::Write> Disk::Ask(Ticket ticket, bool fsync, const DurableEpochs& now) {
  if (!writing_) return Begin(ticket, fsync, now);
  asked_ = true;
  asked_ticket_ = std::max(asked_ticket_, ticket);
  asked_fsync_ = asked_fsync_ || fsync;
  return std::nullopt;
}

Duration Disk::SyncTime(Instant now) const {
  return stalled_until_ > now ? (stalled_until_ - now) + fsync_ : fsync_;
}

std::optional<Disk::Write> Disk::Finish(bool ok, const DurableEpochs& now) {
  writing_ = false;
  if (ok) {
    corrupt_ = false;
    done_ = std::max(done_, current_.last);
    if (current_.fsync) durable_ = current_.epochs;
  }
  if (!asked_) return std::nullopt;
  asked_ = false;
  const Ticket ticket = asked_ticket_;
  const bool fsync = asked_fsync_;
  asked_ticket_ = {};
  asked_fsync_ = false;
  return Begin(ticket, fsync, now);
}

void Disk::Abort() {
  writing_ = false;
  asked_ = false;
  asked_ticket_ = {};
  asked_fsync_ = false;
}

}  // namespace gossamer::sim
