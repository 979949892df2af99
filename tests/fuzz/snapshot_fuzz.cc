// Snapshots: whatever the bytes, a node that lives on without contradicting itself, or a refusal.
// The input is a snapshot, or changes of one: after a byte of choice, triples of where and what.
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/bus/codec.h"
#include "core/cluster/consistency.h"
#include "core/cluster/snapshot.h"
#include "tests/core/cluster/twin_cluster.h"

namespace gossamer {
namespace {

constexpr int kTicks = 40;

// Member 0 of a cluster of six, one of them dead, and what it is sent.
struct Base {
  Rules rules = *FindRules("gossamer");
  TwinCluster cluster{6, rules};
  std::string bytes;

  Base() {
    cluster.Form([] {});
    cluster.Kill(5);
    cluster.Run(Millis(1500));
    bytes = Snapshot(cluster.node(0));
  }
};

const Base& TheBase() {
  static const Base* base = new Base;
  return *base;
}

// Answers what a node wants of its host: nobody is reachable.
class BareHost {
 public:
  explicit BareHost(OneNodeHost* host) : host_(host) {}

  void Live(const Base& base, const LinkPeer& peer) {
    Now now = base.cluster.now();
    for (const auto& [link, frame] : base.cluster.heard()) {
      MessageRef message;
      if (Decode(SpanOf(frame), &host_->tables.pool, &message) != FrameError::kNone) continue;
      host_->node->OnMessage(now, link, peer, message, &effects_);
      Settle(now);
    }
    for (int i = 0; i < kTicks; ++i) {
      now = {now.mono + Millis(100), now.wall + Millis(100)};
      host_->node->Tick(now, &effects_);
      Settle(now);
    }
  }

 private:
  void Settle(Now now) {
    host_->node->EndBatch(now, &effects_);
    std::vector<LinkId> opened;
    for (const Effect& effect : effects_.list()) {
      if (const auto* open = std::get_if<Open>(&effect)) opened.push_back(open->link);
    }
    effects_.Clear();
    for (const LinkId link : opened) {
      host_->node->OnLinkDown(now, link, LinkError::kRefused, &effects_);
    }
    host_->node->EndBatch(now, &effects_);
    effects_.Clear();
  }

  OneNodeHost* host_;
  Effects effects_;
};

std::string Changed(const uint8_t* data, size_t size) {
  std::string bytes = TheBase().bytes;
  for (size_t at = 0; at + 3 <= size; at += 3) {
    const size_t where = (size_t{data[at]} << 8 | data[at + 1]) % bytes.size();
    bytes[where] = static_cast<char>(data[at + 2]);
  }
  return bytes;
}

void Run(const uint8_t* data, size_t size) {
  const Base& base = TheBase();
  const bool raw = size > 0 && (data[0] & 7) == 7;
  const std::string bytes = size == 0 ? base.bytes
                            : raw ? std::string(reinterpret_cast<const char*>(data + 1), size - 1)
                                  : Changed(data + 1, size - 1);
  OneNodeHost host;
  host.node = RestoreNode(SpanOf(bytes), base.cluster.OptionsOf(0), base.rules, &host.tables);
  GOSSAMER_CHECK(host.node != nullptr || size > 0);
  if (host.node == nullptr) return;
  BareHost(&host).Live(base, {IpText::From("10.0.0.2"), IpText::From("10.0.0.1")});
  GOSSAMER_CHECK(CheckConsistency(host.node->state()).empty());
}

}  // namespace
}  // namespace gossamer

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gossamer::Run(data, size);
  return 0;
}
