// Hosts: the machines and processes on which the cluster's members run.
//
// A host drives one ClusterNode as a server's event loop does: an input, the end of the turn, the
// effects in order. With free processors each input is a turn of its own; else inputs that arrive
// while the node is busy wait and are one turn, and what a turn sends leaves at its end. All inputs
// of a turn see the instant at which it began. Thread safety: none. Errors: none; what a dead,
// paused or busy node cannot do yet waits or is lost, as in life.
#ifndef GOSSAMER_SIM_MODEL_HOSTS_H_
#define GOSSAMER_SIM_MODEL_HOSTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/cluster/cluster_node.h"
#include "sim/engine/event_queue.h"
#include "sim/engine/trace.h"
#include "sim/model/cpu.h"
#include "sim/model/delay_histogram.h"
#include "sim/model/disk.h"
#include "sim/model/network.h"
#include "sim/model/observer.h"
#include "sim/model/replication.h"
#include "sim/model/run_options.h"

namespace gossamer::sim {

// One thing that an event loop has to handle.
struct HostInput {
  enum class Kind : uint8_t { kTick, kMessage, kBadFrame, kLinkUp, kLinkDown, kQueue, kPersisted };
  Kind kind = Kind::kTick;
  uint8_t code = 0;  // FrameError, LinkError or PersistResult
  uint32_t peer = 0;
  LinkId link;
  Instant arrived;
  uint64_t number = 0;  // bytes queued, or a ticket
  MessageRef message;
};

// What a turn takes, in nanoseconds: first the work, then the writes to links, one by one.
struct TurnCost {
  int64_t work = 0;
  int64_t writes = 0;
};

// A message that may leave only when a write is done.
struct HeldSend {
  Ticket after;
  LinkId link;
  MessageRef message;
};

struct Host {
  std::unique_ptr<ClusterNode> node;  // null while no process runs
  NodeKey key;                        // the name of `node`
  Instant due = kNever;               // its cron, as the node's own clock has it; kNever: not armed
  Instant rested{-1'000'000};         // the end of its last cron
  uint64_t crons = 0;
  Duration mono_offset;  // the node's monotonic clock minus the virtual clock
  Duration wall_offset;  // its wall clock minus the virtual clock, at `drift_since`
  Duration wall_drift;   // what it gains in each second
  Instant drift_since;
  bool paused = false;
  std::vector<uint32_t> paused_by;
  bool lost = false;    // the machine is gone
  bool waking = false;  // a wake event is under way
  bool tick_waiting = false;
  uint32_t accepts_waiting = 0;
  uint32_t incarnation = 0;
  std::vector<HostInput> inbox;
  std::vector<HeldSend> held;
  Disk disk;
  ClusterOptions options;
  Rules rules;
  // The last process's memory and clock at its end, in place of a copy of what its disk holds.
  std::unique_ptr<ClusterNode> remains;
  Now died;
  bool died_with_host = false;
};

// What hosts need of the run that they are part of. All of it outlives them.
struct RunContext {
  EventQueue* queue = nullptr;
  Trace* trace = nullptr;
  HostTables* tables = nullptr;
  const std::vector<Observer*>* observers = nullptr;
  TrafficTotals* traffic = nullptr;
  uint64_t seed = 1;
};

class Hosts : public NetworkSink {
 public:
  Hosts(const RunContext& run, size_t nodes, CpuModel* cpu, ReplicationModel* replication);
  ~Hosts() override;
  // To be called once, before anything runs.
  void Connect(Network* network) { network_ = network; }

  size_t size() const { return hosts_.size(); }
  Host& host(uint32_t node) { return hosts_[node]; }
  const Host& host(uint32_t node) const { return hosts_[node]; }
  Now NowOf(uint32_t node) const;
  Duration WallOffset(uint32_t node) const;
  bool running(uint32_t node) const { return hosts_[node].node != nullptr; }
  bool live(uint32_t node) const { return running(node) && !hosts_[node].paused; }
  const QueueDelay& queue_delay() const { return queue_delay_; }
  // The node whose current name is `key`, or kNobody.
  uint32_t IndexOf(NodeKey key) const {
    return key.value < by_key_.size() ? by_key_[key.value] : kNobody;
  }

  // ---- Processes ----

