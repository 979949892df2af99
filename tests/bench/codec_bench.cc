// What a bus message costs: encode, decode, content hash, framing. Times per gossip entry for the
// ping of a 2000-node cluster (200 entries).
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "core/base/rng.h"
#include "core/bus/codec.h"

namespace gossamer {
namespace {

constexpr uint32_t kNodes = 2000;
constexpr uint32_t kEntries = 200;

NodeName RandomName(Rng* rng) {
  NodeName name;
  for (char& c : name.bytes) c = "0123456789abcdef"[rng->Below(16)];
  return name;
}

Endpoint EndpointOf(uint32_t number) {
  Endpoint endpoint;
  endpoint.ip =
      IpText::From("10.0." + std::to_string(number / 250) + "." + std::to_string(number % 250));
  endpoint.port = 6379;
  endpoint.cport = 16379;
  return endpoint;
}

// A host that knows kNodes names, and a ping about kEntries random ones of them.
class PingHost {
 public:
  explicit PingHost(bool canonical) : rng_(1, "bench") {
    for (uint32_t i = 0; i < kNodes; ++i) {
      keys_.push_back(pool_.names().Intern(RandomName(&rng_)));
      if (canonical) pool_.names().OfferEndpoint(keys_.back(), EndpointOf(i));
    }
    SlotSet set;
    set.SetRange({100, 140});
    slots_ = pool_.slot_sets().Intern(set);
    shard_.shard_id = ShardId{};
    shared_ = ExtensionsRef(new SharedExtensions(shard_));
  }

  Message* MakePing() {
    Message* message = pool_.Make(MessageType::kPing);
    message->header.sender = keys_[0];
    message->header.mflags[0] = mflag::kExtData;
    message->header.current_epoch = {12};
    message->header.config_epoch = {11};
    message->header.slots = slots_;
    auto& heartbeat = std::get<Heartbeat>(message->body);
    heartbeat.extensions = shared_;
    for (uint32_t i = 0; i < kEntries; ++i) {
      const auto node = static_cast<size_t>(rng_.Below(kNodes));
      heartbeat.gossip.push_back({keys_[node], flag::kPrimary, 1700000000 + i});
    }
    return message;
  }

  // Different pings, so that neither branches nor caches learn one by heart.
  std::vector<MessageRef> MakePings(size_t count) {
    std::vector<MessageRef> pings;
    for (size_t i = 0; i < count; ++i) pings.push_back(pool_.Seal(MakePing()));
    return pings;
  }

  MessagePool& pool() { return pool_; }

 private:
  Rng rng_;
  MessagePool pool_;
  std::vector<NodeKey> keys_;
  SlotSetRef slots_;
  Extensions shard_;
  ExtensionsRef shared_;
};

std::vector<std::string> EncodeAll(const std::vector<MessageRef>& messages, MessagePool* pool) {
  std::vector<std::string> frames;
  for (const MessageRef& message : messages) {
    Encode(*message, pool->names(), &frames.emplace_back());
  }
  return frames;
}

ByteSpan SpanOf(const std::string& bytes) {
  return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

void PerEntry(benchmark::State& state) {
  state.counters["entry"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kEntries,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void BM_EncodePing(benchmark::State& state) {
  PingHost host(true);
  const std::vector<MessageRef> pings = host.MakePings(16);
  std::string bytes;
  size_t next = 0;
  for (auto _ : state) {
    bytes.clear();
    Encode(*pings[next++ % pings.size()], host.pool().names(), &bytes);
    benchmark::DoNotOptimize(bytes.data());
  }
  PerEntry(state);
}
BENCHMARK(BM_EncodePing);

// Argument: whether the host has canonical endpoints for the names.
void BM_DecodePing(benchmark::State& state) {
  PingHost sender(true);
  const std::vector<std::string> frames = EncodeAll(sender.MakePings(16), &sender.pool());
  PingHost host(state.range(0) != 0);
  size_t next = 0;
  for (auto _ : state) {
    MessageRef message;
    const FrameError error = Decode(SpanOf(frames[next++ % frames.size()]), &host.pool(), &message);
    if (error != FrameError::kNone) state.SkipWithError("refused");
    benchmark::DoNotOptimize(message.get());
  }
  PerEntry(state);
}
BENCHMARK(BM_DecodePing)->Arg(1)->Arg(0);

void BM_HashPing(benchmark::State& state) {
  PingHost host(true);
  const std::vector<MessageRef> pings = host.MakePings(16);
  size_t next = 0;
  for (auto _ : state) {
    uint64_t hash = ContentHash(*pings[next++ % pings.size()], host.pool().names());
    benchmark::DoNotOptimize(hash);
  }
  PerEntry(state);
}
BENCHMARK(BM_HashPing);

void BM_HashHeaderOnly(benchmark::State& state) {
  PingHost host(true);
  const MessageRef message = host.pool().Seal(host.pool().Make(MessageType::kAuthAck));
  for (auto _ : state) {
    uint64_t hash = ContentHash(*message, host.pool().names());
    benchmark::DoNotOptimize(hash);
  }
}
BENCHMARK(BM_HashHeaderOnly);

void BM_MakeSealAndFree(benchmark::State& state) {
  PingHost host(true);
  for (auto _ : state) {
    MessageRef message = host.pool().Seal(host.pool().Make(MessageType::kPing));
    benchmark::DoNotOptimize(message.get());
  }
}
BENCHMARK(BM_MakeSealAndFree);

void BM_DecodeFail(benchmark::State& state) {
  PingHost host(true);
  const std::string frame = [&host] {
    std::string bytes;
    Message* message = host.pool().Make(MessageType::kFail);
    std::get<Fail>(message->body).node = NodeKey{7};
    message->header.sender = NodeKey{1};
    Encode(*host.pool().Seal(message), host.pool().names(), &bytes);
    return bytes;
  }();
  for (auto _ : state) {
    MessageRef message;
    Decode(SpanOf(frame), &host.pool(), &message);
    benchmark::DoNotOptimize(message.get());
  }
}
BENCHMARK(BM_DecodeFail);

// Argument: bytes per read call.
void BM_FramePings(benchmark::State& state) {
  PingHost host(true);
  std::string stream;
  for (const std::string& frame : EncodeAll(host.MakePings(16), &host.pool())) stream += frame;
  const auto piece = static_cast<size_t>(state.range(0));
  FrameReader reader;
  for (auto _ : state) {
    ByteSpan left = SpanOf(stream);
    while (!left.empty()) {
      ByteSpan bytes = left.first(std::min(piece, left.size()));
      left = left.subspan(bytes.size());
      ByteSpan frame;
      do {
        reader.Read(&bytes, &frame);
        benchmark::DoNotOptimize(frame.data());
      } while (!frame.empty());
    }
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * stream.size()));
}
BENCHMARK(BM_FramePings)->Arg(1448)->Arg(65536);

}  // namespace
}  // namespace gossamer
