// Network: TCP between simulated nodes, as far as a cluster bus can tell it from the real thing.
//
// Every connection is two in-order streams. A message arrives when its last byte does: after the
// node's serialisation delay, one latency draw, and 200 ms x 2^k per loss; never before what was
// sent earlier. Connects take one round trip, are refused where no process listens, and go
// unanswered where the host or the path is gone. A blocked path loses packets: streams stall and go
// on at the next retransmission. A lost host tells nobody; a dead process's kernel does, socket by
// socket. Nagle's algorithm and delayed acknowledgements act on the opener's stream where its
// socket lacks TCP_NODELAY.
//
// SOURCE: architecture section 8. Simplified: one latency draw per message, no congestion control,
// segments as large as messages, losses are repaired by timeout only. Draws depend on (seed, link,
// packet), never on other links. Thread safety: none.
#ifndef GOSSAMER_SIM_MODEL_NETWORK_H_
#define GOSSAMER_SIM_MODEL_NETWORK_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/bus/codec.h"
#include "core/bus/message.h"
#include "core/cluster/cluster_node.h"
#include "sim/engine/event_queue.h"
#include "sim/engine/quantiles.h"
#include "sim/model/backlog.h"
#include "sim/model/connection_table.h"
#include "sim/model/link_faults.h"
#include "sim/model/network_tap.h"
#include "sim/model/refusals.h"
#include "sim/model/transport.h"

namespace gossamer::sim {

// Who is told what arrives. Calls are made at the instant of arrival; none may call back into the
// network's Handle.
class NetworkSink {
 public:
  virtual ~NetworkSink() = default;
  virtual void OnMessage(uint32_t node, LinkId link, uint32_t from, MessageRef message) = 0;
  virtual void OnBadFrame(uint32_t node, LinkId link, FrameError error) = 0;
  virtual void OnLinkUp(uint32_t node, LinkId link, uint32_t peer) = 0;
  virtual void OnLinkDown(uint32_t node, LinkId link, LinkError error) = 0;
  // As OnLinkDown with kRefused for each of `links`.
  virtual void OnRefused(uint32_t node, std::span<const LinkId> links) = 0;
  // The process has `bytes` queued on `link` beyond what its kernel takes.
  virtual void OnQueue(uint32_t node, LinkId link, uint64_t bytes) = 0;
  // Room in the queue of connections to accept.
  virtual bool CanAccept(uint32_t node) = 0;
};

struct NetworkOptions {
  uint64_t seed = 1;
  size_t nodes = 0;
  std::vector<uint16_t> zone;  // by node; empty: one zone
  Quantiles latency;           // one way, within a zone
  Quantiles between_zones;
  uint32_t loss_ppm = 0;
  uint64_t bytes_per_s = 0;   // what one node can send, 0: no limit
  Duration keepalive;         // after this silence an acceptor finds a dead connection dead
  NetworkTap* tap = nullptr;  // is shown what arrives
};

class Network {
 public:
  // Bytes that the kernels of both ends take before the process has to queue.
  static constexpr uint64_t kKernelBytes = 1u << 20;

  Network(const NetworkOptions& options, EventQueue* queue, TransportModel* transport,
          NetworkSink* sink);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // ---- Hosts and processes ----

  // The bus listens at (ip, cport). An older address of the node is gone.
  void SetAddress(uint32_t node, const IpText& ip, uint16_t cport);
  const IpText& ip(uint32_t node) const { return address_[node].ip; }
  // A process runs and listens. Without one, connects are refused.
  void SetProcess(uint32_t node, bool up) {
    process_up_[node] = up;
    listens_until_[node] = {};
  }
  void SetNodelay(uint32_t node, bool nodelay) { nodelay_[node] = nodelay; }
  // The process died: its kernel closes its connections, `nanos_each` for one, and the listener
  // after them: who connects before that reaches nobody.
  // SOURCE: Linux runs the delayed closes of an exit from the last file to the first; a server
  // opens its listener first. DEVIATION: the connections' order is drawn at random, as nothing
  // here knows which of a node's is the oldest.
  void CloseAll(uint32_t node, int64_t nanos_each = 0);
  // The host is gone, with its kernel; nobody is told. SetHostUp brings up a new kernel that knows
  // no connection.
  void LoseHost(uint32_t node);
  void SetHostUp(uint32_t node) { host_up_[node] = true; }
  bool host_up(uint32_t node) const { return host_up_[node] != 0; }
  // Packets get from one to the other and back.
  bool Reachable(uint32_t a, uint32_t b) const { return Passes(a, b) && Passes(b, a); }

  // ---- Sockets, as a node's process uses them. What is sent leaves at `leave`, which is not
  // before now. ----

  void Open(uint32_t node, LinkId link, const Endpoint& address, Instant leave);
  void Send(uint32_t node, LinkId link, const MessageRef& message, Instant leave);
  void Close(uint32_t node, LinkId link, Instant leave);
  // The node at the other end, or kNobody.
  uint32_t PeerOf(uint32_t node, LinkId link) const;

  // ---- Faults ----

  uint32_t AddFault(LinkFault fault);
  void RemoveFault(uint32_t number) { faults_.Remove(number); }
  // What is open now between the fault's sides carries nothing any more; new connections do.
  // Returns a number by which to end it; what another one holds stays silent then.
  uint32_t Blackhole(const LinkFault& fault);
  void EndBlackhole(uint32_t number);
  // Resets every connection between `node` and nodes for which `other` says yes.
  void ResetConnections(uint32_t node, const std::function<bool(uint32_t)>& other);

  // ---- Starts ----

  void Reserve(size_t connections, size_t links) { table_.Reserve(connections, links); }
  // A connection that has been there for long.
  void AddEstablished(uint32_t opener, LinkId out, uint32_t acceptor, LinkId in);

