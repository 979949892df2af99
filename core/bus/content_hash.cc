// The content hash of messages.
//
// It is made once per message and covers up to hundreds of gossip entries, so it sums products that
// do not wait for one another. The hash of a name stands for the name and the hash of an endpoint
// for the endpoint, wherever the host keeps them.
#include <cstring>

#include "core/base/hash.h"
#include "core/bus/message_pool.h"

namespace gossamer {
namespace {

uint64_t Word(const void* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

// The hash of name and endpoint plus the entry's other bytes; gossip_hashes() explains the sum.
uint64_t EntryWord(const GossipEntry& entry, const uint64_t* hashes) {
  return Word(&entry) + hashes[entry.node.value];
}

// The words of two entries make one product: half the multiplications. Not inlined, because g++ 12
// then runs out of registers and sends every product through memory.
[[gnu::noinline]] ProductSum AddShortEntries(const GossipEntries& entries, const uint64_t* hashes,
                                             ProductSum sum) {
  const GossipEntry* entry = entries.data();
  for (size_t pairs = entries.size() / 2; pairs > 0; --pairs, entry += 2) {
    sum.AddMixed(EntryWord(entry[0], hashes), EntryWord(entry[1], hashes));
  }
  if (entries.size() % 2 != 0) sum.Add(EntryWord(*entry, hashes), 0);
  return sum;
}

// The same sum where some entries spell out their endpoint.
void AddEntries(const Heartbeat& heartbeat, const NameTable& names, ProductSum* sum) {
  const uint64_t* hashes = names.gossip_hashes();
  auto spelled = heartbeat.endpoints.begin();
  uint64_t left = 0;
  for (size_t i = 0; i < heartbeat.gossip.size(); ++i) {
    const GossipEntry& entry = heartbeat.gossip[i];
    uint64_t word = EntryWord(entry, hashes);
    if (spelled != heartbeat.endpoints.end() && spelled->index == i) {
      word = Word(&entry) - entry.node.value + names.name_hash(entry.node) +
             HashEndpoint(spelled->endpoint);
      ++spelled;
    }
    if (i % 2 != 0) sum->AddMixed(left, word);
    left = word;
  }
  if (heartbeat.gossip.size() % 2 != 0) sum->Add(left, 0);
}

void AddHeader(const Header& header, const NameTable& names, ProductSum* sum) {
  const uint64_t bits = header.flags | uint64_t{header.state} << 16 |
                        uint64_t{header.mflags[0]} << 24 | uint64_t{header.mflags[1]} << 32 |
                        uint64_t{header.mflags[2]} << 40;
  const uint64_t ports = header.port | uint64_t{header.pport} << 16 | uint64_t{header.cport} << 32;
  const uint64_t replicaof = header.replicaof.valid() ? names.name_hash(header.replicaof) : 0;
  sum->Add(names.name_hash(header.sender), replicaof);
  sum->Add(bits, ports);
  sum->Add(header.current_epoch.value, header.config_epoch.value);
  sum->Add(static_cast<uint64_t>(header.repl_offset), header.slots->hash());
  const char* ip = header.ip.bytes.data();
  sum->Add(Word(ip), Word(ip + 8));
  sum->Add(Word(ip + 16), Word(ip + 24));
  static_assert(IpText::kBytes == 46, "the last word overlaps the one before");
  sum->Add(Word(ip + 32), Word(ip + 38));
}

struct AddBody {
  const NameTable& names;
  ProductSum* sum;

  void operator()(const NoBody&) const {}
  void operator()(const Heartbeat& heartbeat) const {
    sum->Add(heartbeat.gossip.size(), heartbeat.pings.size());
    sum->Add(heartbeat.extensions ? heartbeat.extensions->hash() : 0, 0);
    if (heartbeat.endpoints.empty()) {
      *sum = AddShortEntries(heartbeat.gossip, names.gossip_hashes(), *sum);
    } else {
      AddEntries(heartbeat, names, sum);
    }
    for (const GossipPing& ping : heartbeat.pings) sum->Add(ping.index, ping.ping_sent_s);
  }
  void operator()(const Fail& fail) const { sum->Add(names.name_hash(fail.node), 0); }
  void operator()(const SlotUpdate& update) const {
    sum->Add(names.name_hash(update.node), update.config_epoch.value);
    sum->Add(update.slots->hash(), 0);
  }
  void operator()(const Publish& publish) const {
    sum->Add(HashText(publish.channel), HashText(publish.message));
  }
  void operator()(const ModulePayload& module) const {
    sum->Add(Word(module.module_id.data()), module.type);
    sum->Add(HashText(module.payload), 0);
  }
  void operator()(const UnknownBody& unknown) const { sum->Add(HashText(unknown.body), 0); }
};

}  // namespace

uint64_t ContentHash(const Message& message, const NameTable& names) {
  ProductSum sum;
  sum.Add(static_cast<uint64_t>(message.type), message.light ? 1 : 0);
  if (!message.light) AddHeader(message.header, names, &sum);
  std::visit(AddBody{names, &sum}, message.body);
  return sum.Finish();
}

}  // namespace gossamer