  // Starts a process from `conf`, or blank without. `quiet`: effects of the start are dropped; the
  // caller sets the state.
  void Boot(uint32_t node, const std::optional<NodesConf>& conf, bool quiet);
  // The caller has set the node's state: takes over its deadline, and its epochs as durable.
  void Adopt(uint32_t node);
  void Kill(uint32_t node);
  void LoseHost(uint32_t node);
  // Stops the process until every fault that paused it is over; `by` tells them apart.
  void Pause(uint32_t node, uint32_t by);
  void Resume(uint32_t node, uint32_t by);
  // An orderly end: everything is saved first.
  void Shutdown(uint32_t node);
  // False when the disk cannot be read. REQUIRES: not running.
  bool Restart(uint32_t node, bool with_disk);

  // ---- What operators do ----

  CommandReply Command(uint32_t node, std::vector<std::string> words);
  void Configure(uint32_t node, const ClusterOptions& options);
  // No fsync ends before `until`, nor before an earlier call's.
  void StallDisk(uint32_t node, Instant until);
  // The wall clock jumps by `offset`, and gains `drift` more in each second from now on.
  void SkewClock(uint32_t node, Duration offset, Duration drift);

  // The timeline begins: what inputs waited from now on is counted apart.
  void NoteDisturbed() { queue_delay_.disturbed = true; }

  // Carries out an event of one of the hosts' kinds.
  void Handle(const TimedEvent& event);

  // ---- NetworkSink ----

  void OnMessage(uint32_t node, LinkId link, uint32_t from, MessageRef message) override;
  void OnBadFrame(uint32_t node, LinkId link, FrameError error) override;
  void OnLinkUp(uint32_t node, LinkId link, uint32_t peer) override;
  void OnLinkDown(uint32_t node, LinkId link, LinkError error) override;
  void OnRefused(uint32_t node, std::span<const LinkId> links) override;
  void OnQueue(uint32_t node, LinkId link, uint64_t bytes) override;
  bool CanAccept(uint32_t node) override;

 private:
  // An event loop that counts from the end of a cron wakes so often, and up to a millisecond late.
  static constexpr Duration kCronPeriod = Millis(100);
  static constexpr uint32_t kWakeSlackUs = 1000;
  // The kernel's queue of connections to accept.
  static constexpr uint32_t kAcceptBacklog = 511;

  Instant now() const { return run_.queue->now(); }
  uint64_t Who(uint32_t node, LinkId link) const { return (uint64_t{node} << 32) | link.value; }

  void TickDue(uint32_t node);
  void TakeOrWait(uint32_t node, HostInput input) {
    TakeOrWait(node, std::span<HostInput>(&input, 1));
  }
  // All of them in one turn.
  void TakeOrWait(uint32_t node, std::span<HostInput> inputs);
  void Wait(uint32_t node, HostInput input, Instant until);
  // A wake event at `at`, the only one of this process.
  void WakeAt(uint32_t node, Instant at);
  void Wake(uint32_t node);
  void Turn(uint32_t node, HostInput* inputs, size_t count);
  void Apply(uint32_t node, Now now, HostInput* input);
  TurnCost CostOf(const Host& host, const HostInput* inputs, size_t count) const;
  int64_t WriteCost(const Message& message) const;
  void Finish(uint32_t node, Instant leave);
  void FinishInTime(uint32_t node, int64_t nanos);
  void Rest(uint32_t node);
  void Execute(uint32_t node, Effect* effect, Instant leave);
  void SendNow(uint32_t node, LinkId link, const MessageRef& message, Instant leave);
  void ReleaseHeld(uint32_t node, bool ok, Ticket failed);
  void Write(uint32_t node, const Disk::Write& write, Instant leave);
  void WriteDone(const TimedEvent& event);
  void SyncDue(uint32_t node, uint64_t attempt);
  void ScheduleSync(uint32_t node, Instant at);
  void StartFollowing(uint32_t node, NodeKey primary, bool full_sync);
  void NoteState(uint32_t node);
  void Rearm(uint32_t node);
  void NoteProcess(uint32_t node, ProcessChange change);
  void Die(uint32_t node, bool with_host);
  DurableEpochs EpochsOf(const ClusterNode& node) const;

  RunContext run_;
  Network* network_ = nullptr;
  CpuModel* cpu_;
  ReplicationModel* replication_;
  std::vector<Host> hosts_;
  std::vector<uint16_t> by_key_;
  Effects effects_;
  std::vector<HostInput> turn_inputs_;
  QueueDelay queue_delay_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_HOSTS_H_