  // Carries out an event of one of the network's kinds.
  void Handle(const TimedEvent& event);
  // Gives back what an event that never happens owns.
  void Discard(const TimedEvent& event);

  const ConnectionTable& connections() const { return table_; }
  uint64_t connects() const { return connects_; }
  size_t memory_bytes() const {
    return table_.memory_bytes() + backlogs_.memory_bytes() + refusals_.memory_bytes();
  }

 private:
  struct Address {
    IpText ip;
    uint16_t cport = 0;
  };

  // A connection in a blackhole, by its row and its opener's link, as rows are used again.
  struct Silenced {
    uint32_t index = 0;
    uint32_t link = 0;
    uint16_t bits = 0;
  };

  // A socket listens on `node` at `at`, be it a dead process's.
  bool Listens(uint32_t node, Instant at) const {
    return process_up_[node] != 0 || at < listens_until_[node];
  }
  bool Passes(uint32_t from, uint32_t to) const {
    return host_up_[from] != 0 && host_up_[to] != 0 &&
           !(faults_.any() && faults_.Blocked(from, to));
  }
  static uint64_t AddressHash(const IpText& ip, uint16_t cport);
  uint32_t NodeAt(const Endpoint& endpoint) const;
  // The draw for the first packet of a new connection, and for the next one of `end`.
  uint64_t FirstDraw(uint32_t opener, uint32_t acceptor, Instant leave) const;
  uint64_t NextDraw(uint32_t index, int end, Instant leave);
  Duration Latency(uint32_t from, uint32_t to, uint64_t bits) const;
  Duration LossDelay(uint32_t ppm, uint64_t bits) const;
  Instant MarkOf(const Connection& row, int end) const;
  // When a node of limited bandwidth has sent `bytes` that it has at `leave`, behind all before.
  Instant LastByteLeaves(uint32_t node, uint64_t bytes, Instant leave);
  // The instant at which a packet of `bytes` that leaves then arrives, in order.
  Instant Arrival(uint32_t index, int end, uint64_t bytes, Instant leave, uint64_t bits,
                  const PathEffect& effect);
  // Tells the tap of a packet that `end` sent. REQUIRES: there is a tap, and the packet's peer.
  void Show(PacketKind kind, uint32_t index, int end, Instant at);
  void ShowMessage(const TimedEvent& event, bool taken);
  NetworkPacket PacketOf(PacketKind kind, uint32_t index, int end) const;
  NetworkPacket PacketOf(PacketKind kind, uint32_t node, const Refusal& refusal) const;
  void Push(uint8_t kind, uint32_t index, int end, Instant at, uint64_t data = 0, uint8_t flags = 0,
            uint16_t extra = 0);

  void SendHeldBack(uint32_t index, int end, const MessageRef& message, Instant leave);
  void Transmit(uint32_t index, int end, const MessageRef& message, Instant leave);
  void Deliver(uint32_t index, int end, const MessageRef& message, Instant leave);
  void SendFin(uint32_t index, int end, bool reset, Instant leave);
  void Append(uint32_t index, int end, Backlog* backlog, const MessageRef& message);
  void Stall(uint32_t index, int end, const MessageRef& message, Instant leave);
  void Retransmit(const TimedEvent& event);
  void GiveUp(uint32_t index, int end);
  void Flush(uint32_t index, int end, Instant leave);
  Instant AckTime(uint32_t index) const;
  void OnAck(uint32_t index);

  bool Refuses(uint32_t node, LinkId link, uint32_t peer, Instant leave);
  void RefusalsArrive(uint32_t node);
  bool SynIsLost(const PathEffect& effect, uint64_t bits) const;
  void SendSyn(uint32_t index, uint32_t tries, Instant leave);
  void RetrySyn(uint32_t index, uint32_t tries, Instant from);
  void SynArrives(const TimedEvent& event);
  void SynReplyArrives(const TimedEvent& event);
  void AcceptArrives(const TimedEvent& event);
  void SynRetryDue(const TimedEvent& event);

  void MessageArrives(const TimedEvent& event);
  void FinArrives(const TimedEvent& event);
  // The kernel of `to` answers a packet on a connection that it does not know, or closes one that
  // no process has taken.
  void AnswerReset(uint32_t index, int to, Instant leave);
  void LinkDown(uint32_t index, int end, LinkError error);
  void DropBacklog(uint32_t index, int end);
  void ReapIfDone(uint32_t index);
  void Reap(uint32_t index);
  void KeepaliveDue(const TimedEvent& event);
  void Sweep(uint64_t fault);

  NetworkOptions options_;
  EventQueue* queue_;
  TransportModel* transport_;
  NetworkSink* sink_;
  ConnectionTable table_;
  BacklogTable backlogs_;
  Refusals refusals_;
  std::vector<Refusal> arrived_;       // scratch of RefusalsArrive
  std::vector<LinkId> refused_links_;  // likewise
  LinkFaults faults_;
  std::map<uint32_t, std::vector<Silenced>> blackholes_;  // in force, by number
  uint32_t blackhole_numbers_ = 0;
  std::vector<uint8_t> host_up_;
  std::vector<uint8_t> process_up_;
  std::vector<Instant> listens_until_;  // by node whose process has died
  std::vector<uint8_t> nodelay_;
  std::vector<Address> address_;
  // By node, with a bandwidth. A microsecond would be too coarse: 15 Gbit/s send a FAIL in 1.2.
  std::vector<int64_t> sending_until_ns_;
  absl::flat_hash_map<uint64_t, uint32_t> by_address_;  // looked up only
  uint64_t connects_ = 0;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_NETWORK_H_
