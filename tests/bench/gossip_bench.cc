// Cost of gossip: choosing and building a heartbeat's entries, and applying them, in a table of N
// nodes.
//
// One iteration is one message; the counter "entry" is the time per gossip entry. Receivers take
// turns, so that their tables are not in the first-level cache.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "core/cluster/gossip.h"
#include "core/cluster/state.h"

namespace gossamer {
namespace {

constexpr MonoMs kStartMs = 1000000;

NodeName NameOf(uint64_t i) {
  Rng rng(i, "bench-node");
  NodeName name;
  for (char& c : name.bytes) c = "0123456789abcdef"[rng.Below(16)];
  return name;
}

// `observers` members that all know the same `nodes` nodes, answered at random times within T / 2.
class Members {
 public:
  Members(int nodes, int observers, GossipSampling sampling) {
    Rules rules = *FindRules("gossamer");
    rules.sampling = sampling;
    Rng rng(1, "pong");
    std::vector<NodeKey> keys;
    for (int i = 0; i < nodes; ++i) keys.push_back(tables_.pool.names().Intern(NameOf(i)));
    for (int o = 0; o < observers; ++o) {
      members_.push_back(
          std::make_unique<State>(ClusterOptions{}, rules, &tables_, 1, o, kStartMs));
      State& s = *members_.back();
      for (int i = 0; i < nodes; ++i) {
        PeerFacts facts;
        facts.slots = tables_.pool.slot_sets().empty();
        facts.address.endpoint.ip = IpText::From("10.0.0." + std::to_string(i));
        s.peers.Add(keys[i], facts, flag::kPrimary, kStartMs);
        s.peers.SetPong(keys[i], kStartMs - rng.Between(0, 7500));
        s.peers.SetOutLink(keys[i], LinkId::Make(false, static_cast<uint32_t>(i), 0), kStartMs);
        s.peers.SetInLink(keys[i], LinkId::Make(true, static_cast<uint32_t>(i), 0));
      }
      s.myself = keys[o];
      s.peers.SetMyself(keys[o]);
    }
  }
  ~Members() { members_.clear(); }

  State& at(size_t i) { return *members_[i % members_.size()]; }
  MessagePool& pool() { return tables_.pool; }

 private:
  HostTables tables_;
  std::vector<std::unique_ptr<State>> members_;
};

Now At(int64_t ms) { return {Instant{ms * 1000}, WallTime{(1767225600000 + ms) * 1000}}; }

void BM_BuildAndApply(benchmark::State& bench) {
  const auto sampling = static_cast<GossipSampling>(bench.range(1));
  Members members(static_cast<int>(bench.range(0)), 64, sampling);
  Effects effects;
  size_t i = 0;
  uint64_t entries = 0;
  for (auto _ : bench) {
    Turn sender(members.at(i), At(kStartMs + static_cast<int64_t>(i / 64)), &effects);
    Turn receiver(members.at(i * 7 + 1), sender.now, &effects);
    ++i;
    Message* message = members.pool().Make(MessageType::kPing);
    SelectGossip(sender, receiver.s.myself, &std::get<Heartbeat>(message->body));
    message->header.sender = sender.s.myself;
    const MessageRef sealed = members.pool().Seal(message);
    const auto& heartbeat = std::get<Heartbeat>(sealed->body);
    ApplyGossip(receiver, sender.s.myself, heartbeat);
    entries += heartbeat.gossip.size();
  }
  bench.counters["entry"] = benchmark::Counter(
      static_cast<double>(entries), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_BuildAndApply)->ArgsProduct({{100, 2000}, {0, 1, 2}})->ArgNames({"nodes", "sampling"});

void BM_IdleCron(benchmark::State& bench) {
  Members members(static_cast<int>(bench.range(0)), 64, GossipSampling::kShuffledRing);
  std::vector<NodeKey> rows;
  size_t i = 0;
  for (auto _ : bench) {
    members.at(i).peers.CollectCronRows(kStartMs + 1, 7500, &rows);
    benchmark::DoNotOptimize(rows.data());
    ++i;
  }
}
BENCHMARK(BM_IdleCron)->Arg(100)->Arg(2000);

}  // namespace
}  // namespace gossamer
