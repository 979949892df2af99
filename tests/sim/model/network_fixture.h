// A network with recorded arrivals, for tests that drive it by hand.
#ifndef GOSSAMER_TESTS_SIM_MODEL_NETWORK_FIXTURE_H_
#define GOSSAMER_TESTS_SIM_MODEL_NETWORK_FIXTURE_H_

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/bus/message_pool.h"
#include "sim/engine/event_queue.h"
#include "sim/model/kinds.h"
#include "sim/model/network.h"

namespace gossamer::sim {

// One thing that a process was told.
struct Arrived {
  std::string what;  // message, bad-frame, up, down, queue
  Instant at;
  uint32_t node = 0;
  LinkId link;
  uint64_t number = 0;  // of a message: its current epoch; else error, peer or bytes
};

class RecordingSink : public NetworkSink {
 public:
  explicit RecordingSink(const EventQueue* queue) : queue_(queue) {}

  void OnMessage(uint32_t node, LinkId link, uint32_t, MessageRef message) override {
    Note("message", node, link, message->header.current_epoch.value);
  }
  void OnBadFrame(uint32_t node, LinkId link, FrameError error) override {
    Note("bad-frame", node, link, static_cast<uint64_t>(error));
  }
  void OnLinkUp(uint32_t node, LinkId link, uint32_t peer) override {
    Note("up", node, link, peer);
  }
  void OnLinkDown(uint32_t node, LinkId link, LinkError error) override {
    Note("down", node, link, static_cast<uint64_t>(error));
  }
  void OnRefused(uint32_t node, std::span<const LinkId> links) override {
    ++refusal_calls;
    for (const LinkId link : links) OnLinkDown(node, link, LinkError::kRefused);
  }
  void OnQueue(uint32_t node, LinkId link, uint64_t bytes) override {
    Note("queue", node, link, bytes);
  }
  bool CanAccept(uint32_t) override { return accepts; }

  bool accepts = true;
  int refusal_calls = 0;
  std::vector<Arrived> arrived;

 private:
  void Note(std::string what, uint32_t node, LinkId link, uint64_t number) {
    arrived.push_back({std::move(what), queue_->now(), node, link, number});
  }
  const EventQueue* queue_;
};

class NetworkFixture {
 public:
  static constexpr uint32_t kNodes = 4;
  static constexpr Duration kLatency = Micros(300);

  explicit NetworkFixture(const NetworkOptions& base = NetworkOptions(),
                          Transport transport = Transport::kTyped)
      : queue(kNodes), transport_model(transport, 1, 5, &pool), sink(&queue) {
    NetworkOptions options = base;
    options.nodes = kNodes;
    if (options.latency.zero()) options.latency = Quantiles({{0, kLatency}});
    if (options.between_zones.zero()) options.between_zones = options.latency;
    network = std::make_unique<Network>(options, &queue, &transport_model, &sink);
    sender_ = pool.names().Intern(*NodeName::Parse(std::string(40, 'a')));
    for (uint32_t i = 0; i < kNodes; ++i) {
      network->SetAddress(i, Ip(i), 16379);
      network->SetProcess(i, true);
    }
  }
  ~NetworkFixture() {
    TimedEvent event;
    while (queue.Pop(&event)) network->Discard(event);
  }

  static IpText Ip(uint32_t node) { return IpText::From("10.0.0." + std::to_string(node + 1)); }
  static LinkId Out(uint32_t slot, uint32_t generation = 1) {
    return LinkId::Make(false, slot, generation);
  }

  // A message that carries `number`.
  MessageRef Message(uint64_t number) {
    gossamer::Message* message = pool.Make(MessageType::kMfStart);
    message->header.sender = sender_;
    message->header.current_epoch = {number};
    return pool.Seal(message);
  }
  void Open(uint32_t from, LinkId link, uint32_t to) {
    Endpoint endpoint;
    endpoint.ip = Ip(to);
    endpoint.cport = 16379;
    network->Open(from, link, endpoint, queue.now());
  }
  void Send(uint32_t node, LinkId link, uint64_t number) {
    network->Send(node, link, Message(number), queue.now());
  }
  // Carries out everything up to `until`, which is then the present.
  void RunTo(Instant until) {
    queue.Add(until, kWorldActor, kWorldActor, {.kind = kind::kEnd});
    TimedEvent event;
    while (queue.Pop(&event) && event.kind != kind::kEnd) network->Handle(event);
  }
  void RunFor(Duration length) { RunTo(queue.now() + length); }
  // Connects and forgets what was told. Returns the acceptor's link.
  LinkId Connect(uint32_t from, LinkId link, uint32_t to) {
    Open(from, link, to);
    RunFor(Millis(100));
    LinkId in;
    for (const Arrived& a : sink.arrived) {
      if (a.what == "up" && a.node == to) in = a.link;
    }
    sink.arrived.clear();
    return in;
  }
  std::vector<Arrived> Of(const std::string& what) const {
    std::vector<Arrived> found;
    std::copy_if(sink.arrived.begin(), sink.arrived.end(), std::back_inserter(found),
                 [&](const Arrived& a) { return a.what == what; });
    return found;
  }
  // A fault that blocks packets from the nodes of one list to those of another.
  static LinkFault Block(const std::vector<uint32_t>& first, bool from_first, bool to_first) {
    LinkFault fault;
    fault.side.assign(kNodes, uint16_t{2});
    for (const uint32_t node : first) fault.side[node] = 1;
    fault.from_first = from_first;
    fault.to_first = to_first;
    return fault;
  }

  MessagePool pool;
  EventQueue queue;
  TransportModel transport_model;
  RecordingSink sink;
  std::unique_ptr<Network> network;

 private:
  NodeKey sender_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_TESTS_SIM_MODEL_NETWORK_FIXTURE_H_
