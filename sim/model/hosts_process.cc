// How processes start and end, and what their effects do to the world.
#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "sim/model/hosts.h"
#include "sim/model/kinds.h"

namespace gossamer::sim {
namespace {

uint64_t HashOf(const gossamer::Event& e, const NameTable& names) {
  uint64_t h = CombineHash(static_cast<uint64_t>(e.type), static_cast<uint64_t>(e.value));
  h = FoldMultiply(h ^ names.name_hash(e.subject), e.epoch.value + 0x9e3779b97f4a7c15u);
  return e.other.valid() ? CombineHash(h, names.name_hash(e.other)) : h;
}

}  // namespace

// ---- Effects ----

void Hosts::Execute(uint32_t node, Effect* effect, Instant leave) {
  Host& h = hosts_[node];
  if (auto* send = std::get_if<Send>(effect)) {
    if (send->after > h.disk.done()) {
      h.held.push_back({send->after, send->link, std::move(send->message)});
    } else {
      SendNow(node, send->link, send->message, leave);
    }
  } else if (const auto* emit = std::get_if<Emit>(effect)) {
    const gossamer::Event& event = emit->event;
    run_.trace->Record(TraceTag::kEvent, now(), node, HashOf(event, run_.tables->pool.names()));
    for (Observer* o : *run_.observers) o->OnEvent(now(), NodeIndex{node}, event);
  } else if (const auto* open = std::get_if<Open>(effect)) {
    network_->Open(node, open->link, open->address->get().address.endpoint, leave);
  } else if (const auto* close = std::get_if<Close>(effect)) {
    run_.trace->Record(TraceTag::kLinkDown, now(), Who(node, close->link), 0xff);
    network_->Close(node, close->link, leave);
  } else if (const auto* persist = std::get_if<Persist>(effect)) {
    run_.trace->Record(TraceTag::kPersist, now(), node,
                       persist->ticket.value * 2 + (persist->fsync ? 1 : 0));
    const auto write = h.disk.Ask(persist->ticket, persist->fsync, EpochsOf(*h.node));
    if (write.has_value()) Write(node, *write, now());
  } else if (const auto* replicate = std::get_if<Replicate>(effect)) {
    StartFollowing(node, replicate->primary, replicate->full_sync);
  } else if (std::holds_alternative<Promote>(*effect)) {
    replication_->Promote(node, now());
  } else if (const auto* pause = std::get_if<PauseWrites>(effect)) {
    replication_->PauseWrites(node, now(), pause->until - h.mono_offset);
  } else if (std::holds_alternative<Unpause>(*effect)) {
    replication_->Unpause(node, now());
  } else if (std::holds_alternative<FlushData>(*effect)) {
    replication_->Flush(node, now());
  }
  // DropSlots and Deliver: there is neither data nor a subscriber.
}

void Hosts::SendNow(uint32_t node, LinkId link, const MessageRef& message, Instant leave) {
  if (message->type == MessageType::kAuthRequest || message->type == MessageType::kAuthAck) {
    const uint32_t peer = network_->PeerOf(node, link);
    if (peer != kNobody) {
      const DurableEpochs& durable = hosts_[node].disk.durable();
      for (Observer* o : *run_.observers) {
        o->OnVoteSent(now(), NodeIndex{node}, NodeIndex{peer}, *message, durable);
      }
    }
  }
  network_->Send(node, link, message, leave);
}

// ---- Disk ----

void Hosts::Write(uint32_t node, const Disk::Write& write, Instant from) {
  run_.queue->Add(from + hosts_[node].disk.TimeOf(write, from), node, node,
                  {.data = write.number,
                   .index = node,
                   .kind = kind::kPersisted,
                   .extra = static_cast<uint16_t>(hosts_[node].incarnation)});
}

void Hosts::WriteDone(const TimedEvent& event) {
  const uint32_t node = event.index;
  Host& h = hosts_[node];
  const bool mine = h.incarnation % 65536 == event.extra;
  if (h.node == nullptr || !mine || !h.disk.writing() || h.disk.current().number != event.data)
    return;
  const bool ok = !h.disk.full();
  const Ticket ticket = h.disk.current().last;
  const auto next = h.disk.Finish(ok, EpochsOf(*h.node));
  run_.trace->Record(TraceTag::kPersisted, now(), node, ticket.value * 2 + (ok ? 1 : 0));
  if (next.has_value()) Write(node, *next, now());
  HostInput input;
  input.kind = HostInput::Kind::kPersisted;
  input.code = static_cast<uint8_t>(ok ? PersistResult::kDone : PersistResult::kFailed);
  input.number = ticket.value;
  TakeOrWait(node, std::move(input));
}

// What waited for a write goes, or is given up with it.
void Hosts::ReleaseHeld(uint32_t node, bool ok, Ticket ticket) {
  Host& h = hosts_[node];
  if (h.held.empty()) return;
  std::vector<HeldSend> held;
  held.swap(h.held);
  for (HeldSend& send : held) {
    if (send.after > ticket) {
      h.held.push_back(std::move(send));
    } else if (ok) {
      SendNow(node, send.link, send.message, now());
    }
  }
}

void Hosts::StallDisk(uint32_t node, Instant until) {
  Host& h = hosts_[node];
  h.disk.StallUntil(until);
  // What is under way stalls too.
  if (h.node == nullptr || !h.disk.writing() || !h.disk.current().fsync) return;
  Write(node, h.disk.Postpone(), now());
}

// ---- Replication ----

void Hosts::StartFollowing(uint32_t node, NodeKey primary, bool full_sync) {
  if (!primary.valid()) {
    replication_->Promote(node, now());
    return;
  }
  const uint32_t index = IndexOf(primary);
  const uint32_t source = index == kNobody || index == node ? ReplicationModel::kUnknown : index;
  ScheduleSync(node, replication_->Follow(node, source, full_sync, now()));
}

void Hosts::ScheduleSync(uint32_t node, Instant at) {
  run_.queue->Add(at, node, node,
                  {.data = replication_->attempt(node), .index = node, .kind = kind::kSync});
}

void Hosts::SyncDue(uint32_t node, uint64_t attempt) {
  const Instant again = replication_->Sync(node, static_cast<uint32_t>(attempt), now());
  if (again != kNever) ScheduleSync(node, again);
}

// ---- Processes ----

void Hosts::NoteProcess(uint32_t node, ProcessChange change) {
  run_.trace->Record(TraceTag::kProcess, now(), node, static_cast<uint64_t>(change));
  for (Observer* o : *run_.observers) o->OnProcess(now(), NodeIndex{node}, change);
}

void Hosts::Boot(uint32_t node, const std::optional<NodesConf>& conf, bool quiet) {
  Host& h = hosts_[node];
  GOSSAMER_CHECK(h.node == nullptr);
  effects_.Clear();
  const uint64_t label = node + uint64_t{h.incarnation} * hosts_.size();
  h.node = std::make_unique<ClusterNode>(h.options, h.rules, run_.tables, conf, run_.seed, label,
                                         NowOf(node), &effects_);
  h.lost = false;
  h.paused = false;
  network_->SetHostUp(node);
  network_->SetProcess(node, true);
  network_->SetNodelay(node, h.rules.tcp_nodelay_outbound);
  NoteProcess(node, ProcessChange::kStarted);
  if (quiet) {
    effects_.Clear();
    return;
  }
  h.disk.Format(EpochsOf(*h.node));
  Finish(node, now());
}

void Hosts::Adopt(uint32_t node) {
  Host& h = hosts_[node];
  h.disk.Format(EpochsOf(*h.node));
  NoteState(node);
  Rearm(node);
}

void Hosts::Die(uint32_t node, bool with_host) {
  Host& h = hosts_[node];
  h.died = NowOf(node);
  h.died_with_host = with_host;
  h.remains = std::move(h.node);
  h.paused = false;
  h.paused_by.clear();
  h.tick_waiting = false;
  h.waking = false;
  h.accepts_waiting = 0;
  h.due = kNever;
  h.rested = now() - kCronPeriod;
  h.inbox.clear();
  h.held.clear();
  h.disk.Abort();
  cpu_->Abort(node, now());
  ++h.incarnation;
  run_.queue->Disarm(node);
  replication_->Stop(node, now(),
                     [this](uint32_t replica, Instant at) { ScheduleSync(replica, at); });
  NoteProcess(node, with_host ? ProcessChange::kHostLost : ProcessChange::kKilled);
}

void Hosts::Kill(uint32_t node) {
  if (hosts_[node].node == nullptr) return;
  Die(node, false);
  network_->CloseAll(node, cpu_->Free(node) ? 0 : cpu_->Scaled(cpu_->costs().close));
}

void Hosts::LoseHost(uint32_t node) {
  Host& h = hosts_[node];
  if (h.lost) return;
  if (h.node != nullptr) Die(node, true);
  h.died_with_host = true;
  h.lost = true;
  network_->LoseHost(node);
}

void Hosts::Pause(uint32_t node, uint32_t by) {
  Host& h = hosts_[node];
  if (h.node == nullptr) return;
  h.paused_by.push_back(by);
  if (h.paused) return;
  h.paused = true;
  NoteProcess(node, ProcessChange::kPaused);
}

void Hosts::Resume(uint32_t node, uint32_t by) {
  Host& h = hosts_[node];
  if (std::erase(h.paused_by, by) == 0 || !h.paused_by.empty()) return;
  h.paused = false;
  for (HostInput& input : h.inbox) input.arrived = now();
  NoteProcess(node, ProcessChange::kResumed);
  Wake(node);
  Rearm(node);
}

void Hosts::Shutdown(uint32_t node) {
  Host& h = hosts_[node];
  if (!live(node)) return;
  if (!h.disk.full()) h.disk.Format(EpochsOf(*h.node));
  // Its listener it closes first, so that nobody connects meanwhile.
  Die(node, false);
  network_->CloseAll(node);
}

bool Hosts::Restart(uint32_t node, bool with_disk) {
  Host& h = hosts_[node];
  GOSSAMER_CHECK(h.node == nullptr);
  if (with_disk && h.disk.corrupt()) return false;
  std::optional<NodesConf> conf;
  int64_t offset = 0;
  if (with_disk && h.remains != nullptr) {
    conf = h.remains->Serialize(h.died);
    const DurableEpochs& kept = h.died_with_host ? h.disk.durable() : h.disk.written();
    conf->current_epoch = kept.current_epoch;
    conf->last_vote_epoch = kept.last_vote_epoch;
    NodesConfNode& me = conf->nodes[conf->myself()];
    if (!me.replicaof.has_value()) me.config_epoch = kept.config_epoch;
    offset = h.remains->state().data.repl_offset;
  }
  h.disk.ResetTickets();
  replication_->Restart(node, offset, now());
  Boot(node, conf, false);
  h.remains = nullptr;
  return true;
}

}  // namespace gossamer::sim
