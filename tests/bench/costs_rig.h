// CostsRig: one measured host (measured_host.h) in a cluster whose other members are this program.
//
// The host starts from a nodes.conf of N nodes, opens its links over loopback and sends a PING on
// each, which nobody answers: so it sends no other by itself. Thread safety: the main thread.
// Errors: end the program with a line.
#ifndef GOSSAMER_TESTS_BENCH_COSTS_RIG_H_
#define GOSSAMER_TESTS_BENCH_COSTS_RIG_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/measured_host.h"

namespace gossamer::bench {

// A message as its sender would send it.
struct Frame {
  std::string bytes;
  size_t entries = 0;
  bool answered = false;  // a PING: the node answers
};

class CostsRig {
 public:
  // `senders`: so many of the other nodes can send. They are below `nodes`.
  CostsRig(const ServerProgram& program, size_t nodes, size_t senders);
  ~CostsRig();
  CostsRig(const CostsRig&) = delete;
  CostsRig& operator=(const CostsRig&) = delete;

  size_t nodes() const;
  // Nanoseconds of the host's event loop so far.
  int64_t CpuNanos() const;
  // Nanoseconds that it took to start and to connect to all others.
  int64_t start_nanos() const;

  // From `sender`: a PING or PONG with so many entries, all about nodes that are as everybody knows
  // them, or all suspected; a PUBLISH with a payload of `bytes`.
  Frame Heartbeat(size_t sender, bool ping, size_t entries, bool suspected) const;
  Frame Publish(size_t sender, size_t bytes) const;
  // From any node, a PONG that calls the last `suspects` nodes suspected.
  Frame Suspicions(size_t node, size_t suspects) const;

  // Sends one frame per sender, the n-th from sender n, and waits for the answers. `together`: the
  // loop is held up until all have arrived.
  void Exchange(const std::vector<Frame>& frames, bool together);
  // Opens a connection and leaves it open; no sender uses it.
  void Connect();
  // Sends on the connection that Connect opened last.
  void SendOnNewest(const Frame& frame);
  // Has the host do nothing, and waits for it.
  void Nothing();
  // Has the host carry out CLUSTER SAVECONFIG.
  void Save();
  // Has the host, a server, carry out a Lua script.
  void Script(const std::string& script, const std::vector<std::string>& arguments);
  // A hash tag, with its braces, of which the host has the slot.
  std::string HashTag() const;
  // Bytes of the last answer, and how many gossip entries it had.
  Frame last_answer() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gossamer::bench

#endif  // GOSSAMER_TESTS_BENCH_COSTS_RIG_H_
