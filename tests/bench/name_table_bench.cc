// What a name costs. Argument of each: names in the table.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "core/base/rng.h"
#include "core/bus/name_table.h"

namespace gossamer {
namespace {

std::vector<NodeName> RandomNames(size_t count) {
  Rng rng(2, "bench");
  std::vector<NodeName> names(count);
  for (NodeName& name : names) {
    for (char& c : name.bytes) c = "0123456789abcdef"[rng.Below(16)];
  }
  return names;
}

// Names in the order in which gossip brings them: 16 messages of 200 random ones, one behind the
// other in memory.
std::vector<NodeName> Asked(const std::vector<NodeName>& names) {
  Rng rng(3, "bench");
  std::vector<NodeName> asked;
  asked.reserve(3200);
  for (int i = 0; i < 3200; ++i) asked.push_back(names[rng.Below(names.size())]);
  return asked;
}

void BM_Find(benchmark::State& state) {
  NameTable table(4);
  const std::vector<NodeName> names = RandomNames(static_cast<size_t>(state.range(0)));
  for (const NodeName& name : names) table.Intern(name);
  const std::vector<NodeName> asked = Asked(names);
  for (auto _ : state) {
    uint32_t sum = 0;
    for (const NodeName& name : asked) sum += table.Find(name).value;
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * asked.size()));
}
BENCHMARK(BM_Find)->Arg(10)->Arg(200)->Arg(2000)->Arg(16384)->Arg(65535);

void BM_FindUnknown(benchmark::State& state) {
  NameTable table(4);
  const std::vector<NodeName> names = RandomNames(static_cast<size_t>(state.range(0)));
  for (const NodeName& name : names) table.Intern(name);
  std::vector<NodeName> asked = Asked(names);
  for (NodeName& name : asked) name.bytes[0] = 'x';
  for (auto _ : state) {
    uint32_t sum = 0;
    for (const NodeName& name : asked) sum += table.Find(name).value;
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * asked.size()));
}
BENCHMARK(BM_FindUnknown)->Arg(2000);

void BM_InternAndRelease(benchmark::State& state) {
  NameTable table(4);
  const std::vector<NodeName> names = RandomNames(static_cast<size_t>(state.range(0)));
  for (const NodeName& name : names) table.Intern(name);
  const std::vector<NodeName> strangers = RandomNames(static_cast<size_t>(state.range(0)) + 100);
  size_t next = 0;
  for (auto _ : state) {
    table.Release(table.Intern(strangers[strangers.size() - 1 - next++ % 100]));
  }
}
BENCHMARK(BM_InternAndRelease)->Arg(2000);

}  // namespace
}  // namespace gossamer
