#include "sim/model/hosts.h"

#include <algorithm>

#include "core/base/check.h"
#include "sim/engine/draw.h"
#include "sim/model/kinds.h"
#include "sim/model/report_walk.h"

namespace gossamer::sim {
namespace {

int64_t BytesCost(const CpuCosts& c, const Message& message) {
  return static_cast<int64_t>(message.encoded_length) * c.byte_pico / 1000;
}

// Of a message's gossip entries.
int64_t EntriesCost(const CpuCosts& c, const Message& message) {
  const auto* heartbeat = std::get_if<Heartbeat>(&message.body);
  if (heartbeat == nullptr) return 0;
  const int64_t nanos = static_cast<int64_t>(heartbeat->gossip.size()) * c.entry;
  if (c.report == 0) return nanos;
  const auto reports = std::count_if(
      heartbeat->gossip.begin(), heartbeat->gossip.end(),
      [](const GossipEntry& e) { return (e.flags & (flag::kPfail | flag::kFail)) != 0; });
  return nanos + reports * c.report;
}

}  // namespace

Hosts::Hosts(const RunContext& run, size_t nodes, CpuModel* cpu, ReplicationModel* replication)
    : run_(run), cpu_(cpu), replication_(replication), hosts_(nodes) {}

Hosts::~Hosts() = default;

Now Hosts::NowOf(uint32_t node) const {
  const Host& h = hosts_[node];
  return {now() + h.mono_offset, WallTime{(now() + WallOffset(node)).us}};
}

Duration Hosts::WallOffset(uint32_t node) const {
  const Host& h = hosts_[node];
  if (h.wall_drift.us == 0) return h.wall_offset;
  const int64_t drifted_us = (now() - h.drift_since).us / 1'000'000 * h.wall_drift.us +
                             (now() - h.drift_since).us % 1'000'000 * h.wall_drift.us / 1'000'000;
  return h.wall_offset + Micros(drifted_us);
}

void Hosts::SkewClock(uint32_t node, Duration offset, Duration drift) {
  Host& h = hosts_[node];
  h.wall_offset = WallOffset(node) + offset;
  h.wall_drift += drift;
  h.drift_since = now();
}

DurableEpochs Hosts::EpochsOf(const ClusterNode& node) const {
  const State& s = node.state();
  return {s.current_epoch, s.last_vote_epoch, s.peers.facts(s.myself).config_epoch};
}

// ---- Arrivals ----

void Hosts::OnMessage(uint32_t node, LinkId link, uint32_t from, MessageRef message) {
  run_.trace->Record(TraceTag::kDelivery, now(), Who(node, link), message->content_hash);
  TrafficTotals& traffic = *run_.traffic;
  const size_t type = std::min(static_cast<size_t>(message->type), kMessageTypes);
  ++traffic.messages[type];
  traffic.bytes[type] += message->encoded_length;
  if (const auto* heartbeat = std::get_if<Heartbeat>(&message->body)) {
    traffic.entries[type] += heartbeat->gossip.size();
  }
  HostInput input;
  input.kind = HostInput::Kind::kMessage;
  input.peer = from;
  input.link = link;
  input.message = std::move(message);
  TakeOrWait(node, std::move(input));
}

void Hosts::OnBadFrame(uint32_t node, LinkId link, FrameError error) {
  run_.trace->Record(TraceTag::kBadFrame, now(), Who(node, link), static_cast<uint64_t>(error));
  HostInput input;
  input.kind = HostInput::Kind::kBadFrame;
  input.code = static_cast<uint8_t>(error);
  input.link = link;
  TakeOrWait(node, std::move(input));
}

void Hosts::OnLinkUp(uint32_t node, LinkId link, uint32_t peer) {
  run_.trace->Record(TraceTag::kLinkUp, now(), Who(node, link), peer);
  if (link.inbound()) ++hosts_[node].accepts_waiting;
  HostInput input;
  input.kind = HostInput::Kind::kLinkUp;
  input.peer = peer;
  input.link = link;
  TakeOrWait(node, std::move(input));
}

void Hosts::OnLinkDown(uint32_t node, LinkId link, LinkError error) {
  run_.trace->Record(TraceTag::kLinkDown, now(), Who(node, link), static_cast<uint64_t>(error));
  HostInput input;
  input.kind = HostInput::Kind::kLinkDown;
  input.code = static_cast<uint8_t>(error);
  input.link = link;
  TakeOrWait(node, std::move(input));
}

// One turn for all, as an event loop finds them together.
void Hosts::OnRefused(uint32_t node, std::span<const LinkId> links) {
  std::vector<HostInput> inputs;
  inputs.swap(turn_inputs_);
  inputs.clear();
  for (const LinkId link : links) {
    run_.trace->Record(TraceTag::kLinkDown, now(), Who(node, link),
                       static_cast<uint64_t>(LinkError::kRefused));
    HostInput& input = inputs.emplace_back();
    input.kind = HostInput::Kind::kLinkDown;
    input.code = static_cast<uint8_t>(LinkError::kRefused);
    input.link = link;
  }
  TakeOrWait(node, inputs);
  inputs.clear();
  turn_inputs_.swap(inputs);
}

// Told in the middle of a turn: the node hears of it in the next one.
void Hosts::OnQueue(uint32_t node, LinkId link, uint64_t bytes) {
  const uint64_t shown = std::min<uint64_t>(bytes, UINT32_MAX);
  run_.queue->Add(now(), node, node,
                  {.data = (shown << 32) | link.value, .index = node, .kind = kind::kQueueNote});
}

bool Hosts::CanAccept(uint32_t node) { return hosts_[node].accepts_waiting < kAcceptBacklog; }

void Hosts::TickDue(uint32_t node) {
  Host& h = hosts_[node];
  h.due = kNever;
  if (h.node == nullptr || h.tick_waiting) return;
  TakeOrWait(node, HostInput{});
}

void Hosts::Handle(const TimedEvent& event) {
  const uint32_t node = event.index;
  switch (event.kind) {
    case kind::kTick:
      return TickDue(node);
    case kind::kWake:
      if (event.data != hosts_[node].incarnation) return;  // of a process that died
      hosts_[node].waking = false;
      return Wake(node);
    case kind::kPersisted:
      return WriteDone(event);
    case kind::kQueueNote: {
      if (hosts_[node].node == nullptr) return;
      HostInput input;
      input.kind = HostInput::Kind::kQueue;
      input.link = LinkId{static_cast<uint32_t>(event.data)};
      input.number = event.data >> 32;
      return TakeOrWait(node, std::move(input));
    }
    case kind::kSync:
      return SyncDue(node, event.data);
    default:
      GOSSAMER_CHECK(false);
  }
}

// ---- Turns ----

void Hosts::TakeOrWait(uint32_t node, std::span<HostInput> inputs) {
  Host& h = hosts_[node];
  if (h.node == nullptr) return;
  for (HostInput& input : inputs) input.arrived = now();
  const Instant ready = h.paused ? kNever : cpu_->Ready(node, now());
  if (ready > now() || !h.inbox.empty()) {
    for (HostInput& input : inputs) Wait(node, std::move(input), ready);
    return;
  }
  Turn(node, inputs.data(), inputs.size());
}

void Hosts::Wait(uint32_t node, HostInput input, Instant until) {
  Host& h = hosts_[node];
  if (input.kind == HostInput::Kind::kTick) h.tick_waiting = true;
  h.inbox.push_back(std::move(input));
  if (h.waking || until == kNever) return;
  WakeAt(node, until);
}

void Hosts::WakeAt(uint32_t node, Instant at) {
  Host& h = hosts_[node];
  h.waking = true;
  run_.queue->Add(at, node, node, {.data = h.incarnation, .index = node, .kind = kind::kWake});
}

// The processor may be free: everything that waits is one turn, as far as the accept limit goes.
void Hosts::Wake(uint32_t node) {
  Host& h = hosts_[node];
  if (h.node == nullptr || h.paused || h.waking || h.inbox.empty()) return;
  const Instant ready = cpu_->Ready(node, now());
  if (ready > now()) {
    WakeAt(node, ready);
    return;
  }
  turn_inputs_.clear();
  const int most_accepts = std::max(h.rules.max_accepts_per_cycle, 1);
  int accepts = 0;
  size_t taken = 0;
  for (HostInput& input : h.inbox) {
    const bool accept = input.kind == HostInput::Kind::kLinkUp && input.link.inbound();
    if (accept && accepts == most_accepts) break;
    accepts += accept ? 1 : 0;
    turn_inputs_.push_back(std::move(input));
    ++taken;
  }
  h.inbox.erase(h.inbox.begin(), h.inbox.begin() + static_cast<std::ptrdiff_t>(taken));
  std::vector<HostInput> inputs;
  inputs.swap(turn_inputs_);
  Turn(node, inputs.data(), inputs.size());
  inputs.clear();
  turn_inputs_.swap(inputs);
  if (h.inbox.empty() || h.waking || h.node == nullptr) return;
  WakeAt(node, cpu_->Ready(node, now()));
}

void Hosts::Turn(uint32_t node, HostInput* inputs, size_t count) {
  Host& h = hosts_[node];
  const Now at = NowOf(node);
  effects_.Clear();
  DataFacts facts = replication_->Facts(node, now());
  facts.data_fresh = facts.data_fresh + h.mono_offset;
  h.node->OnData(facts);
  for (size_t i = 0; i < count; ++i) Apply(node, at, &inputs[i]);
  h.node->EndBatch(at, &effects_);
  const bool free = cpu_->Free(node);
  const TurnCost cost = free ? TurnCost{} : CostOf(h, inputs, count);
  const Instant worked = now() + cpu_->Time(node, cost.work);
  for (size_t i = 0; i < count; ++i) {
    if (inputs[i].kind == HostInput::Kind::kTick) h.rested = worked;
    if (!free) queue_delay_.now().Add(now() - inputs[i].arrived);
  }
  if (free) {
    Finish(node, now());
  } else {
    cpu_->Run(node, now(), cost.work + cost.writes);
    FinishInTime(node, cost.work);
  }
}

void Hosts::Apply(uint32_t node, Now at, HostInput* input) {
  Host& h = hosts_[node];
  switch (input->kind) {
    case HostInput::Kind::kTick:
      h.tick_waiting = false;
      ++h.crons;
      h.node->Tick(at, &effects_);
      if (replication_->TakeRetry(node)) ScheduleSync(node, now());
      return;
    case HostInput::Kind::kMessage: {
      const LinkPeer peer{network_->ip(input->peer), network_->ip(node)};
      h.node->OnMessage(at, input->link, peer, input->message, &effects_);
      return;
    }
    case HostInput::Kind::kBadFrame:
      h.node->OnBadFrame(at, input->link, static_cast<FrameError>(input->code), &effects_);
      return;
    case HostInput::Kind::kLinkUp: {
      if (input->link.inbound()) --h.accepts_waiting;
      const LinkPeer peer{network_->ip(input->peer), network_->ip(node)};
      h.node->OnLinkUp(at, input->link, peer, &effects_);
      return;
    }
    case HostInput::Kind::kLinkDown:
      h.node->OnLinkDown(at, input->link, static_cast<LinkError>(input->code), &effects_);
      return;
    case HostInput::Kind::kQueue:
      h.node->OnQueue(at, input->link, input->number, &effects_);
      return;
    case HostInput::Kind::kPersisted: {
      const auto result = static_cast<PersistResult>(input->code);
      h.node->OnPersisted(at, Ticket{input->number}, result, &effects_);
      ReleaseHeld(node, result == PersistResult::kDone, Ticket{input->number});
      return;
    }
  }
}

// An event loop works off what there is, saves, and then writes link by link.
TurnCost Hosts::CostOf(const Host& h, const HostInput* inputs, size_t count) const {
  const CpuCosts& c = cpu_->costs();
  int64_t work = c.turn;
  int64_t writes = 0;
  int64_t walks = 0;
  int64_t disk = 0;
  const State& state = h.node->state();
  const auto peers = static_cast<int64_t>(state.peers.size());
  const ReportStore store = state.rules.report_store;
  const int64_t walk_pico = store == ReportStore::kMillis ? c.report_list_pico : c.report_tree_pico;
  for (size_t i = 0; i < count; ++i) {
    if (inputs[i].kind == HostInput::Kind::kMessage) {
      const Message& message = *inputs[i].message;
      work += c.receive + BytesCost(c, message) + EntriesCost(c, message);
      if (walk_pico != 0) {
        const int64_t walked = ReportsWalked(store, state.reports, state.peers, message);
        walks += walked * walk_pico / 1000;
      }
    }
    if (inputs[i].kind == HostInput::Kind::kTick) work += c.cron + c.cron_peer * peers;
    if (inputs[i].kind == HostInput::Kind::kLinkUp) work += c.accept;
  }
  const Message* last = nullptr;
  for (const Effect& effect : effects_.list()) {
    if (const auto* send = std::get_if<Send>(&effect)) {
      // Building is paid once for a broadcast, writing for every link.
      if (send->message.get() != last) work += EntriesCost(c, *send->message);
      last = send->message.get();
      writes += WriteCost(*last);
    } else if (std::holds_alternative<Open>(effect)) {
      work += c.connect;
    } else if (const auto* persist = std::get_if<Persist>(&effect)) {
      work += c.save + c.save_peer * peers;
      if (!persist->fsync) continue;
      work += c.sync;
      if (c.sync_blocks != 0) disk += h.disk.SyncTime(now()).us * 1000;
    }
  }
  return {cpu_->Scaled(work) + cpu_->MemoryScaled(walks) + disk, cpu_->Scaled(writes)};
}

int64_t Hosts::WriteCost(const Message& message) const {
  return cpu_->costs().send + BytesCost(cpu_->costs(), message);
}

void Hosts::Finish(uint32_t node, Instant leave) {
  for (Effect& effect : effects_.list()) Execute(node, &effect, leave);
  Rest(node);
}

// As Finish; `nanos` after now each write begins when the one before has ended.
void Hosts::FinishInTime(uint32_t node, int64_t nanos) {
  for (Effect& effect : effects_.list()) {
    if (const auto* send = std::get_if<Send>(&effect)) {
      nanos += cpu_->Scaled(WriteCost(*send->message));
    }
    Execute(node, &effect, now() + cpu_->Time(node, nanos));
  }
  Rest(node);
}

// All effects are carried out.
void Hosts::Rest(uint32_t node) {
  effects_.Clear();
  NoteState(node);
  Rearm(node);
}

// Sets the timer of the node's cron if it is not set for what the node wants.
void Hosts::Rearm(uint32_t node) {
  Host& h = hosts_[node];
  const Instant due = h.node->NextDeadline();
  if (due == h.due || h.tick_waiting) return;
  h.due = due;
  Instant at = due - h.mono_offset;
  if (h.rules.cron_drifts) {
    const uint64_t bits = DrawAt(run_.seed, node, h.crons);
    const Duration slack = Micros(Scale(static_cast<uint32_t>(bits), kWakeSlackUs));
    at = std::max(at, h.rested + kCronPeriod) + slack;
  }
  run_.queue->Arm(node, at);
}

// What others ask for of the node's state: whether it serves slots, and its name.
void Hosts::NoteState(uint32_t node) {
  Host& h = hosts_[node];
  if (replication_->written()) {
    replication_->SetServing(node, h.node->state().i_am_voting(), now());
  }
  const NodeKey key = h.node->state().myself;
  if (key == h.key) return;
  if (h.key.valid() && by_key_[h.key.value] == node) by_key_[h.key.value] = kNobody;
  h.key = key;
  if (key.value >= by_key_.size()) by_key_.resize(size_t{key.value} + 1, kNobody);
  by_key_[key.value] = static_cast<uint16_t>(node);
}

// ---- Operators ----

CommandReply Hosts::Command(uint32_t node, std::vector<std::string> words) {
  Host& h = hosts_[node];
  if (!live(node)) return CommandReply::Error("the node does not answer");
  effects_.Clear();
  uint64_t hash = 0;
  for (const std::string& word : words) hash = HashText(word, hash);
  run_.trace->Record(TraceTag::kCommand, now(), node, hash);
  DataFacts facts = replication_->Facts(node, now());
  facts.data_fresh = facts.data_fresh + h.mono_offset;
  h.node->OnData(facts);
  ClusterCommand command;
  command.words = std::move(words);
  const CommandReply reply = h.node->OnCommand(NowOf(node), command, {}, &effects_);
  h.node->EndBatch(NowOf(node), &effects_);
  Finish(node, now());
  return reply;
}

void Hosts::Configure(uint32_t node, const ClusterOptions& options) {
  Host& h = hosts_[node];
  h.options = options;
  if (h.node == nullptr) return;
  effects_.Clear();
  h.node->OnConfig(NowOf(node), options, &effects_);
  h.node->EndBatch(NowOf(node), &effects_);
  Finish(node, now());
}

}  // namespace gossamer::sim
